"""Bytes with their times to codes, without a line: suffixes, silences, and a look that begins midway."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.scanners.serial_frames import GAP_S, SUFFIX_LATE_S, Chunk, Splitter
from hardware.scanners.text import MAX_CODE_BYTES

Heard = list[tuple[float, bytes]]  # seconds and what came then; b"" for silence

STORIES: dict[str, tuple[Heard, list[Chunk]]] = {
    "a suffix ends it at once": ([(1.0, b"12\r")], [Chunk(b"12", 1.0)]),
    "CR LF is one end": ([(1.0, b"12\r\n34\r\n")], [Chunk(b"12", 1.0), Chunk(b"34", 1.0)]),
    "CR and LF apart are one end": (
        [(1.0, b"12\r"), (1.2, b"\n34\r")],
        [Chunk(b"12", 1.0), Chunk(b"34", 1.2)],
    ),
    "silence ends it where no suffix comes": ([(1.0, b"12"), (1.0 + GAP_S, b"")], [Chunk(b"12", 1.0)]),
    "a short silence does not": (
        [(1.0, b"12"), (1.0 + GAP_S / 2, b""), (1.1, b"34\r")],
        [Chunk(b"1234", 1.0)],
    ),
    "a slow reader is no silence": ([(1.0, b"12"), (9.0, b"34\r")], [Chunk(b"1234", 1.0)]),
    "a unit with suffix gets time": (
        [(1.0, b"0\r"), (2.0, b"12"), (2.0 + 2 * GAP_S, b""), (2.5, b"34\r")],
        [Chunk(b"0", 1.0), Chunk(b"1234", 2.0)],
    ),
    "but not for ever": (
        [(1.0, b"0\r"), (2.0, b"12"), (2.0 + SUFFIX_LATE_S, b""), (4.0, b"34\r")],
        [Chunk(b"0", 1.0), Chunk(b"12", 2.0), Chunk(b"34", 4.0)],
    ),
    "nothing but ends is nothing": ([(1.0, b"\r\n\r\n"), (2.0, b"")], []),
}


@pytest.mark.parametrize(("heard", "codes"), STORIES.values(), ids=STORIES)
def test_story(heard: Heard, codes: list[Chunk]) -> None:
    splitter = Splitter()
    ended = []
    for at_s, data in heard:
        ended += splitter.feed(data, at_s) if data else splitter.silence(at_s)
    assert ended == codes


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=8), st.integers(1, 7))
def test_however_the_bytes_are_cut_the_codes_are_the_same(codes: list[bytes], step: int) -> None:
    whole = b"\r".join(codes) + b"\r"
    wanted = [code for code in whole.replace(b"\n", b"\r").split(b"\r") if code]
    splitter = Splitter()
    ended = [
        chunk.payload
        for at in range(0, len(whole), step)
        for chunk in splitter.feed(whole[at : at + step], float(at))
    ]
    assert ended == wanted


def test_an_endless_code_is_kept_short_and_known_as_too_long() -> None:
    splitter = Splitter()
    for _ in range(100):
        assert not list(splitter.feed(b"7" * 4096, 0.0))
    (chunk,) = splitter.feed(b"\r", 0.0)
    assert len(chunk.payload) == MAX_CODE_BYTES + 1
    (after,) = splitter.feed(b"12\r", 0.0)
    assert after.payload == b"12"
