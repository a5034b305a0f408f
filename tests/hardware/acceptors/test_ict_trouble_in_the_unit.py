"""Stacker out, jams, fishing, failures, silence, noise, echo: told once, over when it is over."""

from __future__ import annotations

import pytest

from hardware.contracts import (
    BoxIn,
    BoxOut,
    Cheated,
    Cleared,
    Event,
    JamIn,
    Jammed,
    Lost,
    PoweredUp,
    Returned,
    Taken,
    Trouble,
)
from kiosk.money import Money
from tests.hardware.acceptors.ict_conversation import (
    AT_REST,
    FOUND,
    STARTED,
    WELL,
    Conversation,
    accepted,
    enabled,
    held,
    started,
)

TAKEN = Taken(device="acceptor", code=2, value=Money.yuan(10))
JAM = Jammed(device="acceptor", where=JamIn.VALIDATOR)
CLEARED = Cleared(device="acceptor")


def verdict(talk: Conversation) -> Lost:
    (lost,) = [event for event in talk.ict.drain() if isinstance(event, Lost)]
    return lost


@pytest.mark.parametrize(
    ("code", "event"),
    [
        ("22", JAM),
        ("28", Jammed(device="acceptor", where=JamIn.CASH_BOX)),
        ("27", Cheated(device="acceptor")),
    ],
)
def test_trouble_is_told_once_and_cleared_when_the_status_is_well(code: str, event: Event) -> None:
    talk = enabled()
    assert talk.play(f"<{code}") == [event]
    talk.sent_for(5, {"0C": code})
    assert talk.ict.drain() == []
    talk.sent_for(5, WELL)
    assert talk.ict.drain() == [CLEARED, AT_REST]


def test_the_stacker_is_pulled_out_and_put_back() -> None:
    talk = enabled()
    assert talk.play("<24") == [BoxOut(device="acceptor")]
    assert "3E" not in talk.sent_for(5, {"0C": "24"})
    assert talk.play("<2F", ">0C", "<3E", ">5E", ">0C", "<5E", ">3E") == [BoxIn(device="acceptor"), AT_REST]


def test_error_over_is_asked_for_before_it_is_believed() -> None:
    talk = enabled()
    assert talk.play("<24") == [BoxOut(device="acceptor")]
    talk.sent_for(3, {"0C": "24"})
    assert talk.play("<2F", ">0C", "<24") == [], "it is asked at once, and something is wrong still"
    assert talk.play(">0C", "<5E") == [BoxIn(device="acceptor"), AT_REST]


def test_the_stacker_is_out_at_start() -> None:
    talk = Conversation()
    assert talk.play(">0C", "<24") == [BoxOut(device="acceptor")]
    talk.sent_for(10, {"0C": "24"})
    assert talk.ict.drain() == []
    talk.sent_for(5, WELL)
    assert talk.ict.drain() == [BoxIn(device="acceptor"), FOUND, AT_REST]


def test_trouble_while_a_note_waits_gives_it_back() -> None:
    for code in ("20", "22", "24", "25", "26", "27", "28"):
        talk = held()
        talk.play(f"<{code}")
        talk.ict.take()
        assert talk.play(">0F", "<11") == [Returned(device="acceptor", code=2)]


def test_a_note_jams_on_its_way_and_falls_in_when_it_is_freed() -> None:
    talk = accepted()
    assert talk.play("<22") == [JAM]
    talk.sent_for(60, {"0C": "22"})
    assert talk.ict.drain() == [], "it may still lie there: neither lost from sight nor reset"
    assert talk.play("<2F", ">0C", "<3E", "<10") == [CLEARED, TAKEN]


def test_a_note_jams_on_its_way_and_is_pulled_out_unseen() -> None:
    talk = accepted()
    talk.play("<22")
    assert "30" not in talk.sent_for(60, {"0C": "22"})
    talk.sent_for(20, WELL)
    assert talk.ict.drain() == [CLEARED, AT_REST]


def test_a_jam_without_a_note_of_ours_is_reset_now_and_then() -> None:
    talk = enabled()
    talk.play("<22")
    assert talk.sent_for(20, {"0C": "22"}).count("30") == 0
    assert talk.sent_for(60, {"0C": "22"}).count("30") == 2


@pytest.mark.parametrize(("code", "words"), [("20", "motor"), ("21", "memory"), ("25", "sensor")])
def test_a_failure_is_told_once_and_found_again_when_it_is_over(code: str, words: str) -> None:
    talk = enabled()
    (lost,) = talk.play(f"<{code}")
    assert isinstance(lost, Lost) and lost.trouble is Trouble.FAILED and words in lost.detail
    talk.sent_for(10, {"0C": code})
    assert talk.ict.drain() == []
    talk.sent_for(5, WELL)
    assert talk.ict.drain() == [FOUND, AT_REST]


def test_a_failure_on_the_way_of_a_note_and_the_note_arrives() -> None:
    talk = accepted()
    talk.play("<20")
    (taken,) = talk.play("wait 2", "<10")
    assert isinstance(taken, Taken) and taken.value == Money.yuan(10)


def test_silence_is_told_and_over_when_the_unit_answers() -> None:
    talk = started()
    talk.sent_for(20)
    lost = verdict(talk)
    assert lost.trouble is Trouble.SILENT
    told = talk.play(">0C", "<5E", ">0C", "<5E")
    assert told == [FOUND, AT_REST]


def test_nobody_there_from_the_start() -> None:
    talk = Conversation()
    assert set(talk.sent_for(30)) == {"0C"}
    assert verdict(talk).trouble is Trouble.SILENT


def test_garbage_is_told() -> None:
    talk = Conversation()
    talk.sent_for(30, {"0C": "f3 c7 00 42"})
    lost = verdict(talk)
    assert lost.trouble is Trouble.GARBAGE
    assert "8E1" in lost.detail


def test_garbage_between_answers_is_no_line_for_money() -> None:
    talk = started()
    talk.sent_for(30, {"0C": "f3 5e"})
    assert verdict(talk).trouble is Trouble.GARBAGE


def test_one_bad_byte_now_and_then_is_borne() -> None:
    talk = started()
    for _ in range(20):
        talk.play(">0C", "<c7 5E", ">0C", "<5E")
    assert talk.ict.drain() == []


@pytest.mark.parametrize("answers", [{}, {"0C": "0C 5E"}])
def test_an_echo_is_no_unit(answers: dict[str, str]) -> None:
    talk = Conversation()
    echo = {byte: byte for byte in ("0C", "5E", "3E", "0F", "02", "30")} | answers
    talk.sent_for(30, echo)
    assert [event.trouble for event in talk.ict.drain() if isinstance(event, Lost)] == [Trouble.ECHO]


def test_an_echo_that_ends() -> None:
    talk = Conversation()
    talk.sent_for(10, {"0C": "0C"})
    talk.ict.drain()
    assert talk.play(*STARTED) == [FOUND, AT_REST]


def test_power_fails_for_long() -> None:
    talk = enabled()
    talk.sent_for(20)
    assert verdict(talk).trouble is Trouble.SILENT
    told = talk.play("<80 8F", ">02", ">5E", ">0C", "<5E", ">0C", "<5E", ">3E")
    assert [type(event) for event in told] == [PoweredUp, type(FOUND), type(AT_REST)]


def test_a_busy_unit_is_neither_lost_nor_at_rest() -> None:
    talk = Conversation()
    for busy in ("71", "A1"):
        talk.sent_for(20, {"0C": busy})
        assert talk.ict.drain() == []
    talk.sent_for(5, WELL)
    assert talk.ict.drain() == [FOUND, AT_REST]
