"""Whatever a unit, a cable or chance answers: no exception, and no money that the unit did not speak of."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.acceptors.id003_codes import Command, Says
from hardware.contracts import Held, Taken
from kiosk.money import Money
from tests.hardware.acceptors.id003_conversation import ACCEPTED, ANSWERS, CNY, VERSION, Conversation

STATES = [bytes([says]) for says in Says]
NOTE = st.sampled_from([b"\x13\x61", b"\x13\x65", b"\x13\x66", b"\x13\x6f", b"\x17\x71", b"\x17\x79"])
ANSWER = st.one_of(
    st.sampled_from([*STATES, b"\x50", b"\x4b", b"\x01\x02", CNY, VERSION]),
    NOTE,
    NOTE,
    st.binary(min_size=1, max_size=250),
    st.sampled_from(["nothing", "noise", "same", "right", "right", "right"]),
)
VERB = st.sampled_from(["enable", "disable", "take", "give_back", "confirm", "begin", "nothing"])
OURS = {Says.VEND_VALID, Says.STACKED, Says.POWER_UP_NOTE_IN_STACKER}


@settings(max_examples=250, deadline=None)
@given(st.lists(st.tuples(VERB, ANSWER), max_size=100))
def test_nothing_escapes_and_nothing_is_made_up(story: list[tuple[str, bytes | str]]) -> None:
    talk = Conversation()
    unit = talk.id003
    stacks_sent, held_told, escrow_shown, unconfirmed = 0, 0, 0, False
    for verb, answer in story:
        if verb == "enable":
            unit.enable(Money.yuan(50))
        elif verb == "begin":
            unit.begin(talk.now_s)
        elif verb != "nothing":
            getattr(unit, verb)()
        unconfirmed = unconfirmed and verb != "confirm"
        command = Command(talk.sends()[0])
        stacks_sent += command is Command.STACK
        if answer == "right":
            answer = ACCEPTED.get(command.name, "1a" if talk.now_s % 2 < 1 else "1b")
        talk.now_s += 0.3
        talk.hears(answer if isinstance(answer, str) else answer.hex())
        data = answer if isinstance(answer, bytes) else ANSWERS.get(answer, b"\0")
        escrow_shown += command is Command.POLL and data[0] == Says.ESCROW
        told = unit.drain()
        taken = [event for event in told if isinstance(event, Taken)]
        held_told += sum(isinstance(event, Held) for event in told)
        assert len(taken) <= 1
        if taken:
            assert command is Command.POLL and data[0] in OURS
            assert data[0] != Says.STACKED or stacks_sent or escrow_shown
            unconfirmed = True
        assert not (unconfirmed and talk.acknowledged), "acknowledged before anybody wrote it down"
        assert not talk.acknowledged or data[0] == Says.VEND_VALID
        assert stacks_sent <= held_told <= escrow_shown
        assert unit.due_s(talk.now_s) <= talk.now_s + 1.5, "it always asks again soon"


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from([*STATES, b"\x13\x65", "nothing"]).filter(lambda a: a != b"\x13"),
        min_size=1,
        max_size=80,
    )
)
def test_each_note_that_is_told_was_told_by_its_own_sight(answers: list[bytes | str]) -> None:
    """Between two `Taken` the unit was seen to go on: at rest, in escrow, accepting, or pushing a note out."""
    talk = Conversation()
    went_on = True
    for answer in answers:
        while (name := Command(talk.sends()[0]).name) != "POLL":
            talk.hears(ACCEPTED.get(name, "ack"))
        talk.hears(answer if isinstance(answer, str) else answer.hex())
        if any(isinstance(event, Taken) for event in talk.id003.drain()):
            assert went_on, f"a second note out of {answer!r}"
            went_on = False
        elif answer != "nothing" and answer[0] in (0x11, 0x12, 0x13, 0x17, 0x18, 0x19, 0x1A):
            went_on = True
