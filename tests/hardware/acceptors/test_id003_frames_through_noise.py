"""Frames from vectors to bytes and back, and out of whatever noise a lobby makes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.acceptors.id003_codes import (
    ACK,
    INHIBIT_OFF,
    INHIBIT_ON,
    SETTINGS,
    Command,
    Says,
    parse_currencies,
    parse_state,
)
from hardware.acceptors.id003_frames import MAX_DATA, Decoder, encode
from tests.hardware.acceptors.id003_conversation import CNY, NOTES

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "id003_frames.json").read_text())
HOST = {name: bytes.fromhex(frame) for name, frame in VECTORS["host"].items()}
DEVICE = {name: bytes.fromhex(frame) for name, frame in VECTORS["device"].items()}
SAID = {
    "STATUS REQUEST": bytes([Command.POLL]),
    "ACK": ACK,
    "RESET": bytes([Command.RESET]),
    "STACK-2": bytes([Command.STACK]),
    "RETURN": bytes([Command.RETURN]),
    "HOLD": bytes([Command.HOLD]),
    "ENABLE/DISABLE all enabled": bytes([Command.DENOMINATIONS]) + SETTINGS[Command.DENOMINATIONS],
    "SECURITY normal": bytes([Command.SECURITY]) + SETTINGS[Command.SECURITY],
    "COMM MODE polled": bytes([Command.MODE]) + SETTINGS[Command.MODE],
    "DIRECTION all": bytes([Command.DIRECTION]) + SETTINGS[Command.DIRECTION],
    "INHIBIT on": INHIBIT_ON,
    "INHIBIT off": INHIBIT_OFF,
    "VERSION REQ": bytes([Command.VERSION]),
    "CURRENCY ASSIGN REQ": bytes([Command.CURRENCIES]),
}
NO_STATES = {"INVALID COMMAND", "ACK", "CURRENCY ASSIGN CNY"}

data = st.binary(min_size=1, max_size=MAX_DATA)
noise = st.binary(max_size=300)


@pytest.mark.parametrize("name", sorted(SAID))
def test_what_we_send_is_byte_for_byte_the_vector(name: str) -> None:
    assert encode(SAID[name]) == HOST[name]


@pytest.mark.parametrize("frame", [*HOST.values(), *DEVICE.values()], ids=[*HOST, *DEVICE])
def test_every_vector_is_read_and_written_back(frame: bytes) -> None:
    [data] = Decoder().feed(frame)
    assert data == frame[2:-2]
    assert encode(data) == frame


@pytest.mark.parametrize("name", sorted(DEVICE))
def test_every_state_of_the_vectors_has_its_name(name: str) -> None:
    [data] = Decoder().feed(DEVICE[name])
    says, argument = parse_state(data)
    assert (says is None) == (name in NO_STATES)
    if name.startswith("ESCROW"):
        assert (says, argument) == (Says.ESCROW, int(name[-2:], 16))


def test_the_currency_table_of_the_vectors_names_the_six_notes() -> None:
    [data] = Decoder().feed(DEVICE["CURRENCY ASSIGN CNY"])
    assert data == CNY
    assert parse_currencies(data, [0x2D]) == dict(enumerate(NOTES, 0x61))


def test_a_frame_that_is_too_long_or_empty_is_not_written() -> None:
    for wrong in (b"", bytes(MAX_DATA + 1)):
        with pytest.raises(ValueError, match="1 to 251"):
            encode(wrong)


@given(st.lists(data, max_size=4), st.lists(st.integers(1, 700), max_size=20))
def test_frames_may_arrive_in_any_pieces(frames: list[bytes], pieces: list[int]) -> None:
    stream = b"".join(map(encode, frames))
    decoder, heard = Decoder(), []
    for size in pieces:
        heard += decoder.feed(stream[:size])
        stream = stream[size:]
    assert heard + decoder.feed(stream) == frames


@given(noise, data)
def test_a_frame_behind_noise_is_found_once_the_line_falls_silent(noise: bytes, frame: bytes) -> None:
    decoder = Decoder()
    heard = decoder.feed(noise + encode(frame)) + decoder.give_up()
    assert frame in heard


@given(data, st.data())
def test_a_frame_with_any_one_bit_wrong_is_never_taken_for_whole(frame: bytes, pick: st.DataObject) -> None:
    wire = bytearray(encode(frame))
    bit = pick.draw(st.integers(0, len(wire) * 8 - 1))
    wire[bit // 8] ^= 1 << bit % 8
    decoder = Decoder()
    assert frame not in decoder.feed(bytes(wire)) + decoder.give_up()


@given(st.lists(noise, max_size=40))
def test_noise_without_end_does_not_fill_the_memory(chunks: list[bytes]) -> None:
    decoder = Decoder()
    for chunk in chunks:
        decoder.feed(b"\xfc\xff" + chunk)
        assert len(decoder._buffer) < 255
