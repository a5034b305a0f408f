"""The ID-003 host as a state machine without I/O: answers, verbs and time go in, commands and events come out.

A *transaction* is a command and its answer. The driver asks `due_s` when the next may begin and `command`
what to send, then reports `heard` (which says whether to acknowledge) or `missed`. What is sent in which
state is the table `_RULES`; what a state tells is the table in `id003_inside`.

Echo. A line that returns our own bytes looks like an idle unit: a status request is the answer "idling". So
"idling" is believed only for `PROOF_S` after an answer that no echo can give, and VERSION is asked for such
a one. An answer to any other command never counts as a state, and a power-up that equals a command of ours
whose answer was missed is asked for again.

Start. A status request comes first, so that what the unit kept from before is told before RESET destroys it:
a note in escrow as `Held`, VEND VALID and a note stuck in the stacker as `Taken`; RESET waits until the latter
is confirmed. A unit that rests is then reset to take its settings, comes up inhibited, and says its version
and its currency table; `Found` and `AtRest` follow. Until that table is known the value of a note found in
escrow is that of the configured order of denominations: good enough to show, and the core gives it back.

JCM ID-003; acceptors.md §6 and §8.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final

from hardware.acceptors.id003_codes import (
    INHIBIT_OFF,
    INHIBIT_ON,
    SETTINGS,
    Command,
    Says,
    WrongCurrency,
    country_bytes,
    failure,
    parse_currencies,
    parse_state,
    parse_version,
)
from hardware.acceptors.id003_inside import AT_REST, ESCROW, POWERED_UP_WITH, Inside
from hardware.contracts import AtRest, Event, Found, Lost, Trouble
from kiosk.money import Money

POLL_S: Final = 0.15  # between status requests; the specification asks for 100 to 200 ms
POLL_LOST_S: Final = 1.0  # between status requests to a unit out of reach: no hurry
GAP_S: Final = 0.02  # after a transaction, before the next command: adapters need a moment to turn round
SILENT_S: Final = 1.5  # three polls; 3 s by the book, but nobody may be asked for notes for that long
SILENT_START_S: Final = (
    5.0  # the same while it starts: then it has itself to look after, and no money is asked for
)
RESET_SILENT_S: Final = (
    60.0  # a unit that was not acknowledged for a minute answers nothing but RESET; sooner
)
# it may still wait with a VEND VALID behind a bad cable, which RESET would destroy
RESET_POWER_UP_S: Final = 5.0  # a unit still at power-up so long after RESET did not take it
RESET_SETTINGS_S: Final = 10.0  # a unit at rest again so long after RESET did not take its settings
RESETS_FOR_SETTINGS: Final = 2  # then it keeps those that it has
RESET_FAULT_S: Final = 30.0  # a jam or a failure may be over; not more often, for the motors' sake
INHIBIT_AGAIN_S: Final = 1.0  # a unit needs some polls to follow INHIBIT
HOLD_EVERY_S: Final = 3.0  # the unit gives a note back after 10 s, and one or two HOLDs may get lost
HOLD_LIMIT_S: Final = 60.0  # a core that has not decided by then never will: let the unit give it back
ASK_LIMIT: Final = 5  # attempts to read version or currencies before it counts as refused
PROOF_S: Final = 1.5  # how long "idling" is believed without an answer that no echo can give
WRONG_DEVICE_AGAIN_S: Final = 5.0  # its answers may have got lost, or somebody loaded the right dataset

_INITIALIZING: Final = frozenset({Says.INITIALIZING})
_POWER_UP: Final = frozenset(POWERED_UP_WITH)
_FAULT: Final = frozenset(
    {
        Says.BOX_FULL,
        Says.BOX_OUT,
        Says.VALIDATOR_JAMMED,
        Says.BOX_JAMMED,
        Says.CHEATED,
        Says.FAILURE,
        Says.COMMUNICATION_ERROR,
    }
)
_NEVER: Final = float("-inf")


class Id003:
    """One validator. `currencies`: names or country bytes taken; `notes`: denominations this site takes."""

    _version: str | None
    _resets: int
    _inhibit_s: float
    _state: Says | None  # as last polled; None: out of reach
    _argument: int | None
    _asked: Command | None  # waiting for its answer
    _unanswered: Command | None  # the answer was missed; its echo may still come

    def __init__(self, device: str, currencies: Collection[str], notes: Sequence[Money]) -> None:
        self._device = device
        self._countries = country_bytes(currencies)
        self._notes = tuple(notes)
        self._inside = Inside(device, notes)
        self._lost: tuple[Trouble, str] | None = None
        self.begin(0.0)

    # ---- verbs, as in the contract ----------------------------------------------------------------

    def enable(self, limit: Money) -> None:
        """A wish that stays: carried out whenever the unit is ready for it, also again after trouble."""
        self._inside.limit = limit

    def disable(self) -> None:
        self._inside.limit = None

    def take(self) -> None:
        self._inside.decide(Command.STACK)

    def give_back(self) -> None:
        self._inside.decide(Command.RETURN)

    def confirm(self) -> None:
        self._inside.confirm()

    # ---- what the driver reports ------------------------------------------------------------------

    def begin(self, now_s: float) -> None:
        """The line was opened: nothing is known of what happened meanwhile."""
        self._state = self._argument = self._asked = self._unanswered = None
        self._fresh = False  # the last transaction was a poll that told the state
        self._out_of_reach = False
        self._knock = False  # out of reach, and RESET is due
        self._opening = False  # it was told last to take notes
        self._doubt = False  # "idling" was answered, and it may be our own echo
        self._garbled = False  # something arrived since `_since_s`, and made no sense
        self._sense_s = now_s  # of the last answer to a poll that made sense
        self._since_s = now_s  # of the same, or of the last verdict without one
        self._poll_s = self._traffic_s = now_s
        self._proof_s = self._reset_s = _NEVER
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
        if asked in _NEVER_ECHOED and data == bytes((asked,)):
            self._heard_echo(now_s)
            return False
        self._proof_s = now_s if asked in _NEVER_ECHOED else self._proof_s
        if asked in SETTINGS:
            self._taken_over.add(asked)  # also when it refuses: then it has no such setting
        elif asked in _ANSWERS:
            _ANSWERS[asked](self, now_s, data)
            self._settle()
        return False

    def missed(self, now_s: float, garbled: bool) -> None:
        """No answer came, or (`garbled`) bytes that made no frame."""
        asked, self._asked = self._asked, None
        self._traffic_s = now_s
        if asked in _NEVER_ECHOED:
            self._unanswered = asked
        if asked is not None and asked in _ANSWERS:
            self._proof_s = now_s  # our echo would have come back
            self._ask_failed(now_s, f"it did not answer {asked.name}")
        self._no_sense(now_s, garbled, asked)

    def drain(self) -> list[Event]:
        """The events since the last call, in the order in which things happened."""
        return self._inside.drain()

    @property
    def refuses_everything(self) -> bool:
        """The unit said that it is inhibited and was not told otherwise since, or it is out of reach."""
        return self._state is None or (self._state is Says.INHIBITED and self._fresh and not self._opening)

    # ---- what is sent -----------------------------------------------------------------------------

    def due_s(self, now_s: float) -> float:
        """When the next command may be sent."""
        if self._rule(now_s) is None:
            return self._poll_s
        return min(self._poll_s, self._traffic_s + GAP_S)

    def command(self, now_s: float) -> bytes:
        """The code and data of the next command; its answer, or the lack of one, must be reported."""
        command = self._rule(now_s) or Command.POLL
        self._asked, self._fresh, self._knock, self._doubt = command, False, False, False
        note = self._inside.note
        if command is Command.POLL:
            self._poll_s = now_s + POLL_S
        elif command is Command.RESET:
            self._reset_s = now_s
            self._resets += 1
        elif command is Command.INHIBIT:
            self._inhibit_s = now_s
            self._opening = self._state is Says.INHIBITED and self._open_wanted()
            return INHIBIT_OFF if self._opening else INHIBIT_ON
        elif command is Command.HOLD and note:
            note.held_s = now_s
        elif command in (Command.STACK, Command.RETURN):
            self._inside.order_left()
        return bytes((command,)) + SETTINGS.get(command, b"")

    def _rule(self, now_s: float) -> Command | None:
        """The first rule that applies. Only right after a poll: no state command is sent into the dark."""
        if self._knock:
            return Command.RESET
        if self._doubt:
            return Command.VERSION
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

    def _reset_to_leave_power_up(self, now_s: float) -> bool:
        return now_s >= self._reset_s + RESET_POWER_UP_S and not self._inside.withholds

    @property
    def _settings_over(self) -> bool:
        """The unit has taken them, or will not."""
        return SETTINGS.keys() <= self._taken_over or self._resets >= RESETS_FOR_SETTINGS

    def _reset_for_settings(self, now_s: float) -> bool:
        return not self._settings_over and now_s >= self._reset_s + RESET_SETTINGS_S

    def _reset_for_fault(self, now_s: float) -> bool:
        """Not while a note may be past the lever, whose VEND VALID is still to come."""
        inside = self._inside
        safe = not inside.withholds and (not inside.moving or self._state is Says.VALIDATOR_JAMMED)
        return safe and now_s >= self._reset_s + RESET_FAULT_S

    def _version_wanted(self, now_s: float) -> bool:
        return self._version is None and not self._refused

    def _table_wanted(self, now_s: float) -> bool:
        return not self._table_read and not self._refused

    def _open_wanted(self) -> bool:
        limit = self._inside.limit
        return self._ready and limit is not None and any(note <= limit for note in self._notes)

    def _inhibit_wanted(self, now_s: float) -> bool:
        """On or off, whichever the unit is not."""
        closed = self._state is Says.INHIBITED
        if closed and self._opening and not self._open_wanted():
            return True
        return self._open_wanted() is closed and now_s >= self._inhibit_s + INHIBIT_AGAIN_S

    # ---- what comes back --------------------------------------------------------------------------

    def _heard_state(self, now_s: float, data: bytes) -> bool:
        unanswered, self._unanswered = self._unanswered, None
        says, argument = parse_state(data)
        if says is None or (unanswered is not None and int(says) == int(unanswered)):
            self._no_sense(now_s, True, Command.POLL)
            return False
        self._since_s = self._sense_s = now_s
        self._garbled = False
        if says is Says.IDLING and now_s >= self._proof_s + PROOF_S:
            self._doubt = True
            return False
        self._out_of_reach = False
        if says is not Says.IDLING:
            self._proof_s = now_s
        if (says, argument) != (self._state, self._argument):
            self._state, self._argument = says, argument
            self._enter(now_s, says, argument)
        if self._refused and says in AT_REST and now_s >= self._refused_s + WRONG_DEVICE_AGAIN_S:
            self._start_over()
        self._fresh = True
        self._settle()
        return says is Says.VEND_VALID and not self._inside.withholds

    def _enter(self, now_s: float, says: Says, argument: int | None) -> None:
        self._failed_asks = 0
        self._inside.enter(now_s, says, argument)
        if says in _POWER_UP:
            self._reset_s = _NEVER
            self._start_over()
        elif says is Says.INITIALIZING:
            self._taken_over.clear()
        elif says in _FAULT:
            self._reset_s = now_s
            if says is Says.FAILURE:
                self._lose(Trouble.FAILED, f"the unit reports a failure: {failure(argument)}; call service")

    def _heard_echo(self, now_s: float) -> None:
        self._state, self._out_of_reach, self._proof_s = None, True, _NEVER
        self._since_s, self._poll_s = now_s, now_s + POLL_LOST_S
        self._lose(Trouble.ECHO, "our own bytes come back; check for a loop-back plug or an echoing line")

    def _heard_version(self, now_s: float, data: bytes) -> None:
        try:
            self._version = parse_version(data)
        except ValueError as error:
            self._ask_failed(now_s, str(error))

    def _heard_currencies(self, now_s: float, data: bytes) -> None:
        try:
            table = parse_currencies(data, self._countries)
        except WrongCurrency as error:
            self._refuse(now_s, str(error))
            return
        except ValueError as error:
            self._ask_failed(now_s, str(error))
            return
        if not set(table.values()) & set(self._notes):
            self._refuse(
                now_s, "its currency table has none of the configured denominations; check `notes_yuan`"
            )
            return
        self._inside.table, self._table_read = table, True

    def _ask_failed(self, now_s: float, detail: str) -> None:
        self._failed_asks += 1
        known = self._table_read and self._version is not None
        if self._failed_asks >= ASK_LIMIT and self._state in AT_REST and not known:
            self._refuse(now_s, f"{detail}, after {ASK_LIMIT} attempts; is this an ID-003 bill validator?")

    # ---- where we stand ---------------------------------------------------------------------------

    def _start_over(self) -> None:
        """Whatever was known of the unit has to be read again; only a currency table serves until then."""
        self._version = None
        self._table_read = self._ready = self._refused = False
        self._refused_s = self._inhibit_s = _NEVER
        self._failed_asks = self._resets = 0
        self._taken_over: set[Command] = set()  # settings that the unit answered since it last initialised
        self._inside.start_over()

    def _settle(self) -> None:
        """Tell `Found` and `AtRest` once everything is known that they promise."""
        known = self._table_read and self._version is not None and self._settings_over
        if self._state not in AT_REST or not known or self._version is None:
            return
        if not self._ready:
            self._ready, self._inside.starting, self._lost = True, False, None
            self._inside.tell(Found(device=self._device, identity=self._version))
        if not self._inside.settled:
            self._inside.settle()
            self._inside.tell(AtRest(device=self._device))

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
            self._state, self._out_of_reach, self._proof_s = None, True, _NEVER
            if self._garbled:
                detail = "bytes arrive that make no sense; check baud rate, cable and protocol switch"
                self._lose(Trouble.GARBAGE, f"{detail} (ID-003, 8E1)")
            else:
                detail = "no answer; check power, cable and protocol switch (ID-003)"
                self._lose(Trouble.SILENT, detail)
            self._since_s, self._garbled = now_s, False
        silent = self._out_of_reach and self._lost is not None and self._lost[0] is Trouble.SILENT
        long_enough = now_s >= max(self._sense_s, self._reset_s) + RESET_SILENT_S
        self._knock = silent and asked is Command.POLL and long_enough and not self._inside.withholds


_Rule = tuple[frozenset[Says], Callable[[Id003, float], bool], Command]


def _setting(command: Command) -> _Rule:
    return _INITIALIZING, lambda unit, now_s: command not in unit._taken_over, command


# The unit says …, and this is so → we send. The first line that applies; a status request when none does.
_RULES: Final[tuple[_Rule, ...]] = (
    (ESCROW, lambda unit, now_s: unit._ordered(Command.STACK), Command.STACK),
    (ESCROW, lambda unit, now_s: unit._ordered(Command.RETURN), Command.RETURN),
    (ESCROW, Id003._hold_wanted, Command.HOLD),
    (_POWER_UP, Id003._reset_to_leave_power_up, Command.RESET),
    (_FAULT, Id003._reset_for_fault, Command.RESET),
    *map(_setting, SETTINGS),
    (_INITIALIZING, lambda unit, now_s: now_s >= unit._inhibit_s + INHIBIT_AGAIN_S, Command.INHIBIT),
    (AT_REST, Id003._reset_for_settings, Command.RESET),
    (AT_REST, Id003._inhibit_wanted, Command.INHIBIT),
    (AT_REST, Id003._version_wanted, Command.VERSION),
    (AT_REST, Id003._table_wanted, Command.CURRENCIES),
)

# Asked for → what an answer does.
_ANSWERS: Final[dict[Command | None, Callable[[Id003, float, bytes], None]]] = {
    Command.VERSION: Id003._heard_version,
    Command.CURRENCIES: Id003._heard_currencies,
}
# A sound unit never answers these with the same bytes; settings and "idling" it does.
_NEVER_ECHOED: Final = frozenset(Command) - SETTINGS.keys() - {Command.POLL, Command.INHIBIT}
