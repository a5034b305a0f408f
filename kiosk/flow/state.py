"""The one state of the kiosk. Changed only by `evolve`; what durable facts built is the same after a restart."""

from __future__ import annotations

import enum

import msgspec

from hardware.contracts import PrinterState, Trouble
from kiosk.contract import CheckItem, Contrast, Language, Message, Tender, TextSize
from kiosk.facts import ClaimIssued, Overpaid, ReceiptIssued
from kiosk.money import Money
from kiosk.parcels import Bill, Bundle, Customer
from kiosk.site import Fee, Site


class Stage(enum.Enum):
    """Where the customer stands. From CASH on, money may be moving."""

    HOME = "home"
    ACCOUNT = "account"
    LOOKING_UP = "looking_up"
    BILLS = "bills"
    CHECK = "check"
    PAY_BY = "pay_by"
    CASH = "cash"
    SHOW_CODE = "show_code"
    CHARGING = "charging"
    PAPER = "paper"  # receipt and claim slips of this visit
    THANKS = "thanks"


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
    bill: str = ""
    confirmed: tuple[CheckItem, ...] = ()
    payment: str = ""
    code: str = ""
    asking_to_stop: bool = False
    waited_long: bool = False
    touches: int = 0  # restarts the idle time
    idle: bool = False


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
    credited: Money = Money(0)
    stopping: bool = False

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


class ChargeStage(enum.Enum):
    REQUESTED = "requested"
    UNKNOWN = "unknown"
    NOT_SENT = "not_sent"  # told the customer that nothing happened; the server has yet to close the id


class Charge(msgspec.Struct, frozen=True):
    id: str
    payment: str
    amount: Money
    stage: ChargeStage = ChargeStage.REQUESTED
    asked: int = 0


class PaperState(enum.Enum):
    ISSUED = "issued"
    PRINTING = "printing"
    PRINTED = "printed"
    NOT_PRINTED = "not_printed"  # nothing was sent
    PERHAPS = "perhaps"  # may be on paper


class Paper(msgspec.Struct, frozen=True):
    """A receipt or claim slip that was issued."""

    issued: ReceiptIssued | ClaimIssued
    stage: PaperState = PaperState.ISSUED
    job: str = ""
    attempt: int = 0
    perhaps: bool = False  # an attempt may have come out: from now on only a person starts another one

    @property
    def number(self) -> str:
        return self.issued.receipt if isinstance(self.issued, ReceiptIssued) else self.issued.claim


class Paid(msgspec.Struct, frozen=True):
    """What was paid here for a bill: bill data that was made before it has to be corrected by it."""

    bill: str
    amount: Money
    sent_ms: int | None = None  # when the server had it at the latest, by the server's clock; None: not yet


class Acceptor(msgspec.Struct, frozen=True):
    present: bool = False
    settled: bool = False
    obstacle: str = ""
    trouble: Trouble | None = None
    counter: int | None = None  # stacked notes: as last read, and one more for each that was told since
    unit: str = ""

    @property
    def usable(self) -> bool:
        return self.present and self.settled and not self.obstacle and self.trouble is None


class House(msgspec.Struct, frozen=True):
    """The kiosk around the customer: devices, network, staff."""

    acceptor: Acceptor = Acceptor()
    printer: PrinterState | None = None  # None: no printer answers
    scanners: frozenset[str] = frozenset()
    troubles: dict[str, str] = {}
    online: bool = False
    staff_called: bool = False
    bundle: Bundle | None = None
    broken: str = ""  # why nothing can be written; empty: all is well


class Settings(msgspec.Struct, frozen=True):
    language: Language
    text_size: TextSize
    contrast: Contrast = Contrast.DAY


class State(msgspec.Struct, frozen=True):
    site: Site
    settings: Settings
    house: House = House()
    visit: Visit | None = None
    payments: dict[str, Payment] = {}
    note: Note | None = None
    astray: Note | None = None  # a note whose acceptor went away with it; its customer has a claim slip
    last_taken: Note | None = None  # may be told again by the device if its acknowledgement was cut off
    retold: Note | None = None  # was told again; the next count says whether it was this one
    charges: dict[str, Charge] = {}
    papers: dict[str, Paper] = {}  # all that are not printed, and those of the present visit
    paid: tuple[Paid, ...] = ()
    box: int = 1
    box_out: bool = False
    box_notes: dict[str, int] = {}  # fen → count
    receipts: int = 0
    claims: int = 0

    @property
    def stage(self) -> Stage:
        return self.visit.stage if self.visit else Stage.HOME

    @property
    def fee(self) -> Fee | None:
        """None also for a fee that was taken out of the configuration while its payment is open."""
        return next((f for f in self.site.fees if self.visit and f.id == self.visit.fee), None)

    @property
    def payment(self) -> Payment | None:
        """The open payment of the visit in front of the kiosk."""
        return self.payments.get(self.visit.payment) if self.visit else None

    @property
    def charge(self) -> Charge | None:
        """The open charge of the visit in front of the kiosk."""
        if self.visit:
            for charge in self.charges.values():
                if charge.payment == self.visit.payment and charge.stage is not ChargeStage.NOT_SENT:
                    return charge
        return None

    @property
    def bill(self) -> Bill | None:
        if self.visit and self.visit.customer:
            for bill in self.visit.customer.bills:
                if bill.number == self.visit.bill:
                    return bill
        return None

    @property
    def visit_papers(self) -> tuple[Paper, ...]:
        """Receipts and claims of the visit in front of the kiosk, in the order in which they were issued."""
        if not self.visit or not self.visit.payment:
            return ()
        return tuple(p for p in self.papers.values() if p.issued.payment == self.visit.payment)

    @property
    def printing(self) -> Paper | None:
        return next((p for p in self.papers.values() if p.stage is PaperState.PRINTING), None)

    @property
    def money_inside(self) -> bool:
        """Whether money of the person in front is moving or would be lost by going home."""
        payment = self.payment
        return bool(self.note or self.charge or (payment and payment.credited))

    @property
    def notes_in_box(self) -> int:
        return sum(self.box_notes.values())


def begin(site: Site) -> State:
    return State(site=site, settings=default_settings(site))


def default_settings(site: Site) -> Settings:
    return Settings(site.house.default_language, site.house.default_text_size)
