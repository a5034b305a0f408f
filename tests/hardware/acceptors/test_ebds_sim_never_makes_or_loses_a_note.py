"""Hands, mains and a host do anything in any order: each note in the box is told once or known to be valueless."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from hardware.acceptors.ebds_sim_commands import answer
from hardware.acceptors.ebds_sim_settings import Settings
from hardware.acceptors.ebds_sim_unit import EbdsUnit
from hardware.acceptors.ebds_sim_wire import HOST, Frame
from hardware.acceptors.sim_notes import Note
from hardware.acceptors.sim_unit import POWER_UPS, State
from hardware.simulated import NotPossible

NOTES = (100, 500, 1000, 2000, 5000, 10000)
HANDS = {
    "pull_note": EbdsUnit.pull_note,
    "pull_box": EbdsUnit.pull_box,
    "empty_box": EbdsUnit.empty_box,
    "put_box": EbdsUnit.put_box,
    "fill_box": EbdsUnit.fill_box,
    "jam in the validator": lambda u: u.get_jammed(State.JAM),
    "jam at the box": lambda u: u.get_jammed(State.BOX_JAM),
    "clear": lambda u: u.clear(pulled_out=False),
    "clear by hand": lambda u: u.clear(pulled_out=True),
    "cheat": EbdsUnit.cheat,
    "fail": lambda u: u.fail(0x40),
    "swap": EbdsUnit.swap,
    "power_cut": EbdsUnit.power_cut,
    "power_on": EbdsUnit.power_on,
}


class AnythingGoes(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0
        self.unit = EbdsUnit(Settings(box_notes=4))
        self.unit.power_on()
        self.toggle = 0
        self.policy = 0x04
        self.told_fen = 0

    def say(self, data: bytes, kind: int = HOST) -> bytes:
        """A new message; adds up what is told."""
        self.toggle ^= 1
        if self.unit.last is not None and self.unit.last[0] == self.toggle:
            self.toggle ^= 1
        reply = answer(self.unit, Frame(kind << 4 | self.toggle, data))
        if reply and reply[3] & 0x10:
            self.told_fen += NOTES[(reply[5] >> 3 & 7) - 1]
        assert all(byte < 0x80 for byte in reply)
        return reply

    @rule(seconds=st.sampled_from((0.05, 0.1, 0.16, 0.3, 1.1, 5.1)))
    def time_passes(self, seconds: float) -> None:
        self.now_s += seconds
        self.unit.advance(self.now_s)

    @rule(code=st.integers(0, 6), reject=st.sampled_from((None, None, None, 1)))
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

    @rule(policy=st.sampled_from((0x00, 0x04, 0x08, 0x0C)))
    def the_host_changes_its_policy(self, policy: int) -> None:
        self.policy = policy

    @rule(kind=st.sampled_from((1, 1, 1, 6, 7)), data=st.binary(max_size=4))
    def any_message(self, kind: int, data: bytes) -> None:
        if self.unit.state is not State.OFF:
            self.say(data, kind)

    @rule(
        code=st.integers(0, 5),
        ends=st.sampled_from((0.0, 0.11, 0.26, 1.0)),
        wish=st.sampled_from((0x20, 0x40)),
    )
    def a_visit_that_ends_half_way(self, code: int, ends: float, wish: int) -> None:
        """From rest to some moment of a note's way, so that what comes next finds one there."""
        self.come_to_rest()
        if self.unit.state is State.BOX_FULL:
            for hand in ("pull_box", "empty_box", "put_box"):
                self.a_hand(hand)
            self.time_passes(1.1)
        self.say(bytes([0x7F, 0x1C, self.policy]))
        self.insert(code, None)
        self.time_passes(0.16)
        assert self.unit.state is State.ESCROW
        self.say(bytes([0x7F, 0x1C | wish, self.policy]))
        self.time_passes(ends)

    @rule(wish=st.sampled_from((0, 0, 0x20, 0x40)), with_escrow=st.sampled_from((0x10, 0x10, 0)))
    def poll(self, wish: int, with_escrow: int) -> None:
        if self.unit.state is not State.OFF:
            self.say(bytes([0x7F, with_escrow | wish, self.policy]))

    @invariant()
    def every_note_is_somewhere(self) -> None:
        notes = self.unit.notes
        somewhere = notes.inside_fen + sum(notes.box) + notes.collected_fen + notes.returned_fen
        assert notes.inserted_fen == somewhere

    @invariant()
    def what_is_in_the_box_is_told_to_be_told_or_valueless(self) -> None:
        untold_fen = sum(NOTES[value - 1] for value in self.unit.untold)
        in_box_fen = sum(self.unit.notes.box) + self.unit.notes.collected_fen
        assert self.told_fen + untold_fen + self.unit.valueless_fen == in_box_fen

    @rule()
    def come_to_rest(self) -> None:
        """Mended, powered and polled by a careful host, it always gets there, with nothing inside or untold."""
        for hand in ("power_on", "put_box", "clear", "pull_note"):
            self.a_hand(hand)
        for _ in range(8):
            self.say(bytes([0x7F, 0x5C, self.policy]))
            self.time_passes(1.1)
        self.a_hand("pull_note")
        assert self.unit.state in (State.IDLE, State.BOX_FULL)
        assert self.unit.state not in POWER_UPS
        assert not self.unit.notes.inside
        assert not self.unit.untold

    def teardown(self) -> None:
        self.come_to_rest()
        self.every_note_is_somewhere()


TestAnythingGoes = AnythingGoes.TestCase
TestAnythingGoes.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
