"""Silence, garbage, an echo, another machine: the operator hears which, once, and it heals by itself."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from hardware.acceptors.id003 import PROOF_S, RESET_SILENT_S, WRONG_DEVICE_AGAIN_S
from hardware.contracts import AtRest, Event, Found, Held, Lost, PoweredUp, Taken, Trouble
from kiosk.money import Money
from tests.hardware.acceptors.id003_conversation import (
    ACCEPTED,
    CNY,
    Conversation,
    currency_table,
    enabled,
    in_escrow,
    stacking,
    started,
)

CNY_NOTE = (0x2D, 1, 0)
ECHO = {"*": "same"}


def troubles(told: list[Event]) -> list[Trouble]:
    return [event.trouble for event in told if isinstance(event, Lost)]


def kinds(told: list[Event]) -> list[type[Event]]:
    return [type(event) for event in told]


def test_some_lost_answers_are_nothing_to_speak_of() -> None:
    talk = enabled()
    for answer in ("nothing", "noise"):
        assert talk.play(*[f"POLL < {answer}"] * 2, "POLL < 11") == []


@pytest.mark.parametrize(("answer", "trouble"), [("nothing", Trouble.SILENT), ("noise", Trouble.GARBAGE)])
@pytest.mark.parametrize("begin", [Conversation, enabled], ids=["from the start", "later"])
def test_nothing_usable_for_a_while_is_told_once(
    begin: Callable[[], Conversation], answer: str, trouble: Trouble
) -> None:
    talk = begin()
    talk.sent_for(200, {"*": answer})
    assert troubles(talk.id003.drain()) == [trouble]


@pytest.mark.parametrize("answer", ["99", "00", "50", "4b", "13", "0102", "8a"])
def test_frames_that_are_no_state_are_garbage(answer: str) -> None:
    talk = started()
    talk.sent_for(8, {"*": answer})
    assert troubles(talk.id003.drain()) == [Trouble.GARBAGE]


def test_a_silent_unit_is_reset_only_after_it_can_not_be_waiting_for_us_any_more() -> None:
    talk = started()
    resets, before, begun_s = [], "", talk.now_s
    while talk.now_s < begun_s + 5 * RESET_SILENT_S:
        sent = talk.sends()
        if sent == b"\x40":
            assert before == b"\x11"
            resets.append(talk.now_s)
        before = sent
        talk.hears("nothing")
    gaps = [later - earlier for earlier, later in itertools.pairwise([begun_s, *resets])]
    assert len(resets) >= 3
    assert min(gaps) > 0.9 * RESET_SILENT_S


def test_a_unit_silent_with_an_unconfirmed_note_is_not_reset() -> None:
    talk = stacking()
    talk.play("POLL < 15")
    assert "RESET" not in talk.sent_for(5 * RESET_SILENT_S, {"*": "nothing"})
    talk.id003.confirm()
    assert "RESET" in talk.sent_for(2 * RESET_SILENT_S, {"*": "nothing"})


def test_garbage_gets_no_reset() -> None:
    assert set(started().sent_for(200, {"*": "noise"})) == {"POLL"}


def test_a_unit_behind_a_bad_cable_still_tells_what_it_waits_with() -> None:
    talk = in_escrow()
    talk.id003.take()
    talk.play("STACK < nothing")
    talk.sent_for(30, {"*": "nothing"})
    assert troubles(talk.id003.drain()) == [Trouble.SILENT]
    assert talk.play("POLL < 15") == [
        Taken(device="acceptor", code=0x65, value=Money.yuan(50), recovered=True)
    ]
    talk.id003.confirm()
    talk.play("POLL < 15")
    assert talk.acknowledged
    assert kinds(talk.runs_until_at_rest()) == [Found, AtRest]


def test_a_note_still_in_escrow_after_silence_is_held_anew_and_never_stacked_by_an_old_decision() -> None:
    talk = in_escrow()
    talk.play("POLL < nothing")
    talk.id003.take()
    talk.sent_for(12, {"*": "nothing"})
    talk.id003.drain()
    assert kinds(talk.play("POLL < 1365")) == [Held]
    assert "STACK" not in talk.sent_for(5, {"POLL": "1365"})


def test_an_echoing_line_never_passes_for_an_idle_unit() -> None:
    talk = Conversation()
    talk.id003.enable(Money.yuan(100))
    sent = talk.sent_for(300, ECHO)
    assert set(sent) == {"POLL", "VERSION"}
    assert troubles(talk.id003.drain()) == [Trouble.ECHO]


def test_an_echo_from_the_start_tells_nothing_else_and_heals() -> None:
    talk = Conversation()
    assert troubles(talk.play("POLL < same", "VERSION < same")) == [Trouble.ECHO]
    assert talk.play("POLL < same", "VERSION < same") == []
    assert kinds(talk.runs_until_at_rest()) == [Found, AtRest]


@pytest.mark.parametrize("begin", [started, enabled], ids=["closed", "open"])
def test_a_loop_back_put_in_while_idle_is_noticed_soon(begin: Callable[[], Conversation]) -> None:
    talk = begin()
    talk.sent_for(2 * PROOF_S, ECHO)
    assert troubles(talk.id003.drain()) == [Trouble.ECHO]


def test_an_open_unit_proves_now_and_then_that_it_is_no_echo() -> None:
    talk = enabled()
    sent = talk.sent_for(60, ACCEPTED | {"POLL": "11"})
    assert 25 <= sent.count("VERSION") <= 45
    assert talk.id003.drain() == []


@pytest.mark.parametrize("decide", ["take", "give_back"])
def test_a_command_that_comes_back_is_no_power_up(decide: str) -> None:
    """STACK-2 is "power-up with a note in the stacker" the other way: money that never was."""
    talk = in_escrow()
    getattr(talk.id003, decide)()
    told = talk.play(("STACK" if decide == "take" else "RETURN") + " < same")
    assert troubles(told) == [Trouble.ECHO]
    assert len(told) == 1


def test_a_command_that_comes_back_late_is_no_power_up_either() -> None:
    talk = in_escrow()
    talk.id003.take()
    assert talk.play("STACK < nothing", "POLL < 42", "POLL < 14") == []


def test_a_real_power_up_right_after_such_a_command_is_believed_at_the_second_sight() -> None:
    talk = in_escrow()
    talk.id003.take()
    assert kinds(talk.play("STACK < nothing", "POLL < 42", "POLL < 42")) == [PoweredUp, Taken]


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (currency_table((0x2E, 1, 0)), "2Eh"),
        (currency_table(CNY_NOTE, (0x01, 5, 0)), "01h"),
        (currency_table((0x2D, 1, 3), (0x2D, 2, 3)), "none of the configured"),
        (currency_table((0x2D, 0, 0)), "none of the configured"),
    ],
)
def test_another_currency_is_refused_with_its_country(table: bytes, says: str) -> None:
    talk = Conversation()
    unit = ACCEPTED | {"CURRENCIES": table.hex()}
    talk.id003.enable(Money.yuan(100))
    talk.sent_for(0.3, unit | {"POLL": "1a"})
    talk.sent_for(2, unit | {"POLL": "1b"})
    sent = talk.sent_for(WRONG_DEVICE_AGAIN_S / 2, unit | {"POLL": "1a"})
    told = talk.id003.drain()
    assert troubles(told) == [Trouble.WRONG_DEVICE]
    assert says in told[0].detail  # type: ignore[attr-defined]
    assert "INHIBIT" not in sent, "nothing is opened"


@pytest.mark.parametrize("named", ["2E", "2e"])
def test_a_country_that_the_configuration_names_by_its_byte_is_taken(named: str) -> None:
    talk = Conversation(currencies=("CNY", named))
    talk.play("POLL < 1a", "RESET < ack")
    unit = ACCEPTED | {"CURRENCIES": currency_table((0x2E, 1, 0)).hex()}
    talk.sent_for(2, unit | {"POLL": "1b"})
    talk.sent_for(2, unit | {"POLL": "1a"})
    assert kinds(talk.id003.drain()) == [Found, AtRest]


def test_a_currency_that_nobody_knows_takes_no_unit() -> None:
    talk = Conversation(currencies=("XYZ",))
    talk.play("POLL < 1a", "RESET < ack")
    assert troubles(talk.runs_until_at_rest()) == [Trouble.WRONG_DEVICE]


def test_the_right_dataset_loaded_later_is_noticed() -> None:
    talk = Conversation()
    unit = ACCEPTED | {"CURRENCIES": currency_table((0x2E, 1, 0)).hex()}
    talk.sent_for(30, unit | {"POLL": "1a"})
    talk.id003.drain()
    talk.sent_for(2 * WRONG_DEVICE_AGAIN_S + 30, ACCEPTED | {"POLL": "1a"})
    assert kinds(talk.id003.drain()) == [Found, AtRest]


@pytest.mark.parametrize("mute", ["VERSION", "CURRENCIES"])
@pytest.mark.parametrize("answer", ["invalid", "nothing", "noise", "88", "8a61"])
def test_a_unit_that_polls_well_but_does_not_say_what_it_is_is_the_wrong_one(mute: str, answer: str) -> None:
    talk = Conversation()
    if (mute, answer) == ("VERSION", "88"):
        answer = "8800"  # the bare byte is our own
    talk.sent_for(30, ACCEPTED | {"POLL": "1a", mute: answer})
    assert troubles(talk.id003.drain()) == [Trouble.WRONG_DEVICE]


def test_a_table_with_an_absurd_value_is_refused_and_not_fatal() -> None:
    talk = Conversation()
    table = (CNY + bytes((0x67, 0x2D, 255, 255))).hex()
    talk.sent_for(30, ACCEPTED | {"POLL": "1a", "CURRENCIES": table})
    assert troubles(talk.id003.drain()) == [Trouble.WRONG_DEVICE]


def test_the_line_breaks_and_comes_back() -> None:
    talk = in_escrow()
    for _ in range(3):
        talk.id003.broken(talk.now_s, Trouble.NO_PORT, "vanished")
    assert troubles(talk.id003.drain()) == [Trouble.NO_PORT]
    talk.id003.begin(talk.now_s)
    assert kinds(talk.play("POLL < 1365")) == [Held]
