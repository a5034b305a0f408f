"""Notes through the simulated ID-003 acceptor: taken, returned, held, refused, with every hand near it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.simulated import NotPossible
from tests.hardware.acceptors.id003_sim_by_hand import (
    ACCEPT,
    ACK,
    CURRENCY,
    HOLD,
    INHIBIT,
    INVALID,
    RESET,
    RETURN,
    STACK_1,
    STACK_2,
    STATUS,
    VERSION,
    WAIT,
    Bench,
)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


# --- the credit


def test_with_stack_1_the_note_waits_past_the_lever_for_the_acknowledgement(bench: Bench) -> None:
    # given 20 yuan past the lever
    bench.get_vend_valid(2000, STACK_1)
    # then it is ours, it is told until acknowledged, and it is not in the box yet
    for _ in range(5):
        bench.later(9)
        assert bench.poll() == "15"
    assert bench.whereabouts() == {"inside": 2000}
    assert bench.sim.state()["unacknowledged_fen"] == 2000
    # when the host acknowledges
    bench.acknowledge()
    # then it is stored, and nothing is told twice
    assert bench.poll() == "16"
    bench.later(1)
    assert bench.poll() == "11"
    assert bench.whereabouts() == {"box": 2000}


def test_with_stack_2_the_note_is_in_the_box_before_it_is_told(bench: Bench) -> None:
    bench.get_escrow(2000)
    assert bench.ask(STACK_2) == ACK
    bench.later(0.12)
    assert bench.poll() == "14"
    assert bench.sim.state()["past_lever"]
    bench.later(1)
    assert bench.poll() == "15"
    assert bench.whereabouts() == {"box": 2000}
    bench.acknowledge()
    assert bench.poll() == "16"
    bench.later(1)
    assert bench.poll() == "11"


def test_an_acknowledgement_before_vend_valid_was_told_counts_for_nothing(bench: Bench) -> None:
    bench.get_escrow(100)
    bench.acknowledge()
    assert bench.poll() == "13 61"
    bench.ask(STACK_1)
    bench.later(0.3)
    bench.acknowledge()  # it asks by now, but nobody has polled yet
    assert bench.poll() == "15"
    bench.acknowledge()
    assert bench.poll() == "16"


def test_a_minute_without_acknowledgement_makes_it_mute_until_reset(bench: Bench) -> None:
    bench.get_vend_valid(2000)
    bench.later(61)
    for said in (STATUS, ACK, VERSION, STACK_1, STATUS):
        bench.say(said)
    assert bench.hears_nothing()
    assert bench.state() == "mute"
    # only RESET helps; the note is stored then and never spoken of again
    assert bench.ask(RESET) == ACK
    assert bench.poll() == "1b"
    bench.later(1)
    assert bench.poll() == "1a"
    assert bench.whereabouts() == {"box": 2000}


def test_some_units_remember_an_unacknowledged_note_through_reset(tmp_path: Path) -> None:
    bench = Bench(tmp_path, recovers="vend_valid")
    bench.get_vend_valid(2000)
    bench.later(61)
    bench.get_initialising()
    bench.later(1)
    assert bench.poll() == "15"
    bench.acknowledge()
    assert bench.poll() == "16"
    assert bench.whereabouts() == {"box": 2000}
    bench.close()


# --- the way back


def test_a_note_goes_back_on_demand_and_a_second_one_waits_for_the_mouth_to_be_free(bench: Bench) -> None:
    bench.get_escrow(10000)
    assert bench.ask(RETURN) == ACK
    assert bench.poll() == "18"
    bench.later(1)
    assert bench.poll() == "11"
    with pytest.raises(NotPossible, match="pull_note"):
        bench.do("insert", fen=100)
    assert bench.do("pull_note")["mouth"] == []
    bench.do("insert", fen=100)
    assert bench.whereabouts() == {"returned": 10000, "inside": 100}


def test_some_units_say_returning_for_as_long_as_the_note_looks_out(tmp_path: Path) -> None:
    bench = Bench(tmp_path, return_shown_until_taken=True)
    bench.get_escrow(10000)
    bench.ask(RETURN)
    bench.later(30)
    assert bench.poll() == "18"
    assert bench.sim.state()["mouth"] == [10000]
    bench.do("pull_note")
    assert bench.poll() == "11"
    bench.close()


def polled_every_second(bench: Bench, seconds: int) -> list[str]:
    seen = []
    for _ in range(seconds):
        bench.later(1)
        seen.append(bench.poll())
    return seen


def test_ten_seconds_in_escrow_without_a_command_end_in_a_rejection(bench: Bench) -> None:
    bench.get_escrow(500)
    assert polled_every_second(bench, 9) == ["13 62"] * 9
    bench.later(1.05)
    assert bench.poll() == "17 79"
    bench.later(1)
    assert bench.poll() == "11"
    assert bench.whereabouts() == {"returned": 500}


def test_three_seconds_in_escrow_without_a_poll_bring_the_note_back(bench: Bench) -> None:
    bench.get_escrow(500)
    bench.later(2.9)
    assert bench.poll() == "13 62"
    bench.later(3.05)
    assert bench.poll() == "18"
    bench.later(1)
    assert bench.poll() == "11"
    assert bench.whereabouts() == {"returned": 500}


def test_hold_keeps_the_note_ten_seconds_more_each_time(bench: Bench) -> None:
    bench.get_escrow(500)
    for _ in range(5):
        assert bench.ask(HOLD) == ACK
        bench.later(9)
        assert bench.poll() == "19"
    assert bench.ask(STACK_1) == ACK
    bench.later(1)
    assert bench.poll() == "15"


def test_hold_that_is_not_repeated_ends_in_a_rejection(bench: Bench) -> None:
    bench.get_escrow(500)
    bench.ask(HOLD)
    bench.later(10.05)
    assert bench.poll() == "17 79"
    bench.later(1)
    assert bench.whereabouts() == {"returned": 500}


def test_wait_stretches_whatever_lasts_by_two_seconds(bench: Bench) -> None:
    bench.get_escrow(500)
    bench.ask(STACK_1)
    assert bench.ask(WAIT) == ACK
    bench.later(1.9)
    assert bench.poll() == "14"
    bench.later(0.2)
    assert bench.poll() == "15"


# --- refusing


@pytest.mark.parametrize(
    ("action", "given", "code"),
    [
        ("insert", {"fen": 10000}, "79"),  # of a kind that is switched off
        ("insert", {"fen": 200}, "76"),  # of a kind it never saw
        ("insert_bad", {"reason": "optic", "fen": 2000}, "78"),  # a good one, but crumpled
        ("insert_bad", {}, "77"),  # worthless paper
    ],
)
def test_what_is_refused_comes_out_again_with_its_reason(
    bench: Bench, action: str, given: dict[str, object], code: str
) -> None:
    bench.get_initialising()
    bench.ask(bytes.fromhex("c0 20 00"))  # 100 yuan off: here a one means no
    bench.ask(ACCEPT)
    bench.later(1)
    assert bench.sim.state()["enabled"] == [100, 500, 1000, 2000, 5000]
    bench.do(action, **given)
    bench.later(0.2)
    assert bench.poll() == f"17 {code}"
    bench.later(1)
    assert bench.poll() == "11"
    assert bench.whereabouts() == ({"returned": given["fen"]} if given.get("fen") else {})


@pytest.mark.parametrize("stage", ["accepting", "escrow", "holding"])
def test_inhibit_sends_a_note_back_that_is_not_being_stacked_yet(bench: Bench, stage: str) -> None:
    bench.get_idle()
    bench.do("insert", fen=1000)
    if stage != "accepting":
        bench.later(0.2)
        assert bench.poll() == "13 63"
    if stage == "holding":
        bench.ask(HOLD)
    assert bench.ask(INHIBIT) == INHIBIT
    assert bench.poll() == "17 79"
    bench.later(1)
    assert bench.poll() == "1a"
    assert bench.whereabouts() == {"returned": 1000}


def test_inhibit_while_stacking_waits_for_the_note(bench: Bench) -> None:
    bench.get_vend_valid(1000)
    assert bench.ask(INHIBIT) == INHIBIT
    assert bench.poll() == "15"
    bench.acknowledge()
    bench.later(1)
    assert bench.poll() == "1a"
    assert bench.whereabouts() == {"box": 1000}


def test_a_second_note_makes_it_pause_until_somebody_pulls_it_out(bench: Bench) -> None:
    bench.get_escrow(5000)
    bench.do("insert", fen=100)
    assert bench.poll() == "47"
    assert bench.ask(STACK_1) == INVALID
    bench.do("pull_note")
    assert bench.poll() == "13 65"
    assert bench.whereabouts() == {"inside": 5000, "returned": 100}


def test_inhibit_during_a_pause_sends_the_first_note_back_afterwards(bench: Bench) -> None:
    bench.get_escrow(5000)
    bench.do("insert", fen=100)
    bench.ask(INHIBIT)
    bench.do("pull_note")
    assert bench.poll() == "17 79"


# --- settings


@pytest.mark.parametrize("setting", ["c0 01 00", "c1 04 00", "c2 00", "c4 05", "c5 02 00"])
def test_settings_are_taken_only_while_it_initialises_and_read_back(bench: Bench, setting: str) -> None:
    said = bytes.fromhex(setting)
    question = bytes([said[0] - 0x40])
    assert bench.ask(said) == INVALID  # at power-up
    bench.get_initialising()
    assert bench.ask(said) == said
    assert bench.ask(question) == question + said[1:]
    bench.later(1)
    assert bench.ask(said) == INVALID  # at rest
    # and the next initialisation forgets them
    bench.get_initialising()
    assert not any(bench.ask(question)[1:])


def test_it_begins_inhibited_and_inhibit_may_be_changed_at_any_time(bench: Bench) -> None:
    assert bench.ask(b"\x83") == b"\x83\x01"
    bench.get_disabled()
    with pytest.raises(NotPossible, match="disabled"):
        bench.do("insert", fen=100)
    assert bench.ask(ACCEPT) == ACCEPT
    assert bench.poll() == "11"
    assert bench.ask(INHIBIT) == INHIBIT
    assert bench.poll() == "1a"


@pytest.mark.parametrize("setting", ["c0 3f 00", "c4 0f"])
def test_with_every_denomination_or_direction_off_it_is_disabled(bench: Bench, setting: str) -> None:
    bench.get_initialising()
    bench.ask(bytes.fromhex(setting))
    bench.ask(ACCEPT)
    bench.later(1)
    assert bench.poll() == "1a"


def test_it_does_not_speak_unasked(bench: Bench) -> None:
    bench.get_initialising()
    assert bench.ask(bytes.fromhex("c2 01")) == INVALID


@pytest.mark.parametrize("said", ["41", "42", "43", "44", "99", "11 00", "c3", "c0 00"])
def test_what_makes_no_sense_now_is_invalid(bench: Bench, said: str) -> None:
    bench.get_idle()
    assert bench.ask(bytes.fromhex(said)) == INVALID
    assert bench.poll() == "11"


def test_it_names_its_make_and_its_money(bench: Bench) -> None:
    assert bench.ask(VERSION)[1:].decode() == bench.sim.state()["version"]
    assert bench.ask(b"\x89") == b"\x89B052"
    assert bench.ask(CURRENCY)[:9].hex(" ") == "8a 61 2d 01 00 62 2d 05 00"
    bench.do("swap", version="FL(RUS) ID003-03")
    assert bench.ask(VERSION) == b"\x88FL(RUS) ID003-03"
    assert bench.poll() == "40"


# --- the cash box


def test_the_cash_box_is_collected(bench: Bench) -> None:
    bench.get_vend_valid(5000)
    bench.acknowledge()
    bench.later(1)
    with pytest.raises(NotPossible, match="pull_box"):
        bench.do("empty_box")
    bench.do("pull_box")
    assert bench.poll() == "44"
    bench.do("empty_box")
    bench.do("put_box")
    assert bench.poll() == "1b"
    bench.later(1)
    assert bench.poll() == "1a"
    assert bench.whereabouts() == {"collected": 5000}


# Pulled on entering · what is told before the box is missed · where the note is in the end.
PULLED = [
    ("escrow", [], {"returned": 5000}),
    ("stacking", [], {"returned": 5000}),
    ("vend_valid", ["15"], {"box": 5000}),
    ("storing", [], {"box": 5000}),
]


@pytest.mark.parametrize(("stage", "told", "where"), PULLED, ids=[row[0] for row in PULLED])
def test_the_box_is_pulled_with_a_note_on_its_way(
    bench: Bench, stage: str, told: list[str], where: dict[str, int]
) -> None:
    bench.get_idle()
    bench.do("when", moment=stage, then="pull_box")
    bench.do("insert", fen=5000)
    bench.later(0.2)
    if stage != "escrow":
        assert bench.poll() == "13 65"
        assert bench.ask(STACK_1) == ACK
        bench.later(0.3)
    if stage == "storing":
        assert bench.poll() == "15"
        bench.acknowledge()
    for status in told:
        assert bench.poll() == status
        bench.acknowledge()
    assert bench.poll() == "44"
    bench.do("put_box")
    bench.later(1)
    assert bench.poll() == "1a"
    assert bench.whereabouts() == where


def test_the_box_takes_a_note_along_that_was_never_told_and_the_host_still_learns_of_it(bench: Bench) -> None:
    bench.get_escrow(5000)
    bench.do("when", moment="past_lever", then="pull_box")
    bench.ask(STACK_2)
    bench.later(1)
    assert bench.poll() == "44"
    bench.do("empty_box")
    bench.do("put_box")
    bench.later(1)
    assert bench.poll() == "15"
    bench.acknowledge()
    bench.later(1)
    assert bench.poll() == "1a"
    assert bench.whereabouts() == {"collected": 5000}


def test_a_box_that_fills_up_under_a_note_in_escrow_sends_it_back(bench: Bench) -> None:
    bench.get_escrow(1000)
    bench.do("fill_box")
    bench.ask(STACK_1)
    bench.later(0.12)
    assert bench.poll() == "18"
    bench.later(1)
    assert bench.poll() == "43"
    for action in ("pull_box", "empty_box", "put_box"):
        bench.do(action)
    bench.later(1)
    assert bench.poll() == "1a"
    assert bench.whereabouts() == {"returned": 1000}


def test_the_last_note_that_fits_is_told_before_the_box_is_full(tmp_path: Path) -> None:
    bench = Bench(tmp_path, box_notes=1)
    bench.get_vend_valid(1000)
    bench.acknowledge()
    bench.later(1)
    assert bench.poll() == "43"
    assert bench.whereabouts() == {"box": 1000}
    bench.close()


# --- trouble


def test_a_jam_before_the_lever_is_pulled_out_by_hand(bench: Bench) -> None:
    bench.get_escrow(2000)
    bench.do("when", moment="stacking", then="jam", given={"where": "validator"})
    bench.ask(STACK_1)
    assert bench.poll() == "45"
    bench.ask(RESET)
    bench.later(1)
    assert bench.poll() == "45"
    bench.do("clear")
    bench.later(1)
    assert bench.poll() == "1a"
    assert bench.whereabouts() == {"returned": 2000}


@pytest.mark.parametrize(
    ("note", "then", "where"),
    [("", "15", {"box": 2000}), ("pulled_out", "1a", {"returned": 2000})],
)
def test_a_jam_at_the_cash_box_ends_in_the_box_or_in_a_hand(
    bench: Bench, note: str, then: str, where: dict[str, int]
) -> None:
    bench.get_escrow(2000)
    bench.do("when", moment="past_lever", then="jam", given={"where": "cash_box"})
    bench.ask(STACK_2)
    bench.later(1)
    assert bench.poll() == "46"
    assert bench.whereabouts() == {"inside": 2000}
    bench.do("clear", note=note)
    bench.later(1)
    assert bench.poll() == then
    assert bench.whereabouts() == where


def test_trouble_during_vend_valid_is_told_after_the_acknowledgement(bench: Bench) -> None:
    bench.get_vend_valid(2000)
    bench.do("jam", where="cash_box")
    assert bench.poll() == "15"
    bench.acknowledge()
    assert bench.poll() == "46"
    assert bench.whereabouts() == {"inside": 2000}
    bench.do("clear")
    bench.later(1)
    assert bench.poll() == "1a"  # told once already
    assert bench.whereabouts() == {"box": 2000}


@pytest.mark.parametrize(
    ("moment", "where"),
    [("stacking", {"returned": 10000}), ("past_lever", {"box": 10000})],  # fished out · too late for it
)
def test_a_note_on_a_string(bench: Bench, moment: str, where: dict[str, int]) -> None:
    bench.get_escrow(10000)
    bench.do("when", moment=moment, then="cheat")
    bench.ask(STACK_2)
    bench.later(0.2)
    assert bench.poll() == "48"
    bench.get_disabled()
    assert bench.whereabouts() == where


@pytest.mark.parametrize("kind", ["stack_motor", "box_not_ready", "rom_writing"])
def test_a_failure_stays_through_reset_until_repaired(bench: Bench, kind: str) -> None:
    bench.get_disabled()
    bench.do("fail", kind=kind)
    code = {"stack_motor": "a2", "box_not_ready": "ab", "rom_writing": "b3"}[kind]
    assert bench.poll() == f"49 {code}"
    bench.ask(RESET)
    bench.later(1)
    assert bench.poll() == f"49 {code}"
    bench.do("clear")
    bench.later(1)
    assert bench.poll() == "1a"


@pytest.mark.parametrize("stage", ["accepting", "escrow", "holding", "stacking", "past_lever", "storing"])
def test_reset_with_a_note_inside(bench: Bench, stage: str) -> None:
    bench.get_idle()
    bench.do("insert", fen=1000)
    if stage != "accepting":
        bench.later(0.2)
        bench.poll()
    if stage == "holding":
        bench.ask(HOLD)
    elif stage in ("stacking", "past_lever"):
        bench.ask(STACK_2)
        bench.later(0.12 if stage == "past_lever" else 0.05)
    elif stage == "storing":
        bench.ask(STACK_1)
        bench.later(0.2)
        bench.poll()
        bench.acknowledge()
    assert bench.state() == stage
    bench.get_disabled()
    assert bench.whereabouts() == (
        {"box": 1000} if stage in ("past_lever", "storing") else {"returned": 1000}
    )


@pytest.mark.parametrize(
    ("action", "given", "says"),
    [
        ("sing", {}, "there is no action 'sing'"),
        ("insert", {}, "fen"),
        ("insert", {"fen": "20"}, "Expected `int`"),
        ("insert", {"fen": 0}, ">= 1"),
        ("insert", {"fen": 100}, "power_up"),
        ("insert_bad", {"reason": "ugly"}, "none of insertion"),
        ("fail", {"kind": "heart"}, "none of stack_motor"),
        ("jam", {"where": "street"}, "street"),
        ("setup", {"store_s": "long"}, "store_s"),
        ("setup", {"speed": 1}, "speed"),
        ("setup", {"recovers": "never"}, "recovers"),
        ("setup", {"notes_fen": [150]}, "whole yuan"),
        ("setup", {"notes_fen": [100] * 9}, "possible are 1 to 8"),
        ("when", {"moment": "noon", "then": "cheat"}, "none of off"),
        ("when", {"moment": "idle", "then": "insert"}, "fen"),
        ("garbage", {"hex": "0g"}, "bytes such as"),
        ("pull_note", {}, "mouth"),
        ("put_box", {}, "in already"),
        ("empty_box", {}, "pull_box first"),
        ("clear", {}, "nothing is jammed"),
        ("power_on", {}, "power already"),
        ("plug", {}, "in already"),
        ("swap", {"version": ""}, "version"),
    ],
)
def test_what_can_not_be_done_is_refused_with_a_reason(
    bench: Bench, action: str, given: dict[str, object], says: str
) -> None:
    before = bench.sim.state()
    with pytest.raises(NotPossible, match=says):
        bench.do(action, **given)
    assert bench.sim.state() == before


def test_an_armed_action_that_turns_out_impossible_is_noted(bench: Bench) -> None:
    bench.do("when", moment="disabled", then="insert", given={"fen": 100})
    bench.get_disabled()
    assert bench.sim.state()["missed"] == [
        "insert at disabled: the note is not drawn in while the acceptor is 'disabled'"
    ]
