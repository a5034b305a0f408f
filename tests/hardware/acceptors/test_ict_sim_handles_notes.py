"""Notes through the simulated ICT acceptor: taken, returned, held, refused, with every hand near them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.simulated import NotPossible
from tests.hardware.acceptors.ict_by_hand import (
    ACCEPT,
    ENABLE,
    HOLD,
    INHIBIT,
    REJECT,
    STATUS,
    Bench,
)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def test_a_note_is_taken_and_told_exactly_once(bench: Bench) -> None:
    # given 20 yuan in escrow
    bench.get_escrow(2000)
    assert bench.whereabouts() == {"inside": 2000}
    # when the host accepts it
    assert bench.ask(ACCEPT) == ""
    bench.later(1)
    # then 10h comes once, and nothing tells it again
    assert bench.heard() == "10"
    bench.later(60)
    assert bench.ask(STATUS) == "3e"
    assert bench.whereabouts() == {"box": 2000}


def test_a_second_acceptance_is_not_for_the_next_note(bench: Bench) -> None:
    bench.get_stacked(100)
    assert bench.ask(ACCEPT) == ""
    bench.do("insert", fen=500)
    bench.later(0.2)
    assert bench.heard() == "81 41"
    bench.later(1)
    assert bench.state == "escrow"


def test_a_stray_acceptance_takes_whatever_lies_in_escrow(bench: Bench) -> None:
    bench.get_escrow(10000)
    bench.say(ACCEPT)  # meant for a power-up, for example
    bench.later(1)
    assert bench.whereabouts() == {"box": 10000}


def test_a_rejected_note_looks_out_of_the_mouth_until_it_is_taken(bench: Bench) -> None:
    bench.get_escrow(10000)
    assert bench.ask(REJECT) == ""
    bench.later(1)
    assert bench.heard() == "11"
    with pytest.raises(NotPossible, match="pull_note"):
        bench.do("insert", fen=100)
    assert bench.do("pull_note")["mouth"] == []
    bench.do("insert", fen=100)
    assert bench.whereabouts() == {"returned": 10000, "inside": 100}


def test_a_note_that_nobody_decides_about_goes_back_after_five_seconds(bench: Bench) -> None:
    bench.get_escrow(500)
    bench.later(4.5)
    assert bench.state == "escrow"
    bench.later(1)
    assert bench.heard() == "11"
    assert bench.whereabouts() == {"returned": 500}


def test_hold_gives_more_time_each_time(bench: Bench) -> None:
    bench.get_escrow(500)
    for _ in range(5):
        bench.later(4)
        assert bench.ask(HOLD) == ""
    assert bench.state == "holding"
    bench.later(6)
    assert bench.heard() == "11"
    bench.do("pull_note")
    bench.get_escrow(500)
    bench.say(HOLD + ACCEPT)
    bench.later(1)
    assert bench.heard() == "10"


def test_deciding_without_a_note_does_nothing(bench: Bench) -> None:
    bench.get_idle()
    assert bench.ask(REJECT + HOLD + ACCEPT) == ""
    assert bench.state == "idle"


def test_an_inhibited_unit_draws_nothing_in_but_finishes_what_it_has(bench: Bench) -> None:
    bench.get_escrow(500)
    bench.say(INHIBIT)
    assert bench.state == "escrow"
    bench.say(ACCEPT)
    bench.later(1)
    assert bench.heard() == "10"
    with pytest.raises(NotPossible, match="disabled"):
        bench.do("insert", fen=100)
    assert bench.ask(STATUS) == "5e"
    assert bench.ask(ENABLE + STATUS) == "3e"
    bench.do("insert", fen=100)


@pytest.mark.parametrize(("action", "given"), [("insert_bad", {"fen": 5000}), ("insert", {"fen": 700})])
def test_a_note_that_it_does_not_know_comes_back_without_escrow(
    bench: Bench, action: str, given: dict[str, int]
) -> None:
    bench.get_idle()
    bench.do(action, **given)
    bench.later(1)
    assert bench.heard() == "29"
    assert bench.whereabouts() == {"returned": given["fen"]}


def test_a_rom_may_know_more_notes_than_six(tmp_path: Path) -> None:
    bench = Bench(tmp_path, notes_fen=tuple(range(100, 1700, 100)))
    bench.get_idle()
    bench.do("insert", fen=1600)
    bench.later(0.2)
    assert bench.heard() == "81 4f"
    bench.close()


def test_the_stacker_pushes_a_note_back(bench: Bench) -> None:
    bench.do("push_back", times=1)
    bench.get_escrow(2000)
    bench.say(ACCEPT)
    bench.later(1)
    assert bench.heard() == "11"
    assert bench.whereabouts() == {"returned": 2000}
    bench.do("pull_note")
    bench.get_stacked(2000)


def test_some_units_tell_a_note_before_it_lies_in_the_box(tmp_path: Path) -> None:
    bench = Bench(tmp_path, stacked_at_lever=True)
    bench.get_escrow(2000)
    bench.say(ACCEPT)
    bench.later(0.15)
    assert bench.heard() == "10"
    assert bench.whereabouts() == {"inside": 2000}
    bench.later(1)
    assert bench.heard() == ""
    assert bench.whereabouts() == {"box": 2000}
    bench.close()


def test_a_note_is_torn_out_of_escrow(bench: Bench) -> None:
    bench.get_escrow(2000)
    bench.do("pull_note")
    assert bench.heard() == "23"
    assert bench.whereabouts() == {"returned": 2000}
    assert bench.ask(ACCEPT) == ""  # too late, and not for the next note
    bench.get_escrow(500)
    bench.later(1)
    assert bench.state == "escrow"


def test_a_note_is_fished_before_the_lever_and_never_after_it(bench: Bench) -> None:
    bench.get_escrow(2000)
    bench.do("when", moment="stacking", then="cheat")
    assert bench.ask(ACCEPT) == "27"
    assert bench.whereabouts() == {"returned": 2000}
    assert bench.ask(STATUS) == "27"
    bench.do("clear")
    assert bench.heard() == "2f"
    bench.do("pull_note")
    bench.get_escrow(2000)
    bench.do("when", moment="past_lever", then="cheat")
    bench.say(ACCEPT)
    bench.later(1)
    assert bench.heard() == "10"
    assert "out of reach" in bench.sim.state()["missed"][0]


# Where it jams · with the note · how it is cleared · what is said then · where the note is.
JAMS = [
    ("validator", "stacking", "", "2f", "returned"),
    ("cash_box", "past_lever", "pulled_out", "2f", "returned"),
    ("cash_box", "past_lever", "", "2f", "box"),
]


@pytest.mark.parametrize(("where", "moment", "note", "said", "place"), JAMS)
def test_a_note_jams(bench: Bench, where: str, moment: str, note: str, said: str, place: str) -> None:
    bench.get_escrow(5000)
    bench.do("when", moment=moment, then="jam", given={"where": where})
    bench.say(ACCEPT)
    bench.later(1)
    assert bench.heard() == "22"
    assert bench.whereabouts() == {"inside": 5000}
    assert bench.ask(STATUS) == "22"
    bench.do("clear", note=note)
    bench.later(1)
    assert bench.heard() == said
    assert bench.whereabouts() == {place: 5000}
    assert bench.state == "idle"


def test_some_units_tell_late_what_fell_into_the_box_during_trouble(bench: Bench) -> None:
    bench.do("setup", tells_late=True)
    bench.get_escrow(5000)
    bench.do("when", moment="past_lever", then="jam", given={"where": "cash_box"})
    bench.say(ACCEPT)
    bench.later(1)
    assert bench.heard() == "22"
    bench.do("clear")
    bench.later(1)
    assert bench.heard() == "2f 10"


@pytest.mark.parametrize("kind", ["motor", "sensor", "checksum"])
def test_a_part_fails_with_a_note_in_escrow_and_is_repaired(bench: Bench, kind: str) -> None:
    code = {"motor": "20", "checksum": "21", "sensor": "25"}[kind]
    bench.get_escrow(5000)
    bench.do("fail", kind=kind)
    assert bench.heard() == code
    assert bench.ask(ACCEPT + STATUS) == code
    bench.do("clear")
    bench.later(1)
    assert bench.heard() == "2f 11"
    assert bench.whereabouts() == {"returned": 5000}


def test_the_box_is_taken_emptied_and_put_back(bench: Bench) -> None:
    bench.get_stacked(5000)
    bench.do("pull_box")
    assert bench.heard() == "24"
    assert bench.ask(STATUS) == "24"
    bench.do("empty_box")
    bench.do("put_box")
    assert bench.heard() == "2f"
    assert bench.ask(STATUS) == "3e"
    assert bench.whereabouts() == {"collected": 5000}


# When the box is taken · what is said when it is back · where the note is.
BOX_TAKEN = [
    ("accepting", "2f 11", "returned"),
    ("escrow", "2f 11", "returned"),
    ("stacking", "2f 11", "returned"),
    ("past_lever", "2f", "box"),
    ("stacked", "2f", "box"),
    ("returning", "2f", "returned"),
]


@pytest.mark.parametrize(("moment", "said", "place"), BOX_TAKEN)
def test_the_box_is_taken_with_a_note_on_its_way(bench: Bench, moment: str, said: str, place: str) -> None:
    bench.get_idle()
    bench.do("when", moment=moment, then="pull_box")
    bench.do("insert", fen=1000)
    bench.later(0.2)
    bench.say(REJECT if moment == "returning" else ACCEPT)
    bench.later(1)
    assert bench.heard().removeprefix("81 42").strip() == "24"
    bench.do("put_box")
    bench.later(1)
    assert bench.heard() == said
    assert bench.whereabouts() == {place: 1000}


def test_a_full_box_takes_nothing_until_it_is_emptied(tmp_path: Path) -> None:
    bench = Bench(tmp_path, box_notes=2)
    bench.get_stacked(100)
    bench.get_escrow(100)
    bench.say(ACCEPT)
    bench.later(1)
    assert bench.heard() == "10 28"
    with pytest.raises(NotPossible, match="box_full"):
        bench.do("insert", fen=100)
    bench.do("pull_box")
    bench.do("put_box")  # still full
    assert bench.heard() == "24 28"
    for action in ("pull_box", "empty_box", "put_box"):
        bench.do(action)
    assert bench.heard() == "24 2f"
    assert bench.state == "idle"
    bench.close()


def test_a_box_that_gets_full_with_a_note_in_escrow_gives_it_back(bench: Bench) -> None:
    bench.get_escrow(100)
    bench.do("fill_box")
    bench.say(ACCEPT)
    bench.later(1)
    assert bench.heard() == "11 28"
    assert bench.whereabouts() == {"returned": 100}


def test_three_notes_in_a_row_that_nobody_decides_about_end_it_for_a_106(tmp_path: Path) -> None:
    bench = Bench(tmp_path, model="106")
    for said in ("11", "11", "11 26"):
        bench.get_escrow(500)
        bench.later(10)
        assert bench.heard() == said
        bench.do("pull_note")
    assert bench.state == "unanswered"
    assert bench.ask(ENABLE + STATUS) == "5e"
    assert bench.ask(ACCEPT + STATUS) == "3e"
    bench.close()


def test_a_106_counts_only_silence_in_a_row(tmp_path: Path) -> None:
    bench = Bench(tmp_path, model="106")
    for decision in (b"", b"", REJECT, b"", b""):
        bench.get_escrow(500)
        bench.say(decision)
        bench.later(10)
        assert bench.heard() == "11"
        bench.do("pull_note")
    bench.close()


def test_what_hands_can_not_do_is_refused_with_a_reason(bench: Bench) -> None:
    bench.get_idle()
    for action, given, reason in (
        ("pull_note", {}, "no note"),
        ("put_box", {}, "in already"),
        ("empty_box", {}, "pull_box"),
        ("power_on", {}, "power already"),
        ("clear", {}, "nothing is jammed"),
        ("plug", {}, "in already"),
        ("insert", {"fen": -5}, "fen"),
        ("jam", {"where": "mouth"}, "where"),
        ("fail", {"kind": "lamp"}, "motor"),
        ("setup", {"model": "105"}, "105"),
        ("setup", {"lever_s": 9}, "stack_s"),
        ("when", {"moment": "noon", "then": "pull_box"}, "noon"),
        ("when", {"moment": "idle", "then": "dance"}, "dance"),
        ("garbage", {"hex": "zz"}, "ff 02"),
    ):
        with pytest.raises(NotPossible, match=reason):
            bench.do(action, **given)
    assert bench.state == "idle"
    assert bench.heard() == ""
