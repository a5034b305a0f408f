"""Hands at the mouth and at the cash box of the simulated SSP validator: refused, jammed, fished for, collected."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.simulated import NotPossible
from tests.hardware.acceptors.ssp_sim_by_hand import (
    A_WHILE_S,
    ALL_CHANNELS,
    COUNTERS,
    ENABLE,
    INHIBITS,
    LAST_REJECT,
    OK,
    POLL,
    RESET_COUNTERS,
    SERIAL,
    Bench,
    a_bench,
)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with a_bench(tmp_path) as bench:
        yield bench


@pytest.mark.parametrize(
    ("action", "given", "code"),
    [
        ("insert", {"fen": 10000}, "06"),  # of a channel that is inhibited
        ("insert", {"fen": 200}, "0a"),  # of a kind it never saw
        ("insert_bad", {"reason": "twisted", "fen": 2000}, "12"),
        ("insert_bad", {}, "04"),  # worthless paper
    ],
)
def test_what_is_refused_comes_out_again_with_its_reason(
    bench: Bench, action: str, given: dict[str, object], code: str
) -> None:
    bench.get_idle(f"{INHIBITS} 1f 00")  # all but 100 yuan
    bench.do(action, **given)
    assert bench.poll() == "ef 00"
    bench.later(0.2)
    assert bench.poll() == "ed"
    bench.later(A_WHILE_S)
    assert bench.poll() == "ec"
    assert bench.ask(LAST_REJECT) == f"f0 {code}"
    assert bench.whereabouts() == ({"returned": given["fen"]} if given.get("fen") else {})
    assert bench.sim.state()["rejected"] == 1


def test_a_second_note_waits_for_the_first_and_for_a_free_mouth(bench: Bench) -> None:
    bench.get_escrow(100)
    with pytest.raises(NotPossible, match="holding"):
        bench.do("insert", fen=500)
    bench.ask("08")
    bench.later(A_WHILE_S)
    with pytest.raises(NotPossible, match="pull_note"):
        bench.do("insert", fen=500)
    assert bench.do("pull_note")["mouth"] == []
    bench.do("insert", fen=500)
    assert bench.whereabouts() == {"returned": 100, "inside": 500}


def test_what_the_host_switches_on_is_shown(bench: Bench) -> None:
    bench.get_in_step()
    assert bench.ask(f"{INHIBITS} 05 00") == OK
    assert bench.sim.state()["enabled"] == []
    assert bench.ask(ENABLE) == OK
    assert bench.sim.state()["enabled"] == [100, 1000]


def test_counters_are_reset_on_command_and_absent_in_some_units(bench: Bench) -> None:
    bench.get_accepted(100)
    bench.later(A_WHILE_S)
    assert bench.stacked() == 1
    assert bench.ask(RESET_COUNTERS) == OK
    assert bench.stacked() == 0
    bench.do("setup", has_counters=False)
    assert bench.ask(COUNTERS) == "f2"


def test_another_head_shows_another_number_and_counts_by_itself(bench: Bench) -> None:
    assert bench.ask(SERIAL) == "f0 00 29 8a a6"
    bench.do("swap", serial="4294967295", counter=258)
    bench.later(A_WHILE_S)
    assert bench.ask(SERIAL) == "f0 ff ff ff ff"
    assert bench.stacked() == 258
    assert bench.poll() == "f1 e8"
    with pytest.raises(NotPossible, match="four bytes"):
        bench.do("swap", serial="4294967296")


# --- the cash box


def test_the_cash_box_is_collected(bench: Bench) -> None:
    bench.get_accepted(5000)
    bench.later(A_WHILE_S)
    bench.poll()
    with pytest.raises(NotPossible, match="pull_box"):
        bench.do("empty_box")
    bench.do("pull_box")
    assert [bench.poll(), bench.poll()] == ["e3", "e3"]
    with pytest.raises(NotPossible, match="box_out"):
        bench.do("insert", fen=100)
    bench.do("empty_box")
    bench.do("put_box")
    assert [bench.poll(), bench.poll()] == ["e4", ""]
    assert bench.whereabouts() == {"collected": 5000}
    assert bench.stacked() == 1


def test_a_box_that_was_out_between_two_polls_is_told(bench: Bench) -> None:
    bench.get_idle()
    bench.do("pull_box")
    bench.do("put_box")
    assert bench.poll() == "e3 e4"


def test_an_old_protocol_does_not_know_of_the_box(tmp_path: Path) -> None:
    with a_bench(tmp_path, protocol=4) as bench:
        bench.get_idle()
        bench.do("pull_box")
        assert bench.poll() == ""
        assert bench.ask("06 05") == OK
        assert bench.poll() == "e3"


@pytest.mark.parametrize(
    ("pulled_at", "told", "where"),
    [
        ("accepting", "e3 ec", {"returned": 5000}),
        ("escrow", "ef 05 e3 ec", {"returned": 5000}),
        ("stacking", "e3 ec", {"returned": 5000}),
        ("past_lever", "ee 05 cc eb e3", {"box": 5000}),
    ],
)
def test_the_box_is_pulled_with_a_note_on_its_way(
    bench: Bench, pulled_at: str, told: str, where: dict[str, int]
) -> None:
    bench.get_idle()
    bench.do("when", moment=pulled_at, then="pull_box")
    bench.do("insert", fen=5000)
    bench.later(A_WHILE_S)
    if pulled_at in ("stacking", "past_lever"):
        assert bench.poll() == "ef 05"
        bench.poll()
        bench.later(A_WHILE_S)
    assert sorted(bench.poll().split(" ")) == sorted(told.split(" "))
    assert bench.whereabouts() == where
    bench.do("put_box")
    assert [bench.poll(), bench.poll()] == ["e4", ""]


def test_a_box_that_fills_up_under_a_held_note_sends_it_back(bench: Bench) -> None:
    bench.get_escrow(1000)
    bench.do("fill_box")
    bench.poll()
    bench.later(A_WHILE_S)
    assert bench.poll() == "ec e7"
    assert bench.whereabouts() == {"returned": 1000}
    for action in ("pull_box", "empty_box", "put_box"):
        bench.do(action)
    assert bench.poll() == "e3 e4"
    assert bench.is_in("idle")


# --- jams and fishing


@pytest.mark.parametrize("moment", ["accepting", "escrow", "holding", "stacking", "rejecting"])
def test_an_unsafe_jam_leaves_the_note_to_the_customer(bench: Bench, moment: str) -> None:
    bench.get_idle()
    bench.do("when", moment=moment, then="jam", given={"where": "validator"})
    bench.do("insert", fen=2000)
    bench.later(A_WHILE_S)
    bench.poll()
    if moment in ("stacking", "rejecting"):
        bench.ask(POLL if moment == "stacking" else "08")
    assert bench.poll().split(" ")[-1] == "e9"
    assert bench.whereabouts() == {"inside": 2000}
    bench.do("pull_note")
    assert bench.poll() == ""
    assert bench.whereabouts() == {"returned": 2000}


def test_a_note_past_the_lever_can_not_jam_where_the_customer_reaches_it(bench: Bench) -> None:
    bench.do("when", moment="past_lever", then="jam", given={"where": "validator"})
    bench.get_accepted(2000)
    bench.later(A_WHILE_S)
    assert "past the lever" in bench.sim.state()["missed"][0]


def test_an_unsafe_jam_that_is_repaired_gives_the_note_back_at_power_up(bench: Bench) -> None:
    bench.do("when", moment="holding", then="jam", given={"where": "validator"})
    bench.get_escrow(2000)
    bench.do("clear")
    bench.later(A_WHILE_S)
    assert bench.poll() == "f1 e1 04 e8"
    assert bench.whereabouts() == {"returned": 2000}


# How it is repaired · what is told then · where the note is.
SAFE_JAMS = [
    ("untold", "", "f1 e2 04 e8", "box"),
    ("never", "", "f1 e8", "box"),
    ("untold", "pulled_out", "f1 e8", "returned"),
]


@pytest.mark.parametrize(("cleared", "note", "told", "where"), SAFE_JAMS)
def test_a_safe_jam_gives_no_credit_before_it_is_cleared(
    tmp_path: Path, cleared: str, note: str, told: str, where: str
) -> None:
    with a_bench(tmp_path, cleared=cleared) as bench:
        bench.do("when", moment="stacking", then="jam", given={"where": "cash_box"})
        bench.get_escrow(2000)
        assert bench.poll() == "ea e8"
        assert bench.poll() == "ea e8"
        assert bench.ask(ENABLE) == "f5"
        bench.do("clear", note=note)
        assert not bench.is_in("box_jam")
        bench.later(A_WHILE_S)
        assert bench.poll() == told
        assert bench.whereabouts() == {where: 2000}
        assert bench.stacked() == (where == "box")


def test_a_note_that_jams_after_its_credit_belongs_into_the_box(bench: Bench) -> None:
    bench.do("when", moment="past_lever", then="jam", given={"where": "cash_box"})
    bench.get_accepted(2000)
    bench.later(A_WHILE_S)
    assert bench.poll() == "ee 04 cc ea e8"
    with pytest.raises(NotPossible, match="credit"):
        bench.do("clear", note="pulled_out")
    bench.do("clear")
    bench.later(A_WHILE_S)
    assert bench.poll() == "f1 e8"
    assert bench.whereabouts() == {"box": 2000}


def test_some_units_tell_trouble_only_once(tmp_path: Path) -> None:
    with a_bench(tmp_path, trouble="once") as bench:
        bench.get_idle()
        bench.do("jam", where="validator")
        assert [bench.poll(), bench.poll()] == ["e9", ""]


@pytest.mark.parametrize(
    ("moment", "told", "where"),
    [
        ("accepting", "e6 00", "returned"),
        ("escrow", "ef 04 e6 04", "returned"),
        ("stacking", "e6 04", "returned"),
        ("past_lever", "ee 04 cc e6 04 eb", "box"),
    ],
)
def test_somebody_fishes_for_the_note(bench: Bench, moment: str, told: str, where: str) -> None:
    bench.get_idle()
    bench.do("when", moment=moment, then="cheat")
    bench.do("insert", fen=2000)
    bench.later(A_WHILE_S)
    if moment in ("stacking", "past_lever"):
        assert bench.poll() == "ef 04"
        bench.say(POLL)
        reply = bench.hear()
        bench.later(A_WHILE_S)
        if moment == "stacking":
            assert reply == f"f0 {told}"
    if moment != "stacking":
        assert bench.poll() == told
    assert bench.poll() == ""
    assert bench.whereabouts() == {where: 2000}


def test_events_that_nobody_asks_for_are_forgotten_but_for_the_money(bench: Bench) -> None:
    bench.get_accepted(100)
    bench.later(A_WHILE_S)
    for _ in range(200):
        bench.do("cheat")
    told = bench.poll()
    assert told.startswith("ee 01 e6 00")
    assert len(told) < 3 * 255


def test_all_channels_inhibited_is_told_from_protocol_7_on(bench: Bench) -> None:
    bench.get_idle(f"{INHIBITS} 00 00")
    assert bench.ask("06 07") == OK
    assert bench.poll() == "b5"
    assert bench.ask(ALL_CHANNELS) == OK
    assert bench.poll() == ""
    assert bench.ask("06 09") == "f8"
