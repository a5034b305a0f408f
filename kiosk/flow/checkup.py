"""The device test at the screen: the same steps as `kiosk doctor --guided`, within the running core.

Somebody is signed in, nobody is being served. What the devices say goes its usual way first (a held note is written
and goes back, an opened door is written), then the test hears it too (`listen`). However it ends, and be it because
nobody is there any more, what was tested until then is one durable fact."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from hardware.contracts import Event, NotPrinted
from hardware.panel.contract import CallPressed
from kiosk.contract import AnswerCheck, Back, CheckAnswer, StaffGo
from kiosk.doctor import examination as ex
from kiosk.doctor.checks import TOKEN, Check, Sight, Want, checks
from kiosk.doctor.examination import Examination, Identity
from kiosk.doctor.report import Finding, device_reports, judge, missing
from kiosk.facts import Fact
from kiosk.facts.checkup import CheckupIs, DevicesExamined
from kiosk.flow.commands import Command, PrintTestPage
from kiosk.flow.delays import Delay
from kiosk.flow.permits import May, may
from kiosk.flow.state import LastTest, Room, Stage, State
from kiosk.flow.stimuli import Given, Stimulus, TimeIsUp
from kiosk.flow.table import Evolver, Facts, Machine, Row, stages
from kiosk.money import Money

STAFF = stages(Stage.STAFF)
ALL: Final = "all"


def devices(state: State) -> tuple[str, ...]:
    """That can be tested, in the order of the steps."""
    return tuple(dict.fromkeys(check.device for check in checks(state.site.devices, "")))


def step(state: State) -> Check | None:
    """That runs now and has not ended badly."""
    now = state.house.examination
    return now.check if now is not None and now.bad is None else None


def want(state: State) -> Want:
    running = step(state)
    return running.want if running else Want()


def note_limit(state: State) -> Money | None:
    """Up to which a note may be inserted to be given back."""
    plan = state.site.devices.acceptor
    works = state.cabinet.takes_money and not state.house.broken and not state.box_out
    return max(plan.notes) if plan and works and want(state).accept else None


# ---------------------------------------------------------------------------------------------------
# Decide


def _may_begin(state: State, want: StaffGo) -> bool:
    known = want.item in (ALL, *devices(state))
    return want.room == Room.CHECKUP.value and known and may(state, May.EXAMINE) and not state.house.broken


def _begin(state: State, want: StaffGo, given: Given) -> Facts:
    house = state.house
    token = TOKEN + given.ids[0][-8:]
    rows = tuple(c for c in checks(state.site.devices, token) if want.item in (ALL, c.device))
    if not any(row.want.page for row in rows):
        rows = tuple(_with_page(row, token) if row.want.look else row for row in rows)
    serials = {"acceptor": house.acceptor.unit}
    rests = {}
    if house.terminal_rests is not None:
        serials["terminal"] = house.terminal_rests.terminal
        rests["terminal"] = f"{house.terminal_rests.terminal}, trace {house.terminal_rests.trace}"
    found = {name: Identity(identity, serials.get(name, "")) for name, identity in house.identities.items()}
    lost = {**house.troubles, **({"acceptor": "a note is inside"} if state.note_inside else {})}
    yield from _now(state, ex.begin(rows, found, lost, rests), token, given)


def _with_page(check: Check, token: str) -> Check:
    """A scanner that is tested by itself has no test page to read unless this very step prints one."""
    fails = (Sight(NotPrinted, {"job": token}),)
    return replace(check, want=replace(check.want, page=True), fails=fails)


def _answer(state: State, want: AnswerCheck, given: Given) -> Facts:
    yield from _moved(state, ex.answered(_running(state), want.answer), given)


def _back(state: State, want: Back, given: Given) -> Facts:
    yield from stopped(state, given)


def _too_late(state: State, up: TimeIsUp, given: Given) -> Facts:
    yield from _moved(state, ex.time_is_up(_running(state), int(up.key)), given)


def _only_heard(state: State, stimulus: Any, given: Given) -> Facts:
    return ()


def listen(state: State, stimulus: Stimulus, given: Given) -> Facts:
    """Besides what a row makes of it."""
    now = state.house.examination
    if now is not None and isinstance(stimulus, Event):
        after = ex.heard(now, stimulus)
        if after != now:
            yield from _moved(state, after, given)


def stopped(state: State, given: Given) -> Facts:
    """What was tested until now is written, if a test runs."""
    if state.house.examination is not None:
        yield from _moved(state, ex.answered(_running(state), CheckAnswer.STOP), given)


def _running(state: State) -> Examination:
    assert state.house.examination is not None
    return state.house.examination


def _moved(state: State, after: Examination, given: Given) -> Facts:
    yield from _now(state, after, state.house.token, given)


def _now(state: State, now: Examination, token: str, given: Given) -> Facts:
    before = state.house.examination
    yield CheckupIs(now, token, before is None or before.tries != now.tries)
    if now.check is not None:
        return
    made = device_reports(now)
    good = {name: name in state.tests and state.tests[name].report.good for name in devices(state)}
    verdict, without = judge({**good, **{d.device: d.good for d in made}}, _machine(state), now.alarms)
    yield DevicesExamined(state.signed_in, given.now_ms, verdict, without, missing(now), now.alarms, made)


def _machine(state: State) -> tuple[Finding, ...]:
    return (
        Finding("journal", not state.house.broken, state.house.broken),
        Finding("server", state.house.online, ""),
    )


def _runs(state: State, _stimulus: Any) -> bool:
    return state.house.examination is not None


def _tests_call(state: State, _pressed: CallPressed) -> bool:
    check = step(state)
    return check is not None and check.name == "call"


ROWS = (
    Row(CallPressed, _only_heard, STAFF, _tests_call),
    Row(StaffGo, _begin, STAFF, _may_begin),
    Row(AnswerCheck, _answer, STAFF, _runs),
    Row(Back, _back, STAFF, _runs),
    Row(TimeIsUp, _too_late, STAFF, lambda s, up: up.delay is Delay.CHECKUP and _runs(s, up)),
)


# ---------------------------------------------------------------------------------------------------
# Evolve


def _is(state: State, fact: CheckupIs) -> State:
    state = replace(state, house=replace(state.house, examination=fact.examination, token=fact.token))
    return _at(state, Room.CHECKUP)


def _examined(state: State, fact: DevicesExamined) -> State:
    tests = {report.device: LastTest(report, fact.by, fact.examined_ms) for report in fact.devices}
    house = replace(state.house, examination=None, token="")
    return _at(
        replace(state, house=house, tests={**state.tests, **tests}, verdict=fact.verdict, alarms=fact.alarms),
        Room.EXAMINED,
    )


def _at(state: State, room: Room) -> State:
    if state.desk is None:
        return state
    return replace(state, desk=replace(state.desk, room=room, touches=state.desk.touches + 1))


EVOLVE: dict[type[Fact], Evolver] = {CheckupIs: _is, DevicesExamined: _examined}


def _print(state: State, fact: CheckupIs) -> tuple[Command, ...]:
    check = step(state)
    prints = fact.begins and check is not None and check.want.page
    return (PrintTestPage(fact.token),) if prints else ()


MACHINE = Machine(ROWS, EVOLVE, {CheckupIs: _print})
