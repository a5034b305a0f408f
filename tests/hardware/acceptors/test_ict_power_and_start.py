"""Power fails at any moment of a note; this process starts while the unit runs; 02h never leaves by mistake."""

from __future__ import annotations

import pytest

from hardware.contracts import (
    AtRest,
    Held,
    Lost,
    PoweredUp,
    PoweredUpWith,
    Refused,
    RefusedBecause,
    Taken,
    Trouble,
)
from kiosk.money import Money
from tests.hardware.acceptors.ict_conversation import (
    AT_REST,
    ENABLED,
    FOUND,
    STARTED,
    WELL,
    Conversation,
    accepted,
    enabled,
    held,
    started,
)

POWERED_UP = PoweredUp(device="acceptor", having=PoweredUpWith.NOTHING)
TEN = Money.yuan(10)


def test_first_the_status_then_two_answers_then_found_and_at_rest() -> None:
    """A unit that an earlier process left open is inhibited before anything is told, and never reset."""
    talk = Conversation()
    assert talk.play(">0C", "<3E", ">5E", ">0C") == []
    assert talk.play("<5E") == [FOUND, AT_REST]
    assert set(talk.sent_for(20, WELL)) == {"0C"}


def test_a_unit_found_inhibited_is_made_to_say_its_power_up_again() -> None:
    talk = Conversation()
    told = talk.play(">0C", "<5E", ">30", "<80 8F", ">02", ">5E", ">0C", "<5E", ">0C", "<5E")
    assert told == [POWERED_UP, FOUND, AT_REST]


def test_a_unit_that_knows_no_reset_is_reset_in_vain_once() -> None:
    talk = Conversation()
    assert talk.play(">0C", "<5E", ">30", ">0C", "<5E", ">0C", "<5E") == [FOUND, AT_REST]
    talk.ict.enable(TEN)
    assert talk.play(*ENABLED) == []
    assert set(talk.sent_for(60, {"0C": "3E"})) == {"0C"}


def test_a_unit_that_can_not_be_enabled_is_lost_until_it_says_its_power_up() -> None:
    talk = Conversation()
    talk.play(">0C", "<5E", ">30", ">0C", "<5E", ">0C", "<5E")
    talk.ict.enable(TEN)
    sent = talk.sent_for(60, {"0C": "5E"})
    (lost,) = talk.ict.drain()
    assert isinstance(lost, Lost) and lost.trouble is Trouble.FAILED and "off and on" in lost.detail
    assert "30" in sent and "02" not in sent
    told = talk.play("<80 8F", ">02", ">5E", ">0C", "<5E", ">0C", "<5E", *ENABLED)
    assert told == [POWERED_UP, FOUND, AT_REST]


def test_a_unit_that_stays_open_is_found_but_never_at_rest() -> None:
    talk = Conversation()
    talk.ict.enable(TEN)
    assert "3E" not in talk.sent_for(20, {"0C": "3E"})
    assert talk.ict.drain() == [FOUND]


def test_power_up_is_answered_once_and_the_unit_stays_inhibited() -> None:
    talk = Conversation()
    told = talk.play(">0C", "<80 8F", ">02", ">5E", ">0C", "<5E", ">0C", "<5E")
    assert told == [POWERED_UP, FOUND, AT_REST]
    assert set(talk.sent_for(20, WELL)) == {"0C"}


def test_a_wish_to_accept_outlives_a_power_cut() -> None:
    talk = enabled()
    told = talk.play("<80 8F", ">02", ">5E", ">0C", "<5E", ">0C", "<5E", ">3E", ">0C", "<3E")
    assert told == [POWERED_UP, FOUND, AT_REST]


@pytest.mark.parametrize("half", ["80", "8F", "80 80", "8F 80"])
def test_half_a_power_up_pair_is_not_answered(half: str) -> None:
    talk = enabled()
    assert talk.play(f"<{half}", "wait 0.2", "<8F" if half.endswith("80") else "<80") == []
    assert "02" not in talk.sent_for(20, {"0C": "3E"})


def test_power_fails_after_accept_and_nobody_knows_the_end() -> None:
    talk = accepted()
    assert talk.play("<80 8F") == [POWERED_UP]
    sent = talk.sent_for(20, WELL)
    assert sent.count("02") == 1  # the answer to the pair
    assert talk.ict.drain() == [FOUND, AT_REST]


def test_stacked_after_a_power_cut_is_no_money() -> None:
    talk = accepted()
    talk.play("<80 8F", "<10")
    talk.sent_for(20, WELL)
    assert not any(isinstance(event, Taken) for event in talk.ict.drain())


@pytest.mark.parametrize("decided", ["take", "give_back", None])
def test_power_fails_with_a_note_in_escrow_and_no_accept_leaves_afterwards(decided: str | None) -> None:
    talk = held()
    assert talk.play("<80 8F") == [POWERED_UP]
    if decided:
        getattr(talk.ict, decided)()
    at_s = talk.now_s
    while talk.sends() != "02":
        talk.hears("5E")
    assert talk.now_s >= at_s + 5, "a pair that was only noise must not accept the note that waits"
    talk.sent_for(20, WELL)
    assert talk.ict.drain() == [FOUND, AT_REST]


def test_noise_looks_like_a_power_up_and_then_the_note_is_told_again() -> None:
    talk = held()
    (powered_up, refused) = talk.play("<80 8F", "<81 42")
    assert powered_up == POWERED_UP
    assert isinstance(refused, Refused)
    assert talk.play(">0F", "<11") == []
    assert "02" not in talk.sent_for(30, WELL)


def test_a_pair_said_twice_gets_one_answer_each_and_none_while_a_note_waits() -> None:
    talk = started()
    talk.ict.enable(TEN)
    assert talk.play("<80 8F 80 8F", ">02", ">5E", ">0C", "<5E", ">0C", "<5E")[-1] == AT_REST
    talk.play(">3E", ">0C", "<3E", "<81 42", "<80 8F")
    assert "02" not in talk.sent_for(5, {"0C": "3E"})


def test_a_note_in_escrow_at_start_goes_back() -> None:
    """Of a note accepted by an earlier process the end is unknown; this one must not be taken for that."""
    talk = Conversation()
    (refused,) = talk.play(">0C", "<81 42")
    assert isinstance(refused, Refused) and refused.because is RefusedBecause.INHIBITED
    told = talk.play(">0F", "<11", ">5E", ">0C", "<5E", ">0C", "<5E")
    assert told == [FOUND, AT_REST]


def test_stacked_at_start_is_of_a_note_that_this_process_does_not_know() -> None:
    assert Conversation().play(">0C", "<10", "<3E", ">5E", ">0C", "<5E") == [FOUND, AT_REST]


def test_the_cable_comes_back_before_the_note_is_stacked() -> None:
    talk = accepted()
    talk.ict.broken(talk.now_s, Trouble.NO_PORT, "pulled")
    talk.now_s += 2
    talk.ict.begin(talk.now_s)
    (_lost, taken) = talk.play("<10")
    assert taken == Taken(device="acceptor", code=2, value=TEN, recovered=True)


def test_the_cable_comes_back_too_late_to_hear_of_the_note() -> None:
    talk = accepted()
    talk.ict.broken(talk.now_s, Trouble.NO_PORT, "pulled")
    talk.now_s += 60
    talk.ict.begin(talk.now_s)
    told = talk.play(*STARTED)
    assert told[1:] == [FOUND, AT_REST]
    assert talk.play("<10") == []


def test_the_cable_is_pulled_while_a_note_waits_and_no_accept_leaves_afterwards() -> None:
    talk = held()
    talk.ict.take()
    talk.ict.broken(talk.now_s, Trouble.NO_PORT, "pulled")
    talk.ict.take()
    talk.ict.begin(talk.now_s)
    sent = talk.sent_for(20, WELL)
    assert "02" not in sent
    assert sent[0] == "0F"
    assert talk.ict.drain()[1:] == [FOUND, AT_REST]


def test_a_unit_that_missed_our_answer_at_its_power_up_is_reset() -> None:
    talk = Conversation()
    talk.play(">0C", "<26", ">30")
    told = talk.play("<80 8F", ">02", ">5E", ">0C", "<5E", ">0C", "<5E")
    assert told == [POWERED_UP, FOUND, AT_REST]


def test_a_unit_that_does_not_know_reset_is_reset_now_and_then_only() -> None:
    talk = Conversation()
    assert talk.sent_for(65, {"0C": "26"}).count("30") == 3


def test_notes_are_held_again_only_after_rest() -> None:
    talk = enabled()
    talk.play("<80 8F", ">02", ">5E", ">0C")
    (refused,) = talk.play("<81 42")
    assert isinstance(refused, Refused)
    talk.play(">0F", "<11")
    talk.sent_for(3, WELL)
    assert AtRest(device="acceptor") in talk.ict.drain()
    assert talk.play("<81 42") == [Held(device="acceptor", code=2, value=TEN)]


def test_a_table_without_notes_is_refused() -> None:
    for notes in ((), (None, None), (TEN,) * 17):
        with pytest.raises(ValueError, match="table of notes"):
            Conversation(notes)
