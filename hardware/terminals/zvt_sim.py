"""A simulated ZVT card terminal on a pseudo-terminal: somebody inserts a card, presses stop, pulls the plug.

Its record of transactions survives a power cut, as that of a real one does; everything else is gone with it.
Written from the published protocol; shares no code with the driver."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec

from hardware.actions import Actions, perform
from hardware.simulated import Json, NotPossible, Pty
from hardware.terminals.zvt_sim_dialogue import EURO, YUAN, Dialogue, Kind, Stage, Trouble
from hardware.terminals.zvt_sim_record import ACCEPTED, Record, Transaction
from hardware.terminals.zvt_sim_wire import Wire

CARD_S: Final = 60.0  # it waits so long for a card
PACE_S: Final = 0.4  # between two steps, so that a person can read the display
Times = Annotated[int, msgspec.Meta(ge=0, le=1000)]
Fen = Annotated[int, msgspec.Meta(ge=1, le=10**11)]
Tid = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{8}$")]
Trace = Annotated[int, msgspec.Meta(ge=0, le=999_999)]


class ZvtSim:
    """`ZvtSim("terminal", Path("/tmp/x/terminal")).start()`, then open the link like a serial port.

    It knows registration and log-off, status, payment, abort, repetition of the last receipt, end of day, totals,
    diagnosis, initialisation, reset and the setting of its clock; to all else it says "not possible" (84 83)."""

    def __init__(
        self,
        name: str,
        link: Path,
        pace_s: float = PACE_S,
        card_s: float = CARD_S,
        currencies: tuple[int, ...] = (YUAN, EURO),
    ) -> None:
        """`currencies`: ISO 4217 numbers."""
        self.name = name
        self._link = link
        self._dialogue = Dialogue(pace_s, card_s, currencies, self.power_cut)
        self._lock = threading.RLock()
        self._pty: Pty | None = None
        self._wire: Wire | None = None
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._plugged = self._powered = True
        self._actions: Actions = {
            "insert_card": self._insert_card,
            "press_stop": self._press_stop,
            "fail_at": self._fail_at,
            "other_amount": self._other_amount,
            "print_lines": self._print_lines,
            "sale_by_hand": self._sale_by_hand,
            "end_of_day": self._end_of_day,
            "swap": self._swap,
            "set_trace": self._set_trace,
            "garbage": self._garbage,
            "fault": self._fault,
            "behave": self._behave,
            "unplug": self._unplug,
            "plug": self._plug,
        }

    def start(self) -> None:
        with self._lock:
            self._pty = pty = Pty(self._link, lambda data: wire.hear(data))
            self._wire = wire = Wire(pty.send)
            life = (wire, lambda: self._stopping)
            self._thread = threading.Thread(
                target=self._dialogue.live, args=life, name=self.name, daemon=True
            )
            self._thread.start()

    def stop(self) -> None:
        with self._lock:
            pty, self._pty = self._pty, None
            self._stopping = True
        if self._wire is not None:
            self._wire.power(False)
        if self._thread is not None:
            self._thread.join()
        if pty is not None:
            pty.close()

    def do(self, action: str, **given: Any) -> Json:
        """One of these; raises NotPossible with a reason where it can not be done now.

        Hands: insert_card(card: good, no_credit, expired, unreadable, no_host) · press_stop ·
        sale_by_hand(fen): somebody else uses it · end_of_day: its record is emptied · swap(terminal) ·
        unplug, plug.
        Troubles: fail_at(stage: asked, card, decided, status, lines; trouble: silent, power), once ·
        fault(ignore, refuse, corrupt, drop, repeat, split) · other_amount(fen) · garbage · set_trace(trace) ·
        print_lines(on) · behave."""
        with self._lock:
            perform(self._actions, action, given)
            return self.state()

    def state(self) -> Json:
        """`shows`: what stands on its display. `charged_fen`: what the bank took, in order, in hundredths of
        the currency that was asked for.
        `will_fail_at`: what was ordered by `fail_at` and has not come yet."""
        with self._lock:
            return {
                "powered": self._powered,
                "plugged": self._plugged,
                "shows": self._dialogue.shows if self._powered else "off",
                "terminal": self._dialogue.record.terminal,
                "trace": self._dialogue.record.trace,
                "charged_fen": list(self._dialogue.record.charged),
                "will_fail_at": sorted(self._dialogue.fails),
            }

    def power_cut(self) -> None:
        with self._lock:
            self._powered = False
            self._port().unplug()
        self._the_wire().power(False)

    def power_on(self) -> None:
        with self._lock:
            self._powered = True
            self._dialogue.forget()
            self._the_wire().power(True)
            if self._plugged:
                self._port().plug()

    # --- actions

    def _alive(self) -> None:
        if not self._powered:
            raise NotPossible("the terminal has no power; use power_on first")

    def _wake(self) -> Wire:
        self._alive()
        return self._the_wire()

    def _insert_card(self, card: Kind = "good") -> None:
        wire = self._wake()
        if self._dialogue.shows != "insert card":
            raise NotPossible(f"it does not ask for a card; it shows {self._dialogue.shows!r}")
        with wire.changed:
            self._dialogue.card = card
            wire.changed.notify_all()

    def _press_stop(self) -> None:
        wire = self._wake()
        if self._dialogue.shows != "insert card":
            raise NotPossible(f"nothing to stop; it shows {self._dialogue.shows!r}")
        with wire.changed:
            self._dialogue.stop_pressed = True
            wire.changed.notify_all()

    def _fail_at(self, stage: Stage, trouble: Trouble = "silent") -> None:
        self._dialogue.fails[stage] = trouble

    def _other_amount(self, fen: Annotated[int, msgspec.Meta(ge=-10_000, le=10_000)]) -> None:
        self._dialogue.amount_off = fen

    def _print_lines(self, on: bool = True) -> None:
        self._dialogue.prints_lines = on

    def _sale_by_hand(self, fen: Fen) -> None:
        self._alive()
        if self._dialogue.shows != "idle":
            raise NotPossible(f"a payment is going on; it shows {self._dialogue.shows!r}")
        self._dialogue.record.enter(fen, ACCEPTED, self._dialogue.currency)

    def _end_of_day(self) -> None:
        self._alive()
        self._dialogue.record.close_day()

    def _swap(self, terminal: Tid) -> None:
        """Another terminal hangs on the cable, with a record of its own."""
        record = Record()
        record.terminal, record.charged = terminal, self._dialogue.record.charged
        self._dialogue.record, self._dialogue.registered = record, False

    def _set_trace(self, trace: Trace) -> None:
        record = self._dialogue.record
        record.trace = trace
        record.last = Transaction(trace, record.receipts, 100, ACCEPTED, YUAN) if trace else None

    def _garbage(self) -> None:
        self._port().send(bytes.fromhex("ff00fe80c1f8e0ff0090ff00") * 4)

    def _fault(
        self,
        ignore: Times = 0,
        refuse: Times = 0,
        corrupt: Times = 0,
        drop: Times = 0,
        repeat: Times = 0,
        split: bool = False,
    ) -> None:
        faults = self._the_wire().faults
        faults.ignore, faults.refuse, faults.corrupt = ignore, refuse, corrupt
        faults.drop, faults.repeat, faults.split = drop, repeat, split

    def _behave(self) -> None:
        self._fault()
        self._dialogue.fails.clear()
        self._dialogue.amount_off, self._dialogue.prints_lines = 0, True

    def _unplug(self) -> None:
        self._plugged = False
        self._port().unplug()

    def _plug(self) -> None:
        self._plugged = True
        if self._powered:
            self._port().plug()

    def _port(self) -> Pty:
        if self._pty is None:
            raise NotPossible(f"{self.name} is not started")
        return self._pty

    def _the_wire(self) -> Wire:
        if self._wire is None:
            raise NotPossible(f"{self.name} is not started")
        return self._wire
