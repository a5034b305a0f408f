"""One note: offered, held, taken or given back; with each answer lost once, and money never counted twice."""

from __future__ import annotations

import pytest

from hardware.contracts import AtRest, Event, Held, Refused, RefusedBecause, Returned, Taken
from kiosk.money import Money
from tests.hardware.acceptors.id003_conversation import (
    IN_ESCROW,
    enabled,
    in_escrow,
    stacking,
    started,
)

FIFTY = Money.yuan(50)
HELD = Held(device="acceptor", code=0x65, value=FIFTY)
TAKEN = Taken(device="acceptor", code=0x65, value=FIFTY)
RETURNED = Returned(device="acceptor", code=0x65)
AT_REST = AtRest(device="acceptor")


def refusals(told: list[Event]) -> list[RefusedBecause]:
    return [event.because for event in told if isinstance(event, Refused)]


def test_a_held_note_is_taken_and_acknowledged_only_after_it_is_written() -> None:
    talk = enabled()
    assert talk.play(*IN_ESCROW) == [HELD]
    talk.id003.take()
    talk.play("STACK < ack", "POLL < 14")
    assert talk.play("POLL < 15", "POLL < 15") == [TAKEN]
    assert not talk.acknowledged
    talk.id003.confirm()
    assert talk.play("POLL < 15") == []
    assert talk.acknowledged
    assert talk.play("POLL < 16", "POLL < 11") == []
    assert set(talk.sent_for(2, {"POLL": "11"})) <= {"POLL", "VERSION"}, "nothing but whether it is an echo"


def test_a_lost_acknowledgement_is_given_again() -> None:
    talk = stacking()
    talk.play("POLL < 15")
    talk.id003.confirm()
    for _ in range(3):
        assert talk.play("POLL < 15") == []
        assert talk.acknowledged


def test_a_held_note_is_given_back() -> None:
    talk = in_escrow()
    talk.id003.give_back()
    assert talk.play("RETURN < ack", "POLL < 18") == []
    assert talk.play("POLL < 11") == [RETURNED]


def test_the_next_note_right_behind_a_returned_one() -> None:
    talk = in_escrow()
    talk.id003.give_back()
    assert talk.play("RETURN < ack", "POLL < 18", "POLL < 12", "POLL < 1361") == [
        RETURNED,
        Held(device="acceptor", code=0x61, value=Money.yuan(1)),
    ]


def test_two_polls_missed_between_two_equal_notes() -> None:
    talk = in_escrow()
    talk.id003.give_back()
    assert talk.play("RETURN < ack", "POLL < 18", "POLL < nothing", "POLL < 1365") == [RETURNED, HELD]


@pytest.mark.parametrize("answer", ["nothing", "noise", "invalid", "1a"])
@pytest.mark.parametrize(
    ("decide", "sends"), [("take", "STACK"), ("give_back", "RETURN")], ids=["take", "give back"]
)
def test_a_decision_is_sent_once_whatever_comes_back(decide: str, sends: str, answer: str) -> None:
    talk = in_escrow()
    getattr(talk.id003, decide)()
    talk.play(f"{sends} < {answer}")
    getattr(talk.id003, decide)()
    assert set(talk.sent_for(8, {"POLL": "1365"})) == {"POLL"}, "no repetition and no HOLD"
    assert talk.play("POLL < 1779", "POLL < 11") == [RETURNED]


def test_a_stack_command_whose_answer_is_lost_still_ends_in_taken() -> None:
    talk = in_escrow()
    talk.id003.take()
    assert talk.play("STACK < nothing", "POLL < nothing", "POLL < 14", "POLL < 15") == [TAKEN]


def test_a_decision_waits_for_a_poll_that_shows_the_note() -> None:
    talk = in_escrow()
    talk.play("POLL < nothing")
    talk.id003.take()
    talk.play("POLL < noise", "POLL < 19", "STACK < ack")


def test_the_first_decision_counts() -> None:
    talk = in_escrow()
    talk.id003.give_back()
    talk.id003.take()
    talk.play("RETURN < ack")
    assert "STACK" not in talk.sent_for(3, {"POLL": "1365"})


@pytest.mark.parametrize("state", ["11", "12", "14", "18", "1765", "16"])
def test_without_a_note_in_escrow_a_decision_means_nothing(state: str) -> None:
    talk = enabled()
    talk.play(f"POLL < {state}")
    talk.id003.take()
    talk.id003.give_back()
    talk.play("POLL < 12", "POLL < 1365", "POLL < 1365")


def test_a_late_decision_does_not_reach_the_next_note() -> None:
    talk = in_escrow()
    talk.play("POLL < 1779")
    talk.id003.take()
    assert talk.play("POLL < 11", "POLL < 12", "POLL < 1365") == [RETURNED, HELD]
    assert set(talk.sent_for(2, {"POLL": "1365"})) == {"POLL"}


@pytest.mark.parametrize("between", ["nothing", "noise", "4a", "44", "1b DENOMINATIONS", "48", "16"])
def test_trouble_between_two_sights_of_vend_valid_makes_no_second_note(between: str) -> None:
    talk = stacking()
    seen, _, sent = between.partition(" ")
    told = talk.play("POLL < 15", f"POLL < {seen}", *([f"{sent} < same"] if sent else []))
    told += talk.play("POLL < 15", "POLL < 15")
    assert [event for event in told if isinstance(event, Taken)] == [TAKEN]


def test_two_equal_notes_are_two_notes() -> None:
    talk, told = enabled(), []
    for _ in range(2):
        told += talk.play(*IN_ESCROW)
        talk.id003.take()
        told += talk.play("STACK < ack", "POLL < 14", "POLL < 15")
        talk.id003.confirm()
        told += talk.play("POLL < 15", "POLL < 16", "POLL < 11")
    assert told == [HELD, TAKEN, HELD, TAKEN]


def test_a_unit_that_only_ever_says_stacked_is_believed_about_the_note_we_sent_in() -> None:
    talk = stacking()
    assert talk.play("POLL < 16", "POLL < 11") == [TAKEN]


def test_money_that_nobody_sent_in_is_money_all_the_same() -> None:
    talk = enabled()
    assert talk.play("POLL < 12", "POLL < 15") == [Taken(device="acceptor", code=-1, value=None)]


def test_a_note_stacked_against_the_order_to_return_it_is_told_as_what_it_is() -> None:
    talk = in_escrow()
    talk.id003.give_back()
    assert talk.play("RETURN < invalid", "POLL < 14", "POLL < 15") == [TAKEN]


@pytest.mark.parametrize("moving", ["1365", "14", "19"])
def test_a_note_that_goes_away_untold_is_left_to_the_core(moving: str) -> None:
    talk = in_escrow()
    talk.id003.take()
    talk.play("STACK < ack", f"POLL < {moving}")
    assert talk.play("POLL < 11", "POLL < 11") == [AT_REST]


def test_a_note_that_the_unit_pushes_back_instead_of_stacking_it_is_returned() -> None:
    talk = stacking()
    assert talk.play("POLL < 1771", "POLL < 1771") == []
    assert talk.play("POLL < 11") == [RETURNED]


def test_escrow_is_extended_while_nobody_has_decided_and_then_no_more() -> None:
    talk = in_escrow()
    begun_s, holds = talk.now_s, []
    while talk.now_s < begun_s + 100:
        if talk.sends() == b"\x44":
            holds.append(talk.now_s)
            talk.hears("ack")
        else:
            talk.hears("19")
    gaps = [later - earlier for earlier, later in zip([begun_s, *holds], holds, strict=False)]
    assert max(gaps) < 10 / 2, "one lost HOLD must not lose the note"
    assert 50 < holds[-1] - begun_s <= 60
    assert talk.play("POLL < 1779", "POLL < 11") == [RETURNED]


def test_a_note_is_told_once_through_escrow_and_holding_and_taken_out_of_both() -> None:
    talk = in_escrow()
    assert talk.play("POLL < 19", "POLL < 1365", "POLL < 19") == []
    talk.id003.take()
    assert talk.play("STACK < ack", "POLL < 14", "POLL < 15") == [TAKEN]


def test_a_note_that_it_refuses_by_itself_says_why() -> None:
    talk = enabled()
    told = talk.play("POLL < 12", "POLL < 1779", "POLL < 1779", "POLL < 11", "POLL < 1771", "POLL < 11")
    assert refusals(told) == [RefusedBecause.INHIBITED, RefusedBecause.NOT_RECOGNISED]
    assert len(told) == 2


def test_a_second_note_pushed_behind_the_first_asks_to_take_it_out() -> None:
    assert refusals(in_escrow().play("POLL < 47", "POLL < 47")) == [RefusedBecause.INSERTED_BADLY]


@pytest.mark.parametrize(("limit", "code", "yuan"), [(20, "65", 50), (99, "66", 100), (1, "62", 5)])
def test_a_note_above_the_limit_is_returned_at_once(limit: int, code: str, yuan: int) -> None:
    talk = enabled(limit)
    told = talk.play("POLL < 12", f"POLL < 13{code}", "RETURN < ack", "POLL < 18", "POLL < 11")
    assert refusals(told) == [RefusedBecause.INHIBITED]
    assert len(told) == 1, "it never was held for anybody"
    assert str(yuan) in told[0].detail  # type: ignore[attr-defined]


@pytest.mark.parametrize(("limit", "code"), [(20, "64"), (50, "65"), (50, "61")])
def test_a_note_within_the_limit_is_held(limit: int, code: str) -> None:
    assert [type(event) for event in enabled(limit).play("POLL < 12", f"POLL < 13{code}")] == [Held]


def test_a_note_that_arrives_after_the_window_closed_is_returned() -> None:
    talk = enabled()
    talk.play("POLL < 12")
    talk.id003.disable()
    assert refusals(talk.play("POLL < 1361", "RETURN < ack")) == [RefusedBecause.INHIBITED]


def test_a_note_already_held_when_the_window_closes_stays_for_the_core() -> None:
    talk = in_escrow()
    talk.id003.disable()
    talk.play("POLL < 1365", "POLL < 1365")
    talk.id003.take()
    assert talk.play("STACK < ack", "POLL < 14", "POLL < 15") == [TAKEN]


@pytest.mark.parametrize("code", ["64", "68", "6f", "00"])
def test_a_code_outside_our_denominations_is_returned_at_once(code: str) -> None:
    talk = enabled(notes=(Money.yuan(1), FIFTY))
    told = talk.play("POLL < 12", f"POLL < 13{code}", "RETURN < nothing")
    assert refusals(told) == [RefusedBecause.UNMAPPED]
    assert talk.play("POLL < 1779", "POLL < 11") == []


def test_a_limit_below_every_note_leaves_the_unit_inhibited() -> None:
    talk = started()
    talk.id003.enable(Money.yuan("0.50"))
    assert set(talk.sent_for(3, {"POLL": "1a"})) == {"POLL"}


@pytest.mark.parametrize("state", ["12", "1365", "19", "14", "15", "16", "18", "1765", "47"])
def test_closing_the_window_never_disturbs_a_note_on_its_way(state: str) -> None:
    talk = enabled()
    talk.play("POLL < 12")
    talk.id003.disable()
    assert "INHIBIT" not in talk.sent_for(5, {"POLL": state, "HOLD": "ack", "RETURN": "ack"})


def test_an_idle_unit_is_closed_and_opened_again() -> None:
    talk = enabled()
    talk.now_s += 1
    talk.id003.disable()
    talk.play("INHIBIT < same")
    assert talk.last == bytes.fromhex("c301")
    assert set(talk.sent_for(3, {"POLL": "1a"})) == {"POLL"}
    talk.id003.enable(FIFTY)
    talk.play("INHIBIT < same")
    assert talk.last == bytes.fromhex("c300")
    assert set(talk.sent_for(3, {"POLL": "11"})) <= {"POLL", "VERSION"}


@pytest.mark.parametrize("answer", ["nothing", "invalid", "ack"])
def test_an_opening_that_the_unit_does_not_follow_is_sent_again_but_not_in_a_hurry(answer: str) -> None:
    talk = started()
    talk.id003.enable(FIFTY)
    sent = talk.sent_for(10, {"POLL": "1a", "INHIBIT": answer})
    assert 5 <= sent.count("INHIBIT") <= 10
