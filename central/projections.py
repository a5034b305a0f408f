"""From records to what the office sees: payments, notes, papers, postings, settled bills.

Written in the same commit as the records, rebuilt from them at any time, and never fed by a total that a
kiosk states: a stated total is compared, and a difference goes to the staff's list.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from typing import Any, Final

from central import editions, exceptions, numbers, till, visitors
from central import facts_read as f
from central.pen import Pen
from kiosk import codec
from kiosk.money import Money
from kiosk.parcels import ChargeIs, WireRecord

VERSION: Final = 1  # of the facts that are read here
PROJECTED: Final = (
    *("payment", "note", "paper", "posting", "trace", "settlement"),
    *("box", "collection", "handover", "day", "exception"),
    *("staff_call", "rating", "opinion", "approval", "blocked"),
)
_RECORDS_OWN_FAULT: Final = (
    sqlite3.IntegrityError,
    sqlite3.DataError,
    sqlite3.ProgrammingError,
    sqlite3.InterfaceError,
)


# ---------------------------------------------------------------------------------------------------
# Payments


def _opened(pen: Pen, fact: f.PaymentOpened) -> None:
    pen.trace(fact.payment)
    new = pen.run(
        "INSERT INTO payment (kiosk, payment, epoch, fee, account, bill, due_fen, tender, customer, reference, state,"
        " paid_fen, started_ms, ended_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', 0, ?, 0)"
        " ON CONFLICT DO NOTHING",
        pen.kiosk, fact.payment, pen.record.epoch, fact.fee, fact.account, fact.bill, fact.due.fen, fact.tender,
        fact.customer, fact.reference, pen.record.wall_ms,
    )  # fmt: skip
    if not new:
        pen.problem("told_twice", fact.payment, f"payment {fact.payment} was opened twice")


def _abandoned(pen: Pen, fact: f.PaymentAbandoned) -> None:
    pen.trace(fact.payment)
    pen.run(
        "UPDATE payment SET state = 'abandoned', ended_ms = ? WHERE kiosk = ? AND payment = ? AND state = 'open'",
        pen.record.wall_ms, pen.kiosk, fact.payment,
    )  # fmt: skip


def _cancelled(pen: Pen, fact: f.PaymentCancelled) -> None:
    pen.trace(fact.payment)


def _completed(pen: Pen, fact: f.PaymentCompleted) -> None:
    pen.trace(fact.payment)
    row = pen.one("SELECT * FROM payment WHERE kiosk = ? AND payment = ?", pen.kiosk, fact.payment)
    if row is None or row["state"] in ("paid", "part_paid"):
        why = "was never opened" if row is None else "was completed twice"
        pen.problem("payment_odd", fact.payment, f"payment {fact.payment} {why}; not booked again")
        return
    if not fact.adds_up:
        pen.problem(
            "sum_differs", fact.payment, f"payment {fact.payment}: the parts do not add up; not booked"
        )
        return
    received = pen.one(
        "SELECT -coalesce(sum(amount_fen), 0) AS fen FROM posting"
        " WHERE kiosk = ? AND payment = ? AND account = 'customer'",
        pen.kiosk, fact.payment,
    )["fen"]  # fmt: skip
    if received != fact.paid.fen:
        pen.problem(
            "sum_differs",
            fact.payment,
            f"payment {fact.payment}: notes and charges make {Money(received)}, the kiosk says {fact.paid}",
        )
    pen.run(
        "UPDATE payment SET state = ?, paid_fen = ?, ended_ms = ? WHERE kiosk = ? AND payment = ?",
        "paid" if (fact.to_fee if row["bill"] else fact.to_prepaid).fen >= row["due_fen"] else "part_paid",
        fact.paid.fen, pen.record.wall_ms, pen.kiosk, fact.payment,
    )  # fmt: skip
    before = (f.PartPaid(fact.bill, row["fee"], fact.to_fee, fact.to_fee),) if fact.bill else ()
    parts = fact.parts or before
    for part in parts:
        pen.run(
            "INSERT INTO settlement (kiosk, payment, bill, amount_fen) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            pen.kiosk, fact.payment, part.bill, part.settles.fen,
        )  # fmt: skip
    pen.post(
        fact.payment,
        ("customer", "", fact.paid),
        *(("fee", part.fee, -part.to_fee) for part in parts),
        ("prepaid", _balance(pen, row, fact.to_prepaid), -fact.to_prepaid),
        ("change_owed", f"{row['fee']}/{row['account']}", -fact.to_change),
    )
    for part in parts:
        _check_bill(pen, part.bill, part.fee)
    editions.change(pen.db)


def _balance(pen: Pen, payment: sqlite3.Row, amount: Money) -> str:
    """Whose prepaid balance: the account of the bill, or the one that was topped up; the kiosk knows it only masked."""
    if amount == f.ZERO:
        return ""
    by_bill = "JOIN bill ON bill.customer = customer.id WHERE bill.number = ?"
    where, what = (
        (by_bill, payment["bill"])
        if payment["bill"]
        else ("WHERE customer.id = CAST(? AS INTEGER)", payment["reference"])
    )
    row = pen.one(f"SELECT customer.fee, customer.account FROM customer {where}", what)
    if row is not None:
        return f"{row['fee']}/{row['account']}"
    if not payment["bill"]:
        told = f"{amount} was paid ahead for {payment['fee']} {payment['account']}: no such account here"
        pen.problem("unknown_account", payment["payment"], told)
    return f"{payment['fee']}/{payment['account']}"


def _check_bill(pen: Pen, bill: str, fee: str) -> None:
    """Two customers, or one at two offline kiosks, may pay the same bill: both are booked, staff look."""
    row = pen.one(
        "SELECT bill.amount_fen AS due, coalesce(sum(settlement.amount_fen), 0) AS paid FROM bill"
        " LEFT JOIN settlement ON settlement.bill = bill.number WHERE bill.number = ? GROUP BY bill.number",
        bill,
    )
    if row is None:
        pen.problem("unknown_bill", bill, f"paid bill {bill} ({fee}) is not known here")
    elif row["paid"] > row["due"]:
        pen.problem("paid_twice", bill, f"bill {bill}: due {Money(row['due'])}, paid {Money(row['paid'])}")


# ---------------------------------------------------------------------------------------------------
# Notes

_NOTE = (
    "INSERT INTO note (kiosk, epoch, note, payment, value_fen, state, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (kiosk, note) DO UPDATE SET state = excluded.state, at_ms = excluded.at_ms,"
    " value_fen = excluded.value_fen"
)


def _note(pen: Pen, note: str, payment: str, value_fen: int | None, state: str) -> None:
    pen.run(_NOTE, pen.kiosk, pen.record.epoch, note, payment, value_fen, state, pen.record.wall_ms)


def _note_held(pen: Pen, fact: f.NoteHeld) -> None:
    pen.trace(fact.payment)
    _note(pen, fact.note, fact.payment, fact.value.fen, "held")


def _note_step(state: str) -> Callable[[Pen, f.NoteStep], None]:
    def step(pen: Pen, fact: f.NoteStep) -> None:
        row = pen.one("SELECT payment FROM note WHERE kiosk = ? AND note = ?", pen.kiosk, fact.note)
        if row is None:
            pen.problem("note_odd", fact.note, f"note {fact.note} is {state} but was never held")
            return
        pen.trace(row["payment"])
        pen.run(
            "UPDATE note SET state = ?, at_ms = ? WHERE kiosk = ? AND note = ?",
            state, pen.record.wall_ms, pen.kiosk, fact.note,
        )  # fmt: skip

    return step


def _credited(pen: Pen, fact: f.NoteCredited) -> None:
    pen.trace(fact.payment)
    row = pen.one("SELECT state FROM note WHERE kiosk = ? AND note = ?", pen.kiosk, fact.note)
    if row is not None and row["state"] == "credited":
        pen.problem("told_twice", fact.note, f"note {fact.note} was credited twice; booked once")
        return
    _note(pen, fact.note, fact.payment, fact.value.fen, "credited")
    till.put_in(pen, fact.note)
    pen.post(fact.payment, ("cash_box", str(fact.value.fen), fact.value), ("customer", "", -fact.value))


def _doubtful_note(pen: Pen, fact: f.NoteDoubtful) -> None:
    pen.trace(fact.payment)
    fen = None if fact.value is None else fact.value.fen
    _note(pen, fact.note, fact.payment, fen, "doubtful")
    if fact.in_box:
        till.put_in(pen, fact.note)
    if fact.value is not None:
        held = "cash_box" if fact.in_box else "in_question"
        pen.post(fact.payment, (held, str(fen), fact.value), ("doubtful", fact.note, -fact.value))
    amount = "unknown value" if fact.value is None else str(fact.value)
    pen.problem("doubtful", fact.note, f"note {fact.note}, {amount}: {fact.because}")


def _doubt_settled(pen: Pen, fact: f.DoubtSettled) -> None:
    """In the box it stays owed to whoever holds the claim slip; given back, nothing is owed for it."""
    row = pen.one("SELECT payment FROM note WHERE kiosk = ? AND note = ?", pen.kiosk, fact.note)
    payment = row["payment"] if row else ""
    pen.trace(payment)
    if fact.in_box:
        till.put_in(pen, fact.note)
    where = ("cash_box", str(fact.value.fen)) if fact.in_box else ("doubtful", fact.note)
    pen.post(payment, (*where, fact.value), ("in_question", str(fact.value.fen), -fact.value))
    found = "is in the box" if fact.in_box else "went back to the customer"
    pen.problem(
        "doubt_settled", fact.note, f"note {fact.note}, {fact.value}: it {found}; the slip can be settled"
    )


# ---------------------------------------------------------------------------------------------------
# Charges and papers


def _charge_step(pen: Pen, fact: f.ChargeStep) -> None:
    row = pen.one("SELECT payment FROM charge WHERE id = ?", fact.charge)
    pen.trace(fact.payment or (row["payment"] if row else ""))


def _took(owed: str) -> Callable[[Pen, f.ChargeTook], None]:
    def took(pen: Pen, fact: f.ChargeTook) -> None:
        pen.trace(fact.payment)
        amount = "unknown amount" if fact.amount is None else str(fact.amount)
        if owed == "doubtful":
            pen.problem("doubtful", fact.charge, f"charge {fact.charge}, {amount}: {fact.because}")
        elif fact.amount is None:
            raise ValueError("confirmed, but no amount")
        if fact.amount is None:
            return
        clearing = f"{fact.tender}_clearing"
        if pen.one(
            "SELECT 1 FROM posting WHERE kiosk = ? AND account = ? AND part = ?",
            pen.kiosk, clearing, fact.charge,
        ):  # fmt: skip
            pen.problem("told_twice", fact.charge, f"charge {fact.charge} was told twice; booked once")
            return
        if fact.tender == "code":  # of a card only the terminal's bank knows
            _agrees(pen, fact)
        part = fact.charge if owed == "doubtful" else ""
        pen.post(fact.payment, (clearing, fact.charge, fact.amount), (owed, part, -fact.amount))

    return took


def _agrees(pen: Pen, fact: f.ChargeTook) -> None:
    assert fact.amount is not None
    row = pen.one("SELECT kiosk, amount_fen, state FROM charge WHERE id = ?", fact.charge)
    agreed = (pen.kiosk, fact.amount.fen, ChargeIs.CONFIRMED.value)
    if row is None or (row["kiosk"], row["amount_fen"], row["state"]) != agreed:
        pen.problem(
            "charge_differs",
            fact.charge,
            f"charge {fact.charge}: the kiosk says confirmed over {fact.amount}, this server does not",
        )


def _receipt(pen: Pen, fact: f.ReceiptIssued) -> None:
    pen.trace(fact.payment)
    pen.paper(fact.receipt, "receipt", fact.payment, fact.paid, "")


def _checked(pen: Pen, fact: f.ReceiptChecked) -> None:
    failed = [
        name for name in ("seal", "figures_capitals", "customer", "fee", "stub") if not getattr(fact, name)
    ]
    if failed:
        pen.problem("receipt_held_back", fact.receipt, f"{fact.receipt} is not printed: {', '.join(failed)}")


def _voided(pen: Pen, fact: f.ReceiptVoided) -> None:
    """The bill is open again, and what was paid is owed back: by a receipt of ours, once, for what it was."""
    pen.trace(fact.payment)
    paper = pen.one(
        "SELECT state, payment FROM paper WHERE kiosk = ? AND number = ? AND sort = 'receipt'",
        pen.kiosk, fact.receipt,
    )  # fmt: skip
    settled = pen.one(
        "SELECT amount_fen FROM settlement WHERE kiosk = ? AND payment = ? AND bill = ?",
        pen.kiosk, fact.payment, fact.bill,
    )  # fmt: skip
    faults = {
        "it was never issued": paper is None,
        "it was void before": paper is not None and paper["state"] == "void",
        "it belongs to another payment": paper is not None and paper["payment"] != fact.payment,
        "its bill was settled with another amount": fact.bill != ""
        and (settled is None or settled["amount_fen"] != fact.settles.fen),
    }
    wrong = [says for says, fault in faults.items() if fault]
    if wrong:
        pen.problem("void_odd", fact.receipt, f"void of {fact.receipt}: {'; '.join(wrong)}; not booked")
        return
    if fact.by == fact.second:
        pen.problem("signed_by_one", fact.receipt, f"void of {fact.receipt}: {fact.by} signed in both places")
    pen.run("UPDATE paper SET state = 'void' WHERE kiosk = ? AND number = ?", pen.kiosk, fact.receipt)
    pen.run(
        "DELETE FROM settlement WHERE kiosk = ? AND payment = ? AND bill = ?",
        pen.kiosk, fact.payment, fact.bill,
    )  # fmt: skip
    row = pen.one("SELECT * FROM payment WHERE kiosk = ? AND payment = ?", pen.kiosk, fact.payment)
    pen.post(
        fact.payment,
        ("fee", fact.fee, fact.to_fee),
        ("prepaid", _balance(pen, row, fact.to_prepaid) if row else "", fact.to_prepaid),
        ("change_owed", fact.receipt, -(fact.to_fee + fact.to_prepaid)),
    )
    editions.change(pen.db)


def _numbers(pen: Pen, fact: f.NumbersReceived) -> None:
    """A server that lost its records learns here which numbers are out."""
    if not numbers.note(
        pen.db, pen.kiosk, pen.record.epoch, fact.block, fact.series, fact.first, fact.last, pen.now_ms
    ):
        told = f"block {fact.block}, {fact.series}{fact.first} to {fact.last}"
        pen.problem("numbers_differ", "", f"{told}: handed out as another one")


def _numbers_refused(pen: Pen, fact: f.NumbersReceived) -> None:
    told = f"block {fact.block}, {fact.series}{fact.first} to {fact.last}"
    pen.problem("numbers_refused", "", f"{told}: {fact.because}")


def _claim(pen: Pen, fact: f.ClaimIssued) -> None:
    pen.trace(fact.payment)
    pen.paper(fact.claim, "claim", fact.payment, fact.amount, fact.because)
    amount = "unknown amount" if fact.amount is None else str(fact.amount)
    pen.problem("claim", fact.claim, f"slip {fact.claim}, {amount}: {fact.because}")
    pen.run(
        "UPDATE paper SET subject = ? WHERE kiosk = ? AND number = ?", fact.subject, pen.kiosk, fact.claim
    )


def _print(state: str) -> Callable[[Pen, f.Printed], None]:
    def printed(pen: Pen, fact: f.Printed) -> None:
        row = pen.one("SELECT payment FROM paper WHERE kiosk = ? AND number = ?", pen.kiosk, fact.number)
        if row is not None:
            pen.trace(row["payment"])
        # What was printed once stays printed, whatever becomes of a second copy; what is void stays void.
        pen.run(
            "UPDATE paper SET state = ? WHERE kiosk = ? AND number = ? AND state NOT IN ('printed', 'void')",
            "perhaps" if fact.perhaps else state, pen.kiosk, fact.number,
        )  # fmt: skip

    return printed


def _nothing(pen: Pen, fact: f.Anything) -> None:
    pass


def _door_opened(pen: Pen, fact: f.DoorOpened) -> None:
    if not fact.by:
        pen.problem("door_opened", "", f"{fact.what} opened, and nobody was signed in")


READERS: Final[dict[str, tuple[type, Callable[[Pen, Any], None]]]] = {
    "kiosk_started": (f.Anything, _nothing),
    "box_returned": (f.Anything, _nothing),
    "payment_opened": (f.PaymentOpened, _opened),
    "payment_abandoned": (f.PaymentAbandoned, _abandoned),
    "payment_cancelled": (f.PaymentCancelled, _cancelled),
    "payment_completed": (f.PaymentCompleted, _completed),
    "note_held": (f.NoteHeld, _note_held),
    "pulse_counted": (f.Anything, _nothing),
    "note_stacking": (f.NoteStep, _note_step("stacking")),
    "note_returning": (f.NoteStep, _note_step("returning")),
    "note_returned": (f.NoteStep, _note_step("returned")),
    "note_credited": (f.NoteCredited, _credited),
    "note_doubtful": (f.NoteDoubtful, _doubtful_note),
    "doubt_settled": (f.DoubtSettled, _doubt_settled),
    "charge_requested": (f.ChargeStep, _charge_step),
    "charge_unknown": (f.ChargeStep, _charge_step),
    "charge_confirmed": (f.ChargeTook, _took("customer")),
    "charge_declined": (f.ChargeStep, _charge_step),
    "charge_closed": (f.ChargeStep, _charge_step),
    "charge_doubtful": (f.ChargeTook, _took("doubtful")),
    "receipt_issued": (f.ReceiptIssued, _receipt),
    "claim_issued": (f.ClaimIssued, _claim),
    "print_started": (f.Printed, _print("printing")),
    "print_done": (f.Printed, _print("printed")),
    "print_failed": (f.Printed, _print("failed")),
    "visit_closed": (f.Anything, _nothing),
    "items_checked": (f.Anything, _nothing),  # kept as evidence; the payment that follows is what is booked
    "door_opened": (f.DoorOpened, _door_opened),
    "receipt_voided": (f.ReceiptVoided, _voided),
    "receipt_checked": (f.ReceiptChecked, _checked),
    "numbers_received": (f.NumbersReceived, _numbers),
    "numbers_refused": (f.NumbersReceived, _numbers_refused),
    "devices_examined": (f.Anything, _nothing),  # money in it has facts of its own
    "contact_made": (f.Anything, _nothing),
    "payments_known": (f.Anything, _nothing),
    "signed_in": (f.Anything, _nothing),
    "signed_out": (f.Anything, _nothing),
    **exceptions.READERS,
    **till.READERS,
    **visitors.READERS,
}


def project(db: sqlite3.Connection, records: Iterable[WireRecord], now_ms: int) -> None:
    """In the order of the journal. What is not understood is listed for staff; its record is kept anyway."""
    for record in records:
        pen = Pen(db, record, now_ms)
        if record.kind not in READERS:
            pen.problem("unknown_kind", record.kind, f"kind {record.kind!r} is not known to this server")
        elif record.version > VERSION:
            newer = f"{record.kind} version {record.version}"
            pen.problem("unknown_kind", newer, f"{newer}: this server reads up to version {VERSION}")
        else:
            _read(pen)


def _read(pen: Pen) -> None:
    """One record, whole or not at all: no record may keep those behind it from being booked."""
    shape, reader = READERS[pen.record.kind]
    pen.run("SAVEPOINT reading")
    try:
        reader(pen, f.read(shape, pen.record.body))
    except Exception as error:
        if isinstance(error, sqlite3.Error) and not isinstance(error, _RECORDS_OWN_FAULT):
            raise  # the disk's fault: nothing of this batch counts, the kiosk comes again
        pen.run("ROLLBACK TO reading")
        why = str(error) if isinstance(error, codec.Malformed) else f"{type(error).__name__}: {error}"
        pen.problem("not_understood", "", f"{pen.record.kind}: {why}")
    pen.run("RELEASE reading")


def rebuild(db: sqlite3.Connection, now_ms: int) -> None:
    """Throws the projections away and reads all records again, kiosk by kiosk in order.

    What could not be read before and can be now leaves the staff's list."""
    for table in PROJECTED:
        db.execute(f"DELETE FROM {table}")
    db.execute("DELETE FROM problem WHERE kind IN ('unknown_kind', 'not_understood') AND settled_ms = 0")
    columns = ", ".join(WireRecord.__struct_fields__)
    rows = db.execute(f"SELECT {columns} FROM record ORDER BY kiosk, epoch, seq").fetchall()
    project(db, (WireRecord(*row) for row in rows), now_ms)
    editions.change(db)
