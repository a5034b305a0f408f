"""The simulated SSP validator against frames that independent implementations agreed on, in both directions."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.acceptors.ssp_sim_keys import Vault
from hardware.acceptors.ssp_sim_wire import Frame, FrameReader, encoded
from tests.hardware.acceptors.ssp_sim_by_hand import (
    A_WHILE_S,
    ALL_CHANNELS,
    ENABLE,
    OK,
    POLL,
    REJECT,
    SERIAL,
    SETUP,
    SYNC,
    Bench,
    a_bench,
    frame,
)

SEALED = json.loads((Path(__file__).parents[2] / "vectors" / "ssp_frames.json").read_text())["essp"]
VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "ssp_sim_frames.json").read_text())
HOST = {name: bytes.fromhex(text) for name, text in VECTORS["host"].items()}
DEVICE = {name: bytes.fromhex(text) for name, text in VECTORS["device"].items()}

NEEDS_A_NOTE = ("REJECT", "HOLD seq1", "HOLD seq0")
NEEDS_A_KEY = ("POLL WITH ACK", "EVENT ACK")
KEY_EXCHANGE = ("SET GENERATOR 982451653", "SET MODULUS 1287821")


@pytest.mark.parametrize("name", HOST)
def test_every_host_vector_is_understood(tmp_path: Path, name: str) -> None:
    with a_bench(tmp_path) as bench:
        bench.send(HOST[name])
        bench.flag = HOST[name][1] >> 7
        expected = "f5" if name in NEEDS_A_NOTE else "fa" if name in NEEDS_A_KEY else OK
        assert bench.hear().split(" ")[0] == expected


def test_a_unit_without_encryption_knows_no_key_exchange(tmp_path: Path) -> None:
    with a_bench(tmp_path, encryption="none") as bench:
        for name in KEY_EXCHANGE:
            bench.send(HOST[name])
            bench.flag = HOST[name][1] >> 7
            assert bench.hear().split(" ")[0] == "f2"
            bench.later(A_WHILE_S)


def on_the_wire(data: bytes) -> str:
    return encoded(Frame(0, True, data)).hex(" ").upper()


def sent(name: str) -> bytes:
    (frame,) = FrameReader().feed(bytes.fromhex(SEALED[name]), 0.0)
    return frame.data


def test_a_key_is_agreed_on_and_a_credit_is_sealed_as_published() -> None:
    vault = Vault(secret=lambda modulus: int(SEALED["slave_random"]), padding=bytes)
    fixed = int.from_bytes(bytes.fromhex(SEALED["aes_key"])[:8], "little")
    for code, number in ((0x4A, "generator"), (0x4B, "modulus")):
        assert vault.exchange(bytes([code]) + SEALED[number].to_bytes(8, "little"), fixed) == b"\xf0"
    answer = vault.exchange(sent("KEY EXCHANGE wire seq1"), fixed)
    assert on_the_wire(answer) == SEALED["KEY EXCHANGE reply wire seq1"]
    assert vault.opened(sent("POLL count 0 wire seq1")) == b"\x07"
    credit = vault.sealed(bytes.fromhex("F0 EE 03 CC"))
    assert on_the_wire(credit) == SEALED["reply F0 EE 03 CC count 1 wire seq1"]


def nothing(_: Bench) -> None: ...


def enabled(bench: Bench) -> None:
    """Switched on without the reset being told."""
    for command in (SYNC, ALL_CHANNELS, ENABLE):
        assert bench.ask(command) == OK


def in_the_box(bench: Bench, fen: int) -> None:
    bench.get_accepted(fen)
    bench.later(A_WHILE_S)


def cut_at(bench: Bench, moment: str, fen: int) -> None:
    """Mains fail at that moment of a note's way and come back; the reset is told, what was found is not yet."""
    bench.get_idle()
    bench.do("when", moment=moment, then="power_cut")
    bench.do("insert", fen=fen)
    bench.later(A_WHILE_S)
    if moment != "accepting":
        assert bench.poll() == "ef 02"
        assert bench.poll() == "cc"
        bench.later(A_WHILE_S)
        assert bench.is_in("off")
    bench.do("setup", clear_s=5.0)
    bench.do("power_on")
    bench.later(A_WHILE_S)
    enabled(bench)
    assert bench.poll() == "f1"
    bench.later(5)


def then(*steps: Callable[[Bench], object]) -> Callable[[Bench], None]:
    def arrange(bench: Bench) -> None:
        for step in steps:
            step(bench)

    return arrange


def idle(bench: Bench) -> None:
    bench.get_idle()


def does(action: str, **given: Any) -> Callable[[Bench], object]:
    return lambda bench: bench.do(action, **given)


def waits(bench: Bench) -> None:
    bench.later(A_WHILE_S)


def past_the_lever(bench: Bench) -> None:
    bench.get_accepted(1000)
    bench.later(0.15)


# What was done before · what is asked then; the reply has the bytes of the vector.
REPLIES: dict[str, tuple[Callable[[Bench], object], str]] = {
    "OK": (nothing, SYNC),
    "OK seq0": (nothing, ALL_CHANNELS),
    "UNKNOWN COMMAND": (nothing, "99"),
    "WRONG PARAM COUNT": (nothing, "02 3f"),
    "OUT OF RANGE": (does("refuse", code="F4", times=2), POLL),
    "CANNOT BE PROCESSED": (nothing, REJECT),
    "SOFTWARE ERROR": (does("refuse", code="F6", times=2), POLL),
    "FAIL": (does("setup", without_note="F8"), REJECT),
    "KEY NOT SET": (nothing, "7e" + 16 * "00"),
    "SLAVE RESET+DISABLED": (nothing, POLL),
    "READ 0": (then(idle, does("insert", fen=100)), POLL),
    "READ ch3 (escrow)": (then(idle, does("insert", fen=1000), waits), POLL),
    "STACKING": (lambda b: b.get_escrow(100), POLL),
    "CREDIT ch3+STACKING": (past_the_lever, POLL),
    "CREDIT ch1+STACKED": (then(does("setup", lever_s=0.25), lambda b: in_the_box(b, 100)), POLL),
    "STACKED": (then(past_the_lever, lambda b: b.poll(), waits), POLL),
    "REJECTING": (then(lambda b: b.get_escrow(100), lambda b: b.ask(REJECT)), POLL),
    "REJECTED": (then(lambda b: b.get_escrow(100), lambda b: b.ask(REJECT), waits), POLL),
    "SAFE JAM+DISABLED": (then(idle, does("jam", where="cash_box")), POLL),
    "UNSAFE JAM": (then(idle, does("jam", where="validator")), POLL),
    "DISABLED": (then(lambda b: b.poll()), POLL),
    "STACKER FULL": (then(idle, does("fill_box")), POLL),
    "FRAUD ch2": (then(lambda b: b.get_accepted(500), does("cheat")), POLL),
    "CLEARED FROM FRONT ch0": (lambda b: cut_at(b, "accepting", 500), POLL),
    "CLEARED INTO CASHBOX ch2": (lambda b: cut_at(b, "past_lever", 500), POLL),
    "CASHBOX REMOVED": (then(idle, does("pull_box")), POLL),
    "CASHBOX REPLACED": (then(idle, does("pull_box"), lambda b: b.poll(), does("put_box")), POLL),
    "CHANNEL DISABLE": (
        then(idle, lambda b: b.ask("06 07"), lambda b: b.ask("02 00 00")),
        POLL,
    ),
    "SETUP reply CNY proto 6": (nothing, SETUP),
    "SERIAL reply 2722470": (nothing, SERIAL),
}
NOT_SAID = {
    "INITIALISING",  # belongs to POLL WITH ACK, which is encrypted
    "STUFFED payload F0 7F 00",  # an example of stuffing that no unit would say; see below
}


def test_no_device_vector_is_left_out() -> None:
    assert set(REPLIES) | NOT_SAID == set(DEVICE)


@pytest.mark.parametrize("name", REPLIES)
def test_every_reply_has_the_bytes_of_the_vector(tmp_path: Path, name: str) -> None:
    arrange, command = REPLIES[name]
    with a_bench(tmp_path) as bench:
        arrange(bench)
        if bench.flag == DEVICE[name][1] >> 7 and command != SYNC:
            bench.ask("03")  # a light; so that the command comes with the flag of the vector
        bench.say(command)
        assert bench.hear_raw().hex(" ") == DEVICE[name].hex(" ")


def test_a_7f_in_the_data_is_doubled() -> None:
    assert encoded(Frame(0, True, b"\xf0\x7f\x00")) == DEVICE["STUFFED payload F0 7F 00"]


@given(
    st.lists(st.tuples(st.booleans(), st.binary(min_size=1, max_size=255)), max_size=4), st.binary(max_size=9)
)
def test_whole_frames_come_through_in_any_pieces(frames: list[tuple[bool, bytes]], cuts: bytes) -> None:
    reader, got = FrameReader(), []
    wire = b"".join(frame(data, flag) for flag, data in frames)
    while wire:
        size, cuts = (cuts[0] + 1, cuts[1:]) if cuts else (len(wire), b"")
        got += reader.feed(wire[:size], 0.0)
        wire = wire[size:]
    assert got == [Frame(0, flag, data) for flag, data in frames]


@given(st.lists(st.binary(max_size=60), max_size=5))
def test_noise_never_makes_it_stumble_for_good(noise: list[bytes]) -> None:
    reader = FrameReader()
    for piece in noise:
        reader.feed(piece, 0.0)
    assert reader.feed(frame(b"\x07", 1), 60.0) == [Frame(0, True, b"\x07")]


def test_the_setup_reply_is_shorter_before_protocol_6(tmp_path: Path) -> None:
    with a_bench(tmp_path, protocol=4) as bench:
        assert bench.ask(SETUP).endswith("00 00 64 04")
        assert bench.ask("06 06") == OK
        assert bench.ask(SETUP).endswith("64 00 00 00")


def test_notes_above_255_yuan_are_told_in_the_extended_part_only(tmp_path: Path) -> None:
    with a_bench(tmp_path, currency="EUR", notes_fen=(500, 50000)) as bench:
        expected = "f0 00 30 31 30 30 45 55 52 00 00 00 02 00 00 02 02 00 00 64 06"
        assert bench.ask(SETUP) == f"{expected} 45 55 52 45 55 52 05 00 00 00 f4 01 00 00"


@pytest.mark.parametrize(
    ("protocol", "extended"),
    [(5, ""), (6, " 43 4e 59 43 4e 59 05 00 00 00 64 00 00 00")],
)
def test_unit_data_and_channel_values_are_the_parts_of_the_setup(
    tmp_path: Path, protocol: int, extended: str
) -> None:
    with a_bench(tmp_path, protocol=protocol, notes_fen=(500, 10000)) as bench:
        assert bench.ask("0d") == f"f0 00 30 31 30 30 43 4e 59 00 00 01 0{protocol}"
        assert bench.ask("0e") == f"f0 02 05 64{extended}"
        assert bench.ask("20") == "f0 " + b"NV02000100000000".hex(" ")
        assert bench.ask("21") == "f0 " + b"CNY01A10".hex(" ")
