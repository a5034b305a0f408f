"""What the bytes of CCNET mean: commands, POLL answers, reasons, and what a validator tells about itself.

CCNET Common Specifications 2.6.0; acceptors.md §3.4, §3.5.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable
from typing import Final

import msgspec

from hardware.contracts import RefusedBecause
from kiosk.money import Money


class Command(enum.IntEnum):
    RESET = 0x30
    POLL = 0x33
    ENABLE_BILL_TYPES = 0x34
    STACK = 0x35
    RETURN = 0x36
    IDENTIFICATION = 0x37
    HOLD = 0x38
    GET_BILL_TABLE = 0x41
    GET_COUNTER = 0x5B


class Says(enum.IntEnum):
    """The first byte of a POLL answer: the state of the unit."""

    POWER_UP = 0x10
    POWER_UP_NOTE_IN_VALIDATOR = 0x11
    POWER_UP_NOTE_IN_STACKER = 0x12
    INITIALIZING = 0x13
    IDLING = 0x14
    ACCEPTING = 0x15
    STACKING = 0x17
    RETURNING = 0x18
    DISABLED = 0x19
    HOLDING = 0x1A
    BUSY = 0x1B  # second byte: times 100 ms; says nothing about the state
    REJECTING = 0x1C  # second byte: reason
    BOX_FULL = 0x41
    BOX_OUT = 0x42
    VALIDATOR_JAMMED = 0x43
    BOX_JAMMED = 0x44
    CHEATED = 0x45
    PAUSE = 0x46
    FAILURE = 0x47  # second byte: reason
    ESCROW = 0x80  # second byte: type of note
    STACKED = 0x81  # second byte: type of note
    RETURNED = 0x82  # second byte: type of note
    SUSPECTED = 0x84
    COUNTERFEIT = 0x90


NEEDS_TYPE: Final = frozenset({Says.ESCROW, Says.STACKED})
_HAS_ARGUMENT: Final = NEEDS_TYPE | {Says.RETURNED, Says.REJECTING, Says.FAILURE, Says.BUSY}

TYPES: Final = 24  # bits in a mask, rows in the bill table

# Why a note was pushed back: for the customer, and for staff.
REJECTIONS: Final = {
    0x60: (RefusedBecause.INSERTED_BADLY, "insertion"),
    0x61: (RefusedBecause.NOT_RECOGNISED, "magnetic or dielectric"),
    0x62: (RefusedBecause.FAULT, "a note remains in the head"),
    0x63: (RefusedBecause.INSERTED_BADLY, "multiplying"),
    0x64: (RefusedBecause.FAULT, "conveying"),
    0x65: (RefusedBecause.NOT_RECOGNISED, "identification"),
    0x66: (RefusedBecause.NOT_RECOGNISED, "verification"),
    0x67: (RefusedBecause.NOT_RECOGNISED, "optic"),
    0x68: (RefusedBecause.INHIBITED, "inhibited"),
    0x69: (RefusedBecause.NOT_RECOGNISED, "capacity"),
    0x6A: (RefusedBecause.FAULT, "operation"),
    0x6C: (RefusedBecause.NOT_RECOGNISED, "length"),
    0x6D: (RefusedBecause.NOT_RECOGNISED, "ultraviolet"),
    **dict.fromkeys(range(146, 150), (RefusedBecause.NOT_RECOGNISED, "bar code")),
}

FAILURES: Final = {
    0x50: "stack motor",
    0x51: "transport motor speed",
    0x52: "transport motor",
    0x53: "aligning motor",
    0x54: "initial state of the cash box",
    0x55: "optic sensor",
    0x56: "magnetic sensor",
    **dict.fromkeys(range(87, 93), "internal"),
    0x5F: "capacitance sensor",
}


def parse_state(data: bytes) -> tuple[Says | None, int | None]:
    """State and second byte of a POLL answer; (None, None) when it is none, or lacks the type it needs."""
    try:
        says = Says(data[0])
    except ValueError:
        return None, None
    argument = data[1] if len(data) > 1 and says in _HAS_ARGUMENT else None
    if argument is None and says in NEEDS_TYPE:
        return None, None
    return says, argument


def rejection(reason: int | None) -> tuple[RefusedBecause, str]:
    because, text = REJECTIONS.get(reason or 0, (RefusedBecause.FAULT, "unknown reason"))
    return because, f"{text} ({_hex(reason)})"


def failure(reason: int | None) -> str:
    return f"{FAILURES.get(reason or 0, 'unknown part')} ({_hex(reason)})"


def _hex(code: int | None) -> str:
    return "no code" if code is None else f"{code:02X}h"


class WrongCurrency(ValueError):
    """The bill table is sound, and of another currency than the configured one."""


class Identity(msgspec.Struct, frozen=True):
    part: str  # model and firmware
    serial_number: str


def parse_identity(data: bytes) -> Identity:
    """15 ASCII part number, 12 ASCII serial number, 7 binary asset number. Raises ValueError."""
    if len(data) != 34:
        raise ValueError(f"its identification has {len(data)} bytes, not 34")
    return Identity(_printable(data[:15]), _printable(data[15:27]))


def parse_bill_table(data: bytes, currencies: Collection[str]) -> dict[int, Money]:
    """Type → value from 24 rows of (digits, three letters, exponent); bit 7 of the exponent means decimals.

    Raises WrongCurrency when it names one outside `currencies`, ValueError when it is no such table."""
    if len(data) != TYPES * 5:
        raise ValueError(f"its bill table has {len(data)} bytes, not {TYPES * 5}")
    table: dict[int, Money] = {}
    for type_ in range(TYPES):
        digits, letters, exponent = data[type_ * 5], data[type_ * 5 + 1 : type_ * 5 + 4], data[type_ * 5 + 4]
        if not digits:
            continue
        currency = _printable(letters)
        if currency not in currencies:
            raise WrongCurrency(
                f"its bill table names the currency {currency!r}, the configuration {', '.join(currencies)};"
                " load the right dataset into the validator, or add the code to `currencies`"
            )
        power = 10 ** (exponent & 0x7F)
        fen, rest = divmod(digits * 100, power) if exponent & 0x80 else (digits * 100 * power, 0)
        if rest:
            raise ValueError(f"type {type_} of its bill table is no whole number of fen")
        table[type_] = Money(fen)
    return table


def _printable(data: bytes) -> str:
    return "".join(chr(byte) for byte in data if 0x20 <= byte < 0x7F).strip()


def enable_command(types: Iterable[int]) -> bytes:
    """ENABLE BILL TYPES for these types, each with escrow: nothing is ever stacked without asking.

    Two groups of three bytes; the first byte holds types 23..16 (acceptors.md §2, defect 1)."""
    mask = sum(1 << type_ for type_ in set(types)).to_bytes(3, "big")
    return bytes((Command.ENABLE_BILL_TYPES,)) + mask + mask
