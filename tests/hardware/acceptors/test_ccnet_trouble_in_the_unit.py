"""Cash box out, full, jammed, cheated, paused, failed, without power: told once, over when it is over."""

from __future__ import annotations

import pytest

from hardware.acceptors.ccnet import RESET_FAULT_S
from hardware.contracts import (
    AtRest,
    BoxFull,
    BoxIn,
    BoxOut,
    Cheated,
    Cleared,
    Event,
    Found,
    JamIn,
    Jammed,
    Lost,
    PoweredUp,
    PoweredUpWith,
    Refused,
    RefusedBecause,
    Returned,
    Taken,
    Trouble,
)
from kiosk.money import Money
from tests.hardware.acceptors.ccnet_conversation import ENABLED, enabled, in_escrow, started

AT_REST = AtRest(device="acceptor", counter=258, serial_number="21KC05001234")


@pytest.mark.parametrize(
    ("code", "event"),
    [
        ("41", BoxFull(device="acceptor")),
        ("43", Jammed(device="acceptor", where=JamIn.VALIDATOR)),
        ("44", Jammed(device="acceptor", where=JamIn.CASH_BOX)),
        ("45", Cheated(device="acceptor")),
        ("90", Cheated(device="acceptor")),
    ],
)
def test_trouble_is_told_once_and_cleared_when_the_unit_is_at_rest(code: str, event: Event) -> None:
    talk = enabled()
    assert talk.play(*[f"POLL < {code}"] * 3, "POLL < 1b03", f"POLL < {code}") == [event]
    assert talk.play("POLL < 13", "POLL < 19", "GET_COUNTER < 0102") == [Cleared(device="acceptor"), AT_REST]
    talk.play(*ENABLED)


def test_a_box_taken_out_and_put_back() -> None:
    talk = enabled()
    assert talk.play("POLL < 42", "POLL < 42") == [BoxOut(device="acceptor")]
    told = talk.play("POLL < 13", "POLL < 19", "GET_COUNTER < 0102")
    assert told == [BoxIn(device="acceptor"), AT_REST]
    talk.play(*ENABLED)


def test_a_box_pulled_while_a_note_falls_into_it_still_gives_taken() -> None:
    talk = in_escrow()
    talk.ccnet.take()
    told = talk.play("STACK < ok", "POLL < 17", "POLL < 42", "POLL < 13", "POLL < 8104")
    assert told == [
        BoxOut(device="acceptor"),
        BoxIn(device="acceptor"),
        Taken(device="acceptor", code=4, value=Money.yuan(50)),
    ]


@pytest.mark.parametrize("code", ["43", "44", "4750"])
def test_a_fault_that_lasts_gets_reset_now_and_then_and_is_not_told_again(code: str) -> None:
    talk = enabled()
    unit = {"POLL": code, "RESET": "ok", "IDENTIFICATION": "identity", "GET_BILL_TABLE": "cny"}
    sent = talk.sent_for(3.5 * RESET_FAULT_S, unit)
    assert sent.count("RESET") == 3
    assert len(talk.ccnet.drain()) == 1
    assert talk.play("POLL < 13") == []
    assert talk.play(f"POLL < {code}") == []


def test_a_second_note_pushed_behind_the_first_asks_to_take_it_out() -> None:
    talk = in_escrow()
    [refused] = talk.play("POLL < 46", "POLL < 46")
    assert isinstance(refused, Refused)
    assert refused.because is RefusedBecause.INSERTED_BADLY


def test_a_suspected_note_is_refused() -> None:
    talk = enabled()
    [refused] = talk.play("POLL < 15", "POLL < 84")
    assert isinstance(refused, Refused)
    assert refused.because is RefusedBecause.NOT_RECOGNISED


def test_a_failure_is_told_with_its_reason_and_the_unit_is_found_again_after_it() -> None:
    talk = enabled()
    [lost] = talk.play("POLL < 4750")
    assert isinstance(lost, Lost)
    assert lost.trouble is Trouble.FAILED
    assert "stack motor" in lost.detail
    told = talk.play("IDENTIFICATION < identity", "POLL < 4750", "GET_BILL_TABLE < cny", "POLL < 13")
    told += talk.play("POLL < 19", "GET_COUNTER < 0102")
    assert [type(event) for event in told] == [Found, AtRest]


def test_a_failure_nobody_has_heard_of_is_told_with_its_code() -> None:
    [lost] = enabled().play("POLL < 47ee")
    assert isinstance(lost, Lost)
    assert "EEh" in lost.detail


def test_power_fails_with_the_note_in_escrow_and_the_note_comes_back() -> None:
    talk = in_escrow()
    told = talk.play("POLL < nothing", "POLL < 11", "IDENTIFICATION < identity")
    assert told == [PoweredUp(device="acceptor", having=PoweredUpWith.NOTE_IN_VALIDATOR)]
    told = talk.play(
        "POLL < 11", "GET_BILL_TABLE < cny", "POLL < 11", "RESET < ok", "POLL < 18", "POLL < 8204"
    )
    assert told == [Returned(device="acceptor", code=4)]
    told = talk.play("POLL < 13", "POLL < 19", "GET_COUNTER < 0102")
    assert [type(event) for event in told] == [Found, AtRest]


def test_power_fails_while_the_note_is_stacked_and_it_is_told_as_recovered() -> None:
    talk = in_escrow()
    talk.ccnet.take()
    talk.play("STACK < ok", "POLL < 17", "POLL < nothing", "POLL < 12", "IDENTIFICATION < identity")
    told = talk.play(
        "POLL < 12", "GET_BILL_TABLE < cny", "POLL < 12", "RESET < ok", "POLL < 13", "POLL < 8104"
    )
    assert told == [Taken(device="acceptor", code=4, value=Money.yuan(50), recovered=True)]


def test_power_fails_before_the_confirmation_and_the_same_note_is_not_told_twice() -> None:
    talk = in_escrow()
    talk.ccnet.take()
    talk.play("STACK < ok", "POLL < 17")
    assert [type(event) for event in talk.play("POLL < 8104")] == [Taken]
    talk.play("POLL < 12", "IDENTIFICATION < identity", "POLL < 12", "GET_BILL_TABLE < cny", "POLL < 12")
    told = talk.play("RESET < ok", "POLL < 13", "POLL < 8104")
    assert told == []
    assert not talk.acknowledged
    talk.ccnet.confirm()
    talk.play("POLL < 8104")
    assert talk.acknowledged


def test_a_limit_is_a_wish_that_survives_a_power_cut_but_not_before_everything_is_settled() -> None:
    talk = enabled()
    talk.play("POLL < 10", "IDENTIFICATION < identity", "POLL < 10", "GET_BILL_TABLE < cny", "POLL < 10")
    talk.play("RESET < ok", "POLL < 13", "POLL < 19", "GET_COUNTER < 0102", *ENABLED)


def test_the_bill_table_of_before_a_power_cut_values_no_note_after_it() -> None:
    talk = started()
    talk.play("POLL < 12", *["IDENTIFICATION < 30", "POLL < 12"] * 2, "RESET < ok")
    told = talk.play("POLL < 8104")
    assert told[-1] == Taken(device="acceptor", code=4, value=None, recovered=True)


def test_a_unit_that_idles_without_having_been_disabled_is_brought_back_in_step() -> None:
    talk = enabled()
    talk.play("POLL < 13", "POLL < 14", "ENABLE_BILL_TYPES < ok")
    assert talk.last == bytes.fromhex("34000000000000")
    talk.play(*ENABLED)
    assert talk.last == b"\x33"


def test_a_unit_swapped_while_off_is_read_anew() -> None:
    talk = started()
    talk.play("POLL < 10")
    sent = talk.sent_for(
        1, {"POLL": "10", "IDENTIFICATION": "identity", "GET_BILL_TABLE": "cny", "RESET": "ok"}
    )
    assert sent.index("IDENTIFICATION") < sent.index("GET_BILL_TABLE") < sent.index("RESET")


@pytest.mark.parametrize(("announced", "pause_s"), [("1b0a", 1.0), ("1bff", 5.0), ("1b00", 0.2), ("1b", 0.2)])
def test_a_busy_unit_is_left_in_peace_for_as_long_as_it_says_within_reason(
    announced: str, pause_s: float
) -> None:
    talk = enabled()
    talk.play(f"POLL < {announced}")
    heard_s = talk.now_s
    talk.sends()
    assert talk.now_s - heard_s == pytest.approx(pause_s)
