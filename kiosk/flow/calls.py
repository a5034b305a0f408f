"""Who waits for staff, since when, and who answered.

wanted (a button, the flow) ── called ── answered by somebody of the staff ── ended by the caller or by staff
                                 └───────────────────────────────────────────┘

The lamp and the banner follow what is wanted, also while nothing can be written; the call itself is on record.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from kiosk.contract import AnswerCall, CallStaff, EndCall, StopCalling
from kiosk.facts import Fact
from kiosk.facts.passing import StaffWanted
from kiosk.facts.visitor import CallAnswered, CallEnded, StaffCalled
from kiosk.flow.state import Call, Stage, State
from kiosk.flow.stimuli import CallSeen, Given
from kiosk.flow.table import Consequence, Evolver, Facts, Machine, Row, stages

STAFF = stages(Stage.STAFF)
CALLER, KIOSK = "caller", "kiosk"


def by_a_person(state: State, given: Given) -> Facts:
    yield StaffWanted(True)
    if state.call is None and not state.house.broken:
        yield _called(state, given, CALLER)


def _call(state: State, want: CallStaff, given: Given) -> Facts:
    yield from by_a_person(state, given)


def _called(state: State, given: Given, because: str) -> StaffCalled:
    visit = state.visit.id if state.visit else ""
    return StaffCalled(given.ids[4], given.now_ms, visit, state.stage.value, because)


def _no_more(state: State, want: Any, given: Given) -> Facts:
    yield StaffWanted(False)
    if state.call is not None and not state.house.broken:
        yield CallEnded(state.call.id, state.signed_in)


def _here(state: State, want: AnswerCall, given: Given) -> Facts:
    yield from _answered(state, state.signed_in, given)


def _coming(state: State, seen: CallSeen, given: Given) -> Facts:
    yield from _answered(state, seen.by, given)


def _answered(state: State, by: str, given: Given) -> Facts:
    """`waited_ms` is never below zero: the clock may have been set back meanwhile."""
    call = state.call
    if call is not None and not call.answered_by:
        yield CallAnswered(call.id, by, max(0, given.now_ms - call.since_ms))


def _this_call(state: State, seen: CallSeen) -> bool:
    return state.call is not None and state.call.id == seen.call and bool(seen.by)


def _somebody_signed_in(state: State, want: Any) -> bool:
    return bool(state.signed_in)


ROWS = (
    Row(CallStaff, _call),
    Row(StopCalling, _no_more),
    Row(CallSeen, _coming, when=_this_call),
    Row(AnswerCall, _here, STAFF, _somebody_signed_in),
    Row(EndCall, _no_more, STAFF, _somebody_signed_in),
)


def _answer(state: State, fact: CallAnswered) -> State:
    if state.call is None or state.call.id != fact.call:
        return state
    return replace(state, call=replace(state.call, answered_by=fact.by))


EVOLVE: dict[type[Fact], Evolver] = {
    StaffWanted: lambda s, f: replace(s, house=replace(s.house, staff_called=f.wanted)),
    StaffCalled: lambda s, f: replace(s, call=Call(f.call, f.called_ms, f.where)),
    CallAnswered: _answer,
    CallEnded: lambda s, f: replace(s, call=None),
}


# ---------------------------------------------------------------------------------------------------
# Consequences: the flow itself called


def _to_be_written(state: State) -> bool:
    return state.house.staff_called and state.call is None and not state.house.broken


def _by_itself(state: State, given: Given) -> Facts:
    yield _called(state, given, KIOSK)


MACHINE = Machine(ROWS, EVOLVE, consequences=(Consequence(_to_be_written, _by_itself),))
