"""`struct input_event` as the kernel writes it, cut anywhere, and bytes that are none."""

from __future__ import annotations

import os
import struct
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.contracts import Trouble
from hardware.input_events import InputDecoder, InputEvent, InputLine, NotInputEvents
from hardware.line import LineTrouble
from hardware.panel import evdev_sim

# Captured with `evtest` notation in mind: KEY_KP5 goes down and up on a 64-bit kernel.
KP5 = bytes.fromhex(
    "6ca5216700000000 1b2a030000000000 0400 0400 5d000700"
    "6ca5216700000000 1b2a030000000000 0100 4c00 01000000"
    "6ca5216700000000 1b2a030000000000 0000 0000 00000000"
)
THAT_IS = [InputEvent(4, 4, 0x7005D), InputEvent(1, 76, 1), InputEvent(0, 0, 0)]

events = st.builds(
    InputEvent,
    kind=st.integers(0, 0x1F),
    code=st.integers(0, 0x2FF),
    value=st.integers(-(2**31), 2**31 - 1),
).filter(lambda event: not event.dropped)


def packed(*said: InputEvent) -> bytes:
    return b"".join(evdev_sim.EVENT.pack(1_700_000_000, 999_999, *event) for event in said)


def test_a_key_as_the_kernel_writes_it():
    assert InputDecoder().feed(KP5) == THAT_IS


@given(st.lists(events, max_size=20), st.lists(st.integers(0, 500), max_size=10))
def test_events_are_the_same_wherever_they_are_cut(said, cuts):
    data, decoder, heard = packed(*said), InputDecoder(), []
    places = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    for begin, end in pairwise(places):
        heard += decoder.feed(data[begin:end])
    assert heard == said


@given(st.lists(st.binary(max_size=100), max_size=10))
def test_other_bytes_are_refused_or_events_within_bounds_and_nothing_else_is_raised(chunks):
    decoder = InputDecoder()
    try:
        for chunk in chunks:
            for event in decoder.feed(chunk):
                assert 0 <= event.kind <= 0x1F and 0 <= event.code <= 0x2FF
    except NotInputEvents:
        pass


def test_after_a_full_buffer_the_torn_report_is_left_out_and_the_next_one_counts():
    dropped, report, key = InputEvent(0, 3, 0), InputEvent(0, 0, 0), InputEvent(1, 30, 1)
    said = InputDecoder().feed(packed(key, dropped, key, key, report, key, report))
    assert said == [key, dropped, key, report]


def test_a_fifo_serves_as_a_device_too(tmp_path):
    fifo = tmp_path / "event0"
    os.mkfifo(fifo)
    line = InputLine(str(fifo), grab=True)
    writer = os.open(fifo, os.O_RDWR)
    line.open()
    os.write(writer, KP5)
    assert line.read(10) == THAT_IS
    assert (line.name, line.switches()) == ("", None)
    line.close()
    os.close(writer)


def test_what_was_pressed_before_anybody_listened_means_nothing(tmp_path):
    fifo = tmp_path / "event0"
    os.mkfifo(fifo)
    writer = os.open(fifo, os.O_RDWR)
    os.write(writer, KP5)
    line = InputLine(str(fifo), grab=False)
    line.open()
    assert line.read(0) == []
    line.close()
    os.close(writer)


@pytest.mark.parametrize(
    ("make", "trouble"),
    [(lambda path: None, Trouble.NO_PORT), (lambda path: path.mkdir(), Trouble.NO_PORT)],
    ids=["nothing there", "a folder"],
)
def test_a_name_that_leads_to_no_device(tmp_path, make, trouble):
    make(tmp_path / "event0")
    line = InputLine(str(tmp_path / "event0"), grab=True)
    with pytest.raises(LineTrouble) as told:
        line.open()
        line.read(0)
    assert told.value.trouble is trouble


def test_the_size_is_that_of_this_machine():
    """On a 32-bit system the kernel's two longs are shorter; the reader follows the machine."""
    from hardware.input_events import STRUCT

    assert STRUCT.size == 2 * struct.calcsize("@l") + 8
