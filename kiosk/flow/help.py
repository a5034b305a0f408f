"""Help that stands above the page of the customer. The page below goes on: whatever happens to it closes the help.

offered by the kiosk ─┬─ show how ── go on            opened by the customer ── topics ── questions ── answer
(third wrong entry,   ├─ call somebody                                        ├─ what to do here
 nothing goes on)     └─ go on: the page is as it was                         ├─ privacy
                                                                              └─ something to say (`opinions.py`)
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from kiosk.contract import (
    Back,
    CallStaff,
    Intent,
    LeaveHelp,
    OpenHelp,
    SetContrast,
    SetLanguage,
    SetTextSize,
    StillHere,
    StopCalling,
)
from kiosk.facts import Fact
from kiosk.facts.visitor import HelpLeft, HelpOffered, HelpOpened, HelpWentBack
from kiosk.flow.delays import Delay
from kiosk.flow.state import Aside, HelpRoom, Stage, State
from kiosk.flow.stimuli import Given, TimeIsUp
from kiosk.flow.table import EVERYWHERE, Consequence, Evolver, Facts, Machine, Row, stages

WRONG_ENTRIES = 3  # then somebody is offered, never locked out
WRONG, STUCK = "wrong_entries", "no_progress"
CUSTOMER = EVERYWHERE - {Stage.STAFF}
STEPS = stages(
    Stage.ACCOUNT, Stage.BILLS, Stage.AMOUNT, Stage.CHECK, Stage.PAY_BY, Stage.CASH, Stage.SHOW_CODE
)
NO_IDLE_QUESTION = stages(Stage.HOME, Stage.THANKS)  # help closes by itself there
MOST_BACK = 8  # pages of help that the way back remembers
NOT_ASKED_FOR = (HelpRoom.OFFER, HelpRoom.SAY_DONE)  # come by themselves
ALSO_THERE = (CallStaff, StopCalling, SetLanguage, SetTextSize, SetContrast, StillHere)


def money_moves(state: State) -> bool:
    """While it does, its page is the one to look at."""
    return state.note is not None or (state.charge is not None and not state.charge.may_cancel)


# ---------------------------------------------------------------------------------------------------
# Decide


def _may_open(state: State, want: OpenHelp) -> bool:
    idle = state.visit is not None and state.visit.idle
    return _exists(state, want) and not idle and state.note is None and not state.house.broken


def _exists(state: State, want: OpenHelp) -> bool:
    advice = state.site.advice[state.settings.language]
    if want.room not in {room.value for room in HelpRoom if room not in NOT_ASKED_FOR}:
        return False
    match HelpRoom(want.room):
        case HelpRoom.QUESTIONS:
            return advice.topic_of(want.item) is not None
        case HelpRoom.ANSWER:
            return advice.question_of(want.item) is not None
        case HelpRoom.SAY_CONTACT:
            return advice.subject_of(want.item) is not None
        case _:
            return True


def _open(state: State, want: OpenHelp, given: Given) -> Facts:
    yield HelpOpened(want.room, want.item)


def _is_open(state: State, stimulus: Any) -> bool:
    """The idle question, if it is asked, stands above the help too."""
    return state.aside is not None and not (state.visit is not None and state.visit.idle)


def _leave(state: State, stimulus: Any, given: Given) -> Facts:
    yield HelpLeft()


def _back(state: State, want: Back, given: Given) -> Facts:
    yield HelpWentBack() if state.aside and state.aside.trail else HelpLeft()


def _for_the_page_below(state: State, want: Intent) -> bool:
    return _is_open(state, want) and not isinstance(want, ALSO_THERE)


def _nothing(state: State, want: Intent, given: Given) -> Facts:
    return ()


def _stuck(state: State, up: TimeIsUp, given: Given) -> Facts:
    yield HelpOffered(STUCK)


ROWS = (
    Row(OpenHelp, _open, CUSTOMER, _may_open),
    Row(LeaveHelp, _leave, when=_is_open),
    Row(Back, _back, when=_is_open),
    Row(Intent, _nothing, when=_for_the_page_below),
    Row(TimeIsUp, _leave, when=lambda s, up: up.delay is Delay.HELP_IDLE and s.aside is not None),
    Row(TimeIsUp, _stuck, when=lambda s, up: up.delay is Delay.STUCK and may_be_stuck(s)),
)


# ---------------------------------------------------------------------------------------------------
# Evolve


def _offered(state: State, fact: HelpOffered) -> State:
    visit = state.visit
    assert visit is not None
    if fact.because == STUCK:
        visit = replace(visit, offered=(*visit.offered, visit.stage))
    visit = replace(visit, offered_after=visit.wrong_entries)
    return replace(state, visit=visit, aside=Aside(HelpRoom.OFFER, visit.stage, fact.because))


def _opened(state: State, fact: HelpOpened) -> State:
    aside, room = state.aside, HelpRoom(fact.room)
    if aside is None:
        return replace(state, aside=Aside(room, state.stage, fact.item))
    here = () if aside.room in NOT_ASKED_FOR else ((aside.room, aside.item),)
    trail = (*aside.trail, *here)[-MOST_BACK:]
    return replace(state, aside=Aside(room, aside.at, fact.item, trail, touches=aside.touches + 1))


def _went_back(state: State, fact: HelpWentBack) -> State:
    aside = state.aside
    assert aside is not None
    room, item = aside.trail[-1]
    return replace(state, aside=Aside(room, aside.at, item, aside.trail[:-1], touches=aside.touches + 1))


def _left(state: State, fact: HelpLeft) -> State:
    """What went wrong while help was open counts as helped with."""
    visit = state.visit
    if visit is not None:
        visit = replace(visit, offered_after=visit.wrong_entries)
    return replace(state, visit=visit, aside=None)


EVOLVE: dict[type[Fact], Evolver] = {
    HelpOffered: _offered,
    HelpOpened: _opened,
    HelpWentBack: _went_back,
    HelpLeft: _left,
}


# ---------------------------------------------------------------------------------------------------
# Consequences and delays


def may_be_stuck(state: State) -> bool:
    visit = state.visit
    return (
        visit is not None
        and visit.stage in STEPS
        and visit.stage not in visit.offered
        and visit.approval is None
        and not (visit.idle or state.aside or state.staff_wanted or money_moves(state) or state.house.broken)
    )


def where_it_stands(state: State) -> str:
    """Changes with every step forward; looking around and listening are none."""
    visit, payment = state.visit, state.payment
    assert visit is not None
    paid = payment.credited.fen if payment else 0
    return f"{visit.id}:{visit.stage.value}:{len(visit.typed)}:{visit.wrong_entries}:{paid}"


def _wrong_again(state: State) -> bool:
    visit = state.visit
    if visit is None or visit.stage not in STEPS or state.aside or state.staff_wanted or money_moves(state):
        return False
    return visit.wrong_entries - visit.offered_after >= WRONG_ENTRIES and not state.house.broken


def _offer(state: State, given: Given) -> Facts:
    yield HelpOffered(WRONG)


def _page_went_on(state: State) -> bool:
    aside = state.aside
    return aside is not None and (
        state.stage is not aside.at or state.note is not None or bool(state.house.broken)
    )


def _closes(state: State, given: Given) -> Facts:
    yield HelpLeft()


MACHINE = Machine(
    ROWS,
    EVOLVE,
    consequences=(Consequence(_page_went_on, _closes), Consequence(_wrong_again, _offer)),
)
