"""Frames and fields of ZVT: as published, cut anywhere, damaged, and bytes that are none."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.terminals import zvt_fields as f
from hardware.terminals.contract import DeclinedBecause, Step
from hardware.terminals.zvt_frames import LONGEST_APDU, Decoder, Sign, apdu, encode, parts
from hardware.terminals.zvt_sim_wire import framed, message
from kiosk.money import Money

ACKNOWLEDGEMENT = bytes.fromhex("80 00 00")
ON_THE_LINE = bytes.fromhex("10 02 80 00 00 10 03 F5 1F")  # the published example

apdus = st.builds(apdu, st.integers(0, 0xFFFF), st.binary(max_size=400))


def test_the_published_acknowledgement_both_ways():
    assert encode(ACKNOWLEDGEMENT) == ON_THE_LINE == framed(ACKNOWLEDGEMENT)
    assert Decoder().feed(ON_THE_LINE) == [ACKNOWLEDGEMENT]


@given(apdus)
def test_driver_and_simulator_write_the_same_though_they_share_no_code(whole):
    assert framed(whole) == encode(whole)


@given(st.integers(0, 0xFFFF), st.binary(max_size=400))
def test_long_and_short_lengths_are_the_same_on_both_sides(command, data):
    assert message(command.to_bytes(2, "big").hex(), data) == apdu(command, data)
    assert parts(apdu(command, data)) == (command, data)


@given(st.lists(st.sampled_from([b"\x06", b"\x15"]) | apdus, max_size=8), st.lists(st.integers(0, 3000)))
def test_the_same_is_heard_wherever_the_bytes_are_cut(said, cuts):
    signs = {b"\x06": Sign.ACK, b"\x15": Sign.NAK}
    data = b"".join(one if one in signs else encode(one) for one in said)
    decoder, heard = Decoder(), []
    for begin, end in pairwise(sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})):
        heard += decoder.feed(data[begin:end])
    assert heard == [signs.get(one, one) for one in said]
    assert not decoder.inside


@given(apdus, st.integers(0), st.integers(1, 255))
def test_a_frame_with_one_wrong_byte_is_never_another_message(whole, place, wrong):
    frame = bytearray(encode(whole))
    frame[place % len(frame)] ^= wrong
    heard = Decoder().feed(bytes(frame))
    assert all(item == whole for item in heard if isinstance(item, bytes))


@given(st.binary(max_size=2000))
def test_any_bytes_are_survived_and_memory_is_bounded(data):
    decoder = Decoder()
    decoder.feed(b"\x10\x02" + data)
    decoder.feed(b"a" * (LONGEST_APDU + 10))
    assert not isinstance(decoder._frame, bytearray) or len(decoder._frame) <= LONGEST_APDU


@pytest.mark.parametrize("whole", [b"", b"\x06", bytes.fromhex("06 0f 02 00"), bytes.fromhex("06 0f ff 01")])
def test_a_length_that_does_not_agree_is_a_damaged_frame(whole):
    assert Decoder().feed(encode(whole)) == [Sign.BAD]


STATUS = bytes.fromhex(
    "27 00 04 00 00 00 00 37 50 49 01 56 0b 00 00 41 0c 10 20 30 0d 11 21 29 52 50 00 41"
    "22 f0 f8 62 22 ee ee ee ee 12 34 87 00 17 8b f0 f9 55 6e 69 6f 6e 50 61 79 00 3b 31 32 33 34 35 36 00 00"
)


def test_a_status_information_says_how_much_from_which_card_and_which_number():
    status = f.status_of(STATUS)
    assert status == f.Status(0, Money.yuan("37.50"), 156, 41, "52500041", "17", "****1234", "UnionPay")


@given(st.integers(0, 80))
def test_a_status_that_is_cut_off_says_less_never_something_else(length):
    whole, part = f.status_of(STATUS), f.status_of(STATUS[:length])
    for name in ("result", "amount", "currency", "trace"):
        assert getattr(part, name) in (None, getattr(whole, name))
    assert part.card in ("", whole.card)


@given(st.binary(max_size=300))
def test_any_data_makes_some_status_and_raises_nothing(data):
    f.status_of(data)


@pytest.mark.parametrize(
    ("packed", "shown"),
    [
        ("6222021234567890", "****7890"),
        ("6222eeeeeeee1234", "****1234"),
        ("62220212345678901f", "****8901"),
        ("eeeeeeeeeeeeeeee", ""),
        ("1234", ""),  # too short to hide anything
        ("", ""),
    ],
)
def test_never_more_than_four_digits_of_a_card(packed, shown):
    assert f.masked(bytes.fromhex(packed)) == shown


def test_amounts_fit_or_are_refused():
    assert f.bcd(3750, 6).hex() == "000000003750"
    with pytest.raises(ValueError):
        f.bcd(10**12, 6)
    with pytest.raises(ValueError):
        f.bcd(-1, 6)


def test_codes_have_a_meaning_for_the_customer():
    assert [f.because(code) for code in (0x6C, 0x78, 0x71, 0xEE)] == [
        DeclinedBecause.CANCELLED,
        DeclinedBecause.CARD,
        DeclinedBecause.DECLINED,
        DeclinedBecause.DECLINED,
    ]
    assert [f.step(code) for code in (0x0A, 0x01, 0x0B, 0x77)] == [
        Step.CARD,
        Step.FOLLOW,
        Step.REMOVE,
        Step.WAIT,
    ]
