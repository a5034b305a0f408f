"""The simulated ID-003 acceptor against frames that independent implementations agreed on, both ways."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.hardware.acceptors.id003_sim_by_hand import (
    ACK,
    COMM_ERROR,
    CURRENCY,
    HOLD,
    INHIBIT,
    INVALID,
    RESET,
    RETURN,
    STACK_1,
    STATUS,
    Bench,
    frame,
)

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "id003_sim_frames.json").read_text())
HOST = {name: bytes.fromhex(text) for name, text in VECTORS["host"].items()}
DEVICE = {name: bytes.fromhex(text) for name, text in VECTORS["device"].items()}
ONLY_WITH_A_NOTE = ("STACK-1", "STACK-2", "RETURN", "HOLD")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


@pytest.mark.parametrize("name", HOST)
def test_every_host_vector_is_understood(bench: Bench, name: str) -> None:
    # given an acceptor that initialises, where settings are allowed
    bench.get_initialising()
    # when the exact bytes of a real host arrive
    bench.send(HOST[name])
    # then settings are echoed, operations acknowledged, and what needs a note is invalid without one
    if name == "ACK":
        assert bench.hears_nothing()
        return
    reply = bench.hear()
    if name in ONLY_WITH_A_NOTE:
        assert reply == INVALID
    elif 0xC0 <= HOST[name][2] <= 0xC5:
        assert frame(reply) == HOST[name]
    else:
        assert reply not in (INVALID, COMM_ERROR)


def rejecting(bench: Bench) -> None:
    bench.get_escrow(100)
    bench.ask(INHIBIT)


def power_up_after_cut(bench: Bench, stage: str) -> None:
    bench.get_escrow(1000)
    bench.do("when", moment=stage, then="power_cut")
    bench.say(STACK_1)
    if stage != "stacking":  # there the power goes before the answer
        assert bench.hear() == ACK
    bench.flush()
    bench.later(1)
    assert bench.state() == "off"
    bench.do("power_on")


def commanded(*commands: bytes, after_s: float = 0) -> Callable[[Bench], None]:
    def arrange(bench: Bench) -> None:
        bench.get_escrow(10000)
        for command in commands:
            bench.ask(command)
        bench.later(after_s)

    return arrange


def stacked(bench: Bench) -> None:
    bench.get_vend_valid(5000)
    bench.acknowledge()


def rest(action: str, **given: str) -> Callable[[Bench], None]:
    def arrange(bench: Bench) -> None:
        bench.get_idle()
        bench.do(action, **given)

    return arrange


def accepting(bench: Bench) -> None:
    bench.get_idle()
    bench.do("insert", fen=100)


def paused(bench: Bench) -> None:
    bench.get_escrow(100)
    bench.do("insert", fen=100)


def escrow(number: int) -> Callable[[Bench], None]:
    return lambda bench: bench.get_escrow(NOTES_FEN[number])


NOTES_FEN = (100, 500, 1000, 2000, 5000, 10000, 20000, 50000)

# What was done to the acceptor · what it then must answer to STATUS REQUEST, byte for byte.
POLLS: dict[str, Callable[[Bench], None]] = {
    "ENABLE(IDLING)": lambda b: b.get_idle(),
    "ACCEPTING": accepting,
    **{f"ESCROW {0x61 + number:x}": escrow(number) for number in range(8)},
    "STACKING": commanded(STACK_1),
    "VEND VALID": commanded(STACK_1, after_s=0.3),
    "STACKED": stacked,
    "REJECTING inhibit/timeout": rejecting,
    "RETURNING": commanded(RETURN),
    "HOLDING": commanded(HOLD),
    "DISABLE(INHIBIT)": lambda b: b.get_disabled(),
    "INITIALIZE": lambda b: b.get_initialising(),
    "POWER UP": lambda b: None,
    "POWER UP BILL IN ACCEPTOR": lambda b: power_up_after_cut(b, "stacking"),
    "POWER UP BILL IN STACKER": lambda b: power_up_after_cut(b, "vend_valid"),
    "STACKER FULL": rest("fill_box"),
    "STACKER OPEN": rest("pull_box"),
    "JAM IN ACCEPTOR": rest("jam", where="validator"),
    "JAM IN STACKER": rest("jam", where="cash_box"),
    "PAUSE": paused,
    "CHEATED": rest("cheat"),
    "FAILURE stack motor": rest("fail", kind="stack_motor"),
}
# What was done before · the raw question · its answer, byte for byte.
ANSWERS: dict[str, tuple[Callable[[Bench], None], bytes]] = {
    "ACK": (lambda b: None, frame(RESET)),
    "COMMUNICATION ERROR": (lambda b: None, frame(STATUS)[:-1] + b"\x00"),
    "INVALID COMMAND": (lambda b: b.get_idle(), frame(STACK_1)),
    "CURRENCY ASSIGN CNY": (lambda b: None, frame(CURRENCY)),
}


def test_no_device_vector_is_left_out() -> None:
    assert set(POLLS) | set(ANSWERS) == set(DEVICE)


@pytest.mark.parametrize("name", POLLS)
def test_every_state_is_told_with_the_bytes_of_the_vector(tmp_path: Path, name: str) -> None:
    bench = Bench(tmp_path, notes_fen=NOTES_FEN)
    POLLS[name](bench)
    bench.say(STATUS)
    assert bench.hear_raw().hex(" ") == DEVICE[name].hex(" ")
    bench.close()


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_has_the_bytes_of_the_vector(bench: Bench, name: str) -> None:
    arrange, question = ANSWERS[name]
    arrange(bench)
    bench.send(question)
    assert bench.hear_raw().hex(" ") == DEVICE[name].hex(" ")


def test_other_money_is_written_into_the_currency_table_as_the_format_asks(tmp_path: Path) -> None:
    bench = Bench(tmp_path, country=0x4B, notes_fen=(500, 2500, 5000000))
    assert bench.ask(CURRENCY).hex(" ") == "8a 61 4b 05 00 62 4b 19 00 63 4b 05 04"
    bench.close()


def test_the_status_request_and_idling_are_the_same_bytes(bench: Bench) -> None:
    bench.get_idle()
    bench.say(STATUS)
    assert bench.hear_raw() == frame(STATUS)  # why an echo is so plausible here
    assert bench.ask(RESET) == ACK
