"""Whatever a unit, a cable or chance answers: no exception, and no money that the unit did not speak of."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.acceptors.ccnet_codes import Command, Says
from hardware.contracts import Held, Taken
from kiosk.money import Money
from tests.hardware.acceptors.ccnet_conversation import CNY, IDENTITY, Conversation

STATES = [bytes([says]) for says in Says]
WITH_TYPE = st.tuples(st.sampled_from([0x80, 0x81, 0x82, 0x1B, 0x1C, 0x47]), st.integers(0, 255)).map(bytes)
ANSWER = st.one_of(
    st.sampled_from([*STATES, b"\x00", b"\x30", b"\xff", b"\x33", b"\x01\x02", CNY, IDENTITY]),
    WITH_TYPE,
    WITH_TYPE,
    st.binary(min_size=1, max_size=250),
    st.none(),
    st.just("noise"),
    st.just("right"),
)
RIGHT = {
    Command.IDENTIFICATION: IDENTITY,
    Command.GET_BILL_TABLE: CNY,
    Command.GET_COUNTER: b"\x01\x02",
    Command.POLL: b"\x19",
}
VERB = st.sampled_from(["enable", "disable", "take", "give_back", "confirm", "begin", "nothing"])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(VERB, ANSWER), max_size=80))
def test_nothing_escapes_and_nothing_is_made_up(story: list[tuple[str, bytes | str | None]]) -> None:
    talk = Conversation()
    ccnet = talk.ccnet
    stacked_shown, escrow_shown, stacks_sent, held_told = 0, 0, 0, 0
    for verb, answer in story:
        if verb == "enable":
            ccnet.enable(Money.yuan(50))
        elif verb == "begin":
            ccnet.begin(talk.now_s)
        elif verb != "nothing":
            getattr(ccnet, verb)()
        sent = talk.sends()
        command = Command(sent[0])
        stacks_sent += command is Command.STACK
        talk.now_s += 0.3
        if answer in (None, "noise"):
            ccnet.missed(talk.now_s, garbled=answer is not None)
            acknowledged = False
        else:
            data = RIGHT.get(command, b"\x00") if isinstance(answer, str) else answer
            assert data is not None
            acknowledged = ccnet.heard(talk.now_s, data)
            if command is Command.POLL and len(data) > 1:
                stacked_shown += data[0] == Says.STACKED
                escrow_shown += data[0] == Says.ESCROW
        told = ccnet.drain()
        taken = [event for event in told if isinstance(event, Taken)]
        held_told += sum(isinstance(event, Held) for event in told)
        assert not taken or (command is Command.POLL and data[:2] == bytes((Says.STACKED, taken[0].code)))
        assert len(taken) <= 1
        assert not (taken and acknowledged), "acknowledged before anybody could write it down"
        assert stacks_sent <= held_told <= escrow_shown
        assert ccnet.due_s(talk.now_s) <= talk.now_s + 5.5, "it always asks again soon"


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([*STATES[:-1], b"\x81\x04", b"\x80\x04", None]), min_size=1, max_size=60))
def test_a_stacked_note_is_acknowledged_only_after_confirm(answers: list[bytes | None]) -> None:
    talk = Conversation()
    for answer in answers:
        command = Command(talk.sends()[0])
        if command is not Command.POLL:
            talk.hears("nothing" if command not in RIGHT else RIGHT[command].hex())
        elif answer is None:
            talk.hears("nothing")
        else:
            talk.hears(answer.hex())
            if answer[0] == Says.STACKED:
                assert not talk.acknowledged
