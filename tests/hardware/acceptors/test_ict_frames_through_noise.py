"""Bytes of ICT units: the vectors, pairs that arrive in pieces, and whatever noise makes of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.acceptors.ict_frames import NEVER, PAIR_S, Decoder, Escrow, Heard, Junk, PowerUp, Says, Tell

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "ict_frames.json").read_text())

FROM_UNIT: dict[str, Heard] = {
    "POWER UP": PowerUp(),
    "ESCROW type 1": Escrow(0),
    "ESCROW type 6": Escrow(5),
    "STACKED": Says.STACKED,
    "ACCEPT FAILED": Says.NOT_ACCEPTED,
    "MOTOR FAILURE": Says.MOTOR_FAILURE,
    "CHECKSUM ERROR": Says.CHECKSUM_ERROR,
    "BILL JAM": Says.JAM,
    "BILL REMOVED": Says.NOTE_REMOVED,
    "STACKER OPEN": Says.STACKER_OPEN,
    "SENSOR PROBLEM": Says.SENSOR_PROBLEM,
    "COMM FAILURE (002/104 only)": Says.HOST_FAILURE,
    "BILL FISH": Says.FISHING,
    "STACKER PROBLEM": Says.STACKER_PROBLEM,
    "BILL REJECT": Says.NOTE_REJECTED,
    "INVALID COMMAND": Says.INVALID_COMMAND,
    "RESERVED": Says.RESERVED,
    "ERROR CLEARED": Says.ERROR_OVER,
    "ENABLED": Says.ENABLED,
    "INHIBITED": Says.INHIBITED,
    "BUSY (106)": Says.BUSY,
}
TO_UNIT = {
    "ACK power-up / ACCEPT escrow": (Tell.WELCOME, Tell.ACCEPT),
    "REJECT escrow": (Tell.RETURN,),
    "HOLD escrow": (Tell.HOLD,),
    "STATUS": (Tell.STATUS,),
    "RESET": (Tell.RESET,),
    "ENABLE": (Tell.ENABLE,),
    "INHIBIT": (Tell.INHIBIT,),
}


@pytest.mark.parametrize("name", VECTORS["device"])
def test_what_a_unit_says_is_read(name: str) -> None:
    assert Decoder().feed(0.0, bytes.fromhex(VECTORS["device"][name])) == [FROM_UNIT[name]]


@pytest.mark.parametrize("name", VECTORS["host"])
def test_what_is_said_to_a_unit(name: str) -> None:
    assert {bytes([tell]) for tell in TO_UNIT[name]} == {bytes.fromhex(VECTORS["host"][name])}


@pytest.mark.parametrize(
    ("pieces", "heard"),
    [
        ([(0.0, "81"), (0.05, "42")], [Escrow(2)]),
        ([(0.0, "81"), (0.05, "3E"), (0.06, "42")], [Says.ENABLED, Escrow(2)]),  # a status in between
        ([(0.0, "80"), (0.05, "8F")], [PowerUp()]),
        ([(0.0, "81"), (0.01, "81"), (0.02, "42")], [Escrow(2)]),
        ([(0.0, "81"), (0.2, "42")], [Escrow(None, whole=False), Escrow(2, whole=False)]),
        ([(0.0, "81"), (0.01, "10")], [Escrow(None, whole=False), Says.STACKED]),
        ([(0.0, "81"), (0.01, "80"), (0.02, "8F")], [Escrow(None, whole=False), PowerUp()]),
        ([(0.0, "42")], [Escrow(2, whole=False)]),
        ([(0.0, "80"), (0.2, "8F")], [Junk(0x80), Junk(0x8F)]),
        ([(0.0, "80 42")], [Junk(0x80), Escrow(2, whole=False)]),
        ([(0.0, "0C 5A 02")], [Junk(0x0C), Junk(0x5A), Junk(0x02)]),
    ],
)
def test_pairs_in_pieces(pieces: list[tuple[float, str]], heard: list[Heard]) -> None:
    decoder = Decoder()
    assert [what for at_s, data in pieces for what in decoder.feed(at_s, bytes.fromhex(data))] == heard


def test_half_a_pair_is_given_up_when_its_time_is_over() -> None:
    decoder = Decoder()
    assert decoder.feed(5.0, b"\x81") == []
    assert decoder.deadline_s == 5.0 + PAIR_S
    assert decoder.feed(5.0 + PAIR_S / 2, b"") == []
    assert decoder.feed(5.0 + PAIR_S, b"") == [Escrow(None, whole=False)]
    assert decoder.deadline_s == NEVER


@given(st.lists(st.tuples(st.floats(0, 0.3), st.binary(max_size=20)), max_size=30))
def test_no_note_and_no_power_up_without_both_bytes(pieces: list[tuple[float, bytes]]) -> None:
    decoder, now_s, seen = Decoder(), 0.0, b""
    for gap_s, data in pieces:
        now_s += gap_s
        seen += data
        for what in decoder.feed(now_s, data):
            if isinstance(what, Escrow) and what.whole:
                assert what.code is not None and 0 <= what.code < 16
                assert b"\x81" in seen and bytes([0x40 + what.code]) in seen
            if isinstance(what, PowerUp):
                assert b"\x80" in seen and b"\x8f" in seen


@given(st.binary(max_size=60), st.data())
def test_it_does_not_matter_how_the_bytes_are_cut(data: bytes, draw: st.DataObject) -> None:
    cut = draw.draw(st.integers(0, len(data)))
    whole, pieces = Decoder(), Decoder()
    assert whole.feed(0.0, data) == pieces.feed(0.0, data[:cut]) + pieces.feed(0.0, data[cut:])
