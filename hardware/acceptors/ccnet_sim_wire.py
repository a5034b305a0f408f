"""CCNET frames as the simulated bill validator reads and writes them (acceptors.md §3.1).

`02 ADR LNG data… CRClo CRChi`; LNG counts the whole frame. Long frames (LNG = 0) are for firmware
download only and are not understood here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SYNC: Final = 0x02
ADDRESS: Final = 0x03  # bill validator

ACK: Final = b"\x00"
NAK: Final = b"\xff"
ILLEGAL_COMMAND: Final = b"\x30"

SHORTEST: Final = 6  # a frame with one byte of data
MOST_TYPES: Final = 24

# The specification says 5 ms between bytes. A host that shares a loaded machine with us can be held up
# for longer in the middle of a frame, and nothing is gained by punishing it.
FRAME_GAP_S: Final = 0.25


@dataclass(frozen=True)
class Frame:
    """`good` is false where the checksum does not fit; the other fields are then not to be trusted."""

    address: int
    data: bytes
    good: bool = True


def crc(data: bytes) -> int:
    """CRC-16/KERMIT: x^16+x^12+x^5+1 reflected (0x8408), initial value 0."""
    value = 0
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x8408 if value & 1 else 0)
    return value


def encoded(data: bytes, address: int = ADDRESS) -> bytes:
    head = bytes([SYNC, address, len(data) + 5]) + data
    return head + crc(head).to_bytes(2, "little")


class FrameReader:
    """Cuts a stream of bytes into frames and finds its feet again after noise."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._last_s = 0.0

    def clear(self) -> None:
        self._buffer.clear()

    def feed(self, data: bytes, now_s: float) -> list[Frame]:
        if now_s - self._last_s > FRAME_GAP_S:
            self._buffer.clear()
        self._last_s = now_s
        self._buffer += data
        frames = []
        while (frame := self._next()) is not None:
            frames.append(frame)
        return frames

    def _next(self) -> Frame | None:
        buffer = self._buffer
        while buffer and (buffer[0] != SYNC or (len(buffer) > 2 and buffer[2] < SHORTEST)):
            del buffer[0]
        if len(buffer) < 3 or len(buffer) < buffer[2]:
            return None
        whole = bytes(buffer[: buffer[2]])
        good = crc(whole[:-2]) == int.from_bytes(whole[-2:], "little")
        if good:
            del buffer[: len(whole)]
        else:  # where the next frame begins is unknown: the host waits for an answer before it speaks again
            buffer.clear()
        return Frame(address=whole[1], data=whole[3:-2], good=good)


def bill_table(currency: str, notes_fen: tuple[int, ...]) -> bytes:
    """24 entries of significant digits, three letters, power of ten (bit 7: decimals); zero where unused."""
    entries = b"".join(_bill_table_entry(currency, fen) for fen in notes_fen)
    return entries.ljust(MOST_TYPES * 5, b"\0")


def _bill_table_entry(currency: str, fen: int) -> bytes:
    digits, power = fen, -2
    while digits % 10 == 0:
        digits, power = digits // 10, power + 1
    return bytes([digits]) + currency.encode("ascii") + bytes([power if power >= 0 else 0x80 | -power])
