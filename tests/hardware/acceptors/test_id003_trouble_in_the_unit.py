"""Cash box out, full, jammed, cheated, failed: told once, over when it is over."""

from __future__ import annotations

import pytest

from hardware.acceptors.id003 import RESET_FAULT_S
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
    Taken,
    Trouble,
)
from kiosk.money import Money
from tests.hardware.acceptors.id003_conversation import ACCEPTED, enabled, stacking

AT_REST = AtRest(device="acceptor")
TAKEN = Taken(device="acceptor", code=0x65, value=Money.yuan(50))
FAULTS = {
    "43": BoxFull(device="acceptor"),
    "45": Jammed(device="acceptor", where=JamIn.VALIDATOR),
    "46": Jammed(device="acceptor", where=JamIn.CASH_BOX),
    "48": Cheated(device="acceptor"),
}


@pytest.mark.parametrize(("code", "event"), FAULTS.items())
def test_trouble_is_told_once_and_cleared_when_the_unit_is_at_rest(code: str, event: Event) -> None:
    talk = enabled()
    assert talk.play(*[f"POLL < {code}"] * 3, "POLL < 4a", f"POLL < {code}") == [event]
    assert talk.play("POLL < 11") == [Cleared(device="acceptor"), AT_REST]


def test_a_box_taken_out_and_put_back() -> None:
    talk = enabled()
    assert talk.play("POLL < 44", "POLL < 44") == [BoxOut(device="acceptor")]
    assert talk.play("POLL < 11") == [BoxIn(device="acceptor"), AT_REST]


def test_a_reset_while_the_box_is_out_does_not_put_it_in() -> None:
    talk = enabled()
    talk.play("POLL < 44")
    sent = talk.sent_for(1.2 * RESET_FAULT_S, ACCEPTED | {"POLL": "44"})
    assert sent.count("RESET") == 1
    talk.sent_for(2, ACCEPTED | {"POLL": "1b"})
    talk.sent_for(2, ACCEPTED | {"POLL": "44"})
    assert talk.id003.drain() == []


def test_a_box_pulled_while_a_note_falls_into_it_still_gives_taken() -> None:
    talk = stacking()
    told = talk.play("POLL < 44", "POLL < 15", "POLL < 44", "POLL < 15")
    assert [event for event in told if isinstance(event, Taken)] == [TAKEN]
    assert [type(event) for event in told[:2]] == [BoxOut, BoxIn]


@pytest.mark.parametrize("code", [*FAULTS, "44", "49a2"])
def test_a_fault_that_lasts_gets_reset_now_and_then_and_is_not_told_again(code: str) -> None:
    talk = enabled()
    sent = talk.sent_for(3.5 * RESET_FAULT_S, ACCEPTED | {"POLL": code})
    assert sent.count("RESET") == 3
    assert len(talk.id003.drain()) == 1


def test_no_reset_while_a_note_that_was_told_is_not_written() -> None:
    talk = stacking()
    talk.play("POLL < 15")
    assert "RESET" not in talk.sent_for(3 * RESET_FAULT_S, ACCEPTED | {"POLL": "46"})
    talk.id003.confirm()
    assert "RESET" in talk.sent_for(2 * RESET_FAULT_S, ACCEPTED | {"POLL": "46"})


@pytest.mark.parametrize("code", ["46", "44", "43", "48"])
def test_no_reset_while_a_note_may_still_fall_into_the_box(code: str) -> None:
    talk = stacking()
    assert "RESET" not in talk.sent_for(3 * RESET_FAULT_S, ACCEPTED | {"POLL": code})
    assert TAKEN in talk.play("POLL < 15")


def test_a_note_jammed_in_the_validator_may_be_brought_out_by_reset() -> None:
    assert "RESET" in stacking().sent_for(2 * RESET_FAULT_S, ACCEPTED | {"POLL": "45"})


def test_a_note_jammed_on_its_way_and_pulled_out_by_staff_is_left_to_the_core() -> None:
    talk = stacking()
    told = talk.play("POLL < 45", "POLL < 11")
    assert told == [FAULTS["45"], Cleared(device="acceptor"), AT_REST]


def test_a_note_jammed_on_its_way_back_is_not_called_returned() -> None:
    talk = enabled()
    talk.play("POLL < 12", "POLL < 1365")
    talk.id003.give_back()
    talk.play("RETURN < ack", "POLL < 18")
    assert talk.play("POLL < 45", "POLL < 11") == [FAULTS["45"], Cleared(device="acceptor"), AT_REST]


def test_a_note_jammed_at_the_box_that_falls_in_when_it_is_freed() -> None:
    talk = stacking()
    assert talk.play("POLL < 46", "POLL < 15") == [FAULTS["46"], TAKEN]


@pytest.mark.parametrize(
    ("reason", "says"),
    [("49a2", "stack motor"), ("49af", "head removed"), ("49ee", "EEh"), ("49", "no code")],
)
def test_a_failure_is_told_with_its_reason_and_the_unit_is_found_again_after_it(
    reason: str, says: str
) -> None:
    talk = enabled()
    [lost] = talk.play(f"POLL < {reason}")
    assert isinstance(lost, Lost)
    assert lost.trouble is Trouble.FAILED
    assert says in lost.detail
    assert [type(event) for event in talk.runs_until_at_rest()] in ([Found, AtRest], [])
    talk.sent_for(30, ACCEPTED | {"POLL": "1a"})
    assert talk.id003.drain() == []
