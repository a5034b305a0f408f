"""Hands, mains and a host do anything in any order: each note is somewhere, and no note is told twice."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hardware.acceptors.ict_sim_commands import answer
from hardware.acceptors.ict_sim_settings import Model, Settings
from hardware.acceptors.ict_sim_unit import STACKED, State, Unit
from hardware.acceptors.sim_notes import Note
from hardware.simulated import NotPossible

NOTES = (100, 500, 1000, 2000, 5000, 10000)
MODELS: tuple[Model, ...] = ("104U", "106", "002")
HANDS = {
    "pull_note": Unit.pull_note,
    "pull_box": Unit.pull_box,
    "empty_box": Unit.empty_box,
    "put_box": Unit.put_box,
    "fill_box": Unit.fill_box,
    "fish": Unit.cheat,
    "jam in the validator": lambda u: u.get_jammed(State.JAM),
    "jam at the box": lambda u: u.get_jammed(State.BOX_JAM),
    "clear": lambda u: u.clear(pulled_out=False),
    "clear by hand": lambda u: u.clear(pulled_out=True),
    "fail": lambda u: u.fail(0x20),
    "power_cut": Unit.power_cut,
    "power_on": Unit.power_on,
    "restart": Unit.restart,
}


class AnythingGoes(RuleBasedStateMachine):
    @initialize(
        model=st.sampled_from(MODELS), at_lever=st.booleans(), late=st.booleans(), unasked=st.booleans()
    )
    def a_unit(self, model: Model, at_lever: bool, late: bool, unasked: bool) -> None:
        self.now_s = 0.0
        self.at_lever = at_lever
        self.told = self.pulled_out_after_told = 0
        self.unit = Unit(
            Settings(
                model=model,
                stacked_at_lever=at_lever,
                tells_late=late,
                enabled_without_answer=unasked,
                box_notes=4,
            ),
            say=self.hear,
            on_enter=lambda state: None,
        )
        self.unit.power_on()

    def hear(self, data: bytes) -> None:
        self.told += data == STACKED

    @rule(seconds=st.sampled_from((0.05, 0.1, 0.16, 0.3, 1.0, 6.0)))
    def time_passes(self, seconds: float) -> None:
        self.now_s += seconds
        self.unit.advance(self.now_s)

    @rule(code=st.integers(0, 6), bad=st.sampled_from((False, False, False, True)))
    def insert(self, code: int, bad: bool) -> None:
        note = Note(NOTES[code], code, 0x29 if bad else None) if code < 6 else Note(1)
        try:
            self.unit.insert(note)
        except NotPossible:
            pass

    @rule(hand=st.sampled_from(sorted(HANDS)))
    def a_hand(self, hand: str) -> None:
        by_hand = hand == "clear by hand" and self.unit.past_lever and self.at_lever
        try:
            HANDS[hand](self.unit)
        except NotPossible:
            return
        self.pulled_out_after_told += by_hand

    @rule(byte=st.sampled_from((0x02, 0x0F, 0x18, 0x0C, 0x30, 0x3E, 0x5E, 0x77)))
    def the_host_says(self, byte: int) -> None:
        if self.unit.state is not State.OFF:
            answer(self.unit, byte)

    @rule(
        code=st.integers(0, 5),
        ends=st.sampled_from((0.0, 0.05, 0.11, 0.16, 0.26, 0.28, 1.0)),
        take=st.booleans(),
    )
    def a_visit_that_ends_half_way(self, code: int, ends: float, take: bool) -> None:
        """From rest to some moment of a note's way, so that what comes next finds one there."""
        self.come_to_rest()
        self.insert(code, False)
        self.time_passes(0.16)
        assert self.unit.state is State.ESCROW
        answer(self.unit, 0x02 if take else 0x0F)
        self.time_passes(ends)

    @invariant()
    def every_note_is_somewhere(self) -> None:
        notes = self.unit.notes
        somewhere = notes.inside_fen + sum(notes.box) + notes.collected_fen + notes.returned_fen
        assert notes.inserted_fen == somewhere
        assert len(notes.inside) <= 1

    @invariant()
    def no_note_is_told_that_is_not_past_the_lever(self) -> None:
        gone = self.unit.stacked + self.unit.past_lever + self.pulled_out_after_told
        assert self.told <= (gone if self.at_lever else self.unit.stacked)

    def come_to_rest(self) -> None:
        """Mended, powered, emptied and answered, it always takes notes again."""
        for hand in ("power_on", "clear", "pull_box", "empty_box", "put_box", "clear"):
            self.a_hand(hand)
        self.time_passes(6.0)
        answer(self.unit, 0x02)  # at worst a note that was just held
        self.time_passes(6.0)
        for byte in (0x02, 0x3E):
            answer(self.unit, byte)
        self.a_hand("pull_note")
        assert self.unit.state is State.IDLE
        assert not self.unit.notes.inside

    def teardown(self) -> None:
        if hasattr(self, "unit"):
            self.come_to_rest()
            self.every_note_is_somewhere()
            self.no_note_is_told_that_is_not_past_the_lever()


TestAnythingGoes = AnythingGoes.TestCase
TestAnythingGoes.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
