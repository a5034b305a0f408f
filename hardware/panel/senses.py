"""What the contacts of the cabinet mean: debounced levels in, events out. No pins, no clock, no thread.

Each contact is `made` or not. Door and cash box are closed circuits, so a cut wire reads as open; mains are a
closed circuit too, so a cut wire reads as no power; the call button and the presence sensor are open ones.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from hardware.contracts import Event
from hardware.panel.contract import CallPressed, Guarded, GuardIs, MainsAre, SomebodyNear


class Contact(enum.Enum):
    CALL = "call"
    DOOR = "door"
    CASH_BOX = "cash_box"
    PRESENCE = "presence"
    MAINS = "mains"


class Settling(NamedTuple):
    """How long a level must stand before it counts."""

    s: float
    why: str


SETTLING: Final = {
    Contact.CALL: Settling(0.03, "a push button bounces for up to 20 ms; a short tap lasts 60 ms"),
    Contact.DOOR: Settling(0.1, "a door that is slammed makes its switch bounce longer than a button"),
    Contact.CASH_BOX: Settling(0.1, "as the door"),
    Contact.PRESENCE: Settling(0.2, "radar and PIR sensors give single short pulses without anybody there"),
    Contact.MAINS: Settling(0.5, "a dip of some mains periods is nothing that a battery needs to be told of"),
}


class _Seen(NamedTuple):
    """`settled` None: not known yet. `changing_to` counts from `since_s`."""

    settled: bool | None
    changing_to: bool
    since_s: float


class Senses:
    """`see(now_s, {Contact.DOOR: True, …})` whenever something may have changed, and at `due_s`."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._seen: dict[Contact, _Seen] = {}

    @property
    def due_s(self) -> float | None:
        """When the next level settles if nothing changes; None: all have settled."""
        open_ends = [
            seen.since_s + SETTLING[contact].s
            for contact, seen in self._seen.items()
            if seen.settled is not seen.changing_to
        ]
        return min(open_ends, default=None)

    def see(self, now_s: float, made: Mapping[Contact, bool]) -> list[Event]:
        return [event for contact, level in made.items() for event in self._look(contact, level, now_s)]

    def _look(self, contact: Contact, level: bool, now_s: float) -> Iterator[Event]:
        seen = self._seen.get(contact)
        if seen is None or level is not seen.changing_to:
            seen = _Seen(seen.settled if seen else None, level, now_s)
        if seen.settled is not level and now_s >= seen.since_s + SETTLING[contact].s:
            first = seen.settled is None
            seen = _Seen(level, level, seen.since_s)
            yield from self._settled(contact, level, first)
        self._seen[contact] = seen

    def _settled(self, contact: Contact, made: bool, first: bool) -> Iterator[Event]:
        match contact:
            case Contact.CALL:
                if made and not first:  # a button that is stuck since before the start calls nobody
                    yield CallPressed(device=self._device)
            case Contact.DOOR:
                yield GuardIs(device=self._device, what=Guarded.DOOR, open=not made)
            case Contact.CASH_BOX:
                yield GuardIs(device=self._device, what=Guarded.CASH_BOX, open=not made)
            case Contact.PRESENCE:
                if made:
                    yield SomebodyNear(device=self._device)
            case Contact.MAINS:
                yield MainsAre(device=self._device, on=made)
