"""What is wrong with a device, in words: `doctor.device_<name>` and `doctor.trouble_<kind>`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from hardware.contracts import Trouble
from kiosk.contract import Message, StaffLine

KINDS: Final = frozenset(
    (
        *(trouble.value for trouble in Trouble),
        *("jam", "box_jam", "box_full", "cheated"),
        *("cover_open", "paper_out", "not_ready"),
    )
)


def names(devices: Iterable[str]) -> str:
    """The keys of their names, for a value that ends in `_keys`."""
    return " ".join(f"doctor.device_{name}" for name in sorted(devices))


def kind_of(fault: str) -> str:
    """`fault`: as `lost_devices` has it, a kind and perhaps what the driver says of it."""
    return fault.partition(":")[0]


def line(device: str, fault: str) -> StaffLine | None:
    """None for a kind that has no words, from a record of an earlier release."""
    kind, _, detail = fault.partition(": ")
    if kind not in KINDS:
        return None
    what: dict[str, str | int] = {"device_keys": names((device,)), "trouble_keys": f"doctor.trouble_{kind}"}
    return StaffLine(Message("desk.device_fault", what), detail, look=True)
