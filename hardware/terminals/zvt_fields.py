"""What stands in the data of ZVT's APDUs: fields ("BMPs") by their tags, and the codes of results and of steps."""

from __future__ import annotations

from typing import Final

import msgspec

from hardware.terminals.contract import DeclinedBecause, Step
from kiosk.money import Money

AMOUNT, TLV, TRACE, CARD_NUMBER, RESULT, TERMINAL, CURRENCY, RECEIPT, CARD_NAME = (
    0x04, 0x06, 0x0B, 0x22, 0x27, 0x29, 0x49, 0x87, 0x8B,
)  # fmt: skip
OK: Final = 0x00

# Length of each field in bytes; "LL" and "LLL": its first two or three bytes are the digits F0h to F9h of it.
_LENGTHS: Final[dict[int, int | str]] = {
    0x01: 1, 0x02: 1, 0x03: 1, AMOUNT: 6, 0x05: 1, TLV: "TLV", TRACE: 3, 0x0C: 3, 0x0D: 2, 0x0E: 2, 0x17: 2,
    0x19: 1, CARD_NUMBER: "LL", 0x23: "LL", 0x24: "LLL", RESULT: 1, TERMINAL: 4, 0x2A: 15, 0x2D: "LL",
    0x2E: "LLL", 0x37: 3, 0x3A: 2, 0x3B: 8, 0x3C: "LLL", 0x3D: 3, CURRENCY: 2, 0x60: "LLL", RECEIPT: 2,
    0x88: 3, 0x8A: 1, CARD_NAME: "LL", 0x8C: 1, 0x92: "LLL", 0x9A: "LLL", 0xA0: 1, 0xA7: "LL", 0xAA: 3,
    0xAF: "LLL", 0xBA: 5, 0xD0: 1, 0xD1: "LL", 0xD2: 1, 0xD3: 1, 0xE0: 1, 0xE9: 1, 0xEA: 1, 0xEB: 8, 0xF0: 1,
    0xF9: 1, 0xFA: 1, 0xFB: 1, 0xFC: 1,
}  # fmt: skip


def fields(data: bytes) -> dict[int, bytes]:
    """Field by tag, as far as they can be told apart: behind an unknown tag nothing can be."""
    found: dict[int, bytes] = {}
    at = 0
    while at < len(data):
        tag, kind = data[at], _LENGTHS.get(data[at])
        head = _head(kind, data[at + 1 :])
        if head is None:
            break
        start, length = at + 1 + head[0], head[1]
        if start + length > len(data):
            break
        found[tag] = data[start : start + length]
        at = start + length
    return found


def _head(kind: int | str | None, rest: bytes) -> tuple[int, int] | None:
    """Bytes that the length itself takes, and the length. None: can not be told."""
    if kind is None or isinstance(kind, int):
        return None if kind is None else (0, kind)
    if kind == "TLV":
        return _tlv_head(rest)
    digits = rest[: len(kind)]
    if len(digits) < len(kind) or any(not 0xF0 <= digit <= 0xF9 for digit in digits):
        return None
    return len(kind), int("".join(str(digit & 0x0F) for digit in digits))


def _tlv_head(rest: bytes) -> tuple[int, int] | None:
    if rest[:1] < b"\x80":
        return (1, rest[0]) if rest else None
    size = rest[0] & 0x7F
    if size not in (1, 2) or len(rest) < 1 + size:
        return None
    return 1 + size, int.from_bytes(rest[1 : 1 + size], "big")


def bcd(number: int, size: int) -> bytes:
    """`bcd(3750, 6)`. ValueError when it does not fit."""
    text = f"{number:0{2 * size}d}"
    if number < 0 or len(text) > 2 * size:
        raise ValueError(f"{number} does not fit {size} bytes of BCD")
    return bytes.fromhex(text)


def number_of(packed: bytes | None) -> int | None:
    """None for a field that is missing or no decimal number."""
    text = packed.hex() if packed else ""
    return int(text) if text.isdecimal() else None


def masked(packed: bytes | None) -> str:
    """The last four digits of a card number, as in `****1234`; Eh stands for a digit that the terminal hides."""
    digits = (packed or b"").hex().partition("f")[0]
    last = digits[-4:]
    return f"****{last}" if len(digits) >= 8 and last.isdecimal() else ""


class Status(msgspec.Struct, frozen=True):
    """A status information (04 0F): the outcome of one transaction. None: the terminal does not say."""

    result: int | None
    amount: Money | None
    currency: int | None
    trace: int | None
    terminal: str
    receipt: str
    card: str
    scheme: str


def status_of(data: bytes) -> Status:
    found = fields(data)
    fen = number_of(found.get(AMOUNT))
    receipt = number_of(found.get(RECEIPT))
    name = found.get(CARD_NAME, b"").rstrip(b"\0 ").decode("ascii", "replace")
    return Status(
        result=found[RESULT][0] if RESULT in found else None,
        amount=None if fen is None else Money(fen),
        currency=number_of(found.get(CURRENCY)),
        trace=number_of(found.get(TRACE)),
        terminal=found.get(TERMINAL, b"").hex(),
        receipt="" if receipt is None else str(receipt),
        card=masked(found.get(CARD_NUMBER)),
        scheme="".join(sign for sign in name if sign.isprintable())[:40],
    )


BUSY: Final = 0x9C
WRONG_CURRENCY: Final = frozenset({0x6F, 0xC6})
CANCELLED: Final = frozenset({0x6C})  # by the abort key, or nobody came
CARD_UNUSABLE: Final = frozenset(
    {0x64, 0x65, 0x67, 0x68, 0x6E, 0x72, 0x73, 0x78, 0x79, 0x7A, 0xC4, 0xC5, 0xD2}
)

_SAID: Final = {
    0x64: "card not readable", 0x65: "card data missing", 0x66: "processing error", 0x6A: "turnover file full",
    0x6B: "not registered", 0x6C: "aborted by key or time-out", 0x6E: "card blocked", 0x6F: "wrong currency",
    0x71: "not enough credit", 0x72: "chip error", 0x73: "card data wrong", 0x78: "card expired",
    0x79: "card not yet valid", 0x7A: "card unknown", 0x7D: "communication error", 0x83: "not possible now",
    0x85: "key missing", 0x89: "PIN pad defective", 0x9A: "protocol error", 0x9C: "busy", 0xA1: "host silent",
    0xA3: "no connection to the host", 0xB1: "memory full", 0xBF: "voltage too low", 0xC2: "diagnosis required",
    0xC3: "amount above the limit", 0xC5: "kind of payment not supported", 0xC6: "currency not supported",
    0xCC: "printer not ready", 0xDC: "a card is still inside", 0xF0: "end of day is due", 0xFF: "system error",
}  # fmt: skip


def because(code: int) -> DeclinedBecause:
    if code in CANCELLED:
        return DeclinedBecause.CANCELLED
    return DeclinedBecause.CARD if code in CARD_UNUSABLE else DeclinedBecause.DECLINED


def said(code: int) -> str:
    return f"{code:02X}h: {_SAID.get(code, 'no words for it here')}"


_STEPS: Final = {
    0x00: Step.FOLLOW, 0x01: Step.FOLLOW, 0x02: Step.FOLLOW, 0x0A: Step.CARD, 0x0B: Step.REMOVE,
    0x15: Step.FOLLOW, 0x41: Step.REMOVE, 0x42: Step.REMOVE, 0x43: Step.REMOVE, 0x44: Step.REMOVE,
    0x45: Step.REMOVE, 0x4A: Step.REMOVE,
}  # fmt: skip


def step(code: int) -> Step:
    """What an intermediate status (04 FF) asks of the customer."""
    return _STEPS.get(code, Step.WAIT)
