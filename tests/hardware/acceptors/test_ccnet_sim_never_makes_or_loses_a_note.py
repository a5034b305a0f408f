"""Hands, mains and a host do anything in any order: each note is somewhere, and is told to the host exactly once."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from hardware.acceptors.ccnet_sim_commands import COMMANDS, POLL, answer, host_acknowledges
from hardware.acceptors.ccnet_sim_settings import Settings
from hardware.acceptors.ccnet_sim_unit import State, Unit
from hardware.acceptors.sim_notes import Note
from hardware.simulated import NotPossible

NOTES = (100, 500, 1000, 2000, 5000, 10000)
HANDS = {
    "pull_note": Unit.pull_note,
    "pull_box": Unit.pull_box,
    "empty_box": Unit.empty_box,
    "put_box": Unit.put_box,
    "fill_box": Unit.fill_box,
    "jam in the validator": lambda u: u.get_jammed(State.JAM),
    "jam at the box": lambda u: u.get_jammed(State.BOX_JAM),
    "clear": lambda u: u.clear(pulled_out=False),
    "clear by hand": lambda u: u.clear(pulled_out=True),
    "cheat": Unit.cheat,
    "fail": lambda u: u.fail(0x50),
    "busy": lambda u: u.busy(0.3),
    "power_cut": Unit.power_cut,
    "power_on": Unit.power_on,
}


class AnythingGoes(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0
        self.unit = Unit(Settings(box_notes=4), "A", on_enter=lambda state: None)
        self.unit.power_on()
        self.told_fen = 0

    @rule(seconds=st.sampled_from((0.05, 0.1, 0.16, 0.3, 1.0, 11.0)))
    def time_passes(self, seconds: float) -> None:
        self.now_s += seconds
        self.unit.advance(self.now_s)

    @rule(code=st.integers(0, 6), reject=st.sampled_from((None, None, None, 0x66)))
    def insert(self, code: int, reject: int | None) -> None:
        note = Note(NOTES[code], code, reject) if code < 6 else Note(1, None, reject)
        try:
            self.unit.insert(note)
        except NotPossible:
            pass

    @rule(hand=st.sampled_from(sorted(HANDS)))
    def a_hand(self, hand: str) -> None:
        try:
            HANDS[hand](self.unit)
        except NotPossible:
            pass

    @rule(code=st.sampled_from(sorted(COMMANDS)), mask=st.sampled_from((0, 0x1F, 0x3F)))
    def any_command(self, code: int, mask: int) -> None:
        if self.unit.state is not State.OFF:
            parameters = bytes([0, 0, mask, 0, 0, mask, 0, 0])[: COMMANDS[code].parameters]
            assert answer(self.unit, bytes([code]) + parameters)

    @rule(code=st.integers(0, 5), ends=st.sampled_from((0.05, 0.16, 0.2, 0.3, 1.0)), take=st.booleans())
    def a_visit_that_ends_half_way(self, code: int, ends: float, take: bool) -> None:
        """From rest to some moment of a note's way, so that what comes next finds one there."""
        self.come_to_rest()
        if self.unit.state is State.BOX_FULL:
            for hand in ("pull_box", "empty_box", "put_box"):
                self.a_hand(hand)
            self.time_passes(1.0)
        for command in ("5a 00002710 00002710", "34 00003f 00003f"):
            answer(self.unit, bytes.fromhex(command))
        self.insert(code, None)
        self.time_passes(0.16)
        assert self.unit.state is State.ESCROW
        answer(self.unit, b"\x35" if take else b"\x36")
        self.time_passes(ends - 0.05)

    @rule()
    def poll_and_acknowledge(self) -> None:
        if self.unit.state is State.OFF:
            return
        reply = answer(self.unit, bytes([POLL]))
        if reply[0] == 0x81:
            self.told_fen += NOTES[reply[1]]
        host_acknowledges(self.unit)

    @invariant()
    def every_note_is_somewhere(self) -> None:
        notes = self.unit.notes
        somewhere = notes.inside_fen + sum(notes.box) + notes.collected_fen + notes.returned_fen
        assert notes.inserted_fen == somewhere

    @invariant()
    def what_the_host_was_told_is_what_went_into_the_box(self) -> None:
        pending = 0 if self.unit.untold is None else NOTES[self.unit.untold]
        assert self.told_fen + pending == sum(self.unit.notes.box) + self.unit.notes.collected_fen

    def come_to_rest(self) -> None:
        """Mended, powered and polled by a careful host, it always gets there, with nothing inside or untold."""
        for hand in ("power_on", "put_box", "clear", "pull_note"):
            self.a_hand(hand)
        for _ in range(4):
            if answer(self.unit, bytes([POLL]))[0] in (0x10, 0x11, 0x12, 0x45):
                answer(self.unit, b"\x30")
            self.time_passes(21.0)  # longer than anything lasts, a pause after an escrow included
            self.poll_and_acknowledge()
        self.a_hand("pull_note")
        assert self.unit.state in (State.IDLE, State.DISABLED, State.BOX_FULL)
        assert not self.unit.notes.inside
        assert self.unit.untold is None

    def teardown(self) -> None:
        self.come_to_rest()
        self.every_note_is_somewhere()
        self.what_the_host_was_told_is_what_went_into_the_box()


TestAnythingGoes = AnythingGoes.TestCase
TestAnythingGoes.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
