"""The simulated ICT acceptor against the bytes that independent implementations agreed on, in both directions."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.hardware.acceptors.ict_by_hand import ACCEPT, HOLD, INHIBIT, REJECT, RESET, STATUS, Bench

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "ict_sim_frames.json").read_text())
HOST = {name: bytes.fromhex(text) for name, text in VECTORS["host"].items()}
DEVICE = {name: bytes.fromhex(text).hex(" ") for name, text in VECTORS["device"].items()}


def idle(bench: Bench) -> None:
    bench.get_idle()


def escrow(fen: int) -> Callable[[Bench], None]:
    def arrange(bench: Bench) -> None:
        bench.get_idle()
        bench.do("insert", fen=fen)
        bench.later(0.2)

    return arrange


def decided(command: bytes, **faults: Any) -> Callable[[Bench], None]:
    def arrange(bench: Bench) -> None:
        bench.get_escrow(100)
        for action, given in faults.items():
            bench.do(action, **given)
        bench.say(command)
        bench.later(1)

    return arrange


def after_rest(action: str, **given: Any) -> Callable[[Bench], None]:
    def arrange(bench: Bench) -> None:
        bench.get_idle()
        bench.do(action, **given)
        bench.later(1)

    return arrange


def torn_out(bench: Bench) -> None:
    bench.get_escrow(100)
    bench.do("pull_note")


def box_back(bench: Bench) -> None:
    bench.get_idle()
    bench.do("pull_box")
    assert bench.heard() == "24"
    bench.do("put_box")


def status_when_inhibited(bench: Bench) -> None:
    bench.get_idle()
    bench.say(INHIBIT + STATUS)


def not_answered(bench: Bench) -> None:
    assert bench.heard() == "80 8f"
    bench.later(2.1)


def status_while_moving(bench: Bench) -> None:
    bench.get_idle()
    bench.do("insert", fen=100)
    bench.say(STATUS)


def says(data: bytes) -> Callable[[Bench], None]:
    def arrange(bench: Bench) -> None:
        bench.get_idle()
        bench.say(data)

    return arrange


# What has just happened · which unit says exactly the bytes of the vector.
SITUATIONS: dict[str, tuple[Callable[[Bench], None], str]] = {
    "POWER UP": (lambda bench: None, "104U"),
    "ESCROW type 1": (escrow(100), "104U"),
    "ESCROW type 6": (escrow(10000), "104U"),
    "STACKED": (decided(ACCEPT), "104U"),
    "ACCEPT FAILED": (decided(ACCEPT, push_back={"times": 1}), "104U"),
    "MOTOR FAILURE": (after_rest("fail", kind="motor"), "104U"),
    "CHECKSUM ERROR": (after_rest("fail", kind="checksum"), "104U"),
    "BILL JAM": (after_rest("jam", where="validator"), "104U"),
    "BILL REMOVED": (torn_out, "104U"),
    "STACKER OPEN": (after_rest("pull_box"), "104U"),
    "SENSOR PROBLEM": (after_rest("fail", kind="sensor"), "104U"),
    "COMM FAILURE (002/104 only)": (not_answered, "002"),
    "BILL FISH": (after_rest("cheat"), "104U"),
    "STACKER PROBLEM": (after_rest("fill_box"), "104U"),
    "BILL REJECT": (after_rest("insert_bad"), "104U"),
    "INVALID COMMAND": (says(b"\x99"), "104U"),
    "RESERVED": (after_rest("garbage", hex="2e"), "104U"),  # nothing makes it say so by itself
    "ERROR CLEARED": (box_back, "104U"),
    "ENABLED": (says(STATUS), "104U"),
    "INHIBITED": (status_when_inhibited, "104U"),
    "BUSY (106)": (status_while_moving, "106"),
}


def test_no_device_vector_is_left_out() -> None:
    assert set(SITUATIONS) == set(DEVICE)


@pytest.mark.parametrize("name", SITUATIONS)
def test_every_situation_is_told_with_the_bytes_of_the_vector(tmp_path: Path, name: str) -> None:
    arrange, model = SITUATIONS[name]
    bench = Bench(tmp_path, model=model)
    arrange(bench)
    assert bench.heard() == DEVICE[name]
    bench.close()


# The host's byte · what it leads to with a note in escrow: state, what was said.
COMMANDS = {
    "ACK power-up / ACCEPT escrow": ("stacking", ""),
    "REJECT escrow": ("returning", ""),
    "HOLD escrow": ("holding", ""),
    "STATUS": ("escrow", "3e"),
    "RESET": ("power_up", "80 8f"),
    "ENABLE": ("escrow", ""),
    "INHIBIT": ("escrow", ""),
}


def test_no_host_vector_is_left_out() -> None:
    assert set(COMMANDS) == set(HOST)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_host_vector_is_understood(tmp_path: Path, name: str) -> None:
    bench = Bench(tmp_path)
    bench.get_escrow(500)
    state, said = COMMANDS[name]
    assert bench.ask(HOST[name]) == said
    assert bench.state == state
    bench.close()


# Model · what it says to reset, to a byte that it does not know, to a status request with a note in escrow.
DIFFERENCES = [
    ("104U", "80 8f", "2a", "3e"),
    ("106", "80 8f", "2a", "81 42"),
    ("002", "", "", "3e"),
]


@pytest.mark.parametrize(("model", "reset", "unknown", "escrow_status"), DIFFERENCES)
def test_models_know_different_bytes(
    tmp_path: Path, model: str, reset: str, unknown: str, escrow_status: str
) -> None:
    bench = Bench(tmp_path, model=model)
    bench.get_escrow(1000)
    assert bench.ask(STATUS) == escrow_status
    assert bench.ask(b"\x77") == unknown
    assert bench.ask(HOLD) == ""
    assert bench.state == ("escrow" if model == "002" else "holding")
    assert bench.ask(RESET) == reset
    bench.close()


def test_a_106_that_was_not_answered_yet_says_that_its_power_supply_is_on(tmp_path: Path) -> None:
    bench = Bench(tmp_path, model="106")
    assert bench.ask(STATUS) == "80 8f a1"
    assert bench.ask(ACCEPT + STATUS) == "3e"
    bench.close()


@pytest.mark.parametrize(("codes", "knows_18", "knows_5a"), [((0x18,), True, False), ((0x5A,), False, True)])
def test_which_byte_holds_depends_on_the_rom(
    tmp_path: Path, codes: tuple[int, ...], knows_18: bool, knows_5a: bool
) -> None:
    for byte, knows in ((b"\x18", knows_18), (b"\x5a", knows_5a)):
        (folder := tmp_path / byte.hex()).mkdir()
        bench = Bench(folder, hold_codes=codes)
        bench.get_escrow(100)
        assert bench.ask(byte) == ("" if knows else "2a")
        assert bench.state == ("holding" if knows else "escrow")
        bench.close()


def test_a_returned_note_is_11_or_29(tmp_path: Path) -> None:
    for code in (0x11, 0x29):
        (folder := tmp_path / str(code)).mkdir()
        bench = Bench(folder, told_returned=code)
        bench.get_escrow(100)
        bench.say(REJECT)
        bench.later(1)
        assert bench.heard() == f"{code:02x}"
        bench.close()
