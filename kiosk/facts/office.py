"""Facts of the cash box, the day and the staff. A person stands in them by number, never by name."""

from __future__ import annotations

import enum
from collections.abc import Sequence

import msgspec

from kiosk.contract import How as How
from kiosk.contract import Language
from kiosk.facts.kinds import Account, Durable, Passing, Posting, Signed
from kiosk.facts.stock import Block, Stock
from kiosk.money import Money

Notes = dict[str, int]  # denomination in fen → how many


def worth(notes: Notes) -> Money:
    return Money(sum(int(fen) * count for fen, count in notes.items()))


def total(*several: Notes) -> Notes:
    """All of them together, smallest denomination first, none that is zero."""
    found: Notes = {}
    for notes in several:
        for fen, count in notes.items():
            found[fen] = found.get(fen, 0) + count
    return {fen: found[fen] for fen in sorted(found, key=int) if found[fen]}


# ---------------------------------------------------------------------------------------------------
# The cash box


class BoxGone(enum.Enum):
    """How it is known that the box was taken out."""

    REPORTED = "reported"  # by the acceptor
    PUT_BACK = "put_back"  # it was put in, and nobody had seen it go
    COUNTER = "counter"  # the unit counts other notes than the records
    UNIT = "unit"  # another unit hangs there


class BoxRemoved(Durable, frozen=True, tag="box_removed"):
    """The epoch of the cash box ends. `notes`: what should be inside by the records, whoever it belongs to;
    `unknown`: notes inside whose value nobody knows. `by`: who was signed in; empty: unattended."""

    box: int
    notes: Notes
    unknown: int = 0
    how: BoxGone = BoxGone.REPORTED
    by: str = ""


class BoxReturned(Durable, frozen=True, tag="box_returned"):
    box: int  # number of the new epoch


class BoxCounted(Signed, frozen=True, tag="box_counted"):
    """A collection: the notes of `boxes` were counted blind by `by`. A difference is an open item."""

    collection: str  # number
    kiosk: str
    boxes: tuple[int, ...]
    by: str
    issued_ms: int
    expected: Notes
    unknown: int
    counted: Notes
    doubtful: tuple[str, ...]  # claim slips of the doubtful notes among them
    change_owed: Money  # all that is open at that moment
    unprinted: tuple[str, ...]
    language: Language

    @property
    def number(self) -> str:
        return self.collection

    @property
    def difference(self) -> Money:
        """Positive: more than the records say."""
        return worth(self.counted) - worth(self.expected)

    @property
    def agrees(self) -> bool:
        return not self.unknown and total(self.counted) == total(self.expected)

    @property
    def proof(self) -> str:
        expected, counted = worth(self.expected).fen, worth(self.counted).fen
        return f"B1;{self.collection};{expected};{counted};{self.issued_ms};{self.by}"

    @property
    def postings(self) -> tuple[Posting, ...]:
        parts = (
            Posting(Account.CASH_BOX, -worth(self.expected)),
            Posting(Account.OFFICE, worth(self.counted)),
            Posting(Account.DIFFERENCE, -self.difference),
        )
        return tuple(p for p in parts if p.amount)


class BagHandedOver(Signed, frozen=True, tag="bag_handed_over"):
    """What was counted went from one hand into another: both signed in with number and PIN, one after the other.

    `by` counted every one of `collections`; `to` took them, and is somebody else."""

    handover: str  # number
    kiosk: str
    collections: tuple[str, ...]
    notes: Notes
    by: str
    to: str
    issued_ms: int
    language: Language

    @property
    def number(self) -> str:
        return self.handover

    @property
    def proof(self) -> str:
        collections = ",".join(self.collections)
        return (
            f"H1;{self.handover};{worth(self.notes).fen};{collections};{self.issued_ms};{self.by};{self.to}"
        )


# ---------------------------------------------------------------------------------------------------
# Open items: what a person has to decide


class Sort(enum.Enum):
    NOTE = "note"  # doubtful
    CHARGE = "charge"  # doubtful
    CHANGE = "change"  # owed to a customer in cash
    DIFFERENCE = "difference"  # of a collection


class ItemSettled(Durable, frozen=True, tag="item_settled"):
    """A supervisor decided what becomes of an open item. `amount` None: a note of unknown value."""

    item: str
    sort: Sort
    amount: Money | None
    in_box: bool
    how: How
    by: str
    second: str = ""  # signed too; empty: change owed, or a record of before

    @property
    def postings(self) -> tuple[Posting, ...]:
        if not self.amount or self.sort is Sort.DIFFERENCE:
            return ()  # the account DIFFERENCE keeps it
        owed = Account.CHANGE_OWED if self.sort is Sort.CHANGE else Account.DOUBTFUL
        found = {owed: self.amount}
        if self.how is How.PAID:
            found[Account.OFFICE] = -self.amount
        in_question = self.sort is Sort.NOTE and not self.in_box
        if in_question:
            found[Account.IN_QUESTION] = -self.amount
        rest = Money.total(found.values())
        if rest:
            found[Account.DIFFERENCE] = -rest
        return tuple(Posting(account, amount) for account, amount in found.items())


class ClaimClosed(Durable, frozen=True, tag="claim_closed"):
    """What the slip was about has found its answer by itself."""

    claim: str
    because: str


class ExceptionOpened(Durable, frozen=True, tag="exception_opened"):
    """Something is out of the ordinary, and somebody is responsible for it until it is closed. All that its rule
    said at that moment stands here: the office knows no kiosk's configuration."""

    exception: str  # number
    exception_kind: str  # kiosk.rules.exceptions.ExceptionKind
    subject: str  # what it is about: a device, an open item, a case number, a door
    detail: str
    severity: str
    roles: tuple[str, ...]
    opened_ms: int
    due_ms: int
    causes: tuple[str, ...] = ()  # with which it may be closed; empty: with what it is about


class ExceptionClosed(Durable, frozen=True, tag="exception_closed"):
    """`cause`: what was chosen from the list, or `settled` and `day_closed` where it ended with what it was about.
    `by` empty: the records themselves; `office:` and a name: somebody at the office."""

    exception: str
    cause: str
    by: str
    closed_ms: int


# ---------------------------------------------------------------------------------------------------
# The day


class Sum(msgspec.Struct, frozen=True):
    count: int = 0
    amount: Money = Money(0)

    def plus(self, amount: Money) -> Sum:
        return Sum(self.count + 1, self.amount + amount)


class Times(msgspec.Struct, frozen=True):
    """Of several durations. `p90_ms`: nine of ten took no longer; `in_time`: how many kept to the target."""

    count: int = 0
    mean_ms: int = 0
    p90_ms: int = 0
    in_time: int = 0


def times(durations_ms: Sequence[int], target_ms: int) -> Times:
    count = len(durations_ms)
    if not count:
        return Times()
    p90_ms = sorted(durations_ms)[-(-count * 9 // 10) - 1]
    in_time = sum(ms <= target_ms for ms in durations_ms)
    return Times(count, sum(durations_ms) // count, p90_ms, in_time)


class Standing(msgspec.Struct, frozen=True):
    """What is there at one moment."""

    box: int = 1
    notes: Notes = {}  # in the box that is in the machine, or that would be
    unknown: int = 0
    to_count: tuple[int, ...] = ()  # boxes that were taken out and not counted
    bags: tuple[str, ...] = ()  # collections that were counted and not handed over
    items: tuple[str, ...] = ()  # open
    unprinted: tuple[str, ...] = ()
    receipts: int = 0  # numbers used, ever
    blocks: tuple[Block, ...] | None = None  # of receipt numbers, not used up; None: a record of before


class Figures(msgspec.Struct, frozen=True):
    """What happened between two closes. Paid amounts are whole; what became of them stands beside."""

    tenders: dict[str, Sum] = {}  # of payments that were completed
    fees: dict[str, Sum] = {}  # what went to the biller
    ahead: dict[str, Sum] = {}  # fee → what topped balances up without a bill; within `to_prepaid`
    to_prepaid: Money = Money(0)
    to_change: Money = Money(0)
    notes: Notes = {}  # that went into the box, whoever they belong to
    unknown_notes: int = 0
    receipts: int = 0  # numbers used
    claims: int = 0
    doubtful: Sum = Sum()
    collections: int = 0
    collected: Money = Money(0)
    difference: Money = Money(0)  # positive: more than the records say
    handovers: int = 0
    handed_over: Money = Money(0)
    voids: Sum = Sum()  # receipts made void, and what is owed for them
    stock: Stock = Stock()  # of receipt numbers; `left` at the end of the day
    deeds: dict[str, dict[str, int]] = {}  # what was done → by whom → how often: see `kiosk.deeds`
    visits: Times = Times()  # with a payment, from the first touch to the end
    unpaid: Times = Times()  # visits that ended without one
    calls: Times = Times()  # from the call for staff to the answer


class Purpose(enum.Enum):
    """Why the records are added up."""

    OPEN = "open"
    CLOSE = "close"
    LOOK = "look"  # staff want to know how the day goes


class DayOpened(Durable, frozen=True, tag="day_opened"):
    day: int
    by: str
    opened_ms: int
    standing: Standing
    not_uploaded: int  # records
    wrong: tuple[str, ...] = ()  # points of the opening list that were not right, such as paper.out
    override: str = ""  # the reason why it was opened all the same


class DayClosed(Signed, frozen=True, tag="day_closed"):
    """Everything since the last close, added up from the records. `late`: nobody had closed it in its time."""

    report: str  # number
    day: int
    kiosk: str
    by: str
    issued_ms: int
    late: bool
    figures: Figures
    standing: Standing
    not_uploaded: int  # records
    language: Language
    fee_names: dict[str, str] = msgspec.field(default_factory=dict)  # of `figures`, as the slip says them

    @property
    def number(self) -> str:
        return self.report

    @property
    def proof(self) -> str:
        paid = Money.total(s.amount for s in self.figures.tenders.values())
        return f"D1;{self.report};{paid.fen};{worth(self.figures.notes).fen};{self.issued_ms};{self.by}"


class PaymentsKnown(Durable, frozen=True, tag="payments_known"):
    """Bill data is here that was made after the server had the oldest `count` payments: they correct it no more."""

    count: int


class ContactMade(Durable, frozen=True, tag="contact_made"):
    """The server holds everything: what was taken offline up to here counts against no limit any more."""

    offline: Money


# ---------------------------------------------------------------------------------------------------
# The staff


class SignedIn(Durable, frozen=True, tag="signed_in"):
    person: str
    badge: str = ""  # with which the number was given; empty: typed


class SignInFailed(Durable, frozen=True, tag="sign_in_failed"):
    """`person`: a number that exists; empty: one that does not, which may be anything, even a PIN."""

    person: str


class SignedOut(Durable, frozen=True, tag="signed_out"):
    person: str
    because: str


class SignInAllowed(Passing, frozen=True, tag="sign_in_allowed"):
    """The pause after failures is over."""


class StaffAreaOpened(Passing, frozen=True, tag="staff_area_opened"):
    pass


class StaffAreaLeft(Passing, frozen=True, tag="staff_area_left"):
    pass


class StaffTyped(Passing, frozen=True, tag="staff_typed"):
    typed: str


class StaffNumberGiven(Passing, frozen=True, tag="staff_number_given"):
    person: str
    badge: str = ""


class PinGiven(Passing, frozen=True, tag="pin_given"):
    """It is checked outside of the flow, because that takes long on purpose."""

    attempt: str
    pin: str


class StaffWent(Passing, frozen=True, tag="staff_went"):
    """To another page of the staff area."""

    room: str
    item: str = ""


class StaffRefused(Passing, frozen=True, tag="staff_refused"):
    problem: str  # key of a phrase


class CountBegun(Passing, frozen=True, tag="count_begun"):
    boxes: tuple[int, ...]


class DenominationCounted(Passing, frozen=True, tag="denomination_counted"):
    fen: str
    count: int


class HandOverBegun(Passing, frozen=True, tag="hand_over_begun"):
    """Who counted hands these collections over; who takes them signs in next."""

    collections: tuple[str, ...]


class SettlingBegun(Passing, frozen=True, tag="settling_begun"):
    item: str
    how: How


class SecondWanted(Passing, frozen=True, tag="second_wanted"):
    """Somebody else signs too: number and PIN are asked for."""

    act: str  # kiosk.flow.state.Act


class CountTakenBack(Passing, frozen=True, tag="count_taken_back"):
    """One denomination back, to correct it."""


class DayAsked(Passing, frozen=True, tag="day_asked"):
    """The records are added up outside of the flow; the answer comes as a stimulus."""

    purpose: Purpose
    override: str = ""  # reason to open although the list is not right


class FiguresSeen(Passing, frozen=True, tag="figures_seen"):
    """What the day came to up to now, for whoever asked."""

    figures: Figures
