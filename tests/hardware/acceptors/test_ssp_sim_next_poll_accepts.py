"""The escrow of SSP, where asking is accepting: what polls, holds, repeats and silences do to a held note."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.acceptors.sim_notes import Note
from hardware.acceptors.ssp_sim_commands import answer
from hardware.acceptors.ssp_sim_settings import Settings
from hardware.acceptors.ssp_sim_unit import Unit
from hardware.simulated import NotPossible
from tests.hardware.acceptors.ssp_sim_by_hand import (
    A_WHILE_S,
    COUNTERS,
    DISABLE,
    ENABLE,
    HOLD,
    LAST_REJECT,
    OK,
    POLL,
    REJECT,
    SERIAL,
    SETUP,
    SYNC,
    Bench,
    a_bench,
)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with a_bench(tmp_path) as bench:
        yield bench


def test_a_note_from_the_mouth_to_the_box(bench: Bench) -> None:
    bench.get_idle()
    bench.do("insert", fen=2000)
    assert bench.poll() == "ef 00"
    bench.later(A_WHILE_S)
    assert bench.poll() == "ef 04"
    assert bench.whereabouts() == {"inside": 2000}
    assert bench.poll() == "cc"
    bench.later(0.15)
    assert bench.poll() == "ee 04 cc"
    assert bench.poll() == "cc"
    assert bench.whereabouts() == {"inside": 2000}
    bench.later(A_WHILE_S)
    assert bench.poll() == "eb"
    assert bench.poll() == ""
    assert bench.whereabouts() == {"box": 2000}
    assert bench.stacked() == 1


def test_several_events_come_in_one_reply_in_order(tmp_path: Path) -> None:
    with a_bench(tmp_path, box_notes=1) as bench:
        bench.get_accepted(1000)
        bench.later(A_WHILE_S)
        assert bench.poll() == "ee 03 cc eb e7"
        assert bench.poll() == "e7"


def test_the_poll_that_tells_of_the_note_does_not_accept_it_however_late_it_comes(bench: Bench) -> None:
    bench.get_idle()
    bench.do("insert", fen=500)
    bench.later(9)
    assert bench.poll() == "ef 02"
    bench.later(9)
    assert bench.is_in("holding")


def test_the_same_flag_is_never_a_second_poll(bench: Bench) -> None:
    # given a host that did not hear that a note is in escrow
    bench.get_escrow(500)
    # when it asks again, with the same flag, as often as it may
    for _ in range(20):
        assert bench.ask_again(POLL) == "f0 ef 02"
    # then the note is where it was, and only a new poll accepts it
    assert bench.is_in("holding")
    assert bench.poll() == "cc"


def test_another_command_with_the_same_flag_is_not_obeyed_either(bench: Bench) -> None:
    bench.get_escrow(500)
    assert bench.ask_again(REJECT) == "f0 ef 02"
    assert bench.is_in("holding")


def test_a_credit_whose_reply_was_lost_comes_once_more_and_once_only(bench: Bench) -> None:
    bench.get_accepted(500)
    bench.later(A_WHILE_S)
    bench.do("drop_replies", times=2)
    bench.say(POLL)
    bench.say_again(POLL)
    assert bench.hears_nothing()
    assert bench.ask_again(POLL) == "f0 ee 02 cc eb"
    assert bench.poll() == ""


def test_after_sync_the_unit_expects_0(bench: Bench) -> None:
    for _ in range(2):  # also twice in a row, although its flag is the same
        assert bench.ask(SYNC) == OK
    bench.flag = 1
    assert bench.ask_again(SETUP) == OK  # 1 is the flag of the SYNC: its reply again
    assert bench.ask(SETUP).startswith("f0 00 30 31 30 30 43 4e 59")


def test_sync_means_the_same_with_the_other_flag(bench: Bench) -> None:
    bench.flag = 0
    assert bench.ask_again(SYNC) == OK
    assert bench.ask_again(SETUP).startswith("f0 00")


def test_a_new_host_that_syncs_and_rejects_gives_the_note_back(bench: Bench) -> None:
    bench.get_escrow(5000)
    assert bench.ask(SYNC) == OK
    assert bench.ask(REJECT) == OK
    bench.later(A_WHILE_S)
    assert bench.poll() == "ec"
    assert bench.whereabouts() == {"returned": 5000}


def test_a_new_host_that_polls_first_has_accepted_the_note(bench: Bench) -> None:
    bench.get_escrow(5000)
    assert bench.ask(SYNC) == OK
    assert bench.poll() == "cc"


def test_some_units_give_the_note_back_on_sync(tmp_path: Path) -> None:
    with a_bench(tmp_path, sync_returns=True) as bench:
        bench.get_escrow(5000)
        assert bench.ask(SYNC) == OK
        assert bench.poll() == "ed"


@pytest.mark.parametrize("limit_s", [5.0, 10.0])
def test_hold_extends_and_nothing_else_does(tmp_path: Path, limit_s: float) -> None:
    with a_bench(tmp_path, escrow_s=limit_s) as bench:
        bench.get_escrow(10000)
        for _ in range(5):
            bench.later(limit_s - 1)
            assert bench.ask(HOLD) == OK
            assert bench.is_in("holding")
        bench.later(limit_s - 1)
        for command in (SERIAL, COUNTERS, SETUP):
            bench.ask(command)
        bench.later(2)
        assert bench.ask(HOLD) == "f5"
        assert bench.poll().split(" ")[0] in ("ed", "ec")
        assert bench.ask(LAST_REJECT) == "f0 13"
        bench.later(A_WHILE_S)
        assert bench.whereabouts() == {"returned": 10000}


def test_hold_before_the_note_was_told_does_not_swallow_the_telling(bench: Bench) -> None:
    bench.get_idle()
    bench.do("insert", fen=100)
    bench.later(A_WHILE_S)
    assert bench.ask(HOLD) == OK
    assert bench.poll() == "ef 01"
    assert bench.poll() == "cc"


def test_a_rejected_note_goes_back(bench: Bench) -> None:
    bench.get_escrow(10000)
    assert bench.ask(REJECT) == OK
    assert bench.poll() == "ed"
    bench.later(A_WHILE_S)
    assert bench.poll() == "ec"
    assert bench.poll() == ""
    assert bench.ask(LAST_REJECT) == "f0 08"
    assert bench.whereabouts() == {"returned": 10000}
    assert bench.stacked() == 0


@pytest.mark.parametrize("code", ["F5", "F8"])
def test_without_a_note_there_is_nothing_to_hold_or_reject(tmp_path: Path, code: str) -> None:
    with a_bench(tmp_path, without_note=code) as bench:
        bench.get_accepted(100)  # past the host's hands already
        for command in (HOLD, REJECT):
            assert bench.ask(command) == code.lower()
        assert bench.is_in("stacking")


def test_a_silent_host_finds_its_note_returned_and_the_unit_disabled(bench: Bench) -> None:
    bench.get_escrow(2000)
    bench.later(60)
    assert bench.poll() == "ec e8"
    assert bench.whereabouts() == {"returned": 2000}
    assert bench.ask(ENABLE) == OK
    assert bench.poll() == ""


@pytest.mark.parametrize("limit_s", [5.0, 10.0])
def test_a_silent_host_disables_the_unit(tmp_path: Path, limit_s: float) -> None:
    with a_bench(tmp_path, silence_s=limit_s) as bench:
        bench.get_idle()
        bench.later(limit_s - 0.5)
        bench.ask(SERIAL)  # any command will do
        bench.later(limit_s - 0.5)
        assert bench.is_in("idle")
        bench.later(1)
        assert bench.is_in("disabled")


def test_an_accepted_note_goes_on_without_the_host(bench: Bench) -> None:
    bench.get_accepted(2000)
    bench.later(60)
    assert bench.poll() == "ee 04 cc eb e8"
    assert bench.whereabouts() == {"box": 2000}


@pytest.mark.parametrize(("returns", "then"), [(True, "ed e8"), (False, "cc e8")])
def test_disabling_with_a_note_in_escrow(tmp_path: Path, returns: bool, then: str) -> None:
    with a_bench(tmp_path, disable_returns=returns) as bench:
        bench.get_escrow(2000)
        assert bench.ask(DISABLE) == OK
        assert bench.poll() == then


def test_a_poll_with_acknowledgement_tells_a_credit_again_until_it_is_acknowledged() -> None:
    """What encryption lets through, asked of the unit itself."""
    unit = Unit(Settings(), 1, lambda state: None)

    def asked(hexadecimal: str) -> str:
        unit.heard()
        return answer(unit, bytes.fromhex(hexadecimal), sealed=True).hex(" ")

    unit.power_on()
    unit.advance(1)
    assert [asked(command) for command in ("02 3f 00", "0a", "56", "57")] == ["f0", "f0", "f0 f1", "f5"]
    unit.insert(Note(1000, 3))
    unit.advance(2)
    assert asked("56") == "f0 ef 03"
    assert asked("56") == "f0 cc"  # as with any poll, the note is accepted
    unit.advance(3)
    assert asked("56") == "f0 ee 03 cc eb"
    assert asked("56") == asked("56") == "f0 ee 03"
    with pytest.raises(NotPossible, match="acknowledged"):
        unit.insert(Note(500, 2))
    assert [asked(command) for command in ("57", "56", "57")] == ["f0", "f0", "f5"]
    unit.insert(Note(500, 2))
