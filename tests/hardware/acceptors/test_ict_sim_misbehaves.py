"""Every way the simulated ICT line can go wrong, seen from the host's end."""

from __future__ import annotations

import select
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hardware.acceptors.ict_by_hand import ACCEPT, REJECT, STATUS, Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    bench.get_idle()
    yield bench
    bench.close()


def insert(bench: Bench, fen: int) -> str:
    bench.do("insert", fen=fen)
    bench.later(0.2)
    return bench.heard()


# What is lost · what is heard of 81 42.
LOSSES: list[tuple[dict[str, int], str]] = [
    ({"times": 1}, "42"),
    ({"times": 1, "after": 1}, "81"),
    ({"times": 2}, ""),
]


@pytest.mark.parametrize(("lost", "heard"), LOSSES)
def test_bytes_of_an_escrow_are_lost(bench: Bench, lost: dict[str, int], heard: str) -> None:
    bench.do("drop_bytes", **lost)
    assert insert(bench, 1000) == heard
    # and the note goes back by itself when nobody understood
    bench.later(10)
    assert bench.heard() == "11"
    assert bench.whereabouts() == {"returned": 1000}


def test_a_lost_10_is_a_note_in_the_box_that_nobody_hears_of(bench: Bench) -> None:
    insert(bench, 1000)
    bench.do("drop_bytes", times=1)
    bench.say(ACCEPT)
    bench.later(60)
    assert bench.heard() == ""
    assert bench.ask(STATUS) == "3e"
    assert bench.whereabouts() == {"box": 1000}


def test_a_10_told_twice_is_one_note(bench: Bench) -> None:
    bench.do("duplicate_stacked", times=1)
    for told in ("10 10", "10"):
        insert(bench, 1000)
        bench.say(ACCEPT)
        bench.later(1)
        assert bench.heard() == told
    assert bench.whereabouts() == {"box": 2000}


def test_a_10_without_any_note(bench: Bench) -> None:
    bench.do("garbage", hex="10")
    assert bench.heard() == "10"
    assert bench.whereabouts() == {}


def test_a_late_answer_comes_between_81_and_the_type(bench: Bench) -> None:
    bench.do("between", hex="3e")
    assert insert(bench, 2000) == "81 3e 43"
    bench.say(REJECT)
    bench.later(1)
    assert bench.heard() == "11"
    bench.do("pull_note")
    assert insert(bench, 2000) == "81 43"


def test_the_type_comes_long_after_81(bench: Bench) -> None:
    bench.do("pair_gap", ms=300)
    bench.do("insert", fen=2000)
    bench.later(0.2)
    assert bench.byte() == 0x81
    bench.later(0.3)
    assert bench.byte() == 0x43


def test_power_fails_between_81_and_the_type(bench: Bench) -> None:
    bench.do("pair_gap", ms=300)
    bench.do("insert", fen=2000)
    bench.later(0.2)
    assert bench.byte() == 0x81
    bench.do("restart")
    bench.later(60)
    assert bench.heard() == "80 8f"
    assert bench.whereabouts() == {"returned": 2000}


def test_an_acceptance_that_the_unit_does_not_hear(bench: Bench) -> None:
    insert(bench, 1000)
    bench.do("deaf", times=1)
    bench.say(ACCEPT)
    bench.later(10)
    assert bench.heard() == "11"
    assert bench.whereabouts() == {"returned": 1000}


def test_an_echoing_line_brings_every_byte_back(bench: Bench) -> None:
    bench.do("echo")
    assert bench.ask(STATUS) == "0c 3e"
    assert bench.ask(ACCEPT) == "02"
    bench.do("echo", on=False)
    assert bench.ask(STATUS) == "3e"


def test_a_slow_unit_answers_late_and_in_order(bench: Bench) -> None:
    bench.do("slow", ms=400)
    bench.say(STATUS + STATUS)
    bench.do("slow", ms=0)
    bench.say(b"\x77")
    assert not select.select([bench.port], [], [], 0.2)[0]
    bench.later(0.5)
    assert bench.heard() == "3e 3e 2a"


def test_the_cable_is_pulled_and_the_unit_goes_on_without_it(bench: Bench) -> None:
    insert(bench, 100)
    bench.say(ACCEPT)
    bench.do("unplug")
    assert not bench.link.is_symlink()
    bench.say(STATUS)
    bench.later(1)
    bench.do("plug")
    assert bench.link.is_symlink()
    assert bench.ask(STATUS) == "3e"  # the 10h was said while nobody could hear it
    assert bench.whereabouts() == {"box": 100}


def test_behave_ends_everything(bench: Bench) -> None:
    faults: list[tuple[str, dict[str, Any]]] = [
        ("drop_bytes", {"times": 5, "after": 2}),
        ("deaf", {"times": 5}),
        ("duplicate_stacked", {"times": 5}),
        ("between", {"hex": "3e"}),
        ("echo", {}),
        ("slow", {"ms": 5}),
        ("pair_gap", {"ms": 5}),
        ("push_back", {"times": 5}),
    ]
    for action, given in faults:
        bench.do(action, **given)
    assert len(bench.sim.state()["faults"]) == len(faults) + 1  # drop_bytes shows both its numbers
    assert bench.do("behave")["faults"] == {}
    assert insert(bench, 100) == "81 40"
    bench.say(ACCEPT)
    bench.later(1)
    assert bench.heard() == "10"


def test_what_is_armed_and_can_not_be_done_is_told(bench: Bench) -> None:
    bench.do("when", moment="escrow", then="put_box")
    assert [armed["moment"] for armed in bench.sim.state()["when"]] == ["escrow"]
    insert(bench, 100)
    assert "put_box at escrow" in bench.sim.state()["missed"][0]
    assert bench.sim.state()["when"] == []
