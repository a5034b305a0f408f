"""Frames from vectors to bytes and back, and out of whatever noise a lobby makes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.acceptors.ebds_codes import Order, Reply, Says, message, parse_reply
from hardware.acceptors.ebds_frames import MAX_DATA, Decoder, encode

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "ebds_frames.json").read_text())
HOST = {name: bytes.fromhex(frame) for name, frame in VECTORS["host"].items()}
DEVICE = {name: bytes.fromhex(frame) for name, frame in VECTORS["device"].items()}
ALL = range(1, 8)
PRESENT = Says.BOX_PRESENT
# The vectors were taken from a host with extended reporting and power-up policy A; ours has neither.
SAID = {
    "POLL ack0 all on, escrow": message(0, ALL, Order.NOTHING),
    "POLL ack1 all on, escrow": message(1, ALL, Order.NOTHING),
    "STACK ack0": message(0, ALL, Order.STACK),
    "RETURN ack1": message(1, ALL, Order.RETURN),
    "ALL OFF ack0": message(0, (), Order.NOTHING),
}
HEARD = {
    "IDLE ack0": Reply(0, Says.IDLE | PRESENT, 0, 1, 2),
    "ACCEPTING ack1": Reply(1, Says.ACCEPTING | PRESENT, 0, 1, 2),
    "ESCROW value3 ack1": Reply(1, Says.ESCROWED | PRESENT, 3, 1, 2),
    "STACKING ack1": Reply(1, Says.STACKING | PRESENT, 0, 1, 2),
    "STACKED+IDLE value3 ack1": Reply(1, Says.STACKED | Says.IDLE | PRESENT, 3, 1, 2),
    "RETURNED+IDLE ack1": Reply(1, Says.RETURNED | Says.IDLE | PRESENT, 0, 1, 2),
    "JAM ack1": Reply(1, Says.JAMMED | PRESENT, 0, 1, 2),
    "FULL ack1": Reply(1, Says.FULL | PRESENT, 0, 1, 2),
    "CASSETTE OUT ack1": Reply(1, Says.IDLE, 0, 1, 2),
    "POWER UP ack0": Reply(0, Says.IDLE | PRESENT | Says.POWER_UP, 0, 1, 2),
}

data = st.lists(st.integers(0, 0x7F), min_size=1, max_size=MAX_DATA).map(bytes)
noise = st.binary(max_size=300)


@pytest.mark.parametrize("name", sorted(SAID))
def test_what_we_send_is_the_vector_but_for_policy_b(name: str) -> None:
    ours, theirs = encode(SAID[name]), HOST[name]
    assert ours[:5] == theirs[:5]
    assert (ours[5], theirs[5]) == (0x04, 0x10)
    assert ours[7] ^ ours[5] == theirs[7] ^ theirs[5]


@pytest.mark.parametrize("frame", [*HOST.values(), *DEVICE.values()], ids=[*HOST, *DEVICE])
def test_every_vector_is_read_and_written_back(frame: bytes) -> None:
    [data] = Decoder().feed(frame)
    assert data == frame[2:-2]
    assert encode(data) == frame


@pytest.mark.parametrize("name", sorted(DEVICE))
def test_every_reply_of_the_vectors_is_understood(name: str) -> None:
    assert parse_reply(DEVICE[name][2:-2]) == HEARD[name]


@pytest.mark.parametrize("frame", [*HOST.values()], ids=[*HOST])
def test_no_message_of_a_host_is_a_reply(frame: bytes) -> None:
    assert parse_reply(frame[2:-2]) is None


def test_a_frame_that_is_too_long_empty_or_of_eight_bits_is_not_written() -> None:
    for wrong in (b"", bytes(MAX_DATA + 1), b"\x80"):
        with pytest.raises(ValueError, match="1 to 123"):
            encode(wrong)


@given(st.lists(data, max_size=4), st.lists(st.integers(1, 400), max_size=20))
def test_frames_may_arrive_in_any_pieces(frames: list[bytes], pieces: list[int]) -> None:
    stream = b"".join(map(encode, frames))
    decoder, heard = Decoder(), []
    for size in pieces:
        heard += decoder.feed(stream[:size])
        stream = stream[size:]
    assert heard + decoder.feed(stream) == frames


@given(st.binary(max_size=300).map(lambda b: bytes(x | 0x80 for x in b)), data)
def test_a_frame_behind_noise_is_found(noise: bytes, frame: bytes) -> None:
    assert Decoder().feed(noise + encode(frame)) == [frame]


@given(data)
def test_a_frame_behind_the_beginning_of_another_is_found_once_the_line_falls_silent(frame: bytes) -> None:
    decoder = Decoder()
    assert frame in decoder.feed(b"\x02\x7f" + encode(frame)) + decoder.give_up()


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
        decoder.feed(b"\x02\x7f" + chunk)
        assert len(decoder._buffer) < 127
