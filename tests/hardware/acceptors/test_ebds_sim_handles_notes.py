"""Notes through the simulated EBDS acceptor: taken, returned, refused, with every hand near it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.simulated import NotPossible
from tests.hardware.acceptors.ebds_sim_by_hand import RETURN, SOFT_RESET, STACK, Bench, frame

IDLE = "01 10 00 00"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def test_a_note_is_told_once_with_its_value_when_it_is_in_the_box(bench: Bench) -> None:
    # given 20 yuan in escrow
    bench.get_escrow(2000)
    assert bench.poll() == "04 10 20 00"
    # when the host takes it
    assert bench.poll(STACK) == "08 10 00 00"
    bench.later(0.15)
    assert bench.poll() == "08 10 00 00"
    assert bench.sim.state()["past_lever"]
    bench.later(0.12)
    assert bench.state() == "stacked"  # in the box, but the motors are still running
    assert bench.poll() == "08 10 00 00"
    bench.later(1)
    # then one new reply tells it, beside the state of the moment
    assert bench.sim.state()["untold_fen"] == 2000
    assert bench.poll() == "11 10 20 00"
    assert bench.poll() == IDLE
    assert bench.whereabouts() == {"box": 2000}
    assert bench.sim.state()["untold_fen"] == 0


def test_a_note_goes_back_on_demand_and_a_second_one_waits_for_the_mouth_to_be_free(bench: Bench) -> None:
    bench.get_escrow(10000)
    assert bench.poll(RETURN) == "20 10 00 00"
    bench.later(1)
    assert bench.poll() == "41 10 00 00"
    assert bench.poll() == IDLE
    with pytest.raises(NotPossible, match="pull_note"):
        bench.do("insert", fen=100)
    bench.do("pull_note")
    bench.do("insert", fen=100)
    assert bench.whereabouts() == {"returned": 10000, "inside": 100}


def test_a_note_stays_in_escrow_for_as_long_as_the_host_polls(bench: Bench) -> None:
    bench.get_escrow(500)
    for _ in range(20):
        bench.later(4.9)
        assert bench.poll() == "04 10 10 00"
    assert bench.poll(STACK) == "08 10 00 00"


def test_five_seconds_of_silence_bring_the_note_back_and_stop_the_unit(bench: Bench) -> None:
    bench.get_escrow(500)
    bench.later(5.05)
    assert bench.state() == "returning"
    bench.later(6)
    assert bench.state() == "disabled"
    with pytest.raises(NotPossible, match="pull_note"):
        bench.do("insert", fen=100)
    bench.do("pull_note")
    with pytest.raises(NotPossible, match="disabled"):
        bench.do("insert", fen=100)
    # and the next message opens it again, and learns of the return
    assert bench.poll() == "41 10 00 00"
    bench.do("insert", fen=100)
    assert bench.whereabouts() == {"returned": 500, "inside": 100}


def test_a_note_that_falls_into_the_box_in_silence_is_told_to_the_next_message(bench: Bench) -> None:
    bench.get_escrow(500)
    bench.poll(STACK)
    bench.later(3600)
    assert bench.poll() == "11 10 10 00"


def test_without_the_escrow_bit_notes_go_straight_into_the_box_and_each_is_told(bench: Bench) -> None:
    bench.with_escrow = 0
    bench.get_idle()
    for fen in (1000, 100):
        bench.do("insert", fen=fen)
        bench.later(1)
    assert bench.poll() == "11 10 18 00"
    assert bench.poll() == "11 10 08 00"
    assert bench.poll() == IDLE
    assert bench.whereabouts() == {"box": 1100}


@pytest.mark.parametrize(
    ("action", "given"),
    [
        ("insert", {"fen": 10000}),  # of a kind that is switched off
        ("insert", {"fen": 200}),  # of a kind it never saw
        ("insert_bad", {"fen": 2000}),  # a good one, but crumpled
        ("insert_bad", {}),  # worthless paper
    ],
)
def test_what_is_refused_comes_out_again(bench: Bench, action: str, given: dict[str, int]) -> None:
    bench.enabled = 0x1F
    bench.get_idle()
    assert bench.sim.state()["enabled"] == [100, 500, 1000, 2000, 5000]
    bench.do(action, **given)
    bench.later(0.2)
    assert bench.poll() == "02 10 00 00"
    bench.later(1)
    assert bench.poll() == "01 12 00 00"
    assert bench.poll() == IDLE
    assert bench.whereabouts() == ({"returned": given["fen"]} if given else {})


def test_disabling_with_a_note_in_escrow_leaves_the_note_to_the_host(bench: Bench) -> None:
    bench.get_escrow(1000)
    bench.enabled = 0
    assert bench.poll() == "04 10 18 20"
    bench.poll(STACK)
    bench.later(1)
    assert bench.poll() == "11 10 18 20"
    with pytest.raises(NotPossible, match="disabled"):
        bench.do("insert", fen=100)


def test_stack_and_return_without_a_note_do_nothing(bench: Bench) -> None:
    bench.get_idle()
    assert [bench.poll(STACK), bench.poll(RETURN)] == [IDLE, IDLE]


def test_stack_and_return_at_once_is_invalid_and_leaves_the_note(bench: Bench) -> None:
    bench.get_escrow(1000)
    assert bench.poll(STACK | RETURN) == "04 10 1a 00"
    assert bench.poll() == "04 10 18 00"


@pytest.mark.parametrize(
    ("control", "data"),
    [(0x10, "7f 1c"), (0x70, "7f 1c 10"), (0x60, "01 02 03")],
    ids=["short", "ext", "aux"],
)
def test_a_message_it_does_not_know_is_invalid(bench: Bench, control: int, data: str) -> None:
    bench.get_idle()
    bench.toggle ^= 1
    bench.send(frame(control | bench.toggle, bytes.fromhex(data)))
    assert bench.hear() == "01 10 02 00"
    assert bench.poll() == IDLE


def test_a_second_note_makes_it_pause_until_somebody_pulls_it_out(bench: Bench) -> None:
    bench.get_escrow(5000)
    bench.do("insert", fen=100)
    assert bench.poll(STACK) == "00 30 00 00"
    bench.do("pull_note")
    assert bench.poll() == "04 10 28 00"
    assert bench.whereabouts() == {"inside": 5000, "returned": 100}


# --- toggles


def test_a_message_said_again_is_answered_again_and_not_carried_out_again(bench: Bench) -> None:
    bench.get_escrow(2000)
    bench.poll(STACK)
    bench.later(1)
    told = bench.poll()
    for _ in range(3):
        bench.say_again()
        assert bench.hear() == told == "11 10 20 00"
    assert bench.poll() == IDLE
    # also when it says something else
    bench.do("insert", fen=100)
    bench.later(0.2)
    assert bench.poll() == "04 10 08 00"
    bench.say_again(STACK)
    assert bench.hear() == "04 10 08 00"
    assert bench.state() == "escrow"


def test_a_message_that_is_not_accepted_gets_the_old_toggle_and_may_be_said_again(bench: Bench) -> None:
    bench.get_escrow(2000)
    bench.do("stale", times=2)
    bench.say(STACK)
    assert bench.hear_raw()[2] == 0x20 | bench.toggle ^ 1
    bench.say_again(STACK)
    assert bench.hear_raw()[2] == 0x20 | bench.toggle ^ 1
    assert bench.state() == "escrow"
    bench.say_again(STACK)
    assert bench.hear() == "08 10 00 00"


def test_after_power_up_either_toggle_will_do(bench: Bench) -> None:
    for _ in range(2):
        assert bench.poll() == "01 10 01 00"
        assert bench.poll() == IDLE
        bench.toggle ^= 1
        bench.do("power_cut")
        bench.do("power_on")


# --- the cash box


def test_the_cash_box_is_collected(bench: Bench) -> None:
    bench.get_escrow(5000)
    bench.poll(STACK)
    bench.later(1)
    bench.poll()
    with pytest.raises(NotPossible, match="pull_box"):
        bench.do("empty_box")
    bench.do("pull_box")
    assert bench.poll() == "01 00 00 00"
    bench.do("empty_box")
    bench.do("put_box")
    assert bench.poll() == "00 10 00 00"
    bench.later(1)
    assert bench.poll() == IDLE
    assert bench.whereabouts() == {"collected": 5000}


# Pulled on entering · what is told without the box · and with the box back · where the note is in the end.
PULLED = [
    ("escrow", "01 00 00 00", "41 10 00 00", {"returned": 5000}),
    ("stacking", "01 00 00 00", "41 10 00 00", {"returned": 5000}),
    ("past_lever", "11 00 28 00", IDLE, {"collected": 5000}),
    ("stacked", "11 00 28 00", IDLE, {"collected": 5000}),
]


@pytest.mark.parametrize(("stage", "without", "back", "where"), PULLED, ids=[row[0] for row in PULLED])
def test_the_box_is_pulled_with_a_note_on_its_way(
    bench: Bench, stage: str, without: str, back: str, where: dict[str, int]
) -> None:
    bench.get_idle()
    bench.do("when", moment=stage, then="pull_box")
    bench.do("insert", fen=5000)
    bench.later(0.2)
    if stage != "escrow":
        assert bench.poll() == "04 10 28 00"
        assert bench.poll(STACK) == ("01 00 00 00" if stage == "stacking" else "08 10 00 00")
        bench.later(1)
    assert bench.poll() == without
    assert bench.poll() == "01 00 00 00"
    bench.do("empty_box")
    bench.do("put_box")
    assert bench.poll() == "00 10 00 00"
    bench.later(2)
    assert bench.poll() == back
    assert bench.poll() == IDLE
    assert bench.whereabouts() == where


def test_a_box_that_fills_up_under_a_note_in_escrow_sends_it_back(bench: Bench) -> None:
    bench.get_escrow(1000)
    bench.do("fill_box")
    bench.poll(STACK)
    bench.later(1)
    assert bench.poll() == "40 18 00 00"
    assert bench.poll() == "00 18 00 00"
    for action in ("pull_box", "empty_box", "put_box"):
        bench.do(action)
    bench.later(1)
    assert bench.poll() == IDLE
    assert bench.whereabouts() == {"returned": 1000}


def test_the_last_note_that_fits_is_told_with_the_full_box(tmp_path: Path) -> None:
    bench = Bench(tmp_path, box_notes=1)
    bench.get_escrow(1000)
    bench.poll(STACK)
    bench.later(1)
    assert bench.poll() == "10 18 18 00"
    assert bench.whereabouts() == {"box": 1000}
    bench.close()


# --- trouble


def test_a_jam_before_the_lever_is_pulled_out_by_hand(bench: Bench) -> None:
    bench.get_escrow(2000)
    bench.do("when", moment="stacking", then="jam", given={"where": "validator"})
    assert bench.poll(STACK) == "00 14 00 00"
    bench.do("clear")
    bench.later(1)
    assert bench.poll() == IDLE
    assert bench.whereabouts() == {"returned": 2000}


@pytest.mark.parametrize(
    ("note", "then", "where"),
    [("", "11 10 20 00", {"box": 2000}), ("pulled_out", IDLE, {"returned": 2000})],
)
def test_a_jam_at_the_cash_box_ends_in_the_box_or_in_a_hand(
    bench: Bench, note: str, then: str, where: dict[str, int]
) -> None:
    bench.get_escrow(2000)
    bench.do("when", moment="past_lever", then="jam", given={"where": "cash_box"})
    bench.poll(STACK)
    bench.later(1)
    assert bench.poll() == "00 14 00 00"
    bench.do("clear", note=note)
    bench.later(2)
    assert bench.poll() == then
    assert bench.whereabouts() == where


@pytest.mark.parametrize(
    ("moment", "then", "where"),
    [("stacking", IDLE, {"returned": 10000}), ("past_lever", "11 10 30 00", {"box": 10000})],
)
def test_a_note_on_a_string(bench: Bench, moment: str, then: str, where: dict[str, int]) -> None:
    bench.get_escrow(10000)
    bench.do("when", moment=moment, then="cheat")
    bench.say(STACK)
    bench.hear_raw()
    bench.later(0.2)
    assert bench.poll() == "00 11 00 00"
    bench.later(2)
    assert bench.poll() == then
    assert bench.whereabouts() == where


@pytest.mark.parametrize(
    ("kind", "told"),
    [("stack_motor", "00 10 04 00"), ("transport_open", "00 10 40 00"), ("stalled", "00 10 00 01")],
)
def test_a_failure_stays_through_reset_until_repaired(bench: Bench, kind: str, told: str) -> None:
    bench.get_idle()
    bench.do("fail", kind=kind)
    assert bench.poll() == told
    bench.send(SOFT_RESET)
    assert bench.hears_nothing()
    bench.poll()
    assert bench.poll() == told
    bench.do("clear")
    bench.later(1)
    assert bench.poll() == IDLE


def test_another_head_shows_another_model(bench: Bench) -> None:
    bench.poll()
    bench.do("swap", model=77)
    bench.say()
    assert bench.hear_raw()[3:9].hex(" ") == "01 10 01 00 4d 02"


@pytest.mark.parametrize(
    ("action", "given", "says"),
    [
        ("sing", {}, "there is no action 'sing'"),
        ("insert", {"fen": 100}, "power_up"),
        ("insert_bad", {"reason": "ugly"}, "none of verification"),
        ("fail", {"kind": "heart"}, "none of stack_motor"),
        ("setup", {"notes_fen": [100] * 8}, "possible are 1 to 7"),
        ("setup", {"model": 200}, "model"),
        ("swap", {"model": -1}, "model"),
    ],
)
def test_what_can_not_be_done_is_refused_with_a_reason(
    bench: Bench, action: str, given: dict[str, object], says: str
) -> None:
    before = bench.sim.state()
    with pytest.raises(NotPossible, match=says):
        bench.do(action, **given)
    assert bench.sim.state() == before
