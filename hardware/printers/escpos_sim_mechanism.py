"""The inside of the simulated printer: it works off the receive buffer at printing speed, and stops where a
real one stops."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from hardware.printers.escpos_sim_paper import DOTS_PER_MM, HEAD_TO_KNIFE_DOTS, Paper, Strip
from hardware.printers.escpos_sim_parser import CUTS_WITH_FEED, Op, Parser
from hardware.printers.escpos_sim_realtime import Condition, automatic_status, paper_status, watched
from hardware.printers.escpos_sim_transmitter import Transmitter
from hardware.printers.escpos_sim_typeset import Typesetter

SHOW_EVERY_S = 0.2  # how often current.png is renewed at most


class Dropped(Exception):
    """What was being printed is no longer wanted: buffers cleared, power gone."""


class Mechanism:
    """Everything here is guarded by `changed`, which is notified whenever anything changes. `run` is the only
    one that prints; the others are called with `changed` held."""

    def __init__(
        self,
        parser: Parser,
        typesetter: Typesetter,
        paper: Paper,
        sends: Transmitter,
        model: str,
        speed_mm_s: float,
        power_cut: Callable[[], None],
    ) -> None:
        self.changed = threading.Condition()
        self.stopping = False
        self.powered = True
        self.now = Condition()
        self.paper = paper
        self.buffer = bytearray()
        self.epoch = 0  # counts up whenever buffered data is thrown away
        self.busy = False
        self.model = model
        self.unit = 1  # makes the serial number
        self.speed_mm_s = speed_mm_s
        self.cutter_jammed = False
        self.lines_left: int | None = None  # until the paper runs out
        self.power_ends_before = ""  # a command
        self.ids_to_drop = 0
        self.knows_process_id = True
        self.commands: Counter[str] = Counter()
        self.drawer_kicks: list[dict[str, Any]] = []
        self.drawer_in_real_time = True  # GS ( D
        self._power_cut = power_cut
        self._parser = parser
        self._typesetter = typesetter
        self._sends = sends
        self._shown_at = 0.0
        self._head_free_at = 0.0
        self._asb = 0
        self._asb_told = automatic_status(self.now)
        self._ids: list[bytes] = []  # answers that wait for the line before them to be printed
        self._acts: dict[str, Callable[[bytes], None]] = {
            "ESC @": self._initialise,
            "ESC i": lambda _: self._cut(b"\x00"),
            "ESC m": lambda _: self._cut(b"\x01"),
            "ESC p": lambda data: self.kick(data[0] & 1, data[1] * 2),
            "ESC u": lambda _: sends.status(0),
            "ESC v": lambda _: sends.status(paper_status(self.now)),
            "GS V": self._cut,
            "GS a": self._watch,
            "GS r": lambda data: sends.status(paper_status(self.now) if data[0] in (1, 49) else 0),
            "GS I": self._identify,
            "GS ( D": self._allow_real_time,
            "GS ( H": self._ask_whether_printed,
        }

    # -- called from outside ------------------------------------------------------------------------

    def tell(self) -> None:
        """The condition may have changed: wake the printing, and send ASB if the host asked for this part."""
        self.changed.notify_all()
        frame = automatic_status(self.now)
        if self.powered and watched(self._asb, frame) != watched(self._asb, self._asb_told):
            self._asb_told = frame
            self._sends.post(frame)

    def drop(self) -> None:
        """Forget all that is not on paper yet. A process id among it is never answered."""
        self.epoch += 1
        self.buffer.clear()
        self._parser.forget()
        self._typesetter.forget()
        self._ids.clear()
        self.changed.notify_all()

    def start_afresh(self) -> None:
        """Power-up: modes as new; paper, cover and a jammed knife as they were."""
        self.now = Condition(self.now.paper, self.now.cover_open, broken=self.now.broken)
        self._parser.reset()
        self._typesetter.reset()
        self._asb = 0
        self.drawer_in_real_time = True
        self.powered = True
        self.changed.notify_all()

    def kick(self, pin: int, on_ms: int) -> None:
        self.drawer_kicks.append({"pin": pin, "on_ms": on_ms})

    @property
    def serial_number(self) -> str:
        return f"SIM{self.unit:06d}"

    # -- printing -----------------------------------------------------------------------------------

    def run(self) -> None:
        with self.changed:
            while not self.stopping:
                self.busy = False
                if not self.powered or self.now.stopped or not self.buffer:
                    self._rest()
                    continue
                self.busy = True
                op = self._parser.take(self.buffer)
                self.changed.notify_all()  # there is room now
                if op is None:
                    continue
                try:
                    self._execute(op)
                except Dropped:
                    continue

    def _execute(self, op: Op) -> None:
        if op.name == self.power_ends_before:
            self.power_ends_before = ""
            self._power_cut()
            raise Dropped
        self.commands[op.name] += 1
        act = self._acts.get(op.name)
        if act:
            act(op.data)
            return
        for strip in self._typesetter.run(op):
            self._burn(strip)
        if self._ids and self._typesetter.line_is_empty:
            for answer in self._ids:
                self._sends.post(answer)
            self._ids.clear()

    def _rest(self) -> None:
        """Wait for something to change, and meanwhile keep the picture of the paper fresh."""
        wait_s = self._shown_at + SHOW_EVERY_S - time.monotonic() if self.paper.changed else None
        if wait_s is None or wait_s > 0:
            self.changed.wait(wait_s)
        self._show()

    def _show(self) -> None:
        if self.paper.changed and time.monotonic() >= self._shown_at + SHOW_EVERY_S:
            self.paper.show_current()
            self._shown_at = time.monotonic()

    def _until_able(self, epoch: int) -> None:
        while self.epoch == epoch and not self.stopping and self.now.stopped:
            self._rest()
        if self.epoch != epoch or self.stopping:
            raise Dropped

    def _burn(self, strip: Strip) -> None:
        """Put one strip on paper and let the time for it pass."""
        epoch = self.epoch
        self._until_able(epoch)
        self.paper.add(strip)
        if self.lines_left is not None:
            self.lines_left -= 1
            if self.lines_left <= 0:
                self.lines_left = None
                self.now.paper = "out"
                self.tell()
        started = max(self._head_free_at, time.monotonic())
        self._head_free_at = started + strip.height / DOTS_PER_MM / self.speed_mm_s
        while (left_s := self._head_free_at - time.monotonic()) > 0 and self.epoch == epoch:
            self.changed.wait(left_s)
        self._show()
        if self.epoch != epoch:
            raise Dropped

    # -- commands that are not about dots -----------------------------------------------------------

    def _initialise(self, _: bytes) -> None:
        self._typesetter.reset()
        self._ids.clear()
        self._asb = 0

    def _cut(self, data: bytes) -> None:
        if not self._typesetter.line_is_empty:
            return
        if data[0] in CUTS_WITH_FEED:
            self._burn(Strip(HEAD_TO_KNIFE_DOTS + data[1]))
        epoch = self.epoch
        self._until_able(epoch)
        while self.cutter_jammed:
            self.now.cutter_error = True
            self.tell()
            self._until_able(epoch)
        self.paper.take_off(cut=True)

    def _watch(self, data: bytes) -> None:
        self._asb = data[0]
        self._asb_told = automatic_status(self.now)
        if self._asb:
            self._sends.post(self._asb_told)

    def _identify(self, data: bytes) -> None:
        numbers = {1: 0x20, 49: 0x20, 2: 0x03, 50: 0x03, 3: 0x01, 51: 0x01}
        words = {65: "1.00", 66: "SIMULATED", 67: self.model, 68: self.serial_number, 69: "CHINA GB18030"}
        if data[0] in numbers:
            self._sends.post(bytes([numbers[data[0]]]))
        elif data[0] in words:
            self._sends.post(b"\x5f" + words[data[0]].encode("ascii", "replace") + b"\x00")

    def _allow_real_time(self, data: bytes) -> None:
        for kind, wanted in zip(data[1::2], data[2::2], strict=False):
            if data[0] == 20 and kind == 1:
                self.drawer_in_real_time = wanted in (1, 49)

    def _ask_whether_printed(self, data: bytes) -> None:
        """GS ( H 48: the id comes back when all before it is on paper; text without a line end is not."""
        if data[:2] != b"00" or len(data) != 6 or not self.knows_process_id:
            return
        if self.ids_to_drop > 0:
            self.ids_to_drop -= 1
            return
        answer = b"\x37\x22" + data[2:] + b"\x00"
        if self._typesetter.line_is_empty:
            self._sends.post(answer)
        else:
            self._ids.append(answer)
