"""Given bytes from a printer, then bits mean what the manual says; what fails its fixed bits means nothing."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.contracts import Paper, PrinterState
from hardware.printers.status import (
    Automatic,
    Garbage,
    OtherBlock,
    ProcessId,
    Queued,
    RealTime,
    Replies,
    state_of,
    state_of_frame,
)

OK = PrinterState(paper=Paper.OK)

#   answers to DLE EOT 1, 2, 3, 4            meaning
REAL_TIME = [
    ((0x12, 0x12, 0x12, 0x12), OK),
    ((0x1A, 0x16, 0x12, 0x12), PrinterState(paper=Paper.OK, cover_open=True, offline=True)),
    ((0x1A, 0x32, 0x12, 0x7E), PrinterState(paper=Paper.OUT, offline=True)),
    ((0x12, 0x12, 0x12, 0x1E), PrinterState(paper=Paper.NEAR_END)),
    ((0x12, 0x12, 0x12, 0x72), PrinterState(paper=Paper.OUT)),
    ((0x1A, 0x32, 0x12, 0x12), PrinterState(paper=Paper.OUT, offline=True)),  # stopped by the paper's end
    ((0x1A, 0x52, 0x1A, 0x12), PrinterState(paper=Paper.OK, cutter_error=True, offline=True)),
    ((0x1A, 0x52, 0x32, 0x12), PrinterState(paper=Paper.OK, failed=True, offline=True)),
    ((0x1A, 0x52, 0x16, 0x12), PrinterState(paper=Paper.OK, failed=True, offline=True)),
    ((0x1A, 0x52, 0x52, 0x12), PrinterState(paper=Paper.OK, offline=True)),  # hot head: heals by itself
    ((0x1A, 0x52, 0x12, 0x12), PrinterState(paper=Paper.OK, failed=True, offline=True)),  # no cause named
    ((0x12, 0x12, 0x12, 0x16), PrinterState(paper=Paper.UNKNOWN)),  # one of the two near-end bits
    ((0x12, 0x12, 0x12, 0x32), PrinterState(paper=Paper.UNKNOWN)),  # one of the two end bits
    ((0x16, 0x1A, 0x12, 0x12), OK),  # drawer pin, feed button: no matter
]


@pytest.mark.parametrize(("answers", "state"), REAL_TIME)
def test_real_time_status(answers, state):
    assert state_of(*answers) == state


@pytest.mark.parametrize(
    ("frame", "state"),
    [
        ("10 00 00 00", OK),
        ("38 00 00 00", PrinterState(paper=Paper.OK, cover_open=True, offline=True)),
        ("18 08 00 00", PrinterState(paper=Paper.OK, cutter_error=True, offline=True)),
        ("18 20 00 00", PrinterState(paper=Paper.OK, failed=True, offline=True)),
        ("10 00 03 00", PrinterState(paper=Paper.NEAR_END)),
        ("18 00 0f 00", PrinterState(paper=Paper.OUT, offline=True)),
        ("10 00 08 00", PrinterState(paper=Paper.UNKNOWN)),
    ],
)
def test_automatic_status(frame, state):
    assert state_of_frame(bytes.fromhex(frame)) == state


@pytest.mark.parametrize("state", [state for _, state in REAL_TIME])
def test_ready_means_paper_and_nothing_in_the_way(state):
    in_the_way = state.cover_open or state.cutter_error or state.offline or state.failed
    assert state.ready == (state.paper in (Paper.OK, Paper.NEAR_END) and not in_the_way)


@pytest.mark.parametrize("byte", range(256))
def test_a_single_byte_is_believed_only_with_its_fixed_bits(byte):
    found = Replies().feed(bytes([byte]))
    if byte & 0b10010011 == 0b00010010:
        assert found == [RealTime(byte)]
    elif byte in (0x00, 0x03, 0x0C, 0x0F):
        assert found == [Queued(byte)]
    elif byte & 0b10010011 == 0b00010000 or byte in (0x35, 0x37, 0x3B, 0x3D, 0x5F):
        assert found == []  # may become a frame or a block
    elif byte in (0x11, 0x13):
        assert found == []  # XON, XOFF
    else:
        assert found == [Garbage(bytes([byte]))]


#   stream                                      replies
STREAMS = {
    "a frame between two answers": (
        "12 10000300 1a",
        [RealTime(0x12), Automatic(bytes.fromhex("10000300")), RealTime(0x1A)],
    ),
    "a process id between frames": (
        "10000000 37223031323300 10000c00",
        [Automatic(bytes.fromhex("10000000")), ProcessId(b"0123"), Automatic(bytes.fromhex("10000c00"))],
    ),
    "a frame broken off by an answer": ("1000 12", [Garbage(b"\x10\x00"), RealTime(0x12)]),
    "a process id broken off": (
        "3722 30 ff 12",
        [Garbage(b"\x37\x22\x30"), Garbage(b"\xff"), RealTime(0x12)],
    ),
    "a process id too short": ("3722 3031 00", [OtherBlock(b"\x37\x2201\x00")]),
    "a model name": ("5f 544d2d543230 00 12", [OtherBlock(b"_TM-T20\x00"), RealTime(0x12)]),
    "queued answers": ("00 03 0c 0f", [Queued(0), Queued(3), Queued(12), Queued(15)]),
    "noise": ("ff 80 01", [Garbage(b"\xff"), Garbage(b"\x80"), Garbage(b"\x01")]),
}


@pytest.mark.parametrize(("stream", "replies"), STREAMS.values(), ids=STREAMS)
def test_one_stream_is_told_apart(stream, replies):
    assert Replies().feed(bytes.fromhex(stream)) == replies


@settings(deadline=None)
@given(st.binary(max_size=60), st.lists(st.integers(0, 60)))
def test_how_a_stream_is_split_over_reads_does_not_matter(stream, cuts):
    whole, split = Replies().feed(stream), Replies()
    edges = [0, *sorted(cuts), len(stream)]
    parts = [reply for a, b in itertools.pairwise(edges) for reply in split.feed(stream[a:b])]
    assert parts == whole


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_a_block_that_never_ends_is_given_up(noise):
    replies = Replies()
    replies.feed(b"\x37\x22" + noise)
    replies.feed(b"A" * 100)
    assert RealTime(0x12) in replies.feed(b"\x12\x12")
