"""What is inside a CCNET unit, as its successive states tell: notes, cash box, faults. States in, events out.

A state is shown for many polls; what it means is told once, when it begins. `_ON_ENTRY` is the table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from hardware.acceptors.ccnet_codes import Command, Says, rejection
from hardware.contracts import (
    BoxFull,
    BoxIn,
    BoxOut,
    Cheated,
    Cleared,
    Event,
    Held,
    JamIn,
    Jammed,
    PoweredUp,
    PoweredUpWith,
    Refused,
    RefusedBecause,
    Returned,
    Taken,
)
from kiosk.money import Money

POWERED_UP_WITH: Final = {
    Says.POWER_UP: PoweredUpWith.NOTHING,
    Says.POWER_UP_NOTE_IN_VALIDATOR: PoweredUpWith.NOTE_IN_VALIDATOR,
    Says.POWER_UP_NOTE_IN_STACKER: PoweredUpWith.NOTE_IN_STACKER,
}
AT_REST: Final = frozenset({Says.IDLING, Says.DISABLED})
ESCROW: Final = frozenset({Says.ESCROW, Says.HOLDING})
_NOTE_INSIDE: Final = ESCROW | {Says.STACKING, Says.RETURNING}
# BUSY says nothing about the state; while a note moves or the unit is in trouble, it may still be there.
_NOTE_GONE: Final = (
    AT_REST
    | POWERED_UP_WITH.keys()
    | {Says.INITIALIZING, Says.ACCEPTING, Says.REJECTING, Says.STACKED, Says.RETURNED}
)
# The unit has gone on, so a STACKED after this is another note. Power-up, initialising and trouble are missing
# on purpose: after them the unit tells a STACKED again that was not acknowledged.
_PROCEEDED: Final = (
    AT_REST | _NOTE_INSIDE | {Says.ACCEPTING, Says.REJECTING, Says.RETURNED, Says.SUSPECTED, Says.COUNTERFEIT}
)
_BOX_NOT_IN: Final = frozenset({Says.BOX_OUT, Says.FAILURE})


@dataclass
class Note:
    """The note in escrow, from its first sight until it is elsewhere."""

    code: int
    since_s: float
    held_s: float  # when the unit last began to count its 10 s
    told: bool  # False: refused by ourselves, nobody else knows it
    order: Command | None = None  # STACK or RETURN, as decided
    sent: bool = False  # the order left; it is never sent again


@dataclass
class _Pending:
    """A `Taken` that was told, and that the unit has not left behind."""

    code: int
    confirmed: bool = False


class Inside:
    """`starting`: the unit was not found at rest yet, so a note that comes out now is one of before."""

    def __init__(self, device: str, notes: Sequence[Money]) -> None:
        self._device = device
        self._notes = tuple(notes)
        self._events: list[Event] = []
        self._pending: _Pending | None = None
        self._moving = False  # a note is or was inside, and nothing was told of its end
        self._going_in = False  # STACK left, or a note was seen on its way, and nothing was told of its end
        self._box_out = False
        self._stopped: set[Says] = set()  # full, jammed, cheated: told, and not over yet
        self.table: dict[int, Money] | None = None
        self.note: Note | None = None
        self.counter: int | None = None  # as last read; None: unknown, or a note came since
        self.counter_is_fresh = False
        self.settled = False  # False: `AtRest` is due when the unit comes to rest
        self.starting = True

    def tell(self, event: Event) -> None:
        self._events.append(event)

    def drain(self) -> list[Event]:
        events, self._events = self._events, []
        return events

    def decide(self, order: Command) -> None:
        """STACK or RETURN, for the note that was told. The first decision counts; no note, no decision."""
        if self.note and self.note.told and self.note.order is None:
            self.note.order = order

    def order_left(self) -> None:
        """The decision is on the wire; whether it arrived is not known."""
        if self.note:
            self.note.sent = True
            self._going_in = self._going_in or self.note.order is Command.STACK

    def confirm(self) -> None:
        if self._pending:
            self._pending.confirmed = True

    @property
    def withholds(self) -> bool:
        """The STACKED that the unit shows is not confirmed."""
        return self._pending is not None and not self._pending.confirmed

    def start_over(self) -> None:
        """The unit was out of sight: what it holds is told anew."""
        self.note = None
        self.starting = True
        self.unsettle()

    def unsettle(self) -> None:
        self.settled = False
        self._forget_counter()

    def settle(self) -> None:
        """`AtRest` is told: nothing is open any more."""
        self.settled, self._going_in = True, False

    def enter(self, now_s: float, says: Says, argument: int | None) -> None:
        """The unit now is in this state, and was in another one (or of another type) before."""
        if says in _PROCEEDED:
            self._pending = None
        if self._box_out and says not in _BOX_NOT_IN:
            self._box_out = False
            self.tell(BoxIn(device=self._device))
            self.unsettle()
        if says in _NOTE_INSIDE:
            self._moving = True
            if says is Says.STACKING and (self.note or self.starting):
                self._going_in = True
        handler = _ON_ENTRY.get(says)
        if handler:
            handler(self, now_s, says, argument)
        if says in _NOTE_GONE:
            self.note = None

    def _forget_counter(self) -> None:
        self.counter, self.counter_is_fresh = None, False

    # ---- what a state means when it begins --------------------------------------------------------

    def _powered_up(self, now_s: float, says: Says, argument: int | None) -> None:
        self.start_over()
        self.table = None  # it may be another unit
        self.tell(PoweredUp(device=self._device, having=POWERED_UP_WITH[says]))

    def _came_to_rest(self, now_s: float, says: Says, argument: int | None) -> None:
        if self._stopped:
            self._stopped.clear()
            self.tell(Cleared(device=self._device))
            self.unsettle()
        if self._moving:
            self._moving = False
            self.unsettle()

    def _escrow(self, now_s: float, says: Says, argument: int | None) -> None:
        code = _type(argument)
        if self.note and self.note.code == code:
            return  # back from HOLDING
        value = self._value_in_escrow(code)
        if value is not None and not self._going_in:
            self.note = Note(code, now_s, now_s, told=True)
            self.tell(Held(device=self._device, code=code, value=value, counter=self.counter))
            return
        self.note = Note(code, now_s, now_s, told=False, order=Command.RETURN)
        if self._going_in:
            self.unsettle()
            because, detail = RefusedBecause.FAULT, "the end of the note before it is not known yet"
        else:
            because = RefusedBecause.UNMAPPED
            detail = f"type {code} has no value among the configured denominations"
        self.tell(Refused(device=self._device, because=because, detail=detail))

    def _value_in_escrow(self, code: int) -> Money | None:
        if self.table is None:  # see the module text of ccnet.py, "Start"
            return self._notes[code] if code < len(self._notes) else None
        value = self.table.get(code)
        return value if value in self._notes else None

    def _stacked(self, now_s: float, says: Says, argument: int | None) -> None:
        code = _type(argument)
        self._moving = self._going_in = False
        if self._pending and self._pending.code == code:
            return  # the same one, after trouble
        self._pending = _Pending(code)
        self._forget_counter()
        value = self.table.get(code) if self.table else None
        self.tell(Taken(device=self._device, code=code, value=value, recovered=self.starting))

    def _returned(self, now_s: float, says: Says, argument: int | None) -> None:
        self._moving = False
        if self.note is None or self.note.told:
            self._going_in = False
            self.tell(Returned(device=self._device, code=argument))

    def _rejected(self, now_s: float, says: Says, argument: int | None) -> None:
        because, detail = rejection(argument)
        self.tell(Refused(device=self._device, because=because, detail=detail))

    def _paused(self, now_s: float, says: Says, argument: int | None) -> None:
        detail = "a second note was put in; it has to be taken out (46h)"
        self.tell(Refused(device=self._device, because=RefusedBecause.INSERTED_BADLY, detail=detail))

    def _suspected(self, now_s: float, says: Says, argument: int | None) -> None:
        detail = "suspected counterfeit (84h)"
        self.tell(Refused(device=self._device, because=RefusedBecause.NOT_RECOGNISED, detail=detail))

    def _box_taken_out(self, now_s: float, says: Says, argument: int | None) -> None:
        if not self._box_out:
            self._box_out = True
            self.tell(BoxOut(device=self._device))

    def _stopped_by(self, now_s: float, says: Says, argument: int | None) -> None:
        """A jam that lasts is shown again after each RESET: it is told once."""
        if says not in self._stopped:
            self._stopped.add(says)
            self.tell(_STOPPED[says](self._device))


_STOPPED: Final[dict[Says, Callable[[str], Event]]] = {
    Says.BOX_FULL: lambda device: BoxFull(device=device),
    Says.VALIDATOR_JAMMED: lambda device: Jammed(device=device, where=JamIn.VALIDATOR),
    Says.BOX_JAMMED: lambda device: Jammed(device=device, where=JamIn.CASH_BOX),
    Says.CHEATED: lambda device: Cheated(device=device),
    Says.COUNTERFEIT: lambda device: Cheated(device=device),  # the unit keeps it, and it is no money
}

_ON_ENTRY: Final[dict[Says, Callable[[Inside, float, Says, int | None], None]]] = {
    **dict.fromkeys(POWERED_UP_WITH, Inside._powered_up),
    **dict.fromkeys(AT_REST, Inside._came_to_rest),
    **dict.fromkeys(_STOPPED, Inside._stopped_by),
    Says.ESCROW: Inside._escrow,
    Says.STACKED: Inside._stacked,
    Says.RETURNED: Inside._returned,
    Says.REJECTING: Inside._rejected,
    Says.PAUSE: Inside._paused,
    Says.SUSPECTED: Inside._suspected,
    Says.BOX_OUT: Inside._box_taken_out,
}


def _type(argument: int | None) -> int:
    if argument is None:  # the conversation lets no such answer through
        raise ValueError("ESCROW and STACKED come with a type")
    return argument
