"""The simulated ID-003 acceptor: what it does with notes and with what the host has set; no bytes.

With STACK-1 the note waits past the lever for the acknowledgement of VEND VALID and is stored after it;
with STACK-2 it is stored first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hardware.acceptors.id003_sim_settings import REJECTS, Settings
from hardware.acceptors.sim_notes import Note
from hardware.acceptors.sim_unit import HELD, POWER_UPS, AcceptorUnit, Stage, State

WAIT_S: Final = 2.0  # what one WAIT adds to the present state
ALL_DIRECTIONS: Final = 0x0F

# Held until the host acknowledges or resets; trouble that comes up meanwhile is told afterwards.
HELD_UNTIL_TOLD: Final = POWER_UPS | {State.VEND_VALID, State.MUTE}
SENT_BACK_BY_INHIBIT: Final = HELD | {State.ACCEPTING}


class Id003Unit(AcceptorUnit[Settings]):
    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.version = settings.version
        self.credit: int | None = None  # denomination of the note that VEND VALID is, or will be, for
        self.told = False  # the host has been shown VEND VALID since it began
        self._stores_first = False  # STACK-2
        self._command_by_s = 0.0
        self._back_to_defaults()

    def _back_to_defaults(self) -> None:
        self.inhibit = 0x01
        self.denominations_off = bytes(2)
        self.security = bytes(2)
        self.direction = 0x00
        self.options = bytes(2)
        self.bar_code = (
            b"\x01\x12"  # interleaved 2 of 5, 18 characters: kept for the host, no such slip comes
        )
        self.bar_code_inhibit = b"\x03"

    # --- AcceptorUnit

    def _stages(self) -> Mapping[State, Stage]:
        s = self.settings
        return {
            State.INITIALISING: Stage(s.init_s, self._initialised),
            State.ACCEPTING: Stage(s.accept_s, self._recognised),
            State.REJECTING: Stage(s.reject_s, self._came_out),
            State.ESCROW: Stage(min(s.escrow_s, s.poll_limit_s), self._nobody_cares),
            State.HOLDING: Stage(s.hold_s, self._no_command),
            State.RETURNING: Stage(s.return_s, self._came_out),
            State.STACKING: Stage(s.lever_s, self._at_lever),
            State.PAST_LEVER: Stage(s.store_s, self._pushed_in),
            State.VEND_VALID: Stage(s.ack_limit_s, self._gives_up),
            State.STORING: Stage(s.store_s, self._stored),
            State.STACKED: Stage(s.ready_s, self.settle),
        }

    def settle(self) -> None:
        if self.failure is not None:
            self.enter(State.FAILURE)
        elif self.jam is not None:
            self.enter(self.jam)
        elif self.cheated:
            self.enter(State.CHEATED)
        elif self.credit is not None:
            self._ask_for_acknowledgement()
        elif not self.box_present:
            self.enter(State.BOX_OUT)
        elif self.box_full:
            self.enter(State.BOX_FULL)
        else:
            self.enter(State.IDLE if self.enabled_fen() else State.DISABLED)

    def enabled_fen(self) -> list[int]:
        off = int.from_bytes(self.denominations_off, "little")
        if self.inhibit & 1 or self.direction == ALL_DIRECTIONS:
            return []
        return [fen for number, fen in enumerate(self.settings.notes_fen) if not off >> number & 1]

    def _forget(self) -> None:
        self._back_to_defaults()
        self._forget_credit()

    def _wakes_up_as(self) -> State:
        return State.POWER_UP_NOTE_IN_STACKER if self.credit is not None else super()._wakes_up_as()

    def _interrupt(self, state: State) -> None:
        if self.state not in HELD_UNTIL_TOLD:
            self.enter(state)

    def _is_another(self) -> None:
        self.credit = None

    def _pulled_out_by_hand(self) -> None:
        super()._pulled_out_by_hand()
        if self.state is not State.VEND_VALID:
            self.credit = None

    def _mouth_is_free(self) -> None:
        if self.state in (State.REJECTING, State.RETURNING):
            self.settle()

    def _resume(self) -> None:
        if self._resumes is State.ESCROW:
            self._into_escrow()
        else:
            super()._resume()
        if self.inhibit & 1:
            self.set_inhibit(self.inhibit)

    # --- a note comes

    def _recognised(self) -> None:
        self.rejects = self._why_rejected(self.notes.inside[0])
        if self.rejects is not None:
            self.enter(State.REJECTING)
        else:
            self._into_escrow()

    def _why_rejected(self, note: Note) -> int | None:
        if note.reject is not None:
            return note.reject
        if note.type is None:
            return REJECTS["identification"]
        return None if note.fen in self.enabled_fen() else REJECTS["inhibit"]

    def _into_escrow(self) -> None:
        self._command_by_s = self._now + self.settings.escrow_s
        self.enter(State.ESCROW)

    def _nobody_cares(self) -> None:
        if self._now >= self._command_by_s:
            self._no_command()
        else:  # nobody polls any more
            self.enter(State.RETURNING)

    def _no_command(self) -> None:
        self.rejects = REJECTS["inhibit"]
        self.enter(State.REJECTING)

    def _came_out(self) -> None:
        self.notes.back_to_mouth()
        if not self.settings.return_shown_until_taken:
            self.settle()

    # --- a note stays

    def _at_lever(self) -> None:
        if self.box_full:
            self.enter(State.RETURNING)
            return
        self.past_lever = True
        self.credit = self.notes.inside[0].type
        if self._stores_first:
            self.enter(State.PAST_LEVER)
        else:
            self._ask_for_acknowledgement()

    def _pushed_in(self) -> None:
        self._fall_into_box()
        self._ask_for_acknowledgement()

    def _ask_for_acknowledgement(self) -> None:
        self.told = False
        self.enter(State.VEND_VALID)

    def _gives_up(self) -> None:
        self.enter(State.MUTE)

    def _stored(self) -> None:
        self._fall_into_box()
        self.enter(State.STACKED)

    def _initialised(self) -> None:
        """What can be returned has been returned, what can not has been stored."""
        if self.jam is not None or self.failure is not None:
            self.settle()
            return
        was_past_lever = self.past_lever
        if was_past_lever:
            self._fall_into_box()
        self.notes.back_to_mouth()
        if was_past_lever and self.settings.recovers == "stacked" and self.credit is None:
            self.enter(State.STACKED)
        else:
            self.settle()

    def _forget_credit(self) -> None:
        if self.settings.recovers != "vend_valid":
            self.credit = None

    # --- what the host wants

    def polled(self) -> None:
        if self.state is State.ESCROW:
            self._until = min(self._command_by_s, self._now + self.settings.poll_limit_s)
        self.told = self.told or self.state is State.VEND_VALID

    def reset(self) -> None:
        self._forget_credit()
        self.cheated = False
        self.enter(State.INITIALISING)

    def enter(self, state: State) -> None:
        if state is State.INITIALISING:
            self._back_to_defaults()
        super().enter(state)

    def stack(self, stores_first: bool) -> None:
        self._stores_first = stores_first
        self.enter(State.STACKING)

    def give_back(self) -> None:
        self.enter(State.RETURNING)

    def hold(self) -> None:
        self.enter(State.HOLDING)

    def wait(self) -> None:
        if self._until is not None:
            self._until = max(self._until, self._now + WAIT_S)
            self._command_by_s = max(self._command_by_s, self._now + WAIT_S)

    def acknowledged(self) -> None:
        """VEND VALID has been understood."""
        if self.state is not State.VEND_VALID or not self.told:
            return
        self.credit = None
        if self.jam is not None or self.failure is not None or self.cheated or not self.box_present:
            self.settle()
        else:
            self.enter(State.STORING if self.past_lever else State.STACKED)

    def set_inhibit(self, data: int) -> None:
        """A note that has not been stacked yet goes back; afterwards, and at rest, the unit is closed."""
        self.inhibit = data
        if self.inhibit & 1 and self.state in SENT_BACK_BY_INHIBIT:
            self._no_command()
        elif self.state in (State.IDLE, State.DISABLED):
            self.settle()
