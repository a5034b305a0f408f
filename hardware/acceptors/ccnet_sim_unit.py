"""The simulated bill validator: a state machine that knows time and paper, but no bytes (acceptors.md §3.6).

Time comes in through `advance`; every other method acts at the moment of the last `advance`. The
methods here are what hands, mains and motors do; what the host may command is in `ccnet_sim_commands`.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Final, NamedTuple

from hardware.acceptors.ccnet_sim_settings import REJECTS, Settings
from hardware.acceptors.sim_notes import Note, Notes
from hardware.simulated import NotPossible


class State(enum.Enum):
    OFF = "off"
    POWER_UP = "power_up"
    POWER_UP_NOTE_IN_VALIDATOR = "power_up_note_in_validator"
    POWER_UP_NOTE_IN_STACKER = "power_up_note_in_stacker"
    INITIALISING = "initialising"
    DISABLED = "disabled"
    IDLE = "idle"
    ACCEPTING = "accepting"
    REJECTING = "rejecting"
    ESCROW = "escrow"
    HOLDING = "holding"
    STACKING = "stacking"
    PAST_LEVER = "past_lever"  # still "stacking" to the host, but the note can not come back any more
    STACKED = "stacked"
    RETURNING = "returning"
    RETURNED = "returned"
    PAUSE = "pause"
    BUSY = "busy"
    BOX_FULL = "box_full"
    BOX_OUT = "box_out"
    JAM = "jam"
    BOX_JAM = "box_jam"
    CHEATED = "cheated"
    FAILURE = "failure"


class Unit:
    """One validator head on one cash box. `on_enter` is called after each change of state."""

    def __init__(self, settings: Settings, serial: str, on_enter: Callable[[State], None]) -> None:
        self.settings = settings
        self.notes = Notes()
        # What survives a power cut.
        self.serial = serial
        self.counter = 0
        self.untold: int | None = None  # type of a note in the box that the host has not acknowledged
        self.past_lever = False
        self.jam: State | None = None
        self.failure: int | None = None
        self.box_present = True
        self.box_stuffed = False
        # What does not.
        self.state = State.OFF
        self.enabled = 0
        self.with_escrow = 0
        self.security = 0
        self.options = bytes(4)
        self.escrow_s = settings.escrow_s
        self.rejects: int | None = None
        self.returned_type: int | None = None
        self.after_return = State.RETURNED
        self.awaits_ack = False  # for 81h or 82h
        self._resumes: tuple[State, float | None] = (State.OFF, None)
        # Misbehaviour on demand.
        self.repeat_stacked = 0
        self.wrong_type: int | None = None

        self._now = 0.0
        self._until: float | None = None
        self._on_enter = on_enter

    # --- time

    def advance(self, now_s: float) -> None:
        """Let everything happen that is due by `now_s`, each at its own moment and in order."""
        while self._until is not None and self._until <= now_s:
            self._now, self._until = self._until, None
            TIMED[self.state].then(self)
        self._now = max(self._now, now_s)

    def enter(self, state: State, lasts_s: float | None = None) -> None:
        """Always the last act of a transition: what `on_enter` does may change the state again."""
        self.state = state
        self.awaits_ack = False
        if state is State.INITIALISING:
            self.enabled = self.with_escrow = 0
        if lasts_s is None and state in TIMED:
            lasts_s = TIMED[state].lasts_s(self)
        self._until = None if lasts_s is None else self._now + lasts_s
        self._on_enter(state)

    def settle(self) -> None:
        """Go where the facts lead: trouble first, then what is pending, then rest."""
        if self.failure is not None:
            self.enter(State.FAILURE)
        elif self.jam is not None:
            self.enter(self.jam)
        elif not self.box_present:
            self.enter(State.BOX_OUT)
        elif self.past_lever:
            self._fall_into_box()
            self.enter(State.STACKED)
        elif self.untold is not None:
            self.enter(State.STACKED)
        elif self.notes.inside:
            self.enter(State.RETURNING)
        elif self.box_full:
            self.enter(State.BOX_FULL)
        else:
            self.enter(State.IDLE if self.enabled else State.DISABLED)

    @property
    def box_full(self) -> bool:
        return self.box_stuffed or len(self.notes.box) >= self.settings.box_notes

    def enabled_fen(self) -> list[int]:
        """The notes that it would take now."""
        return [fen for code, fen in enumerate(self.settings.notes_fen) if self.enabled >> code & 1]

    @property
    def busy_for_s(self) -> float:
        return max(0.0, self._until - self._now) if self._until is not None else 0.0

    # --- what happens when a timed state ends

    def _initialised(self) -> None:
        if self.settings.forgets_enabled:
            self.enabled = self.with_escrow = 0
        self.settle()

    def _recognised(self) -> None:
        note = self.notes.inside[0]
        self.rejects = self._why_rejected(note)
        if self.rejects is not None:
            self.enter(State.REJECTING)
        elif note.type is not None and self.with_escrow >> note.type & 1:
            self.enter(State.ESCROW)
        else:
            self.enter(State.STACKING)

    def _why_rejected(self, note: Note) -> int | None:
        if note.reject is not None:
            return note.reject
        if note.type is None:
            return REJECTS["identification"]
        return None if self.enabled >> note.type & 1 else REJECTS["inhibit"]

    def _rejected(self) -> None:
        self.notes.back_to_mouth()
        self.settle()

    def _at_lever(self) -> None:
        if self.box_full:
            self.enter(State.RETURNING)
            return
        self.past_lever = True
        self.enter(State.PAST_LEVER)

    def _fallen(self) -> None:
        self._fall_into_box()
        self.enter(State.STACKED)

    def _fall_into_box(self) -> None:
        self.untold = self.notes.into_box().type
        self.counter = (self.counter + 1) % 0x10000
        self.past_lever = False

    def _returned(self) -> None:
        self.returned_type = self.notes.inside[0].type
        self.notes.back_to_mouth()
        follows, self.after_return = self.after_return, State.RETURNED
        if follows is State.INITIALISING or (follows is State.RETURNED and self.returned_type is not None):
            self.enter(follows)
        else:
            self.settle()

    def give_back(self) -> None:
        self.enter(State.RETURNING)

    def told(self) -> None:
        """The host has acknowledged the 81h or 82h that is shown now."""
        if self.state is State.STACKED:
            if self.repeat_stacked:
                self.repeat_stacked -= 1
                return
            self.untold = self.wrong_type = None
        self.settle()

    def reset(self) -> None:
        if self.state is State.BUSY:
            self.state = self._resumes[0]
        if self.settings.reset_forgets and self.state is State.STACKED:
            self.untold = None
        self.enabled = self.with_escrow = 0
        if self.state in RETURNED_BY_RESET:
            self.after_return = State.INITIALISING
            self.enter(State.RETURNING)
            return
        silent = self.settings.returns_silently_after_power_up
        if self.state is State.POWER_UP_NOTE_IN_VALIDATOR and silent:
            self.after_return = State.DISABLED
        self.enter(State.INITIALISING)

    # --- mains

    def power_cut(self) -> None:
        self._needs_power()
        self.enabled = self.with_escrow = self.security = 0
        self.options = bytes(4)
        self.escrow_s = self.settings.escrow_s
        self.after_return = State.RETURNED
        self.enter(State.OFF)

    def power_on(self) -> None:
        if self.state is not State.OFF:
            raise NotPossible("it has power already")
        if self.past_lever or self.untold is not None:
            self.enter(State.POWER_UP_NOTE_IN_STACKER)
        elif self.notes.inside:
            self.enter(State.POWER_UP_NOTE_IN_VALIDATOR)
        else:
            self.enter(State.POWER_UP)

    def _needs_power(self) -> None:
        if self.state is State.OFF:
            raise NotPossible("it has no power; use power_on first")

    # --- hands at the mouth

    def insert(self, note: Note) -> None:
        if self.notes.mouth:
            raise NotPossible("a returned note is still in the mouth; use pull_note first")
        if self.state is State.IDLE:
            self.notes.insert(note)
            self.enter(State.ACCEPTING)
        elif self.state in PAUSED_BY_SECOND_NOTE:
            self.notes.insert(note)
            self._resumes = self.state, self._left_s()
            self.enter(State.PAUSE)
        else:
            raise NotPossible(f"the note is not drawn in while the acceptor is {self.state.value!r}")

    def pull_note(self) -> None:
        if self.state is State.PAUSE:
            self.notes.second_is_pulled_out()
            self._resume()
        elif self.notes.mouth:
            self.notes.customer_takes_back()
        else:
            raise NotPossible("no note looks out of the mouth")

    def _left_s(self) -> float | None:
        return None if self._until is None else self._until - self._now

    def _resume(self) -> None:
        self.state, left_s = self._resumes
        self._until = None if left_s is None else self._now + left_s
        if self.state in (State.IDLE, State.DISABLED):  # the host may have changed its mind meanwhile
            self.settle()

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
        self.after_return = State.RETURNED
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
        if self.state is not State.OFF and self.state not in POWER_UPS:
            self.enter(State.INITIALISING)

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

    def cheat(self) -> None:
        """Somebody pulls at a string: a note that is being stacked comes out again before the lever."""
        self._needs_power()
        if self.state is State.STACKING:
            self.notes.back_to_mouth()
        self.enter(State.CHEATED)

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
            self.enter(State.INITIALISING if self.box_present else State.BOX_OUT)

    def busy(self, for_s: float) -> None:
        self._needs_power()
        if self.state in (State.BUSY, State.PAUSE):
            raise NotPossible(f"it is {self.state.value!r} already")
        self._resumes = self.state, self._left_s()
        self.enter(State.BUSY, for_s)

    def swap(self, serial: str, counter: int) -> None:
        """Another head of the same make goes onto the same cash box; it has just been given power."""
        if self.notes.inside:
            raise NotPossible("a note is inside; get it out first")
        self.serial, self.counter = serial, counter
        self.untold = self.jam = self.failure = None
        if self.state is not State.OFF:
            self.power_cut()
            self.power_on()


class Timed(NamedTuple):
    lasts_s: Callable[[Unit], float | None]
    then: Callable[[Unit], None]


# State · how long it lasts · what follows. States that are not here last until somebody acts.
TIMED: Final = {
    State.INITIALISING: Timed(lambda u: u.settings.init_s, Unit._initialised),
    State.ACCEPTING: Timed(lambda u: u.settings.accept_s, Unit._recognised),
    State.REJECTING: Timed(lambda u: u.settings.reject_s, Unit._rejected),
    State.ESCROW: Timed(lambda u: u.escrow_s, Unit.give_back),
    State.HOLDING: Timed(lambda u: u.settings.hold_s, Unit.give_back),
    State.STACKING: Timed(lambda u: u.settings.lever_s, Unit._at_lever),
    State.PAST_LEVER: Timed(lambda u: u.settings.stack_s - u.settings.lever_s, Unit._fallen),
    State.RETURNING: Timed(lambda u: u.settings.return_s, Unit._returned),
    State.PAUSE: Timed(lambda u: u.settings.pause_s, Unit.give_back),
    State.BUSY: Timed(lambda u: None, Unit._resume),
}
POWER_UPS: Final = {State.POWER_UP, State.POWER_UP_NOTE_IN_VALIDATOR, State.POWER_UP_NOTE_IN_STACKER}
PAUSED_BY_SECOND_NOTE: Final = {State.ACCEPTING, State.ESCROW, State.HOLDING, State.STACKING}
RETURNED_BY_RESET: Final = PAUSED_BY_SECOND_NOTE | {State.REJECTING, State.RETURNING, State.PAUSE}
