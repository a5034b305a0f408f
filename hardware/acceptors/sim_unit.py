"""What simulated bill acceptors of several protocols have in common: paper, motors, hands and mains.

Time comes in through `advance`; every other method acts at the moment of the last `advance`. What a host
may command, and what follows from it, is each protocol's own subclass.
"""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Annotated, Final, Generic, NamedTuple, TypeVar

import msgspec

from hardware.acceptors.sim_notes import Note, Notes
from hardware.simulated import NotPossible

Seconds = Annotated[float, msgspec.Meta(ge=0, le=3600)]
Fen = Annotated[int, msgspec.Meta(ge=1, le=10**10)]


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
    VEND_VALID = "vend_valid"  # the note is ours and the host has not acknowledged it
    STORING = "storing"  # acknowledged while still on its way into the box
    STACKED = "stacked"
    RETURNING = "returning"
    RETURNED = "returned"
    PAUSE = "pause"
    BOX_FULL = "box_full"
    BOX_OUT = "box_out"
    JAM = "jam"
    BOX_JAM = "box_jam"
    CHEATED = "cheated"
    FAILURE = "failure"
    MUTE = "mute"  # has power and answers nobody


POWER_UPS: Final = frozenset(
    {State.POWER_UP, State.POWER_UP_NOTE_IN_VALIDATOR, State.POWER_UP_NOTE_IN_STACKER}
)
HELD: Final = frozenset({State.ESCROW, State.HOLDING})
PAUSED_BY_SECOND_NOTE: Final = HELD | {State.ACCEPTING, State.STACKING}


class UnitSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Times are short by default so that tests are quick; a real unit initialises in 1 to 40 s and stacks in
    about 2 s. `lever_s` after the command to stack a note is past the lever; `store_s` later it is in the box.
    """

    notes_fen: tuple[Fen, ...] = (100, 500, 1000, 2000, 5000, 10000)  # by denomination, from the first
    box_notes: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 500  # notes that the box takes
    init_s: Seconds = 1.0
    accept_s: Seconds = 0.15
    lever_s: Seconds = 0.1
    store_s: Seconds = 0.15
    return_s: Seconds = 0.15
    reject_s: Seconds = 0.15


class Stage(NamedTuple):
    """How long a state lasts by itself (None: until somebody acts) and what then follows."""

    lasts_s: float | None
    then: Callable[[], None]


S = TypeVar("S", bound=UnitSettings)


class AcceptorUnit(ABC, Generic[S]):
    """One validator head on one cash box. `on_enter` is called after each change of state."""

    def __init__(self, settings: S) -> None:
        self.settings = settings
        self.notes = Notes()
        self.on_enter: Callable[[State], None] = lambda state: None
        # What survives a power cut, because it is paper and metal.
        self.past_lever = False
        self.jam: State | None = None
        self.failure: int | None = None
        self.box_present = True
        self.box_stuffed = False
        # What does not.
        self.state = State.OFF
        self.cheated = False
        self.rejects: int | None = None
        self._resumes = State.OFF
        self._now = 0.0
        self._until: float | None = None

    # --- what the protocols decide

    @abstractmethod
    def _stages(self) -> Mapping[State, Stage]:
        """The states that end by themselves."""

    @abstractmethod
    def settle(self) -> None:
        """Go where the facts lead: trouble first, then what is pending, then rest."""

    @abstractmethod
    def enabled_fen(self) -> list[int]:
        """The notes that it would take now."""

    @abstractmethod
    def _forget(self) -> None:
        """Mains have gone: drop what was held in memory only."""

    def _wakes_up_as(self) -> State:
        if self.past_lever:
            return State.POWER_UP_NOTE_IN_STACKER
        return State.POWER_UP_NOTE_IN_VALIDATOR if self.notes.inside else State.POWER_UP

    def _interrupt(self, state: State) -> None:
        """Trouble has come up."""
        self.enter(state)

    def _is_another(self) -> None:
        """What the replaced head still knew has gone with it."""

    def _pulled_out_by_hand(self) -> None:
        """A jammed note has left through somebody's hand."""
        self.notes.back_to_mouth()
        self.past_lever = False

    def _mouth_is_free(self) -> None:
        """The customer has taken what looked out of the mouth."""

    # --- time

    def advance(self, now_s: float) -> None:
        """Let everything happen that is due by `now_s`, each at its own moment and in order."""
        while self._until is not None and self._until <= now_s:
            self._now, self._until = self._until, None
            self._stages()[self.state].then()
        self._now = max(self._now, now_s)

    def enter(self, state: State) -> None:
        """Always the last act of a transition: what `on_enter` does may change the state again."""
        self.state = state
        stage = self._stages().get(state)
        self._until = None if stage is None or stage.lasts_s is None else self._now + stage.lasts_s
        self.on_enter(state)

    @property
    def box_full(self) -> bool:
        return self.box_stuffed or len(self.notes.box) >= self.settings.box_notes

    # --- motors

    def _fall_into_box(self) -> None:
        self.notes.into_box()
        self.past_lever = False

    def _resume(self) -> None:
        self.enter(self._resumes)

    # --- mains

    def power_cut(self) -> None:
        self._needs_power()
        self.cheated = False
        self.rejects = None
        self._forget()
        self.enter(State.OFF)

    def power_on(self) -> None:
        if self.state is not State.OFF:
            raise NotPossible("it has power already")
        self.enter(self._wakes_up_as())

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
            self._resumes = self.state
            self.enter(State.PAUSE)
        else:
            raise NotPossible(f"the note is not drawn in while the acceptor is {self.state.value!r}")

    def pull_note(self) -> None:
        if self.state is State.PAUSE:
            self.notes.second_is_pulled_out()
            self._resume()
        elif self.notes.mouth:
            self.notes.customer_takes_back()
            self._mouth_is_free()
        else:
            raise NotPossible("no note looks out of the mouth")

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
        self._interrupt(State.BOX_OUT)

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
        self._interrupt(where)

    def cheat(self) -> None:
        """Somebody pulls at a string: a note that is being stacked comes out again before the lever."""
        self._needs_power()
        if self.state is State.STACKING:
            self.notes.back_to_mouth()
        self.cheated = True
        self._interrupt(State.CHEATED)

    def fail(self, code: int) -> None:
        self._needs_power()
        self.failure = code
        self._interrupt(State.FAILURE)

    def clear(self, pulled_out: bool) -> None:
        """Somebody repairs it. A note jammed in the validator is pulled out; one jammed at the box falls
        in, unless it is `pulled_out` by hand."""
        if self.jam is None and self.failure is None and not self.cheated:
            raise NotPossible("nothing is jammed, failed or cheated")
        if self.notes.inside and (self.jam is State.JAM or (self.jam is State.BOX_JAM and pulled_out)):
            self._pulled_out_by_hand()
        self.jam = self.failure = None
        self.cheated = False
        if self.state in (State.JAM, State.BOX_JAM, State.FAILURE, State.CHEATED):
            self.enter(State.INITIALISING if self.box_present else State.BOX_OUT)

    def swap(self) -> None:
        """Another head of the same make goes onto the same cash box; it has just been given power."""
        if self.notes.inside:
            raise NotPossible("a note is inside; get it out first")
        self.jam = self.failure = None
        self._is_another()
        if self.state is not State.OFF:
            self.power_cut()
            self.power_on()
