"""Hands, mains and a host do anything in any order: each note is somewhere, and each in the box was told once."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from hardware.acceptors.id003_sim_commands import COMMANDS, answer
from hardware.acceptors.id003_sim_settings import Settings
from hardware.acceptors.id003_sim_unit import Id003Unit
from hardware.acceptors.sim_notes import Note
from hardware.acceptors.sim_unit import State
from hardware.simulated import NotPossible

NOTES = (100, 500, 1000, 2000, 5000, 10000)
STATUS, ACK = b"\x11", b"\x50"
HANDS = {
    "pull_note": Id003Unit.pull_note,
    "pull_box": Id003Unit.pull_box,
    "empty_box": Id003Unit.empty_box,
    "put_box": Id003Unit.put_box,
    "fill_box": Id003Unit.fill_box,
    "jam in the validator": lambda u: u.get_jammed(State.JAM),
    "jam at the box": lambda u: u.get_jammed(State.BOX_JAM),
    "clear": lambda u: u.clear(pulled_out=False),
    "cheat": Id003Unit.cheat,
    "fail": lambda u: u.fail(0xA2),
    "power_cut": Id003Unit.power_cut,
    "power_on": Id003Unit.power_on,
}


class AnythingGoes(RuleBasedStateMachine):
    """With a unit that remembers; one that forgets is allowed to tell less, which the stories show."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0
        self.unit = Id003Unit(Settings(box_notes=4, recovers="vend_valid"))
        self.unit.power_on()
        self.told_notes = 0
        self.collected_notes = 0

    @rule(seconds=st.sampled_from((0.05, 0.1, 0.16, 0.3, 1.0, 3.1, 11.0, 61.0)))
    def time_passes(self, seconds: float) -> None:
        self.now_s += seconds
        self.unit.advance(self.now_s)

    @rule(code=st.integers(0, 6), reject=st.sampled_from((None, None, None, 0x77)))
    def insert(self, code: int, reject: int | None) -> None:
        note = Note(NOTES[code], code, reject) if code < 6 else Note(1, None, reject)
        try:
            self.unit.insert(note)
        except NotPossible:
            pass

    @rule(hand=st.sampled_from(sorted(HANDS)))
    def a_hand(self, hand: str) -> None:
        if hand == "empty_box" and not self.unit.box_present:
            self.collected_notes += len(self.unit.notes.box)
        try:
            HANDS[hand](self.unit)
        except NotPossible:
            pass

    @rule(code=st.sampled_from(sorted(COMMANDS)), data=st.sampled_from((b"\0\0", b"\1\0", b"\x3f\0")))
    def any_command(self, code: int, data: bytes) -> None:
        if self.unit.state is not State.OFF:
            reply = answer(self.unit, bytes([code]) + data[: COMMANDS[code].parameters])
            assert reply or self.unit.state is State.MUTE

    @rule(
        code=st.integers(0, 5),
        ends=st.sampled_from((0.0, 0.11, 0.26, 1.0)),
        stack=st.sampled_from((0x41, 0x42)),
    )
    def a_visit_that_ends_half_way(self, code: int, ends: float, stack: int) -> None:
        """From rest to some moment of a note's way, so that what comes next finds one there."""
        self.come_to_rest()
        if self.unit.state is State.BOX_FULL:
            for hand in ("pull_box", "empty_box", "put_box"):
                self.a_hand(hand)
            self.time_passes(1.0)
        answer(self.unit, b"\x40")
        answer(self.unit, b"\xc3\x00")
        self.time_passes(1.0)
        self.insert(code, None)
        self.time_passes(0.16)
        assert self.unit.state is State.ESCROW
        answer(self.unit, bytes([stack]))
        self.time_passes(ends)

    @rule()
    def poll_and_acknowledge(self) -> None:
        if self.unit.state is State.OFF:
            return
        if answer(self.unit, STATUS) == b"\x15":
            self.told_notes += 1
        assert answer(self.unit, ACK) == b""

    @invariant()
    def every_note_is_somewhere(self) -> None:
        notes = self.unit.notes
        somewhere = notes.inside_fen + sum(notes.box) + notes.collected_fen + notes.returned_fen
        assert notes.inserted_fen == somewhere

    @invariant()
    def a_note_waits_at_the_lever_or_is_still_to_be_told_only_once(self) -> None:
        if self.unit.past_lever:
            assert len(self.unit.notes.inside) == 1
        if self.unit.state is State.VEND_VALID:
            assert self.unit.credit is not None

    @rule()
    def come_to_rest(self) -> None:
        """Mended, powered and polled by a careful host, it always gets there, with nothing inside or untold."""
        for hand in ("power_on", "put_box", "clear", "pull_note"):
            self.a_hand(hand)
        for _ in range(5):
            status = answer(self.unit, STATUS)
            if status in (b"", b"\x40", b"\x41", b"\x42", b"\x48"):
                answer(self.unit, b"\x40")
            self.time_passes(2.9)
            self.poll_and_acknowledge()
            self.time_passes(11.0)
        self.a_hand("pull_note")
        assert self.unit.state in (State.IDLE, State.DISABLED, State.BOX_FULL)
        assert not self.unit.notes.inside
        assert self.unit.credit is None

    def teardown(self) -> None:
        self.come_to_rest()
        self.every_note_is_somewhere()
        assert self.told_notes == self.collected_notes + len(self.unit.notes.box)


TestAnythingGoes = AnythingGoes.TestCase
TestAnythingGoes.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
