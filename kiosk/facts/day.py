"""The day of a kiosk: what it is opened with, what it came to, and its close."""

from __future__ import annotations

import enum
from collections.abc import Sequence

import msgspec

from kiosk.contract import Language
from kiosk.facts.cash_box import Notes, worth
from kiosk.facts.kinds import Durable, Passing, Signed
from kiosk.facts.stock import Block, Stock
from kiosk.money import Money


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
    unprinted: int = 0  # receipts and slips of this day that never came out, and are not void
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


class DayAsked(Passing, frozen=True, tag="day_asked"):
    """The records are added up outside of the flow; the answer comes as a stimulus."""

    purpose: Purpose
    override: str = ""  # reason to open although the list is not right


class FiguresSeen(Passing, frozen=True, tag="figures_seen"):
    """What the day came to up to now, for whoever asked."""

    figures: Figures
