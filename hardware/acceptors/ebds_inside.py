"""What is inside an EBDS unit, as its successive replies tell: notes, cash box, faults. Replies in, events out.

A reply carries flags, and one is shown for many replies; what it means is told once, when it rises. The table
is `_RISES`, in the order in which things happened that show together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from hardware.acceptors.ebds_codes import DENOMINATIONS, Order, Says
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

NOTE_ON_ITS_WAY: Final = Says.ACCEPTING | Says.ESCROWED | Says.STACKING | Says.RETURNING
STOPPED: Final = Says.CHEATED | Says.JAMMED | Says.FULL | Says.PAUSED | Says.STALLED
OUT_OF_ORDER: Final = Says.FAILURE | Says.TRANSPORT_OPEN
BOTH_ENDS: Final = Says.STACKED | Says.RETURNED
RECALLED: Final = Says.POWER_UP | Says.STACKED | Says.RETURNED
_UNSETTLED: Final = NOTE_ON_ITS_WAY | STOPPED | OUT_OF_ORDER | Says.POWER_UP | Says.CALIBRATING | Says.STACKED
_PAST_RETURN: Final = Says.STACKING | Says.STACKED
_BEFORE_RETURN: Final = Says.ESCROWED | Says.RETURNING | Says.RETURNED | Says.ACCEPTING


@dataclass
class Note:
    """The note in escrow, from its first sight until it is elsewhere."""

    code: int
    since_s: float
    told: bool  # False: refused by ourselves, nobody else knows it
    order: Order = Order.NOTHING
    sent: bool = False  # the order left with a toggle of its own; it is never given again


@dataclass
class _Pending:
    """A `Taken` that was told."""

    confirmed: bool = False


class Inside:
    """`starting`: the unit was not found at rest yet, so a note that comes out now is one of before."""

    def __init__(self, device: str, notes: Sequence[Money | None]) -> None:
        self._device = device
        self.table = {index: note for index, note in enumerate(notes[:DENOMINATIONS], 1) if note is not None}
        self._events: list[Event] = []
        self._pending: _Pending | None = None
        self._on_its_way: Note | None = None  # out of escrow, or ordered to leave it
        self._moving = False  # a note is or was inside, and nothing was told of its end
        self._going_in = False  # the order to stack one left, and nothing was told of its end
        self._box_out = False
        self._stopped = Says(0)  # told, and not over yet
        self.limit: Money | None = None
        self.note: Note | None = None
        self.settled = False  # False: `AtRest` is due when the unit comes to rest
        self.starting = True

    def tell(self, event: Event) -> None:
        self._events.append(event)

    def drain(self) -> list[Event]:
        events, self._events = self._events, []
        return events

    def decide(self, order: Order) -> None:
        """For the note that was told. The first decision counts; no note, no decision."""
        if self.note and self.note.told and self.note.order is Order.NOTHING:
            self.note.order = order

    def order_left(self) -> None:
        """The decision is on the wire; whether it arrived is not known."""
        if self.note:
            self.note.sent = True
            self._on_its_way = self.note
            self._going_in = self._going_in or self.note.order is Order.STACK

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
        self.settled, self._going_in = True, False

    def enter(self, now_s: float, says: Says, risen: Says, index: int) -> None:
        """The unit now shows these flags; `risen` are those that it did not show before."""
        if not says & Says.STACKED:
            self._pending = None
        self._look_at_box(says)
        if (
            risen & BOTH_ENDS == BOTH_ENDS
        ):  # one note in two places: `AtRest` says that it is gone, not where to
            risen &= ~BOTH_ENDS
            self.note, self._moving = None, True
        for flag, handler in _RISES:
            if risen & flag:
                handler(self, now_s, says, index)
        if not says & Says.ESCROWED:
            self.note = None
        if is_at_rest(says):
            self._came_to_rest()

    def recall(self, says: Says, index: int) -> None:
        """A reply that may be old, of which only `RECALLED` counts: nobody acknowledged it; the rest may be over."""
        if says & Says.POWER_UP:
            self._powered_up(0.0, says, index)
        if says & BOTH_ENDS == BOTH_ENDS:
            self._moving = True
        elif says & Says.STACKED and not self._pending:
            self._is_ours(index)
        elif says & Says.RETURNED:
            self._came_out(index)

    def _is_ours(self, index: int) -> None:
        """The note is in the box. The unit names it, or it is the one that we sent in."""
        note, self._on_its_way, self._moving, self._going_in = self._on_its_way, None, False, False
        self._pending = _Pending()
        code = index or (note.code if note else UNNAMED)
        self.tell(Taken(device=self._device, code=code, value=self.table.get(code), recovered=self.starting))

    # ---- what a flag means when it rises ----------------------------------------------------------

    def _look_at_box(self, says: Says) -> None:
        box_out = not says & Says.BOX_PRESENT
        if box_out is self._box_out:
            return
        self._box_out = box_out
        self.tell(BoxOut(device=self._device) if box_out else BoxIn(device=self._device))
        self.settled = False

    def _powered_up(self, now_s: float, says: Says, index: int) -> None:
        self.start_over()
        having = PoweredUpWith.NOTHING
        if says & _PAST_RETURN:
            having = PoweredUpWith.NOTE_IN_STACKER
        elif says & _BEFORE_RETURN:
            having = PoweredUpWith.NOTE_IN_VALIDATOR
        self.tell(PoweredUp(device=self._device, having=having))

    def _stacked(self, now_s: float, says: Says, index: int) -> None:
        self._is_ours(index)

    def _returned(self, now_s: float, says: Says, index: int) -> None:
        self._came_out(index)

    def _came_out(self, index: int) -> None:
        note = self.note or self._on_its_way
        self._on_its_way, self._moving, self.note = None, False, None
        if note is None or note.told:
            self._going_in = False
            self.tell(Returned(device=self._device, code=note.code if note else index or None))

    def _rejected(self, now_s: float, says: Says, index: int) -> None:
        detail = "rejected by the validator"
        self.tell(Refused(device=self._device, because=RefusedBecause.NOT_RECOGNISED, detail=detail))

    def _paused(self, now_s: float, says: Says, index: int) -> None:
        detail = "a second note was put in; it has to be taken out"
        self.tell(Refused(device=self._device, because=RefusedBecause.INSERTED_BADLY, detail=detail))

    def _escrowed(self, now_s: float, says: Says, index: int) -> None:
        if self.note and self.note.code == index:
            return
        self._moving, self._on_its_way = True, None
        if self._going_in:
            self.settled = False
        refused = self._why_not(index)
        self.note = Note(index, now_s, told=refused is None)
        if refused is None:
            self.tell(Held(device=self._device, code=index, value=self.table[index]))
        else:
            self.note.order = Order.RETURN
            self.tell(refused)

    def _why_not(self, index: int) -> Refused | None:
        """One that lay there at start is the core's to decide; later ones have to fit the limit."""
        value = self.table.get(index)
        if self._going_in:
            because, detail = RefusedBecause.FAULT, "the end of the note before it is not known yet"
        elif value is None:
            because, detail = RefusedBecause.UNMAPPED, f"index {index} has no configured denomination"
        elif not self.starting and (self.limit is None or value > self.limit):
            because = RefusedBecause.INHIBITED
            detail = f"{value} yuan are more than may be put in now"
        else:
            return None
        return Refused(device=self._device, because=because, detail=detail)

    def _leaves_escrow(self, now_s: float, says: Says, index: int) -> None:
        self._moving = True
        self._on_its_way = self._on_its_way or self.note

    def _stopped_by(self, flag: Says) -> None:
        if not self._stopped & flag:
            self._stopped |= flag
            self.tell(self._trouble(flag))

    def _trouble(self, flag: Says) -> Event:
        if flag is Says.FULL:
            return BoxFull(device=self._device)
        if flag is Says.CHEATED:
            return Cheated(device=self._device)
        going_in = self._on_its_way is not None and self._on_its_way.order is Order.STACK
        return Jammed(device=self._device, where=JamIn.CASH_BOX if going_in else JamIn.VALIDATOR)

    def _came_to_rest(self) -> None:
        self._on_its_way = None
        if self._stopped:
            self._stopped = Says(0)
            self.tell(Cleared(device=self._device))
            self.settled = False
        if self._moving:
            self._moving = False
            self.settled = False


def is_at_rest(says: Says) -> bool:
    """Nothing is inside, nothing is wrong, and the cash box is there."""
    return bool(says & Says.IDLE and says & Says.BOX_PRESENT) and not says & _UNSETTLED


def _stops(flag: Says) -> tuple[Says, Callable[[Inside, float, Says, int], None]]:
    return flag, lambda inside, now_s, says, index: inside._stopped_by(flag)


_RISES: Final[tuple[tuple[Says, Callable[[Inside, float, Says, int], None]], ...]] = (
    (Says.POWER_UP, Inside._powered_up),
    (Says.STACKED, Inside._stacked),
    (Says.RETURNED, Inside._returned),
    (Says.REJECTED, Inside._rejected),
    (Says.ESCROWED, Inside._escrowed),
    (Says.STACKING, Inside._leaves_escrow),
    (Says.RETURNING, Inside._leaves_escrow),
    (Says.PAUSED, Inside._paused),
    *map(_stops, (Says.CHEATED, Says.JAMMED, Says.STALLED, Says.FULL)),
)
