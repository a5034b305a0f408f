"""The simulated validator against frames that independent implementations agreed on, in both directions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.hardware.acceptors.ccnet_by_hand import (
    ACK,
    BILL_TABLE,
    COUNTER,
    DISABLE,
    ILLEGAL,
    NAK,
    POLL,
    RETURN,
    STACK,
    STATUS,
    Bench,
)

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "ccnet_sim_frames.json").read_text())
HOST = {name: bytes.fromhex(text) for name, text in VECTORS["host"].items()}
DEVICE = {name: bytes.fromhex(text) for name, text in VECTORS["device"].items()}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def test_every_host_vector_is_understood(bench: Bench) -> None:
    # given an acceptor at rest, where most commands are allowed
    bench.get_disabled()
    for name, raw in HOST.items():
        assert bench.ask(DISABLE) == ACK
        # when the exact bytes of a real host arrive
        bench.send(raw)
        # then a command gets a well-formed answer that is no NAK, and ACK and NAK get none
        if name not in ("ACK", "NAK"):
            only_with_a_note = name in ("STACK", "RETURN", "HOLD")
            reply = bench.hear()
            assert reply != NAK
            assert (reply == ILLEGAL) == only_with_a_note, name
        bench.later(60)
    # and the line is still in step after the silent ones
    assert bench.ask(STATUS) == bytes(6)


def escrow(bench: Bench, fen: int) -> None:
    bench.get_escrow(fen)


def stacked(bench: Bench, fen: int) -> None:
    bench.get_escrow(fen)
    bench.ask(STACK)
    bench.later(1)


def returned(bench: Bench, fen: int) -> None:
    bench.get_escrow(fen)
    bench.ask(RETURN)
    bench.later(1)


def power_up_after_cut(bench: Bench, at: str) -> None:
    bench.get_escrow(1000)
    bench.do("when", moment=at, then="power_cut")
    bench.say(STACK)
    if at == "stacking":
        bench.wait_for("off")
    else:
        assert bench.hear() == ACK
        bench.later(1)
    bench.do("power_on")


def after(*steps: Callable[[Bench], object]) -> Callable[[Bench], None]:
    def arrange(bench: Bench) -> None:
        for step in steps:
            step(bench)

    return arrange


def rejecting(bench: Bench, reason: str) -> None:
    bench.get_idle()
    bench.do("insert_bad", reason=reason)
    bench.later(0.2)


def held_by_motor(state: str) -> Callable[[Bench], None]:
    def arrange(bench: Bench) -> None:
        bench.get_escrow(10000)
        bench.ask({"17": STACK, "18": RETURN, "1a": b"\x38"}[state])

    return arrange


# What was done to the acceptor · what it then must answer to POLL, byte for byte.
POLLS: dict[str, Callable[[Bench], object]] = {
    "POWER UP": lambda b: None,
    "POWER UP bill in validator": lambda b: power_up_after_cut(b, "stacking"),
    "POWER UP bill in stacker": lambda b: power_up_after_cut(b, "past_lever"),
    "INITIALIZE": lambda b: b.ask(b"\x30"),
    "IDLING": lambda b: b.get_idle(),
    "ACCEPTING": after(lambda b: b.get_idle(), lambda b: b.do("insert", fen=100)),
    "STACKING": held_by_motor("17"),
    "RETURNING": held_by_motor("18"),
    "UNIT DISABLED": lambda b: b.get_disabled(),
    "HOLDING": held_by_motor("1a"),
    "BUSY 5 (500 ms)": after(lambda b: b.get_idle(), lambda b: b.do("busy", ms=500)),
    "REJECTING insertion": lambda b: rejecting(b, "insertion"),
    "REJECTING inhibit": lambda b: rejecting(b, "inhibit"),
    "DROP CASSETTE FULL": after(lambda b: b.get_idle(), lambda b: b.do("fill_box")),
    "CASSETTE OUT": after(lambda b: b.get_idle(), lambda b: b.do("pull_box")),
    "VALIDATOR JAMMED": lambda b: b.do("jam", where="validator"),
    "CASSETTE JAMMED": lambda b: b.do("jam", where="cash_box"),
    "CHEATED": lambda b: b.do("cheat"),
    "PAUSE": after(lambda b: b.get_escrow(100), lambda b: b.do("insert", fen=100)),
    "FAILURE stack motor": lambda b: b.do("fail", kind="stack_motor"),
    "ESCROW type 0": lambda b: escrow(b, 100),
    "ESCROW type 5": lambda b: escrow(b, 10000),
    "BILL STACKED type 0": lambda b: stacked(b, 100),
    "BILL STACKED type 5": lambda b: stacked(b, 10000),
    "BILL RETURNED type 5": lambda b: returned(b, 10000),
}
# What was done before · the command · its answer, byte for byte.
ANSWERS: dict[str, tuple[Callable[[Bench], object], bytes]] = {
    "ACK": (lambda b: None, b"\x30"),
    "NAK": (lambda b: b.do("nak", times=1), POLL),
    "ILLEGAL COMMAND": (lambda b: b.get_idle(), STACK),
    "GET STATUS reply 0-5 on, security 0": (lambda b: b.get_idle(), STATUS),
    "COUNTER reply 258": (lambda b: b.do("swap", serial="OTHER", counter=258), COUNTER),
    "BILL TABLE reply CNY 1,5,10,20,50,100": (lambda b: b.get_disabled(), BILL_TABLE),
}


def test_no_device_vector_is_left_out() -> None:
    assert set(POLLS) | set(ANSWERS) == set(DEVICE)


@pytest.mark.parametrize("name", POLLS)
def test_every_state_is_polled_with_the_bytes_of_the_vector(bench: Bench, name: str) -> None:
    POLLS[name](bench)
    bench.say(POLL)
    assert bench.hear_raw().hex(" ") == DEVICE[name].hex(" ")


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_has_the_bytes_of_the_vector(bench: Bench, name: str) -> None:
    arrange, command = ANSWERS[name]
    arrange(bench)
    bench.say(command)
    assert bench.hear_raw().hex(" ") == DEVICE[name].hex(" ")


def test_other_money_is_written_into_the_bill_table_as_the_format_asks(tmp_path: Path) -> None:
    bench = Bench(tmp_path, currency="EUR", notes_fen=(50, 100, 2500, 50000))
    assert bench.ask(b"\x30") == ACK
    table = bench.ask(BILL_TABLE)
    assert table[:20].hex(" ") == "05 45 55 52 81 01 45 55 52 00 19 45 55 52 00 05 45 55 52 02"
    assert table[20:] == bytes(100)
    bench.close()
