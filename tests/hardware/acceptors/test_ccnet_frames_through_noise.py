"""Frames from vectors to bytes and back, and out of whatever noise a lobby makes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.acceptors.ccnet_codes import Command, enable_command, parse_bill_table
from hardware.acceptors.ccnet_frames import MAX_DATA, Decoder, crc16, encode
from tests.hardware.acceptors.ccnet_conversation import CNY, NOTES

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "ccnet_frames.json").read_text())
HOST = {name: bytes.fromhex(frame) for name, frame in VECTORS["host"].items()}
DEVICE = {name: bytes.fromhex(frame) for name, frame in VECTORS["device"].items()}
SAID = {
    "ENABLE BILL TYPES all off": enable_command(()),
    "ENABLE BILL TYPES 0-5 with escrow": enable_command(range(6)),
    "ENABLE BILL TYPES all, all escrow": enable_command(range(24)),
    "GET COUNTER OF STACKED BILLS": bytes([Command.GET_COUNTER]),
    "ACK": b"\x00",
    "NAK": b"\xff",
    **{
        name: bytes([Command[name.replace(" ", "_")]])
        for name in ("RESET", "POLL", "STACK", "RETURN", "IDENTIFICATION", "HOLD", "GET BILL TABLE")
    },
}

data = st.binary(min_size=1, max_size=MAX_DATA)
noise = st.binary(max_size=300)


def test_the_checksum_is_kermit() -> None:
    assert crc16(b"123456789") == 0x2189


@pytest.mark.parametrize("name", sorted(SAID))
def test_what_we_send_is_byte_for_byte_the_vector(name: str) -> None:
    assert encode(SAID[name]) == HOST[name]


@pytest.mark.parametrize("frame", [*HOST.values(), *DEVICE.values()], ids=[*HOST, *DEVICE])
def test_every_vector_is_read_and_written_back(frame: bytes) -> None:
    [data] = Decoder().feed(frame)
    assert data == frame[3:-2]
    assert encode(data) == frame


def test_the_bill_table_of_the_vectors_names_the_six_notes() -> None:
    [data] = Decoder().feed(DEVICE["BILL TABLE reply CNY 1,5,10,20,50,100"])
    assert data == CNY
    assert parse_bill_table(data, ["CNY"]) == dict(enumerate(NOTES))


def test_a_frame_that_is_too_long_or_empty_is_not_written() -> None:
    for wrong in (b"", bytes(MAX_DATA + 1)):
        with pytest.raises(ValueError, match="1 to 250"):
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


def test_frames_of_another_address_are_not_ours() -> None:
    decoder = Decoder()
    assert decoder.feed(encode(b"\x14", address=0x02) + encode(b"\x19")) == [b"\x19"]


@given(st.lists(noise, max_size=40))
def test_noise_without_end_does_not_fill_the_memory(chunks: list[bytes]) -> None:
    decoder = Decoder()
    for chunk in chunks:
        decoder.feed(b"\x02\x03\xff" + chunk)
        assert len(decoder._buffer) < 255
