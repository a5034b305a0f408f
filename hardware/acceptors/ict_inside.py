"""What is inside an ICT unit, as its single bytes tell: one note at most, and troubles. Words in, events out.

The unit repeats nothing and numbers nothing, so each word is worth what the phase of the note makes of it:
`_WORDS` is the table. Only 10h after our own accept makes a `Taken`. Whatever leaves a note without its end
unsettles: `AtRest` without a counter is then due, and the core calls an accepted note doubtful.

Before `AtRest` no note is told as `Held`: the core may still have one open of which nobody knows the end, and
would take the new note for that one. It goes back.
"""

from __future__ import annotations

import enum
import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from hardware.acceptors.ict_frames import Escrow, Says
from hardware.contracts import (
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

DECIDE_LIMIT_S: Final = 3.0  # the unit waits 5 s; the rest is for a slow machine and its line
OUTCOME_LIMIT_S: Final = 10.0  # after accept; a unit needs about 3 s to stack
# After accept: the unit gives back after 5 s what it was not told to take; a next note comes and goes later.
OWN_END_S: Final = 6.5
AFTER_TROUBLE_S: Final = 6.0  # for its end once a trouble is over; cash is to be offered again within ten
RETURN_LIMIT_S: Final = 6.0  # after the order to return; the unit does it after 5 s without any
DUPLICATE_S: Final = 1.0  # after accept; no unit stacks a note and brings the next one within that

log = logging.getLogger(__name__)


class Phase(enum.Enum):
    """Where the note is."""

    EMPTY = "no note"
    HELD = "a note in escrow"
    ACCEPTED = "an accepted note on its way"
    RETURNING = "a note going back"


@dataclass
class Note:
    """From its first sight until it is elsewhere. `told`: the core knows it."""

    code: int | None
    told: bool
    phase: Phase
    since_s: float  # in this phase; counted anew when a trouble is over
    wanted: bool = False  # the core said `take`, and the accept has not left yet
    held_back: bool = False  # the hold byte was sent
    ordered_s: float | None = None  # when it was last told to go back
    seen_until_s: float = -math.inf  # accepted: what goes back until then is this one

    def go_back(self, now_s: float) -> None:
        self.phase, self.since_s, self.ordered_s = Phase.RETURNING, now_s, None


class Inside:
    """`limit`: the largest note that is taken now; None: none. `settled`: `AtRest` was told and still holds."""

    def __init__(self, device: str, notes: Sequence[Money | None]) -> None:
        self._device = device
        self._notes = tuple(notes)
        self._events: list[Event] = []
        self.note: Note | None = None
        self.troubles: set[Says] = set()  # told, and not over yet
        self.limit: Money | None = None
        self.settled = False
        self.starting = True

    @property
    def phase(self) -> Phase:
        return self.note.phase if self.note else Phase.EMPTY

    @property
    def takes_any(self) -> bool:
        """Some configured note may be taken now."""
        limit = self.limit
        return self.settled and limit is not None and any(v is not None and v <= limit for v in self._notes)

    def tell(self, event: Event) -> None:
        self._events.append(event)

    def drain(self) -> list[Event]:
        events, self._events = self._events, []
        return events

    # ---- what the core and the clock decide -------------------------------------------------------

    def take(self) -> None:
        if self.note and self.note.phase is Phase.HELD:
            self.note.wanted = True

    def give_back(self, now_s: float) -> None:
        """The first decision counts."""
        if self.note and self.note.phase is Phase.HELD and not self.note.wanted:
            self.note.go_back(now_s)

    def accepted(self, now_s: float) -> None:
        """The accept left; it never leaves again for this note."""
        if self.note:
            self.note.phase, self.note.since_s, self.note.wanted = Phase.ACCEPTED, now_s, False
            self.note.seen_until_s = now_s + OWN_END_S

    def start_over(self, now_s: float) -> None:
        """The unit was out of reach. A note that was not accepted goes back; it may be gone already."""
        self.settled, self.starting = False, True
        if self.note and self.note.phase is Phase.HELD:
            self.note.go_back(now_s)
        elif self.note:
            self.note.seen_until_s = -math.inf

    def pass_time(self, now_s: float) -> None:
        """End what took too long."""
        note = self.note
        if note is None or now_s < note.since_s + _LIMITS_S[note.phase]:
            return
        if note.phase is Phase.HELD:
            log.warning("%s: no decision for %g s, the note goes back", self._device, DECIDE_LIMIT_S)
            note.go_back(now_s)
        elif note.phase is Phase.RETURNING or not self.troubles:  # in trouble, an accepted note may lie still
            self._lose_sight(f"the unit did not say what became of {note.phase.value}")

    # ---- what the unit says -----------------------------------------------------------------------

    def power_up(self) -> None:
        """Whatever was inside is out of sight; the unit can not tell what it still has."""
        self.tell(PoweredUp(device=self._device, having=PoweredUpWith.NOTHING))
        self._lose_sight("the unit lost power")
        self.starting = True

    def escrow(self, now_s: float, escrow: Escrow) -> None:
        _ESCROW[self.phase](self, now_s, escrow)

    def word(self, now_s: float, says: Says) -> None:
        if says in _AT_EASE:
            self._trouble_over(now_s)
        elif says in TROUBLES:
            self._trouble(now_s, says)
        elif says in _SPOKEN_OF_NOTES:
            _WORDS[self.phase, says](self, now_s, says)
        elif says is Says.INVALID_COMMAND:
            log.info("%s: the unit does not know a command (2Ah)", self._device)

    # ---- troubles ---------------------------------------------------------------------------------

    def _trouble(self, now_s: float, says: Says) -> None:
        """Shown with every status while it lasts, told once. Nothing is accepted meanwhile."""
        if self.note and self.note.phase is Phase.HELD:
            self.note.go_back(now_s)
        self.settled = False
        if says not in self.troubles:
            self.troubles.add(says)
            event = TROUBLES[says]
            if event:
                self.tell(event(self._device))

    def _trouble_over(self, now_s: float) -> None:
        if not self.troubles:
            return
        if Says.STACKER_OPEN in self.troubles:
            self.tell(BoxIn(device=self._device))
        if self.troubles & _CLEARED:
            self.tell(Cleared(device=self._device))
        self.troubles.clear()
        if self.note:
            self.note.since_s = now_s + AFTER_TROUBLE_S - _LIMITS_S[self.note.phase]
            if self.note.seen_until_s > -math.inf:
                self.note.seen_until_s = now_s + OWN_END_S

    # ---- notes ------------------------------------------------------------------------------------

    def _lose_sight(self, why: str) -> None:
        if self.note:
            log.warning("%s: %s", self._device, why)
        self.note, self.settled = None, False

    def _note_came(self, now_s: float, escrow: Escrow) -> None:
        value = self._value(escrow)
        because, detail = self._why_not(escrow, value)
        if because is None and escrow.code is not None and value is not None:
            self.note = Note(escrow.code, True, Phase.HELD, now_s)
            self.tell(Held(device=self._device, code=escrow.code, value=value))
        else:
            self._refuse(now_s, escrow.code, because or RefusedBecause.FAULT, detail)

    def _why_not(self, escrow: Escrow, value: Money | None) -> tuple[RefusedBecause | None, str]:
        if not escrow.whole:
            return RefusedBecause.FAULT, "half of the code of this note got lost"
        if value is None:
            return RefusedBecause.UNMAPPED, f"type {escrow.code} has no value in the configured table"
        if not self.settled:
            return RefusedBecause.INHIBITED, "the unit is not at rest yet"
        if self.limit is None or value > self.limit:
            return RefusedBecause.INHIBITED, f"{value} is not taken just now"
        return None, ""

    def _value(self, escrow: Escrow) -> Money | None:
        code = escrow.code
        return self._notes[code] if code is not None and code < len(self._notes) else None

    def _refuse(self, now_s: float, code: int | None, because: RefusedBecause, detail: str) -> None:
        self.note = Note(code, False, Phase.RETURNING, now_s)
        self.tell(Refused(device=self._device, because=because, detail=detail))

    def _same_note(self, now_s: float, escrow: Escrow) -> None:
        """Said twice, or (106) as status. Another type: nobody knows which note it is, so it goes back."""
        if self.note and escrow.code != self.note.code:
            log.warning("%s: a second type was told for one note, it goes back", self._device)
            self.note.go_back(now_s)

    def _another_note(self, now_s: float, escrow: Escrow) -> None:
        """Behind an accepted note of which we heard no end: that one is lost from sight, this one goes back."""
        note = self.note
        same = note is not None and (not escrow.whole or escrow.code == note.code)
        if note and same and now_s < note.since_s + DUPLICATE_S:
            log.info("%s: a note was told twice", self._device)
            return
        self._lose_sight("a note came before the end of an accepted one was told")
        self._refuse(now_s, escrow.code, RefusedBecause.FAULT, "the note before it was not settled")

    def _still_there(self, now_s: float, escrow: Escrow) -> None:
        if self.note and escrow.whole:
            self.note.go_back(now_s)

    def _taken(self, now_s: float, says: Says) -> None:
        note, self.note = self.note, None
        if note and note.code is not None:
            value = self._value(Escrow(note.code))
            self.tell(Taken(device=self._device, code=note.code, value=value, recovered=self.starting))

    def _returned(self, now_s: float, says: Says) -> None:
        note, self.note = self.note, None
        if note and note.told:
            self.tell(Returned(device=self._device, code=note.code))

    def _went_back(self, now_s: float, says: Says) -> None:
        """An accepted note, unless its end was missed and this is the next one."""
        if self.note and now_s <= self.note.seen_until_s:
            self._returned(now_s, says)
        else:
            self._lose_sight("a note went back, perhaps another than the accepted one")

    def _rejected(self, now_s: float, says: Says) -> None:
        detail = "rejected by the unit (29h)"
        self.tell(Refused(device=self._device, because=RefusedBecause.NOT_RECOGNISED, detail=detail))

    def _pulled_out(self, now_s: float, says: Says) -> None:
        detail = "pulled out while it was read (23h)"
        self.tell(Refused(device=self._device, because=RefusedBecause.INSERTED_BADLY, detail=detail))

    def _stray(self, now_s: float, says: Says) -> None:
        log.warning("%s: %02Xh ignored, with %s", self._device, says, self.phase.value)


_LIMITS_S: Final = {
    Phase.HELD: DECIDE_LIMIT_S,
    Phase.ACCEPTED: OUTCOME_LIMIT_S,
    Phase.RETURNING: RETURN_LIMIT_S,
}
_AT_EASE: Final = frozenset({Says.ENABLED, Says.INHIBITED})  # 2Fh alone does not say which error is over

# What the core hears of a trouble; None: `Lost` says it.
TROUBLES: Final[dict[Says, Callable[[str], Event] | None]] = {
    Says.STACKER_OPEN: lambda device: BoxOut(device=device),
    Says.JAM: lambda device: Jammed(device=device, where=JamIn.VALIDATOR),
    Says.STACKER_PROBLEM: lambda device: Jammed(device=device, where=JamIn.CASH_BOX),
    Says.FISHING: lambda device: Cheated(device=device),
    Says.MOTOR_FAILURE: None,
    Says.CHECKSUM_ERROR: None,
    Says.SENSOR_PROBLEM: None,
    Says.HOST_FAILURE: None,
}
_CLEARED: Final = frozenset({Says.JAM, Says.STACKER_PROBLEM, Says.FISHING})

_ESCROW: Final[dict[Phase, Callable[[Inside, float, Escrow], None]]] = {
    Phase.EMPTY: Inside._note_came,
    Phase.HELD: Inside._same_note,
    Phase.ACCEPTED: Inside._another_note,
    Phase.RETURNING: Inside._still_there,
}

# With an accepted note on its way, 29h and 23h may speak of the next customer's note: they decide nothing.
_WORDS: Final[dict[tuple[Phase, Says], Callable[[Inside, float, Says], None]]] = {
    (Phase.EMPTY, Says.STACKED): Inside._stray,
    (Phase.EMPTY, Says.NOT_ACCEPTED): Inside._stray,
    (Phase.EMPTY, Says.NOTE_REJECTED): Inside._rejected,
    (Phase.EMPTY, Says.NOTE_REMOVED): Inside._pulled_out,
    (Phase.HELD, Says.STACKED): Inside._stray,
    (Phase.HELD, Says.NOT_ACCEPTED): Inside._returned,
    (Phase.HELD, Says.NOTE_REJECTED): Inside._returned,
    (Phase.HELD, Says.NOTE_REMOVED): Inside._returned,
    (Phase.ACCEPTED, Says.STACKED): Inside._taken,
    (Phase.ACCEPTED, Says.NOT_ACCEPTED): Inside._went_back,
    (Phase.ACCEPTED, Says.NOTE_REJECTED): Inside._stray,
    (Phase.ACCEPTED, Says.NOTE_REMOVED): Inside._stray,
    (Phase.RETURNING, Says.STACKED): Inside._stray,
    (Phase.RETURNING, Says.NOT_ACCEPTED): Inside._returned,
    (Phase.RETURNING, Says.NOTE_REJECTED): Inside._returned,
    (Phase.RETURNING, Says.NOTE_REMOVED): Inside._returned,
}
_SPOKEN_OF_NOTES: Final = frozenset(says for _, says in _WORDS)
