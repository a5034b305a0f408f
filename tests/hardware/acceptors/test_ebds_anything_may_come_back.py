"""Whatever a unit, a cable or chance answers: no exception, and no money that the unit did not speak of."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.acceptors.ebds_codes import Says
from hardware.contracts import Held, Taken
from kiosk.money import Money
from tests.hardware.acceptors.ebds_conversation import Conversation

FLAGS = st.lists(st.sampled_from([flag.name for flag in Says]), max_size=3).map(
    lambda f: " ".join(map(str, f))
)
REPLY = st.tuples(st.sampled_from(["", "", "", "old "]), FLAGS, st.integers(0, 7)).map(
    lambda parts: f"{parts[0]}{parts[1]} {parts[2]}"
)
ANSWER = st.one_of(
    st.sampled_from(["nothing", "noise", "echo", "IDLE", "ESCROWED 5", "STACKED IDLE 5", "STACKED 6"]),
    REPLY,
    REPLY,
    st.binary(min_size=1, max_size=120).map(lambda data: f"raw {data.hex()}"),
)
VERB = st.sampled_from(["enable", "disable", "take", "give_back", "confirm", "begin", "nothing"])


@settings(max_examples=250, deadline=None)
@given(st.lists(st.tuples(VERB, ANSWER), max_size=100))
def test_nothing_escapes_and_nothing_is_made_up(story: list[tuple[str, str]]) -> None:
    talk = Conversation()
    unit = talk.ebds
    stacks_sent, held_told, unconfirmed, toggle = 0, 0, False, 0
    for verb, answer in story:
        if verb == "enable":
            unit.enable(Money.yuan(50))
        elif verb == "begin":
            unit.begin(talk.now_s)
        elif verb != "nothing":
            getattr(unit, verb)()
        unconfirmed = unconfirmed and verb != "confirm"
        stacks_sent += talk.sends() == "stack"
        assert not unconfirmed or talk.last[0] & 1 == toggle, "acknowledged before anybody wrote it down"
        toggle = talk.last[0] & 1
        talk.now_s += 0.3
        talk.hears(answer)
        told = unit.drain()
        held_told += sum(isinstance(event, Held) for event in told)
        taken = [event for event in told if isinstance(event, Taken)]
        assert len(taken) <= 1
        if taken:
            assert "STACKED" in answer or answer.startswith("raw ")
            assert "old" not in answer
            unconfirmed = True
        assert stacks_sent <= held_told
        assert unit.due_s(talk.now_s) <= talk.now_s + 1.5, "it always asks again soon"
