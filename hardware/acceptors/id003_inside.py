"""What is inside an ID-003 unit, as its successive states tell: notes, cash box, faults. States in, events out.

A state is shown for many polls; what it means is told once, when it begins. `_ON_ENTRY` is the table.

VEND VALID names no note: it is the one that went in before. A unit that shows it to a process that saw no
note go in tells of money without a code (`UNNAMED`) and without a value. STACKED without VEND VALID is told
only for a note that we sent in; otherwise somebody acknowledged it before us, and it was told then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from hardware.acceptors.id003_codes import FIRST_CODE, Command, Says, rejection
from hardware.contracts import (
    UNNAMED,
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
AT_REST: Final = frozenset({Says.IDLING, Says.INHIBITED})
ESCROW: Final = frozenset({Says.ESCROW, Says.HOLDING})
_NOTE_INSIDE: Final = ESCROW | {Says.STACKING, Says.RETURNING}
_OUT_OF_ESCROW: Final = (
    AT_REST
    | POWERED_UP_WITH.keys()
    | {
        Says.INITIALIZING,
        Says.ACCEPTING,
        Says.STACKING,
        Says.VEND_VALID,
        Says.STACKED,
        Says.REJECTING,
        Says.RETURNING,
    }
)
# The unit has gone on, so a VEND VALID after this is another note. Power-up, initialising and trouble are
# missing on purpose: after them the unit may tell again of one that was not acknowledged.
_PROCEEDED: Final = AT_REST | ESCROW | {Says.ACCEPTING, Says.REJECTING, Says.RETURNING}
_BOX_MAY_BE_OUT: Final = POWERED_UP_WITH.keys() | {
    Says.BOX_OUT,
    Says.FAILURE,
    Says.INITIALIZING,
    Says.COMMUNICATION_ERROR,
}


@dataclass
class Note:
    """The note in escrow, from its first sight until it is elsewhere."""

    code: int
    value: Money | None  # by the unit's own table; None: not read yet
    since_s: float
    held_s: float  # when the unit last began to count its 10 s
    told: bool  # False: refused by ourselves, nobody else knows it
    order: Command | None = None  # STACK or RETURN, as decided
    sent: bool = False  # the order left; it is never sent again


@dataclass
class _Pending:
    """A `Taken` that was told, and that the unit has not left behind."""

    confirmed: bool = False


@dataclass
class _Back:
    """A note that the unit pushes out; it is with the customer when the unit comes to rest."""

    code: int | None
    told: bool


class Inside:
    """`starting`: the unit was not found at rest yet, so a note that comes out now is one of before."""

    def __init__(self, device: str, notes: Sequence[Money]) -> None:
        self._device = device
        self._notes = tuple(notes)
        self._events: list[Event] = []
        self._pending: _Pending | None = None
        self._going_in: Note | None = (
            None  # STACK left for it, or it was seen on its way; its end is not told
        )
        self._back: _Back | None = None
        self.moving = False  # a note is or was inside, and nothing was told of its end
        self._box_out = False
        self._stopped: set[Says] = set()  # full, jammed, cheated: told, and not over yet
        self.table: dict[int, Money] | None = None
        self.limit: Money | None = None
        self.note: Note | None = None
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
            if self.note.order is Command.STACK:
                self._going_in = self.note

    def confirm(self) -> None:
        if self._pending:
            self._pending.confirmed = True

    @property
    def withholds(self) -> bool:
        """A `Taken` is not confirmed yet."""
        return self._pending is not None and not self._pending.confirmed

    def start_over(self) -> None:
        """The unit was out of sight: what it holds is told anew."""
        self.note = None
        self.starting = True
        self.settled = False

    def settle(self) -> None:
        """`AtRest` is told: nothing is open any more."""
        self.settled, self._going_in = True, None

    def enter(self, now_s: float, says: Says, argument: int | None) -> None:
        """The unit now is in this state, and was in another one (or with another argument) before."""
        if says in _PROCEEDED:
            self._pending = None
        if self._box_out and says not in _BOX_MAY_BE_OUT:
            self._box_out = False
            self.tell(BoxIn(device=self._device))
            self.settled = False
        if says in _NOTE_INSIDE:
            self.moving = True
        handler = _ON_ENTRY.get(says)
        if handler:
            handler(self, now_s, says, argument)
        if says in _OUT_OF_ESCROW:
            self.note = None

    # ---- what a state means when it begins --------------------------------------------------------

    def _powered_up(self, now_s: float, says: Says, argument: int | None) -> None:
        note = self.note
        self.start_over()
        self.table = None  # it may be another unit
        self.tell(PoweredUp(device=self._device, having=POWERED_UP_WITH[says]))
        if says is Says.POWER_UP_NOTE_IN_VALIDATOR:  # RESET returns it
            self._goes_back(note or self._going_in)
        elif says is Says.POWER_UP_NOTE_IN_STACKER:  # RESET stores it, and then nothing speaks of it any more
            self._is_ours()

    def _came_to_rest(self, now_s: float, says: Says, argument: int | None) -> None:
        self._went_back()
        if self._stopped:
            self._stopped.clear()
            self.tell(Cleared(device=self._device))
            self.settled = False
        if self.moving or self._going_in:
            self.moving = False
            self.settled = False

    def _next_note(self, now_s: float, says: Says, argument: int | None) -> None:
        self._went_back()

    def _escrow(self, now_s: float, says: Says, argument: int | None) -> None:
        code = argument or UNNAMED
        if self.note and self.note.code == code:
            return  # back from HOLDING
        self._went_back()
        self.moving = True
        if self._going_in:
            self.settled = False
        value = self.table.get(code) if self.table else None
        shown = self._of_configured_order(code) if self.table is None else value
        refused = self._why_not(code, shown)
        self.note = Note(code, value, now_s, now_s, told=refused is None)
        if refused is None and shown is not None:
            self.tell(Held(device=self._device, code=code, value=shown))
        elif refused is not None:
            self.note.order = Command.RETURN
            self.tell(refused)

    def _of_configured_order(self, code: int) -> Money | None:
        """See the module text of id003.py, "Start"."""
        at = code - FIRST_CODE
        return self._notes[at] if 0 <= at < len(self._notes) else None

    def _why_not(self, code: int, value: Money | None) -> Refused | None:
        """One that lay there at start is the core's to decide; later ones have to fit the limit."""
        if self._going_in:
            because, detail = RefusedBecause.FAULT, "the end of the note before it is not known yet"
        elif value is None or value not in self._notes:
            because = RefusedBecause.UNMAPPED
            detail = f"code {code:02X}h has no value among the configured denominations"
        elif not self.starting and (self.limit is None or value > self.limit):
            because = RefusedBecause.INHIBITED
            detail = f"{value} yuan are more than may be put in now"
        else:
            return None
        return Refused(device=self._device, because=because, detail=detail)

    def _stacking(self, now_s: float, says: Says, argument: int | None) -> None:
        self._back = None
        self._going_in = self._going_in or self.note

    def _vend_valid(self, now_s: float, says: Says, argument: int | None) -> None:
        self._going_in = self._going_in or self.note
        self._is_ours()

    def _stacked(self, now_s: float, says: Says, argument: int | None) -> None:
        if self._going_in:
            self._is_ours()

    def _is_ours(self) -> None:
        note, self._going_in, self._back, self.moving = self._going_in, None, None, False
        if self._pending:
            return  # the same one, after trouble
        self._pending = _Pending()
        code, value = (note.code, note.value) if note else (UNNAMED, None)
        self.tell(Taken(device=self._device, code=code, value=value, recovered=self.starting))

    def _returning(self, now_s: float, says: Says, argument: int | None) -> None:
        if not self._back:
            self._goes_back(self.note or self._going_in)

    def _rejecting(self, now_s: float, says: Says, argument: int | None) -> None:
        note = self.note or self._going_in
        if note or self.moving:
            self._goes_back(note)
        elif not self._back:
            because, detail = rejection(argument)
            self.tell(Refused(device=self._device, because=because, detail=detail))

    def _goes_back(self, note: Note | None) -> None:
        self._back = _Back(note.code if note else None, told=note is None or note.told)
        if self._back.told:
            self._going_in = None

    def _went_back(self) -> None:
        back, self._back = self._back, None
        if back:
            self.moving = False
            if back.told:
                self.tell(Returned(device=self._device, code=back.code))

    def _paused(self, now_s: float, says: Says, argument: int | None) -> None:
        detail = "a second note was put in; it has to be taken out (47h)"
        self.tell(Refused(device=self._device, because=RefusedBecause.INSERTED_BADLY, detail=detail))

    def _box_taken_out(self, now_s: float, says: Says, argument: int | None) -> None:
        if not self._box_out:
            self._box_out = True
            self.tell(BoxOut(device=self._device))

    def _stopped_by(self, now_s: float, says: Says, argument: int | None) -> None:
        """A jam that lasts is shown again after each RESET: it is told once. Whoever clears it has the note."""
        self._back = None
        if says not in self._stopped:
            self._stopped.add(says)
            self.tell(_STOPPED[says](self._device))


_STOPPED: Final[dict[Says, Callable[[str], Event]]] = {
    Says.BOX_FULL: lambda device: BoxFull(device=device),
    Says.VALIDATOR_JAMMED: lambda device: Jammed(device=device, where=JamIn.VALIDATOR),
    Says.BOX_JAMMED: lambda device: Jammed(device=device, where=JamIn.CASH_BOX),
    Says.CHEATED: lambda device: Cheated(device=device),
}

_ON_ENTRY: Final[dict[Says, Callable[[Inside, float, Says, int | None], None]]] = {
    **dict.fromkeys(POWERED_UP_WITH, Inside._powered_up),
    **dict.fromkeys(AT_REST, Inside._came_to_rest),
    **dict.fromkeys(_STOPPED, Inside._stopped_by),
    Says.ACCEPTING: Inside._next_note,
    Says.ESCROW: Inside._escrow,
    Says.STACKING: Inside._stacking,
    Says.VEND_VALID: Inside._vend_valid,
    Says.STACKED: Inside._stacked,
    Says.RETURNING: Inside._returning,
    Says.REJECTING: Inside._rejecting,
    Says.PAUSE: Inside._paused,
    Says.BOX_OUT: Inside._box_taken_out,
}
