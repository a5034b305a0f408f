"""Whatever a unit, a cable or chance says, whenever: no exception, no money but by the whole legal sequence."""

from __future__ import annotations

from itertools import chain

from hypothesis import event as note_for_statistics
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.contracts import Held, Taken, Trouble
from kiosk.money import Money
from tests.hardware.acceptors.ict_conversation import started

LIMIT = Money.yuan(20)
WORDS = [
    *(
        "80 8F",
        "81 42",
        "81 42",
        "81 43",
        "81 44",
        "10",
        "10",
        "11",
        "29",
        "2F",
        "5E",
        "3E",
        "81",
        "42",
        "8F",
    ),
    *(
        "20",
        "22",
        "24",
        "26",
        "27",
        "28",
        "2A",
        "23",
        "71",
        "0C",
        "81 42 10",
        "10 80 8F",
        "11 81 42",
        "10 10",
    ),
]
# A step: what the core does, what passes, what the unit says of itself, whether it answers status requests.
Step = tuple[str, float, bytes, bool]
VERB = st.sampled_from(["enable", "disable", "take", "take", "give_back", "begin", "broken", "", "", "", ""])
AFTER = st.sampled_from([0.0, 0.0, 0.01, 0.2, 1.0, 4.0, 12.0])
SAYS = st.one_of(st.sampled_from(WORDS).map(bytes.fromhex), st.just(b""), st.binary(max_size=8))
STEP = st.tuples(VERB, AFTER, SAYS, st.booleans())
QUIET_STEP: Step = ("", 1.0, b"", True)
LIFE: list[Step] = [("", 1.0, b"\x81\x42", True), ("take", 0.1, b"", True), ("", 2.0, b"\x10", True)]
STORY = st.lists(
    st.one_of(
        STEP.map(lambda step: [step]),
        st.just([QUIET_STEP] * 4),
        st.integers(0, 3).map(lambda left_out: [step for at, step in enumerate(LIFE) if at != left_out]),
        st.just(LIFE),
    ),
    max_size=30,
).map(lambda parts: list(chain.from_iterable(parts)))


class Witness:
    """Follows the rules of the fact sheet from what was said, sent and told, and knows nothing of the machine."""

    def __init__(self) -> None:
        self.talk = started()
        self.talk.ict.enable(LIMIT)
        self.held: Held | None = None  # told, and neither ordered in nor back
        self.wanted = False
        self.accepted: Held | None = None  # ordered in, and not told of again
        self.pairs = self.welcomes = self.accepts = self.takens = 0
        self.switch = b"\x5e"

    def step(self, step: Step) -> None:
        verb, after_s, data, answers = step
        ict = self.talk.ict
        if verb == "enable":
            ict.enable(LIMIT)
        elif verb == "begin":
            ict.begin(self.talk.now_s)
        elif verb == "broken":
            ict.broken(self.talk.now_s, Trouble.NO_PORT, "pulled")
        elif verb:
            getattr(ict, verb)()
        self.wanted = self.wanted or (verb == "take" and self.held is not None)
        self.talk.now_s += after_s
        self.hears(data)
        for _ in range(8):
            byte = ict.send(self.talk.now_s)
            self.told(b"")
            if byte is None:
                break
            self.sent(byte, answers)
        assert ict.due_s(self.talk.now_s) <= self.talk.now_s + 1.0, "it always looks again soon"

    def hears(self, data: bytes) -> None:
        self.talk.ict.heard(self.talk.now_s, data)
        self.pairs += data.count(b"\x8f")
        self.told(data)

    def told(self, data: bytes) -> None:
        for event in self.talk.ict.drain():
            if isinstance(event, Held):
                assert event.value <= LIMIT
                self.held, self.wanted = event, False
            if isinstance(event, Taken):
                assert b"\x10" in data, "the unit said so just now"
                assert self.accepted is not None, "and it had been ordered in, and not told of before"
                assert (event.code, event.value) == (self.accepted.code, self.accepted.value)
                self.accepted = None
                self.takens += 1

    def sent(self, byte: int, answers: bool) -> None:
        if byte == 0x02 and self.wanted:
            self.accepted, self.held, self.wanted = self.held, None, False
            self.accepts += 1
        elif byte == 0x02:
            self.welcomes += 1
            assert self.welcomes <= self.pairs, "02h without a note that is wanted and without a power-up"
        elif byte in (0x3E, 0x5E):
            self.switch = bytes([byte])
        elif byte == 0x0C and answers:
            self.hears(self.switch)


@settings(max_examples=250, deadline=None)
@given(STORY)
def test_nothing_escapes_and_nothing_is_made_up(story: list[Step]) -> None:
    witness = Witness()
    for step in story:
        witness.step(step)
    note_for_statistics(f"taken: {min(witness.takens, 3)}")


@settings(max_examples=200, deadline=None)
@given(STORY)
def test_a_note_that_nobody_wants_is_never_accepted(story: list[Step]) -> None:
    witness = Witness()
    for verb, after_s, data, answers in story:
        witness.step(("" if verb == "take" else verb, after_s, data, answers))
    assert witness.accepts == witness.takens == 0


def test_the_witness_sees_whole_lives() -> None:
    """So that the properties above are about something."""
    witness = Witness()
    for step in [QUIET_STEP, *LIFE, *LIFE]:
        witness.step(step)
    assert (witness.accepts, witness.takens, witness.welcomes) == (2, 2, 0)
