"""A visit's worth of notes through the simulated validator: taken, returned, held, refused, with every hand near it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.simulated import NotPossible
from tests.hardware.acceptors.ccnet_by_hand import (
    ACK,
    BILL_TABLE,
    COUNTER,
    DISABLE,
    ENABLE_ALL,
    ENABLE_ALL_STRAIGHT,
    HOLD,
    IDENTIFICATION,
    ILLEGAL,
    NAK,
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


def test_a_note_that_is_stacked_is_told_until_it_is_acknowledged(bench: Bench) -> None:
    # given 20 yuan in escrow
    bench.get_escrow(2000)
    assert bench.whereabouts() == {"inside": 2000}
    # when the host stacks it but does not acknowledge
    assert bench.ask(STACK) == ACK
    assert bench.peek() == "17"
    bench.later(1)
    # then it is told again and again, after NAK and after other commands too
    assert bench.peek() == "81 03"
    bench.say(NAK)
    assert bench.peek() == "81 03"
    assert bench.ask(COUNTER) == b"\x00\x01"
    bench.say(ACK)  # of the counter, not of the note
    assert bench.poll() == "81 03"
    # and once acknowledged never again
    assert bench.poll() == "14"
    assert bench.whereabouts() == {"box": 2000}


def test_a_note_goes_back_on_demand_and_a_second_one_waits_for_the_mouth_to_be_free(bench: Bench) -> None:
    bench.get_escrow(10000)
    assert bench.ask(RETURN) == ACK
    assert bench.peek() == "18"
    bench.later(1)
    assert bench.peek() == "82 05"
    assert bench.poll() == "82 05"
    assert bench.poll() == "14"
    with pytest.raises(NotPossible, match="pull_note"):
        bench.do("insert", fen=100)
    assert bench.do("pull_note")["mouth"] == []
    bench.do("insert", fen=100)
    assert bench.whereabouts() == {"returned": 10000, "inside": 100}


@pytest.mark.parametrize(
    ("before", "kept_s"),
    [
        ([], 10),
        ([bytes.fromhex("5a 00007530 00007530")], 30),
        ([HOLD], 10),
    ],
    ids=["no command", "time-out set to 30 s", "hold"],
)
def test_escrow_lasts_only_so_long(bench: Bench, before: list[bytes], kept_s: int) -> None:
    bench.get_idle()
    for command in before:
        if command != HOLD:
            assert bench.ask(command) == ACK
    bench.do("insert", fen=500)
    bench.later(0.2)
    assert bench.peek() == "80 01"
    if HOLD in before:
        bench.later(9)
        assert bench.ask(HOLD) == ACK
        assert bench.peek() == "1a"
    bench.later(kept_s - 1)
    assert bench.peek() in ("80 01", "1a")
    bench.later(2)
    assert bench.poll() == "82 01"
    assert bench.whereabouts() == {"returned": 500}


def test_hold_can_be_repeated_and_still_ends_in_the_box(bench: Bench) -> None:
    bench.get_escrow(500)
    for _ in range(5):
        assert bench.ask(HOLD) == ACK
        bench.later(9)
    assert bench.ask(STACK) == ACK
    bench.later(1)
    assert bench.poll() == "81 01"


def test_without_the_escrow_bit_a_note_goes_straight_into_the_box(bench: Bench) -> None:
    bench.get_idle(ENABLE_ALL_STRAIGHT)
    bench.do("insert", fen=1000)
    bench.later(1)
    assert bench.poll() == "81 02"
    assert bench.whereabouts() == {"box": 1000}


@pytest.mark.parametrize(
    ("action", "given", "code"),
    [
        ("insert", {"fen": 10000}, "68"),  # of a kind that is not enabled
        ("insert", {"fen": 200}, "65"),  # of a kind it never saw
        ("insert_bad", {"reason": "optic", "fen": 2000}, "67"),  # a good one, but crumpled
        ("insert_bad", {}, "66"),  # worthless paper
    ],
)
def test_what_is_refused_comes_out_again_with_its_reason(
    bench: Bench, action: str, given: dict[str, object], code: str
) -> None:
    bench.get_idle(bytes.fromhex("34 00001f 00001f"))  # all but 100 yuan
    bench.do(action, **given)
    bench.later(0.2)
    assert bench.poll() == f"1c {code}"
    assert bench.ask(DISABLE) == ACK  # the reason does not change on the way
    assert bench.poll() == f"1c {code}"
    bench.later(1)
    assert bench.poll() == "19"
    assert bench.whereabouts() == ({"returned": given["fen"]} if given.get("fen") else {})


def test_a_second_note_makes_it_pause_until_somebody_pulls_it_out(bench: Bench) -> None:
    bench.get_escrow(5000)
    bench.do("insert", fen=100)
    assert bench.poll() == "46"
    assert bench.ask(STACK) == ILLEGAL
    bench.do("pull_note")
    assert bench.poll() == "80 04"
    assert bench.whereabouts() == {"inside": 5000, "returned": 100}


def test_a_second_note_that_stays_sends_both_back(bench: Bench) -> None:
    bench.get_escrow(5000)
    bench.do("insert", fen=100)
    bench.later(11)
    assert bench.poll() == "82 04"
    assert bench.whereabouts() == {"returned": 5100}


def test_disabling_with_a_note_in_escrow_leaves_the_note_to_the_host(bench: Bench) -> None:
    bench.get_escrow(1000)
    assert bench.ask(DISABLE) == ACK
    assert bench.poll() == "80 02"
    bench.ask(STACK)
    bench.later(1)
    assert bench.poll() == "81 02"
    assert bench.poll() == "19"


@pytest.mark.parametrize("forgets", [False, True])
def test_what_is_enabled_during_initialisation_holds_or_is_forgotten(tmp_path: Path, forgets: bool) -> None:
    bench = Bench(tmp_path, forgets_enabled=forgets)
    bench.ask(RESET)
    assert bench.peek() == "13" and bench.ask(STATUS) == bytes(6)
    assert bench.ask(ENABLE_ALL) == ACK
    bench.later(1)
    assert bench.poll() == ("19" if forgets else "14")
    assert (bench.ask(STATUS) == bytes(6)) is forgets
    bench.close()


@pytest.mark.parametrize(
    ("state", "allowed", "forbidden"),
    [
        (
            "power up",
            (RESET, STATUS, IDENTIFICATION, BILL_TABLE, COUNTER),
            (STACK, RETURN, HOLD, b"\x51", b"\x69"),
        ),
        ("disabled", (STATUS, IDENTIFICATION, BILL_TABLE, COUNTER, b"\x51", b"\x69"), (STACK, RETURN, HOLD)),
        ("idle", (STATUS, COUNTER), (STACK, RETURN, HOLD, IDENTIFICATION, BILL_TABLE, b"\x51", b"\x69")),
        ("escrow", (STATUS, COUNTER, HOLD), (IDENTIFICATION, BILL_TABLE, b"\x51", b"\x69")),
    ],
)
def test_commands_are_illegal_outside_their_states(
    bench: Bench, state: str, allowed: tuple[bytes, ...], forbidden: tuple[bytes, ...]
) -> None:
    arrange = {
        "power up": lambda: None,
        "disabled": bench.get_disabled,
        "idle": bench.get_idle,
        "escrow": lambda: bench.get_escrow(100),
    }
    arrange[state]()
    for command in forbidden:
        assert bench.ask(command) == ILLEGAL, command.hex()
    for command in reversed(allowed):
        assert bench.ask(command) != ILLEGAL, command.hex()


@pytest.mark.parametrize("wrong", ["99", "34 00003f", "5a 00"])
def test_unknown_commands_and_missing_parameters_are_illegal(bench: Bench, wrong: str) -> None:
    assert bench.ask(bytes.fromhex(wrong)) == ILLEGAL


def test_settings_of_the_host_are_read_back(bench: Bench) -> None:
    bench.get_disabled()
    assert bench.ask(bytes.fromhex("32 000004")) == ACK
    assert bench.ask(bytes.fromhex("34 00003e 000001")) == ACK
    assert bench.ask(STATUS).hex(" ") == "00 00 3e 00 00 04"
    assert bench.sim.state()["enabled"] == [500, 1000, 2000, 5000, 10000]
    bench.ask(DISABLE)
    assert bench.ask(bytes.fromhex("68 01020304")) == ACK
    assert bench.ask(b"\x69").hex(" ") == "01 02 03 04"


def test_another_head_shows_another_number_and_counts_by_itself(bench: Bench) -> None:
    first = bench.ask(IDENTIFICATION)
    assert len(first) == 34
    assert first[15:27].decode().strip() == bench.sim.state()["serial"]
    bench.do("swap", serial="99ZZ", counter=65535)
    assert bench.ask(IDENTIFICATION)[15:27] == b"99ZZ        "
    bench.get_escrow(100)
    bench.ask(STACK)
    bench.later(1)
    bench.poll()
    assert bench.ask(COUNTER) == b"\x00\x00"


def test_a_unit_without_counter_says_so(bench: Bench) -> None:
    bench.do("setup", has_counter=False, has_escrow_timeouts=False)
    assert bench.ask(COUNTER) == ILLEGAL
    assert bench.ask(bytes.fromhex("5a 00007530 00007530")) == ILLEGAL


# --- the cash box


def test_the_cash_box_is_collected(bench: Bench) -> None:
    bench.get_escrow(5000)
    bench.ask(STACK)
    bench.later(1)
    bench.poll()
    with pytest.raises(NotPossible, match="pull_box"):
        bench.do("empty_box")
    bench.do("pull_box")
    assert bench.poll() == "42"
    bench.do("empty_box")
    bench.do("put_box")
    assert bench.poll() == "13"
    bench.later(1)
    assert bench.poll() == "19"
    assert bench.whereabouts() == {"collected": 5000}
    assert bench.ask(COUNTER) == b"\x00\x01"


@pytest.mark.parametrize(
    ("pulled_at", "then", "where"),
    [
        ("escrow", "82 04", {"returned": 5000}),
        ("stacking", "82 04", {"returned": 5000}),
        ("past_lever", "81 04", {"box": 5000}),
        ("stacked", "81 04", {"box": 5000}),
    ],
)
def test_the_box_is_pulled_with_a_note_on_its_way(
    bench: Bench, pulled_at: str, then: str, where: dict[str, int]
) -> None:
    bench.get_idle()
    bench.do("when", moment=pulled_at, then="pull_box")
    bench.do("insert", fen=5000)
    bench.later(1)
    if pulled_at != "escrow":
        assert bench.peek() == "80 04"
        assert bench.ask(STACK) == ACK
        bench.later(1)
    assert bench.poll() == "42"
    bench.do("put_box")
    bench.later(1)
    assert bench.poll() == then
    assert bench.poll() == "19"
    assert bench.whereabouts() == where


def test_a_box_that_fills_up_under_a_note_in_escrow_sends_it_back(bench: Bench) -> None:
    bench.get_escrow(1000)
    bench.do("fill_box")
    assert bench.ask(STACK) == ACK
    bench.later(1)
    assert bench.poll() == "82 02"
    assert bench.poll() == "41"
    bench.do("pull_box")
    bench.do("empty_box")
    bench.do("put_box")
    bench.later(1)
    assert bench.poll() == "19"


def test_the_last_note_that_fits_is_told_before_the_box_is_full(tmp_path: Path) -> None:
    bench = Bench(tmp_path, box_notes=1)
    bench.get_escrow(1000)
    bench.ask(STACK)
    bench.later(1)
    assert bench.poll() == "81 02"
    assert bench.poll() == "41"
    bench.close()


# --- trouble


def test_a_jam_before_the_lever_is_pulled_out_by_hand(bench: Bench) -> None:
    bench.get_escrow(2000)
    bench.do("when", moment="stacking", then="jam", given={"where": "validator"})
    bench.ask(STACK)
    assert bench.poll() == "43"
    bench.ask(RESET)
    bench.later(1)
    assert bench.poll() == "43"
    bench.do("clear")
    bench.later(1)
    assert bench.poll() == "19"
    assert bench.whereabouts() == {"returned": 2000}


@pytest.mark.parametrize(
    ("note", "then", "where"),
    [("", "81 03", {"box": 2000}), ("pulled_out", "19", {"returned": 2000})],
)
def test_a_jam_at_the_cash_box_ends_in_the_box_or_in_a_hand(
    bench: Bench, note: str, then: str, where: dict[str, int]
) -> None:
    bench.get_escrow(2000)
    bench.do("when", moment="past_lever", then="jam", given={"where": "cash_box"})
    bench.ask(STACK)
    bench.later(1)
    assert bench.poll() == "44"
    assert bench.whereabouts() == {"inside": 2000}
    bench.do("clear", note=note)
    bench.later(1)
    assert bench.poll() == then
    assert bench.whereabouts() == where


@pytest.mark.parametrize(
    ("moment", "then", "where"),
    [
        ("stacking", "19", {"returned": 10000}),  # fished out again
        ("past_lever", "81 05", {"box": 10000}),  # too late for the string
    ],
)
def test_a_note_on_a_string(bench: Bench, moment: str, then: str, where: dict[str, int]) -> None:
    bench.get_escrow(10000)
    bench.do("when", moment=moment, then="cheat")
    bench.ask(STACK)
    bench.later(1)
    assert bench.poll() == "45"
    bench.ask(RESET)
    bench.later(1)
    assert bench.poll() == then
    assert bench.whereabouts() == where


def test_a_failure_stays_through_reset_until_repaired_and_still_identifies_itself(bench: Bench) -> None:
    bench.do("fail", kind="optic")
    bench.ask(RESET)
    bench.later(1)
    assert bench.poll() == "47 55"
    assert len(bench.ask(IDENTIFICATION)) == 34
    bench.do("clear")
    bench.later(1)
    assert bench.poll() == "19"


def test_busy_only_puts_things_off(bench: Bench) -> None:
    bench.get_escrow(100)
    bench.do("busy", ms=20_000)
    bench.later(15)
    assert bench.peek() == "1b 32"
    assert bench.ask(STACK) == ILLEGAL
    bench.later(6)
    assert bench.peek() == "80 00"  # the time in escrow did not run on
    bench.do("busy", ms=100)
    bench.ask(DISABLE)
    bench.later(1)
    assert bench.peek() == "80 00"


def test_what_was_disabled_while_busy_is_disabled(bench: Bench) -> None:
    bench.get_idle()
    bench.do("busy", ms=300)
    bench.ask(DISABLE)
    bench.later(1)
    assert bench.poll() == "19"


@pytest.mark.parametrize("state", ["escrow", "stacking", "past the lever", "stacked"])
def test_reset_with_a_note_inside(bench: Bench, state: str) -> None:
    bench.get_escrow(1000)
    if state != "escrow":
        bench.ask(STACK)
        bench.later({"stacking": 0.05, "past the lever": 0.2, "stacked": 1}[state])
    assert bench.ask(RESET) == ACK
    bench.later(1)
    kept = state in ("past the lever", "stacked")
    assert bench.poll() == ("81 02" if kept else "19")
    assert bench.poll() == "19"
    assert bench.whereabouts() == ({"box": 1000} if kept else {"returned": 1000})


def test_a_forgetful_unit_leaves_only_the_counter_behind(bench: Bench) -> None:
    bench.do("setup", reset_forgets=True)
    bench.get_escrow(1000)
    bench.ask(STACK)
    bench.later(1)
    assert bench.peek() == "81 02"
    bench.ask(RESET)
    bench.later(1)
    assert bench.poll() == "19"
    assert bench.ask(COUNTER) == b"\x00\x01"
    assert bench.whereabouts() == {"box": 1000}


def test_poll_is_the_only_thing_that_ever_moves_a_told_note_on(bench: Bench) -> None:
    bench.get_escrow(1000)
    bench.ask(STACK)
    bench.later(1)
    bench.say(ACK)  # nothing was told yet
    bench.later(100)
    assert bench.ask(POLL) == b"\x81\x02"


@pytest.mark.parametrize(
    ("action", "given", "says"),
    [
        ("sing", {}, "there is no action 'sing'"),
        ("insert", {}, "fen"),
        ("insert", {"fen": "20"}, "Expected `int`"),
        ("insert", {"fen": 0}, ">= 1"),
        ("insert", {"fen": 100, "colour": "red"}, "colour"),
        ("insert", {"fen": 100}, "power_up"),
        ("insert_bad", {"reason": "ugly"}, "none of insertion"),
        ("jam", {"where": "street"}, "street"),
        ("setup", {"stack_s": "long"}, "stack_s"),
        ("setup", {"lever_s": 9.0}, "later than stack_s"),
        ("setup", {"speed": 1}, "speed"),
        ("when", {"moment": "noon", "then": "cheat"}, "none of off"),
        ("when", {"moment": "idle", "then": "insert"}, "fen"),
        ("garbage", {"hex": "0g"}, "bytes such as"),
        ("pull_note", {}, "mouth"),
        ("put_box", {}, "in already"),
        ("clear", {}, "nothing is jammed"),
        ("power_on", {}, "power already"),
        ("plug", {}, "in already"),
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
