"""What a simulated ZVT terminal says to what it is told, step by step, in a thread of its own.

Shares no code with the driver."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final, Literal

from hardware.terminals.zvt_sim_record import ACCEPTED, AMOUNT, CURRENCY, Record, Transaction, ordered, told
from hardware.terminals.zvt_sim_wire import ACKNOWLEDGED, NobodyListens, PowerGone, Wire, message

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


class Dialogue:
    """`currencies`: ISO 4217 numbers. `pull_the_plug` is called where the mains are to fail."""

    def __init__(
        self, pace_s: float, card_s: float, currencies: tuple[int, ...], pull_the_plug: Callable[[], None]
    ) -> None:
        self._pace_s, self._card_s = pace_s, card_s
        self._currencies = currencies
        self._pull_the_plug = pull_the_plug
        self.record = Record()  # survives a power cut, as that of a real one does
        self.forget()
        # troubles that were ordered
        self.prints_lines = True
        self.fails: dict[Stage, Trouble] = {}
        self.amount_off = 0

    def forget(self) -> None:
        self.registered = False
        self._currency: int | None = None  # that the other side named last; None: its own is never told
        self._wants = TELLS_LINES | TELLS_STEPS
        self.shows = "idle"
        self.card: Kind | None = None
        self.stop_pressed = False

    @property
    def currency(self) -> int:
        """In which it settles now."""
        return self._currency or YUAN

    def live(self, wire: Wire, stopping: Callable[[], bool]) -> None:
        while not stopping():
            try:
                order = wire.next(None)
                if order is not None:
                    self._obey(wire, order)
            except PowerGone:
                while not wire.powered and not stopping():
                    time.sleep(0.01)
            except NobodyListens:
                self.shows = "idle"

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
        self.registered, self._currency = True, currency
        self._wants = data[3] if len(data) > 3 else 0
        terminal = b"\x29" + bytes.fromhex(self.record.terminal)
        wire.say(message("06 0F", b"\x19\x00" + terminal + told(currency)))

    def _log_off(self, wire: Wire, data: bytes) -> None:
        wire.say(ACKNOWLEDGED, answered=False)
        self.registered = False

    def _enquiry(self, wire: Wire, data: bytes) -> None:
        """Version, with a length of three digits and without a tag, and the state: ready."""
        wire.say(ACKNOWLEDGED, answered=False)
        wire.say(message("06 0F", b"\xf0\xf0\xf7SIM 1.0\x00"))

    def _repeat_receipt(self, wire: Wire, data: bytes) -> None:
        wire.say(ACKNOWLEDGED, answered=False)
        last = self.record.last
        if last is None:
            wire.say(message("06 1E", bytes([NOT_POSSIBLE])))
            return
        wire.say(message("04 0F", self.record.status(last)))
        self._lines(wire, last)
        wire.say(message("06 0F"))

    def _totals(self, wire: Wire, data: bytes) -> None:
        wire.say(ACKNOWLEDGED, answered=False)
        wire.say(message("04 0F", self.record.totals(self._currency)))
        self._end(wire)

    def _close_day(self, wire: Wire, data: bytes) -> None:
        self._totals(wire, data)
        self.record.close_day()

    def _end(self, wire: Wire) -> None:
        self.shows = "idle"
        wire.say(message("06 0F"))

    def _authorise(self, wire: Wire, data: bytes) -> None:
        if not self.registered:
            wire.say(message("84 6B"), answered=False)
            return
        asked = ordered(data)
        fen, currency = asked.get(AMOUNT, 0), asked.get(CURRENCY, self.currency)
        if currency not in self._currencies:
            wire.say(message(f"84 {WRONG_CURRENCY:02x}"), answered=False)
            return
        self._currency = asked.get(CURRENCY, self._currency)
        self._at("asked", wire)
        wire.say(ACKNOWLEDGED, answered=False)
        with wire.changed:
            self.card, self.stop_pressed = None, False
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
                lambda: self.card is not None or self.stop_pressed or bool(wire.inbox),
                max(0.0, end_s - time.monotonic()),
            )
            if not came or self.stop_pressed:
                return None
            if wire.inbox:
                order = wire.next(0)
                if order is not None and order[:2] == b"\x06\xb0":
                    wire.say(ACKNOWLEDGED, answered=False)
                    return None
                if order is not None and order[:1] not in (b"\x80", b"\x84"):
                    wire.say(message(f"84 {BUSY:02x}"), answered=False)
                continue
            assert self.card is not None
            return CODES[self.card]

    def _decide(self, wire: Wire, fen: int, code: int, currency: int) -> None:
        """The bank has the last word; from then on it stands in the record, whatever becomes of the line."""
        if code in (NOT_READABLE, NO_HOST):
            self._refuse(wire, code)
            return
        last = self.record.enter(fen + self.amount_off, code, currency)
        self._at("decided", wire)
        wire.say(message("04 0F", self.record.status(last)))
        self._at("status", wire)
        if code != ACCEPTED:
            self._refuse(wire, code)
            return
        self._lines(wire, last)
        self._at("lines", wire)
        self._show(wire, "remove card", TAKE_CARD)
        self._end(wire)

    def _refuse(self, wire: Wire, code: int) -> None:
        self.shows = "idle"
        wire.say(message("06 1E", bytes([code])))

    def _lines(self, wire: Wire, last: Transaction) -> None:
        if self.prints_lines and self._wants & TELLS_LINES:
            for line in ("CARD PAYMENT", f"AMOUNT {last.fen}", "\x10 DLE in a line"):
                wire.say(message("06 D1", b"\x00" + line.encode("ascii")))

    def _show(self, wire: Wire, text: str, code: int) -> None:
        self.shows = text
        if self._wants & TELLS_STEPS:
            wire.say(message("04 FF", bytes([code])))

    def _pause(self, wire: Wire) -> None:
        wire.until(lambda: False, self._pace_s)

    def _at(self, stage: Stage, wire: Wire) -> None:
        """What was ordered to fail here fails here, once."""
        trouble = self.fails.pop(stage, None)
        if trouble == "silent":
            self.shows = "idle"
            raise NobodyListens(stage)
        if trouble == "power":
            threading.Thread(target=self._pull_the_plug, daemon=True).start()
            wire.until(lambda: False, None)
