"""What the simulated terminal keeps over a power cut, and how ZVT tells it. Shares no code with the driver."""

from __future__ import annotations

import contextlib
from typing import Final, NamedTuple

from hardware.simulated import NotPossible

ACCEPTED: Final = 0x00
AMOUNT, CURRENCY, TOTALS = 0x04, 0x49, 0x60
KINDS: Final = 7  # of cards, each with a number of one byte and a sum of six

# The fields of an order of payment and how many bytes they take; 2 and 3 digits "Fx" of length for LL and LLL.
_PLAIN: Final = {
    0x01: 1, 0x02: 1, 0x05: 1, AMOUNT: 6, 0x0B: 3, 0x0E: 2, 0x17: 2, 0x19: 1, 0x3A: 2, 0x3D: 3,
    CURRENCY: 2, 0x87: 2, 0x8A: 1, 0xF0: 1,
}  # fmt: skip
_COUNTED: Final = {0x22: 2, 0x23: 2, 0x24: 3, 0x2D: 2, 0x3C: 3, TOTALS: 3}


class Transaction(NamedTuple):
    trace: int
    receipt: int
    fen: int
    result: int
    currency: int


class Record:
    def __init__(self) -> None:
        self.terminal = "52500041"
        self.trace = self.receipts = 0
        self.last: Transaction | None = None
        self.since_closed: list[int] = []  # what was accepted since the last end of day
        self.charged: list[int] = []  # what the bank took, in order: the truth

    def enter(self, fen: int, code: int, currency: int) -> Transaction:
        self.trace = self.trace % 999_999 + 1
        self.receipts = self.receipts % 9_999 + 1
        self.last = Transaction(self.trace, self.receipts, fen, code, currency)
        if code == ACCEPTED:
            self.since_closed.append(fen)
            self.charged.append(fen)
        return self.last

    def close_day(self) -> None:
        self.last = None
        self.since_closed.clear()

    def status(self, last: Transaction) -> bytes:
        """The data of a status information (04 0F)."""
        name = b"UnionPay\0"
        return b"".join(
            (
                b"\x27", bytes([last.result]), b"\x04", packed(last.fen, 6), told(last.currency),
                b"\x0b", packed(last.trace, 3), b"\x0c\x10\x20\x30", b"\x0d\x11\x21", b"\x29",
                bytes.fromhex(self.terminal), b"\x22\xf0\xf8" + bytes.fromhex("6222eeeeeeee1234"),
                b"\x17\x00\x01", b"\x87", packed(last.receipt, 2), b"\x8a\x46", b"\x8b\xf0\xf9" + name,
                b"\x3b123456\0\0", b"\x06\x04\x1f\x10\x01\x00",
            )
        )  # fmt: skip

    def totals(self, currency: int | None) -> bytes:
        """The data of the status information of an end of day, all cards as one."""
        total = packed(sum(self.since_closed), 6)
        first_kind = packed(self.receipts, 2) * 2 + bytes([len(self.since_closed) & 0xFF]) + total
        sums = first_kind.ljust(4 + KINDS * 7, b"\0")
        size = bytes(0xF0 | int(digit) for digit in f"{len(sums):03d}")
        return b"\x27\x00\x04" + total + told(currency) + bytes([TOTALS]) + size + sums


def packed(number: int, size: int) -> bytes:
    with contextlib.suppress(ValueError):
        return bytes.fromhex(str(number).rjust(2 * size, "0"))
    raise NotPossible(f"{number} does not fit {size} bytes")


def told(currency: int | None) -> bytes:
    """The field that names it; nothing for none."""
    return b"" if currency is None else bytes([CURRENCY]) + packed(currency, 2)


def ordered(data: bytes) -> dict[int, int]:
    """The numbers of amount and currency in an order of payment, wherever they stand in it."""
    found: dict[int, int] = {}
    while data:
        tag, data = data[0], data[1:]
        if tag in _COUNTED:
            digits, data = data[: _COUNTED[tag]], data[_COUNTED[tag] :]
            size = int("".join(str(digit & 0x0F) for digit in digits) or "0")
        elif tag in _PLAIN:
            size = _PLAIN[tag]
        else:  # a container, which stands last; or nothing that we know
            break
        with contextlib.suppress(ValueError):
            if tag in (AMOUNT, CURRENCY) and len(data) >= size:
                found[tag] = int(data[:size].hex())
        data = data[size:]
    return found
