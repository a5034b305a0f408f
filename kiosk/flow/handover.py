"""The bag goes from who counted it into another hand. Both stand there: one is signed in, the other signs now.

counted ── hand over ── number of who takes it ── PIN ──┬─ right ── handed over, slip
                        (never the same person)         └─ wrong ── counts like any wrong sign-in
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from kiosk.contract import EnterTyped, HandOver
from kiosk.facts import Fact
from kiosk.flow import papers, stock
from kiosk.flow.permits import May, granted, may
from kiosk.flow.state import Desk, Room, Stage, State
from kiosk.flow.stimuli import Given, PinChecked
from kiosk.flow.table import Evolver, Facts, Machine, Row, stages
from kiosk.office_facts import BagHandedOver, HandOverBegun, SignInFailed, StaffRefused, total

STAFF = stages(Stage.STAFF)


def own_bags(state: State) -> tuple[str, ...]:
    """What the person who is signed in counted, and still has."""
    return tuple(number for number, bag in state.bags.items() if bag.by == state.signed_in)


def _begin(state: State, want: HandOver, given: Given) -> Facts:
    if not want.collections or not set(want.collections) <= set(state.bags):
        yield StaffRefused("desk.bag_not_counted")
    elif not set(want.collections) <= set(own_bags(state)):
        yield StaffRefused("desk.bag_not_yours")
    else:
        yield HandOverBegun(tuple(dict.fromkeys(want.collections)))


def _same_person(state: State, want: EnterTyped, given: Given) -> Facts:
    yield StaffRefused("desk.same_person")


def _gives_own_number(state: State, want: EnterTyped) -> bool:
    return _desk(state).room is Room.TAKER and _desk(state).typed == state.signed_in


def _signed(state: State, checked: PinChecked, given: Given) -> Facts:
    desk = _desk(state)
    person = state.person_of(desk.number)
    if not checked.good or person is None:
        yield SignInFailed(person.number if person else "")
        yield StaffRefused("desk.wrong")
    elif person.number == desk.person or not granted(person, May.TAKE_BAG):
        yield HandOverBegun(desk.bags)  # somebody else is asked for
        yield StaffRefused("desk.same_person" if person.number == desk.person else "desk.not_allowed")
    else:
        yield BagHandedOver(
            handover=f"{stock.issuer(state)}-H{state.handovers + 1:06d}",
            kiosk=state.site.kiosk,
            collections=desk.bags,
            notes=total(*(state.bags[number].notes for number in desk.bags)),
            by=desk.person,
            to=person.number,
            issued_ms=given.now_ms,
            language=state.settings.language,
        )


def _is_the_taker(state: State, checked: PinChecked) -> bool:
    desk = state.desk
    return desk is not None and desk.room is Room.TAKER_PIN and desk.attempt == checked.attempt != ""


def _desk(state: State) -> Desk:
    assert state.desk is not None
    return state.desk


ROWS = (
    Row(HandOver, _begin, STAFF, lambda s, _w: may(s, May.COLLECT)),
    Row(EnterTyped, _same_person, STAFF, _gives_own_number),
    Row(PinChecked, _signed, STAFF, _is_the_taker),
)


def _at(state: State, **changes: Any) -> State:
    """Change the desk, if somebody is at it: a replay finds nobody there."""
    desk = state.desk
    if desk is None:
        return state
    changes = {"typed": "", "problem": "", "number": "", "attempt": "", **changes}
    return replace(state, desk=replace(desk, touches=desk.touches + 1, **changes))


def _handed_over(state: State, fact: BagHandedOver) -> State:
    state = papers.issued(state, fact)
    state = replace(
        state,
        bags={number: bag for number, bag in state.bags.items() if number not in fact.collections},
        handovers=state.handovers + 1,
        sign_in_failures=0,
        sign_in_waits=False,
    )
    return _at(state, room=Room.HANDED_OVER, bags=(), result=fact.handover)


EVOLVE: dict[type[Fact], Evolver] = {
    HandOverBegun: lambda s, f: _at(s, room=Room.TAKER, bags=f.collections),
    BagHandedOver: _handed_over,
}

MACHINE = Machine(ROWS, EVOLVE)
