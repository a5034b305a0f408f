"""The simulated SSP validator: a state machine that knows time and paper, but no bytes of commands.

Time comes in through `advance`; every other method acts at the moment of the last `advance`. The methods
here are what hands, mains and motors do; what the host may command is in `ssp_sim_commands`. What happens
waits as events until a poll asks for them (acceptors.md §5.3).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from hardware.acceptors.sim_notes import Note, Notes
from hardware.acceptors.ssp_sim_events import Pending, Tell
from hardware.acceptors.ssp_sim_settings import REJECTS, Settings
from hardware.acceptors.ssp_sim_states import HELD, IN_REACH, ON_ENTRY, TROUBLE, WHILE_IT_LASTS, State
from hardware.simulated import NotPossible


class Unit:
    """One validator head on one cash box. `on_enter` is called after each change of state."""

    def __init__(self, settings: Settings, serial: int, on_enter: Callable[[State], None]) -> None:
        self.settings = settings
        self.notes = Notes()
        # What survives a power cut.
        self.serial = serial
        self.stacked = 0  # counters of 58h
        self.rejected = 0
        self.recognised = False  # the note inside
        self.past_lever = False  # it can only go into the box
        self.credit_given = False  # EE has been said, or waits to be
        self.credit_told = False
        self.jam: State | None = None
        self.box_present = True
        self.box_stuffed = False
        # What does not.
        self.state = State.OFF
        self.enabled = False
        self.accepts = 0  # channel 1 is bit 0
        self.protocol = settings.protocol
        self.last_reject = REJECTS["no_note"]
        self.pending = Pending()
        # Misbehaviour on demand.
        self.wrong_channel: int | None = None

        self._now = 0.0
        self._until: float | None = None
        self._silent_until = 0.0
        self._on_enter = on_enter

    # --- time

    def advance(self, now_s: float) -> None:
        """Let everything happen that is due by `now_s`, each at its own moment and in order."""
        while True:
            silent = self._silent_until if self.enabled else None
            due = min((at for at in (self._until, silent) if at is not None), default=None)
            if due is None or due > now_s:
                break
            self._now = due
            if due == self._until:
                self._until = None
                TIMED[self.state].then(self)
            else:
                self.allow(False)
                self.reject_unaccepted(REJECTS["disabled"])
        self._now = max(self._now, now_s)

    def heard(self) -> None:
        """A command has come; another one is due within the limit."""
        self._silent_until = self._now + self.settings.silence_s

    def enter(self, state: State) -> None:
        """Always the last act of a transition: what `on_enter` does may change the state again."""
        if state is not self.state and state in ON_ENTRY:
            self.pending.add(ON_ENTRY[state])
        self.state = state
        self._until = self._now + TIMED[state].lasts_s(self) if state in TIMED else None
        self._on_enter(state)

    def settle(self) -> None:
        """Go where the facts lead: trouble first, then what is still inside, then rest."""
        if self.jam is not None:
            self.enter(self.jam)
        elif self.notes.inside and (self.box_present or not self.past_lever):
            self.enter(State.CLEARING)
        elif not self.box_present:
            self.enter(State.BOX_OUT)
        elif self.box_full:
            self.enter(State.BOX_FULL)
        else:
            self.enter(State.IDLE if self.enabled else State.DISABLED)

    @property
    def box_full(self) -> bool:
        return self.box_stuffed or len(self.notes.box) >= self.settings.box_notes

    def enabled_fen(self) -> list[int]:
        """The notes that it would take now."""
        channels = enumerate(self.settings.notes_fen)
        return [fen for bit, fen in channels if self.enabled and self.accepts >> bit & 1]

    # --- events

    def polled(self, acknowledged: bool = False) -> bytes:
        """What a poll is told: all that happened since the last one, in order, then what lasts."""
        if self.state is State.HOLDING:
            self.enter(State.STACKING)
        events, credit = self.pending.taken(self.protocol, self._lasting(), acknowledged)
        if credit:
            self.credit_told = self.credit_given
        if self.state is State.ESCROW:
            self.enter(State.HOLDING)
        return events

    def _lasting(self) -> list[bytes]:
        lasting = [] if self.box_present else [bytes([Tell.BOX_OUT])]
        if self.state in WHILE_IT_LASTS:
            lasting.append(WHILE_IT_LASTS[self.state])
        elif self.state in TROUBLE and self.settings.trouble == "repeated":
            lasting.append(bytes([ON_ENTRY[self.state]]))
        if not self.enabled:
            lasting.append(bytes([Tell.DISABLED]))
        elif not self.accepts:
            lasting.append(bytes([Tell.ALL_INHIBITED]))
        return lasting

    # --- what happens when a timed state ends

    def _started(self) -> None:
        self.pending.add(Tell.RESET)
        self.settle()

    def _cleared(self) -> None:
        known = self.recognised and self.settings.knows_cleared
        channel = (self.notes.inside[0].type or 0) if known else 0
        if not self.past_lever:
            self.pending.add(Tell.CLEARED_TO_FRONT, channel)
            self._back_to_mouth()
        else:
            speaks = {"always": True, "untold": not self.credit_told, "never": False}
            if speaks[self.settings.cleared]:
                self.pending.add(Tell.CLEARED_INTO_BOX, channel)
            self._into_box()
        self.settle()

    def _recognised(self) -> None:
        note = self.notes.inside[0]
        why = self._why_rejected(note)
        if why is not None or note.type is None:
            self.reject(REJECTS["read"] if why is None else why)
            return
        self.recognised = True
        self.pending.add(Tell.READ, note.type)
        self.enter(State.ESCROW)

    def _why_rejected(self, note: Note) -> int | None:
        if note.reject is not None or note.type is None:
            return note.reject
        return None if self.accepts >> (note.type - 1) & 1 else REJECTS["inhibited"]

    def _escrow_ended(self) -> None:
        self.reject(REJECTS["escrow_timeout"])

    def _rejected(self) -> None:
        self.rejected += 1
        self.pending.add(Tell.REJECTED)
        self._back_to_mouth()
        self.settle()

    def _at_lever(self) -> None:
        if self.box_full:
            self.reject(REJECTS["slow_mechanism"])
            return
        self.past_lever = self.credit_given = True
        channel = self.notes.inside[0].type or 0
        self.pending.add(Tell.CREDIT, channel if self.wrong_channel is None else self.wrong_channel)
        self.wrong_channel = None
        if self.settings.stack_s > self.settings.lever_s:
            self.pending.add(Tell.STACKING)
        self.enter(State.PAST_LEVER)

    def _fallen(self) -> None:
        self._into_box()
        self.pending.add(Tell.STACKED)
        self.settle()

    def _into_box(self) -> None:
        self.notes.into_box()
        self.stacked += 1
        self._nothing_inside()

    def _back_to_mouth(self) -> None:
        self.notes.back_to_mouth()
        self._nothing_inside()

    def _nothing_inside(self) -> None:
        self.recognised = self.past_lever = self.credit_given = self.credit_told = False

    # --- what the host may ask of it

    def allow(self, enabled: bool) -> None:
        self.enabled = enabled
        if self.state in (State.IDLE, State.DISABLED):
            self.settle()

    def reject(self, why: int) -> None:
        self.last_reject = why
        self.enter(State.REJECTING)

    def reject_unaccepted(self, why: int) -> None:
        """Whatever the host has not accepted yet goes back."""
        if self.state in HELD or self.state is State.ACCEPTING:
            self.reject(why)

    def restart(self) -> None:
        self._forget()
        self.enter(State.STARTING)

    # --- mains

    def power_cut(self) -> None:
        self._needs_power()
        self._forget()
        self.enter(State.OFF)

    def power_on(self) -> None:
        if self.state is not State.OFF:
            raise NotPossible("it has power already")
        self.enter(State.STARTING)

    def _forget(self) -> None:
        self.enabled = False
        self.accepts = 0
        self.protocol = self.settings.protocol
        self.last_reject = REJECTS["no_note"]
        self.pending.clear()

    def _needs_power(self) -> None:
        if self.state is State.OFF:
            raise NotPossible("it has no power; use power_on first")

    # --- hands at the mouth

    def insert(self, note: Note) -> None:
        if self.notes.mouth:
            raise NotPossible("a returned note is still in the mouth; use pull_note first")
        if self.state is not State.IDLE:
            raise NotPossible(f"the note is not drawn in while the acceptor is {self.state.value!r}")
        if self.pending.unacknowledged:
            raise NotPossible("the note is not drawn in before the host has acknowledged the last credit")
        self.notes.insert(note)
        self.enter(State.ACCEPTING)

    def pull_note(self) -> None:
        """Out of the mouth, or out of an unsafe jam."""
        unjams = self.state is State.JAM and bool(self.notes.inside)
        if unjams:
            self._back_to_mouth()
            self.jam = None
        if not self.notes.mouth:
            raise NotPossible("no note looks out of the mouth")
        self.notes.customer_takes_back()
        if unjams:
            self.settle()

    def fail(self, code: int) -> None:
        raise NotPossible("an SSP unit tells no failure of its own")

    def cheat(self) -> None:
        """Somebody pulls at a string: before the lever the note comes out again, after it the note stays."""
        self._needs_power()
        if self.state is State.STARTING:
            raise NotPossible("it is starting and feels nothing yet")
        channel = (self.notes.inside[0].type or 0) if self.recognised else 0
        self.pending.add(Tell.FRAUD, channel)
        if self.state in IN_REACH:
            self._back_to_mouth()
            self.settle()

    # --- hands at the cash box

    def pull_box(self) -> None:
        if not self.box_present:
            raise NotPossible("the cash box is out already")
        self.box_present = False
        if self.state is State.PAST_LEVER or (self.state is State.CLEARING and self.past_lever):
            TIMED[self.state].then(self)  # it falls into the box at the last moment
        elif self.state in IN_REACH and self.state is not State.REJECTING:
            self.reject(REJECTS["slow_mechanism"])
        elif self.state in (State.IDLE, State.DISABLED, State.BOX_FULL):
            self.settle()

    def empty_box(self) -> None:
        if self.box_present:
            raise NotPossible("the cash box is in the acceptor; use pull_box first")
        self.notes.collect()
        self.box_stuffed = False

    def put_box(self) -> None:
        if self.box_present:
            raise NotPossible("the cash box is in already")
        self.box_present = True
        if self.state in (State.OFF, State.STARTING):
            return
        self.pending.add(Tell.BOX_IN)
        if self.state is State.BOX_OUT:
            self.settle()

    def fill_box(self) -> None:
        if not self.box_present:
            raise NotPossible("the cash box is out; use put_box first")
        self.box_stuffed = True
        if self.state in (State.IDLE, State.DISABLED):
            self.settle()

    # --- trouble

    def get_jammed(self, where: State) -> None:
        """JAM leaves the unit enabled; BOX_JAM switches it off, and no credit is given for its note."""
        self._needs_power()
        if self.jam is not None:
            raise NotPossible("it is jammed already; use clear first")
        if where is State.JAM and self.past_lever:
            raise NotPossible("the note is past the lever; it can only jam at the cash box")
        if where is State.BOX_JAM and self.notes.inside:
            if not self.past_lever and self.state is not State.STACKING:
                raise NotPossible("the note has not reached the cash box; use when with the moment stacking")
            self.past_lever = True
        self.jam = where
        self.enabled = self.enabled and where is State.JAM
        if self.state is not State.STARTING:
            self.enter(where)

    def clear(self, pulled_out: bool) -> None:
        """Somebody opens it, repairs it and switches it on again. A note inside then goes where it belongs
        by itself, an unsafe one to the front, a safe one into the box, unless it is `pulled_out` by hand."""
        if self.jam is None:
            raise NotPossible("nothing is jammed")
        if pulled_out and self.credit_given:
            raise NotPossible("the credit for this note is given: it belongs into the box")
        self.jam = None
        if pulled_out and self.notes.inside:
            self._back_to_mouth()
        if self.state is not State.OFF:
            self.restart()

    def swap(self, serial: int, stacked: int) -> None:
        """Another head of the same make goes onto the same cash box; it has just been given power."""
        if self.notes.inside:
            raise NotPossible("a note is inside; get it out first")
        self.serial, self.stacked, self.rejected = serial, stacked, 0
        self.jam = None
        if self.state is not State.OFF:
            self.restart()


class Timed(NamedTuple):
    lasts_s: Callable[[Unit], float]
    then: Callable[[Unit], None]


# State · how long it lasts · what follows. States that are not here last until somebody acts.
TIMED: Final = {
    State.STARTING: Timed(lambda u: u.settings.init_s, Unit._started),
    State.CLEARING: Timed(lambda u: u.settings.clear_s, Unit._cleared),
    State.ACCEPTING: Timed(lambda u: u.settings.accept_s, Unit._recognised),
    State.REJECTING: Timed(lambda u: u.settings.reject_s, Unit._rejected),
    State.ESCROW: Timed(lambda u: u.settings.escrow_s, Unit._escrow_ended),
    State.HOLDING: Timed(lambda u: u.settings.escrow_s, Unit._escrow_ended),
    State.STACKING: Timed(lambda u: u.settings.lever_s, Unit._at_lever),
    State.PAST_LEVER: Timed(lambda u: u.settings.stack_s - u.settings.lever_s, Unit._fallen),
}
