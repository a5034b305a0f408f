"""State → view for the device test: what to do at this step, what came of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kiosk import contract as c
from kiosk.contract import AnswerCheck, CheckAnswer, Message, StaffLine
from kiosk.doctor.checks import Check
from kiosk.doctor.examination import Examination, Outcome, Result
from kiosk.flow import checkup
from kiosk.flow.exceptions import lost_devices
from kiosk.flow.permits import May
from kiosk.flow.state import Desk, LastTest, Room, State
from kiosk.present import faults
from kiosk.present.desk import unless
from kiosk.receipts import time_text

MOST_NAMES: Final = 6  # of keys that are not pressed yet: they have to fit on the smallest glass


def devices(state: State, desk: Desk) -> c.StaffBoard:
    """Each device with its last test; one or all can be tested."""
    off = Message("doctor.not_while_broken") if state.house.broken else unless(state, May.EXAMINE)
    lines = tuple(line for name in checkup.devices(state) for line in _with_trouble(state, name, off))
    verdict = Message(f"doctor.short_{state.verdict.value}") if state.verdict else Message("doctor.never")
    return c.StaffBoard(Message("doctor.title"), lines, main=_test(checkup.ALL, off, "all"), note=verdict)


def _test(name: str, off: Message | None, key: str = "test") -> c.Button:
    intent = c.StaffGo(Room.CHECKUP.value, name)
    return c.Button(intent, Message(f"doctor.do_{key}"), off)


def _with_trouble(state: State, name: str, off: Message | None) -> Iterator[StaffLine]:
    yield _device(state, name, _test(name, off))
    fault = lost_devices(state).get(name)
    if fault:
        yield StaffLine(Message(f"doctor.trouble_{faults.kind_of(fault)}"), "", look=True)


def _device(state: State, name: str, button: c.Button | None = None) -> StaffLine:
    last = state.tests.get(name)
    value = "—" if last is None else f"{_passed(last)} · {time_text(state.site, last.at_ms)[5:]}"
    return StaffLine(
        Message(f"doctor.device_{name}"), value, button, look=last is None or not last.report.good
    )


def _passed(last: LastTest) -> str:
    steps = last.report.steps
    return f"{sum(o.result is Result.GOOD for o in steps)} / {len(steps)}"


def step(state: State, desk: Desk) -> c.StaffBoard:
    now = state.house.examination
    check = now.check if now else None
    assert now is not None and check is not None
    main, second = _buttons(now, check)
    return c.StaffBoard(
        Message(f"doctor.device_{check.device}"),
        tuple(_lines(now)),
        main=main,
        second=second,
        note=Message(f"doctor.{check.name}"),
        problem=_problem(now.bad) if now.bad else None,
    )


def _problem(bad: Outcome) -> Message:
    """What the device says has a line of its own."""
    return Message("doctor.failed" if bad.why == "doctor.it_says" and bad.detail else bad.why)


def _buttons(now: Examination, check: Check) -> tuple[c.Button | None, c.Button | None]:
    if now.bad is not None:
        return _says(CheckAnswer.AGAIN), _says(CheckAnswer.SKIP, "go_on")
    if check.asks:
        return _says(CheckAnswer.YES), _says(CheckAnswer.NO)
    return None, _says(CheckAnswer.SKIP)


def _says(answer: CheckAnswer, key: str = "") -> c.Button:
    return c.Button(AnswerCheck(answer), Message(f"doctor.do_{key or answer.value}"))


def _lines(now: Examination) -> Iterator[StaffLine]:
    check = now.check
    skip = _says(CheckAnswer.SKIP) if check and check.asks and not now.bad else None
    yield StaffLine(Message("doctor.step"), f"{now.at + 1} / {len(now.checks)}", skip)
    if now.bad is not None and now.bad.detail:
        yield StaffLine(Message("doctor.it_says"), now.bad.detail, look=True)
    elif now.hint[0]:
        yield StaffLine(Message(now.hint[0]), now.hint[1], look=True)
    elif now.half_done:
        yield StaffLine(Message("doctor.and_back"))
    names = [sight.name for sight in now.unseen if sight.name]
    if names and now.bad is None:
        more = " …" if len(names) > MOST_NAMES else ""
        yield StaffLine(Message("doctor.left"), " ".join(names[:MOST_NAMES]) + more)


def examined(state: State, desk: Desk) -> c.StaffBoard:
    """What came of the test that has just ended: the device tests of that moment."""
    at_ms = max((last.at_ms for last in state.tests.values()), default=0)
    fresh = [last for last in state.tests.values() if last.at_ms == at_ms]
    lines = [
        *(StaffLine(Message("doctor.alarm"), alarm.detail, look=True) for alarm in state.alarms),
        *(line for last in fresh for line in _result(state, last)),
        StaffLine(Message("doctor.recorded")),
    ]
    assert state.verdict is not None
    done = c.Button(c.StaffGo(Room.DEVICES.value), Message("desk.do_done"))
    problem = Message(state.alarms[0].says) if state.alarms else None
    note = None if problem else Message(f"doctor.short_{state.verdict.value}")
    return c.StaffBoard(Message("doctor.result"), tuple(lines), main=done, note=note, problem=problem)


def _result(state: State, last: LastTest) -> Iterator[StaffLine]:
    yield _device(state, last.report.device)
    yield from (_outcome(o) for o in last.report.steps if o.result is not Result.GOOD)


def _outcome(outcome: Outcome) -> StaffLine:
    """The step by its name, and how it ended."""
    name = f"doctor.name_{outcome.check.partition('.')[2]}"
    return StaffLine(
        Message("doctor.outcome", {"step_keys": name, "why_keys": outcome.why}), outcome.detail, look=True
    )
