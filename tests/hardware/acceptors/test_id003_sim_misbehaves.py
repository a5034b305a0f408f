"""Every way the simulated ID-003 line can go wrong, seen from the host's end."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.acceptors.id003_sim import Id003Sim
from tests.hardware.acceptors.id003_sim_by_hand import (
    ACK,
    COMM_ERROR,
    CURRENCY,
    STACK_1,
    STATUS,
    VERSION,
    Bench,
    frame,
)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def test_a_command_with_a_bad_checksum_is_refused_and_not_carried_out(bench: Bench) -> None:
    bench.get_escrow(100)
    bench.send(frame(STACK_1)[:-1] + b"\x00")
    assert bench.hear() == COMM_ERROR
    assert bench.poll() == "13 61"


@pytest.mark.parametrize("noise", ["ff 00 13 37", "fc 04", "fc ff", "fc", "fc fc"])
def test_it_finds_the_frame_behind_noise(bench: Bench, noise: str) -> None:
    bench.send(bytes.fromhex(noise) + frame(STATUS))
    assert bench.hear() == b"\x40"


def test_half_a_frame_is_forgotten_after_a_pause(bench: Bench) -> None:
    bench.send(frame(STATUS)[:4])
    bench.flush()
    bench.later(1)
    assert bench.ask(VERSION)[:1] == VERSION


def test_a_frame_that_arrives_byte_by_byte_is_one_frame(bench: Bench) -> None:
    for byte in frame(STATUS):
        bench.send(bytes([byte]))
    assert bench.hear() == b"\x40"


def test_a_dropped_reply_is_a_command_carried_out(bench: Bench) -> None:
    bench.get_escrow(100)
    bench.do("drop_replies", times=1)
    bench.say(STACK_1)
    assert bench.hears_nothing()
    assert bench.poll() == "14"


def test_a_deaf_unit_carries_nothing_out(bench: Bench) -> None:
    bench.get_escrow(100)
    bench.do("deaf", times=1)
    bench.say(STACK_1)
    assert bench.hears_nothing()
    assert bench.poll() == "13 61"


def test_communication_errors_are_counted_and_carry_nothing_out(bench: Bench) -> None:
    bench.get_escrow(100)
    bench.do("comm_errors", times=2)
    assert bench.ask(STACK_1) == COMM_ERROR
    assert bench.ask(STACK_1) == COMM_ERROR
    assert bench.ask(STACK_1) == ACK


def test_a_corrupt_reply_is_the_right_one_with_a_wrong_checksum(bench: Bench) -> None:
    bench.do("corrupt", times=1)
    bench.say(STATUS)
    raw = bench.hear_raw()
    assert raw[:-1] == frame(b"\x40")[:-1]
    assert raw != frame(b"\x40")
    assert bench.poll() == "40"


def test_lost_acknowledgements_make_it_tell_again(bench: Bench) -> None:
    bench.get_vend_valid(1000)
    bench.do("drop_acks", times=2)
    for _ in range(2):
        bench.acknowledge()
        assert bench.poll() == "15"
    bench.acknowledge()
    assert bench.poll() == "16"


def test_an_echoing_line_brings_the_command_back_before_the_answer(bench: Bench) -> None:
    bench.do("echo")
    bench.say(STATUS)
    assert [bench.hear(), bench.hear()] == [STATUS, b"\x40"]
    bench.do("echo", on=False)
    assert bench.ask(STATUS) == b"\x40"


def test_split_and_slow_replies_are_whole_in_the_end(bench: Bench) -> None:
    bench.do("split")
    bench.do("slow", ms=30)
    bench.get_disabled()
    assert len(bench.ask(CURRENCY)) == 25


def test_garbage_comes_unasked(bench: Bench) -> None:
    bench.do("garbage", hex="de ad")
    assert os.read(bench.port, 2).hex() == "dead"


def test_behave_ends_everything(bench: Bench) -> None:
    for action in ("drop_replies", "corrupt", "drop_acks", "comm_errors", "deaf"):
        bench.do(action, times=5)
    bench.do("split")
    bench.do("echo")
    assert len(bench.do("slow", ms=5)["faults"]) == 8
    assert bench.do("behave")["faults"] == {}
    assert bench.ask(STATUS) == b"\x40"


def test_the_cable_is_pulled_and_the_unit_goes_on_without_it(bench: Bench) -> None:
    bench.get_escrow(100)
    bench.ask(STACK_1)
    bench.do("unplug")
    assert not bench.link.is_symlink()
    bench.say(STATUS)
    assert bench.hears_nothing()
    bench.later(1)
    bench.do("plug")
    assert bench.link.is_symlink()
    assert bench.poll() == "15"


def test_at_9600_baud_a_currency_table_takes_its_time(tmp_path: Path) -> None:
    sim = Id003Sim("acceptor", tmp_path / "slow", baud=9600)
    sim.start()
    port = os.open(tmp_path / "slow", os.O_RDWR | os.O_NOCTTY)
    began = time.monotonic()
    os.write(port, frame(CURRENCY))
    got = b""
    while len(got) < 29:
        got += os.read(port, 29)
    assert got == frame(got[2:-2])
    assert time.monotonic() - began >= 0.03  # 29 bytes of ten bits
    os.close(port)
    sim.stop()
