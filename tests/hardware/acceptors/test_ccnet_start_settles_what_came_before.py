"""The program starts and the unit is in some state already: everything from before is told before it is used."""

from __future__ import annotations

import pytest

from hardware.contracts import (
    AtRest,
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
from tests.hardware.acceptors.ccnet_conversation import IDENTIFIED, STARTED, Conversation

SERIAL = "21KC05001234"
FOUND = Found(device="acceptor", identity=f"SM-CN1234 {SERIAL}", serial_number=SERIAL)
AT_REST = AtRest(device="acceptor", counter=258, serial_number=SERIAL)
FIFTY = Money.yuan(50)


def test_a_disabled_unit_is_found_and_at_rest() -> None:
    assert Conversation().play(*STARTED) == [FOUND, AT_REST]


def test_a_unit_without_counter_is_at_rest_without_one() -> None:
    talk = Conversation()
    told = talk.play("POLL < 19", *IDENTIFIED, "GET_COUNTER < 30")
    assert told == [FOUND, AtRest(device="acceptor", serial_number=SERIAL)]
    assert talk.ccnet.has_counter is False
    assert set(talk.sent_for(5, {"POLL": "19"})) == {"POLL"}, "not asked again and again"


@pytest.mark.parametrize(
    ("code", "having"),
    [("10", PoweredUpWith.NOTHING), ("11", PoweredUpWith.NOTE_IN_VALIDATOR)],
)
def test_power_up_is_told_and_reset_comes_only_then(code: str, having: PoweredUpWith) -> None:
    talk = Conversation()
    told = talk.play(
        f"POLL < {code}",
        "IDENTIFICATION < identity",
        f"POLL < {code}",
        "GET_BILL_TABLE < cny",
        f"POLL < {code}",
        "RESET < ok",
        "POLL < 13",
        "POLL < 13",
        "POLL < 19",
        "GET_COUNTER < 0102",
    )
    assert told == [PoweredUp(device="acceptor", having=having), FOUND, AT_REST]


def test_a_unit_mute_at_power_up_is_reset_all_the_same() -> None:
    talk = Conversation()
    talk.play("POLL < 10", "IDENTIFICATION < 30", "POLL < 10", "IDENTIFICATION < nothing", "POLL < 10")
    talk.play("RESET < ok", "POLL < 10", "POLL < 10")
    told = talk.play("POLL < 13", "IDENTIFICATION < identity", "POLL < 13", "GET_BILL_TABLE < cny")
    assert told == []
    assert talk.play("POLL < 19", "GET_COUNTER < 0102") == [FOUND, AT_REST]


def test_reset_is_repeated_while_the_unit_stays_at_power_up() -> None:
    talk = Conversation()
    unit = {"POLL": "10", "IDENTIFICATION": "identity", "GET_BILL_TABLE": "cny", "RESET": "nothing"}
    assert talk.sent_for(16, unit).count("RESET") in (3, 4)


def test_a_note_past_return_at_power_up_comes_out_as_taken_with_its_value() -> None:
    talk = Conversation()
    talk.play("POLL < 12", "IDENTIFICATION < identity", "POLL < 12", "GET_BILL_TABLE < cny", "POLL < 12")
    talk.play("RESET < ok", "POLL < 13")
    assert talk.play("POLL < 8104") == [Taken(device="acceptor", code=4, value=FIFTY, recovered=True)]
    assert not talk.acknowledged
    assert talk.play("POLL < 8104", "POLL < 8104") == []

    talk.ccnet.confirm()
    talk.play("POLL < 8104")
    assert talk.acknowledged
    assert talk.play("POLL < 19", "GET_COUNTER < 0103") == [
        FOUND,
        AtRest(device="acceptor", counter=259, serial_number=SERIAL),
    ]


def test_a_unit_left_enabled_by_a_crash_is_disabled_before_it_is_asked() -> None:
    talk = Conversation()
    talk.play("POLL < 14", "ENABLE_BILL_TYPES < ok")
    assert talk.last == bytes.fromhex("34000000000000")
    assert talk.play(*STARTED) == [FOUND, AT_REST]


def test_a_note_on_its_way_in_at_start_is_not_disturbed_and_comes_back() -> None:
    talk = Conversation()
    assert set(talk.sent_for(1, {"POLL": "15"})) == {"POLL"}
    told = talk.play("POLL < 8004")
    assert told == [Held(device="acceptor", code=4, value=FIFTY)]
    talk.ccnet.give_back()
    talk.play("RETURN < ok", "POLL < 18")
    assert talk.play("POLL < 8204") == [Returned(device="acceptor", code=4)]
    assert talk.acknowledged
    assert talk.play("POLL < 14", "ENABLE_BILL_TYPES < ok", *STARTED) == [FOUND, AT_REST]


def test_a_note_found_in_escrow_has_the_value_of_the_configured_order_until_the_table_is_known() -> None:
    talk = Conversation(notes=(Money.yuan(10), Money.yuan(20)))
    assert talk.play("POLL < 8001") == [Held(device="acceptor", code=1, value=Money.yuan(20))]


def test_a_note_found_in_escrow_that_nothing_names_is_given_back_by_the_driver() -> None:
    talk = Conversation()
    [refused] = talk.play("POLL < 8009")
    assert isinstance(refused, Refused)
    assert refused.because is RefusedBecause.UNMAPPED
    assert talk.play("RETURN < ok", "POLL < 18", "POLL < 8209") == [], "it never was held for anybody"


def test_a_note_that_is_being_stacked_at_start_is_waited_for_and_told_without_a_guess() -> None:
    talk = Conversation()
    assert set(talk.sent_for(2, {"POLL": "17"})) == {"POLL"}
    assert talk.play("POLL < 8105") == [Taken(device="acceptor", code=5, value=None, recovered=True)]
    talk.ccnet.confirm()
    talk.play("POLL < 8105", "POLL < 14", "ENABLE_BILL_TYPES < ok")
    assert talk.play(*STARTED) == [FOUND, AT_REST]


def test_a_note_in_holding_at_start_has_no_type_and_is_left_to_the_unit() -> None:
    talk = Conversation()
    assert set(talk.sent_for(2, {"POLL": "1a"})) == {"POLL"}
    assert talk.play("POLL < 18", "POLL < 8201") == [Returned(device="acceptor", code=1)]
