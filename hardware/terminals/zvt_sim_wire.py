"""The terminal's end of a ZVT line: frames, acknowledgements, and how both can go wrong. Shares no code with the
driver; it is written from the published protocol by its own reading."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

POSITIVE, NEGATIVE, ESCAPE = b"\x06", b"\x15", 0x10
BEGIN, END = b"\x10\x02", b"\x10\x03"
ACKNOWLEDGED: Final = b"\x80\x00\x00"
WAIT_S: Final = 5.0  # for the other side, as the protocol has it
REPEATS: Final = 3
POLYNOMIAL: Final = 0x1021
SPLIT_GAP_S: Final = 0.002


class PowerGone(Exception):
    """The mains were cut while this was going on."""


class NobodyListens(Exception):
    """A frame was said three times and not acknowledged."""


def _mirrored(value: int, bits: int) -> int:
    return int(f"{value:0{bits}b}"[::-1], 2)


def checksum(data: bytes) -> bytes:
    """CRC-16 with mirrored input and output, as long division from the left; low byte first."""
    rest = 0
    for byte in data:
        rest ^= _mirrored(byte, 8) << 8
        for _ in range(8):
            rest = (rest << 1 ^ POLYNOMIAL if rest & 0x8000 else rest << 1) & 0xFFFF
    return _mirrored(rest, 16).to_bytes(2, "little")


def framed(message: bytes) -> bytes:
    doubled = b"".join(b"\x10\x10" if byte == ESCAPE else bytes([byte]) for byte in message)
    return BEGIN + doubled + END + checksum(message + b"\x03")


def message(control: str, data: bytes = b"") -> bytes:
    """`message("04 0F", data)`"""
    size = bytes([len(data)]) if len(data) < 255 else b"\xff" + len(data).to_bytes(2, "little")
    return bytes.fromhex(control) + size + data


class Faults:
    """How often, from now on."""

    def __init__(self) -> None:
        self.ignore = 0  # frames of the other side that are not heard at all
        self.refuse = 0  # frames of the other side that are answered with NAK
        self.corrupt = 0  # own frames with a wrong byte
        self.drop = 0  # own frames that do not arrive
        self.repeat = 0  # own frames that are said twice, as if an acknowledgement had been lost
        self.split = False  # every byte by itself


class Wire:
    """Bytes come in by `hear` from the line's thread; everything else belongs to the terminal's own thread."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send_bytes = send
        self.changed = threading.Condition()
        self.faults = Faults()
        self.inbox: deque[bytes] = deque()
        self.wait_s = WAIT_S
        self.powered = True
        self._positive = self._negative = 0
        self._buffer = bytearray()

    # --- the line's thread

    def hear(self, data: bytes) -> None:
        with self.changed:
            if self.powered:
                self._buffer += data
                while self._take_one():
                    pass
            self.changed.notify_all()

    def _take_one(self) -> bool:
        buffer = self._buffer
        if not buffer:
            return False
        if buffer[:1] in (POSITIVE, NEGATIVE):
            self._positive += buffer[0] == POSITIVE[0]
            self._negative += buffer[0] == NEGATIVE[0]
            del buffer[0]
            return True
        if len(buffer) == 1 and buffer[0] == ESCAPE:
            return False
        if buffer[:2] != BEGIN:
            del buffer[0]
            return True
        return self._take_frame()

    def _take_frame(self) -> bool:
        body, at = bytearray(), 2
        while at + 1 < len(self._buffer):
            byte = self._buffer[at]
            if byte != ESCAPE:
                body.append(byte)
                at += 1
            elif self._buffer[at + 1] == ESCAPE:
                body.append(ESCAPE)
                at += 2
            else:
                break
        if at + 4 > len(self._buffer):
            return False
        good = self._buffer[at : at + 2] == END
        crc = bytes(self._buffer[at + 2 : at + 4])
        del self._buffer[: at + 4 if good else 2]
        self._judge(bytes(body), good and crc == checksum(bytes(body) + b"\x03"))
        return True

    def _judge(self, body: bytes, good: bool) -> None:
        faults = self.faults
        if faults.ignore:
            faults.ignore -= 1
            return
        if not good or faults.refuse:
            faults.refuse = max(0, faults.refuse - 1)
            self._put(NEGATIVE)
            return
        self._put(POSITIVE)
        self.inbox.append(body)

    # --- the terminal's thread

    def say(self, text: bytes, answered: bool = True) -> None:
        """Until it is acknowledged; with `answered` also until the other side's 80 00 00 or an error came.

        Raises PowerGone, NobodyListens."""
        for _ in range(REPEATS):
            with self.changed:
                self._positive = self._negative = 0
                self._frame(text)
                self._until(lambda: self._positive + self._negative > 0, self.wait_s)
                if self._positive:
                    break
        else:
            raise NobodyListens(text.hex(" "))
        if answered:
            self._answer(text)

    def _answer(self, text: bytes) -> None:
        with self.changed:
            if not self._until(lambda: any(m[:1] in (b"\x80", b"\x84") for m in self.inbox), self.wait_s):
                raise NobodyListens(text.hex(" "))
            self.inbox.remove(next(m for m in self.inbox if m[:1] in (b"\x80", b"\x84")))

    def next(self, limit_s: float | None) -> bytes | None:
        """The other side's next message. Raises PowerGone."""
        with self.changed:
            self._until(lambda: bool(self.inbox), limit_s)
            return self.inbox.popleft() if self.inbox else None

    def until(self, happened: Callable[[], bool], limit_s: float | None) -> bool:
        with self.changed:
            return self._until(happened, limit_s)

    def _until(self, happened: Callable[[], bool], limit_s: float | None) -> bool:
        came = self.changed.wait_for(lambda: happened() or not self.powered, limit_s)
        if not self.powered:
            raise PowerGone
        return came

    def _frame(self, text: bytes) -> None:
        faults, frame = self.faults, framed(text)
        if faults.drop:
            faults.drop -= 1
            return
        if faults.corrupt:
            faults.corrupt -= 1
            frame = frame[:3] + bytes([frame[3] ^ 0x55]) + frame[4:]
        self._put(frame)
        if faults.repeat:
            faults.repeat -= 1
            self._put(frame)

    def _put(self, data: bytes) -> None:
        if not self.faults.split:
            self._send_bytes(data)
            return
        for byte in data:
            self._send_bytes(bytes([byte]))
            time.sleep(SPLIT_GAP_S)

    def power(self, on: bool) -> None:
        with self.changed:
            self.powered = on
            self.inbox.clear()
            self._buffer.clear()
            self.changed.notify_all()
