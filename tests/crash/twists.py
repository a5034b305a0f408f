"""What not every customer has: a part of a bill, a bill that is waived whole, an amount that somebody must approve, an
opinion, and an office that changes its rules meanwhile. By the number of the story and of the bill, not by chance: so
every seed goes on telling what it told."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from kiosk import contract as c
from kiosk.flow import stimuli as st
from kiosk.flow.state import ApprovalStep
from kiosk.parcels import Bill, Bundle, FeeSwitch
from kiosk.rules.load import packed
from tests.crash import faults, world
from tests.crash.people import PEOPLE, PIN, SITE, SUPERVISOR
from tests.crash.world import World
from tests.kiosk.world import bill

LARGE_FEE: Final = "tuition"
WAIVED: Final = {"low_income": ""}  # the first eight yuan of electricity are free then
PHONE: Final = "13800138000"


class Twist(enum.Enum):
    NONE = enum.auto()
    PART = enum.auto()
    WAIVED = enum.auto()
    LARGE = enum.auto()
    OFFICE = enum.auto()
    OPINION = enum.auto()


TWISTS: Final = (
    *(Twist.NONE, Twist.PART, Twist.WAIVED, Twist.NONE, Twist.OFFICE, Twist.WAIVED),
    *(Twist.NONE, Twist.LARGE, Twist.OPINION, Twist.NONE, Twist.OFFICE, Twist.PART),
)


def of(w: World) -> Twist:
    """Of the customer whose bill is the next one."""
    return TWISTS[(w.things.number + w.things.bills) % len(TWISTS)]


def owes(w: World, twist: Twist, first: Bill) -> list[Bill]:
    number = first.number
    if twist is Twist.WAIVED:
        return [first, bill("5.00", "electricity", f"{number}E"), bill("2.50", "gas", f"{number}G")]
    return [bill("6000.00", LARGE_FEE, number)] if twist is Twist.LARGE else [first]


def marks(twist: Twist) -> dict[str, str]:
    return WAIVED if twist is Twist.WAIVED else {}


def chooses(w: World, twist: Twist, first: str) -> None:
    """Every second one takes the tick off the first of the three."""
    if twist is Twist.WAIVED and w.things.number % 2:
        w.touch(c.ChooseBill(first))


def before_paying(w: World, twist: Twist) -> None:
    if twist in BEFORE_PAYING:
        BEFORE_PAYING[twist](w)


def a_part(w: World) -> None:
    w.touch(c.PayPart())
    w.touch(c.PressKey("1"))
    w.touch(c.SubmitAmount())
    if w.things.number % 3 == 0:  # thought better of it
        for intent in (c.Back(), c.Back(), c.SubmitAmount()):
            w.touch(intent)


def approved(w: World) -> None:
    w.touch(c.ApproverHere())
    for typed in (SUPERVISOR.number, PIN):
        faults.perhaps(w)
        for digit in typed:
            w.touch(c.PressKey(digit))
        w.touch(c.EnterTyped())
    w.events()
    visit = w.engine.state.visit
    if visit is not None and visit.approval is not None and visit.approval.step is ApprovalStep.REASON:
        w.touch(c.Approve("bill_seen"))


def office_changes(w: World) -> None:
    """A bundle in the middle of a visit: a fee less, a fee closed, dearer rules, another list of persons."""
    made = _BUNDLES[w.things.number // len(TWISTS) % len(_BUNDLES)]
    visit = w.engine.state.visit
    w.feed(st.BundleCame(made(visit.fee if visit else "water")))


def _bundle(version: int, **parts: object) -> Bundle:
    return replace(world.BUNDLE, version=version, **parts)


def _fee_gone(fee: str) -> Bundle:
    return _bundle(2, rules=packed(tuple(known for known in SITE.fees if known.id != fee)))


def _fee_closed(fee: str) -> Bundle:
    return _bundle(3, fees=(FeeSwitch(fee, False),))


def _not_merged(fee: str) -> Bundle:
    """And nothing is added or let off any more."""
    return _bundle(
        4, rules=packed(tuple(replace(known, merge="", late=None, concession=()) for known in SITE.fees))
    )


def _nobody_left(fee: str) -> Bundle:
    return _bundle(5, people=PEOPLE[1:])


_BUNDLES: Final[tuple[Callable[[str], Bundle], ...]] = (_fee_gone, _fee_closed, _not_merged, _nobody_left)


BEFORE_PAYING: Final = {Twist.PART: a_part, Twist.LARGE: approved, Twist.OFFICE: office_changes}


def says_something(w: World) -> None:
    """On the last page, every second one with a telephone number."""
    w.touch(c.OpenHelp("say"))
    w.touch(c.OpenHelp("say_contact", "money"))
    with_number = bool(w.things.number % 2)
    for digit in PHONE if with_number else "":
        w.touch(c.PressKey(digit))
    w.touch(c.SayIt(with_number))
    w.events()
    faults.perhaps(w)
    w.touch(c.LeaveHelp())


def office_closes(w: World) -> None:
    """At its desk the office closes what is out of the ordinary, with each cause that there is; of open money none."""
    for number, matter in tuple(w.engine.state.exceptions.items()):
        for cause in (*SITE.office.rule(matter.kind).causes, "settled"):
            w.feed(st.OfficeCloses(number, cause, "office"))
