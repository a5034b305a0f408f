"""What an exploration found, and a violation as a story that a person can read."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any, Final

from hardware.contracts import PrinterState
from kiosk.parcels import ChargeState
from tests.crash.world import name_of


@dataclass
class Violation:
    name: str  # seed, or seed/cut: what --replay takes
    what: str
    story: list[tuple[str, Any]]

    def __str__(self) -> str:
        lines = [f"DOES NOT ADD UP in {self.name}", ""]
        lines += [
            f"{number:4}  {who:11} {readable(what)}" for number, (who, what) in enumerate(self.story, 1)
        ]
        return "\n".join([*lines, "", f"  ==> {self.what}", "", f"  script/crash --replay {self.name}", ""])


@dataclass
class Found:
    cuts: int = 0  # between two of which something outside the core has changed
    on_disk: int = 0  # of them in stories with the real journal
    on_the_way: int = 0  # of them in stories of records on their way to the server
    pairs: set[int] = field(default_factory=set)  # different kinds of (state, place), without ids and amounts
    recoveries: int = 0  # with what the devices may have done meanwhile, and cuts during recovery
    violations: list[Violation] = field(default_factory=list)

    def add(self, other: Found) -> None:
        self.cuts += other.cuts
        self.on_disk += other.on_disk
        self.on_the_way += other.on_the_way
        self.pairs |= other.pairs
        self.recoveries += other.recoveries
        self.violations += other.violations

    def __str__(self) -> str:
        return (
            f"{self.cuts} cut points explored, {len(self.violations)} violations ({len(self.pairs)} kinds of state"
            f" and place; {self.on_disk} with the real journal, {self.on_the_way} while records were on their way;"
            f" {self.recoveries} recoveries)"
        )


SHOWN: Final = frozenset({
    "amount", "attempt", "because", "by", "charge", "claim", "code", "counter", "delay", "due", "fee", "in_box", "job",
    "key", "note", "number", "online", "paid", "payment", "perhaps", "receipt", "recovered", "sent", "serial_number",
    "state", "subject", "tender", "to_change", "to_fee", "to_prepaid", "value",
})  # fmt: skip


def readable(what: Any) -> str:
    if isinstance(what, str):
        return what
    if isinstance(what, list | tuple):
        return "; ".join(readable(part) for part in what)
    shown = []
    for field_name in what.__struct_fields__:
        value = getattr(what, field_name)
        if field_name in SHOWN and value not in (None, ""):
            shown.append(f"{field_name} {_short(value)}")
    return " ".join([name_of(what), *shown])


def _short(value: Any) -> str:
    if isinstance(value, enum.Enum):
        return value.name.lower()
    if isinstance(value, ChargeState):
        return f"{value.charge} {_short(value.state)} {value.amount}"
    if isinstance(value, PrinterState):
        return f"paper {_short(value.paper)}"
    return str(value)
