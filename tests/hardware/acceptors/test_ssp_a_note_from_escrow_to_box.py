"""One note in the hand of a customer: read, held, taken or given back. The next POLL would take it."""

from __future__ import annotations

import pytest

from hardware.acceptors.ssp import HOLD_LIMIT_S
from hardware.acceptors.ssp_inside import NOTE_GONE_S
from hardware.contracts import AtRest, Event, Held, Lost, Refused, RefusedBecause, Returned, Taken
from kiosk.money import Money
from tests.hardware.acceptors.ssp_conversation import (
    IN_ESCROW,
    Conversation,
    counters,
    enabled,
    in_escrow,
    started,
    taking,
)

FIFTY = Money.yuan(50)
TAKEN = Taken(device="acceptor", code=5, value=FIFTY)


def kinds(events: list[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def test_a_note_in_escrow_is_told_with_the_count_before_it() -> None:
    assert enabled().play(*IN_ESCROW) == [Held(device="acceptor", code=5, value=FIFTY, counter=258)]


def test_while_the_core_decides_the_unit_hears_hold_and_never_poll() -> None:
    talk = in_escrow()
    sent = talk.sent_for(50, {"HOLD": "ok"})
    assert set(sent) == {"HOLD"}
    assert len(sent) >= 50 / 2.1
    assert talk.ssp.drain() == []


def test_a_note_is_taken_by_one_poll_and_is_ours_at_the_credit() -> None:
    talk = in_escrow()
    talk.ssp.take()
    assert talk.play("POLL < F0 CC", "POLL < F0 CC") == []
    assert talk.play("POLL < F0 EE 05 CC") == [TAKEN]
    assert talk.play("POLL < F0 EB", "POLL < F0", f"GET_COUNTERS < {counters(259)}") == []
    assert talk.play(*IN_ESCROW) == [Held(device="acceptor", code=5, value=FIFTY, counter=259)]


def test_credit_and_stacked_and_full_in_one_answer() -> None:
    assert kinds(taking().play("POLL < F0 EE 05 CC EB E7")) == ["Taken", "BoxFull"]


@pytest.mark.parametrize("answers", [("F0 EE 05", "F0 EE 05", "F0 EB"), ("F0 EE 05 EE 05", "F0", "F0 EE 05")])
def test_a_credit_told_twice_is_one_note(answers: tuple[str, ...]) -> None:
    talk = taking()
    assert [event for answer in answers for event in talk.play(f"POLL < {answer}")] == [TAKEN]


def test_stacked_without_credit_is_no_money_until_the_counter_says_so() -> None:
    talk = taking()
    assert talk.play("POLL < F0 EB") == []
    assert talk.play_until("POLL < F0", f"GET_COUNTERS < {counters(259)}") == [
        AtRest(device="acceptor", counter=259, serial_number="2722470")
    ]


def test_a_note_is_given_back() -> None:
    talk = in_escrow()
    talk.ssp.give_back()
    told = talk.play("REJECT < ok", "POLL < F0 ED", "POLL < F0 EC", "POLL < F0")
    assert told == [Returned(device="acceptor", code=5)]
    assert kinds(talk.play(*IN_ESCROW)) == ["Held"]


def test_the_first_decision_counts() -> None:
    talk = in_escrow()
    talk.ssp.give_back()
    talk.ssp.take()
    talk.play("REJECT < ok", "POLL < F0 ED")


def test_decisions_without_a_note_do_nothing() -> None:
    talk = enabled()
    talk.ssp.take()
    talk.ssp.give_back()
    talk.play("POLL < F0", "POLL < F0 EF 05", "HOLD < ok")


def test_the_answer_to_the_accepting_poll_gets_lost_and_the_same_packet_goes_again() -> None:
    talk = in_escrow()
    talk.ssp.take()
    lost, *told = talk.play("POLL < nothing", "again < noise", "again < F0 EE 05")
    assert isinstance(lost, Lost), "nobody is asked for another note meanwhile"
    assert told == [TAKEN]


def test_the_answer_that_brought_the_note_gets_lost_and_no_second_poll_takes_it() -> None:
    assert kinds(enabled().play("POLL < nothing", "again < F0 EF 05", "HOLD < ok")) == ["Held"]


@pytest.mark.parametrize("refused", ["F5", "F8"])
def test_the_customer_pulls_the_note_out_of_escrow(refused: str) -> None:
    """HOLD finds none; before the next POLL a REJECT makes sure of it."""
    talk = in_escrow()
    assert talk.play(f"HOLD < {refused}", f"REJECT < {refused}") == []
    talk.ssp.take()
    told = talk.play_until("POLL < F0", "GET_COUNTERS < 258")
    assert told == [AtRest(device="acceptor", counter=258, serial_number="2722470")]


def test_a_unit_that_refuses_hold_while_it_has_the_note_gives_it_back() -> None:
    told = in_escrow().play("HOLD < F5", "REJECT < ok", "POLL < F0 ED", "POLL < F0 EC")
    assert told == [Returned(device="acceptor", code=5)]


def test_a_unit_that_does_not_know_hold_never_gets_a_poll_instead() -> None:
    told = in_escrow().play("HOLD < F2", "REJECT < ok", "POLL < F0 EC")
    assert kinds(told) == ["Returned"]


def test_the_accepting_poll_is_refused_and_is_not_repeated() -> None:
    talk = in_escrow()
    talk.ssp.take()
    assert kinds(talk.play("POLL < F5", "REJECT < ok", "POLL < F0 EC")) == ["Returned"]


def test_escrow_again_after_the_accepting_poll_is_rejected_and_left_to_the_counter() -> None:
    """Perhaps the order was not carried out, perhaps this is another note: nobody says "returned"."""
    talk = taking()
    told = talk.play("POLL < F0 EF 05", "REJECT < ok", "POLL < F0 ED", "POLL < F0 EC", "POLL < F0")
    assert told == []
    assert kinds(talk.play("GET_COUNTERS < 258")) == ["AtRest"]


def test_escrow_again_after_a_reject_is_rejected_again_and_never_polled_in() -> None:
    talk = in_escrow()
    talk.ssp.give_back()
    told = talk.play("REJECT < ok", "POLL < F0 EF 05", "REJECT < ok", "POLL < F0 EF 05", "REJECT < ok")
    assert told == []
    talk.play("POLL < F0 E5", "REJECT < ok", "POLL < F0 E5", "REJECT < ok", "POLL < F0 EC", "POLL < F0")
    assert kinds(talk.play("GET_COUNTERS < 258")) == ["AtRest"]


def test_two_notes_in_one_answer_can_not_be_and_go_back() -> None:
    assert kinds(enabled().play("POLL < F0 EF 05 EF 05", "HOLD < ok")) == ["Held"]
    assert kinds(enabled().play("POLL < F0 EF 05 EF 06", "REJECT < ok")) == ["Held"]


def test_a_note_that_falls_silent_is_given_up_to_the_counter() -> None:
    talk = taking()
    began_s = talk.now_s
    told = talk.play_until("POLL < F0", "GET_COUNTERS < 258")
    assert talk.now_s - began_s >= NOTE_GONE_S
    assert told == [AtRest(device="acceptor", counter=258, serial_number="2722470")]


def test_a_core_that_never_decides_gets_the_note_returned() -> None:
    talk = in_escrow()
    talk.sent_for(HOLD_LIMIT_S - 2.5, {"HOLD": "ok"})
    assert kinds(talk.play_until("HOLD < ok", "REJECT < ok") + talk.play("POLL < F0 EC")) == ["Returned"]


def test_another_channel_is_credited_than_was_held() -> None:
    told = taking().play("POLL < F0 EE 06")
    assert told == [Taken(device="acceptor", code=6, value=Money.yuan(100))]


def test_a_credit_of_an_unknown_channel_is_money_all_the_same() -> None:
    assert taking().play("POLL < F0 EE 09") == [Taken(device="acceptor", code=9, value=None)]


def test_a_denomination_of_the_unit_that_the_site_does_not_take() -> None:
    talk = Conversation(notes=(Money.yuan(10), Money.yuan(20)))
    talk.ssp.enable(Money.yuan(100))
    talk.sent_for(3, {"SETUP_REQUEST": "cny", "SERIAL_NUMBER": "serial", "GET_COUNTERS": "258", "*": "ok"})
    talk.ssp.drain()
    told = talk.play("POLL < F0 EF 05", "REJECT < ok", "POLL < F0 ED", "POLL < F0 EC", "POLL < F0")
    assert [event.because for event in told if isinstance(event, Refused)] == [RefusedBecause.UNMAPPED]
    assert len(told) == 1


def test_a_bar_code_ticket_is_never_polled_in() -> None:
    told = enabled().play("POLL < F0 E5", "REJECT < ok", "POLL < F0 EC", "POLL < F0")
    assert kinds(told) == ["Refused"]


@pytest.mark.parametrize(
    ("reason", "because"),
    [
        ("F0 02", RefusedBecause.NOT_RECOGNISED),
        ("F0 06", RefusedBecause.INHIBITED),
        ("F0 07", RefusedBecause.INSERTED_BADLY),
        ("F0", RefusedBecause.NOT_RECOGNISED),
        ("F2", RefusedBecause.NOT_RECOGNISED),
    ],
)
def test_the_validator_pushes_a_note_back_and_says_why(reason: str, because: RefusedBecause) -> None:
    told = enabled().play("POLL < F0 EF 00", "POLL < F0 ED", "POLL < F0 EC", f"LAST_REJECT_CODE < {reason}")
    assert [event.because for event in told if isinstance(event, Refused)] == [because]


def test_inhibits_follow_the_limit() -> None:
    talk = started()
    talk.ssp.enable(Money.yuan(20))
    talk.play("SET_INHIBITS < ok")
    assert talk.out.data == bytes.fromhex("02 0F 00")
    talk.play("ENABLE < ok", "POLL < F0")
    talk.ssp.enable(Money.yuan(5))
    talk.play("SET_INHIBITS < ok", "POLL < F0")
    talk.ssp.disable()
    talk.play("DISABLE < ok", "POLL < disabled", "POLL < disabled")


def test_a_limit_below_every_note_disables() -> None:
    talk = enabled()
    talk.ssp.enable(Money(50))
    talk.play("DISABLE < ok")


def test_a_note_in_escrow_stays_there_when_the_unit_shall_refuse() -> None:
    talk = in_escrow()
    talk.ssp.disable()
    assert set(talk.sent_for(10, {"HOLD": "ok"})) == {"HOLD"}
    talk.ssp.take()
    talk.play("POLL < F0 CC", "POLL < F0 EE 05 EB", "POLL < F0")
    assert "DISABLE" in talk.sent_for(1, {"GET_COUNTERS": "258", "*": "ok"})


def test_a_unit_that_disabled_itself_is_enabled_again_without_haste() -> None:
    talk = enabled()
    sent = talk.sent_for(10, {"POLL": "disabled", "ENABLE": "ok"})
    assert 2 <= sent.count("ENABLE") <= 11
