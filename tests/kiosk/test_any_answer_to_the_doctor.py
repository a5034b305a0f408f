"""Whatever devices and person say in whatever order, a test of the devices ends, loses no step and calls nothing good
of which it has not heard."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from hardware import contracts as hw
from hardware.panel import contract as panel
from hardware.terminals.contract import Mark, TerminalAtRest
from kiosk import site
from kiosk.contract import CheckAnswer
from kiosk.doctor import examination as ex
from kiosk.doctor.checks import KEYS, checks
from kiosk.doctor.examination import Result
from kiosk.doctor.report import Verdict, device_reports, judge
from kiosk.money import Money
from kiosk.simulation import simulated

TOKEN = "KIOSK-TEST-1"
CHECKS = checks(simulated(site.load(None), Path()).devices, TOKEN)
DEVICES = st.sampled_from(sorted({check.device for check in CHECKS}))
EVENTS = st.one_of(
    st.builds(hw.Found, device=DEVICES, identity=st.just("x")),
    st.builds(hw.Lost, device=DEVICES, trouble=st.sampled_from(hw.Trouble), detail=st.just("y")),
    st.sampled_from(
        [
            hw.Printed(device="printer", job=TOKEN),
            hw.NotPrinted(device="printer", job=TOKEN, unknown=True, state=hw.PrinterState()),
            hw.CodeRead(device="camera", text=TOKEN),
            hw.CodeRead(device="scanner", text="other"),
            hw.Held(device="acceptor", code=1, value=Money.yuan(5)),
            hw.Returned(device="acceptor"),
            hw.Refused(device="acceptor", because=hw.RefusedBecause.FAULT),
            hw.Jammed(device="acceptor", where=hw.JamIn.VALIDATOR),
            hw.Taken(device="acceptor", code=1, value=None),
            TerminalAtRest(device="terminal", mark=Mark("1", 2)),
            panel.CallPressed(device="panel"),
            *(panel.GuardIs(device="panel", what=w, open=o) for w in panel.Guarded for o in (True, False)),
            *(panel.KeyPressed(device="keypad", key=key) for key in (*KEYS, "up")),
            *(panel.Headphones(device="jack", plugged=plugged) for plugged in (True, False)),
        ]
    ),
)
STEPS = st.lists(
    EVENTS | st.sampled_from([a for a in CheckAnswer if a is not CheckAnswer.STOP]) | st.just(None)
)


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_any_order_of_events_answers_and_time(story) -> None:
    now = ex.begin(CHECKS)
    heard: set[str] = set()
    for step in story:
        if isinstance(step, hw.Event):
            heard.add(step.device)
            now = ex.heard(now, step)
        elif step is None:
            now = ex.time_is_up(now, now.tries)
        else:
            now = ex.answered(now, step)
        assert [o.check for o in now.outcomes] == [check.id for check in CHECKS[: now.at]]
    now = ex.answered(now, CheckAnswer.STOP)
    assert now.check is None
    assert [o.check for o in now.outcomes] == [check.id for check in CHECKS]
    assert {o.device for o in now.outcomes if o.result is Result.GOOD} <= heard
    verdict, without = judge({d.device: d.good for d in device_reports(now)}, (), now.alarms)
    if any(isinstance(step, hw.Taken) for step in story):
        assert now.alarms and verdict is Verdict.NOT_READY
    assert (verdict is Verdict.READY) == (not without and not now.alarms)
