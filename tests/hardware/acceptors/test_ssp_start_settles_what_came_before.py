"""The process starts, or the unit comes back from somewhere: what was before is settled first, and nothing is taken."""

from __future__ import annotations

import pytest

from hardware.acceptors.ssp import RESUME_S
from hardware.acceptors.ssp_inside import NOTE_GONE_S
from hardware.contracts import AtRest, Event, Found, Lost, PoweredUp, PoweredUpWith, Taken, Trouble
from kiosk.money import Money
from tests.hardware.acceptors.ssp_conversation import (
    HELLO,
    SCRIPT,
    Conversation,
    counters,
    enabled,
    in_escrow,
    setup,
    started,
    taking,
)

FIFTY = Money.yuan(50)
REST = AtRest(device="acceptor", counter=258, serial_number="2722470")


def kinds(events: list[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def test_sync_and_reject_come_before_the_first_poll() -> None:
    talk = Conversation()
    assert talk.play(*HELLO) == []
    told = talk.play_until("POLL < disabled", "GET_COUNTERS < 258")
    assert told == [
        Found(device="acceptor", identity="SSP validator, firmware 0100, 2722470", serial_number="2722470"),
        REST,
    ]


def test_protocol_version_six_is_asked_for() -> None:
    talk = Conversation()
    talk.play(*HELLO[:3])
    assert talk.out.data == b"\x06\x06"


def test_a_unit_that_was_left_enabled_is_disabled() -> None:
    talk = Conversation()
    talk.play(*HELLO, "POLL < F0", "DISABLE < ok", "POLL < disabled")


def test_a_note_of_before_lies_in_escrow_and_goes_back() -> None:
    """Whose it is, and whether an earlier one was taken, the counter tells: so nothing but rest is said."""
    talk = Conversation()
    talk.play("SYNC < ok", "REJECT < ok", *SCRIPT, "POLL < F0 ED", "POLL < F0 ED", "POLL < F0 EC")
    assert kinds(talk.play_until("POLL < disabled", "GET_COUNTERS < 258")) == ["Found", "AtRest"]


def test_a_note_of_before_is_still_being_stacked() -> None:
    talk = Conversation()
    told = talk.play(*HELLO, "POLL < F0 CC", "POLL < F0 CC", "POLL < F0 EE 05 CC", "POLL < F0 EB")
    assert told == [Taken(device="acceptor", code=5, value=FIFTY, recovered=True)]
    assert kinds(talk.play_until("POLL < disabled", f"GET_COUNTERS < {counters(259)}")) == ["Found", "AtRest"]


@pytest.mark.parametrize("lost_at", range(5))
def test_any_answer_of_the_start_gets_lost(lost_at: int) -> None:
    talk = Conversation()
    talk.play(*HELLO[:lost_at])
    command, answer = HELLO[lost_at].split(" < ")
    talk.play(f"{command} < nothing", f"again < {answer}")
    talk.play(*HELLO[lost_at + 1 :], "POLL < disabled")


@pytest.mark.parametrize("answer", ["F2", "F3", "F6"])
def test_a_reject_that_is_not_understood_is_never_followed_by_a_poll(answer: str) -> None:
    talk = Conversation()
    sent = talk.sent_for(60, {"SYNC": "ok", "REJECT": answer, "DISABLE": "ok"})
    assert "POLL" not in sent
    (lost,) = [event for event in talk.ssp.drain() if isinstance(event, Lost)]
    assert lost.trouble is Trouble.WRONG_DEVICE
    assert "REJECT" in lost.detail


def test_the_unit_needs_some_time_before_it_answers_everything() -> None:
    talk = Conversation()
    talk.play("SYNC < ok", "REJECT < F5", "PROTOCOL_VERSION < F5", "PROTOCOL_VERSION < F5", *SCRIPT)


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (setup(country="EUR"), "EUR"),
        (setup((2, 200)), "denominations"),
        (setup(multiplier=0), "multiplier"),
        ("F0 03" + setup()[4:], "03h"),
        ("F0 00", "1 bytes"),
        ("FA", "encryption"),
    ],
)
def test_another_kind_of_unit_is_named_and_takes_no_money(answer: str, word: str) -> None:
    talk = Conversation()
    talk.play(*HELLO[:3])
    (lost,) = talk.play(f"SETUP_REQUEST < {answer}", "DISABLE < ok")
    assert isinstance(lost, Lost)
    assert lost.trouble is Trouble.WRONG_DEVICE
    assert word in lost.detail
    assert talk.ssp.due_s(talk.now_s) >= talk.now_s + RESUME_S - 1
    assert talk.ssp.refuses_everything, "who closes now need not wait"
    talk.play(*HELLO)


def test_a_unit_that_wants_encryption_for_everything_is_left_alone() -> None:
    talk = Conversation()
    talk.play("SYNC < FA", "DISABLE < FA")
    assert len(talk.sent_for(100, {"*": "FA"})) < 20


def test_a_unit_without_counter() -> None:
    talk = Conversation()
    talk.play(*HELLO)
    told = talk.play_until("POLL < disabled", "GET_COUNTERS < F2")
    assert told[-1] == AtRest(device="acceptor", counter=None, serial_number="2722470")
    assert talk.ssp.has_counter is False


@pytest.mark.parametrize("answer", ["F0", "F0 05 01", "F5"])
def test_a_counter_that_can_not_be_read_holds_nothing_up(answer: str) -> None:
    talk = Conversation()
    talk.play(*HELLO)
    told = talk.play_until("POLL < disabled", f"GET_COUNTERS < {answer}")
    told += [e for _ in range(4) for e in talk.play("POLL < disabled", f"GET_COUNTERS < {answer}")]
    assert told[-1] == AtRest(device="acceptor", counter=None, serial_number="2722470")


# ---- the power of the unit fails ------------------------------------------------------------------


def came_back(talk: Conversation, *events: str) -> list[Event]:
    """The unit answers again after its reset, says `events` one by one, then rests."""
    told = talk.play("POLL < nothing", "again < F0 F1 E8", *HELLO[:1], "REJECT < F5", *SCRIPT)
    told += talk.play(*(f"POLL < {event}" for event in events))
    return told


def test_power_fails_while_nothing_is_inside_and_everything_is_set_up_anew() -> None:
    talk = enabled()
    assert came_back(talk) == [PoweredUp(device="acceptor", having=PoweredUpWith.NOTHING)]
    assert kinds(talk.play_until("POLL < disabled", "GET_COUNTERS < 258")) == ["Found", "AtRest"]
    talk.play("SET_INHIBITS < ok", "ENABLE < ok", "POLL < F0")


def test_power_fails_while_stacking_and_the_note_falls_into_the_box() -> None:
    talk = taking()
    told = came_back(talk, "F0 E8", "F0 E2 05 E8", "F0 E8")
    assert [event.having for event in told if isinstance(event, PoweredUp)] == [
        PoweredUpWith.NOTHING,
        PoweredUpWith.NOTE_IN_STACKER,
    ]
    assert [e for e in told if isinstance(e, Taken)] == [
        Taken(device="acceptor", code=5, value=FIFTY, recovered=True)
    ]
    assert kinds(talk.play_until("POLL < disabled", f"GET_COUNTERS < {counters(259)}")) == ["Found", "AtRest"]


def test_power_fails_while_stacking_and_the_note_comes_back() -> None:
    talk = taking()
    told = came_back(talk, "F0 E1 05 E8", "F0 E8")
    assert [event.having for event in told if isinstance(event, PoweredUp)][
        -1
    ] is PoweredUpWith.NOTE_IN_VALIDATOR
    assert talk.play_until("POLL < disabled", "GET_COUNTERS < 258")[-1] == REST


def test_after_a_power_cut_the_unit_gets_time_to_clear_its_path_before_rest_is_said() -> None:
    talk = taking()
    came_back(talk)
    began_s = talk.now_s
    talk.play_until("POLL < disabled", "GET_COUNTERS < 258")
    assert talk.now_s - began_s >= NOTE_GONE_S


@pytest.mark.parametrize("channel", ["05", "00"])
def test_power_fails_after_the_credit_and_the_same_note_is_told_again(channel: str) -> None:
    talk = taking()
    assert kinds(talk.play("POLL < F0 EE 05")) == ["Taken"]
    assert "Taken" not in kinds(came_back(talk, f"F0 E2 {channel} E8"))


def test_power_fails_with_a_note_in_escrow() -> None:
    talk = in_escrow()
    told = talk.play("HOLD < nothing", "again < F5", "REJECT < F5", "POLL < F0 F1 E8", "SYNC < ok")
    assert kinds(told) == ["PoweredUp"]


# ---- a gap, and another unit behind it ------------------------------------------------------------


def test_after_a_gap_the_serial_number_is_asked_before_anything_else() -> None:
    talk = in_escrow()
    talk.play("HOLD < nothing", "again < nothing", "again < ok", "SERIAL_NUMBER < serial", "HOLD < ok")


def test_another_unit_behind_a_gap_is_another_unit() -> None:
    talk = started()
    talk.play(
        "POLL < nothing", "again < nothing", "again < F0 E8", "SERIAL_NUMBER < F0 00 00 00 07", *HELLO[:2]
    )


def test_the_line_breaks_with_a_note_in_escrow_and_its_way_home_is_left_to_the_counter() -> None:
    talk = in_escrow()
    talk.ssp.broken(talk.now_s, Trouble.NO_PORT, "gone")
    talk.ssp.begin(talk.now_s)
    talk.unanswered = False
    talk.ssp.take()
    told = talk.play("SYNC < ok", "REJECT < ok", *SCRIPT, "POLL < F0 ED", "POLL < F0 EC")
    assert kinds(told) == ["Lost"]
    assert talk.play_until("POLL < disabled", "GET_COUNTERS < 258")[-1] == REST
