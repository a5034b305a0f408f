"""Every way the simulated EBDS line can go wrong, seen from the host's end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hardware.acceptors.ebds_sim_by_hand import STACK, Bench

IDLE = "01 10 00 00"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def test_a_message_with_a_bad_check_is_not_carried_out_and_the_old_reply_comes(bench: Bench) -> None:
    bench.get_escrow(100)
    bench.toggle ^= 1
    bench.send(bench.message(STACK)[:-1] + b"\x00")
    assert bench.hear_raw()[2:4] == bytes([0x20 | bench.toggle ^ 1, 0x04])
    assert bench.state() == "escrow"
    bench.say_again(STACK)
    assert bench.hear() == "08 10 00 00"


def test_before_the_first_good_message_a_bad_one_gets_no_answer(bench: Bench) -> None:
    bench.send(bench.message()[:-1] + b"\x00")
    assert bench.hears_nothing()


@pytest.mark.parametrize("noise", ["7f 00 13 37", "02 04", "02 7f", "02", "02 02"])
def test_it_finds_the_message_behind_noise(bench: Bench, noise: str) -> None:
    bench.toggle ^= 1
    bench.send(bytes.fromhex(noise) + bench.message())
    assert bench.hear() == "01 10 01 00"


def test_half_a_message_is_forgotten_after_a_pause(bench: Bench) -> None:
    bench.send(bench.message()[:4])
    bench.flush()
    bench.later(1)
    assert bench.poll() == "01 10 01 00"


def test_a_message_that_arrives_byte_by_byte_is_one_message(bench: Bench) -> None:
    bench.toggle ^= 1
    for byte in bench.message():
        bench.send(bytes([byte]))
    assert bench.hear() == "01 10 01 00"


def test_a_dropped_reply_is_a_message_carried_out_and_can_be_had_again(bench: Bench) -> None:
    bench.get_escrow(100)
    bench.poll(STACK)
    bench.later(1)
    bench.do("drop_replies", times=1)
    bench.say()
    assert bench.hears_nothing()
    bench.say_again()
    assert bench.hear() == "11 10 08 00"
    assert bench.poll() == IDLE


def test_a_corrupt_reply_can_be_had_again(bench: Bench) -> None:
    bench.get_escrow(100)
    bench.poll(STACK)
    bench.later(1)
    bench.do("corrupt", times=1)
    bench.say()
    wrong = bench.hear_raw()
    bench.say_again()
    right = bench.hear_raw()
    assert wrong[:-1] == right[:-1]
    assert wrong != right
    assert bench.poll() == IDLE


def test_a_deaf_unit_carries_nothing_out(bench: Bench) -> None:
    bench.get_escrow(100)
    bench.do("deaf", times=1)
    bench.say(STACK)
    assert bench.hears_nothing()
    assert bench.state() == "escrow"


def test_an_echoing_line_brings_the_message_back_before_the_answer(bench: Bench) -> None:
    bench.do("echo")
    bench.say()
    assert bench.hear_raw() == bench.message()
    assert bench.hear() == "01 10 01 00"


def test_split_and_slow_replies_are_whole_in_the_end(bench: Bench) -> None:
    bench.do("split")
    bench.do("slow", ms=30)
    bench.get_idle()


def test_garbage_comes_unasked(bench: Bench) -> None:
    bench.do("garbage", hex="5e 2d")
    assert os.read(bench.port, 2).hex() == "5e2d"


def test_behave_ends_everything(bench: Bench) -> None:
    for action in ("drop_replies", "corrupt", "stale", "deaf"):
        bench.do(action, times=5)
    bench.do("split")
    bench.do("echo")
    assert len(bench.do("slow", ms=5)["faults"]) == 7
    assert bench.do("behave")["faults"] == {}
    assert bench.poll() == "01 10 01 00"


def test_the_cable_is_pulled_and_the_unit_goes_on_without_it(bench: Bench) -> None:
    bench.get_escrow(100)
    bench.poll(STACK)
    bench.do("unplug")
    bench.say()
    assert bench.hears_nothing()
    bench.later(60)
    bench.do("plug")
    bench.toggle ^= 1  # that message was never heard
    assert bench.poll() == "11 10 08 00"
