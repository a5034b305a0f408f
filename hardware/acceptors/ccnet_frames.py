"""CCNET frames, `02 ADR LNG data… CRClo CRChi` (CCNET Common Specifications 2.6.0, acceptors.md §3.1).

LNG counts the whole frame. The CRC is CRC-16/KERMIT (0x8408 reflected, start 0) over SYNC to the last data
byte. Frames of more than 250 data bytes (LNG 0) exist for firmware download only and are not read here.
"""

from __future__ import annotations

from typing import Final

SYNC: Final = 0x02
VALIDATOR: Final = 0x03  # device address of a bill validator
OVERHEAD: Final = 5  # SYNC, ADR, LNG and two bytes of CRC
MAX_DATA: Final = 250

ACK: Final = b"\x00"
NAK: Final = b"\xff"
ILLEGAL_COMMAND: Final = b"\x30"  # only as an answer; as a command the same bytes are RESET


def _crc_row(index: int) -> int:
    for _ in range(8):
        index = index >> 1 ^ (0x8408 if index & 1 else 0)
    return index


_CRC_ROWS: Final = tuple(_crc_row(index) for index in range(256))


def crc16(data: bytes) -> int:
    """CRC-16/KERMIT; the check value of b"123456789" is 0x2189."""
    crc = 0
    for byte in data:
        crc = crc >> 8 ^ _CRC_ROWS[(crc ^ byte) & 0xFF]
    return crc


def encode(data: bytes, address: int = VALIDATOR) -> bytes:
    """One frame around 1 to 250 bytes of data. Raises ValueError outside of that."""
    if not 1 <= len(data) <= MAX_DATA:
        raise ValueError(f"a CCNET frame carries 1 to {MAX_DATA} bytes, not {len(data)}")
    body = bytes((SYNC, address, len(data) + OVERHEAD)) + data
    return body + crc16(body).to_bytes(2, "little")


class Decoder:
    """Cuts frames out of a stream that may begin anywhere and carry garbage between frames.

    Keeps less than one frame (255 bytes). A place that looks like a frame but fails its CRC costs one byte:
    the search goes on right behind it, so a whole frame behind garbage is found. Frames of another address
    are garbage too."""

    def __init__(self, address: int = VALIDATOR) -> None:
        self._head = bytes((SYNC, address))
        self._buffer = b""

    def clear(self) -> None:
        """Forget a frame that never became whole."""
        self._buffer = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The data of every frame that became whole with these bytes, in order."""
        buffer, at, frames = self._buffer + data, 0, []
        while (at := self._next_head(buffer, at)) + 2 < len(buffer):
            end = at + buffer[at + 2]
            if end - at <= OVERHEAD:
                at += 1
            elif end > len(buffer):
                break
            elif crc16(buffer[at : end - 2]) == int.from_bytes(buffer[end - 2 : end], "little"):
                frames.append(buffer[at + 3 : end - 2])
                at = end
            else:
                at += 1
        self._buffer = buffer[at:]
        return frames

    def give_up(self) -> list[bytes]:
        """No more bytes will come: the frames that hide behind what only looked like a beginning."""
        frames: list[bytes] = []
        while self._buffer:
            self._buffer = self._buffer[1:]
            frames += self.feed(b"")
        return frames

    def _next_head(self, buffer: bytes, start: int) -> int:
        """Where a frame may begin: a head, or the first half of one at the very end, or the end."""
        at = buffer.find(self._head, start)
        if at >= 0:
            return at
        return len(buffer) - 1 if buffer[start:].endswith(self._head[:1]) else len(buffer)
