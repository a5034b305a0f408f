"""A simulated ZVT card terminal on a pseudo-terminal: somebody inserts a card, presses stop, pulls the plug.

Its record of transactions survives a power cut, as that of a real one does; everything else is gone with it.
Written from the published protocol; shares no code with the driver."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple

import msgspec

from hardware.actions import Actions, perform
from hardware.simulated import Json, NotPossible, Pty
from hardware.terminals.zvt_sim_wire import ACKNOWLEDGED, NobodyListens, PowerGone, Wire, message

CARD_S: Final = 60.0  # it waits so long for a card
PACE_S: Final = 0.4  # between two steps, so that a person can read the display
YUAN: Final = 156

# Codes of the protocol
ACCEPTED, NOT_READABLE, ABORTED, NO_CREDIT, EXPIRED, BUSY, NOT_POSSIBLE, WRONG_CURRENCY, NO_HOST, UNREGISTERED = (
    0x00, 0x64, 0x6C, 0x71, 0x78, 0x9C, 0x83, 0x6F, 0xA3, 0x6B,
)  # fmt: skip
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


class Transaction(NamedTuple):
    trace: int
    receipt: int
    fen: int
    result: int


class ZvtSim:
    """`ZvtSim("terminal", Path("/tmp/x/terminal")).start()`, then open the link like a serial port."""

    def __init__(self, name: str, link: Path, pace_s: float = PACE_S, card_s: float = CARD_S) -> None:
        self.name = name
        self._link = link
        self._pace_s, self._card_s = pace_s, card_s
        self._lock = threading.RLock()
        self._pty: Pty | None = None
        self._wire: Wire | None = None
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._plugged = self._powered = True
        # what survives a power cut
        self._tid = "52500041"
        self._trace = self._receipts = 0
        self._last: Transaction | None = None
        self.charged_fen: list[int] = []  # what the bank took, in order: the truth
        # what does not
        self._registered = False
        self._shows = "idle"
        self._card: Kind | None = None
        self._stop_pressed = False
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
        """`shows`: what stands on its display. `charged_fen`: what the bank took, in order.
        `will_fail_at`: what was ordered by `fail_at` and has not come yet."""
        with self._lock:
            return {
                "powered": self._powered,
                "plugged": self._plugged,
                "shows": self._shows if self._powered else "off",
                "terminal": self._tid,
                "trace": self._trace,
                "charged_fen": list(self.charged_fen),
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
            self._registered, self._card, self._stop_pressed, self._shows = False, None, False, "idle"
            self._the_wire().power(True)
            if self._plugged:
                self._port().plug()

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
            "0600": self._register,
            "0501": self._enquiry,
            "0601": self._authorise,
            "0620": self._repeat_receipt,
        }
        act = does.get(order[:2].hex())
        if act is not None:
            act(wire, order[3:])
        elif order[:2].hex() == "06b0":
            wire.say(ACKNOWLEDGED, answered=False)
        elif order[:1] not in (b"\x80", b"\x84"):
            wire.say(message("84 83"), answered=False)

    def _register(self, wire: Wire, data: bytes) -> None:
        wire.say(ACKNOWLEDGED, answered=False)
        if data[4:6] != _packed(YUAN, 2):
            wire.say(message("06 1E", bytes([WRONG_CURRENCY])))
            return
        self._registered = True
        done = b"\x19\x00" + b"\x29" + bytes.fromhex(self._tid) + b"\x49" + _packed(YUAN, 2)
        wire.say(message("06 0F", done))

    def _enquiry(self, wire: Wire, data: bytes) -> None:
        wire.say(ACKNOWLEDGED, answered=False)
        wire.say(message("06 0F", b"\xf0\xf0\xf0\xf7SIM 1.0\x00"))

    def _repeat_receipt(self, wire: Wire, data: bytes) -> None:
        wire.say(ACKNOWLEDGED, answered=False)
        if self._last is None:
            wire.say(message("06 1E", bytes([NOT_POSSIBLE])))
            return
        wire.say(message("04 0F", self._status(self._last)))
        self._lines(wire, self._last)
        wire.say(message("06 0F"))

    def _authorise(self, wire: Wire, data: bytes) -> None:
        if not self._registered:
            wire.say(message("84 6B"), answered=False)
            return
        fen = int(data[1:7].hex()) if data[:1] == b"\x04" else 0
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
        self._decide(wire, fen, code)

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

    def _decide(self, wire: Wire, fen: int, code: int) -> None:
        """The bank has the last word; from then on it stands in the record, whatever becomes of the line."""
        if code in (NOT_READABLE, NO_HOST):
            self._refuse(wire, code)
            return
        self._enter(fen + self._amount_off, code)
        assert self._last is not None
        self._at("decided", wire)
        wire.say(message("04 0F", self._status(self._last)))
        self._at("status", wire)
        if code != ACCEPTED:
            self._refuse(wire, code)
            return
        self._lines(wire, self._last)
        self._at("lines", wire)
        self._show(wire, "remove card", TAKE_CARD)
        wire.say(message("06 0F"))
        self._shows = "idle"

    def _refuse(self, wire: Wire, code: int) -> None:
        self._shows = "idle"
        wire.say(message("06 1E", bytes([code])))

    def _enter(self, fen: int, code: int) -> None:
        self._trace = self._trace % 999_999 + 1
        self._receipts = self._receipts % 9_999 + 1
        self._last = Transaction(self._trace, self._receipts, fen, code)
        if code == ACCEPTED:
            self.charged_fen.append(fen)

    def _status(self, last: Transaction) -> bytes:
        name = b"UnionPay\0"
        return b"".join(
            (
                b"\x27", bytes([last.result]), b"\x04", _packed(last.fen, 6), b"\x49", _packed(YUAN, 2),
                b"\x0b", _packed(last.trace, 3), b"\x0c\x10\x20\x30", b"\x0d\x11\x21", b"\x29",
                bytes.fromhex(self._tid), b"\x22\xf0\xf8" + bytes.fromhex("6222eeeeeeee1234"), b"\x17\x00\x01",
                b"\x87", _packed(last.receipt, 2), b"\x8a\x46", b"\x8b\xf0\xf9" + name, b"\x3b123456\0\0",
                b"\x06\x04\x1f\x10\x01\x00",
            )
        )  # fmt: skip

    def _lines(self, wire: Wire, last: Transaction) -> None:
        if self._prints_lines:
            for line in ("CARD PAYMENT", f"AMOUNT {last.fen}", "\x10 DLE in a line"):
                wire.say(message("06 D1", b"\x00" + line.encode("ascii")))

    def _show(self, wire: Wire, text: str, code: int) -> None:
        self._shows = text
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
        self._enter(fen, ACCEPTED)

    def _end_of_day(self) -> None:
        self._alive()
        self._last = None

    def _swap(self, terminal: Tid) -> None:
        """Another terminal hangs on the cable, with a record of its own."""
        self._tid, self._trace, self._last, self._registered = terminal, 0, None, False

    def _set_trace(self, trace: Trace) -> None:
        self._trace = trace
        self._last = Transaction(trace, self._receipts, 100, ACCEPTED) if trace else None

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


def _packed(number: int, size: int) -> bytes:
    with contextlib.suppress(ValueError):
        return bytes.fromhex(str(number).rjust(2 * size, "0"))
    raise NotPossible(f"{number} does not fit {size} bytes")
