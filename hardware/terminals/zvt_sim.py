"""A simulated ZVT card terminal on a pseudo-terminal: somebody inserts a card, presses stop, pulls the plug.

Its record of transactions survives a power cut, as that of a real one does; everything else is gone with it.
Written from the published protocol; shares no code with the driver."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec

from hardware.actions import Actions, perform
from hardware.simulated import Json, NotPossible, Pty
from hardware.terminals.zvt_sim_record import ACCEPTED, AMOUNT, CURRENCY, Record, Transaction, ordered, told
from hardware.terminals.zvt_sim_wire import ACKNOWLEDGED, NobodyListens, PowerGone, Wire, message

CARD_S: Final = 60.0  # it waits so long for a card
PACE_S: Final = 0.4  # between two steps, so that a person can read the display
YUAN, EURO = 156, 978  # what it settles in: ours, and what cash registers elsewhere are set to

# Codes of the protocol
NOT_READABLE, ABORTED, NO_CREDIT, EXPIRED, BUSY, NOT_POSSIBLE, WRONG_CURRENCY, NO_HOST = (
    0x64, 0x6C, 0x71, 0x78, 0x9C, 0x83, 0x6F, 0xA3,
)  # fmt: skip
TELLS_LINES, TELLS_STEPS = 0x02, 0x08  # of the configuration that comes with the registration
SHOW_CARD, WATCH_PIN_PAD, PLEASE_WAIT, TAKE_CARD = 0x0A, 0x01, 0x0E, 0x0B

Kind = Literal["good", "no_credit", "expired", "unreadable", "no_host"]
CODES: Final[dict[Kind, int]] = {
    "good": ACCEPTED,
    "no_credit": NO_CREDIT,
    "expired": EXPIRED,
    "unreadable": NOT_READABLE,
    "no_host": NO_HOST,
}
Stage = Literal["asked", "card", "decided", "status", "lines"]
Trouble = Literal["silent", "power"]
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
        self._currencies = currencies
        self._pace_s, self._card_s = pace_s, card_s
        self._lock = threading.RLock()
        self._pty: Pty | None = None
        self._wire: Wire | None = None
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._plugged = self._powered = True
        # what survives a power cut
        self._record = Record()
        # what does not
        self._forget()
        self._prints_lines = True
        self._fails: dict[Stage, Trouble] = {}
        self._amount_off = 0
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
            self._thread = threading.Thread(target=self._live, args=(wire,), name=self.name, daemon=True)
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
                "shows": self._shows if self._powered else "off",
                "terminal": self._record.terminal,
                "trace": self._record.trace,
                "charged_fen": list(self._record.charged),
                "will_fail_at": sorted(self._fails),
            }

    def power_cut(self) -> None:
        with self._lock:
            self._powered = False
            self._port().unplug()
        self._the_wire().power(False)

    def power_on(self) -> None:
        with self._lock:
            self._powered = True
            self._forget()
            self._the_wire().power(True)
            if self._plugged:
                self._port().plug()

    def _forget(self) -> None:
        self._registered = False
        self._currency: int | None = None  # that the other side named last; None: its own is never told
        self._wants = TELLS_LINES | TELLS_STEPS
        self._shows = "idle"
        self._card: Kind | None = None
        self._stop_pressed = False

    # --- its own thread

    def _live(self, wire: Wire) -> None:
        while not self._stopping:
            try:
                order = wire.next(None)
                if order is not None:
                    self._obey(wire, order)
            except PowerGone:
                while not wire.powered and not self._stopping:
                    time.sleep(0.01)
            except NobodyListens:
                self._shows = "idle"

    def _obey(self, wire: Wire, order: bytes) -> None:
        does: dict[str, Callable[[Wire, bytes], None]] = {
            "0501": self._enquiry,
            "0600": self._register,
            "0601": self._authorise,
            "0602": self._log_off,
            "0610": self._totals,
            "0618": self._log_off,  # a reset: it has forgotten who is at the other end
            "0620": self._repeat_receipt,
            "0650": self._close_day,
            "0670": self._done,
            "0691": self._acknowledge,
            "0693": self._done,
            "06b0": self._acknowledge,
        }
        act = does.get(order[:2].hex())
        if act is not None:
            act(wire, order[3:])
        elif order[:1] not in (b"\x80", b"\x84"):
            wire.say(message(f"84 {NOT_POSSIBLE:02x}"), answered=False)

    def _acknowledge(self, wire: Wire, data: bytes) -> None:
        wire.say(ACKNOWLEDGED, answered=False)

    def _done(self, wire: Wire, data: bytes) -> None:
        """What takes a real terminal a call to its host."""
        wire.say(ACKNOWLEDGED, answered=False)
        self._show(wire, "please wait", PLEASE_WAIT)
        self._end(wire)

    def _register(self, wire: Wire, data: bytes) -> None:
        """Password, configuration, and a currency that may be missing."""
        wire.say(ACKNOWLEDGED, answered=False)
        currency = int(data[4:6].hex()) if len(data) >= 6 and data[4:6].hex().isdecimal() else None
        if currency not in (None, *self._currencies):
            wire.say(message("06 1E", bytes([WRONG_CURRENCY])))
            return
        self._registered, self._currency = True, currency
        self._wants = data[3] if len(data) > 3 else 0
        terminal = b"\x29" + bytes.fromhex(self._record.terminal)
        wire.say(message("06 0F", b"\x19\x00" + terminal + told(currency)))

    def _log_off(self, wire: Wire, data: bytes) -> None:
        wire.say(ACKNOWLEDGED, answered=False)
        self._registered = False

    def _enquiry(self, wire: Wire, data: bytes) -> None:
        """Version, with a length of three digits and without a tag, and the state: ready."""
        wire.say(ACKNOWLEDGED, answered=False)
        wire.say(message("06 0F", b"\xf0\xf0\xf7SIM 1.0\x00"))

    def _repeat_receipt(self, wire: Wire, data: bytes) -> None:
        wire.say(ACKNOWLEDGED, answered=False)
        last = self._record.last
        if last is None:
            wire.say(message("06 1E", bytes([NOT_POSSIBLE])))
            return
        wire.say(message("04 0F", self._record.status(last)))
        self._lines(wire, last)
        wire.say(message("06 0F"))

    def _totals(self, wire: Wire, data: bytes) -> None:
        wire.say(ACKNOWLEDGED, answered=False)
        wire.say(message("04 0F", self._record.totals(self._currency)))
        self._end(wire)

    def _close_day(self, wire: Wire, data: bytes) -> None:
        self._totals(wire, data)
        self._record.close_day()

    def _end(self, wire: Wire) -> None:
        self._shows = "idle"
        wire.say(message("06 0F"))

    def _authorise(self, wire: Wire, data: bytes) -> None:
        if not self._registered:
            wire.say(message("84 6B"), answered=False)
            return
        asked = ordered(data)
        fen, currency = asked.get(AMOUNT, 0), asked.get(CURRENCY, self._currency or YUAN)
        if currency not in self._currencies:
            wire.say(message(f"84 {WRONG_CURRENCY:02x}"), answered=False)
            return
        self._currency = asked.get(CURRENCY, self._currency)
        self._at("asked", wire)
        wire.say(ACKNOWLEDGED, answered=False)
        with wire.changed:
            self._card, self._stop_pressed = None, False
        self._show(wire, "insert card", SHOW_CARD)
        self._at("card", wire)
        code = self._person(wire)
        if code is None:
            self._refuse(wire, ABORTED)
            return
        self._show(wire, "PIN", WATCH_PIN_PAD)
        self._pause(wire)
        self._show(wire, "please wait", PLEASE_WAIT)
        self._pause(wire)
        self._decide(wire, fen, code, currency)

    def _person(self, wire: Wire) -> int | None:
        """The code of the card that was inserted; None: stopped, by hand or by the other side, or nobody came."""
        end_s = time.monotonic() + self._card_s
        while True:
            came = wire.until(
                lambda: self._card is not None or self._stop_pressed or bool(wire.inbox),
                max(0.0, end_s - time.monotonic()),
            )
            if not came or self._stop_pressed:
                return None
            if wire.inbox:
                order = wire.next(0)
                if order is not None and order[:2] == b"\x06\xb0":
                    wire.say(ACKNOWLEDGED, answered=False)
                    return None
                if order is not None and order[:1] not in (b"\x80", b"\x84"):
                    wire.say(message(f"84 {BUSY:02x}"), answered=False)
                continue
            assert self._card is not None
            return CODES[self._card]

    def _decide(self, wire: Wire, fen: int, code: int, currency: int) -> None:
        """The bank has the last word; from then on it stands in the record, whatever becomes of the line."""
        if code in (NOT_READABLE, NO_HOST):
            self._refuse(wire, code)
            return
        last = self._record.enter(fen + self._amount_off, code, currency)
        self._at("decided", wire)
        wire.say(message("04 0F", self._record.status(last)))
        self._at("status", wire)
        if code != ACCEPTED:
            self._refuse(wire, code)
            return
        self._lines(wire, last)
        self._at("lines", wire)
        self._show(wire, "remove card", TAKE_CARD)
        self._end(wire)

    def _refuse(self, wire: Wire, code: int) -> None:
        self._shows = "idle"
        wire.say(message("06 1E", bytes([code])))

    def _lines(self, wire: Wire, last: Transaction) -> None:
        if self._prints_lines and self._wants & TELLS_LINES:
            for line in ("CARD PAYMENT", f"AMOUNT {last.fen}", "\x10 DLE in a line"):
                wire.say(message("06 D1", b"\x00" + line.encode("ascii")))

    def _show(self, wire: Wire, text: str, code: int) -> None:
        self._shows = text
        if self._wants & TELLS_STEPS:
            wire.say(message("04 FF", bytes([code])))

    def _pause(self, wire: Wire) -> None:
        wire.until(lambda: False, self._pace_s)

    def _at(self, stage: Stage, wire: Wire) -> None:
        """What was ordered to fail here fails here, once."""
        trouble = self._fails.pop(stage, None)
        if trouble == "silent":
            self._shows = "idle"
            raise NobodyListens(stage)
        if trouble == "power":
            threading.Thread(target=self.power_cut, daemon=True).start()
            wire.until(lambda: False, None)

    # --- actions

    def _alive(self) -> None:
        if not self._powered:
            raise NotPossible("the terminal has no power; use power_on first")

    def _wake(self) -> Wire:
        self._alive()
        return self._the_wire()

    def _insert_card(self, card: Kind = "good") -> None:
        wire = self._wake()
        if self._shows != "insert card":
            raise NotPossible(f"it does not ask for a card; it shows {self._shows!r}")
        with wire.changed:
            self._card = card
            wire.changed.notify_all()

    def _press_stop(self) -> None:
        wire = self._wake()
        if self._shows != "insert card":
            raise NotPossible(f"nothing to stop; it shows {self._shows!r}")
        with wire.changed:
            self._stop_pressed = True
            wire.changed.notify_all()

    def _fail_at(self, stage: Stage, trouble: Trouble = "silent") -> None:
        self._fails[stage] = trouble

    def _other_amount(self, fen: Annotated[int, msgspec.Meta(ge=-10_000, le=10_000)]) -> None:
        self._amount_off = fen

    def _print_lines(self, on: bool = True) -> None:
        self._prints_lines = on

    def _sale_by_hand(self, fen: Fen) -> None:
        self._alive()
        if self._shows != "idle":
            raise NotPossible(f"a payment is going on; it shows {self._shows!r}")
        self._record.enter(fen, ACCEPTED, self._currency or YUAN)

    def _end_of_day(self) -> None:
        self._alive()
        self._record.close_day()

    def _swap(self, terminal: Tid) -> None:
        """Another terminal hangs on the cable, with a record of its own."""
        charged, self._record = self._record.charged, Record()
        self._record.terminal, self._record.charged = terminal, charged
        self._registered = False

    def _set_trace(self, trace: Trace) -> None:
        record = self._record
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
        self._fails.clear()
        self._amount_off, self._prints_lines = 0, True

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
