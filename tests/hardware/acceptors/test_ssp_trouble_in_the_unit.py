"""Full, pulled out, jammed, cheated, and words that nobody knows."""

from __future__ import annotations

import pytest

from hardware.acceptors.ssp import RESUME_S
from hardware.contracts import AtRest, Event, JamIn, Jammed, Lost, Taken, Trouble
from kiosk.money import Money
from tests.hardware.acceptors.ssp_conversation import (
    HELLO,
    SCRIPT,
    counters,
    enabled,
    in_escrow,
    started,
    taking,
)

REST = AtRest(device="acceptor", counter=258, serial_number="2722470")


def kinds(events: list[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


@pytest.mark.parametrize(
    ("answer", "began"),
    [("F0 E7 E8", "BoxFull"), ("F0 E9 E8", "Jammed"), ("F0 EA E8", "Jammed"), ("F0 E6 02", "Cheated")],
)
def test_what_stops_the_unit_is_told_once_and_its_end_too(answer: str, began: str) -> None:
    talk = enabled()
    assert kinds(talk.play_for(20, f"POLL < {answer}")) == [began]
    talk.ssp.disable()
    told = []
    for _ in range(60):
        sent = talk.sends()
        talk.hears("258" if sent == "GET_COUNTERS" else "disabled" if sent == "POLL" else "ok")
        told += talk.ssp.drain()
    assert kinds(told) == ["Cleared", "AtRest"]


def test_a_unit_with_trouble_is_not_pressed_to_go_on() -> None:
    assert set(enabled().sent_for(20, {"POLL": "F0 E7 E8"})) == {"POLL"}


@pytest.mark.parametrize("back", ["F0 E4 E8", "F0 E8"])
def test_the_cash_box_is_taken_out_and_put_back(back: str) -> None:
    talk = started()
    assert kinds(talk.play_for(10, "POLL < F0 E3 E8")) == ["BoxOut"]
    assert kinds(talk.play(f"POLL < {back}")) == ["BoxIn"]
    assert talk.play_until("POLL < disabled", "GET_COUNTERS < 258") == [REST]


def test_where_a_jam_is() -> None:
    assert enabled().play("POLL < F0 E9") == [Jammed(device="acceptor", where=JamIn.VALIDATOR)]
    assert enabled().play("POLL < F0 EA") == [Jammed(device="acceptor", where=JamIn.CASH_BOX)]


def test_a_safe_jam_is_no_credit_and_an_unmoved_counter_no_return() -> None:
    """The note is inside, and the unit may not have counted it: nobody knows, so `AtRest` brings no count."""
    talk = taking()
    assert kinds(talk.play("POLL < F0 EA E8", "POLL < F0 EA E8")) == ["Jammed"]
    told = talk.play_until("POLL < F0 E8", "GET_COUNTERS < 258")
    assert kinds(told) == ["Cleared", "AtRest"]
    assert told[-1] == AtRest(device="acceptor", counter=None, serial_number="2722470")


def test_a_safe_jam_of_a_note_that_the_unit_counted() -> None:
    talk = taking()
    talk.play("POLL < F0 EA E8", "POLL < F0 EA E8")
    told = talk.play_until("POLL < F0 E8", f"GET_COUNTERS < {counters(259)}")
    assert told[-1] == AtRest(device="acceptor", counter=259, serial_number="2722470")


def test_a_safe_jam_behind_a_note_that_came_before_the_counter_was_read() -> None:
    """The count of before is one behind; it does not make the jammed note a counted one."""
    talk = taking()
    talk.play("POLL < F0 EE 05 EB EF 00", "POLL < F0 EF 05")
    talk.ssp.take()
    talk.play("POLL < F0 EA E8", "POLL < F0 EA E8")
    told = talk.play_until("POLL < F0 E8", f"GET_COUNTERS < {counters(259)}")
    assert told[-1] == AtRest(device="acceptor", counter=None, serial_number="2722470")


def test_a_safe_jam_that_is_told_only_once_lasts_until_the_unit_restarts() -> None:
    talk = taking()
    assert kinds(talk.play("POLL < F0 EA E8", *["POLL < F0 E8"] * 60)) == ["Jammed"]
    told = talk.play("POLL < F0 F1 E8", *HELLO, "POLL < F0 E2 05 E8")
    assert kinds(told) == ["PoweredUp", "PoweredUp", "Taken"]


def test_a_safe_jam_is_cleared_with_the_power_off_and_the_note_is_told_then() -> None:
    talk = taking()
    talk.play("POLL < F0 EA E8", "POLL < F0 F1 E8", *HELLO, "POLL < F0 E8")
    told = talk.play("POLL < F0 E2 05 E8")
    assert Taken(device="acceptor", code=5, value=Money.yuan(50), recovered=True) in told
    told = talk.play_until("POLL < disabled", f"GET_COUNTERS < {counters(259)}")
    assert kinds(told) == ["Cleared", "Found", "AtRest"]


def test_a_safe_jam_is_cleared_with_the_power_off_and_nothing_is_told() -> None:
    talk = taking()
    talk.play("POLL < F0 EA E8", "POLL < F0 F1 E8", *HELLO, "POLL < F0 E8")
    told = talk.play_until("POLL < disabled", "GET_COUNTERS < 258")
    assert told[-1] == AtRest(device="acceptor", counter=None, serial_number="2722470")


def test_an_unsafe_jam_that_is_cleared_by_hand_is_settled_by_the_counter() -> None:
    talk = taking()
    talk.play("POLL < F0 E9 E8")
    assert talk.play_until("POLL < F0 E8", "GET_COUNTERS < 258")[-1] == REST


@pytest.mark.parametrize("answer", ["F0 CC C0 05 EE 05", "F0 EE", "F0 EF", "F0 00"])
def test_a_word_that_nobody_knows_stops_the_unit(answer: str) -> None:
    """What stands behind an unknown event can not be read, so it is never taken for money."""
    talk = taking()
    (lost,) = talk.play(f"POLL < {answer}", "DISABLE < ok")
    assert isinstance(lost, Lost)
    assert lost.trouble is Trouble.FAILED
    stopped_s = talk.now_s
    talk.play("SYNC < ok")
    assert talk.now_s - stopped_s >= RESUME_S - 1
    talk.play("REJECT < F5", *SCRIPT)
    assert kinds(talk.play_until("POLL < disabled", f"GET_COUNTERS < {counters(259)}")) == ["Found", "AtRest"]


def test_what_stands_before_an_unknown_word_counts() -> None:
    assert kinds(taking().play("POLL < F0 EE 05 C0")) == ["Taken", "Lost"]


@pytest.mark.parametrize("answer", ["F5", "F6", "F8"])
def test_a_unit_that_refuses_to_be_polled_has_failed(answer: str) -> None:
    talk = enabled()
    (lost,) = talk.play(*[f"POLL < {answer}"] * 5, "DISABLE < ok")
    assert isinstance(lost, Lost)
    assert lost.trouble is Trouble.FAILED


def test_an_enable_that_is_refused_for_a_while_is_tried_again() -> None:
    talk = started()
    talk.ssp.enable(Money.yuan(100))
    talk.play("SET_INHIBITS < ok", "ENABLE < F5", "POLL < disabled", "ENABLE < ok", "POLL < F0")


def test_closing_with_a_note_in_escrow() -> None:
    talk = in_escrow()
    talk.ssp.disable()
    talk.ssp.give_back()
    assert not talk.ssp.refuses_everything
    talk.play("REJECT < ok", "POLL < F0 EC", "POLL < F0", "DISABLE < ok")
    assert not talk.ssp.refuses_everything
    talk.play("POLL < disabled")
    assert talk.ssp.refuses_everything
