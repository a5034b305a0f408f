"""The one state of the kiosk. Changed only by `evolve`; what durable facts built is the same after a restart."""

from __future__ import annotations

import enum

import msgspec

from hardware.contracts import PrinterState, Trouble
from hardware.terminals.contract import Mark, Step
from kiosk.amount_facts import AmountFor
from kiosk.cabinet_facts import Power
from kiosk.contract import CheckItem, Contrast, Language, Message, Tender, TextSize
from kiosk.doctor.examination import Alarm, Examination
from kiosk.doctor.report import DeviceReport, Verdict
from kiosk.facts import BillPart, ClaimIssued, Issued, OfficePaper, Overpaid, ReceiptIssued, Slip
from kiosk.money import Money
from kiosk.office_facts import Figures, How, Notes, Sort
from kiosk.parcels import Bill, Bundle, Customer, Person
from kiosk.rules.exceptions import ExceptionKind, Severity
from kiosk.site import Fee, Site
from kiosk.stock_facts import PAYMENT_CANCELLED, RECEIPT_VOID, Block, ReceiptAsked, ReceiptChecked
from kiosk.visitor_facts import OpinionGiven


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
    terminal_rests: Mark | None = None  # how its record stands; None: away, or something runs
    troubles: dict[str, str] = {}
    online: bool = False
    clock: str = ""  # how far it can be trusted: kiosk.clock.Instant.quality
    staff_called: bool = False
    bundle: Bundle | None = None
    fees: tuple[Fee, ...] = ()  # as the bundle has them; empty: those of the site's own file hold
    identities: dict[str, str] = {}  # devices that are there, and who they say they are
    examination: Examination | None = None  # staff test the devices
    token: str = ""  # of its test page
    broken: str = ""  # why nothing can be written; empty: all is well


class HelpRoom(enum.Enum):
    """What can stand above the page of the customer, which stays as it was."""

    OFFER = "offer"  # by the kiosk itself
    HOW = "how"  # what to do on this page
    TOPICS = "topics"
    QUESTIONS = "questions"  # of one topic
    ANSWER = "answer"
    PRIVACY = "privacy"
    SAY = "say"  # what an opinion is about
    SAY_CONTACT = "say_contact"
    SAY_DONE = "say_done"


class Aside(msgspec.Struct, frozen=True):
    """Help stands above the page; whatever happens to the page closes it."""

    room: HelpRoom
    at: Stage
    item: str = ""  # topic, question or subject
    trail: tuple[tuple[HelpRoom, str], ...] = ()  # the pages of help before this one
    typed: str = ""  # a telephone number
    attempt: str = ""  # that is being sealed
    problem: Message | None = None
    opinion: OpinionGiven | None = None
    contact: str = ""  # masked, of an opinion that was just given
    touches: int = 0


class Call(msgspec.Struct, frozen=True):
    """Somebody waits for staff; open until the caller or staff end it."""

    id: str
    since_ms: int
    where: str
    answered_by: str = ""


class ClosedBox(msgspec.Struct, frozen=True):
    """Taken out and not counted yet."""

    box: int
    notes: Notes
    unknown: int
    by: str  # who took it out; empty: nobody was signed in
    noticed: bool = False  # that nobody was


class Bag(msgspec.Struct, frozen=True):
    """A collection that was counted and is still with the one who counted."""

    by: str
    notes: Notes


class Item(msgspec.Struct, frozen=True):
    """Something that a person has to decide; open until then."""

    id: str  # of the note, charge, payment or collection
    sort: Sort
    amount: Money | None
    because: str
    claim: str = ""
    in_box: bool = False
    box: int = 0  # where it lies, if it does


class Matter(msgspec.Struct, frozen=True):
    """An exception that is open."""

    kind: ExceptionKind
    subject: str
    detail: str
    severity: Severity
    roles: tuple[str, ...]
    opened_ms: int
    due_ms: int


class Room(enum.Enum):
    """The pages of the staff area."""

    NUMBER = "number"
    PIN = "pin"
    MENU = "menu"
    COLLECT = "collect"
    COUNT = "count"
    COUNTED = "counted"
    ITEMS = "items"
    ITEM = "item"
    PAPERS = "papers"
    DAY = "day"
    BAGS = "bags"  # counted, and not handed over
    SECOND = "second"  # who signs besides the one who is signed in: number
    SECOND_PIN = "second_pin"
    HANDED_OVER = "handed_over"
    EXCEPTIONS = "exceptions"
    EXCEPTION = "exception"
    FIGURES = "figures"  # what the day came to up to now
    OPENING = "opening"  # the list that must be right before a day is opened
    OVERRIDE = "override"  # why it is opened all the same
    VOID = "void"  # a receipt: which one
    VOID_WHY = "void_why"
    VOIDED = "voided"
    DEVICES = "devices"
    CHECKUP = "checkup"
    EXAMINED = "examined"


class Act(enum.Enum):
    """What two persons do together: one is signed in, the other signs too."""

    HAND_OVER = "hand_over"
    SETTLE = "settle"
    VOID = "void"


class LastTest(msgspec.Struct, frozen=True):
    """Of one device."""

    report: DeviceReport
    by: str
    at_ms: int


class Desk(msgspec.Struct, frozen=True):
    """Somebody of the staff is at the screen. In memory only; a restart signs out."""

    room: Room = Room.NUMBER
    person: str = ""  # signed in
    number: str = ""  # given, and not proved yet
    badge: str = ""  # with which it was given
    attempt: str = ""  # the PIN that is being checked
    typed: str = ""
    problem: str = ""
    boxes: tuple[int, ...] = ()
    counted: Notes = {}
    bags: tuple[str, ...] = ()  # collections that are being handed over
    item: str = ""  # the open item that is looked at
    figures: Figures | None = None
    act: Act | None = None  # that the second person signs
    how: How | None = None  # what shall become of `item`
    lookup: ReceiptAsked | None = None  # a receipt that is being looked up
    receipt: ReceiptIssued | None = None  # that is to be void
    because: str = ""  # why it is
    override: str = ""  # reason to open the day that is being added up
    result: str = ""  # number of the collection or close that was just made
    touches: int = 0


class Day(msgspec.Struct, frozen=True):
    number: int = 0  # of the day that is open, or was last
    open: bool = False
    used: bool = False  # money came in since the last close
    opened_ms: int = 0


class Cabinet(msgspec.Struct, frozen=True):
    """What its switches and sensors say. `woken` counts, so that each approach begins the time until sleep anew."""

    power: Power = Power.UNTOLD
    open: frozenset[str] = frozenset()
    headset: bool = False
    asleep: bool = False
    woken: int = 0

    @property
    def takes_money(self) -> bool:
        return self.power in (Power.UNTOLD, Power.ON)


class Settings(msgspec.Struct, frozen=True):
    language: Language
    text_size: TextSize
    contrast: Contrast = Contrast.DAY


class State(msgspec.Struct, frozen=True):
    site: Site
    settings: Settings
    house: House = House()
    cabinet: Cabinet = Cabinet()
    visit: Visit | None = None
    aside: Aside | None = None
    call: Call | None = None
    payments: dict[str, Payment] = {}
    note: Note | None = None
    train: Train | None = None
    astray: Note | None = None  # a note whose acceptor went away with it; its customer has a claim slip
    last_taken: Note | None = None  # may be told again by the device if its acknowledgement was cut off
    retold: Note | None = None  # was told again; the next count says whether it was this one
    charges: dict[str, Charge] = {}
    papers: dict[str, Paper] = {}  # all that are not printed, and those of the present visit
    paid: tuple[Paid, ...] = ()  # oldest first
    box: int = 1
    box_out: bool = False
    box_notes: Notes = {}
    box_unknown: int = 0  # notes in the box whose value nobody knows
    boxes: tuple[ClosedBox, ...] = ()
    unit: str = ""  # serial number of the acceptor, as the records have it
    unit_count: int | None = None  # what it should count, as the records have it
    bags: dict[str, Bag] = {}  # by number of the collection
    items: dict[str, Item] = {}
    exceptions: dict[str, Matter] = {}  # open ones, by number
    exceptions_opened: int = 0  # ever
    unknown_claims: dict[str, str] = {}  # charge → claim slip: open until somebody says what became of it
    receipts: int = 0  # numbers used, ever
    own_receipts: int = 0  # of them in the kiosk's own series
    blocks: tuple[Block, ...] = ()  # of this epoch, in the order in which they came
    refused_block: int = 0  # the last one that could not be used
    void: frozenset[str] = frozenset()  # numbers that were voided
    claims: int = 0
    opinions: int = 0
    collections: int = 0
    handovers: int = 0
    offline_taken: Money = Money(0)  # since the server last held everything
    day: Day = Day()
    tests: dict[str, LastTest] = {}  # by device
    verdict: Verdict | None = None  # of the whole kiosk, at the last test
    alarms: tuple[Alarm, ...] = ()  # of that test
    desk: Desk | None = None
    sign_in_failures: int = 0  # since the last success
    sign_in_waits: bool = False

    @property
    def stage(self) -> Stage:
        if self.visit is not None:
            return self.visit.stage
        return Stage.HOME if self.desk is None else Stage.STAFF

    @property
    def staff_wanted(self) -> bool:
        """Called by a person or by the flow; while nothing can be written, only the lamp and the screen know it."""
        return self.house.staff_called or self.call is not None

    @property
    def fees(self) -> tuple[Fee, ...]:
        return self.house.fees or self.site.fees

    def fee_of(self, fee: str) -> Fee | None:
        """None for a fee that was taken out of the configuration, also while its payment is open."""
        return next((f for f in self.fees if f.id == fee), None)

    @property
    def fee(self) -> Fee | None:
        return self.fee_of(self.visit.fee) if self.visit else None

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

    def can_ask(self, charge: Charge) -> bool:
        """Whether somebody is there who can say what became of it."""
        if charge.tender is Tender.CARD:
            return self.house.terminal_rests is not None
        return self.house.online

    @property
    def bills(self) -> tuple[Bill, ...]:
        """The bills that the customer chose, in the order of the list."""
        if not self.visit or not self.visit.customer:
            return ()
        return tuple(bill for bill in self.visit.customer.bills if bill.number in self.visit.bills)

    @property
    def visit_papers(self) -> tuple[Paper, ...]:
        """Receipts and claims of the visit in front of the kiosk, in the order in which they were issued."""
        if not self.visit or not self.visit.payment:
            return ()
        return tuple(
            p
            for p in self.papers.values()
            if isinstance(p.issued, Slip) and p.issued.payment == self.visit.payment
        )

    @property
    def office_papers(self) -> tuple[Paper, ...]:
        """What staff made: their own slips, and refund slips for customers who may have left."""
        return tuple(
            p for p in self.papers.values() if isinstance(p.issued, OfficePaper) or _is_refund(p.issued)
        )

    @property
    def opinion_papers(self) -> tuple[Paper, ...]:
        return tuple(p for p in self.papers.values() if isinstance(p.issued, OpinionGiven))

    @property
    def unprinted(self) -> tuple[str, ...]:
        return tuple(n for n, p in self.papers.items() if p.stage is not PaperState.PRINTED)

    @property
    def person(self) -> Person | None:
        """Who is signed in."""
        if self.desk is None or not self.desk.person:
            return None
        return self.person_of(self.desk.person)

    def person_of(self, number: str) -> Person | None:
        people = self.house.bundle.people if self.house.bundle else ()
        return next((person for person in people if person.number == number), None)

    @property
    def signed_in(self) -> str:
        return self.desk.person if self.desk else ""

    @property
    def printing(self) -> Paper | None:
        return next((p for p in self.papers.values() if p.stage is PaperState.PRINTING), None)

    @property
    def money_inside(self) -> bool:
        """Whether money of the person in front is moving or would be lost by going home."""
        payment = self.payment
        return bool(self.note_inside or self.charge or (payment and payment.credited))

    @property
    def note_inside(self) -> bool:
        """Whether it is still open what becomes of a note."""
        return self.note is not None or self.train is not None

    @property
    def notes_in_box(self) -> int:
        return sum(self.box_notes.values()) + self.box_unknown


def _is_refund(issued: Issued) -> bool:
    return isinstance(issued, ClaimIssued) and issued.because in (RECEIPT_VOID, PAYMENT_CANCELLED)


def begin(site: Site) -> State:
    return State(site=site, settings=default_settings(site))


def default_settings(site: Site) -> Settings:
    return Settings(site.house.default_language, site.house.default_text_size)
