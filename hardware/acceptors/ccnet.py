"""The CCNET host as a state machine without I/O: answers, verbs and time go in, commands and events come out.

A *transaction* is a command and its answer. The driver asks `due_s` when the next may begin and `command`
what to send, then reports `heard` (which says whether to acknowledge) or `missed`. What is sent in which
state is the table `_RULES`; what a state tells is the table in `ccnet_inside`.

Start. POLL comes first, so that what the unit kept from before is told before a RESET could disturb it. A
unit at power-up gets RESET once it has said who it is (it may do so then); one that idles enabled, after a
restart of this process, is disabled; a note in escrow, stacking or returning is left alone. With the unit
disabled, identity, bill table and counter are read, then `Found` and `AtRest` are told. A note that lies in
escrow at start is told as `Held` before that. The unit does not give its bill table in that state, so the
value is that of the configured order of denominations: good enough to show, and the core gives that note
back. A `Taken` before the bill table is known carries no value: never a guess with money that is ours.

Specification: CCNET Common Specifications 2.6.0; acceptors.md §3 and §8.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final

from hardware.acceptors.ccnet_codes import (
    NEEDS_TYPE,
    Command,
    Identity,
    Says,
    WrongCurrency,
    enable_command,
    failure,
    parse_bill_table,
    parse_identity,
    parse_state,
)
from hardware.acceptors.ccnet_frames import ACK, ILLEGAL_COMMAND, NAK
from hardware.acceptors.ccnet_inside import AT_REST, ESCROW, POWERED_UP_WITH, Inside
from hardware.contracts import AtRest, Event, Found, Lost, Trouble
from kiosk.money import Money

POLL_S: Final = 0.2  # between polls; the specification recommends 200 ms or more
POLL_LOST_S: Final = 1.0  # between polls of a unit out of reach: no hurry
BUS_SILENCE_S: Final = 0.02  # after a transaction, before the next command (recommended)
BUSY_UNIT_S: Final = 0.1  # the number in a BUSY answer counts these
BUSY_LIMIT_S: Final = 5.0  # ask again by then whatever was announced: `take` must not wait longer
SILENT_S: Final = 1.5  # three polls; 5 s by the book, but nobody may be asked for notes for that long
SILENT_START_S: Final = (
    5.0  # the same while it starts: then it has itself to look after, and no money is asked for
)
RESET_SILENT_S: Final = 8.0  # then it gets RESET at least every 10 s, always behind an unanswered poll
RESET_POWER_UP_S: Final = 5.0  # a unit still at power-up so long after RESET did not take it
RESET_FAULT_S: Final = 30.0  # a jam or a failure may be over; not more often, for the motors' sake
ENABLE_AGAIN_S: Final = 1.0  # a unit needs some polls to follow ENABLE BILL TYPES
HOLD_EVERY_S: Final = 3.0  # the unit gives a note back after 10 s, and one or two HOLDs may get lost
HOLD_LIMIT_S: Final = 60.0  # a core that has not decided by then never will: let the unit give it back
ASK_LIMIT: Final = 5  # attempts to read identity, bill table or counter before it counts as refused
ASK_LIMIT_POWER_UP: Final = 2  # not worth more: it can be read after RESET as well
WRONG_DEVICE_AGAIN_S: Final = 5.0  # its answers may have got lost, or somebody loaded the right dataset

_DISABLED: Final = frozenset({Says.DISABLED})
_IDLING: Final = frozenset({Says.IDLING})
_POWER_UP: Final = frozenset(POWERED_UP_WITH)
_ASKABLE: Final = _POWER_UP | {Says.INITIALIZING, Says.DISABLED, Says.FAILURE}
_FAULT: Final = frozenset({Says.VALIDATOR_JAMMED, Says.BOX_JAMMED, Says.FAILURE})
_SHORT_ANSWERS: Final = (ACK, NAK, ILLEGAL_COMMAND)  # these are acknowledgements themselves
_NEVER: Final = float("-inf")


class Ccnet:
    """One validator. `currencies`: accepted three-letter codes; `notes`: denominations this site takes."""

    _state: Says | None  # as last polled; None: out of reach
    _argument: int | None
    _asked: Command | None  # waiting for its answer
    _identity: Identity | None
    _mask: frozenset[int] | None  # types that the unit acknowledged to accept; None: unknown
    _mask_sent: frozenset[int] | None

    def __init__(self, device: str, currencies: Collection[str], notes: Sequence[Money]) -> None:
        self._device = device
        self._currencies = tuple(currencies)
        self._notes = tuple(notes)
        self._inside = Inside(device, notes)
        self._limit: Money | None = None
        self._lost: tuple[Trouble, str] | None = None
        self.has_counter: bool | None = None  # None: not known yet
        self.begin(0.0)

    # ---- verbs, as in the contract ----------------------------------------------------------------

    def enable(self, limit: Money) -> None:
        """A wish that stays: carried out whenever the unit is ready for it, also again after trouble."""
        self._limit = limit

    def disable(self) -> None:
        self._limit = None

    def take(self) -> None:
        self._inside.decide(Command.STACK)

    def give_back(self) -> None:
        self._inside.decide(Command.RETURN)

    def confirm(self) -> None:
        self._inside.confirm()

    # ---- what the driver reports ------------------------------------------------------------------

    def begin(self, now_s: float) -> None:
        """The line was opened: nothing is known of what happened meanwhile."""
        self._state = self._argument = self._asked = None
        self._fresh = False  # the last transaction was a POLL that told the state
        self._out_of_reach = False
        self._knock = False  # out of reach, and RESET is due
        self._garbled = False  # something arrived since `_since_s`, and made no sense
        self._since_s = now_s  # of the last answer that made sense, or of the last verdict without one
        self._poll_s = self._traffic_s = now_s
        self._reset_s = _NEVER
        self._start_over()

    def broken(self, now_s: float, trouble: Trouble, detail: str) -> None:
        """The line can not be used."""
        self._state = None
        self._lose(trouble, detail)

    def heard(self, now_s: float, data: bytes) -> bool:
        """The answer to the last command. True: acknowledge it."""
        asked, self._asked = self._asked, None
        self._traffic_s = now_s
        if asked is Command.POLL:
            return self._heard_state(now_s, data)
        if asked in _ANSWERS:
            _ANSWERS[asked](self, now_s, data)
            self._settle()
        return data not in _SHORT_ANSWERS

    def missed(self, now_s: float, garbled: bool) -> None:
        """No answer came, or (`garbled`) bytes that made no frame."""
        asked, self._asked = self._asked, None
        self._traffic_s = now_s
        if asked in _ASKS:
            self._ask_failed(now_s, f"it did not answer {_ASKS[asked]}")
            self._settle()
        self._no_sense(now_s, garbled, asked)

    def drain(self) -> list[Event]:
        """The events since the last call, in the order in which things happened."""
        return self._inside.drain()

    @property
    def refuses_everything(self) -> bool:
        """The unit said that it is disabled and was not told otherwise since, or it is out of reach."""
        return self._state is None or (self._state is Says.DISABLED and self._told_to_take_none)

    # ---- what is sent -----------------------------------------------------------------------------

    def due_s(self, now_s: float) -> float:
        """When the next command may be sent."""
        if self._rule(now_s) is None:
            return self._poll_s
        return min(self._poll_s, self._traffic_s + BUS_SILENCE_S)

    def command(self, now_s: float) -> bytes:
        """The data of the next command; its answer, or the lack of one, must be reported."""
        command = self._rule(now_s) or Command.POLL
        self._asked, self._fresh, self._knock = command, False, False
        note = self._inside.note
        if command is Command.POLL:
            self._poll_s = now_s + POLL_S
        elif command is Command.RESET:
            self._reset_s = now_s
        elif command is Command.ENABLE_BILL_TYPES:
            self._enable_s, self._mask_sent, self._mask = now_s, self._wanted(), None
            return enable_command(self._mask_sent)
        elif command is Command.HOLD and note:
            note.held_s = now_s
        elif command in (Command.STACK, Command.RETURN):
            self._inside.order_left()
        return bytes((command,))

    def _rule(self, now_s: float) -> Command | None:
        """The first rule that applies. Only right after a POLL: no state command is sent into the dark."""
        if self._knock:
            return Command.RESET
        if not self._fresh or self._state is None:
            return None
        return next((send for says, when, send in _RULES if self._state in says and when(self, now_s)), None)

    def _ordered(self, order: Command) -> bool:
        note = self._inside.note
        return note is not None and note.order is order and not note.sent

    def _hold_wanted(self, now_s: float) -> bool:
        note = self._inside.note
        if note is None or note.order is not None:
            return False
        return note.held_s + HOLD_EVERY_S <= now_s < note.since_s + HOLD_LIMIT_S

    def _may_ask(self) -> bool:
        return not self._refused and not (
            self._state in _POWER_UP and self._failed_asks >= ASK_LIMIT_POWER_UP
        )

    def _identity_wanted(self, now_s: float) -> bool:
        return self._identity is None and self._may_ask()

    def _table_wanted(self, now_s: float) -> bool:
        return not self._table_read and self._may_ask()

    def _counter_wanted(self, now_s: float) -> bool:
        only_disabled = self._counter_only_disabled and self._state is not Says.DISABLED
        return self._table_read and not self._inside.counter_is_fresh and not only_disabled

    def _wanted(self) -> frozenset[int]:
        """The types that the unit should accept now."""
        counter_blocks = self._counter_only_disabled and not self._inside.counter_is_fresh
        if self._limit is None or not self._ready or not self._disabled_seen or counter_blocks:
            return frozenset()
        table = self._inside.table or {}
        return frozenset(t for t, value in table.items() if value in self._notes and value <= self._limit)

    def _enable_wanted(self, now_s: float) -> bool:
        """Only while no note is under way: a mask that changes meanwhile could stack it without escrow."""
        wanted = self._wanted()
        if wanted == self._mask_sent and now_s < self._enable_s + ENABLE_AGAIN_S:
            return False
        if self._state is Says.DISABLED:
            return bool(wanted) or not self._told_to_take_none
        return not wanted or wanted != self._mask

    @property
    def _told_to_take_none(self) -> bool:
        """By an order that it acknowledged, or it never had another one: some polls pass until it says what it does."""
        return self._mask_sent is None or self._mask == frozenset()

    # ---- what comes back --------------------------------------------------------------------------

    def _heard_state(self, now_s: float, data: bytes) -> bool:
        if data == bytes((Command.POLL,)):
            self._state, self._out_of_reach = None, True
            self._since_s, self._poll_s = now_s, now_s + POLL_LOST_S
            self._lose(Trouble.ECHO, "our own bytes come back; check for a loop-back plug or an echoing line")
            return False
        says, argument = parse_state(data)
        if says is None:
            self._no_sense(now_s, True, Command.POLL)
            return data not in _SHORT_ANSWERS and data[0] not in NEEDS_TYPE
        self._since_s, self._garbled, self._out_of_reach = now_s, False, False
        if says is Says.BUSY:
            self._poll_s = now_s + min(max(POLL_S, (argument or 0) * BUSY_UNIT_S), BUSY_LIMIT_S)
            return True
        if (says, argument) != (self._state, self._argument):
            self._state, self._argument = says, argument
            self._enter(now_s, says, argument)
        if self._refused and says is Says.DISABLED and now_s >= self._refused_s + WRONG_DEVICE_AGAIN_S:
            self._start_over()
        self._fresh = True
        self._settle()
        return not (says is Says.STACKED and self._inside.withholds)

    def _enter(self, now_s: float, says: Says, argument: int | None) -> None:
        self._failed_asks = 0
        self._inside.enter(now_s, says, argument)
        if says in _POWER_UP:
            self._reset_s = _NEVER
            self._start_over()
        elif says is Says.INITIALIZING:
            self._mask, self._disabled_seen = None, False
        elif says is Says.DISABLED:
            self._disabled_seen = True
        elif says in _FAULT:
            self._reset_s = now_s
            if says is Says.FAILURE:
                self._lose(Trouble.FAILED, f"the unit reports a failure: {failure(argument)}; call service")

    def _heard_identity(self, now_s: float, data: bytes) -> None:
        try:
            self._identity = parse_identity(data)
        except ValueError as error:
            self._ask_failed(now_s, str(error))

    def _heard_table(self, now_s: float, data: bytes) -> None:
        try:
            table = parse_bill_table(data, self._currencies)
        except WrongCurrency as error:
            self._refuse(now_s, str(error))
            return
        except ValueError as error:
            self._ask_failed(now_s, str(error))
            return
        if not set(table.values()) & set(self._notes):
            self._refuse(now_s, "its bill table has none of the configured denominations; check `notes_yuan`")
            return
        self._inside.table, self._table_read = table, True

    def _heard_counter(self, now_s: float, data: bytes) -> None:
        if len(data) == 2:
            self.has_counter = True
            self._inside.counter, self._inside.counter_is_fresh = int.from_bytes(data, "big"), True
        elif data == ILLEGAL_COMMAND and self._state is Says.IDLING:
            self._counter_only_disabled = True
        elif data == ILLEGAL_COMMAND and self.has_counter is None:
            self.has_counter, self._inside.counter_is_fresh = False, True
        else:
            self._ask_failed(now_s, "it did not answer with its counter")

    def _heard_enabled(self, now_s: float, data: bytes) -> None:
        if data == ACK:
            self._mask = self._mask_sent

    def _ask_failed(self, now_s: float, detail: str) -> None:
        self._failed_asks += 1
        if self._failed_asks < ASK_LIMIT or self._state not in AT_REST:
            return
        if self._table_read:  # only the counter is missing
            self._inside.counter_is_fresh = True
        else:
            self._refuse(now_s, f"{detail}, after {ASK_LIMIT} attempts; is this a CCNET bill validator?")

    # ---- where we stand ---------------------------------------------------------------------------

    def _start_over(self) -> None:
        """Whatever was known of the unit has to be read again; only a bill table serves until then."""
        self._identity = None
        self._table_read = self._ready = self._refused = self._disabled_seen = False
        self._counter_only_disabled = False
        self.has_counter = None
        self._refused_s = self._enable_s = _NEVER
        self._failed_asks = 0
        self._mask = self._mask_sent = None
        self._inside.start_over()

    def _settle(self) -> None:
        """Tell `Found` and `AtRest` once everything is known that they promise."""
        if self._state not in AT_REST or not self._table_read or self._identity is None:
            return
        if self.has_counter is False:
            self._inside.counter_is_fresh = True
        if not self._inside.counter_is_fresh:
            return
        serial_number = self._identity.serial_number
        if not self._ready:
            identity = f"{self._identity.part} {serial_number}".strip()
            self._ready, self._inside.starting, self._lost = True, False, None
            self._inside.tell(Found(device=self._device, identity=identity, serial_number=serial_number))
        if not self._inside.settled:
            self._inside.settle()
            counter = self._inside.counter
            self._inside.tell(AtRest(device=self._device, counter=counter, serial_number=serial_number))

    def _refuse(self, now_s: float, detail: str) -> None:
        self._lose(Trouble.WRONG_DEVICE, detail)
        self._refused, self._refused_s = True, now_s

    def _lose(self, trouble: Trouble, detail: str) -> None:
        if (trouble, detail) != self._lost:
            self._lost = (trouble, detail)
            self._inside.tell(Lost(device=self._device, trouble=trouble, detail=f"{self._device}: {detail}"))
        self._start_over()

    def _no_sense(self, now_s: float, garbled: bool, asked: Command | None) -> None:
        """Nothing that makes sense came back. After a while that is a verdict, and one again as long as it lasts."""
        self._fresh = False
        self._garbled = self._garbled or garbled
        self._poll_s = now_s + (POLL_LOST_S if self._out_of_reach else POLL_S)
        if now_s - self._since_s >= (SILENT_S if self._ready else SILENT_START_S):
            self._state, self._out_of_reach = None, True
            if self._garbled:
                detail = "bytes arrive that make no sense; check baud rate, cable and protocol switch"
                self._lose(Trouble.GARBAGE, f"{detail} (CCNET, 8N1)")
            else:
                detail = "no answer; check power, cable and protocol switch (CCNET)"
                self._lose(Trouble.SILENT, detail)
            self._since_s, self._garbled = now_s, False
        silent = self._out_of_reach and self._lost is not None and self._lost[0] is Trouble.SILENT
        self._knock = silent and asked is Command.POLL and now_s >= self._reset_s + RESET_SILENT_S


# The unit says …, and this is so → we send. The first line that applies; POLL when none does.
_RULES: Final[tuple[tuple[frozenset[Says], Callable[[Ccnet, float], bool], Command], ...]] = (
    (ESCROW, lambda ccnet, now_s: ccnet._ordered(Command.STACK), Command.STACK),
    (ESCROW, lambda ccnet, now_s: ccnet._ordered(Command.RETURN), Command.RETURN),
    (ESCROW, Ccnet._hold_wanted, Command.HOLD),
    (_ASKABLE, Ccnet._identity_wanted, Command.IDENTIFICATION),
    (_ASKABLE, Ccnet._table_wanted, Command.GET_BILL_TABLE),
    (_POWER_UP, lambda ccnet, now_s: now_s >= ccnet._reset_s + RESET_POWER_UP_S, Command.RESET),
    (_FAULT, lambda ccnet, now_s: now_s >= ccnet._reset_s + RESET_FAULT_S, Command.RESET),
    (_DISABLED, Ccnet._counter_wanted, Command.GET_COUNTER),
    (AT_REST, Ccnet._enable_wanted, Command.ENABLE_BILL_TYPES),
    (_IDLING, Ccnet._counter_wanted, Command.GET_COUNTER),
)

# Asked for → what an answer does.
_ANSWERS: Final[dict[Command | None, Callable[[Ccnet, float, bytes], None]]] = {
    Command.IDENTIFICATION: Ccnet._heard_identity,
    Command.GET_BILL_TABLE: Ccnet._heard_table,
    Command.GET_COUNTER: Ccnet._heard_counter,
    Command.ENABLE_BILL_TYPES: Ccnet._heard_enabled,
}
_ASKS: Final[dict[Command | None, str]] = {
    Command.IDENTIFICATION: "IDENTIFICATION",
    Command.GET_BILL_TABLE: "GET BILL TABLE",
    Command.GET_COUNTER: "GET COUNTER",
}
