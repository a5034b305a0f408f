"""Every way the simulated line can go wrong, seen from the host's end."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.acceptors.ccnet_sim import CcnetSim
from tests.hardware.acceptors.ccnet_by_hand import ACK, COUNTER, NAK, POLL, STACK, STATUS, Bench, frame


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def test_a_command_with_a_bad_checksum_is_refused_and_not_carried_out(bench: Bench) -> None:
    bench.get_escrow(100)
    bench.send(frame(STACK)[:-1] + b"\x00")
    assert bench.hear() == NAK
    assert bench.peek() == "80 00"


def test_frames_for_another_address_are_not_answered(bench: Bench) -> None:
    bench.send(frame(STATUS, address=1))
    assert bench.ask(POLL) == b"\x10"


@pytest.mark.parametrize("noise", ["ff 00 13 37", "02 03 00", "02 03 05"])
def test_it_finds_the_frame_behind_noise(bench: Bench, noise: str) -> None:
    bench.send(bytes.fromhex(noise) + frame(POLL))
    assert bench.hear() == b"\x10"


def test_half_a_frame_is_forgotten_after_a_pause(bench: Bench) -> None:
    bench.send(frame(POLL)[:4])
    bench.flush()
    bench.later(1)
    assert bench.ask(STATUS) == bytes(6)


def test_a_frame_that_arrives_byte_by_byte_is_one_frame(bench: Bench) -> None:
    for byte in frame(POLL):
        bench.send(bytes([byte]))
    assert bench.hear() == b"\x10"


def test_a_dropped_reply_is_a_command_carried_out(bench: Bench) -> None:
    bench.get_escrow(100)
    bench.do("drop_replies", times=1)
    bench.say(STACK)
    bench.wait_for("stacking")
    assert bench.peek() == "17"


def test_a_deaf_unit_carries_nothing_out(bench: Bench) -> None:
    bench.get_escrow(100)
    bench.do("deaf", times=1)
    bench.say(STACK)
    assert bench.peek() == "80 00"


def test_naks_are_counted_and_carry_nothing_out(bench: Bench) -> None:
    bench.get_escrow(100)
    bench.do("nak", times=2)
    assert bench.ask(STACK) == NAK
    assert bench.ask(STACK) == NAK
    assert bench.ask(STACK) == ACK


def test_a_corrupt_reply_is_the_right_one_with_a_wrong_checksum(bench: Bench) -> None:
    bench.do("corrupt", times=1)
    bench.say(POLL)
    raw = bench.hear_raw()
    assert raw[:-1] == frame(b"\x10")[:-1]
    assert raw != frame(b"\x10")
    assert bench.peek() == "10"


def test_a_reply_from_another_address_is_well_formed(bench: Bench) -> None:
    bench.do("wrong_address", times=1)
    bench.say(POLL)
    assert bench.hear_raw() == frame(b"\x10", address=2)


def stack(bench: Bench, fen: int) -> None:
    bench.get_escrow(fen)
    assert bench.ask(STACK) == ACK
    bench.later(1)


def test_lost_acknowledgements_make_it_tell_again(bench: Bench) -> None:
    stack(bench, 1000)
    bench.do("drop_acks", times=2)
    assert [bench.poll() for _ in range(4)] == ["81 02", "81 02", "81 02", "14"]


def test_late_acknowledgements_do_not_count(bench: Bench) -> None:
    stack(bench, 1000)
    bench.do("ack_limit", ms=10)
    assert bench.peek() == "81 02"
    bench.flush()
    bench.later(0.5)
    bench.say(ACK)
    assert bench.peek() == "81 02"
    bench.do("ack_limit", ms=0)
    assert bench.poll() == "81 02"
    assert bench.poll() == "14"


def test_a_stacked_note_told_again_although_acknowledged_is_still_one_note(bench: Bench) -> None:
    bench.do("repeat_stacked", times=2)
    stack(bench, 1000)
    assert [bench.poll() for _ in range(4)] == ["81 02", "81 02", "81 02", "14"]
    assert bench.ask(COUNTER) == b"\x00\x01"
    assert bench.whereabouts() == {"box": 1000}


def test_some_units_say_it_only_once(bench: Bench) -> None:
    bench.do("setup", reports_once=True)
    stack(bench, 1000)
    assert [bench.peek(), bench.peek()] == ["81 02", "14"]


def test_one_note_in_escrow_another_stacked(bench: Bench) -> None:
    bench.do("wrong_type", code=5)
    stack(bench, 100)
    assert bench.poll() == "81 05"
    assert bench.whereabouts() == {"box": 100}
    stack(bench, 100)
    assert bench.poll() == "81 00"


def test_an_echoing_line_brings_the_command_back_before_the_answer(bench: Bench) -> None:
    bench.do("echo")
    bench.say(POLL)
    assert [bench.hear(), bench.hear()] == [POLL, b"\x10"]
    bench.do("echo", on=False)
    assert bench.ask(POLL) == b"\x10"


def test_split_and_slow_replies_are_whole_in_the_end(bench: Bench) -> None:
    bench.do("split")
    bench.do("slow", ms=30)
    bench.get_disabled()
    assert len(bench.ask(b"\x41")) == 120


def test_garbage_comes_unasked(bench: Bench) -> None:
    bench.do("garbage", hex="de ad")
    assert os.read(bench.port, 2).hex() == "dead"


def test_behave_ends_everything(bench: Bench) -> None:
    for action in (
        "drop_replies",
        "corrupt",
        "drop_acks",
        "nak",
        "deaf",
        "wrong_address",
        "repeat_stacked",
    ):
        bench.do(action, times=5)
    for action in ("split", "echo"):
        bench.do(action, on=True)
    bench.do("slow", ms=5)
    bench.do("ack_limit", ms=5)
    assert len(bench.do("wrong_type", code=9)["faults"]) == 12
    assert bench.do("behave")["faults"] == {}
    assert bench.ask(POLL) == b"\x10"


def test_the_cable_is_pulled_and_the_unit_goes_on_without_it(bench: Bench) -> None:
    bench.get_escrow(100)
    bench.ask(STACK)
    bench.do("unplug")
    assert not bench.link.is_symlink()
    bench.say(POLL)
    bench.flush()
    bench.later(1)
    bench.do("plug")
    assert bench.link.is_symlink()
    assert bench.poll() == "81 00"


def test_at_9600_baud_a_bill_table_takes_its_time(tmp_path: Path) -> None:
    sim = CcnetSim("acceptor", tmp_path / "slow", baud=9600)
    sim.start()
    port = os.open(tmp_path / "slow", os.O_RDWR | os.O_NOCTTY)
    began = time.monotonic()
    os.write(port, frame(b"\x41"))
    got = b""
    while len(got) < 125:
        got += os.read(port, 125)
    assert got == frame(got[3:-2])
    assert time.monotonic() - began >= 0.13  # 125 bytes of ten bits
    os.close(port)
    sim.stop()
