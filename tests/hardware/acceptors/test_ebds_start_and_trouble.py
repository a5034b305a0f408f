"""The unit is in some state already, loses power, jams, falls silent or is none: told once, and it heals."""

from __future__ import annotations

import pytest

from hardware.contracts import (
    AtRest,
    BoxFull,
    BoxIn,
    BoxOut,
    Cheated,
    Cleared,
    Event,
    Found,
    Held,
    JamIn,
    Jammed,
    Lost,
    PoweredUp,
    PoweredUpWith,
    Refused,
    Returned,
    Taken,
    Trouble,
)
from kiosk.money import Money
from tests.hardware.acceptors.ebds_conversation import (
    STARTED,
    Conversation,
    enabled,
    in_escrow,
    stacking,
    started,
)

FIFTY = Money.yuan(50)
FOUND = Found(device="acceptor", identity="EBDS model 54h revision 05h")
AT_REST = AtRest(device="acceptor")
RECOVERED = Taken(device="acceptor", code=5, value=FIFTY, recovered=True)
RETURNED = Returned(device="acceptor", code=5)
UP, IN_VALIDATOR, IN_STACKER = (
    PoweredUp(device="acceptor", having=having)
    for having in (PoweredUpWith.NOTHING, PoweredUpWith.NOTE_IN_VALIDATOR, PoweredUpWith.NOTE_IN_STACKER)
)


def troubles(told: list[Event]) -> list[Trouble]:
    return [event.trouble for event in told if isinstance(event, Lost)]


def test_a_unit_at_rest_is_found_at_the_second_reply_and_takes_nothing_before() -> None:
    talk = Conversation()
    talk.ebds.enable(FIFTY)
    assert talk.play("poll < IDLE") == []
    assert talk.mask == 0
    assert talk.play("poll < IDLE") == [FOUND, AT_REST]
    assert talk.mask == 0
    talk.play("poll < IDLE")
    assert talk.mask == 0x1F


def test_a_first_reply_may_be_old_and_tells_of_no_note_in_escrow() -> None:
    assert Conversation().play("poll < ESCROWED 5", "poll < IDLE") == [FOUND, AT_REST]


def test_a_stacked_note_that_nobody_acknowledged_is_told_at_start_and_withheld() -> None:
    talk = Conversation()
    assert talk.play("poll < STACKED IDLE 5", "again < STACKED IDLE 5") == [RECOVERED]
    talk.ebds.confirm()
    assert talk.play("poll < IDLE", "poll < IDLE") == [FOUND, AT_REST]


def test_a_note_in_escrow_at_start_is_held_and_given_back() -> None:
    talk = Conversation()
    told = talk.play("poll < ESCROWED 5", "poll < ESCROWED 5")
    assert told == [Held(device="acceptor", code=5, value=FIFTY)]
    talk.ebds.give_back()
    told = talk.play("return < RETURNING", "poll < RETURNED IDLE")
    assert told == [RETURNED, FOUND, AT_REST]


def test_a_note_being_stacked_at_start_is_waited_for() -> None:
    talk = Conversation()
    assert talk.play("poll < STACKING", "poll < STACKING", "poll < STACKED IDLE 5") == [RECOVERED]


def test_power_up_with_nothing_inside() -> None:
    talk = enabled()
    told = talk.play("poll < POWER_UP", "poll < POWER_UP CALIBRATING", "poll < CALIBRATING", "poll < IDLE")
    assert told == [UP, FOUND, AT_REST]


def test_power_up_that_is_shown_in_the_first_reply_only() -> None:
    assert Conversation().play("poll < POWER_UP IDLE", "poll < IDLE") == [UP, FOUND, AT_REST]


def test_power_fails_with_the_note_in_escrow_and_the_unit_keeps_it_there() -> None:
    talk = in_escrow()
    told = talk.play("poll < POWER_UP ESCROWED 5")
    assert told == [IN_VALIDATOR, Held(device="acceptor", code=5, value=FIFTY)]
    talk.ebds.give_back()
    assert talk.play("return < RETURNING", "poll < RETURNED IDLE") == [RETURNED, FOUND, AT_REST]


def test_power_fails_behind_the_escrow_and_the_note_is_told_with_its_value() -> None:
    talk = stacking()
    told = talk.play("poll < nothing", "again < POWER_UP STACKING", "poll < STACKED IDLE 5")
    assert told == [IN_STACKER, RECOVERED]


def test_power_fails_for_long_and_the_note_is_still_told() -> None:
    talk = stacking()
    talk.sent_for(20, "nothing")
    assert troubles(talk.ebds.drain()) == [Trouble.SILENT]
    assert talk.play("again < POWER_UP STACKED IDLE 5") == [IN_STACKER, RECOVERED]


@pytest.mark.parametrize("seconds", [1, 20])
def test_power_fails_before_the_confirmation_and_the_same_note_is_not_told_twice(seconds: int) -> None:
    talk = stacking()
    told = talk.play("poll < STACKED IDLE 5")
    talk.sent_for(seconds, "nothing")
    talk.sent_for(1, "STACKED IDLE 5")
    talk.ebds.confirm()
    talk.sent_for(1, "POWER_UP STACKED IDLE 5")
    talk.sent_for(1, "IDLE")
    told += talk.ebds.drain()
    assert len([event for event in told if isinstance(event, Taken)]) == 1


def test_silence_while_the_note_falls_keeps_the_toggle_so_that_the_reply_comes_again() -> None:
    talk = stacking()
    talk.play("poll < nothing")
    toggle = talk.last[0]
    talk.sent_for(20, "nothing")
    talk.ebds.drain()
    assert talk.play("again < STACKED IDLE 5") == [RECOVERED]
    assert talk.last[0] == toggle


def test_an_order_that_fell_into_silence_is_not_repeated_for_whatever_lies_there_now() -> None:
    talk = in_escrow()
    talk.ebds.take()
    talk.play("stack < nothing")
    sent = talk.sent_for(20, "nothing")
    assert "poll" in sent, "the same toggle without the order"
    talk.ebds.drain()
    sent = talk.sent_for(3, "ESCROWED 5")
    assert "stack" not in sent and "return" in sent
    assert [type(event) for event in talk.ebds.drain()] == [Refused], (
        "it may be another note than the one meant"
    )
    assert talk.play("poll < IDLE") == [FOUND, AT_REST]


@pytest.mark.parametrize(
    ("flag", "event"),
    [
        ("FULL", BoxFull(device="acceptor")),
        ("JAMMED", Jammed(device="acceptor", where=JamIn.VALIDATOR)),
        ("STALLED", Jammed(device="acceptor", where=JamIn.VALIDATOR)),
        ("CHEATED", Cheated(device="acceptor")),
    ],
)
def test_trouble_is_told_once_and_cleared_when_the_unit_is_at_rest(flag: str, event: Event) -> None:
    talk = enabled()
    assert talk.play(*[f"poll < {flag}"] * 3, "poll < CALIBRATING", f"poll < {flag} IDLE") == [event]
    assert talk.play("poll < IDLE") == [Cleared(device="acceptor"), AT_REST]


def test_a_note_jams_on_its_way_into_the_box_and_falls_in() -> None:
    talk = stacking()
    assert talk.play("poll < JAMMED STACKING") == [Jammed(device="acceptor", where=JamIn.CASH_BOX)]
    told = talk.play("poll < STACKED IDLE 5")
    assert told == [Taken(device="acceptor", code=5, value=FIFTY)]


def test_a_box_taken_out_and_put_back() -> None:
    talk = enabled()
    assert talk.play("poll < IDLE -BOX_PRESENT", "poll < -BOX_PRESENT") == [BoxOut(device="acceptor")]
    assert talk.play("poll < IDLE") == [BoxIn(device="acceptor"), AT_REST]


@pytest.mark.parametrize(("flag", "says"), [("FAILURE", "failure"), ("TRANSPORT_OPEN", "transport is open")])
def test_a_unit_out_of_order_is_lost_once_and_found_again(flag: str, says: str) -> None:
    talk = enabled()
    [lost] = talk.play(*[f"poll < {flag}"] * 5)
    assert isinstance(lost, Lost)
    assert lost.trouble is Trouble.FAILED
    assert says in lost.detail
    assert talk.play("poll < IDLE") == [FOUND, AT_REST]


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        ("nothing", Trouble.SILENT),
        ("noise", Trouble.GARBAGE),
        ("old IDLE", Trouble.GARBAGE),
        ("raw 20", Trouble.GARBAGE),
        ("raw 710203040506070809", Trouble.GARBAGE),
        ("echo", Trouble.ECHO),
    ],
)
@pytest.mark.parametrize("begin", [Conversation, enabled], ids=["from the start", "later"])
def test_nothing_usable_is_told_once_and_heals(
    begin: type[Conversation], answer: str, trouble: Trouble
) -> None:
    talk = begin()
    talk.sent_for(60, answer)
    assert troubles(talk.ebds.drain()) == [trouble]
    talk.sent_for(3, "IDLE")
    assert talk.ebds.drain() == [FOUND, AT_REST]


def test_some_lost_replies_are_nothing_to_speak_of() -> None:
    talk = enabled()
    steps = ["poll < nothing", *["again < noise"] * 5, *["again < old IDLE"] * 5, "again < IDLE"]
    assert talk.play(*steps) == []


def test_the_line_breaks_and_comes_back_with_the_same_toggle() -> None:
    talk = stacking()
    talk.play("poll < nothing")
    toggle = talk.last[0]
    for _ in range(3):
        talk.ebds.broken(talk.now_s, Trouble.NO_PORT, "vanished")
    assert troubles(talk.ebds.drain()) == [Trouble.NO_PORT]
    talk.ebds.begin(talk.now_s)
    talk.sends()
    assert talk.last[0] == toggle
    talk.hears("STACKED IDLE 5")
    assert talk.ebds.drain() == [RECOVERED]


def test_a_unit_told_to_take_nothing_refuses_everything() -> None:
    talk = enabled()
    assert not talk.ebds.refuses_everything
    talk.ebds.disable()
    talk.play("poll < IDLE")
    assert talk.ebds.refuses_everything
    assert not Conversation().ebds.refuses_everything, "nobody has told it yet"
    assert started().play(*STARTED) == []
