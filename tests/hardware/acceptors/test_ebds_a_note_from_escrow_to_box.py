"""One note: offered, held, taken or given back; with replies lost and repeated, and money never counted twice."""

from __future__ import annotations

import pytest

from hardware.acceptors.ebds import HOLD_LIMIT_S, ORDER_S, POLL_S
from hardware.contracts import AtRest, Event, Held, Refused, RefusedBecause, Returned, Taken
from kiosk.money import Money
from tests.hardware.acceptors.ebds_conversation import (
    ANSWERED_S,
    IN_ESCROW,
    enabled,
    in_escrow,
    stacking,
    started,
)

FIFTY = Money.yuan(50)
HELD = Held(device="acceptor", code=5, value=FIFTY)
TAKEN = Taken(device="acceptor", code=5, value=FIFTY)
RETURNED = Returned(device="acceptor", code=5)
AT_REST = AtRest(device="acceptor")


def refusals(told: list[Event]) -> list[RefusedBecause]:
    return [event.because for event in told if isinstance(event, Refused)]


def test_a_held_note_is_taken_and_the_toggle_turns_only_after_it_is_written() -> None:
    talk = enabled()
    assert talk.play(*IN_ESCROW) == [HELD]
    talk.ebds.take()
    talk.play("stack < STACKING 5")
    assert talk.play("poll < STACKED IDLE 5") == [TAKEN]
    assert talk.play("again < STACKED IDLE 5", "again < STACKED IDLE 5", "again < nothing") == []
    talk.ebds.confirm()
    assert talk.play("poll < IDLE", "poll < IDLE") == []


@pytest.mark.parametrize("decide", ["take", "give_back"])
def test_an_order_waits_no_longer_than_it_must_and_a_poll_keeps_its_period(decide: str) -> None:
    talk = enabled()
    talk.play(*IN_ESCROW)
    polled_s = talk.now_s - ANSWERED_S
    assert talk.ebds.due_s(talk.now_s) == pytest.approx(polled_s + POLL_S)
    getattr(talk.ebds, decide)()
    assert talk.ebds.due_s(talk.now_s) == pytest.approx(polled_s + ORDER_S)
    talk.play("stack < nothing" if decide == "take" else "return < nothing")  # the unit missed it
    assert talk.ebds.due_s(talk.now_s) == pytest.approx(talk.now_s - ANSWERED_S + POLL_S)
    talk.play("again < STACKING 5" if decide == "take" else "again < RETURNING 5")
    assert talk.ebds.due_s(talk.now_s) == pytest.approx(talk.now_s - ANSWERED_S + POLL_S)


def test_a_note_shown_as_stacked_over_several_toggles_is_one_note() -> None:
    talk = stacking()
    told = talk.play("poll < STACKED 5")
    talk.ebds.confirm()
    assert told + talk.play("poll < STACKED IDLE 5", "poll < STACKED IDLE 5", "poll < IDLE") == [TAKEN]


def test_two_equal_notes_are_two_notes() -> None:
    talk, told = enabled(), []
    for _ in range(2):
        told += talk.play(*IN_ESCROW)
        talk.ebds.take()
        told += talk.play("stack < STACKING 5", "poll < STACKED IDLE 5")
        talk.ebds.confirm()
        told += talk.play("poll < IDLE")
    assert told == [HELD, TAKEN, HELD, TAKEN]


def test_a_held_note_is_given_back() -> None:
    talk = in_escrow()
    talk.ebds.give_back()
    assert talk.play("return < RETURNING 5", "poll < RETURNED IDLE") == [RETURNED]
    assert talk.play("poll < IDLE", "poll < IDLE") == []


def test_a_note_told_as_stacked_and_returned_at_once_is_gone_and_nobody_says_where() -> None:
    """As a unit of somebody else's does after an order to return. No credit; with `AtRest` the core has its doubt."""
    talk = in_escrow()
    talk.ebds.give_back()
    assert talk.play("return < RETURNING 5", "poll < STACKED RETURNED IDLE 5", "poll < IDLE") == [AT_REST]


@pytest.mark.parametrize("lost", ["nothing", "noise", "old ESCROWED 5", "old STACKED IDLE 5"])
@pytest.mark.parametrize("times", [1, 4])
def test_a_message_without_its_own_reply_is_sent_again_as_it_was(lost: str, times: int) -> None:
    talk = in_escrow()
    talk.ebds.take()
    assert talk.play(f"stack < {lost}", *[f"again < {lost}"] * times) == []
    assert talk.play("again < STACKING 5", "poll < STACKED IDLE 5") == [TAKEN]


def test_the_reply_that_tells_of_a_stacked_note_is_lost_and_comes_again() -> None:
    talk = stacking()
    assert talk.play("poll < nothing", "again < old STACKING 5", "again < STACKED IDLE 5") == [TAKEN]


@pytest.mark.parametrize(
    ("decide", "sends"), [("take", "stack"), ("give_back", "return")], ids=["take", "give back"]
)
def test_a_decision_is_given_once_and_never_again(decide: str, sends: str) -> None:
    talk = in_escrow()
    getattr(talk.ebds, decide)()
    talk.play(f"{sends} < ESCROWED 5")
    getattr(talk.ebds, decide)()
    assert set(talk.sent_for(2 * HOLD_LIMIT_S, "ESCROWED 5")) == {"poll"}


def test_the_first_decision_counts() -> None:
    talk = in_escrow()
    talk.ebds.give_back()
    talk.ebds.take()
    talk.play("return < ESCROWED 5")
    assert "stack" not in talk.sent_for(3, "ESCROWED 5")


@pytest.mark.parametrize("state", ["IDLE", "ACCEPTING", "STACKING 5", "RETURNING", "REJECTED IDLE"])
def test_without_a_note_in_escrow_a_decision_means_nothing(state: str) -> None:
    talk = enabled()
    talk.play(f"poll < {state}")
    talk.ebds.take()
    talk.ebds.give_back()
    talk.play("poll < ACCEPTING", "poll < ESCROWED 5", "poll < ESCROWED 5")


def test_a_late_decision_does_not_reach_the_next_note() -> None:
    talk = in_escrow()
    talk.play("poll < RETURNED IDLE")
    talk.ebds.take()
    assert talk.play("poll < ACCEPTING", "poll < ESCROWED 5") == [HELD]
    assert set(talk.sent_for(2, "ESCROWED 5")) == {"poll"}


def test_a_host_that_slept_looks_again_before_it_orders_anything() -> None:
    talk = in_escrow()
    talk.ebds.take()
    talk.now_s += 4
    talk.play("poll < ESCROWED 5", "stack < STACKING 5")


def test_a_note_that_nobody_decides_about_is_given_back_in_the_end() -> None:
    talk = in_escrow()
    begun_s = talk.now_s
    while talk.sends() != "return":
        talk.hears("ESCROWED 5")
    assert talk.now_s - begun_s >= HOLD_LIMIT_S - 1
    talk.hears("RETURNED IDLE")
    assert talk.ebds.drain() == [RETURNED]


def test_a_note_that_turns_out_to_be_another_one_is_told_as_what_it_is() -> None:
    assert stacking().play("poll < STACKED IDLE 6") == [
        Taken(device="acceptor", code=6, value=Money.yuan(100))
    ]


def test_a_stacked_note_without_a_name_is_the_one_that_was_sent_in() -> None:
    assert stacking().play("poll < STACKED IDLE") == [TAKEN]


@pytest.mark.parametrize(("index", "value"), [("7", None), ("6", Money.yuan(100)), ("", None)])
def test_money_that_nobody_sent_in_is_money_all_the_same(index: str, value: Money | None) -> None:
    [taken] = enabled().play("poll < ACCEPTING", f"poll < STACKED IDLE {index}")
    assert taken == Taken(device="acceptor", code=int(index or -1), value=value)


def test_a_note_stacked_against_the_order_to_return_it_is_told() -> None:
    talk = in_escrow()
    talk.ebds.give_back()
    assert talk.play("return < STACKING 5", "poll < STACKED IDLE 5") == [TAKEN]


@pytest.mark.parametrize("moving", ["ESCROWED 5", "STACKING 5", "RETURNING"])
def test_a_note_that_goes_away_untold_is_left_to_the_core(moving: str) -> None:
    talk = in_escrow()
    talk.ebds.take()
    assert talk.play(f"stack < {moving}", "poll < IDLE", "poll < IDLE") == [AT_REST]


def test_a_note_that_it_refuses_by_itself_is_told_once() -> None:
    told = enabled().play("poll < ACCEPTING", "poll < REJECTED", "poll < REJECTED IDLE", "poll < IDLE")
    assert refusals(told) == [RefusedBecause.NOT_RECOGNISED]
    assert len(told) == 1


@pytest.mark.parametrize(
    ("limit", "mask"), [("100", 0x3F), ("99.99", 0x1F), ("7", 0x03), ("1", 0x01), ("0.50", 0)]
)
def test_only_notes_up_to_the_limit_are_taken(limit: str, mask: int) -> None:
    talk = started()
    talk.ebds.enable(Money.yuan(limit))
    talk.play("poll < IDLE")
    assert talk.mask == mask


@pytest.mark.parametrize("state", ["ACCEPTING", "ESCROWED 5", "STACKING 5", "RETURNING"])
def test_a_new_limit_never_disturbs_a_note_on_its_way(state: str) -> None:
    talk = enabled()
    talk.play("poll < ACCEPTING")
    talk.ebds.disable()
    talk.sent_for(2, state)
    assert talk.mask == 0x3F
    talk.play("poll < IDLE", "poll < IDLE")
    assert talk.mask == 0


def test_a_note_accepted_under_an_older_and_larger_limit_is_returned() -> None:
    talk = enabled()
    talk.play("poll < ACCEPTING")
    talk.ebds.enable(Money.yuan(20))
    told = talk.play("poll < ESCROWED 5", "return < RETURNING", "poll < RETURNED IDLE", "poll < IDLE")
    assert refusals(told) == [RefusedBecause.INHIBITED]
    assert len(told) == 1, "it never was held for anybody"


@pytest.mark.parametrize("index", ["7", ""])
def test_an_index_without_a_denomination_is_returned_at_once(index: str) -> None:
    told = enabled().play("poll < ACCEPTING", f"poll < ESCROWED {index}", "return < RETURNED IDLE")
    assert refusals(told) == [RefusedBecause.UNMAPPED]


def test_a_second_note_pushed_behind_the_first_asks_to_take_it_out() -> None:
    told = in_escrow().play("poll < ESCROWED PAUSED 5", "poll < ESCROWED PAUSED 5")
    assert refusals(told) == [RefusedBecause.INSERTED_BADLY]
