"""Records of payments and charges → what was paid, for which bills, and where the money stands."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any, Final

from central import editions
from central import facts_read as f
from central.pen import Pen
from kiosk.money import Money
from kiosk.parcels import ChargeIs


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
        ("prepaid", balance(pen, row, fact.to_prepaid), -fact.to_prepaid),
        ("change_owed", f"{row['fee']}/{row['account']}", -fact.to_change),
    )
    for part in parts:
        _check_bill(pen, part.bill, part.fee)
    editions.change(pen.db)


def balance(pen: Pen, payment: sqlite3.Row, amount: Money) -> str:
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
# Charges


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


READERS: Final[dict[str, tuple[type, Callable[[Pen, Any], None]]]] = {
    "payment_opened": (f.PaymentOpened, _opened),
    "payment_abandoned": (f.PaymentAbandoned, _abandoned),
    "payment_cancelled": (f.PaymentCancelled, _cancelled),
    "payment_completed": (f.PaymentCompleted, _completed),
    "charge_requested": (f.ChargeStep, _charge_step),
    "charge_unknown": (f.ChargeStep, _charge_step),
    "charge_confirmed": (f.ChargeTook, _took("customer")),
    "charge_declined": (f.ChargeStep, _charge_step),
    "charge_closed": (f.ChargeStep, _charge_step),
    "charge_doubtful": (f.ChargeTook, _took("doubtful")),
}
