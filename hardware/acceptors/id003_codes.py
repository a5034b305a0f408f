"""What the bytes of ID-003 mean: commands, states, reasons, and the currency table of a unit (acceptors.md §6).

The same byte is a command one way and a state the other way: 11h, 40h to 44h. What a frame means is decided
by what was asked, never by its first byte alone.
"""

from __future__ import annotations

import enum
import string
from collections.abc import Collection
from typing import Final

from hardware.contracts import RefusedBecause
from kiosk.money import Money


class Command(enum.IntEnum):
    POLL = 0x11  # status request
    RESET = 0x40
    STACK = 0x42  # STACK-2: the unit speaks of the note once it is pushed in, so it never is ours too early
    RETURN = 0x43
    HOLD = 0x44
    VERSION = 0x88
    CURRENCIES = 0x8A
    DENOMINATIONS = 0xC0
    SECURITY = 0xC1
    MODE = 0xC2
    INHIBIT = 0xC3
    DIRECTION = 0xC4


class Says(enum.IntEnum):
    """The first byte of the answer to a status request: the state of the unit."""

    IDLING = 0x11
    ACCEPTING = 0x12
    ESCROW = 0x13  # second byte: code of the note
    STACKING = 0x14
    VEND_VALID = 0x15  # the note is ours; shown until it is acknowledged
    STACKED = 0x16
    REJECTING = 0x17  # second byte: reason
    RETURNING = 0x18
    HOLDING = 0x19
    INHIBITED = 0x1A
    INITIALIZING = 0x1B
    POWER_UP = 0x40
    POWER_UP_NOTE_IN_VALIDATOR = 0x41
    POWER_UP_NOTE_IN_STACKER = 0x42
    BOX_FULL = 0x43
    BOX_OUT = 0x44
    VALIDATOR_JAMMED = 0x45
    BOX_JAMMED = 0x46
    PAUSE = 0x47
    CHEATED = 0x48
    FAILURE = 0x49  # second byte: reason
    COMMUNICATION_ERROR = 0x4A


_HAS_ARGUMENT: Final = frozenset({Says.ESCROW, Says.REJECTING, Says.FAILURE})

ACK: Final = b"\x50"  # ours for VEND VALID; the unit's for a command

# Sent while the unit initialises, the only time at which it takes them; it answers with the same bytes.
SETTINGS: Final = {
    Command.DENOMINATIONS: b"\x00\x00",  # no denomination switched off: the limit changes from note to note
    Command.SECURITY: b"\x00\x00",
    Command.MODE: b"\x00",  # the unit speaks only when asked
    Command.DIRECTION: b"\x00",  # every way round
}
INHIBIT_ON: Final = bytes((Command.INHIBIT, 0x01))
INHIBIT_OFF: Final = bytes((Command.INHIBIT, 0x00))

INHIBITED_OR_TIMED_OUT: Final = 0x79

# A code is 71h to 7Fh. Only 79h is established; of the others we know that the unit pushed the note back.
REJECTIONS: Final = {
    INHIBITED_OR_TIMED_OUT: (RefusedBecause.INHIBITED, "inhibited, or nobody decided in time"),
    **dict.fromkeys(
        (*range(0x71, 0x79), *range(0x7A, 0x80)), (RefusedBecause.NOT_RECOGNISED, "rejected by the validator")
    ),
}

FAILURES: Final = {
    0xA2: "stack motor",
    0xA5: "transport motor speed",
    0xA6: "transport motor",
    0xAB: "cash box not ready",
    0xAF: "validator head removed",
    **dict.fromkeys(range(0xB0, 0xB4), "ROM"),
}

# Names of the configuration → country byte of the currency table.
COUNTRIES: Final = {"CNY": 0x2D, "CHN": 0x2D, "RMB": 0x2D}
FIRST_CODE: Final = 0x61
_ROW: Final = 4  # code, country, value, exponent


def parse_state(data: bytes) -> tuple[Says | None, int | None]:
    """State and second byte of an answer to a status request; (None, None) when it is none, or names no note."""
    try:
        says = Says(data[0])
    except ValueError:
        return None, None
    argument = data[1] if len(data) > 1 and says in _HAS_ARGUMENT else None
    if argument is None and says is Says.ESCROW:
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
    """The currency table is sound, and of another country than the configured one."""


def country_bytes(currencies: Collection[str]) -> frozenset[int]:
    """`("CNY", "2D")` → the country bytes they stand for; a byte may be written as two hexadecimal digits."""
    named = {COUNTRIES[name] for name in currencies if name in COUNTRIES}
    written = {int(text, 16) for text in currencies if len(text) == 2 and set(text) <= set(string.hexdigits)}
    return frozenset(named | written)


def parse_version(data: bytes) -> str:
    """Model and firmware as the unit names them. Raises ValueError."""
    text = "".join(chr(byte) for byte in data[1:] if 0x20 <= byte < 0x7F).strip()
    if data[0] != Command.VERSION or not text:
        raise ValueError("its answer to VERSION names no version")
    return text


def parse_currencies(data: bytes, countries: Collection[int]) -> dict[int, Money]:
    """Code → value from rows of (code, country, value, exponent), in whole units of the currency.

    Raises WrongCurrency when it names a country outside `countries`, ValueError when it is no such table."""
    rows = data[1:]
    if data[0] != Command.CURRENCIES or not rows or len(rows) % _ROW:
        raise ValueError(f"its currency table has {len(rows)} bytes, not rows of {_ROW}")
    table: dict[int, Money] = {}
    for at in range(0, len(rows), _ROW):
        code, country, value, exponent = rows[at : at + _ROW]
        if not value:
            continue
        if country not in countries:
            raise WrongCurrency(
                f"its currency table names the country {_hex(country)}, the configuration"
                f" {', '.join(_hex(known) for known in sorted(countries)) or 'none that is known'}; load the"
                f" right dataset into the validator, or add {country:02X} to `currencies`"
            )
        table[code] = Money(value * 100 * 10**exponent)
    return table
