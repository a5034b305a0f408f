"""What is out of the ordinary: opened by what happens, given to a role with a time limit, closed with a cause.

device away too long, clock set back or lost,
opened with nobody signed in, opinion ──────────┐
open item (doubtful, difference) ───────────────┼─ open ─┬─ closed by the role, or by the office, with a cause
day that was never closed ──────────────────────┘        └─ closed with its item, or with the close

While nothing can be written there are none: the kiosk is out of service then, says so itself, and tells the
server, which lists it as an exception of the journal.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from hardware.contracts import Paper, PrinterState
from kiosk.contract import CloseException
from kiosk.facts import Fact
from kiosk.facts.office import ExceptionClosed, ExceptionOpened, Sort, StaffRefused
from kiosk.flow import stock
from kiosk.flow.delays import Delay
from kiosk.flow.permits import NOT_ALLOWED, May, granted
from kiosk.flow.state import ClosedBox, Item, Matter, Room, Stage, State
from kiosk.flow.stimuli import ClockSaid, Given, OfficeCloses, Started, TimeIsUp
from kiosk.flow.table import Consequence, Evolver, Facts, Machine, Row, stages
from kiosk.rules.exceptions import BY_ITSELF, ExceptionKind, Severity

STAFF = stages(Stage.STAFF)
MINUTE_MS: Final = 60_000
HOUR_S: Final = 3600
KIND_OF: Final = {  # change owed is no exception: the machine gives none, and its slip says so
    Sort.NOTE: ExceptionKind.PAYMENT,
    Sort.CHARGE: ExceptionKind.PAYMENT,
    Sort.DIFFERENCE: ExceptionKind.DIFFERENCE,
}
OFFICE: Final = "office:"  # before the name of who closed it there
NO_TIME, SET_BACK = "no_time", "set_back"  # subjects of the clock


def opened(state: State, kind: ExceptionKind, subject: str, detail: str, given: Given) -> Iterator[Fact]:
    """Once for each subject, until it is closed."""
    if state.house.broken or find(state, kind, subject) is not None:
        return
    rule = state.site.office.rule(kind)
    yield ExceptionOpened(
        exception=f"{stock.issuer(state)}-E{state.exceptions_opened + 1:06d}",
        exception_kind=kind.value,
        subject=subject,
        detail=detail,
        severity=rule.severity.value,
        roles=rule.roles,
        opened_ms=given.now_ms,
        due_ms=given.now_ms + rule.limit_minutes * MINUTE_MS,
        causes=rule.causes,
    )


def find(state: State, kind: ExceptionKind, subject: str) -> str | None:
    """The number of the open one about this."""
    return next((n for n, m in state.exceptions.items() if m.kind is kind and m.subject == subject), None)


def lost_devices(state: State) -> dict[str, str]:
    """Device → what is wrong with it, of those that do not work now."""
    house = state.house
    lost = dict(house.troubles)
    if house.acceptor.obstacle not in ("", "box_out"):
        lost.setdefault("acceptor", house.acceptor.obstacle)
    if house.printer is not None and not house.printer.ready:
        lost.setdefault("printer", _printer_fault(house.printer))
    return lost


def _printer_fault(printer: PrinterState) -> str:
    if printer.cover_open:
        return "cover_open"
    return "paper_out" if printer.paper is Paper.OUT else "not_ready"


def watched(state: State) -> Iterator[tuple[Delay, str, float]]:
    """What becomes an exception if it stays so: delay, key, seconds."""
    watch = state.site.office.watch
    if state.house.broken:
        return
    for device in lost_devices(state):
        if find(state, ExceptionKind.DEVICE, device) is None:
            yield Delay.DEVICE_LOST, device, watch.device_lost_minutes * 60.0
    if state.day.open and find(state, ExceptionKind.DAY, str(state.day.number)) is None:
        yield Delay.DAY_TOO_LONG, str(state.day.number), watch.day_most_hours * float(HOUR_S)


# ---------------------------------------------------------------------------------------------------
# Decide


def _device(state: State, up: TimeIsUp, given: Given) -> Facts:
    lost = lost_devices(state)
    if up.key in lost:
        yield from opened(state, ExceptionKind.DEVICE, up.key, lost[up.key], given)


def _day(state: State, up: TimeIsUp, given: Given) -> Facts:
    if state.day.open and up.key == str(state.day.number):
        yield from opened(state, ExceptionKind.DAY, up.key, "", given)


def clock(state: State, said: ClockSaid | Started, given: Given) -> Iterator[Fact]:
    if said.back_ms > state.site.office.watch.clock_back_minutes * MINUTE_MS:
        yield from opened(state, ExceptionKind.CLOCK, SET_BACK, f"{said.back_ms // MINUTE_MS} min", given)
    elif said.time_quality == "none":
        yield from opened(state, ExceptionKind.CLOCK, NO_TIME, "", given)


def _still_open(state: State, started: Started, given: Given) -> Facts:
    """The delay of a machine that was off did not run: a day is also looked at when the core starts."""
    longest_ms = state.site.office.watch.day_most_hours * HOUR_S * 1000
    if state.day.open and given.now_ms - state.day.opened_ms > longest_ms:
        yield from opened(state, ExceptionKind.DAY, str(state.day.number), "", given)


def may_close(state: State, matter: Matter) -> bool:
    person = state.person
    if person is None or not granted(person, May.CLOSE_EXCEPTION):
        return False
    return any(role.value in matter.roles for role in person.roles)


def _close(state: State, want: CloseException, given: Given) -> Facts:
    matter = state.exceptions.get(want.exception)
    if matter is None:
        return
    if not may_close(state, matter):
        yield StaffRefused(NOT_ALLOWED)
    elif want.cause not in state.site.office.rule(matter.kind).causes:
        yield StaffRefused("desk.cause_needed")
    else:
        yield ExceptionClosed(want.exception, want.cause, state.signed_in, given.now_ms)


def _closes(state: State, office: OfficeCloses, given: Given) -> Facts:
    yield ExceptionClosed(office.exception, office.cause, f"{OFFICE}{office.by}", given.now_ms)


def _closable(state: State, office: OfficeCloses) -> bool:
    """Who was first, here or there, closed it: what is not open any more stays as it was closed."""
    matter = state.exceptions.get(office.exception)
    known = matter is not None and office.cause in state.site.office.rule(matter.kind).causes
    return known and not state.house.broken


ROWS = (
    Row(OfficeCloses, _closes, when=_closable),
    Row(TimeIsUp, _device, when=lambda s, up: up.delay is Delay.DEVICE_LOST),
    Row(TimeIsUp, _day, when=lambda s, up: up.delay is Delay.DAY_TOO_LONG),
    Row(CloseException, _close, STAFF, lambda s, _w: s.person is not None),
)
AT_START = (_still_open,)


# ---------------------------------------------------------------------------------------------------
# Evolve


def _opened(state: State, fact: ExceptionOpened) -> State:
    matter = Matter(
        ExceptionKind(fact.exception_kind),
        fact.subject,
        fact.detail,
        Severity(fact.severity),
        fact.roles,
        fact.opened_ms,
        fact.due_ms,
    )
    return replace(
        state,
        exceptions={**state.exceptions, fact.exception: matter},
        exceptions_opened=state.exceptions_opened + 1,
        boxes=tuple(replace(box, noticed=True) if _box(box) == fact.subject else box for box in state.boxes),
    )


def _closed(state: State, fact: ExceptionClosed) -> State:
    desk = state.desk
    if desk is not None and desk.room is Room.EXCEPTION and desk.item == fact.exception:
        desk = replace(desk, room=Room.EXCEPTIONS, item="", problem="", touches=desk.touches + 1)
    others = {number: matter for number, matter in state.exceptions.items() if number != fact.exception}
    return replace(state, exceptions=others, desk=desk)


EVOLVE: dict[type[Fact], Evolver] = {ExceptionOpened: _opened, ExceptionClosed: _closed}


# ---------------------------------------------------------------------------------------------------
# Consequences: what is open is an exception, and what is not is none any more


def _unnoticed(state: State) -> Item | None:
    if state.house.broken:
        return None
    for item in state.items.values():
        kind = KIND_OF.get(item.sort)
        if kind is not None and find(state, kind, item.id) is None:
            return item
    return None


def _notice(state: State, given: Given) -> Facts:
    item = _unnoticed(state)
    assert item is not None
    yield from opened(
        state, KIND_OF[item.sort], item.id, f"{item.claim or item.id[-8:]} {item.because}", given
    )


def _taken_unattended(state: State) -> ClosedBox | None:
    if state.house.broken:
        return None
    return next((box for box in state.boxes if not box.by and not box.noticed), None)


def _notice_box(state: State, given: Given) -> Facts:
    box = _taken_unattended(state)
    assert box is not None
    yield from opened(state, ExceptionKind.TAMPER, _box(box), "", given)


def _box(box: ClosedBox) -> str:
    return f"box_{box.box}"


def _over(state: State) -> str | None:
    """The number of one that is about nothing any more."""
    if state.house.broken:
        return None
    for number, matter in state.exceptions.items():
        if matter.kind is ExceptionKind.DAY:
            if not state.day.open or matter.subject != str(state.day.number):
                return number
        elif matter.kind in BY_ITSELF and matter.subject not in state.items:
            return number
    return None


def _end(state: State, given: Given) -> Facts:
    number = _over(state)
    assert number is not None
    of_day = state.exceptions[number].kind is ExceptionKind.DAY
    yield ExceptionClosed(number, "day_closed" if of_day else "settled", state.signed_in, given.now_ms)


MACHINE = Machine(
    ROWS,
    EVOLVE,
    consequences=(
        Consequence(lambda s: _unnoticed(s) is not None, _notice),
        Consequence(lambda s: _taken_unattended(s) is not None, _notice_box),
        Consequence(lambda s: _over(s) is not None, _end),
    ),
)
