"""ID-003 frames as the simulated acceptor reads and writes them (acceptors.md §6).

`FC LEN code data… CRClo CRChi`; LEN counts the whole frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SYNC: Final = 0xFC
SHORTEST: Final = 5  # a code without data
LONGEST: Final = (
    16  # of what a host says; a length beyond that is noise, and waiting for it would lose commands
)

# A host that shares a loaded machine with us can be held up in the middle of a frame.
FRAME_GAP_S: Final = 0.25


@dataclass(frozen=True)
class Frame:
    """`said` is code and data; where the checksum does not fit, `good` is false and `said` not to be trusted."""

    said: bytes
    good: bool = True


def crc(data: bytes) -> int:
    """CRC-16/KERMIT: x^16+x^12+x^5+1 reflected (0x8408), initial value 0."""
    value = 0
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x8408 if value & 1 else 0)
    return value


def encoded(said: bytes) -> bytes:
    head = bytes([SYNC, len(said) + 4]) + said
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
        while buffer and (buffer[0] != SYNC or (len(buffer) > 1 and not SHORTEST <= buffer[1] <= LONGEST)):
            del buffer[0]
        if len(buffer) < 2 or len(buffer) < buffer[1]:
            return None
        whole = bytes(buffer[: buffer[1]])
        good = crc(whole[:-2]) == int.from_bytes(whole[-2:], "little")
        if good:
            del buffer[: len(whole)]
        else:  # where the next frame begins is unknown: the host waits for an answer before it speaks again
            buffer.clear()
        return Frame(said=whole[2:-2], good=good)


def currency_table(country: int, notes_fen: tuple[int, ...]) -> bytes:
    """Per note: code from 61h, country, significant digits, power of ten."""
    return b"".join(
        bytes([0x61 + number, country, *digits_and_power(fen)]) for number, fen in enumerate(notes_fen)
    )


def digits_and_power(fen: int) -> tuple[int, int]:
    """Raises ValueError where an amount is no whole number of yuan or has too many digits for one byte."""
    digits, power = fen, -2
    while digits % 10 == 0:
        digits, power = digits // 10, power + 1
    if power < 0 or digits > 255:
        raise ValueError(f"{fen} fen does not fit one byte of digits and a power of ten, in whole yuan")
    return digits, power
