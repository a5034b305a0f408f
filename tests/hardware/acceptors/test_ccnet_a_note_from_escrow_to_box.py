"""One note: offered, held, taken or given back; with each answer lost once, and money never counted twice."""

from __future__ import annotations

import pytest

from hardware.contracts import AtRest, Held, Refused, RefusedBecause, Returned, Taken
from kiosk.money import Money
from tests.hardware.acceptors.ccnet_conversation import (
    ENABLED,
    IN_ESCROW,
    Conversation,
    enabled,
    in_escrow,
    started,
)

FIFTY = Money.yuan(50)
HELD = Held(device="acceptor", code=4, value=FIFTY, counter=258)
TAKEN = Taken(device="acceptor", code=4, value=FIFTY)
RETURNED = Returned(device="acceptor", code=4)


def at_rest(counter: int | None) -> AtRest:
    return AtRest(device="acceptor", counter=counter, serial_number="21KC05001234")


def test_a_held_note_is_taken_confirmed_and_counted() -> None:
    talk = enabled()
    assert talk.play(*IN_ESCROW) == [HELD]
    talk.ccnet.take()
    talk.play("STACK < ok", "POLL < 17")
    assert talk.play("POLL < 8104") == [TAKEN]
    assert not talk.acknowledged
    talk.ccnet.confirm()
    assert talk.play("POLL < 8104") == []
    assert talk.acknowledged

    assert talk.play("POLL < 14", "GET_COUNTER < 0103", "POLL < 15", "POLL < 8000") == [
        Held(device="acceptor", code=0, value=Money.yuan(1), counter=259)
    ]


def test_a_held_note_is_given_back() -> None:
    talk = in_escrow()
    talk.ccnet.give_back()
    assert talk.play("RETURN < ok", "POLL < 18", "POLL < 8204", "POLL < 14") == [RETURNED]
    assert set(talk.sent_for(2, {"POLL": "14"})) == {"POLL"}, "nothing is open, nothing is asked"


@pytest.mark.parametrize("answer", ["nothing", "noise", "30", "ff", "1b01"])
@pytest.mark.parametrize(
    ("decide", "sends"), [("take", "STACK"), ("give_back", "RETURN")], ids=["take", "give back"]
)
def test_a_decision_is_sent_once_whatever_comes_back(decide: str, sends: str, answer: str) -> None:
    talk = in_escrow()
    getattr(talk.ccnet, decide)()
    talk.play(f"{sends} < {answer}")
    getattr(talk.ccnet, decide)()
    assert set(talk.sent_for(8, {"POLL": "8004"})) == {"POLL"}, "no repetition and no HOLD"
    assert talk.play("POLL < 18", "POLL < 8204") == [RETURNED]


def test_a_stack_command_whose_answer_is_lost_still_ends_in_taken() -> None:
    talk = in_escrow()
    talk.ccnet.take()
    assert talk.play("STACK < nothing", "POLL < nothing", "POLL < 17", "POLL < 8104") == [TAKEN]


def test_a_decision_waits_for_a_poll_that_shows_the_note() -> None:
    talk = in_escrow()
    talk.play("POLL < nothing")
    talk.ccnet.take()
    talk.play("POLL < noise", "POLL < 1b05", "POLL < 8004", "STACK < ok")


def test_the_first_decision_counts() -> None:
    talk = in_escrow()
    talk.ccnet.give_back()
    talk.ccnet.take()
    talk.play("RETURN < ok")
    assert "STACK" not in talk.sent_for(3, {"POLL": "8004"})


@pytest.mark.parametrize("state", ["14", "15", "17", "18", "8204", "1c68"])
def test_without_a_note_in_escrow_a_decision_means_nothing(state: str) -> None:
    talk = enabled()
    talk.play(f"POLL < {state}")
    talk.ccnet.take()
    talk.ccnet.give_back()
    talk.play("POLL < 15", "POLL < 8004", "POLL < 8004")


def test_a_late_decision_does_not_reach_the_next_note() -> None:
    talk = in_escrow()
    talk.play("POLL < 18", "POLL < 8204")
    talk.ccnet.take()
    talk.play("POLL < 14", "POLL < 15")
    assert talk.play("POLL < 8004") == [HELD]
    assert set(talk.sent_for(2, {"POLL": "8004"})) == {"POLL"}


@pytest.mark.parametrize("shown", [1, 2, 7])
def test_a_stacked_note_is_told_once_however_often_it_is_shown(shown: int) -> None:
    talk = in_escrow()
    talk.ccnet.take()
    talk.play("STACK < ok", "POLL < 17")
    told = talk.play(*["POLL < 8104"] * shown)
    talk.ccnet.confirm()
    told += talk.play(*["POLL < 8104"] * shown)
    assert told == [TAKEN]


@pytest.mark.parametrize("between", ["1b02", "nothing", "noise", "30", "42", "13", "45"])
def test_trouble_between_two_sights_of_a_stacked_note_makes_no_second_one(between: str) -> None:
    talk = in_escrow()
    talk.ccnet.take()
    talk.play("STACK < ok")
    told = talk.play("POLL < 8104", f"POLL < {between}", "POLL < 8104", "POLL < 8104")
    assert [event for event in told if isinstance(event, Taken)] == [TAKEN]


def test_two_equal_notes_are_two_notes() -> None:
    talk = enabled()
    told = []
    for _ in range(2):
        told += talk.play(*IN_ESCROW)
        talk.ccnet.take()
        told += talk.play("STACK < ok", "POLL < 17", "POLL < 8104")
        talk.ccnet.confirm()
        told += talk.play("POLL < 8104", "POLL < 14", "GET_COUNTER < 0103")
    assert [type(event) for event in told] == [Held, Taken, Held, Taken]


def test_a_note_that_turns_out_to_be_another_type_is_told_as_what_it_is() -> None:
    talk = in_escrow()
    talk.ccnet.take()
    told = talk.play("STACK < ok", "POLL < 17", "POLL < 8105")
    assert told == [Taken(device="acceptor", code=5, value=Money.yuan(100))]


def test_money_of_a_type_that_no_table_names_is_money_all_the_same() -> None:
    talk = in_escrow()
    talk.ccnet.take()
    assert talk.play("STACK < ok", "POLL < 8117") == [Taken(device="acceptor", code=0x17, value=None)]


@pytest.mark.parametrize("moving", ["8004", "17", "18"])
def test_a_note_that_goes_away_untold_is_settled_by_the_counter(moving: str) -> None:
    talk = in_escrow()
    talk.ccnet.take()
    talk.play("STACK < ok", f"POLL < {moving}")
    assert talk.play("POLL < 14", "GET_COUNTER < 0103") == [at_rest(259)]


def test_a_unit_that_counts_aloud_only_when_disabled_is_disabled_to_be_asked() -> None:
    talk = in_escrow()
    talk.play("POLL < 14", "GET_COUNTER < 30", "POLL < 14", "ENABLE_BILL_TYPES < ok")
    assert talk.last == bytes.fromhex("34000000000000")
    assert talk.play("POLL < 19", "GET_COUNTER < 0103") == [at_rest(259)]
    talk.play("POLL < 19", "ENABLE_BILL_TYPES < ok")
    assert talk.last == bytes.fromhex("3400003f00003f")


def test_a_note_right_behind_another_has_no_counter_rather_than_an_old_one() -> None:
    talk = in_escrow()
    talk.ccnet.take()
    talk.play("STACK < ok", "POLL < 8104")
    talk.ccnet.confirm()
    talk.play("POLL < 8104", "POLL < 15")
    assert talk.play("POLL < 8000") == [Held(device="acceptor", code=0, value=Money.yuan(1), counter=None)]


def test_escrow_is_extended_while_nobody_has_decided_and_then_no_more() -> None:
    talk = in_escrow()
    begun_s, holds = talk.now_s, []
    while talk.now_s < begun_s + 100:
        if talk.sends() == b"\x38":
            holds.append(talk.now_s)
            talk.hears("ok")
        else:
            talk.hears("1a")
    gaps = [later - earlier for earlier, later in zip([begun_s, *holds], holds, strict=False)]
    assert max(gaps) < 10 / 2, "one lost HOLD must not lose the note"
    assert 50 < holds[-1] - begun_s <= 60
    assert talk.play("POLL < 18", "POLL < 8204") == [RETURNED]


def test_a_note_is_told_once_through_escrow_and_holding() -> None:
    talk = in_escrow()
    assert talk.play("POLL < 1a", "POLL < 8004", "POLL < 46", "POLL < 8004")[1:] == []


def test_a_note_that_the_unit_refuses_by_itself_says_why() -> None:
    talk = enabled()
    told = talk.play("POLL < 15", "POLL < 1c68", "POLL < 1c68", "POLL < 14", "POLL < 1c60", "POLL < 1c66")
    assert [event.because for event in told if isinstance(event, Refused)] == [
        RefusedBecause.INHIBITED,
        RefusedBecause.INSERTED_BADLY,
        RefusedBecause.NOT_RECOGNISED,
    ]


def test_a_type_outside_our_denominations_is_returned_at_once() -> None:
    talk = Conversation(notes=(Money.yuan(1), FIFTY))
    talk.play("POLL < 19", "IDENTIFICATION < identity", "POLL < 19", "GET_BILL_TABLE < cny", "POLL < 19")
    talk.play("GET_COUNTER < 0102")
    talk.ccnet.enable(FIFTY)
    talk.play(*ENABLED)
    assert talk.play("POLL < 8003")[0].because is RefusedBecause.UNMAPPED  # type: ignore[attr-defined]
    talk.play("RETURN < ok")


@pytest.mark.parametrize(
    ("limit", "mask"), [("100", "3f"), ("99.99", "1f"), ("50", "1f"), ("7", "03"), ("1", "01")]
)
def test_only_notes_up_to_the_limit_are_accepted_all_with_escrow(limit: str, mask: str) -> None:
    talk = started()
    talk.ccnet.enable(Money.yuan(limit))
    talk.play("POLL < 19", "ENABLE_BILL_TYPES < ok")
    assert talk.last == bytes.fromhex(f"340000{mask}0000{mask}")


def test_a_limit_below_every_note_leaves_the_unit_disabled() -> None:
    talk = started()
    talk.ccnet.enable(Money.yuan("0.50"))
    assert set(talk.sent_for(3, {"POLL": "19"})) == {"POLL"}


def test_nothing_is_enabled_before_the_unit_said_that_it_is_disabled() -> None:
    talk = Conversation()
    talk.ccnet.enable(FIFTY)
    unit = {"POLL": "13", "IDENTIFICATION": "identity", "GET_BILL_TABLE": "cny"}
    assert "ENABLE_BILL_TYPES" not in talk.sent_for(40, unit)
    talk.play("POLL < 19", "GET_COUNTER < 0102", "POLL < 19", "ENABLE_BILL_TYPES < ok")


@pytest.mark.parametrize("state", ["15", "8004", "1a", "17", "18", "8104", "8204", "1c68", "46"])
def test_a_new_limit_never_disturbs_a_note_on_its_way(state: str) -> None:
    talk = enabled()
    talk.play("POLL < 15")
    talk.ccnet.enable(Money.yuan(1))
    assert "ENABLE_BILL_TYPES" not in talk.sent_for(5, {"POLL": state, "HOLD": "ok"})


def test_a_new_limit_reaches_an_idle_unit_and_disable_closes_it() -> None:
    talk = enabled()
    talk.ccnet.enable(Money.yuan(10))
    talk.play("ENABLE_BILL_TYPES < ok")
    assert talk.last == bytes.fromhex("34000007000007")
    talk.play("POLL < 14")
    talk.ccnet.disable()
    talk.play("ENABLE_BILL_TYPES < ok")
    assert talk.last == bytes.fromhex("34000000000000")
    assert set(talk.sent_for(3, {"POLL": "19"})) == {"POLL"}


@pytest.mark.parametrize("answer", ["nothing", "30", "ff"])
def test_a_limit_that_the_unit_did_not_acknowledge_is_sent_again_but_not_in_a_hurry(answer: str) -> None:
    talk = started()
    talk.ccnet.enable(FIFTY)
    sent = talk.sent_for(10, {"POLL": "19", "ENABLE_BILL_TYPES": answer})
    assert 5 <= sent.count("ENABLE_BILL_TYPES") <= 10
