"""One note after the other: held, taken, given back, refused, told twice, never told of again."""

from __future__ import annotations

import logging

import pytest

from hardware.acceptors.ict_inside import DECIDE_LIMIT_S, OUTCOME_LIMIT_S
from hardware.contracts import Held, Lost, Refused, RefusedBecause, Returned, Taken, Trouble
from kiosk.money import Money
from tests.hardware.acceptors.ict_conversation import (
    AT_REST,
    ENABLED,
    FOUND,
    QUIET,
    STARTED,
    WELL,
    Conversation,
    accepted,
    enabled,
    held,
    started,
)

TEN = Money.yuan(10)
HELD = Held(device="acceptor", code=2, value=TEN)
TAKEN = Taken(device="acceptor", code=2, value=TEN)
RETURNED = Returned(device="acceptor", code=2)


def refused(talk: Conversation, *steps: str) -> RefusedBecause:
    (event,) = talk.play(*steps)
    assert isinstance(event, Refused)
    return event.because


def test_a_note_is_taken_and_then_the_next_one() -> None:
    talk = enabled()
    for _ in range(3):
        assert talk.play("<81 42") == [HELD]
        talk.ict.take()
        assert talk.play(">02", "wait 3", "<10") == [TAKEN]


def test_nothing_is_asked_while_a_note_waits_or_moves() -> None:
    talk = held()
    assert talk.sends(0.9) == QUIET
    talk.ict.take()
    assert talk.play(">02") == []
    assert talk.sends(9.0) == QUIET
    assert talk.play("<10") == [TAKEN]


def test_a_note_is_given_back() -> None:
    for answer in ("11", "29"):
        talk = held()
        talk.ict.give_back()
        assert talk.play(">0F", f"<{answer}") == [RETURNED]


def test_the_unit_gives_an_accepted_note_back() -> None:
    assert accepted().play("<11") == [RETURNED]


def test_take_is_sent_once_whatever_the_core_and_the_unit_repeat() -> None:
    talk = accepted()
    talk.ict.take()
    talk.ict.give_back()
    assert talk.play("<81 42") == []
    talk.ict.take()
    assert talk.sends(5.0) == QUIET
    assert talk.play("<10", "<10") == [TAKEN]


def test_the_first_decision_counts() -> None:
    talk = held()
    talk.ict.give_back()
    talk.ict.take()
    assert talk.play(">0F", "<11") == [RETURNED]
    assert "02" not in talk.sent_for(20)


def test_a_core_that_is_slow_gets_a_hold_and_one_that_does_not_decide_gives_the_note_back() -> None:
    talk = held()
    before_s = talk.now_s
    assert talk.play(">18", ">0F") == []
    assert talk.now_s - before_s == pytest.approx(DECIDE_LIMIT_S)
    talk.ict.take()  # too late
    assert talk.play("<11") == [RETURNED]
    assert "02" not in talk.sent_for(20)


def test_the_hold_byte_is_that_of_the_configuration() -> None:
    talk = Conversation(hold=0x5A)
    talk.ict.enable(TEN)
    talk.play(*STARTED, *ENABLED, "<81 42", ">5A", "<2A")
    talk.ict.take()
    assert talk.play(">02", "<10") == [TAKEN]


def test_the_unit_was_faster_than_the_core() -> None:
    talk = held()
    assert talk.play("<11") == [RETURNED]
    talk.ict.take()
    assert "02" not in talk.sent_for(20)


def test_a_note_pulled_out_of_escrow_is_with_the_customer() -> None:
    talk = held()
    talk.ict.take()
    assert talk.play("<23") == [RETURNED]
    assert "02" not in talk.sent_for(20)


@pytest.mark.parametrize(
    ("escrow", "because"),
    [
        ("81 44", RefusedBecause.INHIBITED),  # 50 yuan, above the limit
        ("81 45", RefusedBecause.UNMAPPED),  # not taken here
        ("81 4F", RefusedBecause.UNMAPPED),  # behind the end of the table
        ("42", RefusedBecause.FAULT),  # the first half got lost
    ],
)
def test_a_note_that_is_not_wanted_goes_back_and_is_never_told_as_held(
    escrow: str, because: RefusedBecause
) -> None:
    talk = enabled(limit=20)
    assert refused(talk, f"<{escrow}") is because
    talk.ict.take()
    assert talk.play(">0F", "<11") == []
    assert talk.play("<81 43") == [Held(device="acceptor", code=3, value=Money.yuan(20))]


def test_a_note_whose_type_got_lost_goes_back() -> None:
    talk = enabled()
    assert refused(talk, "<81", "wait 0.2") is RefusedBecause.FAULT
    assert talk.play(">0F", "<29") == []


def test_a_note_that_was_under_way_when_everything_was_switched_off_goes_back() -> None:
    talk = enabled()
    talk.ict.disable()
    assert refused(talk, "<81 42") is RefusedBecause.INHIBITED
    assert talk.play(">0F", "<11", ">5E", ">0C", "<5E") == []


def test_disable_leaves_a_held_note_to_the_core() -> None:
    talk = held()
    talk.ict.disable()
    talk.ict.take()
    assert talk.play(">02", "<10", ">5E") == [TAKEN]


def test_a_limit_below_the_smallest_note_keeps_the_unit_inhibited() -> None:
    talk = started()
    talk.ict.enable(Money.yuan("0.50"))
    assert set(talk.sent_for(10, {"0C": "5E"})) == {"0C"}


def test_a_switch_that_the_unit_did_not_hear_is_said_again() -> None:
    talk = started()
    talk.ict.enable(TEN)
    assert talk.play(">3E", ">0C", "<5E", ">0C", "<5E", ">3E", ">0C", "<3E") == []
    assert set(talk.sent_for(10, {"0C": "3E"})) == {"0C"}


def test_notes_that_the_validator_pushes_back() -> None:
    talk = enabled()
    assert refused(talk, "<29") is RefusedBecause.NOT_RECOGNISED
    assert refused(talk, "<23") is RefusedBecause.INSERTED_BADLY


@pytest.mark.parametrize("said", ["10", "11", "10 10 10"])
def test_an_end_without_a_beginning_is_ignored_and_logged(
    said: str, caplog: pytest.LogCaptureFixture
) -> None:
    talk = enabled()
    with caplog.at_level(logging.WARNING):
        assert talk.play(f"<{said}") == []
    assert f"{said[:2]}h ignored" in caplog.text


def test_stacked_while_the_note_waits_or_goes_back_is_no_money(caplog: pytest.LogCaptureFixture) -> None:
    talk = held()
    assert talk.play("<10") == []
    talk.ict.give_back()
    assert talk.play(">0F", "<10", "<11") == [RETURNED]
    assert caplog.text.count("10h ignored") == 2


def test_a_note_told_again_while_it_waits_is_one_note() -> None:
    talk = held()
    assert talk.play("<81 42", "<42", "<81 81 42 42") == []
    talk.ict.take()
    assert talk.play(">02", "<81 42", "<10") == [TAKEN]


def test_a_held_note_that_becomes_another_one_goes_back() -> None:
    talk = held()
    assert talk.play("<81 44", ">0F") == []
    talk.ict.take()
    assert talk.play("<11") == [RETURNED]


def test_no_end_within_ten_seconds_is_unknown() -> None:
    talk = accepted()
    before_s = talk.now_s
    assert talk.play(">5E", ">0C") == []
    assert talk.now_s - before_s >= OUTCOME_LIMIT_S
    assert talk.play("<5E") == [AT_REST]
    assert talk.play("<10") == []  # too late: the core has called it doubtful
    assert talk.play(">3E") == []  # and the wish still stands


def test_other_words_do_not_end_an_accepted_note() -> None:
    for word in ("29", "23", "2A", "2E", "71", "A1", "3E"):
        assert accepted().play(f"<{word}", "wait 3", "<10") == [TAKEN]


def test_the_end_of_a_note_got_lost_and_the_next_one_is_there() -> None:
    """11h then is about the second note; it must not make the first one look returned."""
    talk = accepted()
    assert refused(talk, "wait 4", "<81 42") is RefusedBecause.FAULT
    assert talk.play(">0F", "<11") == []
    assert talk.play(">5E", ">0C", "<5E") == [AT_REST]


def test_a_note_goes_back_when_another_than_the_accepted_one_may_be_there() -> None:
    """Its 10h was lost, and so was all of the next note but its end: as late, or behind a cable that was out."""
    late = accepted()
    assert late.play("wait 7", "<11") == []
    assert late.play(">5E", ">0C", "<5E") == [AT_REST]
    unplugged = accepted()
    unplugged.ict.broken(unplugged.now_s, Trouble.NO_PORT, "pulled")
    unplugged.ict.begin(unplugged.now_s)
    assert [type(event) for event in unplugged.play("<11")] == [Lost]
    unplugged.sent_for(5, WELL)
    assert unplugged.ict.drain() == [FOUND, AT_REST]


def test_an_accepted_note_that_comes_back_at_once_is_returned() -> None:
    assert accepted().play("wait 3", "<11") == [RETURNED]


def test_the_order_to_return_got_lost() -> None:
    talk = held()
    talk.ict.give_back()
    assert talk.play(">0F", ">0F", "<11") == [RETURNED]


def test_a_unit_that_says_nothing_of_a_return_comes_to_rest() -> None:
    talk = held()
    talk.ict.give_back()
    assert talk.play(">0F", ">0F", ">0F", ">5E", ">0C", "<5E") == [AT_REST]


def test_a_unit_that_tells_a_waiting_note_again_is_told_again_to_return_it() -> None:
    talk = held()
    talk.ict.give_back()
    assert talk.play(">0F", "<81 42", ">0F", "<11") == [RETURNED]
