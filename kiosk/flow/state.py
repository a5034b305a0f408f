"""The one state of the kiosk. Changed only by `evolve`; what durable facts built is the same after a restart."""

from __future__ import annotations

import enum

import msgspec

from hardware.contracts import PrinterState, Trouble
from hardware.terminals.contract import Mark
from kiosk.contract import Contrast, Language, Message, Tender, TextSize
from kiosk.doctor.examination import Alarm, Examination
from kiosk.doctor.report import Verdict
from kiosk.facts import ClaimIssued, Issued, OfficePaper, Slip
from kiosk.facts.cabinet import Power
from kiosk.facts.office import Notes
from kiosk.facts.stock import PAYMENT_CANCELLED, RECEIPT_VOID, Block
from kiosk.facts.visitor import OpinionGiven
from kiosk.flow.desk_state import Act as Act
from kiosk.flow.desk_state import Bag as Bag
from kiosk.flow.desk_state import ClosedBox as ClosedBox
from kiosk.flow.desk_state import Desk as Desk
from kiosk.flow.desk_state import Item as Item
from kiosk.flow.desk_state import LastTest as LastTest
from kiosk.flow.desk_state import Matter as Matter
from kiosk.flow.desk_state import Room as Room
from kiosk.flow.visit_state import AmountEntry as AmountEntry
from kiosk.flow.visit_state import Approval as Approval
from kiosk.flow.visit_state import ApprovalStep as ApprovalStep
from kiosk.flow.visit_state import Charge as Charge
from kiosk.flow.visit_state import ChargeStage as ChargeStage
from kiosk.flow.visit_state import Note as Note
from kiosk.flow.visit_state import NoteStage as NoteStage
from kiosk.flow.visit_state import Paid as Paid
from kiosk.flow.visit_state import Paper as Paper
from kiosk.flow.visit_state import PaperState as PaperState
from kiosk.flow.visit_state import Payment as Payment
from kiosk.flow.visit_state import Stage as Stage
from kiosk.flow.visit_state import Train as Train
from kiosk.flow.visit_state import Visit as Visit
from kiosk.money import Money
from kiosk.parcels import Bill, Bundle, Person
from kiosk.site import Fee, Site


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
    sign_in_failed: dict[str, int] = {}  # person → wrong PINs since their right one; "": numbers of nobody
    sign_in_waits: bool = False

    @property
    def sign_in_failures(self) -> int:
        return sum(self.sign_in_failed.values())

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
        """Within a visit no sum changes that was shown."""
        of_visit = self.visit.fees if self.visit else ()
        return of_visit or self.house.fees or self.site.fees

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
