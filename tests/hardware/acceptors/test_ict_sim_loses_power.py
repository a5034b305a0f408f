"""Mains gone in each state, and what the unit says when it wakes up: always 80 8F, never what became of a note."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.acceptors.ict_sim import IctSim
from hardware.simulated import NotPossible
from tests.hardware.acceptors.ict_by_hand import (
    ACCEPT,
    ENABLE,
    HOLD,
    REJECT,
    RESET,
    STATUS,
    Bench,
)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


# Cut on entering · what the host had said · what was heard before it · where the 20 yuan are.
CUTS = [
    ("accepting", b"", "", "returned"),
    ("escrow", b"", "81 43", "returned"),
    ("holding", HOLD, "81 43", "returned"),
    ("stacking", ACCEPT, "81 43", "returned"),
    ("past_lever", ACCEPT, "81 43", "box"),
    ("stacked", ACCEPT, "81 43", "box"),  # in the box, and the host was not told
    ("returning", REJECT, "81 43", "returned"),
    ("returned", REJECT, "81 43", "returned"),
]


@pytest.mark.parametrize(("moment", "said", "heard", "where"), CUTS, ids=[cut[0] for cut in CUTS])
def test_power_is_cut_with_a_note_inside(
    bench: Bench, moment: str, said: bytes, heard: str, where: str
) -> None:
    # given a note on its way, and mains that fail at that moment
    bench.get_idle()
    bench.do("when", moment=moment, then="power_cut")
    bench.do("insert", fen=2000)
    bench.later(0.2)
    bench.say(said)
    bench.later(1)
    assert bench.state == "off"
    bench.later(3600)
    # when mains come back
    bench.do("power_on")
    # then the unit says that it has power, and nothing about the note
    assert bench.heard() == f"{heard} 80 8f".strip()
    bench.later(60)
    assert bench.ask(ACCEPT) == ""
    assert bench.ask(STATUS) == "3e"
    assert bench.whereabouts() == {where: 2000}
    assert bench.sim.state()["counter"] == (1 if where == "box" else 0)


def test_power_fails_after_the_note_was_told(bench: Bench) -> None:
    bench.get_stacked(2000)
    bench.do("restart")
    assert bench.heard() == "80 8f"
    assert bench.whereabouts() == {"box": 2000}


def test_even_a_unit_that_tells_late_remembers_nothing_over_a_power_cut(bench: Bench) -> None:
    bench.do("setup", tells_late=True)
    bench.get_escrow(2000)
    bench.do("when", moment="stacked", then="restart")
    bench.say(ACCEPT)
    bench.later(1)
    assert bench.ask(ACCEPT) == "80 8f"
    bench.later(1)
    assert bench.heard() == ""
    assert bench.whereabouts() == {"box": 2000}


def test_an_unanswered_unit_takes_nothing_until_02_comes_late(bench: Bench) -> None:
    bench.later(2.1)
    assert bench.heard() == "80 8f"
    with pytest.raises(NotPossible, match="unanswered"):
        bench.do("insert", fen=100)
    assert bench.ask(ENABLE + STATUS) == "5e"
    bench.later(3600)
    assert bench.ask(ACCEPT + STATUS) == "3e"
    bench.do("insert", fen=100)


def test_some_units_need_only_be_enabled(tmp_path: Path) -> None:
    bench = Bench(tmp_path, enabled_without_answer=True)
    bench.later(2.1)
    assert bench.ask(ENABLE + STATUS) == "80 8f 3e"
    assert bench.state == "idle"
    bench.close()


def test_a_002_complains_once_when_nobody_answers(tmp_path: Path) -> None:
    bench = Bench(tmp_path, model="002")
    bench.later(2.1)
    assert bench.heard() == "80 8f 26"
    bench.later(60)
    assert bench.ask(STATUS) == "5e"
    bench.close()


@pytest.mark.parametrize(("held", "where"), [("escrow", "returned"), ("past_lever", "box")])
def test_a_reset_is_as_bad_as_a_power_cut(bench: Bench, held: str, where: str) -> None:
    bench.get_escrow(500)
    if held == "past_lever":
        bench.say(ACCEPT)
        bench.later(0.15)
    assert bench.state == held
    assert bench.ask(RESET) == "80 8f"
    bench.later(60)
    assert bench.heard() == ""
    assert bench.whereabouts() == {where: 500}


def test_without_power_nothing_is_heard_or_said(bench: Bench) -> None:
    bench.get_idle()
    bench.do("power_cut")
    bench.say(STATUS + ENABLE)
    with pytest.raises(NotPossible, match="power"):
        bench.do("garbage", hex="10")
    bench.do("power_on")
    assert bench.heard() == "80 8f"
    assert bench.ask(STATUS) == "5e"


def test_trouble_is_told_after_the_greeting(bench: Bench) -> None:
    # given a note jammed at the box
    bench.get_escrow(5000)
    bench.do("when", moment="past_lever", then="jam", given={"where": "cash_box"})
    bench.say(ACCEPT)
    bench.later(1)
    assert bench.heard() == "22"
    # when power is cut, the box taken in the dark, and power comes back
    for action in ("power_cut", "power_on"):
        bench.do(action)
    # then the jam has outlived it, and the note falls in when it is cleared, untold
    assert bench.heard() == "80 8f"
    assert bench.ask(ACCEPT) == "22"
    bench.do("clear")
    bench.later(1)
    assert bench.heard() == "2f"
    assert bench.state == "idle"
    assert bench.whereabouts() == {"box": 5000}


def test_a_box_that_is_exchanged_in_the_dark_is_never_reported(bench: Bench) -> None:
    bench.get_stacked(5000)
    for action in ("power_cut", "pull_box", "empty_box", "put_box", "power_on"):
        bench.do(action)
    assert bench.ask(ACCEPT) == "80 8f"
    assert bench.state == "idle"
    assert bench.whereabouts() == {"collected": 5000}


def test_with_a_real_clock_it_speaks_by_itself(tmp_path: Path) -> None:
    sim = IctSim("acceptor", tmp_path / "acceptor", baud=9600)
    sim.start()
    port = os.open(tmp_path / "acceptor", os.O_RDWR | os.O_NOCTTY)
    try:
        assert os.read(port, 1) + os.read(port, 1) == b"\x80\x8f"
        os.write(port, ACCEPT)
        limit_s = time.monotonic() + 20
        while sim.state()["state"] != "idle":
            assert time.monotonic() < limit_s, sim.state()
            time.sleep(0.01)
        sim.do("setup", escrow_s=60)
        sim.do("insert", fen=10000)
        assert os.read(port, 1) + os.read(port, 1) == b"\x81\x45"
        os.write(port, ACCEPT)
        assert os.read(port, 1) == b"\x10"
        assert sim.state()["box"] == [10000]
    finally:
        os.close(port)
        sim.stop()
