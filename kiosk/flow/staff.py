"""The staff at the screen: the way in, who it is, where they are, the way out. What they do is in till and day.

held title ── number ── PIN ──┬─ right ── menu ⇄ its pages ── out (or nobody touches it for a while)
                              └─ wrong ── a pause that grows; never locked for good

The PIN lives for one step, like a payment code. Names are never written, numbers are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from msgspec.structs import replace

from hardware.contracts import CodeRead
from kiosk.contract import (
    Back,
    EnterTyped,
    EraseAll,
    EraseKey,
    OpenStaff,
    PressKey,
    PrintNumber,
    SignOut,
    StaffGo,
)
from kiosk.facts import Fact, ReceiptIssued
from kiosk.facts.office import (
    PinGiven,
    SignedIn,
    SignedOut,
    SignInAllowed,
    SignInFailed,
    StaffAreaLeft,
    StaffAreaOpened,
    StaffNumberGiven,
    StaffRefused,
    StaffTyped,
    StaffWent,
)
from kiosk.flow import badges, checkup, papers
from kiosk.flow.commands import CheckPin, Command
from kiosk.flow.delays import Delay, sign_in_pause_s
from kiosk.flow.desk import at, desk_of, in_room, proved
from kiosk.flow.permits import May, may
from kiosk.flow.state import Desk, PaperState, Room, Stage, State, default_settings
from kiosk.flow.stimuli import Given, PinChecked, TimeIsUp
from kiosk.flow.table import Evolver, Facts, Machine, Row, stages
from kiosk.parcels import NUMBER_DIGITS
from kiosk.receipts import five_checks

STAFF = stages(Stage.STAFF)
MOST_TYPED = {  # digits; a box holds some hundred notes
    **dict.fromkeys((Room.NUMBER, Room.SECOND), 8),
    **dict.fromkeys((Room.PIN, Room.SECOND_PIN), 12),
    Room.COUNT: 4,
    Room.VOID: NUMBER_DIGITS,
}
PIN_AFTER = {Room.NUMBER: Room.PIN, Room.SECOND: Room.SECOND_PIN}
MENU_ROOMS = frozenset(
    {
        *(Room.COLLECT, Room.BAGS, Room.ITEMS, Room.PAPERS),
        *(Room.DAY, Room.OPENING, Room.OVERRIDE),
        *(Room.EXCEPTIONS, Room.DEVICES, Room.VOID),
    }
)  # reached by a button
BACK_TO = {  # else the menu
    Room.PIN: Room.NUMBER,
    Room.COUNT: Room.COLLECT,
    Room.ITEM: Room.ITEMS,
    Room.EXCEPTION: Room.EXCEPTIONS,
    Room.OPENING: Room.DAY,
    Room.FIGURES: Room.DAY,
    Room.OVERRIDE: Room.OPENING,
    Room.EXAMINED: Room.DEVICES,
    Room.VOID_WHY: Room.VOID,
}


def _typing(state: State, _want: Any) -> bool:
    return desk_of(state).room in MOST_TYPED


# ---------------------------------------------------------------------------------------------------
# Decide


def _open(state: State, want: OpenStaff, given: Given) -> Facts:
    yield StaffAreaOpened()


def _type(state: State, want: PressKey, given: Given) -> Facts:
    desk = desk_of(state)
    if want.key in "0123456789" and len(want.key) == 1 and len(desk.typed) < MOST_TYPED[desk.room]:
        yield StaffTyped(desk.typed + want.key)


def _erase(state: State, want: EraseKey, given: Given) -> Facts:
    yield StaffTyped(desk_of(state).typed[:-1])


def _erase_all(state: State, want: EraseAll, given: Given) -> Facts:
    yield StaffTyped("")


def _number(state: State, want: EnterTyped, given: Given) -> Facts:
    if not badges.number_may_be_typed(state):
        yield StaffRefused("desk.badge_needed")
    elif desk_of(state).typed:
        yield StaffNumberGiven(desk_of(state).typed)


def _badge(state: State, code: CodeRead, given: Given) -> Facts:
    held = badges.shown(state, code.text, given.now_ms)
    if not held.problem and desk_of(state).room is Room.SECOND and held.person == state.signed_in:
        held = badges.Shown(problem="desk.same_person")
    yield StaffRefused(held.problem) if held.problem else StaffNumberGiven(held.person, held.badge)


def _pin(state: State, want: EnterTyped, given: Given) -> Facts:
    desk = desk_of(state)
    if state.sign_in_waits:
        yield StaffTyped("")
    elif desk.typed and not desk.attempt:
        yield PinGiven(given.ids[0], desk.typed)


def _checked(state: State, checked: PinChecked, given: Given) -> Facts:
    """The number may be right and the PIN wrong, or there is no such number: both sound the same."""
    person = state.person_of(desk_of(state).number)
    if checked.good and person is not None:
        yield SignedIn(person.number, desk_of(state).badge)
    else:
        yield SignInFailed(person.number if person else "")
        yield StaffRefused("desk.wrong")


def _this_attempt(state: State, checked: PinChecked) -> bool:
    return bool(state.desk and state.desk.attempt == checked.attempt)


def _go(state: State, want: StaffGo, given: Given) -> Facts:
    there: dict[str, Iterable[str]] = {
        Room.ITEM.value: state.items,
        Room.EXCEPTION.value: state.exceptions,
    }
    if want.room in {room.value for room in MENU_ROOMS}:
        yield StaffWent(want.room)
    elif want.item in there.get(want.room, ()):
        yield StaffWent(want.room, want.item)


def _back(state: State, want: Back, given: Given) -> Facts:
    desk = desk_of(state)
    yield StaffWent(BACK_TO.get(desk.room, Room.MENU).value)


def _leave(because: str) -> Callable[[State, Any, Given], Facts]:
    def leave(state: State, stimulus: Any, given: Given) -> Facts:
        person = desk_of(state).person
        yield from checkup.stopped(state, given)
        yield SignedOut(person, because) if person else StaffAreaLeft()

    return leave


def _print(state: State, want: PrintNumber, given: Given) -> Facts:
    paper = state.papers.get(want.number)
    if paper is not None and paper.stage is PaperState.HELD_BACK and isinstance(paper.issued, ReceiptIssued):
        yield five_checks(state.site, paper.issued)  # the configuration may be right by now
    elif paper is not None and paper.stage is not PaperState.PRINTED and papers.can_print(state):
        yield papers.start(paper, given)


def _allowed(state: State, up: TimeIsUp, given: Given) -> Facts:
    yield SignInAllowed()


ROWS = (
    Row(OpenStaff, _open, stages(Stage.HOME)),
    Row(PressKey, _type, STAFF, _typing),
    Row(EraseKey, _erase, STAFF, _typing),
    Row(EraseAll, _erase_all, STAFF, _typing),
    Row(CodeRead, _badge, STAFF, in_room(*PIN_AFTER)),
    Row(EnterTyped, _number, STAFF, in_room(*PIN_AFTER)),
    Row(EnterTyped, _pin, STAFF, in_room(*PIN_AFTER.values())),
    Row(PinChecked, _checked, STAFF, _this_attempt),
    Row(StaffGo, _go, STAFF, lambda s, _w: s.person is not None),
    Row(Back, _leave("left"), STAFF, in_room(Room.NUMBER, Room.MENU)),
    Row(Back, _back, STAFF),
    Row(SignOut, _leave("signed_out"), STAFF),
    Row(PrintNumber, _print, STAFF, lambda s, _w: may(s, May.REPRINT)),
    Row(TimeIsUp, _leave("idle"), STAFF, lambda s, up: up.delay is Delay.STAFF_IDLE),
    Row(TimeIsUp, _allowed, when=lambda s, up: up.delay is Delay.SIGN_IN and s.sign_in_waits),
)


# ---------------------------------------------------------------------------------------------------
# Evolve


def _signed_in(state: State, fact: SignedIn) -> State:
    return at(proved(state, fact.person), room=Room.MENU, person=fact.person, number="", attempt="")


def _failed(state: State, fact: SignInFailed) -> State:
    failed = {**state.sign_in_failed, fact.person: state.sign_in_failed.get(fact.person, 0) + 1}
    state = replace(state, sign_in_failed=failed)
    return at(replace(state, sign_in_waits=sign_in_pause_s(state.sign_in_failures) > 0), attempt="")


def _left(state: State, fact: SignedOut | StaffAreaLeft) -> State:
    return replace(state, desk=None, settings=default_settings(state.site))


def _number_given(state: State, fact: StaffNumberGiven) -> State:
    room = PIN_AFTER.get(state.desk.room, Room.PIN) if state.desk else Room.PIN
    return at(state, room=room, number=fact.person, badge=fact.badge, attempt="")


def _went(state: State, fact: StaffWent) -> State:
    return at(state, room=Room(fact.room), item=fact.item, result="", number="", attempt="", lookup=None)


EVOLVE: dict[type[Fact], Evolver] = {
    StaffAreaOpened: lambda s, f: replace(s, desk=Desk()),
    StaffAreaLeft: _left,
    StaffTyped: lambda s, f: at(s, typed=f.typed),
    StaffNumberGiven: _number_given,
    PinGiven: lambda s, f: at(s, attempt=f.attempt),
    StaffWent: _went,
    StaffRefused: lambda s, f: at(s, problem=f.problem, lookup=None),
    SignedIn: _signed_in,
    SignInFailed: _failed,
    SignedOut: _left,
    SignInAllowed: lambda s, f: at(replace(s, sign_in_waits=False)),
}


# ---------------------------------------------------------------------------------------------------
# Commands


def _check(state: State, fact: PinGiven) -> tuple[Command, ...]:
    person = state.person_of(desk_of(state).number)
    return (CheckPin(fact.attempt, fact.pin, person.pin if person else ""),)


MACHINE = Machine(ROWS, EVOLVE, {PinGiven: _check})
