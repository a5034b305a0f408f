"""Everything that can have happened, in the past tense.

`Durable` facts concern money: they are in the journal and flushed before any command leaves that they cause.
What is only true now stands in `kiosk/passing_facts.py`.

Every durable fact has a kind (its tag) and a version; a reader keeps all versions for ever, because an update
may meet a journal that is not uploaded yet. Facts that move money name it in `postings`: the sum is zero.
"""

from __future__ import annotations

from typing import get_args

import msgspec

from hardware.terminals.contract import Mark
from kiosk import checkup_facts as checkup
from kiosk import office_facts as office
from kiosk import visitor_facts as visitor
from kiosk.approval_facts import AmountDecided, PaymentCancelled
from kiosk.cabinet_facts import DoorOpened
from kiosk.check_facts import ItemsChecked, SubmissionBlocked
from kiosk.contract import Language, Tender, TextSize
from kiosk.fact_kinds import Account as Account
from kiosk.fact_kinds import Durable as Durable
from kiosk.fact_kinds import Fact as Fact
from kiosk.fact_kinds import Passing as Passing
from kiosk.fact_kinds import Posting as Posting
from kiosk.fact_kinds import Signed as Signed
from kiosk.fact_kinds import moved
from kiosk.money import Money
from kiosk.office_facts import BoxRemoved as BoxRemoved
from kiosk.office_facts import BoxReturned as BoxReturned
from kiosk.rules.fee import Overpaid as Overpaid
from kiosk.stock_facts import NumbersReceived, NumbersRefused, ReceiptChecked, ReceiptVoided

# ---------------------------------------------------------------------------------------------------
# The machine


class KioskStarted(Durable, frozen=True, tag="kiosk_started"):
    boot: str
    software: str
    time_quality: str


# ---------------------------------------------------------------------------------------------------
# A payment


class BillPart(msgspec.Struct, frozen=True):
    """One bill of a payment. `amount`: what was open of it, or the part of that which was to be paid; `late` was
    added, `off` was waived."""

    bill: str
    fee: str
    fee_name: str
    biller: str
    account: str  # masked
    period: str
    amount: Money
    late: Money = Money(0)
    off: Money = Money(0)

    @property
    def due(self) -> Money:
        return self.amount + self.late - self.off


class PartPaid(msgspec.Struct, frozen=True):
    """What became of one bill of a payment. `settles`: how much of the bill is open no more; with a late fee less
    than `to_fee`, with a concession more."""

    bill: str
    fee: str
    to_fee: Money
    settles: Money


class PaymentOpened(Durable, frozen=True, tag="payment_opened"):
    """The customer confirmed the six items and chose how to pay. Personal data is masked."""

    payment: str
    visit: str
    tender: Tender
    fee: str
    fee_name: str
    biller: str
    account: str
    customer: str
    identity: str
    bill: str
    period: str
    due: Money
    overpaid: Overpaid
    overpaid_limit: Money  # most that one note may bring above what is still due
    partial: bool  # whether less than `due` may be paid
    checks: dict[str, bool]  # CheckItem → the customer's own yes
    data_from: str  # server, or bundle when offline
    data_ms: int  # how old that was
    language: Language  # so that a restart shows the page as this customer had it
    text_size: TextSize
    approved_by: str = ""  # number of the supervisor; empty: it needed none
    parts: tuple[BillPart, ...] = ()  # each bill of it; a record of before has one, `bill`, and none here
    ahead: bool = False  # a balance is topped up: there is no bill, `due` is what the customer chose
    reference: str = ""  # the account, as the office numbers it; means nothing outside


class PaymentAbandoned(Durable, frozen=True, tag="payment_abandoned"):
    """Closed without any money."""

    payment: str
    because: str


class PaymentCompleted(Durable, frozen=True, tag="payment_completed"):
    """Everything that was paid found its place. `to_fee` may be less than due where the fee allows it."""

    payment: str
    bill: str
    paid: Money
    to_fee: Money
    to_prepaid: Money
    to_change: Money
    tender: str = ""  # as it was opened
    fee: str = ""
    parts: tuple[PartPaid, ...] = ()  # a record of before has none: `bill` alone, of which `to_fee` was paid
    ahead: bool = False  # as it was opened: nothing of it is `to_fee`

    @property
    def postings(self) -> tuple[Posting, ...]:
        parts = (
            Posting(Account.CUSTOMER, self.paid),
            Posting(Account.FEE, -self.to_fee),
            Posting(Account.PREPAID, -self.to_prepaid),
            Posting(Account.CHANGE_OWED, -self.to_change),
        )
        return tuple(p for p in parts if p.amount)


# ---------------------------------------------------------------------------------------------------
# Notes


class NoteHeld(Durable, frozen=True, tag="note_held"):
    note: str
    payment: str
    code: int
    value: Money
    counter: int | None  # stacked notes before this one, as the unit counts them
    box: int
    unit: str  # serial number of the acceptor: the count of another one says nothing


class PulseCounted(Durable, frozen=True, tag="pulse_counted"):
    """One more pulse of a note that is in the box already. `NoteCredited` or `NoteDoubtful` ends the train; one that
    a restart finds open will never be whole."""

    note: str
    payment: str  # empty: nobody paid with notes when it came
    count: int  # so many by now
    box: int


class NoteStacking(Durable, frozen=True, tag="note_stacking"):
    """The intent: flushed before the device is told to take the note."""

    note: str


class NoteReturning(Durable, frozen=True, tag="note_returning"):
    note: str
    because: str


class NoteReturned(Durable, frozen=True, tag="note_returned"):
    note: str
    by: str  # device, or counter: the device's count shows that it was not taken


class NoteCredited(Durable, frozen=True, tag="note_credited"):
    """The note is in the box and paid. Flushed before the device is acknowledged."""

    note: str
    payment: str
    value: Money
    by: str  # device, or counter

    @property
    def postings(self) -> tuple[Posting, ...]:
        return moved(Account.CASH_BOX, Account.CUSTOMER, self.value)


class NoteDoubtful(Durable, frozen=True, tag="note_doubtful"):
    """Nobody can say yet whose this note is, or whether it is in the box at all."""

    note: str
    payment: str
    code: int
    value: Money | None  # None: a code outside our table
    in_box: bool
    because: str

    @property
    def postings(self) -> tuple[Posting, ...]:
        if self.value is None:
            return ()
        return moved(Account.CASH_BOX if self.in_box else Account.IN_QUESTION, Account.DOUBTFUL, self.value)


class DoubtSettled(Durable, frozen=True, tag="doubt_settled"):
    """The acceptor that was away with a note is back and says where the note is. It stays owed if it is in the
    box, because the customer holds the claim slip for it."""

    note: str
    value: Money
    in_box: bool
    by: str  # device, or counter

    @property
    def postings(self) -> tuple[Posting, ...]:
        if self.in_box:
            return (Posting(Account.CASH_BOX, self.value), Posting(Account.IN_QUESTION, -self.value))
        return (Posting(Account.DOUBTFUL, self.value), Posting(Account.IN_QUESTION, -self.value))


# ---------------------------------------------------------------------------------------------------
# Charges by payment code or card

CLEARING = {Tender.CODE: Account.CODE_CLEARING, Tender.CARD: Account.CARD_CLEARING}


class ChargeRequested(Durable, frozen=True, tag="charge_requested"):
    """The intent: flushed before the code leaves the core, or the terminal is told. The code is never written.

    `before`, by card only: how the terminal's record stood; what came of it is what was added to that."""

    charge: str
    payment: str
    amount: Money
    before: Mark | None = None


class ChargeUnknown(Durable, frozen=True, tag="charge_unknown"):
    charge: str
    because: str


class ChargeConfirmed(Durable, frozen=True, tag="charge_confirmed"):
    charge: str
    payment: str
    amount: Money
    provider: str  # by card: its scheme
    reference: str  # by card: terminal and trace number
    tender: Tender = Tender.CODE
    card: str = ""  # masked to its last four digits

    @property
    def postings(self) -> tuple[Posting, ...]:
        return moved(CLEARING[self.tender], Account.CUSTOMER, self.amount)


class ChargeDeclined(Durable, frozen=True, tag="charge_declined"):
    """Nothing was charged. `not_sent` is our own word: the server has yet to close the id (`ChargeClosed`)."""

    charge: str
    payment: str
    because: str


class ChargeClosed(Durable, frozen=True, tag="charge_closed"):
    """The server confirmed that a charge which was not sent can never happen."""

    charge: str


class ChargeDoubtful(Durable, frozen=True, tag="charge_doubtful"):
    """Money was taken for a charge that the customer was told had not happened, or of another amount.
    `amount` None: a terminal's record can not tell whether anything was taken."""

    charge: str
    payment: str
    amount: Money | None
    because: str
    tender: Tender = Tender.CODE

    @property
    def postings(self) -> tuple[Posting, ...]:
        return () if self.amount is None else moved(CLEARING[self.tender], Account.DOUBTFUL, self.amount)


# ---------------------------------------------------------------------------------------------------
# Papers


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


class VisitClosed(Durable, frozen=True, tag="visit_closed"):
    """A visit ended: after a restart its page does not come back. `lasted_ms`: from its first touch, by a clock that
    nobody sets; None: the core was restarted meanwhile. `paid` False: without a payment."""

    visit: str
    because: str
    lasted_ms: int | None = None
    paid: bool = True


AnyDurable = (
    KioskStarted
    | BoxRemoved
    | BoxReturned
    | PaymentOpened
    | PaymentAbandoned
    | PaymentCompleted
    | NoteHeld
    | PulseCounted
    | NoteStacking
    | NoteReturning
    | NoteReturned
    | NoteCredited
    | NoteDoubtful
    | DoubtSettled
    | ChargeRequested
    | ChargeUnknown
    | ChargeConfirmed
    | ChargeDeclined
    | ChargeClosed
    | ChargeDoubtful
    | ReceiptIssued
    | ClaimIssued
    | PrintStarted
    | PrintDone
    | PrintFailed
    | VisitClosed
    | office.BoxCounted
    | office.BagHandedOver
    | office.ItemSettled
    | office.ExceptionOpened
    | office.ExceptionClosed
    | office.ClaimClosed
    | office.DayOpened
    | office.DayClosed
    | ReceiptChecked
    | NumbersReceived
    | NumbersRefused
    | ReceiptVoided
    | office.ContactMade
    | office.PaymentsKnown
    | office.SignedIn
    | office.SignInFailed
    | office.SignedOut
    | AmountDecided
    | PaymentCancelled
    | ItemsChecked
    | SubmissionBlocked
    | checkup.DevicesExamined
    | visitor.StaffCalled
    | visitor.CallAnswered
    | visitor.CallEnded
    | visitor.VisitRated
    | visitor.OpinionGiven
    | DoorOpened
)
Slip = ReceiptIssued | ClaimIssued  # papers for a customer
OfficePaper = office.BoxCounted | office.BagHandedOver | office.DayClosed
Issued = Slip | OfficePaper | visitor.OpinionGiven
DURABLE: dict[str, type[Durable]] = {str(kind.__struct_config__.tag): kind for kind in get_args(AnyDurable)}
KIND: dict[type[Durable], str] = {kind: name for name, kind in DURABLE.items()}
