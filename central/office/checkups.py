"""The device tests that staff made at a kiosk, as its records have them: the newest first."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from central.office.models.told import Record
from kiosk import codec

SHOWN: Final = 10


class Step(msgspec.Struct):
    result: str = ""


class Device(msgspec.Struct):
    device: str
    good: bool
    identity: str = ""
    steps: tuple[Step, ...] = ()


class Alarm(msgspec.Struct):
    says: str
    detail: str = ""


class Checkup(msgspec.Struct):
    """`devices_examined`, as far as it is shown."""

    verdict: str
    by: str = ""
    examined_ms: int = 0
    without: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    devices: tuple[Device, ...] = ()


def of(kiosk: str) -> list[dict[str, Any]]:
    rows = Record.objects.filter(kiosk=kiosk, kind="devices_examined").order_by("-epoch", "-seq")[:SHOWN]
    found = []
    for row in rows:
        try:
            made: Checkup = codec.decode(row.body, Checkup)
        except codec.Malformed:
            continue  # its bytes are kept, and staff were told of it when it came
        devices = [
            {
                "device": d.device,
                "good": d.good,
                "identity": d.identity,
                "passed": _passed(d),
                "of": len(d.steps),
            }
            for d in made.devices
        ]
        found.append({"made": made, "devices": devices})
    return found


def _passed(device: Device) -> int:
    return sum(step.result == "good" for step in device.steps)
