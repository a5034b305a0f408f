"""Every way the simulated SSP line can go wrong, seen from the host's end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.simulated import NotPossible
from tests.hardware.acceptors.ssp_sim_by_hand import (
    A_WHILE_S,
    HOLD,
    OK,
    POLL,
    REJECT,
    SERIAL,
    SYNC,
    Bench,
    a_bench,
    frame,
)

SERIAL_REPLY = "f0 00 29 8a a6"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with a_bench(tmp_path) as bench:
        yield bench


def test_a_command_with_a_bad_checksum_gets_no_answer_and_does_nothing(bench: Bench) -> None:
    bench.get_escrow(100)
    bench.send(frame(b"\x07", 1 - bench.flag)[:-1] + b"\x00")
    assert bench.hears_nothing()
    assert bench.is_in("holding")


def test_frames_for_another_address_are_not_answered(bench: Bench) -> None:
    bench.send(frame(b"\x0c", 0, address=0x10))
    assert bench.hears_nothing()
    assert bench.ask(SERIAL) == SERIAL_REPLY


@pytest.mark.parametrize("noise", ["ff 00 13 37", "7f", "7f 7f", "7f 80", "7f 80 05 07", "7f 80 01 07 12"])
def test_a_lone_7f_begins_a_new_frame(bench: Bench, noise: str) -> None:
    bench.flag = 1 - bench.flag
    bench.send(bytes.fromhex(noise) + frame(b"\x0c", bench.flag))
    assert bench.hear() == SERIAL_REPLY


def test_half_a_frame_is_forgotten_after_a_pause(bench: Bench) -> None:
    bench.send(b"\x7f\x80\x09")
    bench.flush()
    bench.later(A_WHILE_S)
    bench.flag = 1 - bench.flag
    bench.send(frame(b"\x0c", bench.flag)[1:])  # its 7F was eaten by the line
    assert bench.hears_nothing()
    bench.later(A_WHILE_S)
    assert bench.ask(SERIAL) == SERIAL_REPLY


def test_a_dropped_reply_is_a_command_carried_out(bench: Bench) -> None:
    bench.get_escrow(100)
    bench.do("drop_replies", times=1)
    bench.say(REJECT)
    assert bench.hears_nothing()
    assert bench.is_in("rejecting")
    assert bench.ask_again(REJECT) == OK


def test_a_deaf_unit_carries_nothing_out(bench: Bench) -> None:
    bench.get_escrow(100)
    bench.do("deaf", times=1)
    bench.say(REJECT)
    assert bench.hears_nothing()
    assert bench.is_in("holding")
    assert bench.ask_again(REJECT) == OK
    assert bench.is_in("rejecting")


def test_a_corrupt_reply_is_followed_by_the_right_one_when_asked_again(bench: Bench) -> None:
    bench.get_idle()
    bench.do("corrupt", times=1)
    bench.say(SERIAL)
    right = frame(bytes.fromhex(SERIAL_REPLY), bench.flag)
    raw = bench.hear_raw()
    assert raw[:-2] == right[:-2]
    assert raw[-2:] != right[-2:]
    bench.say_again(SERIAL)
    assert bench.hear_raw() == right


def test_a_reply_may_come_twice(bench: Bench) -> None:
    bench.do("repeat", times=1)
    bench.say(SERIAL)
    assert [bench.hear(), bench.hear()] == [SERIAL_REPLY, SERIAL_REPLY]


def test_a_reply_may_carry_the_other_flag_or_address(bench: Bench) -> None:
    bench.do("wrong_flag", times=1)
    bench.say(SERIAL)
    assert bench.hear_raw() == frame(bytes.fromhex(SERIAL_REPLY), 1 - bench.flag)
    bench.do("wrong_address", times=1)
    bench.say_again(SERIAL)
    assert bench.hear_raw() == frame(bytes.fromhex(SERIAL_REPLY), bench.flag, address=0x10)


@pytest.mark.parametrize("code", ["F2", "F3", "F4", "F5", "F6", "F8", "FA"])
def test_a_refused_command_is_not_carried_out(bench: Bench, code: str) -> None:
    bench.get_escrow(100)
    bench.do("refuse", code=code, times=2)
    assert bench.ask(POLL) == code.lower()
    assert bench.ask_again(POLL) == code.lower()  # the same reply again, not another refusal
    assert bench.ask(HOLD) == code.lower()
    assert bench.is_in("holding")
    assert bench.ask(HOLD) == OK


def test_one_note_in_escrow_another_credited(bench: Bench) -> None:
    bench.do("wrong_channel", code=6)
    bench.get_accepted(100)
    bench.later(A_WHILE_S)
    assert bench.poll() == "ee 06 cc eb"
    assert bench.whereabouts() == {"box": 100}


def test_unknown_events_come_behind_the_known_ones(bench: Bench) -> None:
    bench.get_escrow(100)
    bench.do("report", hex="99 01 ee 06")
    assert bench.poll() == "cc 99 01 ee 06"
    with pytest.raises(NotPossible, match="100"):
        bench.do("report", hex="00" * 101)


def test_an_echoing_line_brings_the_command_back_before_the_answer(bench: Bench) -> None:
    bench.do("echo")
    bench.say(SERIAL)
    assert [bench.hear(), bench.hear()] == ["0c", SERIAL_REPLY]
    bench.do("echo", on=False)
    assert bench.ask(SERIAL) == SERIAL_REPLY


def test_split_and_slow_replies_are_whole_in_the_end(bench: Bench) -> None:
    bench.do("split")
    bench.do("slow", ms=30)
    assert bench.ask("05").endswith("64 00 00 00")


def test_garbage_comes_unasked(bench: Bench) -> None:
    bench.do("garbage", hex="de ad")
    assert os.read(bench.port, 2).hex() == "dead"
    with pytest.raises(NotPossible, match="write bytes"):
        bench.do("garbage", hex="xx")


def test_behave_ends_everything(bench: Bench) -> None:
    for action in ("drop_replies", "corrupt", "deaf", "repeat", "wrong_flag", "wrong_address"):
        bench.do(action, times=5)
    for action in ("split", "echo"):
        bench.do(action, on=True)
    bench.do("slow", ms=5)
    bench.do("refuse", code="F6", times=5)
    assert len(bench.do("wrong_channel", code=9)["faults"]) == 11
    assert bench.do("behave")["faults"] == {}
    assert bench.ask(SYNC) == OK


def test_the_cable_is_pulled_and_the_unit_goes_on_without_it(bench: Bench) -> None:
    bench.get_accepted(100)
    bench.do("unplug")
    assert not bench.link.is_symlink()
    bench.say(POLL)
    assert bench.hears_nothing()
    bench.later(A_WHILE_S)
    bench.do("plug")
    assert bench.link.is_symlink()
    assert bench.ask_again(POLL) == "f0 ee 01 cc eb"


@pytest.mark.parametrize(
    ("action", "given", "why"),
    [
        ("dance", {}, "there is no action"),
        ("insert_bad", {"reason": "ugly"}, "none of"),
        ("refuse", {"code": "F0"}, "none of"),
        ("when", {"moment": "never", "then": "cheat"}, "none of"),
        ("when", {"moment": "escrow", "then": "dance"}, "there is no action"),
        ("setup", {"lever_s": 9}, "later than stack_s"),
        ("power_on", {}, "power already"),
        ("put_box", {}, "in already"),
        ("pull_note", {}, "no note"),
        ("clear", {}, "nothing is jammed"),
        ("jam", {"where": "roof"}, "roof"),
    ],
)
def test_what_can_not_be_done_is_said(bench: Bench, action: str, given: dict[str, object], why: str) -> None:
    with pytest.raises(NotPossible, match=why):
        bench.do(action, **given)
