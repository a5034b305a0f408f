"""SSP frames as the simulated validator reads and writes them (acceptors.md §5.1).

`7F SEQ|ID LEN data… CRClo CRChi`; LEN counts the data alone, the checksum covers SEQ|ID..data, and every
7F after the first is doubled on the wire.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

STX: Final = 0x7F
FLAG: Final = 0x80  # sequence flag in the second byte
ADDRESS: Final = 0x00  # note validator
ENVELOPE: Final = 4  # SEQ|ID, LEN and two bytes of checksum around the data

# A host that shares a loaded machine with us can be held up in the middle of a frame; a real host that
# gives up on a frame waits 1 s before it speaks again.
FRAME_GAP_S: Final = 0.5


@dataclass(frozen=True)
class Frame:
    address: int
    flag: bool
    data: bytes


def crc(data: bytes) -> int:
    """CRC-16/CMS: polynomial 0x8005, initial value 0xFFFF, not reflected."""
    value = 0xFFFF
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ (0x8005 if value & 0x8000 else 0)) & 0xFFFF
    return value


def encoded(frame: Frame) -> bytes:
    body = bytes([frame.address | (FLAG if frame.flag else 0), len(frame.data)]) + frame.data
    return _stuffed(body + crc(body).to_bytes(2, "little"))


def spoiled(raw: bytes) -> bytes:
    """The same frame with a checksum that does not fit."""
    body = raw[1:].replace(bytes([STX, STX]), bytes([STX]))
    return _stuffed(body[:-1] + bytes([body[-1] ^ 0xFF]))


def _stuffed(body: bytes) -> bytes:
    return bytes([STX]) + body.replace(bytes([STX]), bytes([STX, STX]))


class FrameReader:
    """Cuts a stream of bytes into whole frames; what does not check is dropped without a word."""

    def __init__(self) -> None:
        self._body: bytearray | None = None  # None: waiting for STX
        self._after_stx = False
        self._last_s = 0.0

    def clear(self) -> None:
        self._body, self._after_stx = None, False

    def feed(self, data: bytes, now_s: float) -> list[Frame]:
        if now_s - self._last_s > FRAME_GAP_S:
            self.clear()
        self._last_s = now_s
        frames = [self._take(byte) for byte in data]
        return [frame for frame in frames if frame is not None]

    def _take(self, byte: int) -> Frame | None:
        if self._body is None:
            self._body = bytearray() if byte == STX else None
            return None
        if self._after_stx:
            self._after_stx = False
            if byte != STX:  # a lone 7F inside a frame begins another one
                self._body.clear()
        elif byte == STX:
            # Right behind STX no doubled byte can stand, since no device has the address 7F.
            self._after_stx = bool(self._body)
            return None
        self._body.append(byte)
        if len(self._body) < 2 or len(self._body) < self._body[1] + ENVELOPE:
            return None
        return self._finished()

    def _finished(self) -> Frame | None:
        body = bytes(self._body or b"")
        self.clear()
        if crc(body[:-2]) != int.from_bytes(body[-2:], "little"):
            return None
        return Frame(body[0] & ~FLAG, bool(body[0] & FLAG), body[2:-2])
