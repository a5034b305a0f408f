"""The protocol of a ZVT terminal without I/O: bytes and verbs in, bytes and events out.

    AWAY ─ line open ─▶ REGISTERING ─▶ LEARNING (how its record stands) ─▶ READY ◀─▶ CHECKING (is it there?)
                                           ▲                                 │
                                           └──────── PAYING, QUERYING ◀──────┘

Each command is first acknowledged (80 00), then runs, tells its status (04 0F), and ends with a completion (06 0F)
or an abort (06 1E). Only a completion after an accepted status of our amount is an approval. Whatever breaks off
between the order and its end makes the payment unknown; it is never ordered again.
"""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Callable
from typing import Final

from hardware.contracts import Event, Found, Lost, Trouble
from hardware.terminals import zvt_fields as f
from hardware.terminals.contract import (
    CardApproved,
    CardAsks,
    CardDeclined,
    CardDoubtful,
    CardUnknown,
    DeclinedBecause,
    Mark,
    TerminalAtRest,
)
from hardware.terminals.verdict import Entry, verdict
from hardware.terminals.zvt_frames import apdu, parts
from hardware.terminals.zvt_link import ACK_S, TRIES, Link
from kiosk.money import Money

REGISTER, STATUS_ENQUIRY, AUTHORISE, REPEAT_RECEIPT, ABORT_ORDER = 0x0600, 0x0501, 0x0601, 0x0620, 0x06B0
STATUS, INTERMEDIATE, COMPLETION, ABORT = 0x040F, 0x04FF, 0x060F, 0x061E
DONE, REFUSED_CLASS = 0x8000, 0x84
OURS: Final = frozenset({REGISTER, STATUS_ENQUIRY, AUTHORISE, REPEAT_RECEIPT, ABORT_ORDER})

# Receipts come to us as lines, steps are told, amount and functions are ours alone: no key of the terminal starts any.
CONFIGURATION: Final = 0x02 | 0x04 | 0x08 | 0x10 | 0x20

ACCEPT_S: Final = 5.0  # T3: until an order is acknowledged
CHECK_S: Final = 1.0  # between two looks whether it is still there
CHECK_ACK_S: Final = 0.8  # so that its absence is known within two seconds
REGISTER_ACK_S: Final = 1.0  # a terminal that was just plugged in is found soon, one that is not there too
KEPT_IDS: Final = 100  # payments that were ordered, so that none is ordered twice


class State(enum.Enum):
    AWAY = "away"
    REGISTERING = "registering"
    LEARNING = "learning"
    READY = "ready"
    CHECKING = "checking"
    PAYING = "paying"
    QUERYING = "querying"


# How long a command may run without a word before it is given up.
LIMIT_S: Final = {
    State.REGISTERING: 60.0,  # a terminal may first load its keys
    State.LEARNING: 30.0,
    State.CHECKING: 10.0,
    State.PAYING: 180.0,  # T4: the customer looks for the card, then for the PIN
    State.QUERYING: 30.0,
}


class Order:
    """A payment that is being paid or asked about."""

    def __init__(self, payment: str, amount: Money, before: Mark) -> None:
        self.payment, self.amount, self.before = payment, amount, before
        self.cancelled = False


class Zvt:
    """`begin` when the line is open, `heard` and `tick`, write `take_out()`, `drain` the events.

    `trouble` not None: the line is to be closed, then call `broken` with it. `currency`: ISO 4217 number."""

    def __init__(self, device: str, currency: int, password: int = 0) -> None:
        self._device = device
        self._currency = currency
        self._password = f.bcd(password, 3)
        self._link = Link()
        self._events: list[Event] = []
        self._state = State.AWAY
        self._running = False  # the command was acknowledged
        self._deadline_s = 0.0
        self._order: Order | None = None
        self._status: f.Status | None = None
        self._mark: Mark | None = None
        self._terminal = ""
        self._found = False
        self._told: Trouble | None = None
        self._asked: deque[str] = deque(maxlen=KEPT_IDS)
        self._later: deque[Callable[[float], None]] = deque()
        self.trouble: tuple[Trouble, str] | None = None

    # ---- verbs ----------------------------------------------------------------------------------------

    def pay(self, now_s: float, payment: str, amount: Money, before: Mark) -> None:
        if self._state is State.CHECKING:
            self._later.append(lambda at_s: self.pay(at_s, payment, amount, before))
        elif payment in self._asked:
            self._unknown(payment, "it was ordered before; ask what became of it")
        elif self._state is not State.READY:
            self._not_started(payment, f"the terminal is {self._state.value}")
        elif before != self._mark:
            self._not_started(payment, f"its record stands at {self._mark}, not at {before}")
        else:
            self._asked.append(payment)
            self._order = Order(payment, amount, before)
            data = bytes((f.AMOUNT,)) + f.bcd(amount.fen, 6) + bytes((f.CURRENCY,)) + f.bcd(self._currency, 2)
            self._command(now_s, State.PAYING, AUTHORISE, data)

    def cancel(self, now_s: float, payment: str) -> None:
        if self._state is State.CHECKING:
            self._later.append(lambda at_s: self.cancel(at_s, payment))
        order = self._order
        if self._state is State.PAYING and order and order.payment == payment and not order.cancelled:
            order.cancelled = True
            if self._running:
                self._link.send(now_s, apdu(ABORT_ORDER))

    def query(self, now_s: float, payment: str, amount: Money, before: Mark) -> None:
        if self._state is State.CHECKING:
            self._later.append(lambda at_s: self.query(at_s, payment, amount, before))
        elif self._state is not State.READY:
            self._unknown(payment, f"the terminal is {self._state.value}")
        else:
            self._order = Order(payment, amount, before)
            self._command(now_s, State.QUERYING, REPEAT_RECEIPT, self._password)

    # ---- the line -------------------------------------------------------------------------------------

    @property
    def paying(self) -> bool:
        return self._state is State.PAYING

    @property
    def due_s(self) -> float:
        """When `tick` is to be called at the latest."""
        link_s = self._link.due_s
        return self._deadline_s if link_s is None else min(self._deadline_s, link_s)

    def begin(self, now_s: float) -> None:
        """The line was opened: nothing is known of what happened meanwhile."""
        self._link.reset()
        self.trouble = None
        self._found = False
        data = self._password + bytes((CONFIGURATION,)) + f.bcd(self._currency, 2)
        self._command(now_s, State.REGISTERING, REGISTER, data, ack_s=REGISTER_ACK_S)

    def broken(self, now_s: float, trouble: Trouble, detail: str) -> None:
        """The line can not be used. A payment that runs is unknown from now on."""
        running = self._order if self._state in (State.PAYING, State.QUERYING) else None
        self._state, self._order, self._mark = State.AWAY, None, None
        self._link.reset()
        if running is not None:
            self._unknown(running.payment, detail)
        if trouble is not self._told:
            self._told = trouble
            self._events.append(Lost(device=self._device, trouble=trouble, detail=detail))
        self._do_later(now_s)

    def heard(self, now_s: float, data: bytes) -> None:
        for whole in self._link.receive(now_s, data):
            told = parts(whole)
            if told is not None and self._state is not State.AWAY and self.trouble is None:
                self._apdu(now_s, *told)
        self._check_link()

    def tick(self, now_s: float) -> None:
        self._link.tick(now_s)
        self._check_link()
        if self._state is State.AWAY or self.trouble is not None or now_s < self._deadline_s:
            return
        if self._state is State.READY:
            self._link.forget()  # a last word that nobody acknowledged does not hold up the question
            self._command(now_s, State.CHECKING, STATUS_ENQUIRY, self._password, tries=1, ack_s=CHECK_ACK_S)
        else:
            self._give_up()

    def take_out(self) -> bytes:
        return self._link.take_out()

    def drain(self) -> list[Event]:
        events, self._events = self._events, []
        return events

    # ---- what comes -----------------------------------------------------------------------------------

    def _command(
        self, now_s: float, state: State, command: int, data: bytes, tries: int = TRIES, ack_s: float = ACK_S
    ) -> None:
        self._state, self._running, self._status = state, False, None
        self._deadline_s = now_s + tries * ack_s + ACCEPT_S
        self._link.count_afresh()
        if state is State.PAYING:
            self._link.send_once(now_s, apdu(command, data))
        else:
            self._link.send(now_s, apdu(command, data), tries, ack_s)

    def _apdu(self, now_s: float, command: int, data: bytes) -> None:
        if command in OURS:
            detail = f"{self._device}: our own orders come back; a loop-back plug or an echoing line?"
            self.trouble = (Trouble.ECHO, detail)
        elif command == DONE:
            self._accepted(now_s)
        elif command >> 8 == REFUSED_CLASS:
            if not self._running:
                self._link.answered(now_s)
                _ENDS[self._state].refused(self, now_s, command & 0xFF)
        else:
            self._link.send(now_s, apdu(DONE))
            if self._running:
                self._deadline_s = now_s + LIMIT_S[self._state]
                self._told_while_running(now_s, command, data)

    def _accepted(self, now_s: float) -> None:
        if self._running or self._state is State.READY:
            return  # the acknowledgement of an order to abort, or one told again
        self._running = True
        self._link.answered(now_s)
        self._deadline_s = now_s + LIMIT_S[self._state]
        if self._order is not None and self._order.cancelled and self._state is State.PAYING:
            self._link.send(now_s, apdu(ABORT_ORDER))

    def _told_while_running(self, now_s: float, command: int, data: bytes) -> None:
        if command == STATUS:
            self._status = f.status_of(data)
            self._terminal = self._status.terminal or self._terminal
        elif command == INTERMEDIATE:
            if self._state is State.PAYING and self._order and data:
                step = f.step(data[0])
                self._events.append(CardAsks(device=self._device, payment=self._order.payment, step=step))
        elif command == COMPLETION:
            self._running = False
            _ENDS[self._state].completed(self, now_s, data)
        elif command == ABORT:
            self._running = False
            _ENDS[self._state].refused(self, now_s, data[0] if data else 0xFF)
        # Lines of a receipt (06 D1, 06 D3) and all else: acknowledged, and that is enough.

    def _check_link(self) -> None:
        babbles = self._state is State.CHECKING and self._link.babbles  # some of it may pass for a sign
        if (self._link.dead or babbles) and self.trouble is None:
            self._give_up()

    def _give_up(self) -> None:
        """No acknowledgement, or nothing more: what runs is unknown."""
        if self._link.babbles:
            detail = f"{self._device}: bytes, but no frame; check speed, 8N2, and which device hangs there"
            self.trouble = (Trouble.GARBAGE, detail)
        else:
            detail = f"{self._device}: no answer while {self._state.value}; check its power and cable"
            self.trouble = (Trouble.SILENT, detail)

    # ---- ends of commands -----------------------------------------------------------------------------

    def _registered(self, now_s: float, data: bytes) -> None:
        self._terminal = f.fields(data).get(f.TERMINAL, b"").hex() or self._terminal
        self._learn(now_s)

    def _not_registered(self, now_s: float, code: int) -> None:
        wrong = code in f.WRONG_CURRENCY
        detail = f"{self._device}: registration refused, {f.said(code)}"
        self.trouble = (Trouble.WRONG_DEVICE if wrong else Trouble.FAILED, detail)

    def _learn(self, now_s: float) -> None:
        self._order = None
        self._command(now_s, State.LEARNING, REPEAT_RECEIPT, self._password)

    def _learned(self, now_s: float, data: bytes) -> None:
        self._at_rest(now_s, (self._status.trace if self._status else None) or 0)

    def _nothing_learned(self, now_s: float, code: int) -> None:
        if code == f.BUSY:
            self.trouble = (
                Trouble.FAILED,
                f"{self._device}: {f.said(code)}; wait until its display is at rest",
            )
        else:
            self._at_rest(now_s, 0)

    def _at_rest(self, now_s: float, trace: int) -> None:
        self._mark = Mark(self._terminal, trace)
        if not self._found:
            self._found, self._told = True, None
            identity = f"ZVT terminal {self._terminal}"
            self._events.append(Found(device=self._device, identity=identity, serial_number=self._terminal))
        self._events.append(TerminalAtRest(device=self._device, mark=self._mark))
        self._ready(now_s)

    def _checked(self, now_s: float, data: bytes) -> None:
        self._ready(now_s)

    def _check_refused(self, now_s: float, code: int) -> None:
        """It answers: that is all that was asked."""
        self._ready(now_s)

    def _ready(self, now_s: float) -> None:
        self._state, self._running = State.READY, False
        self._deadline_s = now_s + CHECK_S
        self._do_later(now_s)

    def _do_later(self, now_s: float) -> None:
        later, self._later = self._later, deque()
        for verb in later:
            verb(now_s)

    def _paid(self, now_s: float, data: bytes) -> None:
        order, status = self._order, self._status
        assert order is not None
        if status is None or status.result is None or status.amount is None or status.trace is None:
            self._unknown(order.payment, "completed without saying of what")
        elif status.result != f.OK:
            self._declined(order.payment, f.because(status.result), f.said(status.result))
        elif status.currency not in (None, self._currency):
            self._doubtful(order.payment, None, "another_currency")
        elif status.amount != order.amount:
            self._doubtful(order.payment, status.amount, "another_amount")
        elif status.trace == order.before.trace or self._terminal != order.before.terminal:
            self._doubtful(order.payment, status.amount, "another_transaction")
        else:
            self._events.append(
                CardApproved(
                    device=self._device,
                    payment=order.payment,
                    amount=status.amount,
                    mark=Mark(self._terminal, status.trace),
                    card=status.card,
                    scheme=status.scheme,
                    receipt=status.receipt,
                )
            )
        self._learn(now_s)

    def _not_paid(self, now_s: float, code: int) -> None:
        """Aborted: no proof after an accepted status, or where it is busy (with what?); then its record says."""
        assert self._order is not None
        accepted = self._status is not None and self._status.result == f.OK
        if accepted or code == f.BUSY:
            self._unknown(
                self._order.payment, f"{'accepted, then ' if accepted else ''}aborted: {f.said(code)}"
            )
        else:
            self._declined(self._order.payment, f.because(code), f.said(code))
        self._learn(now_s)

    def _queried(self, now_s: float, data: bytes) -> None:
        order, status = self._order, self._status
        assert order is not None
        if status is None or status.trace is None or status.result is None:
            self._unknown(order.payment, "the terminal tells no last transaction")
        else:
            ours = status.currency in (None, self._currency)
            last = Entry(
                mark=Mark(self._terminal, status.trace),
                approved=status.result == f.OK,
                amount=status.amount if ours else None,
                card=status.card,
                scheme=status.scheme,
                receipt=status.receipt,
                detail=f.said(status.result),
            )
            self._events.append(verdict(self._device, order.payment, order.amount, order.before, last))
        self._learn(now_s)

    def _not_queried(self, now_s: float, code: int) -> None:
        assert self._order is not None
        self._unknown(self._order.payment, f"the terminal does not say what was last: {f.said(code)}")
        self._learn(now_s)

    # ---- events ---------------------------------------------------------------------------------------

    def _unknown(self, payment: str, detail: str) -> None:
        self._events.append(CardUnknown(device=self._device, payment=payment, detail=detail))

    def _declined(self, payment: str, because: DeclinedBecause, detail: str) -> None:
        self._events.append(
            CardDeclined(device=self._device, payment=payment, because=because, detail=detail)
        )

    def _not_started(self, payment: str, detail: str) -> None:
        self._declined(payment, DeclinedBecause.NOT_STARTED, detail)

    def _doubtful(self, payment: str, amount: Money | None, because: str) -> None:
        self._events.append(
            CardDoubtful(device=self._device, payment=payment, amount=amount, because=because)
        )


class Ends:
    """How a command ends: completed (06 0F), or refused (84 xx, 06 1E)."""

    def __init__(
        self, completed: Callable[[Zvt, float, bytes], None], refused: Callable[[Zvt, float, int], None]
    ) -> None:
        self.completed, self.refused = completed, refused


def _nothing(_zvt: Zvt, _now_s: float, _what: object) -> None:
    """Said again after its command has ended."""


_ENDS: Final = {
    State.AWAY: Ends(_nothing, _nothing),
    State.REGISTERING: Ends(Zvt._registered, Zvt._not_registered),
    State.LEARNING: Ends(Zvt._learned, Zvt._nothing_learned),
    State.READY: Ends(_nothing, _nothing),
    State.CHECKING: Ends(Zvt._checked, Zvt._check_refused),
    State.PAYING: Ends(Zvt._paid, Zvt._not_paid),
    State.QUERYING: Ends(Zvt._queried, Zvt._not_queried),
}
