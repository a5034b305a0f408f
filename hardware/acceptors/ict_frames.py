"""Bytes of ICT-104U, 106 and 002 units: single bytes and two kinds of pairs (acceptors.md §4.2, §4.3).

There is no checksum and no length. A pair, `80 8F` or `81 4X`, is whole only if its second byte comes within
`PAIR_S`; the answer to a status request may stand in between. Half an escrow pair still means that a note lies
there, so it is told as `Escrow(whole=False)`; what nobody defined is `Junk`.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

PAIR_S: Final = 0.1  # between the bytes of a pair; on the wire it is 1.2 ms, an adapter may add 16 ms
NEVER: Final = float("inf")


class Tell(enum.IntEnum):
    """What this computer says. 02h means two things: `WELCOME` after a power-up pair, `ACCEPT` in escrow."""

    ACCEPT = 0x02
    WELCOME = 0x02
    STATUS = 0x0C
    RETURN = 0x0F
    HOLD = 0x18  # 104; some 104U know 5Ah instead
    RESET = 0x30  # not known by 002
    ENABLE = 0x3E
    INHIBIT = 0x5E


class Says(enum.IntEnum):
    """What a unit says in one byte, by itself or as its status."""

    STACKED = 0x10
    NOT_ACCEPTED = 0x11
    MOTOR_FAILURE = 0x20
    CHECKSUM_ERROR = 0x21
    JAM = 0x22
    NOTE_REMOVED = 0x23
    STACKER_OPEN = 0x24
    SENSOR_PROBLEM = 0x25
    HOST_FAILURE = 0x26  # 002 and 104: no answer to the power-up pair; 106: notes in escrow not answered
    FISHING = 0x27
    STACKER_PROBLEM = 0x28
    NOTE_REJECTED = 0x29
    INVALID_COMMAND = 0x2A
    RESERVED = 0x2E
    ERROR_OVER = 0x2F
    ENABLED = 0x3E
    INHIBITED = 0x5E
    BUSY = 0x71  # 106
    POWER_IS_ON = 0xA1  # 106


@dataclass(frozen=True)
class PowerUp:
    """A whole `80 8F`."""


@dataclass(frozen=True)
class Escrow:
    """`81 4X`: a note of type `code` (0 to 15, in ROM order) lies in escrow.

    Not `whole`: only one byte of the pair came, so `code` is None or not to be relied on."""

    code: int | None
    whole: bool = True


@dataclass(frozen=True)
class Junk:
    """A byte that is defined nowhere, or half of a power-up pair."""

    byte: int


Heard = Says | PowerUp | Escrow | Junk

_POWER_UP: Final = (0x80, 0x8F)
_ESCROW: Final = 0x81
_TYPES: Final = range(0x40, 0x50)
_SAYS: Final = {int(says): says for says in Says}
_MAY_INTERRUPT: Final = frozenset(Says) - {Says.STACKED, Says.NOT_ACCEPTED}


class Decoder:
    """Puts pairs together. Keeps at most one byte: the first half of a pair, and when it came."""

    def __init__(self) -> None:
        self._first: int | None = None
        self.deadline_s = NEVER

    def feed(self, now_s: float, data: bytes) -> list[Heard]:
        """What was said with these bytes, in order; `data` may be empty: then only time has passed."""
        heard = self._give_up() if now_s >= self.deadline_s else []
        for byte in data:
            heard += self._take(now_s, byte)
        return heard

    def clear(self) -> None:
        """Forget half a pair, as when the line was opened anew."""
        self._first, self.deadline_s = None, NEVER

    def _take(self, now_s: float, byte: int) -> list[Heard]:
        if self._first == _ESCROW and byte in _TYPES:
            self.clear()
            return [Escrow(byte - _TYPES.start)]
        if (self._first, byte) == _POWER_UP:
            self.clear()
            return [PowerUp()]
        if byte == self._first:
            return []  # said twice: no second note is there within so short a time
        says = _SAYS.get(byte)
        if self._first is not None and says is not None and says in _MAY_INTERRUPT:
            return [says]
        before = self._give_up()
        if byte in (_ESCROW, _POWER_UP[0]):
            self._first, self.deadline_s = byte, now_s + PAIR_S
            return before
        return [*before, _alone(byte) if says is None else says]

    def _give_up(self) -> list[Heard]:
        """The second half did not come."""
        first = self._first
        self.clear()
        return [] if first is None else [_alone(first)]


def _alone(byte: int) -> Heard:
    if byte in _TYPES:
        return Escrow(byte - _TYPES.start, whole=False)
    return Escrow(None, whole=False) if byte == _ESCROW else Junk(byte)
