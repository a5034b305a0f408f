"""Silence, noise, echo, stale frames: named after a while, never taken for money, and over when it is over."""

from __future__ import annotations

import pytest

from hardware.acceptors.ssp import SEND_LIMIT, SYNC_LIMIT
from hardware.acceptors.ssp_frames import Frame
from hardware.contracts import Event, Lost, Trouble
from tests.hardware.acceptors.ssp_conversation import HELLO, SCRIPT, Conversation, enabled, in_escrow


def troubles(events: list[Event]) -> list[Trouble]:
    return [event.trouble for event in events if isinstance(event, Lost)]


@pytest.mark.parametrize(("answer", "trouble"), [("nothing", Trouble.SILENT), ("noise", Trouble.GARBAGE)])
def test_nobody_is_there_at_start(answer: str, trouble: Trouble) -> None:
    talk = Conversation()
    sent = talk.sent_for(60, {"*": answer})
    assert set(sent) == {"SYNC", "again"}
    assert troubles(talk.ssp.drain()) == [trouble], "told once"
    assert talk.ssp.refuses_everything


def test_a_unit_falls_silent_with_a_note_in_escrow() -> None:
    """The same packet goes on for as long as the specification wants; then the start puts REJECT before POLL."""
    talk = in_escrow()
    talk.ssp.take()
    assert troubles(talk.play("POLL < nothing", "again < nothing")) == [Trouble.SILENT], "but told at once"
    assert talk.play(*["again < nothing"] * (SEND_LIMIT - 2)) == []
    talk.unanswered = False
    talk.play("SYNC < nothing", "again < ok", "REJECT < F5", *SCRIPT, "POLL < disabled")


def test_our_own_bytes_come_back() -> None:
    talk = Conversation()
    talk.sends()
    assert talk.ssp.heard(talk.now_s, talk.out)
    assert troubles(talk.ssp.drain()) == [Trouble.ECHO]
    talk.play(*HELLO)


def test_a_late_answer_to_an_earlier_command_is_no_answer() -> None:
    talk = enabled()
    talk.sends()
    assert not talk.ssp.heard(talk.now_s, Frame(not talk.out.flag, bytes.fromhex("F0 EE 05")))
    assert talk.ssp.drain() == []
    talk.hears("F0")


def test_a_frame_that_nobody_asked_for_is_no_answer() -> None:
    talk = enabled()
    assert not talk.ssp.heard(talk.now_s, Frame(not talk.out.flag, bytes.fromhex("F0 EE 05")))
    assert not talk.ssp.heard(talk.now_s, Frame(talk.out.flag, bytes.fromhex("F0 EE 05")))
    assert talk.ssp.drain() == []


@pytest.mark.parametrize("data", ["07", "EE 05", "F1", "00"])
def test_a_frame_that_is_no_answer_of_a_unit_is_passed_over(data: str) -> None:
    talk = Conversation()
    talk.play("SYNC < ok")
    talk.sends()
    assert not talk.ssp.heard(talk.now_s, Frame(talk.out.flag, bytes.fromhex(data)))


def test_silence_ends_and_everything_is_set_up_anew() -> None:
    talk = Conversation()
    talk.play("SYNC < nothing", *["again < nothing"] * (SYNC_LIMIT - 1))
    talk.unanswered = False
    talk.play(*HELLO)
    assert [type(e).__name__ for e in talk.play_until("POLL < disabled", "GET_COUNTERS < 258")] == [
        "Found",
        "AtRest",
    ]
