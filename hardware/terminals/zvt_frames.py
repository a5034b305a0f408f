"""Bytes ↔ APDUs of ZVT on a serial line (ZVT protocol, publicly documented by the German terminal makers).

    DLE STX  APDU  DLE ETX  CRC low  CRC high          10h in the APDU stands twice
    ACK 06h, NAK 15h                                   alone, one for each frame

An APDU is class, instruction, length (FFh: two bytes follow, low first), data. The CRC is x16+x12+x5+1, reflected,
start 0, over the APDU and ETX.

Own code: the package index that this project installs from offers no ZVT library.
"""

from __future__ import annotations

import enum
from typing import Final

DLE, STX, ETX = 0x10, 0x02, 0x03
LONGEST_APDU: Final = 4096  # bytes; the longest that a terminal sends us are text blocks of about 1,000


class Sign(enum.Enum):
    ACK = 0x06
    NAK = 0x15
    BAD = -1  # something like a frame that was damaged


Heard = Sign | bytes

ACK: Final = bytes((Sign.ACK.value,))
NAK: Final = bytes((Sign.NAK.value,))
_SIGNS: Final = {sign.value: sign for sign in (Sign.ACK, Sign.NAK)}


def crc16(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x8408 if crc & 1 else 0)
    return crc


def apdu(command: int, data: bytes = b"") -> bytes:
    """`apdu(0x0601, data)`. ValueError above 65,535 bytes of data."""
    if len(data) < 0xFF:
        length = bytes((len(data),))
    elif len(data) <= 0xFFFF:
        length = b"\xff" + len(data).to_bytes(2, "little")
    else:
        raise ValueError(f"{len(data)} bytes do not fit an APDU")
    return command.to_bytes(2, "big") + length + data


def parts(whole: bytes) -> tuple[int, bytes] | None:
    """Command and data of an APDU; None when its length does not agree."""
    if len(whole) < 3:
        return None
    start, length = 3, whole[2]
    if length == 0xFF:
        start, length = 5, int.from_bytes(whole[3:5], "little")
    if len(whole) != start + length:
        return None
    return int.from_bytes(whole[:2], "big"), whole[start:]


def encode(whole: bytes) -> bytes:
    crc = crc16(whole + bytes((ETX,)))
    stuffed = whole.replace(bytes((DLE,)), bytes((DLE, DLE)))
    return bytes((DLE, STX)) + stuffed + bytes((DLE, ETX)) + crc.to_bytes(2, "little")


class Decoder:
    """`feed` bytes as they come. Bytes outside of frames that are no ACK or NAK are dropped."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self._frame: bytearray | None = None  # None: outside
        self._after_dle = False
        self._crc: bytearray | None = None  # not None: the two bytes behind ETX

    @property
    def inside(self) -> bool:
        """A frame has begun and not ended."""
        return self._frame is not None or self._after_dle

    def feed(self, data: bytes) -> list[Heard]:
        return [heard for byte in data if (heard := self._byte(byte)) is not None]

    def _byte(self, byte: int) -> Heard | None:
        if self._crc is not None:
            return self._crc_byte(byte)
        if self._after_dle:
            self._after_dle = False
            return self._escaped(byte)
        if byte == DLE:
            self._after_dle = True
        elif self._frame is not None:
            self._frame.append(byte)
            if len(self._frame) > LONGEST_APDU:
                return self._bad()
        elif byte in _SIGNS:
            return _SIGNS[byte]
        return None

    def _escaped(self, byte: int) -> Heard | None:
        if byte == STX:  # also inside a frame: the end of the one before was lost
            self._frame = bytearray()
        elif self._frame is None:
            return None
        elif byte == DLE:
            self._frame.append(DLE)
        elif byte == ETX:
            self._crc = bytearray()
        else:
            return self._bad()
        return None

    def _crc_byte(self, byte: int) -> Heard | None:
        assert self._crc is not None and self._frame is not None
        self._crc.append(byte)
        if len(self._crc) < 2:
            return None
        whole, crc = bytes(self._frame), int.from_bytes(self._crc, "little")
        self.clear()
        good = crc == crc16(whole + bytes((ETX,))) and parts(whole) is not None
        return whole if good else Sign.BAD

    def _bad(self) -> Sign:
        self.clear()
        return Sign.BAD
