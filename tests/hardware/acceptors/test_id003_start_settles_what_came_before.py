"""The program starts and the unit is in some state already: everything from before is told before it is used."""

from __future__ import annotations

import pytest

from hardware.acceptors.id003 import RESETS_FOR_SETTINGS
from hardware.contracts import (
    AtRest,
    Event,
    Found,
    Held,
    PoweredUp,
    PoweredUpWith,
    Refused,
    RefusedBecause,
    Returned,
    Taken,
)
from kiosk.money import Money
from tests.hardware.acceptors.id003_conversation import (
    ACCEPTED,
    ENABLED,
    SET_UP,
    STARTED,
    VERSION,
    Conversation,
    alternating,
    in_escrow,
    stacking,
    started,
)

FOUND = Found(device="acceptor", identity=VERSION[1:].decode())
AT_REST = AtRest(device="acceptor")
FIFTY = Money.yuan(50)
UNNAMED = Taken(device="acceptor", code=-1, value=None, recovered=True)


def powered_up(having: PoweredUpWith) -> PoweredUp:
    return PoweredUp(device="acceptor", having=having)


def taken(told: list[Event]) -> list[Event]:
    return [event for event in told if isinstance(event, Taken)]


def test_a_unit_at_rest_takes_its_settings_and_is_found() -> None:
    assert Conversation().play(*STARTED) == [FOUND, AT_REST]


def test_a_unit_left_open_by_a_crash_is_proved_to_be_no_echo_and_closed() -> None:
    talk = Conversation()
    talk.play("POLL < 11", "VERSION < version", "POLL < 11", "RESET < ack", "POLL < 1b")
    assert talk.runs_until_at_rest() == [FOUND, AT_REST]


def test_a_unit_that_comes_up_open_is_inhibited_before_it_is_used() -> None:
    talk = Conversation()
    talk.play("POLL < 1a", "RESET < ack")
    talk.now_s += 2
    talk.play("POLL < 11", "VERSION < version", "POLL < 11", "INHIBIT < same")
    assert talk.last == bytes.fromhex("c301")


@pytest.mark.parametrize(
    ("code", "having"), [("40", PoweredUpWith.NOTHING), ("41", PoweredUpWith.NOTE_IN_VALIDATOR)]
)
def test_power_up_is_told_and_leads_to_rest(code: str, having: PoweredUpWith) -> None:
    talk = Conversation()
    assert talk.play(f"POLL < {code}", "RESET < ack") == [powered_up(having)]
    talk.play(*alternating(*SET_UP[1:], poll="1b"))
    told = talk.play("POLL < 1a", "VERSION < version", "POLL < 1a", "CURRENCIES < cny")
    assert [event for event in told if not isinstance(event, Returned)] == [FOUND, AT_REST]


def test_reset_is_repeated_while_the_unit_stays_at_power_up() -> None:
    talk = Conversation()
    assert talk.sent_for(16, {"POLL": "40", "RESET": "nothing"}).count("RESET") in (3, 4)


def test_a_note_in_the_validator_at_power_up_is_returned_by_reset() -> None:
    talk = Conversation()
    talk.play("POLL < 41", "RESET < ack", "POLL < 18")
    talk.play("POLL < 1b", "DENOMINATIONS < same")
    assert talk.runs_until_at_rest() == [Returned(device="acceptor"), FOUND, AT_REST]


def test_a_note_in_the_stacker_at_power_up_is_ours_before_reset_makes_the_unit_forget_it() -> None:
    talk = Conversation()
    assert talk.play("POLL < 42") == [powered_up(PoweredUpWith.NOTE_IN_STACKER), UNNAMED]
    assert set(talk.sent_for(20, {"POLL": "42"})) == {"POLL"}, "RESET waits until it is written"
    talk.id003.confirm()
    talk.play("RESET < ack", "POLL < 42", "POLL < 1b", "DENOMINATIONS < same")
    assert talk.runs_until_at_rest() == [FOUND, AT_REST]


def test_a_unit_that_also_shows_vend_valid_for_it_is_acknowledged_and_the_note_not_told_again() -> None:
    talk = Conversation()
    talk.play("POLL < 42")
    talk.id003.confirm()
    talk.play("RESET < ack")
    assert talk.play("POLL < 14", "POLL < 15") == []
    assert talk.acknowledged
    assert talk.play("POLL < 16") == []
    assert talk.runs_until_at_rest() == [FOUND, AT_REST]


def test_vend_valid_from_before_is_told_without_a_guess_and_nothing_disturbs_it() -> None:
    talk = Conversation()
    assert talk.play("POLL < 15") == [UNNAMED]
    assert set(talk.sent_for(20, {"POLL": "15"})) == {"POLL"}
    talk.id003.confirm()
    assert talk.play("POLL < 15") == []
    assert talk.acknowledged
    talk.play("POLL < 16")
    assert talk.runs_until_at_rest() == [FOUND, AT_REST]


def test_a_note_that_somebody_acknowledged_before_us_is_not_told_again() -> None:
    talk = Conversation()
    assert talk.play("POLL < 16", "POLL < 16") == []
    assert talk.runs_until_at_rest() == [FOUND, AT_REST]


def test_a_note_in_escrow_is_held_and_given_back_and_only_then_comes_reset() -> None:
    talk = Conversation()
    assert talk.play("POLL < 1365") == [Held(device="acceptor", code=0x65, value=FIFTY)]
    assert set(talk.sent_for(2, {"POLL": "1365"})) == {"POLL"}
    talk.id003.give_back()
    talk.play("RETURN < ack", "POLL < 18")
    assert talk.runs_until_at_rest() == [Returned(device="acceptor", code=0x65), FOUND, AT_REST]


def test_a_note_found_in_escrow_and_stacked_has_a_code_but_no_guessed_value() -> None:
    talk = Conversation()
    talk.play("POLL < 1365")
    talk.id003.take()
    told = talk.play("STACK < ack", "POLL < 14", "POLL < 15")
    assert told == [Taken(device="acceptor", code=0x65, value=None, recovered=True)]


def test_a_note_found_in_escrow_that_nothing_names_is_given_back_by_the_driver() -> None:
    talk = Conversation()
    [refused] = talk.play("POLL < 1368")
    assert isinstance(refused, Refused)
    assert refused.because is RefusedBecause.UNMAPPED
    talk.play("RETURN < ack")


def test_a_note_on_its_way_back_at_start_is_returned() -> None:
    talk = Conversation()
    talk.play("POLL < 18")
    assert talk.runs_until_at_rest() == [Returned(device="acceptor"), FOUND, AT_REST]


def test_a_held_note_whose_kind_is_unknown_runs_out_of_time_and_is_returned() -> None:
    talk = Conversation()
    assert set(talk.sent_for(2, {"POLL": "19"})) == {"POLL"}
    talk.play("POLL < 1779")
    assert talk.runs_until_at_rest() == [Returned(device="acceptor"), FOUND, AT_REST]


@pytest.mark.parametrize("state", ["12", "1365", "14", "15", "16", "18", "19", "1779"])
def test_nothing_aborts_a_note_on_its_way_at_start(state: str) -> None:
    sent = Conversation().sent_for(20, {"POLL": state, "HOLD": "ack"})
    assert set(sent) <= {"POLL", "HOLD"}


def test_power_fails_with_the_note_in_escrow_and_the_note_comes_back() -> None:
    talk = in_escrow()
    told = talk.play("POLL < nothing", "POLL < 41", "RESET < ack", "POLL < 1b", "DENOMINATIONS < same")
    assert told == [powered_up(PoweredUpWith.NOTE_IN_VALIDATOR)]
    assert talk.runs_until_at_rest() == [Returned(device="acceptor", code=0x65), FOUND, AT_REST]


def test_power_fails_while_the_note_is_stacked_and_it_is_told_with_its_value() -> None:
    talk = stacking()
    told = talk.play("POLL < nothing", "POLL < 42", "POLL < 42")
    assert told == [
        powered_up(PoweredUpWith.NOTE_IN_STACKER),
        Taken(device="acceptor", code=0x65, value=FIFTY, recovered=True),
    ]


def test_power_fails_for_so_long_that_the_unit_was_lost_and_the_note_is_still_the_same() -> None:
    talk = stacking()
    talk.sent_for(30, {"*": "nothing"})
    told = talk.play("POLL < 42")
    assert taken(told) == [Taken(device="acceptor", code=0x65, value=FIFTY, recovered=True)]


def test_power_fails_before_the_confirmation_and_the_same_note_is_not_told_twice() -> None:
    talk = stacking()
    assert len(taken(talk.play("POLL < 15"))) == 1
    assert taken(talk.play("POLL < 42", "POLL < 42")) == []
    talk.id003.confirm()
    talk.play("RESET < ack", "POLL < 15")
    assert talk.acknowledged
    assert taken(talk.play("POLL < 16") + talk.runs_until_at_rest()) == []


def test_power_fails_with_the_note_in_the_stacker_and_again_while_it_is_stored() -> None:
    talk = stacking()
    assert len(taken(talk.play("POLL < 42"))) == 1
    talk.id003.confirm()
    told = talk.play("RESET < ack", "POLL < 1b", "DENOMINATIONS < same", "POLL < 42")
    assert taken(told) == []


def test_power_fails_with_nothing_left_inside_and_the_core_decides_about_the_note() -> None:
    talk = stacking()
    told = talk.play("POLL < 40", "RESET < ack", "POLL < 1b", "DENOMINATIONS < same")
    assert told == [powered_up(PoweredUpWith.NOTHING)]
    assert talk.runs_until_at_rest() == [FOUND, AT_REST]


def test_a_limit_is_a_wish_that_survives_a_power_cut() -> None:
    talk = started()
    talk.id003.enable(FIFTY)
    talk.play("POLL < 40", "RESET < ack", "POLL < 1b", "DENOMINATIONS < same")
    talk.sent_for(1, ACCEPTED | {"POLL": "1b"})
    talk.play("POLL < 1a", "VERSION < version", "POLL < 1a", "CURRENCIES < cny", *ENABLED)


def test_a_unit_without_some_setting_is_used_with_those_that_it_has() -> None:
    talk = Conversation()
    unit = ACCEPTED | {"SECURITY": "invalid", "DIRECTION": "invalid"}
    talk.sent_for(0.3, unit | {"POLL": "1a"})
    talk.sent_for(2, unit | {"POLL": "1b"})
    talk.sent_for(2, unit | {"POLL": "1a"})
    assert talk.id003.drain() == [FOUND, AT_REST]


def test_a_unit_that_never_takes_settings_is_reset_only_so_often_and_then_used() -> None:
    talk = Conversation()
    sent = talk.sent_for(60, ACCEPTED | {"POLL": "1a"})
    assert sent.count("RESET") == RESETS_FOR_SETTINGS
    assert talk.id003.drain() == [FOUND, AT_REST]
