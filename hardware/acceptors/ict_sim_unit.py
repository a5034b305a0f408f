"""The simulated ICT acceptor: a state machine that knows time and paper (acceptors.md §4.4).

Time comes in through `advance`; every other method acts at the moment of the last `advance`. The
methods here are what hands, mains and motors do; what the host may command is in `ict_sim_commands`.
Whatever the unit says leaves through `say`; it keeps nothing that it said, and says nothing twice.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Final, NamedTuple

from hardware.acceptors.ict_sim_settings import TRAITS, Settings, Traits
from hardware.acceptors.sim_notes import Note, Notes
from hardware.simulated import NotPossible

POWERED_UP: Final = b"\x80\x8f"
STACKED: Final = b"\x10"
COMMUNICATION_FAILURE: Final = b"\x26"
NOTE_REMOVED: Final = b"\x23"
NOTE_REJECTED: Final = b"\x29"
TROUBLE_OVER: Final = b"\x2f"


class State(enum.Enum):
    OFF = "off"
    POWER_UP = "power_up"  # 80 8F was said, the host may still answer in time
    UNANSWERED = "unanswered"  # it did not: inhibited until it does
    DISABLED = "disabled"
    IDLE = "idle"
    ACCEPTING = "accepting"
    REJECTING = "rejecting"
    ESCROW = "escrow"
    HOLDING = "holding"
    STACKING = "stacking"
    PAST_LEVER = "past_lever"  # the note can not come back any more
    STACKED = "stacked"  # it lies in the box; the host is about to be told
    RETURNING = "returning"
    RETURNED = "returned"  # it looks out of the mouth; the host is about to be told
    BOX_FULL = "box_full"
    BOX_OUT = "box_out"
    JAM = "jam"
    BOX_JAM = "box_jam"
    CHEATED = "cheated"
    FAILURE = "failure"


# There is no code for a full box; "stacker problem" is the closest.
TROUBLES: Final = {
    State.BOX_FULL: 0x28,
    State.BOX_OUT: 0x24,
    State.JAM: 0x22,
    State.BOX_JAM: 0x22,
    State.CHEATED: 0x27,
    State.FAILURE: None,  # the code of the part that failed
}


class Unit:
    """One acceptor on one cash box. `on_enter` is called after each change of state."""

    def __init__(
        self, settings: Settings, say: Callable[[bytes], None], on_enter: Callable[[State], None]
    ) -> None:
        self.settings = settings
        self.notes = Notes()
        # What survives a power cut: mechanics only. The unit remembers nothing that it has not told.
        self.stacked = 0  # notes that fell into the box, ever; the wire does not tell
        self.past_lever = False
        self.jam: State | None = None
        self.failure: int | None = None
        self.box_present = True
        self.box_stuffed = False
        # What does not.
        self.state = State.OFF
        self.answered = False
        self.enabled = False
        self.silent_escrows = 0
        self.untold = False  # a note fell into the box, and 10h was not said for it
        # Misbehaviour on demand.
        self.pushes_back = 0

        self._now = 0.0
        self._until: float | None = None
        self._say = say
        self._on_enter = on_enter

    @property
    def traits(self) -> Traits:
        return TRAITS[self.settings.model]

    @property
    def box_full(self) -> bool:
        return self.box_stuffed or len(self.notes.box) >= self.settings.box_notes

    @property
    def trouble(self) -> int | None:
        """The code of the trouble that stands now."""
        return self.failure if self.state is State.FAILURE else TROUBLES.get(self.state)

    def enabled_fen(self) -> list[int]:
        """The notes that it would take now; it knows no other choice than all or none."""
        return list(self.settings.notes_fen) if self.enabled else []

    # --- time

    def advance(self, now_s: float) -> None:
        """Let everything happen that is due by `now_s`, each at its own moment and in order."""
        while self._until is not None and self._until <= now_s:
            self._now, self._until = self._until, None
            TIMED[self.state].then(self)
        self._now = max(self._now, now_s)

    def enter(self, state: State) -> None:
        """Always the last act of a transition: what `on_enter` does may change the state again."""
        self.state = state
        self._until = self._now + TIMED[state].lasts_s(self.settings) if state in TIMED else None
        if self.trouble is not None:
            self._say(bytes([self.trouble]))
        self._on_enter(state)

    def settle(self) -> None:
        """Go where the facts lead: trouble first, then paper, then rest."""
        if self.failure is not None:
            self.enter(State.FAILURE)
        elif self.jam is not None:
            self.enter(self.jam)
        elif not self.box_present:
            self.enter(State.BOX_OUT)
        elif self.past_lever:
            self._fall_into_box()
            self.settle()
        elif self.untold and self.settings.tells_late:
            self.enter(State.STACKED)
        elif self.notes.inside:
            self.enter(State.RETURNING)
        elif self.box_full:
            self.enter(State.BOX_FULL)
        else:
            self._rest()

    def _rest(self) -> None:
        self.untold = False
        if not self.answered and not (self.enabled and self.settings.enabled_without_answer):
            self.enter(State.UNANSWERED)
        else:
            self.enter(State.IDLE if self.enabled else State.DISABLED)

    def _trouble_is_over(self) -> None:
        """Unless another one stands, which is then told instead."""
        if self.failure is None and self.jam is None and self.box_present and not self.box_full:
            self._say(TROUBLE_OVER)
        self.settle()

    # --- what happens when a timed state ends

    def _nobody_answered(self) -> None:
        if self.traits.complains_of_no_answer:
            self._say(COMMUNICATION_FAILURE)
        self.settle()

    def _recognised(self) -> None:
        note = self.notes.inside[0]
        if note.type is None or note.reject is not None:
            self.enter(State.REJECTING)
            return
        self._say(bytes([0x81, 0x40 | note.type]))
        self.enter(State.ESCROW)

    def _rejected(self) -> None:
        self.notes.back_to_mouth()
        self._say(NOTE_REJECTED)
        self.settle()

    def _nobody_decided(self) -> None:
        self.silent_escrows += 1
        self.enter(State.RETURNING)

    def _at_lever(self) -> None:
        if self.pushes_back or self.box_full:
            self.pushes_back = max(0, self.pushes_back - 1)
            self.enter(State.RETURNING)
            return
        self.past_lever = True
        if self.settings.stacked_at_lever:
            self._say(STACKED)
        self.enter(State.PAST_LEVER)

    def _fallen(self) -> None:
        self._fall_into_box()
        self.enter(State.STACKED)

    def _fall_into_box(self) -> None:
        self.notes.into_box()
        self.stacked += 1
        self.past_lever = False
        self.untold = not self.settings.stacked_at_lever

    def _tell_stacked(self) -> None:
        if self.untold:
            self._say(STACKED)
        self.untold = False
        self.settle()

    def _out(self) -> None:
        self.notes.back_to_mouth()
        self.enter(State.RETURNED)

    def _tell_returned(self) -> None:
        self._say(bytes([self.settings.told_returned]))
        if self.traits.silent_escrows and self.silent_escrows >= self.traits.silent_escrows:
            self.answered = self.enabled = False
            self.silent_escrows = 0
            self._say(COMMUNICATION_FAILURE)
        self.settle()

    # --- mains

    def power_cut(self) -> None:
        self._needs_power()
        self._forget()
        self.enter(State.OFF)

    def power_on(self) -> None:
        if self.state is not State.OFF:
            raise NotPossible("it has power already")
        self._start()

    def restart(self) -> None:
        """A dip of the mains, or a reset."""
        self._needs_power()
        self._forget()
        self._start()

    def _forget(self) -> None:
        self.answered = self.enabled = self.untold = False
        self.silent_escrows = 0

    def _start(self) -> None:
        """The motors run empty first: a note past the lever falls in, any other comes out; neither is told."""
        if self.jam is None and self.failure is None:
            if self.past_lever:
                self._fall_into_box()
                self.untold = False
            self.notes.back_to_mouth()
        self._say(POWERED_UP)
        self.enter(State.POWER_UP)

    def _needs_power(self) -> None:
        if self.state is State.OFF:
            raise NotPossible("it has no power; use power_on first")

    # --- hands at the mouth

    def insert(self, note: Note) -> None:
        if self.notes.mouth:
            raise NotPossible("a returned note is still in the mouth; use pull_note first")
        if self.state is not State.IDLE:
            raise NotPossible(f"the note is not drawn in while the acceptor is {self.state.value!r}")
        self.notes.insert(note)
        self.enter(State.ACCEPTING)

    def pull_note(self) -> None:
        """Take a returned note, or tear one out that has not been taken yet."""
        if self.notes.mouth:
            self.notes.customer_takes_back()
        elif self.state in WITHIN_REACH:
            self.notes.back_to_mouth()
            self.notes.customer_takes_back()
            self._say(NOTE_REMOVED)
            self.settle()
        else:
            raise NotPossible("no note looks out of the mouth")

    def cheat(self) -> None:
        """Somebody pulls at a string: a note that is being moved comes out again before the lever."""
        self._needs_power()
        if self.past_lever or self.jam is not None:
            raise NotPossible("the note is out of reach; use when with the moment stacking")
        self.notes.back_to_mouth()
        self.enter(State.CHEATED)

    # --- hands at the cash box

    def pull_box(self) -> None:
        if not self.box_present:
            raise NotPossible("the cash box is out already")
        self.box_present = False
        if self.past_lever:
            self._fall_into_box()
        if self.state is State.OFF:
            return
        if self.state in (State.RETURNING, State.REJECTING):
            self.notes.back_to_mouth()
        self.enter(State.BOX_OUT)

    def empty_box(self) -> None:
        if self.box_present:
            raise NotPossible("the cash box is in the acceptor; use pull_box first")
        self.notes.collect()
        self.box_stuffed = False

    def put_box(self) -> None:
        if self.box_present:
            raise NotPossible("the cash box is in already")
        self.box_present = True
        if self.state is State.BOX_OUT:
            self._trouble_is_over()

    def fill_box(self) -> None:
        if not self.box_present:
            raise NotPossible("the cash box is out; use put_box first")
        self.box_stuffed = True
        if self.state in (State.IDLE, State.DISABLED):
            self.settle()

    # --- trouble

    def get_jammed(self, where: State) -> None:
        self._needs_power()
        if where is State.JAM and self.past_lever:
            raise NotPossible("the note is past the lever; it can only jam at the cash box")
        if where is State.BOX_JAM and self.notes.inside and not self.past_lever:
            raise NotPossible("the note has not reached the cash box; use when with the moment past_lever")
        self.jam = where
        self.enter(where)

    def fail(self, code: int) -> None:
        self._needs_power()
        self.failure = code
        self.enter(State.FAILURE)

    def clear(self, pulled_out: bool) -> None:
        """Somebody repairs it. A note jammed in the validator is pulled out; one jammed at the box falls
        in, unless it is `pulled_out` by hand."""
        if self.jam is None and self.failure is None and self.state is not State.CHEATED:
            raise NotPossible("nothing is jammed, failed or cheated")
        if self.notes.inside and (self.jam is State.JAM or (self.jam is State.BOX_JAM and pulled_out)):
            self.notes.back_to_mouth()
            self.past_lever = False
        self.jam = self.failure = None
        if self.state is not State.OFF:
            self._trouble_is_over()


class Timed(NamedTuple):
    lasts_s: Callable[[Settings], float]
    then: Callable[[Unit], None]


# State · how long it lasts · what follows. States that are not here last until somebody acts.
TIMED: Final = {
    State.POWER_UP: Timed(lambda s: s.answer_s, Unit._nobody_answered),
    State.ACCEPTING: Timed(lambda s: s.accept_s, Unit._recognised),
    State.REJECTING: Timed(lambda s: s.reject_s, Unit._rejected),
    State.ESCROW: Timed(lambda s: s.escrow_s, Unit._nobody_decided),
    State.HOLDING: Timed(lambda s: s.hold_s, Unit._nobody_decided),
    State.STACKING: Timed(lambda s: s.lever_s, Unit._at_lever),
    State.PAST_LEVER: Timed(lambda s: s.stack_s - s.lever_s, Unit._fallen),
    State.STACKED: Timed(lambda s: s.tell_s, Unit._tell_stacked),
    State.RETURNING: Timed(lambda s: s.return_s, Unit._out),
    State.RETURNED: Timed(lambda s: s.tell_s, Unit._tell_returned),
}
HELD: Final = {State.ESCROW, State.HOLDING}
WITHIN_REACH: Final = HELD | {State.ACCEPTING}
