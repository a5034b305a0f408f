"""The simulated EBDS acceptor: what it does with notes and with what the host wants; no bytes.

After power-up it waits for the first message, because that brings the policy by which it clears its path.
"""

from __future__ import annotations

from collections.abc import Mapping

from hardware.acceptors.ebds_sim_reports import EVERY_NOTE
from hardware.acceptors.ebds_sim_settings import Policy, Settings
from hardware.acceptors.sim_notes import Note
from hardware.acceptors.sim_unit import POWER_UPS, AcceptorUnit, Stage, State


class EbdsUnit(AcceptorUnit[Settings]):
    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.model = settings.model
        # What survives a power cut.
        self.untold: list[int] = []  # values of notes in the box that no reply has told yet
        self.valueless_fen = 0  # notes in the box that never will be told
        self._swallows = False  # the note past the lever is one of them
        self._held: Note | None = None  # the note that came as far as escrow
        self.tells_both = 0  # so many notes that come back are told as stacked, too
        # What does not.
        self._forget()

    def _forget(self) -> None:
        self.enabled = 0
        self.allowed = EVERY_NOTE  # by the host's extended inhibits
        self.with_escrow = False
        self.policy = Policy.A
        self.shown: Note | None = None  # in escrow, as a reply has told: before, no host can decide about it
        self.says_power_up = True
        self.says_returned = False
        self.says_rejected = False
        self.last: tuple[int, bytes] | None = None  # toggle and reply of the last message

    # --- AcceptorUnit

    def _stages(self) -> Mapping[State, Stage]:
        s = self.settings
        return {
            State.INITIALISING: Stage(s.init_s, self.settle),
            State.IDLE: Stage(s.silence_s, self._nobody_polls),
            State.ACCEPTING: Stage(s.accept_s, self._recognised),
            State.REJECTING: Stage(s.reject_s, self._rejected),
            State.ESCROW: Stage(s.silence_s, self.give_back),
            State.STACKING: Stage(s.lever_s, self._at_lever),
            State.PAST_LEVER: Stage(s.store_s, self._pushed_in),
            State.STACKED: Stage(s.ready_s, self.settle),
            State.RETURNING: Stage(s.return_s, self._returned),
            State.CHEATED: Stage(s.cheat_s, self._calms_down),
        }

    def settle(self) -> None:
        if self.failure is not None:
            self.enter(State.FAILURE)
        elif self.jam is not None:
            self.enter(self.jam)
        elif self.cheated:
            self.enter(State.CHEATED)
        elif not self.box_present:
            self.enter(State.BOX_OUT)
        elif self.past_lever:
            self.enter(State.PAST_LEVER)
        elif self.notes.inside:
            self.enter(State.RETURNING)
        elif self.box_full:
            self.enter(State.BOX_FULL)
        else:
            self.enter(State.IDLE if self.enabled_fen() else State.DISABLED)

    def enabled_fen(self) -> list[int]:
        return [fen for number, fen in enumerate(self.settings.notes_fen) if self.enabled >> number & 1]

    def _interrupt(self, state: State) -> None:
        if self.state not in POWER_UPS:
            self.enter(state)

    def _is_another(self) -> None:
        self._write_off()

    def _write_off(self) -> None:
        """What no reply has told yet never will be."""
        self.valueless_fen += sum(self.settings.notes_fen[value - 1] for value in self.untold)
        self.untold.clear()

    def _fall_into_box(self) -> None:
        note = self.notes.inside[0]
        if self._swallows or note.type is None:
            self.valueless_fen += note.fen
        else:
            self.untold.append(note.type + 1)
        self._swallows = False
        super()._fall_into_box()

    # --- a note comes, and goes

    def _recognised(self) -> None:
        note = self.notes.inside[0]
        if not self._is_welcome(note):
            self.enter(State.REJECTING)
        elif self.with_escrow:
            self._held = note
            self.enter(State.ESCROW)
        else:
            self.enter(State.STACKING)

    def _is_welcome(self, note: Note) -> bool:
        return note.reject is None and note.type is not None and bool(self.enabled >> note.type & 1)

    def _at_lever(self) -> None:
        if self.box_full:
            self.give_back()
            return
        self.past_lever = True
        self.enter(State.PAST_LEVER)

    def _pushed_in(self) -> None:
        self._fall_into_box()
        self.enter(State.STACKED)

    def _rejected(self) -> None:
        self.notes.back_to_mouth()
        self.says_rejected = True
        self.settle()

    def _returned(self) -> None:
        self.notes.back_to_mouth()
        self.says_returned = True
        self.settle()

    def _calms_down(self) -> None:
        self.cheated = False
        self.settle()

    def _nobody_polls(self) -> None:
        self.enabled = 0
        self.settle()

    # --- what the host wants

    def first_message(self) -> None:
        """Wake up and clear the path by the policy that has just come."""
        if self.policy is not Policy.B:
            self._write_off()
            self._swallows = self.past_lever
        if self.policy is Policy.C and self._a_known_note_waits():
            self.enter(State.ESCROW)
        else:
            self.settle()

    def _a_known_note_waits(self) -> bool:
        if self.jam is not None or self.failure is not None or not self.box_present or self.past_lever:
            return False
        return len(self.notes.inside) == 1 and self.notes.inside[0] is self._held

    def accept(self, enabled: int, with_escrow: bool) -> None:
        """Said anew with each message, so that silence can be told from a wish."""
        self.enabled = enabled & self.allowed
        self.with_escrow = with_escrow
        at_rest = self.state in (State.IDLE, State.DISABLED)
        if at_rest and (self.state is State.IDLE) != bool(self.enabled_fen()):
            self.settle()
        elif self.state in (State.IDLE, State.ESCROW):
            self._until = self._now + self.settings.silence_s

    def stack(self) -> None:
        self.enter(State.STACKING)

    def give_back(self) -> None:
        self.enter(State.RETURNING)

    def restart(self) -> None:
        """As if mains had been away for a moment."""
        self.cheated = False
        self._forget()
        self.enter(self._wakes_up_as())

    def tells_stacked(self) -> int | None:
        """The value of the next note in the box to be told; told is told, whether it arrives or not."""
        return self.untold.pop(0) if self.untold and self.state is not State.STACKED else None
