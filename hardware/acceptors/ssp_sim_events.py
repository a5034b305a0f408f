"""What the simulated SSP validator has to tell, and which of it one poll reply carries (acceptors.md §5.3)."""

from __future__ import annotations

import enum
from typing import Final

from hardware.simulated import NotPossible

MOST_PENDING: Final = 64  # events that wait for a poll; the unit remembers no more
MOST_REPORTED: Final = 100  # bytes; with all that may wait beside them they still fit one reply


class Tell(enum.IntEnum):
    """First bytes of events."""

    ALL_INHIBITED = 0xB5
    STACKING = 0xCC
    CLEARED_TO_FRONT = 0xE1
    CLEARED_INTO_BOX = 0xE2
    BOX_OUT = 0xE3
    BOX_IN = 0xE4
    FRAUD = 0xE6
    BOX_FULL = 0xE7
    DISABLED = 0xE8
    UNSAFE_JAM = 0xE9
    SAFE_JAM = 0xEA
    STACKED = 0xEB
    REJECTED = 0xEC
    REJECTING = 0xED
    CREDIT = 0xEE
    READ = 0xEF
    RESET = 0xF1


MONEY: Final = (Tell.CREDIT, Tell.CLEARED_INTO_BOX)
SINCE_PROTOCOL: Final[dict[int, int]] = {
    Tell.CLEARED_TO_FRONT: 5,
    Tell.CLEARED_INTO_BOX: 5,
    Tell.BOX_OUT: 5,
    Tell.BOX_IN: 5,
    Tell.ALL_INHIBITED: 7,
}


class Pending:
    """Events in the order in which they happened, until a poll takes them all."""

    def __init__(self) -> None:
        self._reported = b""
        self._events: list[bytes] = []
        self.unacknowledged: list[
            bytes
        ] = []  # told to a poll with acknowledgement, and told again until it comes

    def clear(self) -> None:
        self._reported = b""
        self._events.clear()
        self.unacknowledged.clear()

    def add(self, event: Tell, *channel: int) -> None:
        self._events.append(bytes([event, *channel]))
        if len(self._events) > MOST_PENDING:  # money is never what is forgotten
            del self._events[next(at for at, old in enumerate(self._events) if old[0] not in MONEY)]

    def report(self, events: bytes) -> None:
        """Whatever bytes, behind the others."""
        if len(self._reported) + len(events) > MOST_REPORTED:
            raise NotPossible(f"one reply carries at most {MOST_REPORTED} such bytes")
        self._reported += events

    def taken(self, protocol: int, lasting: list[bytes], acknowledged: bool) -> tuple[bytes, bool]:
        """The events of one reply, followed by what lasts and was not said already; and whether a credit
        is among them. What this version of the protocol does not have is forgotten unsaid. `acknowledged`: money is
        said again by the next such reply, until it was acknowledged."""
        said = self.unacknowledged if acknowledged else []
        said = said + [event for event in self._events if protocol >= SINCE_PROTOCOL.get(event[0], 0)]
        codes = {event[0] for event in said}
        said += [
            event
            for event in lasting
            if event[0] not in codes and protocol >= SINCE_PROTOCOL.get(event[0], 0)
        ]
        reply = b"".join(said) + self._reported
        self.clear()
        if acknowledged:
            self.unacknowledged = [event for event in said if event[0] in MONEY]
        return reply, Tell.CREDIT in codes
