"""EBDS frames as the simulated acceptor reads and writes them (acceptors.md §7).

`02 LEN CTL data… 03 XOR`; LEN counts the whole frame, the check byte is the XOR of LEN to the last data.
"""

from __future__ import annotations

import functools
import operator
from dataclasses import dataclass
from typing import Final

STX: Final = 0x02
ETX: Final = 0x03
SHORTEST: Final = 5  # control byte without data
LONGEST: Final = (
    32  # of what a host says; a length beyond that is noise, and waiting for it would lose messages
)

HOST: Final = 1
ACCEPTOR: Final = 2
AUXILIARY: Final = 6
EXTENDED: Final = 7

# A host that shares a loaded machine with us can be held up in the middle of a frame.
FRAME_GAP_S: Final = 0.25


@dataclass(frozen=True)
class Frame:
    """Where the check does not fit, `good` is false and the rest not to be trusted."""

    control: int
    data: bytes
    good: bool = True

    @property
    def toggle(self) -> int:
        return self.control & 1

    @property
    def kind(self) -> int:
        return self.control >> 4 & 0x07


def check(data: bytes) -> int:
    return functools.reduce(operator.xor, data, 0)


def encoded(toggle: int, data: bytes, kind: int = ACCEPTOR) -> bytes:
    inner = bytes([len(data) + 5, kind << 4 | toggle]) + data
    return bytes([STX]) + inner + bytes([ETX, check(inner)])


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
        while buffer and (buffer[0] != STX or (len(buffer) > 1 and not SHORTEST <= buffer[1] <= LONGEST)):
            del buffer[0]
        if len(buffer) < 2 or len(buffer) < buffer[1]:
            return None
        whole = bytes(buffer[: buffer[1]])
        good = whole[-2] == ETX and check(whole[1:-2]) == whole[-1]
        if good:
            del buffer[: len(whole)]
        else:  # where the next frame begins is unknown: the host waits for an answer before it speaks again
            buffer.clear()
        return Frame(control=whole[2], data=whole[3:-2], good=good)
