"""Mains gone in each state, under each policy: where the note is, whether it is told, what it is worth."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hardware.acceptors.ebds_sim_by_hand import RETURN, SOFT_RESET, STACK, Bench

STAGES = {
    "accepting": None,
    "escrow": None,
    "stacking": STACK,
    "past_lever": STACK,
    "stacked": STACK,
    "returning": RETURN,
}
# Cut on entering · policy · what becomes of the note: given back, told with its value, worth nothing to the
# host, or held again for it to decide.
ENDS = [
    *[
        (stage, policy, "back")
        for policy in "AB"
        for stage in ("accepting", "escrow", "stacking", "returning")
    ],
    ("accepting", "C", "back"),
    *[(stage, "C", "held") for stage in ("escrow", "stacking", "returning")],
    *[(stage, "B", "told") for stage in ("past_lever", "stacked")],
    *[(stage, policy, "worthless") for policy in "AC" for stage in ("past_lever", "stacked")],
]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def test_every_stage_is_cut_under_every_policy() -> None:
    assert {(stage, policy) for stage, policy, _ in ENDS} == {(s, p) for s in STAGES for p in "ABC"}


@pytest.mark.parametrize(("stage", "policy", "end"), ENDS, ids=[" ".join(row) for row in ENDS])
def test_power_is_cut_with_a_note_inside(bench: Bench, stage: str, policy: str, end: str) -> None:
    # given 20 yuan on their way, and mains that failed at that moment and came back
    bench.policy = policy
    bench.get_idle()
    bench.do("when", moment=stage, then="power_cut")
    bench.do("insert", fen=2000)
    bench.later(0.2)
    command = STAGES[stage]
    if command is not None:
        assert bench.poll() == "04 10 20 00"
        bench.say(command)
        if stage in ("past_lever", "stacked"):
            assert bench.hear() == "08 10 00 00"
        bench.flush()
        bench.later(1)
    assert bench.hears_nothing()
    assert bench.state() == "off"
    bench.later(3600)
    bench.do("power_on")
    # when the host speaks again, with whatever it wanted then
    bench.later(60)
    first = bench.poll(command or 0)
    assert int(first[6:8], 16) & 1  # power-up is said once
    bench.later(1)
    # then the note ends as the policy has it
    told = [bench.poll() for _ in range(3)]
    if end == "held":
        assert first == "04 10 21 00"
        assert told == ["04 10 20 00"] * 3
        assert bench.whereabouts() == {"inside": 2000}
        bench.poll(STACK)
        bench.later(1)
        assert bench.poll() == "11 10 20 00"
        assert bench.whereabouts() == {"box": 2000}
        return
    assert told[-1] == "01 10 00 00"
    stacked = [reply for reply in (first, *told) if int(reply[:2], 16) & 0x10]
    returned = [reply for reply in (first, *told) if int(reply[:2], 16) & 0x40]
    assert len(stacked) == (end == "told")
    assert all(int(reply[6:8], 16) >> 3 == 4 for reply in stacked)
    assert len(returned) == (end == "back")
    assert bench.whereabouts() == ({"returned": 2000} if end == "back" else {"box": 2000})
    assert bench.sim.state()["valueless_fen"] == (2000 if end == "worthless" else 0)


def test_what_a_reply_has_told_is_not_told_again_after_a_cut(bench: Bench) -> None:
    bench.get_escrow(2000)
    bench.poll(STACK)
    bench.later(1)
    assert bench.poll() == "11 10 20 00"
    bench.do("power_cut")
    bench.do("power_on")
    assert bench.poll() == "01 10 01 00"
    assert bench.poll() == "01 10 00 00"


def test_policy_a_loses_value_and_nothing_else(bench: Bench) -> None:
    bench.policy = "A"
    for fen in (2000, 5000):
        bench.get_escrow(fen)
        bench.poll(STACK)
        bench.later(0.15)
        assert bench.state() == "past_lever"
        bench.do("power_cut")
        bench.do("power_on")
    bench.get_idle()
    assert bench.whereabouts() == {"box": 7000}
    assert bench.sim.state()["valueless_fen"] == 7000
    # and the next note, undisturbed, has its value again
    bench.get_escrow(100)
    bench.poll(STACK)
    bench.later(1)
    assert bench.poll() == "11 10 08 00"


def test_the_note_waits_in_its_place_until_somebody_speaks(bench: Bench) -> None:
    bench.get_escrow(2000)
    bench.do("power_cut")
    bench.do("power_on")
    bench.later(3600)
    assert bench.state() == "power_up_note_in_validator"
    assert bench.whereabouts() == {"inside": 2000}


def test_a_soft_reset_is_like_a_cut(bench: Bench) -> None:
    bench.get_escrow(2000)
    bench.send(SOFT_RESET)
    assert bench.hears_nothing()
    assert bench.poll(STACK) == "20 10 01 00"
    bench.later(1)
    assert bench.poll() == "41 10 00 00"


def test_with_two_notes_inside_both_come_back(bench: Bench) -> None:
    bench.policy = "C"
    bench.get_escrow(5000)
    bench.do("insert", fen=100)
    bench.do("power_cut")
    bench.do("power_on")
    assert bench.poll() == "20 10 01 00"
    bench.later(1)
    assert bench.poll() == "41 10 00 00"
    assert bench.whereabouts() == {"returned": 5100}


def test_without_power_the_line_is_silent(bench: Bench) -> None:
    bench.get_idle()
    bench.do("power_cut")
    bench.say()
    assert bench.hears_nothing()


def test_a_box_that_is_taken_in_the_dark_is_missed_at_the_first_message(bench: Bench) -> None:
    bench.get_idle()
    bench.do("power_cut")
    bench.do("pull_box")
    bench.do("power_on")
    assert bench.poll() == "01 00 01 00"
    bench.do("put_box")
    bench.later(1)
    assert bench.poll() == "01 10 00 00"


def test_a_jam_outlives_the_dark_and_the_policy_still_holds(bench: Bench) -> None:
    bench.policy = "A"
    bench.get_escrow(5000)
    bench.do("when", moment="past_lever", then="jam", given={"where": "cash_box"})
    bench.poll(STACK)
    bench.later(1)
    bench.do("power_cut")
    bench.do("power_on")
    assert bench.poll() == "00 14 01 00"
    bench.do("clear")
    bench.later(2)
    assert bench.poll() == "01 10 00 00"
    assert bench.sim.state()["valueless_fen"] == 5000
