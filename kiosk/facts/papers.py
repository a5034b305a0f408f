"""Papers: what was issued, and whether it came out of the printer."""

from __future__ import annotations

from kiosk.contract import Language, Tender
from kiosk.facts.kinds import Durable, Passing, Signed
from kiosk.money import Money


class ReceiptIssued(Signed, frozen=True, tag="receipt_issued"):
    """Issued here, in the same commit as the payment, not when it is printed. Its text is the stub."""

    receipt: str  # number
    payment: str
    kiosk: str
    issued_ms: int
    fee: str
    fee_name: str
    biller: str
    account: str
    customer: str
    period: str
    bill: str
    tender: Tender
    paid: Money
    to_fee: Money
    to_prepaid: Money
    to_change: Money
    language: Language
    card: str = ""  # masked
    reference: str = ""  # of a payment by card: terminal and trace number
    seal: str = ""  # as it stands on the paper; empty: the biller's name stands for it
    payer: str = ""  # kiosk.receipt_proof.payer; empty on receipts of before it was signed
    late: Money = Money(0)  # within `to_fee`
    off: Money = Money(0)  # waived, and not in it
    type: str = ""  # kiosk.rules.fee.ReceiptType
    account_name: str = ""  # what this fee calls its accounts, such as 学号; empty on receipts of before

    @property
    def number(self) -> str:
        return self.receipt

    @property
    def proof(self) -> str:
        signed = f"{self.receipt};{self.paid.fen};{self.to_fee.fen};{self.issued_ms};{self.bill}"
        return f"R2;{signed};{self.payer}" if self.payer else f"R1;{signed}"


class ClaimIssued(Signed, frozen=True, tag="claim_issued"):
    """A slip for money that is owed to a customer or in doubt: amount, number, why; staff follow it up."""

    claim: str  # number
    kiosk: str
    payment: str
    subject: str  # id of the note, charge or payment that it is about
    amount: Money | None
    because: str
    issued_ms: int
    language: Language

    @property
    def number(self) -> str:
        return self.claim

    @property
    def proof(self) -> str:
        fen = "?" if self.amount is None else self.amount.fen
        return f"C1;{self.claim};{fen};{self.issued_ms};{self.because}"


class ReceiptLookedUp(Passing, frozen=True, tag="receipt_looked_up"):
    """One that was issued here, for somebody of the staff."""

    receipt: ReceiptIssued


class PrintStarted(Durable, frozen=True, tag="print_started"):
    """Flushed before the first byte goes to the printer. A second attempt is marked 补打 on paper."""

    job: str
    number: str
    attempt: int


class PrintDone(Durable, frozen=True, tag="print_done"):
    """The printer itself said so."""

    job: str
    number: str


class PrintFailed(Durable, frozen=True, tag="print_failed"):
    """`perhaps`: some or all of it may be on paper."""

    job: str
    number: str
    perhaps: bool
    because: str
