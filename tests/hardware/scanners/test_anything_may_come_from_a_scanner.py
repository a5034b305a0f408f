"""Whatever a scanner sends, keys or bytes, nothing breaks, nothing grows, and the next whole code is read."""

from __future__ import annotations

import struct
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from hardware.input_events import EV_KEY, InputDecoder, InputEvent, Key, NotInputEvents
from hardware.scanners.serial_frames import Splitter
from hardware.scanners.text import MAX_CODE_BYTES, safe_text
from hardware.scanners.wedge_keys import END, WedgeKeys

EVENTS = st.lists(
    st.builds(
        InputEvent,
        kind=st.sampled_from([EV_KEY, EV_KEY, EV_KEY, 0, 4, 5]),
        code=st.one_of(st.sampled_from([int(key) for key in Key]), st.integers(0, 0x2FF)),
        value=st.integers(-1, 3),
    ),
    max_size=200,
)
CALM = [InputEvent(EV_KEY, key, 0) for key in (42, 54, 29, 97, 56, 100)]  # every modifier is let go


def tap(*codes: int) -> list[InputEvent]:
    return [InputEvent(EV_KEY, code, value) for code in codes for value in (1, 0)]


@given(EVENTS)
def test_any_keys_are_printable_or_an_end_or_refused_and_the_next_code_is_read(
    events: list[InputEvent],
) -> None:
    keys = WedgeKeys()
    typed = keys.typed(events)
    assert all(32 <= byte < 127 or byte in (0, END[0]) for byte in typed)
    assert len(typed) <= len(events)
    keys.typed([*CALM, *tap(Key.ENTER)])
    assert keys.typed(tap(Key.N1, Key.KP3, Key.ENTER)) == b"13" + END


@given(st.binary(max_size=600))
def test_any_bytes_of_an_input_device_are_events_or_refused(data: bytes) -> None:
    try:
        typed = WedgeKeys().typed(InputDecoder().feed(data))
    except NotInputEvents:
        return
    assert len(typed) <= len(data) // struct.calcsize("@llHHi")


@given(st.lists(st.tuples(st.binary(max_size=80), st.floats(0, 2)), max_size=30))
def test_any_bytes_of_a_line_make_codes_that_are_short_and_text_or_refused(
    pieces: list[tuple[bytes, float]],
) -> None:
    splitter, now_s = Splitter(), 0.0
    ended = []
    for data, pause_s in pieces:
        now_s += pause_s
        ended += splitter.feed(data, now_s) if data else splitter.silence(now_s)
    assert all(0 < len(chunk.payload) <= MAX_CODE_BYTES + 1 for chunk in ended)
    for chunk in ended:
        text = safe_text(chunk.payload)
        assert not isinstance(text, str) or not {unicodedata.category(sign) for sign in text} & {"Cc", "Cf"}
    list(splitter.feed(b"\r", now_s))
    (chunk,) = splitter.feed(b"13\r", now_s)
    assert chunk.payload == b"13"
