"""Where the edges of a pulse acceptor come from: a GPIO line of the Pi, or a simulated one at the end of a cable.

Both give what the kernel gives: time of the edge on the monotonic clock, level, number of the edge. The simulated
line carries the kernel's own records (`struct gpio_v2_line_event`, linux/gpio.h) over a pseudo-terminal.
"""

from __future__ import annotations

import os
import select
import struct
import weakref
from typing import Final, Protocol, cast

import gpiod
from gpiod.line import Bias, Clock, Direction, Value
from gpiod.line import Edge as Edges

from hardware.acceptors.acceptor_life import Access
from hardware.acceptors.pulse_train import Edge, Level
from hardware.contracts import Trouble
from hardware.line import Line, LineTrouble, Settings, trouble_of

CONSUMER: Final = "kiosk acceptor"  # as `gpioinfo` shows who holds a line
BUFFERED_EDGES: Final = 1024  # a whole note of 100 pulses with trembling contacts, while nobody reads
LEVEL_S: Final = 2.0  # for a simulated line to say its level

RECORD: Final = struct.Struct("=QIIII6I")  # timestamp_ns, id, offset, seqno, line_seqno, padding
RISING, FALLING = 1, 2
ASK_LEVEL: Final = b"?"  # answered with a record that is no edge: id 0, the level as offset
INHIBITED, OPEN = b"1", b"0"


class EdgeSource(Access, Protocol):
    """`open`, then `level` once, then `read` again and again."""

    def level(self) -> Level:
        """Now. Raises LineTrouble."""

    def read(self, limit_s: float) -> list[Edge]:
        """The edges since the last call, waiting up to `limit_s` for the first. Raises LineTrouble."""

    def inhibit(self, on: bool) -> None:
        """Let the acceptor draw in no note. Raises LineTrouble."""


class GpioEdges:
    """Two lines of a chip such as /dev/gpiochip0: pulses come in, inhibit goes out.

    `inhibit_level` is the level at which the acceptor refuses notes. A resistor has to give it while nobody drives
    the line: a Pi's lines float until this is opened, and again when it is closed."""

    def __init__(self, chip: str, pulse_line: int, inhibit_line: int, inhibit_level: Level) -> None:
        self.chip = chip
        self._pulse_line, self._inhibit_line = pulse_line, inhibit_line
        self._inhibit_level = inhibit_level
        self._pulses: gpiod.LineRequest | None = None
        self._inhibit: gpiod.LineRequest | None = None
        self._wake_r, self._wake_w = os.pipe()
        for fd in (self._wake_r, self._wake_w):
            os.set_blocking(fd, False)
            weakref.finalize(self, os.close, fd)

    @property
    def is_open(self) -> bool:
        return self._pulses is not None

    def open(self) -> None:
        pulses = gpiod.LineSettings(
            direction=Direction.INPUT,
            edge_detection=Edges.BOTH,
            bias=Bias.PULL_UP,
            event_clock=Clock.MONOTONIC,
        )
        refusing = gpiod.LineSettings(direction=Direction.OUTPUT, output_value=self._value(True))
        try:
            self._inhibit = gpiod.request_lines(
                self.chip, consumer=CONSUMER, config={self._inhibit_line: refusing}
            )
            self._pulses = gpiod.request_lines(
                self.chip,
                consumer=CONSUMER,
                config={self._pulse_line: pulses},
                event_buffer_size=BUFFERED_EDGES,
            )
        except (OSError, ValueError) as error:
            self.close()
            raise trouble_of(self.chip, error) from error

    def close(self) -> None:
        for request in (self._pulses, self._inhibit):
            if request is not None:
                request.release()
        self._pulses = self._inhibit = None

    def level(self) -> Level:
        try:
            high = self._opened().get_value(self._pulse_line) is Value.ACTIVE
        except OSError as error:
            raise trouble_of(self.chip, error) from error
        return 1 if high else 0

    def read(self, limit_s: float) -> list[Edge]:
        request = self._opened()
        try:
            if request.fd not in self._wait([request.fd], limit_s):
                return []
            events = request.read_edge_events()
        except OSError as error:
            raise trouble_of(self.chip, error) from error
        rising = gpiod.EdgeEvent.Type.RISING_EDGE
        return [Edge(e.timestamp_ns, 1 if e.event_type is rising else 0, e.line_seqno) for e in events]

    def inhibit(self, on: bool) -> None:
        if self._inhibit is None:
            raise LineTrouble(Trouble.NO_PORT, f"{self.chip}: not open")
        try:
            self._inhibit.set_value(self._inhibit_line, self._value(on))
        except OSError as error:
            raise trouble_of(self.chip, error) from error

    def pause(self, limit_s: float) -> None:
        self._wait([], limit_s)

    def wake(self) -> None:
        try:
            os.write(self._wake_w, b"w")
        except BlockingIOError:
            pass  # thousands of wakes are waiting already

    def _value(self, inhibited: bool) -> Value:
        high = inhibited is (self._inhibit_level == 1)
        return Value.ACTIVE if high else Value.INACTIVE

    def _opened(self) -> gpiod.LineRequest:
        if self._pulses is None:
            raise LineTrouble(Trouble.NO_PORT, f"{self.chip}: not open")
        return self._pulses

    def _wait(self, fds: list[int], limit_s: float) -> list[int]:
        ready, _, _ = select.select([*fds, self._wake_r], [], [], max(0.0, limit_s))
        if self._wake_r in ready:
            os.read(self._wake_r, 4096)
        return ready


class CableEdges:
    """The two lines of a simulated acceptor at the end of a cable."""

    def __init__(self, port: str) -> None:
        self._line = Line(port, Settings())
        self._rest = b""

    @property
    def is_open(self) -> bool:
        return self._line.is_open

    def open(self) -> None:
        self._line.open()
        self._rest = b""

    def close(self) -> None:
        self._line.close()

    def level(self) -> Level:
        self._line.write(ASK_LEVEL)
        for _ in range(100):
            for record in self._records(LEVEL_S / 100):
                if record[1] not in (RISING, FALLING):
                    return cast(Level, record[2] & 1)
        raise LineTrouble(
            Trouble.SILENT, f"{self._line.port}: does not say its level; is it a pulse acceptor?"
        )

    def read(self, limit_s: float) -> list[Edge]:
        records = self._records(limit_s)
        return [Edge(r[0], 1 if r[1] == RISING else 0, r[4]) for r in records if r[1] in (RISING, FALLING)]

    def inhibit(self, on: bool) -> None:
        self._line.write(INHIBITED if on else OPEN)

    def pause(self, limit_s: float) -> None:
        self._line.pause(limit_s)

    def wake(self) -> None:
        self._line.wake()

    def _records(self, limit_s: float) -> list[tuple[int, ...]]:
        self._rest += self._line.read(limit_s)
        whole = len(self._rest) // RECORD.size * RECORD.size
        records, self._rest = self._rest[:whole], self._rest[whole:]
        return list(RECORD.iter_unpack(records))
