"""Given a printer that was heard, when it stops the line (XOFF: a full buffer, an open cover), then a question that has
not left is no silence: it is waited for, and then the printer is offline for the reason that it gave by itself.

The line is made up, with a clock of the test: a pseudo-terminal does not tell what has not left."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from hardware.contracts import Paper, PrinterState, Trouble
from hardware.line import LineTrouble
from hardware.printers import interview
from hardware.printers.interview import Interview

COVER_OPEN = bytes.fromhex("38 00 00 00")  # automatic status
NEVER = 1e9


class HeldLine:
    """Answers each question that gets through. `hold`: nothing does, for so long; `says`: unasked, meanwhile."""

    port, kind, byte_s, is_open = "/dev/ttyS0", "9600 baud", 0.001, True

    def __init__(self) -> None:
        self.now_s = self._free_at = 0.0
        self.waiting = 0
        self._says = b""

    def hold(self, seconds: float, says: bytes = b"") -> None:
        self._free_at, self._says = self.now_s + seconds, says

    def monotonic(self) -> float:
        return self.now_s

    def open(self) -> None: ...
    def close(self) -> None: ...
    def drop_output(self) -> None: ...

    def write(self, data: bytes) -> None:
        self.waiting += 1

    def backlog_s(self) -> float:
        return 0.003 if self.now_s < self._free_at else 0.0

    def read(self, limit_s: float) -> bytes:
        if self._says:
            says, self._says = self._says, b""
            return says
        if self.now_s >= self._free_at and self.waiting:
            self.waiting -= 1
            return b"\x12"
        self.now_s += limit_s
        return b""


@pytest.fixture
def line(monkeypatch) -> HeldLine:
    line = HeldLine()
    monkeypatch.setattr(interview, "time", SimpleNamespace(monotonic=line.monotonic))
    return line


#   in a job    held for, s    said by itself    the state then
HELD = [
    (True, 0.0, b"", PrinterState(paper=Paper.OK)),
    (True, 2.5, b"", PrinterState(paper=Paper.OK)),  # a full buffer
    (False, 2.5, b"", PrinterState(offline=True)),  # nothing fills it between jobs
    (True, NEVER, b"", PrinterState(offline=True)),
    (True, NEVER, COVER_OPEN, PrinterState(paper=Paper.OK, cover_open=True, offline=True)),
    (False, NEVER, COVER_OPEN, PrinterState(paper=Paper.OK, cover_open=True, offline=True)),
    (True, NEVER, bytes.fromhex("18 00 0f 00"), PrinterState(paper=Paper.OUT, offline=True)),
    (
        True,
        NEVER,
        bytes.fromhex("10 00 00 00"),
        PrinterState(paper=Paper.OK, offline=True),
    ),  # it says it is well
]


@pytest.mark.parametrize(("in_job", "held_s", "says", "state"), HELD)
def test_a_printer_that_stops_the_line_is_waited_for_and_then_offline(line, in_job, held_s, says, state):
    asked = Interview(line)
    asked.begin()
    assert asked.state(in_job).ready
    line.hold(held_s, says)
    began = line.now_s
    assert asked.state(in_job) == state
    assert line.now_s - began < (10 if in_job else 1.5)
    # still held: no question is put behind the first
    waiting = line.waiting
    assert asked.state(in_job) == state
    assert line.waiting == waiting
    # and when it lets go, its late answer is none to the next question
    line.hold(0.0)
    assert asked.state(in_job).ready
    assert line.waiting == 0


def test_a_line_that_was_held_from_the_first_is_no_printer(line):
    line.hold(NEVER)
    asked = Interview(line)
    asked.begin()
    with pytest.raises(LineTrouble) as caught:
        asked.state(in_job=False)
    assert caught.value.trouble is Trouble.SILENT
