"""Questions to the printer and what it says unasked: bytes on the wire ↔ `PrinterState` and proofs."""

from __future__ import annotations

import time
from typing import Final

from msgspec.structs import replace

from hardware.contracts import PrinterState, Trouble
from hardware.line import LineTrouble
from hardware.printers.escpos import ask_status
from hardware.printers.status import (
    Automatic,
    Garbage,
    OtherBlock,
    ProcessId,
    Queued,
    RealTime,
    Replies,
    Reply,
    state_of,
    state_of_frame,
)
from hardware.printers.wire import Wire
from hardware.recognise import looks_like

REPLY_LIMIT_S: Final = 1.0  # in a job: a real-time answer takes milliseconds; a busy printer may add to that
HELD_LIMIT_S: Final = (
    3.0  # in a job: a full buffer has room again after some lines; beyond that it is offline
)
AT_REST_S: Final = 0.3  # the same between jobs, when nothing fills it: gone is to be known within two seconds
TRIES: Final = 3  # one disturbed byte must not take the printer away
QUIET_S: Final = 0.1  # silence after which no late answer can be taken for the next one
_BABBLE_LIMIT_S: Final = 0.8  # a line that never falls silent is not waited for
_QUESTIONS: Final = (1, 2, 3, 4)  # DLE EOT n: printer, cause of offline, cause of error, paper
_WAITS: Final = 0x20  # in the answer to DLE EOT 1
_SHOWN: Final = 16  # bytes of garbage that an operator gets to see


class Interview:
    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._replies = Replies()
        self._answer: int | None = None
        self._disturbed = False
        self._known = False  # it answered, since the line was opened
        self._held = False  # the last question has not even left
        self._late = False  # its answer may still come, and is none to the next
        self._frame: PrinterState | None = None  # as it said last by itself
        self._asked = b""
        self._heard = b""
        self.waiting = False  # at the last `state`: the cause of a stop is gone, it waits to be told to go on
        self.changed = False  # the printer said by itself that something changed, since `state` was asked
        self.proofs: list[ProcessId | Queued] = []  # since the caller last emptied it

    def begin(self) -> None:
        """A line that was just opened: nothing heard before counts."""
        self._replies.reset()
        self._known, self._late, self._frame = False, False, None
        self.changed = False
        self.proofs.clear()

    def state(self, in_job: bool) -> PrinterState:
        """Ask everything. Raises LineTrouble SILENT, ECHO, GARBAGE or WRONG_DEVICE where no whole valid answer comes;
        `in_job`: after longer patience.

        A printer that was heard and now stops the line (XOFF) is offline; why, it may have said by itself."""
        self._heard = b""
        if self._late:
            self.listen(0)
            if self._wire.backlog_s():
                self.changed = False
                return self._offline()
            self._fall_silent()
            self._late = False
        for _ in range(TRIES):
            self.changed = False
            self._asked = b""
            answers = self._answers(in_job)
            if len(answers) == len(_QUESTIONS):
                self._known = True
                self.waiting = bool(answers[0] & _WAITS)
                return state_of(*answers)
            if self._held and self._known:
                self._late = True
                return self._offline()
            if not self._fall_silent():
                break
        raise self._trouble()

    def _offline(self) -> PrinterState:
        self.waiting = False
        return replace(self._frame or PrinterState(), offline=True)

    def listen(self, limit_s: float) -> None:
        """Take in what has come, waiting up to `limit_s` for something."""
        data = self._wire.read(max(0.0, limit_s))
        self._heard += data
        for reply in self._replies.feed(data):
            self._take(reply)

    def _take(self, reply: Reply) -> None:
        match reply:
            case RealTime(bits):
                self._answer = bits
            case Automatic(frame):
                self.changed, self._frame = True, state_of_frame(frame)
            case ProcessId() | Queued():
                self.proofs.append(reply)
            case Garbage():
                self._disturbed = True
            case OtherBlock():
                pass  # nobody asked for it

    def _answers(self, in_job: bool) -> list[int]:
        answers: list[int] = []
        for question in _QUESTIONS:
            self._answer, self._disturbed = None, False
            self._asked += ask_status(question)
            self._wire.write(ask_status(question))
            self._await_answer(*((REPLY_LIMIT_S, HELD_LIMIT_S) if in_job else (AT_REST_S, AT_REST_S)))
            if self._answer is None or self._disturbed:  # the ":" of "login:" has the right fixed bits, too
                break
            answers.append(self._answer)
        return answers

    def _await_answer(self, reply_s: float, held_s: float) -> None:
        """It is no silence as long as the question has not left: a slow line, or one that the printer stopped."""
        until = time.monotonic() + self._wire.backlog_s() + reply_s
        at_last = until + held_s
        self._held = False
        while self._answer is None:
            now = time.monotonic()
            if now >= until:
                backlog_s = self._wire.backlog_s()
                self._held = bool(backlog_s)
                if not self._held or now >= at_last or (self._frame and not self._frame.ready):
                    return
                until = now + backlog_s + reply_s
            self.listen(until - now)

    def _fall_silent(self) -> bool:
        """False: it does not."""
        self._replies.reset()
        until = time.monotonic() + _BABBLE_LIMIT_S
        heard = -1
        while heard != len(self._heard) and time.monotonic() < until:
            heard = len(self._heard)
            self.listen(QUIET_S)
        self._replies.reset()
        return heard == len(self._heard)

    def _trouble(self) -> LineTrouble:
        port, heard = self._wire.port, self._heard[:_SHOWN].hex(" ")
        if not self._heard:
            return LineTrouble(
                Trouble.SILENT,
                f"{port}: the printer does not answer DLE EOT; check that it is on, its cable, and baud in"
                " [printer] of config/devices.toml",
            )
        if self._heard.startswith(self._asked):
            return LineTrouble(
                Trouble.ECHO,
                f"{port}: our own bytes come back ({heard}); check for a loop-back plug or a wrong cable",
            )
        stranger = looks_like(self._heard)
        if stranger and stranger != "a receipt printer":
            return LineTrouble(
                Trouble.WRONG_DEVICE,
                f"{port}: this sounds like {stranger} and not like a printer ({heard}); exchange the cables or"
                " the names in config/devices.toml",
            )
        return LineTrouble(
            Trouble.GARBAGE,
            f"{port}: no whole valid answer to DLE EOT 1 to 4, but {heard}; check baud in [printer] of"
            " config/devices.toml, and that this is the printer's port",
        )
