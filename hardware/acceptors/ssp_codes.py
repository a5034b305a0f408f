"""What the bytes of SSP mean: commands, answers, events of a POLL, and what a validator tells about itself.

ITL GA138 2.2 and GA973 2.2, protocol version 6; acceptors.md §5.2, §5.3.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable
from typing import Final

import msgspec

from hardware.contracts import RefusedBecause
from kiosk.money import Money

PROTOCOL: Final = 6  # the highest version whose events have the lengths below and whose setup is read here


class Command(enum.IntEnum):
    SET_INHIBITS = 0x02
    SETUP_REQUEST = 0x05
    PROTOCOL_VERSION = 0x06
    POLL = 0x07  # with a note in escrow: accept it
    REJECT = 0x08
    DISABLE = 0x09
    ENABLE = 0x0A
    SERIAL_NUMBER = 0x0C
    SYNC = 0x11
    LAST_REJECT_CODE = 0x17
    HOLD = 0x18
    SET_GENERATOR = 0x4A
    SET_MODULUS = 0x4B
    REQUEST_KEY_EXCHANGE = 0x4C
    GET_COUNTERS = 0x58


class Reply(enum.IntEnum):
    """The first byte of each answer."""

    OK = 0xF0
    UNKNOWN_COMMAND = 0xF2
    WRONG_PARAMETERS = 0xF3
    OUT_OF_RANGE = 0xF4
    NOT_NOW = 0xF5
    SOFTWARE_ERROR = 0xF6
    FAIL = 0xF8
    KEY_NOT_SET = 0xFA


NO_NOTE: Final = frozenset({Reply.NOT_NOW, Reply.FAIL})  # to HOLD and REJECT: GA973 has one, GA138 the other


class Says(enum.IntEnum):
    """Events of a POLL answer."""

    ALL_INHIBITED = 0xB5
    INITIALISING = 0xB6
    STACKING = 0xCC
    CLEARED_TO_FRONT = 0xE1  # at power-up; channel
    CLEARED_INTO_BOX = 0xE2  # at power-up; channel
    BOX_OUT = 0xE3
    BOX_IN = 0xE4
    BAR_CODE = 0xE5
    FRAUD = 0xE6  # channel
    BOX_FULL = 0xE7
    DISABLED = 0xE8
    UNSAFE_JAM = 0xE9
    SAFE_JAM = 0xEA
    STACKED = 0xEB
    REJECTED = 0xEC
    REJECTING = 0xED
    CREDIT = 0xEE  # channel
    READ = 0xEF  # channel: in escrow; 0: still reading
    RESET = 0xF1


_HAS_CHANNEL: Final = frozenset(
    {Says.CLEARED_TO_FRONT, Says.CLEARED_INTO_BOX, Says.FRAUD, Says.CREDIT, Says.READ}
)
Events = list[tuple[Says, int]]  # with channel, or 0


def parse_events(data: bytes) -> tuple[Events, int | None]:
    """Events behind F0, in order, and the code at which reading had to stop (None: all was read).

    An unknown event has an unknown length, so nothing behind it can be read."""
    events: Events = []
    at = 0
    while at < len(data):
        try:
            says = Says(data[at])
        except ValueError:
            return events, data[at]
        if says not in _HAS_CHANNEL:
            events.append((says, 0))
        elif at + 1 < len(data):
            at += 1
            events.append((says, data[at]))
        else:
            return events, says
        at += 1
    return events, None


# Why a note was pushed back: for the customer, and for staff (GA138, LAST REJECT CODE).
REJECTIONS: Final = {
    0x01: (RefusedBecause.NOT_RECOGNISED, "length"),
    **dict.fromkeys(range(0x02, 0x06), (RefusedBecause.NOT_RECOGNISED, "validation")),
    0x06: (RefusedBecause.INHIBITED, "channel inhibited"),
    0x07: (RefusedBecause.INSERTED_BADLY, "second note"),
    0x08: (RefusedBecause.INHIBITED, "by the host"),
    0x09: (RefusedBecause.NOT_RECOGNISED, "more than one channel fits"),
    0x0A: (RefusedBecause.FAULT, "rear sensor"),
    0x0B: (RefusedBecause.INSERTED_BADLY, "too long"),
    0x0C: (RefusedBecause.INHIBITED, "unit disabled"),
    0x0D: (RefusedBecause.FAULT, "slow mechanism"),
    0x0E: (RefusedBecause.NOT_RECOGNISED, "pulled at"),
    0x12: (RefusedBecause.INSERTED_BADLY, "twisted"),
    0x13: (RefusedBecause.FAULT, "the host was silent"),
    0x1C: (RefusedBecause.INSERTED_BADLY, "two notes at once"),
    0x1D: (RefusedBecause.FAULT, "could not be stacked"),
}


def rejection(code: int | None) -> tuple[RefusedBecause, str]:
    because, text = REJECTIONS.get(code or 0, (RefusedBecause.NOT_RECOGNISED, "unknown reason"))
    return because, f"{text} ({'no code' if code is None else f'{code:02X}h'})"


class Setup(msgspec.Struct, frozen=True):
    firmware: str
    channels: dict[int, Money]  # from 1; those without a value are left out


def parse_setup(data: bytes, currencies: Collection[str], notes: Collection[Money]) -> Setup:
    """What follows F0 in the answer to SETUP REQUEST, for protocol version 6.

    Type, firmware (4), country (3), value multiplier (3), n, n small values, n security bytes, real value
    multiplier (3, big-endian), protocol, n countries (3), n values (4, little-endian). A value times the real
    multiplier is an amount of the smallest unit, fen.
    Raises ValueError when it is no such setup, is outside `currencies`, or has none of `notes`."""
    count = data[11] if len(data) > 11 else 0
    if not 1 <= count <= 16 or len(data) != 16 + 9 * count:
        raise ValueError(
            f"its setup has {len(data)} bytes, which fits no number of channels;"
            f" is this an SSP note validator that speaks version {PROTOCOL}?"
        )
    if data[0] != 0:
        raise ValueError(f"its setup names unit type {data[0]:02X}h; connect a note validator (00h)")
    factors, countries = 12 + 2 * count, 16 + 2 * count
    values = countries + 3 * count
    multiplier = int.from_bytes(data[factors : factors + 3], "big")
    if not multiplier:
        raise ValueError("its setup has no real value multiplier; load the right dataset into the validator")
    channels: dict[int, Money] = {}
    for index in range(count):
        value = int.from_bytes(data[values + 4 * index : values + 4 * index + 4], "little")
        if not value:
            continue
        currency = _printable(data[countries + 3 * index : countries + 3 * index + 3])
        if currency not in currencies:
            raise ValueError(
                f"channel {index + 1} of its setup is in {currency!r}, the configuration has"
                f" {', '.join(currencies)}; load the right dataset into the validator, or add the code to"
                " `currencies`"
            )
        channels[index + 1] = Money(value * multiplier)
    if not set(channels.values()) & set(notes):
        raise ValueError("its setup has none of the configured denominations; check `notes_yuan`")
    return Setup(_printable(data[1:5]), channels)


def parse_stacked(data: bytes) -> int:
    """The first of the counters behind F0 (a count byte, then 4 bytes little-endian each): stacked notes.

    Raises ValueError."""
    if len(data) < 5 or len(data) != 1 + 4 * data[0]:
        raise ValueError(f"its counters come in {len(data)} bytes")
    return int.from_bytes(data[1:5], "little")


def inhibits_command(channels: Iterable[int]) -> bytes:
    """SET INHIBITS: the named channels accept, all others do not. Channel 1 is bit 0, low byte first."""
    mask = sum(1 << channel - 1 for channel in set(channels))
    return bytes((Command.SET_INHIBITS,)) + mask.to_bytes(2, "little")


def _printable(data: bytes) -> str:
    return "".join(chr(byte) for byte in data if 0x20 <= byte < 0x7F).strip()
