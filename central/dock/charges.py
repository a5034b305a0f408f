"""Charges by payment code. The order is written before the provider hears of it; one id is one charge, for ever."""

from __future__ import annotations

import sqlite3
from typing import Final

from central import problems
from central.dock.room import Caller, Room
from central.gateway import ChargeAnswer, hash_code
from kiosk.money import Money
from kiosk.parcels import AskCharge, AskChargeState, ChargeIs, ChargeState

OTHER_CONTENTS: Final = "other_contents"  # reason of an UNKNOWN: this id stands for another order here


async def charge(room: Room, who: Caller, ask: AskCharge) -> ChargeState:
    """A repeat gets the state of the first. The same id with other contents is refused as UNKNOWN: no word
    about the first order may be taken for one about the second."""
    code_hash = hash_code(ask.code, room.secret)
    now_ms = room.now_ms()
    row, new = await room.ledger.write(lambda db: _register(db, who, ask, code_hash, now_ms))
    if row is None:
        return ChargeState(ask.charge, ChargeIs.UNKNOWN, ask.amount, reason=OTHER_CONTENTS)
    if ChargeIs(row["state"]) is not ChargeIs.UNKNOWN:
        return _state(row)
    if new:
        answer = await room.gateway.charge(ask.charge, ask.amount, ask.code)
    else:
        answer = await room.gateway.query(ask.charge)
    return await _settle(room, ask.charge, answer)


async def state(room: Room, who: Caller, ask: AskChargeState) -> ChargeState:
    now_ms = room.now_ms()
    row = await room.ledger.write(lambda db: _look(db, who, ask.charge, now_ms))
    if row["kiosk"] != who.kiosk:
        return ChargeState(ask.charge, ChargeIs.UNKNOWN, Money(0), reason=OTHER_CONTENTS)
    # What was never heard of here is asked too: a server that was restored from a backup forgets, the provider not.
    if ChargeIs(row["state"]) is not ChargeIs.UNKNOWN and not _closed_unseen(row):
        return _state(row)
    return await _settle(room, ask.charge, await room.gateway.query(ask.charge))


def _closed_unseen(row: sqlite3.Row) -> bool:
    return bool(row["state"] == ChargeIs.NEVER.value and not row["code_hash"])


def _find(db: sqlite3.Connection, charge: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute("SELECT * FROM charge WHERE id = ?", (charge,)).fetchone()
    return row


def _insert(
    db: sqlite3.Connection, who: Caller, ask: AskCharge, code_hash: str, state: ChargeIs, now_ms: int
) -> None:
    db.execute(
        "INSERT INTO charge (id, kiosk, payment, bill, amount_fen, code_hash, state, provider, reference, reason,"
        " asked_ms, changed_ms) VALUES (?, ?, ?, ?, ?, ?, ?, '', '', '', ?, ?)",
        (
            ask.charge, who.kiosk, ask.payment, ask.bill, ask.amount.fen, code_hash, state.value, now_ms, now_ms,
        ),
    )  # fmt: skip


def _register(
    db: sqlite3.Connection, who: Caller, ask: AskCharge, code_hash: str, now_ms: int
) -> tuple[sqlite3.Row | None, bool]:
    """The order under this id and whether it is new; None when the id stands for another order."""
    row = _find(db, ask.charge)
    if row is None:
        _insert(db, who, ask, code_hash, ChargeIs.UNKNOWN, now_ms)
        return _find(db, ask.charge), True
    same = (who.kiosk, ask.payment, ask.bill, ask.amount.fen, code_hash)
    stored = tuple(row[name] for name in ("kiosk", "payment", "bill", "amount_fen", "code_hash"))
    if stored == same or (_closed_unseen(row) and row["kiosk"] == who.kiosk):
        return row, False
    problems.note(
        db, who.kiosk, "charge_id_reused", ask.charge,
        f"charge {ask.charge} came again with other contents ({ask.amount}, bill {ask.bill}); refused", now_ms,
    )  # fmt: skip
    return None, False


def _look(db: sqlite3.Connection, who: Caller, charge: str, now_ms: int) -> sqlite3.Row:
    row = _find(db, charge)
    if row is None:
        unseen = AskCharge(charge, "", "", Money(0), "")
        _insert(db, who, unseen, "", ChargeIs.NEVER, now_ms)
        row = _find(db, charge)
        assert row is not None
    elif row["kiosk"] != who.kiosk:
        problems.note(
            db,
            who.kiosk,
            "charge_id_reused",
            charge,
            f"asked about charge {charge} of {row['kiosk']}",
            now_ms,
        )
    return row


async def _settle(room: Room, charge: str, answer: ChargeAnswer) -> ChargeState:
    now_ms = room.now_ms()

    def job(db: sqlite3.Connection) -> ChargeState:
        before = _find(db, charge)
        assert before is not None
        forgotten = _closed_unseen(before) and answer.state is not ChargeIs.NEVER
        # Only UNKNOWN and what was forgotten here move: two questions may be under way, and a final word stays.
        if forgotten or ChargeIs(before["state"]) is ChargeIs.UNKNOWN:
            amount = answer.amount.fen if forgotten else before["amount_fen"]
            db.execute(
                "UPDATE charge SET state = ?, provider = ?, reference = ?, reason = ?, amount_fen = ?,"
                " changed_ms = ? WHERE id = ?",
                (
                    answer.state.value, room.gateway.name, answer.reference, answer.reason, amount, now_ms, charge,
                ),
            )  # fmt: skip
        if forgotten:
            problems.note(
                db, before["kiosk"], "charge_differs", charge,
                f"charge {charge} was not known here any more; the provider says {answer.state.value} over"
                f" {answer.amount}", now_ms,
            )  # fmt: skip
        row = _find(db, charge)
        assert row is not None
        return _state(row)

    return await room.ledger.write(job)


def _state(row: sqlite3.Row) -> ChargeState:
    return ChargeState(
        row["id"],
        ChargeIs(row["state"]),
        Money(row["amount_fen"]),
        row["provider"],
        row["reference"],
        row["reason"],
    )
