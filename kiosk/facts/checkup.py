"""Facts of the device test that staff make at the screen."""

from __future__ import annotations

from kiosk.doctor.examination import Alarm, Examination
from kiosk.doctor.report import DeviceReport, Verdict
from kiosk.facts.kinds import Durable, Passing


class DevicesExamined(Durable, frozen=True, tag="devices_examined"):
    """The readiness report of these devices; the verdict is about the whole kiosk, by the last test of each device.
    `missing`: steps of this test that were not done."""

    by: str
    examined_ms: int
    verdict: Verdict
    without: tuple[str, ...]
    missing: tuple[str, ...]
    alarms: tuple[Alarm, ...]
    devices: tuple[DeviceReport, ...]


class CheckupIs(Passing, frozen=True, tag="checkup_is"):
    """Where the running test stands. `token`: the code on its test page. `begins`: a step, just now."""

    examination: Examination
    token: str
    begins: bool
