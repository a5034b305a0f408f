"""The simulated EBDS acceptor against frames that independent implementations agreed on, both ways."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.hardware.acceptors.ebds_sim_by_hand import RETURN, STACK, Bench

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "ebds_sim_frames.json").read_text())
HOST = {name: bytes.fromhex(text) for name, text in VECTORS["host"].items()}
DEVICE = {name: bytes.fromhex(text) for name, text in VECTORS["device"].items()}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


# The vector · the state before it · the state after it.
MESSAGES = [
    ("POLL ack0 all on, escrow", "idle", "idle"),
    ("POLL ack1 all on, escrow", "idle", "idle"),
    ("STACK ack0", "escrow", "stacking"),
    ("RETURN ack1", "escrow", "returning"),
    ("ALL OFF ack0", "idle", "disabled"),
    ("POLL pyramid sample ack0", "idle", "idle"),
    ("SOFT RESET", "idle", "power_up"),
]


def test_no_host_vector_is_left_out() -> None:
    assert [name for name, _, _ in MESSAGES] == list(HOST)


@pytest.mark.parametrize(("name", "before", "after"), MESSAGES, ids=list(HOST))
def test_every_host_vector_is_carried_out(bench: Bench, name: str, before: str, after: str) -> None:
    bench.get_idle()
    if before == "escrow":
        bench.do("insert", fen=100)
        bench.later(0.2)
        assert bench.poll().startswith("04 ")  # nobody decides about a note that was not shown
    if bench.toggle == HOST[name][2] & 1:
        bench.poll()
    assert bench.state() == before
    bench.send(HOST[name])
    if name == "SOFT RESET":
        assert bench.hears_nothing()
    else:
        raw = bench.hear_raw()
        assert raw[2] == 0x20 | HOST[name][2] & 1
    assert bench.state() == after


def stacking(bench: Bench) -> None:
    bench.get_escrow(1000)
    bench.poll(STACK)


def stacked(bench: Bench) -> None:
    stacking(bench)
    bench.later(1)


def returned(bench: Bench) -> None:
    bench.get_escrow(1000)
    bench.poll(RETURN)
    bench.later(1)


def rest(action: str, **given: object) -> Callable[[Bench], None]:
    def arrange(bench: Bench) -> None:
        bench.get_idle()
        bench.do(action, **given)

    return arrange


# What was done to the acceptor · what it then must answer, byte for byte.
REPLIES: dict[str, Callable[[Bench], None]] = {
    "IDLE ack0": lambda b: b.get_idle(),
    "ACCEPTING ack1": rest("insert", fen=100),
    "ESCROW value3 ack1": lambda b: b.get_escrow(1000),
    "STACKING ack1": stacking,
    "STACKED+IDLE value3 ack1": stacked,
    "RETURNED+IDLE ack1": returned,
    "JAM ack1": rest("jam", where="validator"),
    "FULL ack1": rest("fill_box"),
    "CASSETTE OUT ack1": rest("pull_box"),
    "POWER UP ack0": lambda b: None,
}


def test_no_device_vector_is_left_out() -> None:
    assert set(REPLIES) == set(DEVICE)


def whose_next_toggle_is(toggle: int, folder: Path, arrange: Callable[[Bench], None]) -> Bench:
    """Each new message toggles, so one of the two ways to begin ends right."""
    for first in (0, 1):
        bench = Bench(folder / str(first))
        bench.toggle = first
        arrange(bench)
        if bench.toggle != toggle:
            return bench
        bench.close()
    raise AssertionError("the messages of a story do not depend on the first toggle")


@pytest.mark.parametrize("name", REPLIES)
def test_every_state_is_told_with_the_bytes_of_the_vector(tmp_path: Path, name: str) -> None:
    bench = whose_next_toggle_is(DEVICE[name][2] & 1, tmp_path, REPLIES[name])
    bench.say()
    assert bench.hear_raw().hex(" ") == DEVICE[name].hex(" ")
    bench.close()
