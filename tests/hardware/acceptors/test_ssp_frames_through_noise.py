"""Frames as other people computed them, in both directions, and frames behind whatever a line may carry."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.acceptors.ssp_frames import Decoder, Exchange, Frame, crc16, encode

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "ssp_frames.json").read_text())["ssp"]
FRAMES = {f"{side} {name}": text for side in ("host", "device") for name, text in VECTORS[side].items()}
POLL = Frame(False, b"\x07")
FRAME = st.builds(Frame, st.booleans(), st.binary(min_size=1, max_size=255))


@pytest.mark.parametrize("text", FRAMES.values(), ids=FRAMES.keys())
def test_a_known_frame_is_read_and_written(text: str) -> None:
    wire = bytes.fromhex(text)
    (frame,) = Decoder().feed(wire)
    assert frame.flag is bool(wire[1] & 0x80)
    assert encode(frame) == wire


def test_the_checksum_is_crc_16_cms() -> None:
    assert crc16(b"123456789") == 0xAEE7


@pytest.mark.parametrize("size", [0, 256])
def test_a_frame_that_can_not_be_is_not_made(size: int) -> None:
    with pytest.raises(ValueError, match="1 to 255"):
        encode(Frame(True, bytes(size)))


@given(st.lists(FRAME, max_size=4), st.lists(st.integers(1, 7), min_size=1, max_size=9))
def test_frames_come_whole_out_of_any_pieces(frames: list[Frame], sizes: list[int]) -> None:
    wire, decoder, got = b"".join(map(encode, frames)), Decoder(), []
    while wire:
        for size in sizes:
            got += decoder.feed(wire[:size])
            wire = wire[size:]
    assert got == frames


@given(st.binary(max_size=600).filter(lambda noise: not noise.endswith(b"\x7f")), FRAME)
def test_a_frame_behind_noise_is_found(noise: bytes, frame: Frame) -> None:
    assert Decoder().feed(noise + encode(frame))[-1:] == [frame]


@given(FRAME, st.data())
def test_one_flipped_bit_never_makes_another_frame(frame: Frame, data: st.DataObject) -> None:
    wire = bytearray(encode(frame))
    wire[data.draw(st.integers(0, len(wire) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert Decoder().feed(bytes(wire)) in ([], [frame])


@given(st.lists(st.binary(max_size=300), max_size=8))
def test_garbage_is_not_hoarded(pieces: list[bytes]) -> None:
    decoder = Decoder()
    for piece in pieces:
        decoder.feed(piece)
        assert len(decoder._body or b"") < 260


@pytest.mark.parametrize(
    "wrong", [encode(POLL)[:-1] + b"\x00", b"\x7f\x01\x01\x07\x00\x00", b"\x7f\x00\x00\x00\x00"]
)
def test_damaged_foreign_and_empty_frames_are_no_frames(wrong: bytes) -> None:
    assert Decoder().feed(wrong + encode(POLL)) == [POLL]


def test_a_frame_of_another_slave_is_not_ours() -> None:
    body = bytes((0x10, 1, 0xF0))
    assert Decoder().feed(b"\x7f" + body + crc16(body).to_bytes(2, "little")) == []


def test_a_frame_that_broke_off_is_restarted_by_the_next() -> None:
    assert Decoder().feed(encode(POLL)[:4] + encode(POLL)) == [POLL]


def test_the_flag_goes_over_with_each_new_command_and_stays_on_a_repeat() -> None:
    exchange = Exchange()
    packets = [exchange.first(b"\x11"), exchange.next(b"\x08"), exchange.again(), exchange.next(b"\x07")]
    assert [packet[1] for packet in packets] == [0x80, 0x00, 0x00, 0x80]
    assert exchange.answered_by(Frame(True, b"\xf0"))
    assert not exchange.answered_by(Frame(False, b"\xf0"))
    assert exchange.echoed_by(Frame(True, b"\x07"))
