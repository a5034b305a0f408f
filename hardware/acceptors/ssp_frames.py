"""SSP frames, `7F SEQ|ID LEN data… CRClo CRChi`, and the flag that makes a repeated command harmless.

LEN counts the data. The CRC is CRC-16/CMS (0x8005, start FFFFh, not reflected) over SEQ to the last data byte,
taken before stuffing. Each 7Fh behind the first is doubled on the wire, CRC included, so a lone 7Fh is always
the beginning of a frame. ITL GA138 2.2 and GA973 2.2; acceptors.md §5.1.
"""

from __future__ import annotations

from typing import Final

import msgspec

STX: Final = 0x7F
VALIDATOR: Final = 0x00  # slave id of a note validator
FLAG: Final = 0x80  # bit 7 of SEQ|ID: the sequence flag
MAX_DATA: Final = 255
_AROUND: Final = 4  # SEQ|ID, LEN and two bytes of CRC


def _crc_row(index: int) -> int:
    row = index << 8
    for _ in range(8):
        row = row << 1 ^ (0x8005 if row & 0x8000 else 0)
    return row & 0xFFFF


_CRC_ROWS: Final = tuple(_crc_row(index) for index in range(256))


def crc16(data: bytes) -> int:
    """CRC-16/CMS; the check value of b"123456789" is 0xAEE7."""
    crc = 0xFFFF
    for byte in data:
        crc = (crc << 8 & 0xFFFF) ^ _CRC_ROWS[crc >> 8 ^ byte]
    return crc


class Frame(msgspec.Struct, frozen=True):
    flag: bool
    data: bytes


def encode(frame: Frame) -> bytes:
    """The bytes on the wire. Raises ValueError unless there are 1 to 255 bytes of data."""
    if not 1 <= len(frame.data) <= MAX_DATA:
        raise ValueError(f"an SSP frame carries 1 to {MAX_DATA} bytes, not {len(frame.data)}")
    body = bytes(((FLAG if frame.flag else 0) | VALIDATOR, len(frame.data))) + frame.data
    body += crc16(body).to_bytes(2, "little")
    return bytes((STX,)) + body.replace(b"\x7f", b"\x7f\x7f")


class Decoder:
    """Cuts frames of our slave out of a stream that may begin anywhere. Keeps less than one frame."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget a frame that never became whole."""
        self._body: bytearray | None = None  # unstuffed, from SEQ on; None: no frame has begun
        self._stx_before = False

    def feed(self, data: bytes) -> list[Frame]:
        """Every frame that became whole with these bytes, in order."""
        frames = []
        for byte in data:
            if byte == STX and not self._stx_before:
                self._stx_before = True
                continue
            if self._stx_before and byte != STX:
                self._body = bytearray()
            self._stx_before = False
            if self._body is None:
                continue
            self._body.append(byte)
            if len(self._body) > 1 and len(self._body) == self._body[1] + _AROUND:
                frames += _checked(bytes(self._body))
                self._body = None
        return frames


def _checked(body: bytes) -> list[Frame]:
    """The frame, unless it is damaged, empty or of another slave."""
    sound = crc16(body[:-2]) == int.from_bytes(body[-2:], "little")
    if not sound or body[0] & ~FLAG != VALIDATOR or not body[1]:
        return []
    return [Frame(bool(body[0] & FLAG), body[2:-2])]


class Exchange:
    """One command out, one answer back. Each new command toggles the flag; the same flag again makes the unit
    repeat its last answer without executing anything, so `again` is always safe."""

    def __init__(self) -> None:
        self._out = Frame(True, b"\x00")

    def first(self, data: bytes) -> bytes:
        """SYNC: the flag is set, and the unit will expect the other one next."""
        self._out = Frame(True, data)
        return encode(self._out)

    def next(self, data: bytes) -> bytes:
        self._out = Frame(not self._out.flag, data)
        return encode(self._out)

    def again(self) -> bytes:
        return encode(self._out)

    def answered_by(self, frame: Frame) -> bool:
        """An answer carries the flag of its command; another flag is the late answer to an earlier one."""
        return frame.flag == self._out.flag

    def echoed_by(self, frame: Frame) -> bool:
        return frame == self._out
