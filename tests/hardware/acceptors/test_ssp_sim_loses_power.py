"""Mains gone, or RESET, in each state: where the note is, what is said at power-up, what the counter shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hardware.acceptors.ssp_sim_by_hand import (
    A_WHILE_S,
    ENABLE,
    LAST_REJECT,
    OK,
    POLL,
    REJECT,
    RESET,
    SETUP,
    SYNC,
    Bench,
    a_bench,
)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with a_bench(tmp_path) as bench:
        yield bench


# Cut on entering · polls of the host, or its REJECT, before that · what is told after power-up · where 20 yuan are.
CUTS = [
    ("accepting", [], "f1 e1 00 e8", "returned"),
    ("escrow", [], "f1 e1 04 e8", "returned"),
    ("holding", [POLL], "f1 e1 04 e8", "returned"),
    ("stacking", [POLL, POLL], "f1 e1 04 e8", "returned"),
    ("past_lever", [POLL, POLL], "f1 e2 04 e8", "box"),
    ("rejecting", [POLL, REJECT], "f1 e1 04 e8", "returned"),
]


def bring_to(bench: Bench, moment: str, commands: list[str]) -> None:
    bench.get_idle()
    bench.do("when", moment=moment, then="power_cut")
    bench.do("insert", fen=2000)
    bench.later(A_WHILE_S)
    for command in commands:
        bench.say(command)
        bench.flush()
        if not bench.is_in("off"):
            bench.hear()
            bench.later(A_WHILE_S)
    assert bench.is_in("off")


@pytest.mark.parametrize(("moment", "commands", "told", "where"), CUTS, ids=[c[0] for c in CUTS])
def test_power_is_cut_with_a_note_inside(
    bench: Bench, moment: str, commands: list[str], told: str, where: str
) -> None:
    # given a note on its way, and mains that fail at that moment
    bring_to(bench, moment, commands)
    assert bench.hears_nothing()
    bench.later(3600)
    # when mains come back
    bench.do("power_on")
    bench.later(A_WHILE_S)
    # then the unit tells once what it found, and is switched off
    assert bench.poll() == told
    assert bench.poll() == "e8"
    assert bench.whereabouts() == {where: 2000}
    assert bench.stacked() == (where == "box")
    assert bench.sim.state()["enabled"] == []


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, "f1 e8"),
        ({"cleared": "always"}, "f1 e2 04 e8"),
        ({"cleared": "always", "knows_cleared": False}, "f1 e2 00 e8"),
        ({"cleared": "never"}, "f1 e8"),
    ],
    ids=str,
)
def test_power_is_cut_after_the_credit_was_told(
    tmp_path: Path, settings: dict[str, object], told: str
) -> None:
    with a_bench(tmp_path, **settings) as bench:
        bench.get_accepted(2000)
        bench.later(0.15)
        assert bench.poll() == "ee 04 cc"
        bench.do("power_cut")
        assert bench.whereabouts() == {"inside": 2000}
        bench.do("power_on")
        bench.later(A_WHILE_S)
        assert bench.poll() == told
        assert bench.whereabouts() == {"box": 2000}
        assert bench.stacked() == 1


def test_a_credit_that_waits_is_lost_with_the_power_once_the_note_is_in_the_box(bench: Bench) -> None:
    # given a stacked note of which the host has not heard
    bench.get_accepted(2000)
    bench.later(A_WHILE_S)
    # when power fails
    bench.do("power_cut")
    bench.do("power_on")
    bench.later(A_WHILE_S)
    # then only the counter tells of it
    assert bench.poll() == "f1 e8"
    assert bench.stacked() == 1
    assert bench.whereabouts() == {"box": 2000}


@pytest.mark.parametrize(
    ("before", "told", "where"),
    [
        ([], "f1 e1 04 e8", "returned"),
        ([POLL], "f1 e1 04 e8", "returned"),
    ],
    ids=["held", "accepted"],
)
def test_reset_starts_it_anew(bench: Bench, before: list[str], told: str, where: str) -> None:
    bench.get_escrow(2000)
    for command in before:
        bench.ask(command)
    assert bench.ask(RESET) == OK
    bench.say(POLL)
    assert bench.hears_nothing()
    bench.later(A_WHILE_S)
    assert bench.poll() == told
    assert bench.whereabouts() == {where: 2000}


def test_after_power_up_any_flag_is_a_new_one(bench: Bench) -> None:
    bench.get_idle()
    bench.do("power_cut")
    bench.do("power_on")
    bench.later(A_WHILE_S)
    assert bench.ask_again(SETUP).startswith("f0 00")
    assert bench.ask(SYNC) == OK


def test_after_power_up_no_channel_accepts(bench: Bench) -> None:
    bench.get_idle()
    bench.do("power_cut")
    bench.do("power_on")
    bench.later(A_WHILE_S)
    assert bench.ask(SYNC) == OK
    assert bench.ask(ENABLE) == OK
    bench.do("insert", fen=100)
    bench.later(A_WHILE_S)
    assert bench.poll() == "f1 ec"
    assert bench.ask(LAST_REJECT) == "f0 06"


def test_what_it_finds_may_be_told_long_after_the_reset(tmp_path: Path) -> None:
    with a_bench(tmp_path, clear_s=3) as bench:
        bring_to(bench, "past_lever", [POLL, POLL])
        bench.do("power_on")
        bench.later(A_WHILE_S)
        assert bench.poll() == "f1 e8"
        # a second cut while it moves the note
        bench.do("power_cut")
        bench.do("power_on")
        bench.later(A_WHILE_S)
        assert bench.poll() == "f1 e8"
        bench.later(3)
        assert bench.poll() == "e2 04 e8"
        assert bench.stacked() == 1


def test_without_a_box_the_note_waits_for_one(bench: Bench) -> None:
    bring_to(bench, "past_lever", [POLL, POLL])
    bench.do("pull_box")
    bench.do("power_on")
    bench.later(A_WHILE_S)
    assert bench.poll() == "f1 e3 e8"
    assert bench.whereabouts() == {"inside": 2000}
    bench.do("put_box")
    bench.later(A_WHILE_S)
    assert bench.poll() == "e4 e2 04 e8"
    assert bench.whereabouts() == {"box": 2000}


def test_a_box_that_is_exchanged_in_the_dark_is_never_told(bench: Bench) -> None:
    bench.get_accepted(5000)
    bench.later(A_WHILE_S)
    for action in ("power_cut", "pull_box", "empty_box", "put_box", "power_on"):
        bench.do(action)
    bench.later(A_WHILE_S)
    assert bench.poll() == "f1 e8"
    assert bench.whereabouts() == {"collected": 5000}


def test_a_jam_outlives_the_dark(bench: Bench) -> None:
    bench.do("when", moment="stacking", then="jam", given={"where": "cash_box"})
    bench.get_escrow(5000)
    bench.poll()
    bench.do("power_cut")
    bench.do("power_on")
    bench.later(A_WHILE_S)
    assert bench.poll() == "f1 ea e8"
    assert bench.ask(ENABLE) == "f5"
    bench.do("clear")
    bench.later(A_WHILE_S)
    assert bench.poll() == "f1 e2 05 e8"
