"""A customer's part of the one state (`state.py`): where the visit stands, its payment, notes, charges and papers."""

from __future__ import annotations

import enum

import msgspec

from hardware.terminals.contract import Mark, Step
from kiosk.contract import AGAIN, CheckItem, Language, Message, Tender
from kiosk.facts import BillPart, Issued
from kiosk.facts.amount import AmountFor
from kiosk.facts.stock import ReceiptChecked
from kiosk.money import Money
from kiosk.parcels import Customer
from kiosk.rules.fee import Fee, Overpaid


class Stage(enum.Enum):
    """Where the customer stands. From CASH on, money may be moving."""

    HOME = "home"
    ACCOUNT = "account"
    LOOKING_UP = "looking_up"
    BILLS = "bills"
    AMOUNT = "amount"  # how much: to top up, or a part of a bill
    CHECK = "check"
    APPROVING = "approving"  # above what a customer may pay alone: a supervisor is waited for
    PAY_BY = "pay_by"
    CASH = "cash"
    SHOW_CODE = "show_code"
    CHARGING = "charging"
    PAPER = "paper"  # receipt and claim slips of this visit
    THANKS = "thanks"
    STAFF = "staff"  # no customer: somebody of the staff is at the screen


class ApprovalStep(enum.Enum):
    WAIT = "wait"  # for somebody to come
    NUMBER = "number"
    PIN = "pin"
    REASON = "reason"


class Approval(msgspec.Struct, frozen=True):
    """Somebody of the staff at the screen in the middle of a visit."""

    step: ApprovalStep = ApprovalStep.WAIT
    typed: str = ""
    number: str = ""  # given, and not proved yet
    attempt: str = ""  # the PIN that is being checked
    problem: str = ""
    by: str = ""  # proved
    cancels: bool = False  # not an amount is approved, but the payment that runs is cancelled


class AmountEntry(msgspec.Struct, frozen=True):
    """The customer chooses how much: on tiles, or with `keys` as `typed` in whole yuan."""

    purpose: AmountFor
    keys: bool = False
    typed: str = ""


def once_more(before: Message | None, problem: Message | None) -> Message | None:
    """A problem that is already on the page is told apart by its count: who hears the page must hear it again."""
    if before is None or problem is None:
        return problem
    told = {name: value for name, value in before.values.items() if name != AGAIN}
    if (before.key, told) != (problem.key, problem.values):
        return problem
    return Message(problem.key, {**told, AGAIN: int(before.values.get(AGAIN, 0)) + 1})


class Visit(msgspec.Struct, frozen=True):
    """One customer. Personal and passing: gone when the visit ends."""

    id: str
    fee: str
    stage: Stage
    typed: str = ""
    problem: Message | None = None
    wrong_entries: int = 0
    lookup: str = ""
    customer: Customer | None = None
    data_from: str = ""
    data_ms: int = 0
    day: str = ""  # on which everything is reckoned
    used_number: str = ""  # a receipt number that the server has seen
    bills: tuple[str, ...] = ()  # ticked, then chosen
    amount: AmountEntry | None = None
    part: Money | None = None  # of the chosen bill, if it is not paid whole
    confirmed: tuple[CheckItem, ...] = ()
    payment: str = ""
    code: str = ""
    asking_to_stop: bool = False
    waited_long: bool = False
    touches: int = 0  # restarts the idle time
    begun_ms: int | None = None  # by the clock that nobody sets; None: before a restart
    idle: bool = False
    offered: tuple[Stage, ...] = ()  # where help was offered because nothing went on
    approval: Approval | None = None
    approved: tuple[str, Money] | None = None  # bill and amount
    approved_by: str = ""
    rated: bool = False
    offered_after: int = 0  # wrong entries at the last offer
    fees: tuple[
        Fee, ...
    ] = ()  # the rules when it began: those of a bundle that comes meanwhile are for the next one
    put_away: bool = False  # nothing can be written: the page was cleared, the payment stays open


class Payment(msgspec.Struct, frozen=True):
    """An open payment; closed ones live in the journal."""

    id: str
    visit: str
    tender: Tender
    fee: str
    fee_name: str
    biller: str
    account: str
    customer: str
    bill: str
    period: str
    due: Money
    overpaid: Overpaid
    overpaid_limit: Money
    partial: bool
    language: Language
    parts: tuple[BillPart, ...] = ()
    ahead: bool = False  # a balance is topped up: there is no bill
    cancelled: bool = False  # by somebody of the staff: what came in is owed back
    offline: bool = False  # opened on bill data of before: counts against what may be taken offline
    credited: Money = Money(0)
    stopping: bool = False
    card: str = ""  # masked
    reference: str = ""  # terminal and trace number

    @property
    def bills(self) -> tuple[str, ...]:
        return tuple(part.bill for part in self.parts) or (self.bill,)

    @property
    def remaining(self) -> Money:
        return max(self.due - self.credited, Money(0))


class NoteStage(enum.Enum):
    HELD = "held"
    STACKING = "stacking"
    RETURNING = "returning"


class Note(msgspec.Struct, frozen=True):
    """The note that is inside the validator now."""

    id: str
    payment: str
    code: int
    value: Money
    counter: int | None
    unit: str = ""
    stage: NoteStage = NoteStage.HELD
    ordered: bool = False  # to be taken, whatever was ordered later


class Train(msgspec.Struct, frozen=True):
    """The pulses of a note that is in the box already and is not counted to its end."""

    note: str
    payment: str  # of whoever paid with notes at the first pulse
    count: int = 0


class ChargeStage(enum.Enum):
    REQUESTED = "requested"
    UNKNOWN = "unknown"
    NOT_SENT = "not_sent"  # told the customer that nothing happened; the server has yet to close the id


class Charge(msgspec.Struct, frozen=True):
    id: str
    payment: str
    amount: Money
    before: Mark | None = None  # by card: how the terminal's record stood; by code there is none
    stage: ChargeStage = ChargeStage.REQUESTED
    asked: int = 0
    step: Step | None = None  # what the terminal wanted last
    cancelling: bool = False

    @property
    def tender(self) -> Tender:
        return Tender.CODE if self.before is None else Tender.CARD

    @property
    def may_cancel(self) -> bool:
        """As long as no card is in the terminal; after that its own red key is the way."""
        waits = self.stage is ChargeStage.REQUESTED and self.step in (None, Step.CARD)
        return self.tender is Tender.CARD and waits and not self.cancelling


class PaperState(enum.Enum):
    ISSUED = "issued"
    PRINTING = "printing"
    PRINTED = "printed"
    NOT_PRINTED = "not_printed"  # nothing was sent
    PERHAPS = "perhaps"  # may be on paper
    HELD_BACK = "held_back"  # one of the five checks failed: nothing is printed


class Paper(msgspec.Struct, frozen=True):
    """A receipt or claim slip that was issued."""

    issued: Issued
    stage: PaperState = PaperState.ISSUED
    job: str = ""
    attempt: int = 0
    checks: ReceiptChecked | None = None  # of a receipt
    perhaps: bool = False  # an attempt may have come out: from now on only a person starts another one

    @property
    def number(self) -> str:
        return self.issued.number


class Paid(msgspec.Struct, frozen=True):
    """What was paid here for a bill: bill data that was made before it has to be corrected by it."""

    bill: str
    amount: Money
    sent_ms: int | None = None  # when the server had it at the latest, by the server's clock; None: not yet
