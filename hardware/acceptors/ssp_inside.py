"""What is inside an SSP unit, as the events of its POLL answers tell: notes, cash box, faults.

    reading ── EF c ──▶ HELD ── take (POLL) or give back (REJECT) ──▶ MOVING ── EE c ──▶ credited ── EB ──▶ gone
                                                                        └────── EC ──▶ gone

`ON_EVENT` is the table. A note in escrow is `HELD` until something was sent that moves it; the protocol
machine polls only when nothing is `HELD` and nothing `must_reject`.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from hardware.acceptors.ssp_codes import Command, Events, Says, rejection
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

NOTE_GONE_S: Final = 5.0  # a unit stacks or returns in 3 s; so long without a sign, a note is not on its way
START_QUIET_S: Final = 1.0  # five polls without a sign: no note of before is on its way

_QUIET: Final = frozenset({Says.DISABLED, Says.ALL_INHIBITED})  # they go on while nothing happens


class Where(enum.Enum):
    HELD = "held"  # in escrow: a POLL would take it
    MOVING = "moving"  # on its way, or out of sight


@dataclass
class Note:
    """The note in escrow, from its first sight until it is elsewhere."""

    code: int
    since_s: float
    told: bool  # False: the core does not wait for this one; `AtRest` settles what it waits for
    where: Where = Where.HELD
    order: Command | None = None  # POLL (take) or REJECT (give back), as decided; each is sent once
    taking: bool = False  # the POLL left


class Inside:
    """`starting`: the unit was not found at rest yet, so a note that comes out now is one of before."""

    def __init__(self, device: str, notes: Sequence[Money]) -> None:
        self._device = device
        self._notes = tuple(notes)
        self._events: list[Event] = []
        self._last: tuple[Says, int] | None = None  # the last event that was not a quiet one
        self._credited: int | None = None  # channel that was told as `Taken`; the unit is not done with it
        self._swallowed = False  # a note that was to be taken lies in a safe jam
        self._jam_repeats = False  # the unit shows a safe jam as long as it lasts, so its end can be seen
        self._box_out = False
        self._stopped: set[Says] = set()  # full, jammed, cheated: told, and not over yet
        self.table: dict[int, Money] = {}
        self.note: Note | None = None
        self.counter: int | None = None  # as last read; None: unknown, or a note came since
        self.counter_is_fresh = False
        self._counter_before: int | None = None  # as last read at rest, and one more for each `Taken`
        self.start_over()

    def tell(self, event: Event) -> None:
        self._events.append(event)

    def drain(self) -> list[Event]:
        events, self._events = self._events, []
        return events

    def start_over(self) -> None:
        """The unit was out of sight, or lost power: what it says next is about before."""
        self.note = None
        self.starting = True
        self.powered_up = False
        self.must_reject = False  # something may lie in escrow that a POLL would take
        self.reason_wanted = False  # a note was pushed back, and the unit can say why
        self.shows_disabled: bool | None = None
        self._quiet_since_s: float | None = None
        self.at_rest = False  # it has been quiet for so long that nothing can be on its way
        self.unsettle()

    def unsettle(self) -> None:
        """`AtRest` is due when the unit comes to rest."""
        self.settled = False
        self.forget_counter()

    def forget_counter(self) -> None:
        self.counter, self.counter_is_fresh = None, False

    def decide(self, order: Command) -> None:
        """POLL or REJECT, for the note that was told. The first decision counts; no note, no decision."""
        note = self.note
        if note and note.told and note.where is Where.HELD and note.order is None:
            note.order = order

    def counted(self, stacked: int | None) -> None:
        """The counter was read at rest; None: the unit has none, or keeps it to itself."""
        if not self._swallowed:
            self._counter_before = stacked
        self.counter, self.counter_is_fresh = stacked, True

    def settle(self) -> int | None:
        """Nothing is pending any more. Gives the counter that `AtRest` may carry.

        A safe jam may keep a note without counting it: then an unmoved counter does not say "returned"."""
        self.starting, self.settled = False, True
        swallowed, self._swallowed = self._swallowed, False
        if swallowed and self.counter == self._counter_before:
            return None
        self._counter_before = self.counter
        return self.counter

    @property
    def held(self) -> Note | None:
        return self.note if self.note and self.note.where is Where.HELD else None

    @property
    def quiet(self) -> bool:
        """The last POLL told of nothing that moves or stands in the way."""
        return self._quiet_since_s is not None

    def hear(self, now_s: float, events: Events) -> None:
        """The events of one POLL, in order."""
        self.shows_disabled = (Says.DISABLED, 0) in events
        for says, channel in events:
            if says in _QUIET:
                continue
            ON_EVENT[says](self, now_s, says, channel)
            self._last = says, channel
        if any(says not in _QUIET for says, _ in events):
            self._quiet_since_s, self.at_rest = None, False
        else:
            self._last = None
            self._came_to_rest(now_s)

    def _patience_s(self) -> float:
        if Says.SAFE_JAM in self._stopped and not self._jam_repeats and not self.starting:
            return math.inf  # only the unit's restart ends it: that is when it may tell the note
        if self.note or self._credited is not None or self._stopped or self.powered_up:
            return NOTE_GONE_S
        return START_QUIET_S if self.starting else 0.0

    def _came_to_rest(self, now_s: float) -> None:
        if self._quiet_since_s is None:
            self._quiet_since_s = now_s
        if self._box_out:
            self._box_put_in(now_s, Says.BOX_IN, 0)
        if now_s - self._quiet_since_s < self._patience_s():
            return
        self.at_rest, self.powered_up = True, False
        self._credited = None
        if self.note:
            self.note = None
            self.unsettle()
        if self._stopped:
            self._stopped.clear()
            self.tell(Cleared(device=self._device))
            self.unsettle()

    # ---- what an event means ----------------------------------------------------------------------

    def _powered_up(self, now_s: float, says: Says, channel: int) -> None:
        self.start_over()
        self.powered_up = True
        self.tell(PoweredUp(device=self._device, having=PoweredUpWith.NOTHING))

    def _cleared_to_front(self, now_s: float, says: Says, channel: int) -> None:
        if self._last != (says, channel):
            self.tell(PoweredUp(device=self._device, having=PoweredUpWith.NOTE_IN_VALIDATOR))
        self.unsettle()

    def _cleared_into_box(self, now_s: float, says: Says, channel: int) -> None:
        if self._last != (says, channel):
            self.tell(PoweredUp(device=self._device, having=PoweredUpWith.NOTE_IN_STACKER))
            self._take(channel or self._credited or UNNAMED, recovered=True)  # it may have forgotten which
        self.unsettle()

    def _read(self, now_s: float, says: Says, channel: int) -> None:
        self._credited = None
        if not channel or (self.held and self.held.code == channel):
            return
        if self.note:
            # What was ordered did not happen, or this is another one: back with it, and the counter decides.
            self.unsettle()
            self.note = Note(channel, now_s, told=False)
            self.must_reject = True
            return
        value = self.table.get(channel)
        known = value is not None and value in self._notes
        self.note = Note(channel, now_s, told=known)
        if value is not None and known:
            self.tell(Held(device=self._device, code=channel, value=value, counter=self.counter))
        else:
            self.must_reject = True
            detail = f"channel {channel} has no value among the configured denominations"
            self.tell(Refused(device=self._device, because=RefusedBecause.UNMAPPED, detail=detail))

    def _bar_code(self, now_s: float, says: Says, channel: int) -> None:
        if self.note:
            self.unsettle()
        self.note = Note(0, now_s, told=False)
        self.must_reject = True
        if self._last == (says, channel):
            return
        detail = "a bar code ticket; tickets are not taken"
        self.tell(Refused(device=self._device, because=RefusedBecause.NOT_RECOGNISED, detail=detail))

    def _credit(self, now_s: float, says: Says, channel: int) -> None:
        self._take(channel, recovered=self.starting)

    def _take(self, channel: int, recovered: bool) -> None:
        """The note is past the point of return. The same one told again, before EB, is no second note."""
        self.note, self._swallowed = None, False
        self.forget_counter()
        if self._credited == channel:
            return
        self._credited = channel
        if self._counter_before is not None:
            self._counter_before += 1
        value = self.table.get(channel)
        self.tell(Taken(device=self._device, code=channel, value=value, recovered=recovered))

    def _stacked(self, now_s: float, says: Says, channel: int) -> None:
        """EB names no channel, so it is no credit; a note that moves on without EE is settled by the counter."""
        self._credited = None

    def _rejected(self, now_s: float, says: Says, channel: int) -> None:
        note, self.note = self.note, None
        self.must_reject = False
        if note and note.told:
            self.tell(Returned(device=self._device, code=note.code))
        elif note is None and self._last != (says, channel) and not self.starting:
            self.reason_wanted = True

    def told_reason(self, code: int | None) -> None:
        self.reason_wanted = False
        because, detail = rejection(code)
        self.tell(Refused(device=self._device, because=because, detail=detail))

    def _box_taken_out(self, now_s: float, says: Says, channel: int) -> None:
        if not self._box_out:
            self._box_out = True
            self.tell(BoxOut(device=self._device))

    def _box_put_in(self, now_s: float, says: Says, channel: int) -> None:
        if self._box_out:
            self._box_out = False
            self.tell(BoxIn(device=self._device))
            self.unsettle()

    def _stopped_by(self, now_s: float, says: Says, channel: int) -> None:
        """Shown as long as it lasts, told once."""
        if says is Says.SAFE_JAM:
            self._jam_repeats = says in self._stopped
            self._swallowed = self._swallowed or (self.note is not None and self.note.taking)
        if says not in self._stopped:
            self._stopped.add(says)
            self.tell(_STOPPED[says](self._device))

    def _goes_on(self, now_s: float, says: Says, channel: int) -> None:
        """A motion that is shown until its end is told by another event."""


_STOPPED: Final[dict[Says, Callable[[str], Event]]] = {
    Says.BOX_FULL: lambda device: BoxFull(device=device),
    Says.UNSAFE_JAM: lambda device: Jammed(device=device, where=JamIn.VALIDATOR),
    Says.SAFE_JAM: lambda device: Jammed(device=device, where=JamIn.CASH_BOX),
    Says.FRAUD: lambda device: Cheated(device=device),
}

ON_EVENT: Final[dict[Says, Callable[[Inside, float, Says, int], None]]] = {
    **dict.fromkeys(_STOPPED, Inside._stopped_by),
    Says.RESET: Inside._powered_up,
    Says.INITIALISING: Inside._goes_on,
    Says.CLEARED_TO_FRONT: Inside._cleared_to_front,
    Says.CLEARED_INTO_BOX: Inside._cleared_into_box,
    Says.READ: Inside._read,
    Says.BAR_CODE: Inside._bar_code,
    Says.STACKING: Inside._goes_on,
    Says.CREDIT: Inside._credit,
    Says.STACKED: Inside._stacked,
    Says.REJECTING: Inside._goes_on,
    Says.REJECTED: Inside._rejected,
    Says.BOX_OUT: Inside._box_taken_out,
    Says.BOX_IN: Inside._box_put_in,
}
