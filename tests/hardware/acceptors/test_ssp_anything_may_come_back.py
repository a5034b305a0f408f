"""Whatever a unit, a cable or chance answers: no exception, no money that the unit did not speak of, no note
that was polled in without `take`."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.acceptors.ssp_codes import Command, Says, parse_events
from hardware.acceptors.ssp_frames import Frame
from hardware.contracts import Held, Taken
from kiosk.money import Money
from tests.hardware.acceptors.ssp_conversation import ANSWERS, Conversation

CHANNELS = {Says.READ, Says.CREDIT, Says.FRAUD, Says.CLEARED_TO_FRONT, Says.CLEARED_INTO_BOX}
EVENT = st.one_of(
    st.sampled_from([says for says in Says if says not in CHANNELS]).map(lambda says: bytes((says,))),
    st.tuples(st.sampled_from(sorted(CHANNELS)), st.integers(0, 7)).map(bytes),
)
ANSWER = st.one_of(
    st.lists(EVENT, max_size=4).map(lambda events: b"\xf0" + b"".join(events)),
    st.sampled_from(
        [b"\xf0", b"\xf0\xe8", b"\xf0\xef\x05", b"\xf0\xee\x05", b"\xf5", b"\xf8", b"\xf2", b"\xfa"]
    ),
    st.binary(min_size=1, max_size=80),
    st.none(),
    st.just("noise"),
    st.just("right"),
)
RIGHT = {
    Command.SETUP_REQUEST: ANSWERS["cny"],
    Command.SERIAL_NUMBER: ANSWERS["serial"],
    Command.GET_COUNTERS: ANSWERS["258"],
}
VERB = st.sampled_from(["enable", "disable", "take", "give_back", "begin", *["nothing"] * 5])
Story = list[tuple[str, bytes | str | None]]


@settings(max_examples=400, deadline=None)
@given(st.booleans(), st.lists(st.tuples(VERB, ANSWER), max_size=80))
def test_nothing_escapes_and_nothing_is_made_up(at_rest: bool, story: Story) -> None:
    talk = Conversation()
    if at_rest:
        talk.sent_for(3, {**{command.name: data for command, data in RIGHT.items()}, "*": "F0"})
        talk.ssp.drain()
    in_escrow = may_take = False  # the unit said EF c, and nothing but HOLD came since; the core said `take`
    shown = told_taken = 0
    for verb, answer in story:
        if verb == "enable":
            talk.ssp.enable(Money.yuan(50))
        elif verb == "begin":
            talk.ssp.begin(talk.now_s)
            talk.unanswered = False
        elif verb != "nothing":
            getattr(talk.ssp, verb)()
            may_take = may_take or verb == "take"
        sent = talk.sends()
        if sent == "POLL":
            assert not in_escrow or may_take, "this POLL takes a note that nobody decided on"
            may_take = False
        if sent in ("POLL", "REJECT"):
            in_escrow = False
        if answer in (None, "noise"):
            talk.hears("nothing" if answer is None else "noise")
            continue
        command = Command(talk.out.data[0])
        data = bytes.fromhex(RIGHT.get(command, "F0")) if isinstance(answer, str) else answer
        assert data is not None
        talk.unanswered = not talk.ssp.heard(talk.now_s, Frame(talk.out.flag, data))
        if command is Command.POLL and not talk.unanswered and data[0] == 0xF0:
            events, _ = parse_events(data[1:])
            shown += sum(says in (Says.CREDIT, Says.CLEARED_INTO_BOX) for says, _ in events)
            for says, channel in events:
                in_escrow = (in_escrow or (says is Says.READ and channel > 0)) and says not in GONE
        told = talk.ssp.drain()
        told_taken += sum(isinstance(event, Taken) for event in told)
        assert told_taken <= shown
        held = [event for event in told if isinstance(event, Held)]
        assert not held or command is Command.POLL
        may_take = may_take and not held
        assert talk.ssp.due_s(talk.now_s) <= talk.now_s + 31, "it always asks again"


GONE = {Says.REJECTED, Says.CREDIT, Says.CLEARED_INTO_BOX, Says.RESET}
