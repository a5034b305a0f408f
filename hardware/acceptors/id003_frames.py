"""ID-003 frames, `FC LEN code data… CRClo CRChi` (JCM ID-003, acceptors.md §6).

LEN counts the whole frame. The CRC is CRC-16/KERMIT over FC to the last data byte.
"""

from __future__ import annotations

from typing import Final

from hardware.acceptors.ccnet_frames import crc16

SYNC: Final = 0xFC
OVERHEAD: Final = 4  # SYNC, LEN and two bytes of CRC
MAX_DATA: Final = 251


def encode(data: bytes) -> bytes:
    """One frame around a code and its data, 1 to 251 bytes. Raises ValueError outside of that."""
    if not 1 <= len(data) <= MAX_DATA:
        raise ValueError(f"an ID-003 frame carries 1 to {MAX_DATA} bytes, not {len(data)}")
    body = bytes((SYNC, len(data) + OVERHEAD)) + data
    return body + crc16(body).to_bytes(2, "little")


class Decoder:
    """Cuts frames out of a stream that may begin anywhere and carry garbage between frames.

    Keeps less than one frame (255 bytes). A place that looks like a frame but fails its CRC costs one byte:
    the search goes on right behind it, so a whole frame behind garbage is found."""

    def __init__(self) -> None:
        self._buffer = b""

    def clear(self) -> None:
        """Forget a frame that never became whole."""
        self._buffer = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Code and data of every frame that became whole with these bytes, in order."""
        buffer, at, frames = self._buffer + data, 0, []
        while (at := buffer.find(SYNC, at)) >= 0 and at + 1 < len(buffer):
            end = at + buffer[at + 1]
            if end - at <= OVERHEAD:
                at += 1
            elif end > len(buffer):
                break
            elif crc16(buffer[at : end - 2]) == int.from_bytes(buffer[end - 2 : end], "little"):
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
