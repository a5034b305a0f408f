"""The readiness report: what was tested, by whom, what came of it, and whether the kiosk may be opened. Pure.

Ready: every device of this kiosk passed every step. Ready without some: money can be taken, these devices are bad or
were not tested. Not ready: no way of paying is left, the machine itself is ill, or money has to be seen to first."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from kiosk.doctor.examination import Alarm, Examination, Identity, Outcome, Result

PAYING: Final = ("acceptor", "camera", "scanner", "terminal")
BY_SERVER: Final = ("camera", "scanner")  # payment codes are charged by the server
MACHINE_NEEDS: Final = ("configuration", "enrolment", "disk", "journal", "clock", "font")


class Verdict(enum.Enum):
    READY = "ready"
    READY_WITHOUT = "ready_without"
    NOT_READY = "not_ready"


class Finding(msgspec.Struct, frozen=True):
    """What the machine has seen by itself. `do`: what helps, where it is not good."""

    what: str
    good: bool
    says: str
    do: str = ""


class DeviceReport(msgspec.Struct, frozen=True):
    device: str
    good: bool
    identity: str
    serial_number: str
    steps: tuple[Outcome, ...]


class Report(msgspec.Struct, frozen=True):
    """`without`: devices that are bad or not wholly tested, and "server". `missing`: steps that were not done.
    Times are ISO 8601 in UTC."""

    verdict: Verdict
    without: tuple[str, ...]
    missing: tuple[str, ...]
    alarms: tuple[Alarm, ...]
    kiosk: str
    software: str
    by: str
    began: str
    ended: str
    devices: tuple[DeviceReport, ...]
    machine: tuple[Finding, ...] = ()


def report(
    examination: Examination,
    machine: Sequence[Finding],
    *,
    kiosk: str,
    software: str,
    by: str,
    began: str,
    ended: str,
) -> Report:
    devices = device_reports(examination)
    verdict, without = judge({d.device: d.good for d in devices}, machine, examination.alarms)
    return Report(
        verdict=verdict,
        without=without,
        missing=missing(examination),
        alarms=examination.alarms,
        kiosk=kiosk,
        software=software,
        by=by,
        began=began,
        ended=ended,
        devices=devices,
        machine=tuple(machine),
    )


def judge(
    devices: Mapping[str, bool], machine: Sequence[Finding], alarms: Sequence[Alarm]
) -> tuple[Verdict, tuple[str, ...]]:
    """The verdict, and without what. `devices`: every one that this kiosk has, and whether it passed every step."""
    ill = [finding.what for finding in machine if not finding.good]
    paying = [name for name, good in devices.items() if good and name in PAYING]
    if "server" in ill:
        paying = [name for name in paying if name not in BY_SERVER]
    without = (*(name for name, good in devices.items() if not good), *ill)
    if alarms or not paying or any(what in MACHINE_NEEDS for what in ill):
        return Verdict.NOT_READY, without
    return (Verdict.READY_WITHOUT if without else Verdict.READY), without


def missing(examination: Examination) -> tuple[str, ...]:
    return tuple(o.check for o in examination.outcomes if o.result is Result.NOT_TESTED)


def device_reports(examination: Examination) -> tuple[DeviceReport, ...]:
    names = dict.fromkeys(check.device for check in examination.checks)
    made = []
    for name in names:
        steps = tuple(o for o in examination.outcomes if o.device == name)
        it = examination.found.get(name, Identity())
        good = all(o.result is Result.GOOD for o in steps)
        made.append(DeviceReport(name, good, it.identity, it.serial_number, steps))
    return tuple(made)
