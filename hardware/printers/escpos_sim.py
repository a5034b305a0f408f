"""A simulated ESC/POS receipt printer on a pseudo-terminal, with paper that one can look at.

Written from printing-and-codes.md §A alone; it shares nothing with our encoder and driver. Faults that real
printers have are here on purpose: the rest of a job waits in the buffer for new paper, RAM forgets at a power
cut, a cut right after the text leaves its end inside, GS V and ESC a in the middle of a line are ignored.
"""

from __future__ import annotations

import inspect
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hardware.printers.escpos_sim_charset import Coverage
from hardware.printers.escpos_sim_font import require_font
from hardware.printers.escpos_sim_mechanism import Mechanism
from hardware.printers.escpos_sim_paper import Paper
from hardware.printers.escpos_sim_parser import Parser
from hardware.printers.escpos_sim_realtime import CLEARED, DC4, EOT, Condition, RealTime, real_time_status
from hardware.printers.escpos_sim_transmitter import Transmitter
from hardware.printers.escpos_sim_typeset import Typesetter
from hardware.simulated import Json, NotPossible, Pty

RECEIVE_BUFFER_BYTES = 64 * 1024
SPEED_MM_S = 2000.0  # a real one prints 150 to 250; tests need not wait for that
LINE_SLICE_S = 0.02  # with a baud rate, bytes come in slices of this much line time
PIECES_IN_STATE = 20


class EscposSim:
    """`EscposSim("printer", Path("run/printer"), Path("run/paper")).start()`, then a host on the link.

    `dots`: 576 for 80 mm paper, 384 for 58 mm. `font_coverage`: "gb2312", "gbk", "gb18030-2" (double-byte areas
    only) or "gb18030". `gs_magnifies_hanzi` False: hanzi need FS ! or FS W besides GS !.
    `process_id` False: it does not know GS ( H, as most 58 mm printers. Raises RuntimeError where no Chinese
    font is installed."""

    def __init__(
        self,
        name: str,
        link: Path,
        paper_folder: Path,
        dots: int = 576,
        baud: int | None = None,
        *,
        speed_mm_s: float = SPEED_MM_S,
        font_coverage: str = Coverage.GB18030_2.value,
        chinese_at_power_up: bool = True,
        gs_magnifies_hanzi: bool = True,
        process_id: bool = True,
        model: str = "SIM-80",
    ) -> None:
        require_font()
        coverage = Coverage(font_coverage)
        self.name = name
        self._link = link
        self._baud = baud
        self._plugged = True
        self._deaf = False
        self._resumes_by_itself = True
        self._bytes_received = 0
        self._bytes_lost = 0  # arrived while there was no power or no cable
        self._real_time = RealTime()
        self._sends = Transmitter(lambda data: self._pty.send(data), name)
        self._inside = Mechanism(
            Parser(coverage, chinese_at_power_up),
            Typesetter(dots, coverage, gs_magnifies_hanzi),
            Paper(paper_folder, dots),
            self._sends,
            model,
            speed_mm_s,
            self.power_cut,
        )
        self._inside.knows_process_id = process_id
        self._changed = self._inside.changed

    # -- life ---------------------------------------------------------------------------------------

    def start(self) -> None:
        self._pty = Pty(self._link, self._receive, self._baud)
        self._sends.start()
        self._worker = threading.Thread(target=self._inside.run, name=f"{self.name} mechanism", daemon=True)
        self._worker.start()

    def stop(self) -> None:
        with self._changed:
            self._inside.stopping = True
            self._changed.notify_all()
        self._worker.join(5)
        self._sends.close()
        self._pty.close()

    def power_cut(self) -> None:
        with self._changed:
            self._inside.powered = False
            self._inside.drop()
            self._sends.forget()
            self._real_time.forget()

    def power_on(self) -> None:
        with self._changed:
            if not self._inside.powered:
                self._inside.start_afresh()

    # -- what comes in ------------------------------------------------------------------------------

    def _receive(self, data: bytes) -> None:
        """From the terminal's thread. Does not come back while the buffer is full: the port blocks."""
        inside = self._inside
        slice_bytes = max(1, int(self._baud / 10 * LINE_SLICE_S)) if self._baud else len(data)
        with self._changed:
            self._changed.wait_for(lambda: not self._deaf or inside.stopping)
            for at in range(0, len(data), slice_bytes):
                part = data[at : at + slice_bytes]
                if self._baud:
                    self._changed.wait_for(lambda: inside.stopping, timeout=len(part) * 10 / self._baud)
                if inside.powered and self._plugged:
                    self._take_in(part)
                else:
                    self._bytes_lost += len(part)

    def _take_in(self, data: bytes) -> None:
        inside = self._inside
        self._bytes_received += len(data)
        start = 0
        for end, command in self._real_time.scan(data):
            if self._act_at_once(command):
                start = end
        epoch = inside.epoch
        rest = data[start:]
        while rest and not inside.stopping and epoch == inside.epoch:
            room = RECEIVE_BUFFER_BYTES - len(inside.buffer)
            inside.buffer += rest[:room]
            rest = rest[room:]
            self._changed.notify_all()
            if rest:
                self._changed.wait()

    def _act_at_once(self, command: bytes) -> bool:
        """Carry out a real-time command. True: what came before it is to be thrown away."""
        inside = self._inside
        if command[1] == EOT:
            self._sends.status(real_time_status(command[2], inside.now))
        elif command[1] == DC4 and command[2] == 1:
            if inside.drawer_in_real_time:
                inside.kick(command[3], command[4] * 100)
        elif command[1] == DC4:
            inside.drop()
            self._sends.post(CLEARED)
            return True
        elif inside.now.stopped:  # DLE ENQ; a printer that is not stopped ignores it
            inside.now.waiting = inside.now.cutter_error = False
            inside.tell()
            if command[2] == 2:
                inside.drop()
                return True
        return False

    # -- what people do to it -----------------------------------------------------------------------

    def do(self, action: str, **given: Any) -> Json:
        act = getattr(self, f"_do_{action}", None)
        if act is None:
            known = ", ".join(
                sorted(name.removeprefix("_do_") for name in dir(self) if name.startswith("_do_"))
            )
            raise NotPossible(f"The printer {self.name} can not do {action!r}. It knows: {known}.")
        try:
            inspect.signature(act).bind(**given)
        except TypeError as error:
            raise NotPossible(f"{action} of the printer {self.name}: {error}") from error
        with self._changed:
            act(**given)
            self._inside.tell()
            return self.state()

    def _cause_gone(self) -> None:
        """A person put right what had stopped the printer."""
        now = self._inside.now
        if self._resumes_by_itself:
            now.cutter_error = now.cutter_error and self._inside.cutter_jammed
        else:
            now.waiting = True

    def _do_paper_out(self) -> None:
        self._inside.now.paper = "out"

    def _do_paper_near_end(self) -> None:
        self._inside.now.paper = "near_end"

    def _do_paper_out_after(self, lines: int) -> None:
        """The paper runs out when so many more lines (24-dot strips in pictures) are printed."""
        self._inside.lines_left = int(lines)

    def _do_power_ends_before(self, command: str) -> None:
        """Mains fail when it comes to this command ("ESC @", "hanzi", "GS V", "GS ( H" …)."""
        self._inside.power_ends_before = str(command)

    def _do_load_paper(self) -> None:
        """A new roll; the end of the old one is pulled out and counts as a piece."""
        self._inside.paper.pull_out()
        self._inside.lines_left = None
        if self._inside.now.paper == "out":
            self._cause_gone()
        self._inside.now.paper = "ok"

    def _do_open_cover(self) -> None:
        self._inside.now.cover_open = True

    def _do_close_cover(self) -> None:
        if self._inside.now.cover_open:
            self._cause_gone()
        self._inside.now.cover_open = False

    def _do_jam_cutter(self) -> None:
        """The knife sticks; the printer notices when it cuts."""
        self._inside.cutter_jammed = True

    def _do_clear(self) -> None:
        """The jam is taken out, the head has cooled, the broken part is repaired."""
        now = self._inside.now
        self._inside.cutter_jammed = False
        if now.cutter_error:
            self._cause_gone()
        now.broken = now.overheated = False

    def _do_break_down(self) -> None:
        self._inside.now.broken = True

    def _do_overheat(self) -> None:
        self._inside.now.overheated = True

    def _do_offline(self, on: bool = True) -> None:
        self._inside.now.switched_offline = on

    def _do_resumes_by_itself(self, on: bool = True) -> None:
        """Off: after a stop the printer waits for DLE ENQ 1 or 2, even when its cause is gone."""
        self._resumes_by_itself = on

    def _do_silent(self, on: bool = True) -> None:
        self._sends.silent = on

    def _do_status_garbage(self, n: int = 1) -> None:
        self._sends.garbage = int(n)

    def _do_delay_status(self, ms: float = 0) -> None:
        self._sends.delay_s = float(ms) / 1000

    def _do_split_replies(self, on: bool = True) -> None:
        self._sends.split = on

    def _do_drop_process_id(self, n: int = 1) -> None:
        self._inside.ids_to_drop = int(n)

    def _do_process_id(self, on: bool = True) -> None:
        """Whether this model knows GS ( H."""
        self._inside.knows_process_id = on

    def _do_stop_reading(self, on: bool = True) -> None:
        self._deaf = on

    def _do_speed(self, mm_s: float) -> None:
        if float(mm_s) <= 0:
            raise NotPossible(f"The printer {self.name} prints at more than 0 mm/s; {mm_s} was asked for.")
        self._inside.speed_mm_s = float(mm_s)

    def _do_tear(self) -> None:
        if self._inside.paper.take_off(cut=False) is None:
            raise NotPossible(f"No paper hangs out of the printer {self.name}: there is nothing to tear.")

    def _do_unplug(self) -> None:
        self._plugged = False
        self._sends.plugged = False
        self._sends.forget()
        self._pty.unplug()

    def _do_plug(self) -> None:
        self._plugged = True
        self._sends.plugged = True
        self._pty.plug()

    def _do_swap(self, model: str | None = None) -> None:
        """Another printer, with another serial number and a full roll, is put in its place."""
        inside = self._inside
        self._do_unplug()
        self.power_cut()
        inside.unit += 1
        inside.model = model or inside.model
        inside.paper.pull_out()
        inside.now = Condition()
        inside.cutter_jammed = False
        inside.lines_left = None
        inside.drawer_kicks.clear()
        self.power_on()
        self._do_plug()

    # -- what can be seen ---------------------------------------------------------------------------

    @property
    def pieces(self) -> list[Json]:
        """The last pieces of paper, oldest first: png (path), text, qr (payloads), cut (False: torn or pulled)."""
        with self._changed:
            return [piece.as_json() for piece in self._inside.paper.pieces]

    def state(self) -> Json:
        inside = self._inside
        with self._changed:
            pieces = self.pieces
            last = pieces[-1] if pieces else {"png": None, "text": ""}
            return {
                "kind": "escpos printer",
                "name": self.name,
                "model": inside.model,
                "serial_number": inside.serial_number,
                "powered": inside.powered,
                "plugged": self._plugged,
                **asdict(inside.now),
                "stopped": inside.now.stopped,
                "cutter_jammed": inside.cutter_jammed,
                "busy": inside.busy or bool(inside.buffer),
                "buffer_bytes": len(inside.buffer),
                "buffer_capacity": RECEIVE_BUFFER_BYTES,
                "bytes_received": self._bytes_received,
                "bytes_lost": self._bytes_lost,
                "commands": dict(inside.commands),
                "drawer_kicks": list(inside.drawer_kicks),
                "piece_count": inside.paper.piece_count,
                "pieces": pieces[-PIECES_IN_STATE:],
                "last_png": last["png"],
                "last_text": last["text"],
                "uncut_text": inside.paper.text,
                "current_png": str(inside.paper.current_png),
            }
