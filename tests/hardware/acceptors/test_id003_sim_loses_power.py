"""Mains gone in each state: where the note is, what the unit says at power-up, what the host learns."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hardware.acceptors.id003_sim_by_hand import (
    ACCEPT,
    ACK,
    HOLD,
    INHIBIT,
    RESET,
    RETURN,
    STACK_1,
    STACK_2,
    STATUS,
    Bench,
)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


# Cut on entering · what the host had asked for · did it acknowledge · power-up status · where the 20 yuan are.
CUTS = [
    ("accepting", None, False, "41", "returned"),
    ("escrow", None, False, "41", "returned"),
    ("holding", HOLD, False, "41", "returned"),
    ("returning", RETURN, False, "41", "returned"),
    ("stacking", STACK_1, False, "41", "returned"),
    ("vend_valid", STACK_1, False, "42", "box"),
    ("storing", STACK_1, True, "42", "box"),
    ("stacked", STACK_1, True, "40", "box"),
    ("past_lever", STACK_2, False, "42", "box"),
    ("vend_valid", STACK_2, False, "40", "box"),  # stored, never told, no sensor sees it: lost to the wire
    ("stacked", STACK_2, True, "40", "box"),
]
NAMES = [f"{cut[0]} {(cut[1] or b'').hex()}" for cut in CUTS]
# After initialisation, by what the unit is like: what comes before "1a".
RECOVERED = {"silent": [], "stacked": ["16"], "vend_valid": ["15", "16"]}


def cut_with_a_note_inside(bench: Bench, moment: str, command: bytes | None, acknowledged: bool) -> None:
    bench.get_idle()
    bench.do("when", moment=moment, then="power_cut")
    bench.do("insert", fen=2000)
    bench.later(0.2)
    if command is not None:
        assert bench.poll() == "13 64"
        bench.say(command)
        if moment not in ("holding", "stacking", "returning"):
            assert bench.hear() == ACK
        bench.later(1)
    if acknowledged:
        assert bench.poll() == "15"
        bench.acknowledge()
        bench.later(1)
    assert bench.hears_nothing()
    assert bench.state() == "off"
    bench.later(3600)
    bench.do("power_on")


@pytest.mark.parametrize("recovers", RECOVERED)
@pytest.mark.parametrize(("moment", "command", "acknowledged", "power_up", "where"), CUTS, ids=NAMES)
def test_power_is_cut_with_a_note_inside(
    tmp_path: Path,
    recovers: str,
    moment: str,
    command: bytes | None,
    acknowledged: bool,
    power_up: str,
    where: str,
) -> None:
    bench = Bench(tmp_path, recovers=recovers)
    # given a note on its way, and mains that failed at that moment and came back
    cut_with_a_note_inside(bench, moment, command, acknowledged)
    remembered = recovers == "vend_valid" and where == "box" and not acknowledged
    # then the unit tells how it woke up, keeps telling, and is closed
    assert [bench.poll(), bench.poll()] == ["42" if remembered else power_up] * 2
    assert bench.ask(b"\x83") == b"\x83\x01"
    # and RESET returns or stores the note
    bench.get_initialising()
    bench.later(1)
    tells = {"silent": False, "stacked": power_up == "42", "vend_valid": remembered}[recovers]
    follows = RECOVERED[recovers] if tells else []
    for status in follows:
        assert bench.poll() == status
        bench.acknowledge()
        if status == "16":
            bench.later(1)
    assert bench.poll() == "1a"
    assert bench.whereabouts() == {where: 2000}
    bench.close()


def test_a_remembered_note_is_told_over_several_cuts_until_acknowledged(tmp_path: Path) -> None:
    bench = Bench(tmp_path, recovers="vend_valid")
    bench.get_vend_valid(2000)
    for _ in range(3):
        bench.do("power_cut")
        bench.do("power_on")
        assert bench.poll() == "42"
        bench.get_initialising()
        bench.later(1)
        assert bench.poll() == "15"
    bench.acknowledge()
    bench.later(1)
    assert bench.poll() == "1a"
    bench.do("power_cut")
    bench.do("power_on")
    assert bench.poll() == "40"
    bench.close()


def test_a_cut_during_initialisation_changes_nothing_about_the_note(bench: Bench) -> None:
    cut_with_a_note_inside(bench, "vend_valid", STACK_1, acknowledged=False)
    bench.get_initialising()
    bench.do("power_cut")
    bench.do("power_on")
    assert bench.poll() == "42"
    bench.get_disabled()
    assert bench.whereabouts() == {"box": 2000}


def test_with_two_notes_inside_both_come_back(bench: Bench) -> None:
    bench.get_escrow(5000)
    bench.do("insert", fen=100)
    bench.do("power_cut")
    bench.do("power_on")
    assert bench.poll() == "41"
    bench.get_disabled()
    assert bench.whereabouts() == {"returned": 5100}


def test_without_power_the_line_is_silent_and_nothing_is_remembered(bench: Bench) -> None:
    bench.get_idle()
    bench.do("power_cut")
    for said in (STATUS, RESET, INHIBIT):
        bench.say(said)
    assert bench.hears_nothing()
    bench.do("power_on")
    assert bench.poll() == "40"
    assert bench.ask(ACCEPT) == ACCEPT
    assert bench.poll() == "40"  # held until RESET, whatever is set
    bench.get_disabled()


def test_a_box_that_is_taken_in_the_dark_is_missed_only_after_reset(bench: Bench) -> None:
    bench.get_idle()
    bench.do("power_cut")
    bench.do("pull_box")
    bench.do("power_on")
    assert bench.poll() == "40"
    bench.get_initialising()
    bench.later(1)
    assert bench.poll() == "44"
    bench.do("put_box")
    bench.later(1)
    assert bench.poll() == "1a"


def test_a_box_that_is_exchanged_in_the_dark_is_never_reported(bench: Bench) -> None:
    bench.get_vend_valid(5000)
    bench.acknowledge()
    bench.later(1)
    for action in ("power_cut", "pull_box", "empty_box", "put_box", "power_on"):
        bench.do(action)
    assert bench.poll() == "40"
    bench.get_disabled()
    assert bench.whereabouts() == {"collected": 5000}


def test_a_jam_outlives_the_dark(bench: Bench) -> None:
    bench.get_vend_valid(5000)
    bench.do("jam", where="cash_box")
    bench.do("power_cut")
    bench.do("power_on")
    assert bench.poll() == "42"
    bench.ask(RESET)
    bench.later(1)
    assert bench.poll() == "46"
    bench.do("clear")
    bench.later(1)
    assert bench.poll() == "1a"
    assert bench.whereabouts() == {"box": 5000}
