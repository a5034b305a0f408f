"""Silence, garbage, an echo, another machine: the operator hears which, once, and it heals by itself."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from hardware.acceptors.ccnet import WRONG_DEVICE_AGAIN_S
from hardware.contracts import AtRest, Event, Found, Held, Lost, Taken, Trouble
from kiosk.money import Money
from tests.hardware.acceptors.ccnet_conversation import (
    STARTED,
    Conversation,
    bill_table,
    enabled,
    in_escrow,
    started,
)


def troubles(told: list[Event]) -> list[Trouble]:
    return [event.trouble for event in told if isinstance(event, Lost)]


def test_some_lost_answers_are_nothing_to_speak_of() -> None:
    talk = enabled()
    for _ in range(3):
        assert talk.play(*["POLL < nothing"] * 2, "POLL < 14", *["POLL < noise"] * 2, "POLL < 14") == []


@pytest.mark.parametrize(("answer", "trouble"), [("nothing", Trouble.SILENT), ("noise", Trouble.GARBAGE)])
@pytest.mark.parametrize("begin", [Conversation, enabled], ids=["from the start", "later"])
def test_nothing_usable_for_a_while_is_told_once(
    begin: Callable[[], Conversation], answer: str, trouble: Trouble
) -> None:
    talk = begin()
    talk.sent_for(60, {"*": answer})
    assert troubles(talk.ccnet.drain()) == [trouble]


@pytest.mark.parametrize("answer", ["99", "00", "ff", "30", "80", "81", "0102"])
def test_frames_that_are_no_state_are_garbage(answer: str) -> None:
    talk = started()
    talk.sent_for(8, {"*": answer})
    assert troubles(talk.ccnet.drain()) == [Trouble.GARBAGE]


def test_a_silent_unit_gets_reset_every_ten_seconds_and_only_behind_an_unanswered_poll() -> None:
    talk = started()
    resets, before, begun_s = [], "", talk.now_s
    while talk.now_s < begun_s + 60:
        sent = talk.sends()
        if sent == b"\x30":
            assert before == b"\x33"
            resets.append(talk.now_s)
        before = sent
        talk.hears("nothing")
    assert len(resets) >= 5
    assert max(b - a for a, b in itertools.pairwise(resets)) <= 10


def test_garbage_gets_no_reset() -> None:
    talk = started()
    assert set(talk.sent_for(60, {"*": "noise"})) == {"POLL"}


def test_a_unit_that_comes_back_is_polled_first_and_tells_what_it_kept() -> None:
    talk = in_escrow()
    talk.ccnet.take()
    talk.play("STACK < nothing")
    talk.sent_for(30, {"*": "nothing"})
    assert troubles(talk.ccnet.drain()) == [Trouble.SILENT]
    while talk.sends() != b"\x33":
        talk.hears("nothing")
    talk.hears("8104")
    assert talk.ccnet.drain() == [Taken(device="acceptor", code=4, value=Money.yuan(50), recovered=True)]
    talk.ccnet.confirm()
    talk.play("POLL < 8104", "POLL < 14", "ENABLE_BILL_TYPES < ok")
    assert [type(event) for event in talk.play(*STARTED)] == [Found, AtRest]


def test_a_note_still_in_escrow_after_silence_is_held_anew_and_never_stacked_by_an_old_decision() -> None:
    talk = in_escrow()
    talk.play("POLL < nothing")
    talk.ccnet.take()
    talk.sent_for(12, {"*": "nothing"})
    talk.ccnet.drain()
    while talk.sends() != b"\x33":
        talk.hears("nothing")
    talk.hears("8004")
    assert [type(event) for event in talk.ccnet.drain()] == [Held]
    assert "STACK" not in talk.sent_for(5, {"POLL": "8004"})


def test_an_echo_is_recognised_with_the_first_command() -> None:
    talk = Conversation()
    assert troubles(talk.play("POLL < 33")) == [Trouble.ECHO]
    assert not talk.acknowledged
    assert set(talk.sent_for(60, {"*": "33"})) == {"POLL"}
    assert talk.ccnet.drain() == []
    assert [type(event) for event in talk.play(*STARTED)] == [Found, AtRest]


def test_an_echo_that_begins_later_never_passes_for_an_answer() -> None:
    """RESET is ILLEGAL COMMAND and GET BILL TABLE is CASSETTE FULL when they come back."""
    talk = Conversation()
    told = talk.play("POLL < 19", "IDENTIFICATION < 37", "POLL < 19", "IDENTIFICATION < identity")
    told += talk.play("POLL < 19", "GET_BILL_TABLE < 41", "POLL < 33")
    assert troubles(told) == [Trouble.ECHO]
    assert len(told) == 1


def test_a_full_box_is_no_bill_table_and_an_illegal_command_no_reset() -> None:
    talk = Conversation()
    talk.play("POLL < 10", "IDENTIFICATION < 30", "POLL < 10", "IDENTIFICATION < 30", "POLL < 10")
    told = talk.play("RESET < 30", "POLL < 13", "IDENTIFICATION < identity", "POLL < 13")
    told += talk.play("GET_BILL_TABLE < 41", "POLL < 13", "GET_BILL_TABLE < cny", "POLL < 19")
    assert told == []


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (bill_table((1, "RUS", 1), (5, "RUS", 1)), "RUS"),
        (bill_table((1, "CNY", 1), (5, "USD", 0)), "USD"),
        (bill_table((1, "CNY", 3), (2, "CNY", 3)), "none of the configured"),
        (bytes(120), "none of the configured"),
    ],
)
def test_another_currency_is_refused_with_its_name(table: bytes, says: str) -> None:
    talk = Conversation()
    told = talk.play("POLL < 19", "IDENTIFICATION < identity", "POLL < 19", f"GET_BILL_TABLE < {table.hex()}")
    assert troubles(told) == [Trouble.WRONG_DEVICE]
    assert says in told[0].detail  # type: ignore[attr-defined]
    talk.ccnet.enable(Money.yuan(100))
    assert set(talk.sent_for(WRONG_DEVICE_AGAIN_S / 2, {"POLL": "19"})) == {"POLL"}, "nothing is enabled"


def test_the_right_dataset_loaded_later_is_noticed() -> None:
    talk = Conversation()
    rub = bill_table((1, "RUS", 1)).hex()
    talk.play("POLL < 19", "IDENTIFICATION < identity", "POLL < 19", f"GET_BILL_TABLE < {rub}")
    unit = {"POLL": "19", "IDENTIFICATION": "identity", "GET_BILL_TABLE": "cny", "GET_COUNTER": "0102"}
    talk.sent_for(2 * WRONG_DEVICE_AGAIN_S, unit)
    assert [type(event) for event in talk.ccnet.drain()] == [Found, AtRest]


@pytest.mark.parametrize("mute", ["IDENTIFICATION", "GET_BILL_TABLE"])
@pytest.mark.parametrize("answer", ["30", "nothing", "noise", "00", "0102"])
def test_a_unit_that_polls_well_but_does_not_say_what_it_is_is_the_wrong_one(mute: str, answer: str) -> None:
    talk = Conversation()
    unit = {"POLL": "19", "IDENTIFICATION": "identity", "GET_BILL_TABLE": "cny", mute: answer}
    talk.sent_for(20, unit)
    assert troubles(talk.ccnet.drain()) == [Trouble.WRONG_DEVICE]


@pytest.mark.parametrize("answer", ["nothing", "ff", "14", "010203"])
def test_a_counter_that_never_comes_keeps_nobody_waiting(answer: str) -> None:
    talk = Conversation()
    unit = {"POLL": "19", "IDENTIFICATION": "identity", "GET_BILL_TABLE": "cny", "GET_COUNTER": answer}
    talk.sent_for(10, unit)
    told = talk.ccnet.drain()
    assert [type(event) for event in told] == [Found, AtRest]
    assert told[1].counter is None  # type: ignore[attr-defined]


def test_the_line_breaks_and_comes_back() -> None:
    talk = in_escrow()
    for _ in range(3):
        talk.ccnet.broken(talk.now_s, Trouble.NO_PORT, "vanished")
    assert troubles(talk.ccnet.drain()) == [Trouble.NO_PORT]
    talk.ccnet.begin(talk.now_s)
    assert [type(event) for event in talk.play("POLL < 8004")] == [Held]


def test_a_unit_whose_answers_were_lost_on_the_line_is_back_within_ten_seconds() -> None:
    talk = Conversation()
    told = talk.play("POLL < 19", *["IDENTIFICATION < nothing", "POLL < 19"] * 5)
    unit = {"POLL": "19", "IDENTIFICATION": "identity", "GET_BILL_TABLE": "cny", "GET_COUNTER": "0102"}
    talk.sent_for(10, unit)
    assert [type(event) for event in told + talk.ccnet.drain()] == [Lost, Found, AtRest]
