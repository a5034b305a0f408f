"""Opening and closing the day. What is written is added up from the records, never kept in a register.

closed ── list is right, or a reason ── open ── (money) ── close ── closed
                                          A day that nobody closed is closed first, and marked.
A day is what lies between two closes in the order of the records; no clock has a say in it.
"""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.contract import CloseDay, LookAtDay, OpenDay
from kiosk.facts import Fact
from kiosk.facts.office import DayAsked, DayClosed, DayOpened, FiguresSeen, Purpose, StaffRefused
from kiosk.flow import opening, papers, stock
from kiosk.flow.commands import AddUpDay, Command
from kiosk.flow.permits import NOT_ALLOWED, May, may
from kiosk.flow.state import Day, Room, Stage, State
from kiosk.flow.stimuli import DayAddedUp, Given
from kiosk.flow.table import Evolver, Facts, Machine, Row, stages

STAFF = stages(Stage.STAFF)


def _open(state: State, want: OpenDay, given: Given) -> Facts:
    override = "" if opening.passes(state) else want.override
    if override and not may(state, May.OVERRIDE):
        yield StaffRefused(NOT_ALLOWED)
    elif not _may_open(state, override):
        yield StaffRefused("desk.opening_not_right")
    else:
        yield DayAsked(Purpose.OPEN, override)


def _may_open(state: State, override: str) -> bool:
    return opening.passes(state) or override in {reason.id for reason in state.site.office.override}


def _close(state: State, want: CloseDay, given: Given) -> Facts:
    yield DayAsked(Purpose.CLOSE)


def _look(state: State, want: LookAtDay, given: Given) -> Facts:
    yield DayAsked(Purpose.LOOK)


def _added_up(state: State, report: DayAddedUp, given: Given) -> Facts:
    if report.purpose is Purpose.LOOK:
        yield FiguresSeen(report.figures)
        return
    if report.purpose is Purpose.CLOSE:
        yield _closed(state, report, given, late=False)
        return
    override = state.desk.override if state.desk else ""
    if not _may_open(state, override):  # it went wrong while the records were added up
        yield StaffRefused("desk.opening_not_right")
        return
    if state.day.open or state.day.used:
        yield _closed(state, report, given, late=True)
        state = replace(state, day=Day(_closing(state)))
    yield DayOpened(
        day=state.day.number + 1,
        by=state.signed_in,
        opened_ms=given.now_ms,
        standing=report.standing,
        not_uploaded=report.not_uploaded,
        wrong=opening.wrong(state),
        override=override,
    )


def _closing(state: State) -> int:
    """The day that ends now; one that was never opened gets the next number."""
    return state.day.number if state.day.open else state.day.number + 1


def _closed(state: State, report: DayAddedUp, given: Given, late: bool) -> DayClosed:
    day = _closing(state)
    return DayClosed(
        report=f"{stock.issuer(state)}-D{day:06d}",
        day=day,
        kiosk=state.site.kiosk,
        by=state.signed_in,
        issued_ms=given.now_ms,
        late=late,
        figures=report.figures,
        standing=report.standing,
        not_uploaded=report.not_uploaded,
        language=state.settings.language,
        fee_names=_fee_names(state, report),
    )


def _fee_names(state: State, report: DayAddedUp) -> dict[str, str]:
    """Written with the close: a fee may be in today's bundle and in no file of tomorrow."""
    language, figures = state.settings.language, report.figures
    return {fee.id: fee.name.in_(language) for fee in state.fees if fee.id in {*figures.fees, *figures.ahead}}


def _may_now(state: State, report: DayAddedUp) -> bool:
    return may(state, May.OPEN_DAY if report.purpose is Purpose.OPEN else May.CLOSE_DAY)


ROWS = (
    Row(OpenDay, _open, STAFF, lambda s, _w: may(s, May.OPEN_DAY)),
    Row(CloseDay, _close, STAFF, lambda s, _w: may(s, May.CLOSE_DAY) and (s.day.open or s.day.used)),
    Row(LookAtDay, _look, STAFF, lambda s, _w: may(s, May.CLOSE_DAY)),
    Row(DayAddedUp, _added_up, STAFF, _may_now),
)


def _was_closed(state: State, fact: DayClosed) -> State:
    desk = state.desk and replace(state.desk, room=Room.DAY, result=fact.report)
    return papers.issued(replace(state, day=Day(fact.day), desk=desk), fact)


def _asked(state: State, fact: DayAsked) -> State:
    return replace(state, desk=state.desk and replace(state.desk, override=fact.override))


def _seen(state: State, fact: FiguresSeen) -> State:
    desk = state.desk
    if desk is None:
        return state
    return replace(
        state, desk=replace(desk, room=Room.FIGURES, figures=fact.figures, touches=desk.touches + 1)
    )


def _was_opened(state: State, fact: DayOpened) -> State:
    desk = state.desk and replace(state.desk, room=Room.DAY, override="", problem="")
    return replace(state, day=Day(fact.day, open=True, opened_ms=fact.opened_ms), desk=desk)


EVOLVE: dict[type[Fact], Evolver] = {
    DayAsked: _asked,
    FiguresSeen: _seen,
    DayOpened: _was_opened,
    DayClosed: _was_closed,
}


def _add_up(state: State, fact: DayAsked) -> tuple[Command, ...]:
    return (AddUpDay(fact.purpose),)


MACHINE = Machine(ROWS, EVOLVE, {DayAsked: _add_up})
