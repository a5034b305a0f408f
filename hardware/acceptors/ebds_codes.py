"""What the bytes of EBDS mean: the one message of the host, the one reply of the unit (acceptors.md §7)."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Final

import msgspec

_HOST: Final = 0x10  # control byte: type in bits 4 to 6, device in bits 1 to 3, toggle in bit 0
_ACCEPTOR: Final = 0x20
_TYPE: Final = 0x70
_TOGGLE: Final = 0x01
_REPLY_DATA: Final = 6

_ANY_WAY_ROUND: Final = 0x0C
_ESCROW: Final = 0x10  # always on: nothing is ever stacked without asking
_POLICY_B: Final = 0x04  # a note past escrow at power-up is told with its value; policy A would swallow it

DENOMINATIONS: Final = 7  # indices 1 to 7, bits 0 to 6


class Order(enum.IntEnum):
    """What the message asks to do with a note in escrow."""

    NOTHING = 0x00
    STACK = 0x20
    RETURN = 0x40


class Says(enum.IntFlag):
    """The first four bytes of a reply, without the value: what the unit does and what it is in."""

    IDLE = 0x01
    ACCEPTING = 0x02
    ESCROWED = 0x04
    STACKING = 0x08
    STACKED = 0x10
    RETURNING = 0x20
    RETURNED = 0x40
    CHEATED = 0x01_00
    REJECTED = 0x02_00
    JAMMED = 0x04_00
    FULL = 0x08_00
    BOX_PRESENT = 0x10_00
    PAUSED = 0x20_00
    CALIBRATING = 0x40_00
    POWER_UP = 0x01_00_00
    INVALID = 0x02_00_00
    FAILURE = 0x04_00_00
    TRANSPORT_OPEN = 0x40_00_00
    STALLED = 0x01_00_00_00


_KNOWN: Final = sum(Says)


class Reply(msgspec.Struct, frozen=True):
    toggle: int
    says: Says
    index: int  # of the denomination, 1 to 7; 0: none is named
    model: int
    revision: int


def message(toggle: int, indices: Iterable[int], order: Order) -> bytes:
    """Control byte and data of the host's message: these denominations are taken, into escrow."""
    mask = sum(1 << index - 1 for index in set(indices))
    return bytes((_HOST | toggle, mask, _ANY_WAY_ROUND | _ESCROW | order, _POLICY_B))


def parse_reply(data: bytes) -> Reply | None:
    """None: the frame is no reply of an acceptor."""
    if data[0] & _TYPE != _ACCEPTOR or len(data) < 1 + _REPLY_DATA:
        return None
    says = Says(int.from_bytes(data[1:5], "little") & _KNOWN)
    return Reply(data[0] & _TOGGLE, says, data[3] >> 3 & 0x07, data[5], data[6])
