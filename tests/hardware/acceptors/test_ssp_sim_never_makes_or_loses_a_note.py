"""Hands, mains and a host do anything in any order: each SSP note is somewhere, and counts once."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from hardware.acceptors.sim_notes import Note
from hardware.acceptors.ssp_sim_commands import COMMANDS, answer
from hardware.acceptors.ssp_sim_settings import Settings
from hardware.acceptors.ssp_sim_states import State
from hardware.acceptors.ssp_sim_unit import Unit
from hardware.simulated import NotPossible

NOTES = (100, 500, 1000, 2000, 5000, 10000)
HANDS = {
    "pull_note": Unit.pull_note,
    "pull_box": Unit.pull_box,
    "empty_box": Unit.empty_box,
    "put_box": Unit.put_box,
    "fill_box": Unit.fill_box,
    "unsafe jam": lambda u: u.get_jammed(State.JAM),
    "safe jam": lambda u: u.get_jammed(State.BOX_JAM),
    "clear": lambda u: u.clear(pulled_out=False),
    "clear by hand": lambda u: u.clear(pulled_out=True),
    "cheat": Unit.cheat,
    "power_cut": Unit.power_cut,
    "power_on": Unit.power_on,
}
RESET, PROTOCOL, POLL, SYNC, RESET_COUNTERS = 0x01, 0x06, 0x07, 0x11, 0x59
LENGTHS = {0xEF: 2, 0xEE: 2, 0xE6: 2, 0xE1: 2, 0xE2: 2}


class AnythingGoes(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0
        self.unit = Unit(Settings(box_notes=4, clear_s=0.1), 1, on_enter=lambda state: None)
        self.unit.power_on()
        self.told_fen = 0

    @property
    def answers(self) -> bool:
        return self.unit.state not in (State.OFF, State.STARTING)

    @rule(seconds=st.sampled_from((0.05, 0.1, 0.16, 0.3, 1.0, 11.0)))
    def time_passes(self, seconds: float) -> None:
        self.now_s += seconds
        self.unit.advance(self.now_s)

    @rule(channel=st.integers(1, 7), reject=st.sampled_from((None, None, None, 0x12)))
    def insert(self, channel: int, reject: int | None) -> None:
        note = Note(NOTES[channel - 1], channel, reject) if channel < 7 else Note(1, None, reject)
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

    @rule(
        code=st.sampled_from(sorted(set(COMMANDS) - {POLL, PROTOCOL, RESET_COUNTERS})),
        mask=st.integers(0, 63),
    )
    def any_command(self, code: int, mask: int) -> None:
        if self.answers:
            self.unit.heard()
            assert answer(self.unit, bytes([code, mask, 0])[: COMMANDS[code].parameters + 1])

    @rule()
    def poll(self) -> None:
        if not self.answers:
            return
        self.unit.heard()
        events = answer(self.unit, bytes([POLL]))[1:]
        assert len(events) < 255
        while events:
            if events[0] in (0xEE, 0xE2):
                self.told_fen += NOTES[events[1] - 1]
            events = events[LENGTHS.get(events[0], 1) :]

    @rule(channel=st.integers(1, 6), ends=st.sampled_from((0.01, 0.11, 0.2, 0.3)), polls=st.integers(0, 2))
    def a_visit_that_ends_half_way(self, channel: int, ends: float, polls: int) -> None:
        """From rest to some moment of a note's way, so that what comes next finds one there."""
        self.come_to_rest()
        if self.unit.state is State.BOX_FULL:
            for hand in ("pull_box", "empty_box", "put_box"):
                self.a_hand(hand)
        for command in ("02 3f 00", "0a"):
            assert answer(self.unit, bytes.fromhex(command)) == b"\xf0"
        self.insert(channel, None)
        self.time_passes(0.16)
        assert self.unit.state is State.ESCROW
        for _ in range(polls):
            self.poll()
        self.time_passes(ends)

    @invariant()
    def every_note_is_somewhere(self) -> None:
        notes = self.unit.notes
        somewhere = notes.inside_fen + sum(notes.box) + notes.collected_fen + notes.returned_fen
        assert notes.inserted_fen == somewhere

    @invariant()
    def nothing_is_told_that_is_not_the_operators_now(self) -> None:
        notes = self.unit.notes
        sure = notes.inside_fen if self.unit.credit_told else 0
        assert self.told_fen <= sum(notes.box) + notes.collected_fen + sure

    def come_to_rest(self) -> None:
        """Mended, powered and polled by a careful host, it always gets there, with nothing inside."""
        for hand in ("power_on", "put_box", "clear", "pull_note"):
            self.a_hand(hand)
        for _ in range(3):
            self.time_passes(21.0)  # longer than anything lasts
            self.poll()
        self.a_hand("pull_note")
        assert self.unit.state in (State.DISABLED, State.BOX_FULL)
        assert not self.unit.notes.inside

    def teardown(self) -> None:
        self.come_to_rest()
        self.every_note_is_somewhere()
        self.nothing_is_told_that_is_not_the_operators_now()


class MainsHold(AnythingGoes):
    """Without power cuts, resets and repairs, each note in the box is told, and told once."""

    @rule(hand=st.sampled_from(("pull_note", "pull_box", "empty_box", "put_box", "fill_box", "cheat")))
    def a_hand(self, hand: str) -> None:
        super().a_hand(hand)

    @rule(code=st.sampled_from((0x02, 0x08, 0x09, 0x0A, 0x11, 0x18)), mask=st.integers(0, 63))
    def any_command(self, code: int, mask: int) -> None:
        super().any_command(code, mask)

    def come_to_rest(self) -> None:
        super().come_to_rest()
        assert self.told_fen == sum(self.unit.notes.box) + self.unit.notes.collected_fen
        assert self.unit.stacked >= len(self.unit.notes.box)


TestAnythingGoes = AnythingGoes.TestCase
TestAnythingGoes.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestMainsHold = MainsHold.TestCase
TestMainsHold.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
