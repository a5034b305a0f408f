"""EBDS frames, `02 LEN CTL data… 03 CHK` (MEI/CPI EBDS, Pyramid RS-232; acceptors.md §7).

LEN counts the whole frame; CHK is the exclusive or of LEN to the last byte of data. All bytes have seven bits.
"""

from __future__ import annotations

import functools
import operator
from typing import Final

STX: Final = 0x02
ETX: Final = 0x03
OVERHEAD: Final = 4  # STX, LEN, ETX, CHK
MAX_DATA: Final = 0x7F - OVERHEAD


def _check(data: bytes) -> int:
    return functools.reduce(operator.xor, data, 0)


def encode(data: bytes) -> bytes:
    """One frame around control byte and data, 1 to 123 bytes of seven bits. Raises ValueError outside of that."""
    if not 1 <= len(data) <= MAX_DATA or max(data) > 0x7F:
        raise ValueError(f"an EBDS frame carries 1 to {MAX_DATA} bytes of seven bits, not {data.hex(' ')!r}")
    body = bytes((len(data) + OVERHEAD,)) + data
    return bytes((STX,)) + body + bytes((ETX, _check(body)))


class Decoder:
    """Cuts frames out of a stream that may begin anywhere and carry garbage between frames.

    Keeps less than one frame (127 bytes). A place that looks like a frame but fails its check costs one byte:
    the search goes on right behind it, so a whole frame behind garbage is found."""

    def __init__(self) -> None:
        self._buffer = b""

    def clear(self) -> None:
        """Forget a frame that never became whole."""
        self._buffer = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Control byte and data of every frame that became whole with these bytes, in order."""
        buffer, at, frames = self._buffer + data, 0, []
        while (at := buffer.find(STX, at)) >= 0 and at + 1 < len(buffer):
            end = at + buffer[at + 1]
            if not OVERHEAD < end - at <= OVERHEAD + MAX_DATA:
                at += 1
            elif end > len(buffer):
                break
            elif buffer[end - 2] == ETX and buffer[end - 1] == _check(buffer[at + 1 : end - 2]):
                frames.append(buffer[at + 2 : end - 2])
                at = end
            else:
                at += 1
        self._buffer = buffer[at:] if at >= 0 else b""
        return frames

    def give_up(self) -> list[bytes]:
        """No more bytes will come: the frames that hide behind what only looked like a beginning."""
        frames: list[bytes] = []
        while self._buffer:
            self._buffer = self._buffer[1:]
            frames += self.feed(b"")
        return frames
