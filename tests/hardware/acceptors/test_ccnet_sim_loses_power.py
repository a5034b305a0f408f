"""Mains gone in each state: where the note is, what the unit says at power-up, what the host learns in the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hardware.acceptors.ccnet_by_hand import (
    ACK,
    COUNTER,
    DISABLE,
    ENABLE_ALL,
    HOLD,
    POLL,
    RESET,
    RETURN,
    STACK,
    STATUS,
    Bench,
)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


# Cut on entering · what the host had asked for · power-up status · what follows RESET · where the 20 yuan are.
CUTS = [
    ("accepting", None, "11", ["82 03", "19"], "returned"),
    ("escrow", None, "11", ["82 03", "19"], "returned"),
    ("holding", HOLD, "11", ["82 03", "19"], "returned"),
    ("stacking", STACK, "11", ["82 03", "19"], "returned"),
    ("past_lever", STACK, "12", ["81 03", "19"], "box"),
    ("stacked", STACK, "12", ["81 03", "19"], "box"),
    ("returning", RETURN, "11", ["82 03", "19"], "returned"),
    ("returned", RETURN, "10", ["19"], "returned"),
]


@pytest.mark.parametrize(
    ("moment", "command", "power_up", "follows", "where"), CUTS, ids=[c[0] for c in CUTS]
)
def test_power_is_cut_with_a_note_inside(
    bench: Bench, moment: str, command: bytes | None, power_up: str, follows: list[str], where: str
) -> None:
    # given a note on its way, and mains that fail at that moment
    bench.get_idle()
    bench.do("when", moment=moment, then="power_cut")
    bench.do("insert", fen=2000)
    bench.later(0.2)
    if command is not None:
        assert bench.peek() == "80 03"
        bench.say(command)
        if moment not in ("holding", "stacking", "returning"):
            assert bench.hear() == ACK
            bench.later(1)
    bench.wait_for("off")
    bench.later(3600)
    # when mains come back
    bench.do("power_on")
    # then the unit tells how it woke up, keeps telling, and has everything switched off
    assert bench.poll() == power_up
    assert bench.poll() == power_up
    assert bench.ask(STATUS) == bytes(6)
    # and after RESET and initialisation the host learns what became of the note
    assert bench.ask(RESET) == ACK
    assert bench.poll() == "13"
    bench.later(1)
    assert [bench.poll() for _ in follows] == follows
    assert bench.whereabouts() == {where: 2000}
    assert bench.ask(COUNTER) == (b"\x00\x01" if where == "box" else b"\x00\x00")


def test_a_recovered_note_is_told_over_several_cuts_until_acknowledged(bench: Bench) -> None:
    bench.get_escrow(2000)
    bench.do("when", moment="past_lever", then="power_cut")
    bench.ask(STACK)
    bench.later(1)
    for _ in range(3):
        bench.wait_for("off")
        bench.do("power_on")
        assert bench.poll() == "12"
        bench.ask(RESET)
        bench.later(1)
        assert bench.peek() == "81 03"
        bench.do("power_cut")
    bench.do("power_on")
    bench.ask(RESET)
    bench.later(1)
    assert bench.poll() == "81 03"
    assert bench.poll() == "19"
    assert bench.ask(COUNTER) == b"\x00\x01"


def test_some_units_return_silently_after_power_up(bench: Bench) -> None:
    bench.do("setup", returns_silently_after_power_up=True)
    bench.get_escrow(500)
    bench.do("power_cut")
    bench.do("power_on")
    assert bench.poll() == "11"
    bench.ask(RESET)
    bench.later(1)
    assert bench.poll() == "19"
    assert bench.whereabouts() == {"returned": 500}


def test_without_power_the_line_is_silent_and_nothing_is_remembered(bench: Bench) -> None:
    bench.get_idle()
    bench.do("power_cut")
    bench.say(POLL)
    bench.say(DISABLE)
    bench.flush()
    bench.do("power_on")
    assert bench.poll() == "10"
    assert bench.ask(ENABLE_ALL) == ACK
    bench.ask(RESET)
    bench.later(1)
    assert bench.poll() == "19"


def test_a_box_that_is_taken_in_the_dark_is_missed_only_after_reset(bench: Bench) -> None:
    bench.get_idle()
    bench.do("power_cut")
    bench.do("pull_box")
    bench.do("power_on")
    assert bench.poll() == "10"
    bench.ask(RESET)
    bench.later(1)
    assert bench.poll() == "42"
    bench.do("put_box")
    bench.later(1)
    assert bench.poll() == "19"


def test_a_box_that_is_exchanged_in_the_dark_is_never_reported(bench: Bench) -> None:
    bench.get_escrow(5000)
    bench.ask(STACK)
    bench.later(1)
    assert bench.poll() == "81 04"
    for action in ("power_cut", "pull_box", "empty_box", "put_box", "power_on"):
        bench.do(action)
    assert bench.poll() == "10"
    bench.ask(RESET)
    bench.later(1)
    assert bench.poll() == "19"
    assert bench.whereabouts() == {"collected": 5000}


def test_a_jam_outlives_the_dark(bench: Bench) -> None:
    bench.get_escrow(5000)
    bench.do("when", moment="past_lever", then="jam", given={"where": "cash_box"})
    bench.ask(STACK)
    bench.later(1)
    bench.do("power_cut")
    bench.do("power_on")
    assert bench.poll() == "12"
    bench.ask(RESET)
    bench.later(1)
    assert bench.poll() == "44"
    bench.do("clear")
    bench.later(1)
    assert bench.poll() == "81 04"
