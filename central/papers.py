"""Records of papers → receipts, slips and receipt numbers: issued, printed, made void, handed out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from central import editions, numbers
from central import facts_read as f
from central.payments import balance
from central.pen import Pen


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
        ("prepaid", balance(pen, row, fact.to_prepaid) if row else "", fact.to_prepaid),
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


READERS: Final[dict[str, tuple[type, Callable[[Pen, Any], None]]]] = {
    "receipt_issued": (f.ReceiptIssued, _receipt),
    "claim_issued": (f.ClaimIssued, _claim),
    "print_started": (f.Printed, _print("printing")),
    "print_done": (f.Printed, _print("printed")),
    "print_failed": (f.Printed, _print("failed")),
    "receipt_voided": (f.ReceiptVoided, _voided),
    "receipt_checked": (f.ReceiptChecked, _checked),
    "numbers_received": (f.NumbersReceived, _numbers),
    "numbers_refused": (f.NumbersReceived, _numbers_refused),
}
