"""A second pair of eyes: one person is signed in and began an act, somebody else proves who they are, and it is done.

begun ── number of the second person ── PIN ──┬─ right ── done; the first person stays signed in
         (never the same person)              └─ wrong ── counts like any wrong sign-in
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from kiosk.contract import Back, EnterTyped
from kiosk.facts.office import SecondWanted, SignInFailed, StaffRefused, StaffWent
from kiosk.flow import handover, till, void
from kiosk.flow.desk import at, desk_of, in_room
from kiosk.flow.permits import NOT_ALLOWED, May, may, why_not
from kiosk.flow.state import Act, Room, Stage, State
from kiosk.flow.stimuli import Given, PinChecked
from kiosk.flow.table import Facts, Machine, Row, stages
from kiosk.parcels import Person

STAFF = stages(Stage.STAFF)


class Signing(NamedTuple):
    first: May
    second: May
    done: Callable[[State, Person, Given], Facts]
    back: Room  # where it goes back to if nobody signs


SIGNINGS: Final = {
    Act.HAND_OVER: Signing(May.GIVE_BAG, May.TAKE_BAG, handover.signed, Room.BAGS),
    Act.SETTLE: Signing(May.SETTLE, May.SETTLE_SECOND, till.signed, Room.ITEMS),
    Act.VOID: Signing(May.VOID, May.VOID_SECOND, void.signed, Room.VOID),
}


def _same_person(state: State, want: EnterTyped, given: Given) -> Facts:
    yield StaffRefused("desk.same_person")


def _gives_own_number(state: State, want: EnterTyped) -> bool:
    return desk_of(state).room is Room.SECOND and desk_of(state).typed == state.signed_in


def _signed(state: State, checked: PinChecked, given: Given) -> Facts:
    desk = desk_of(state)
    assert desk.act is not None
    signing, person = SIGNINGS[desk.act], state.person_of(desk.number)
    if not checked.good or person is None:
        yield SignInFailed(person.number if person else "")
        yield StaffRefused("desk.wrong")
    elif not may(state, signing.first):  # taken away meanwhile
        yield StaffWent(signing.back.value)
        yield StaffRefused(NOT_ALLOWED)
    elif problem := why_not(person, signing.second, desk.person):
        yield SecondWanted(desk.act.value)  # somebody else is asked for
        yield StaffRefused(problem)
    else:
        yield from signing.done(state, person, given)


def _is_the_second(state: State, checked: PinChecked) -> bool:
    desk = state.desk
    return desk is not None and desk.room is Room.SECOND_PIN and desk.attempt == checked.attempt != ""


def _other_number(state: State, want: Back, given: Given) -> Facts:
    act = desk_of(state).act
    assert act is not None
    yield SecondWanted(act.value)


def _back(state: State, want: Back, given: Given) -> Facts:
    act = desk_of(state).act
    assert act is not None
    yield StaffWent(SIGNINGS[act].back.value)


ROWS = (
    Row(Back, _other_number, STAFF, in_room(Room.SECOND_PIN)),
    Row(Back, _back, STAFF, in_room(Room.SECOND)),
    Row(EnterTyped, _same_person, STAFF, _gives_own_number),
    Row(PinChecked, _signed, STAFF, _is_the_second),
)


def _wanted(state: State, fact: SecondWanted) -> State:
    return at(state, room=Room.SECOND, act=Act(fact.act), number="", attempt="")


MACHINE = Machine(ROWS, {SecondWanted: _wanted})
