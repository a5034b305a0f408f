"""Whatever bytes come back from the port: no exception leaves the driver, every job gets one answer, and `Printed` is
said only after this job's own proof, asked for behind all of its bytes. (Hypothesis; time passes only while the
driver waits.)"""

from __future__ import annotations

import queue
import re
from types import SimpleNamespace
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.contracts import Document, Event, NotPrinted, Printed, Text, Trouble
from hardware.line import LineTrouble
from hardware.printers import escpos_driver, interview, one_thread
from hardware.printers.escpos_driver import EscposPrinter
from hardware.printers.profile import Proof
from hardware.printers.status import Replies, state_of
from tests.hardware.printers.escpos_receipts import profile

STATUS = re.compile(rb"\x10\x04[\x01-\x04]")
PROCESS_ID = re.compile(rb"\x1d\(H\x06\x0000(....)", re.DOTALL)
QUEUED = b"\x1dr\x01"
IDLE_LOOKS = 3  # then the driver is closed

# What is done with each answer that an honest printer would give.
HONEST, NOTHING, EARLIER, TWICE, BREAK = "honest", "nothing", "an earlier one", "twice", "the line breaks"
MOOD = st.one_of(
    st.sampled_from((NOTHING, EARLIER, TWICE, BREAK)),
    st.sampled_from((b"\x12", b"\x1a", b"\x7e", b"\x00", b"\x0f", b"\x37\x22", b"\x10\x00\x0c\x00")),
    st.binary(max_size=9),
)
FEW = st.dictionaries(st.integers(0, 60), MOOD, max_size=4)  # at which of its answers
MOODS = st.tuples(FEW, st.dictionaries(st.integers(0, 6), MOOD, max_size=4))  # status answers, proofs
Moods = tuple[dict[int, str | bytes], dict[int, str | bytes]]


class World:
    """Clock, wire and queue of jobs in one; `moods` says at which of its answers the other end is not honest."""

    port, kind, byte_s = "/dev/nowhere", "made up", 0.0

    def __init__(self, moods: Moods, jobs: list[str]) -> None:
        self.now_s = 0.0
        self.is_open = False
        self.sent = b""
        self.proof_since = False  # an honest proof came, for what was asked last
        self._moods = moods
        self._answers = [0, 0]
        self._jobs = list(jobs)
        self._to_host: list[bytes] = []
        self._earlier: list[bytes] = []
        self._idle = 0
        self.driver: EscposPrinter

    # ---- clock and jobs

    def monotonic(self) -> float:
        return self.now_s

    def get(self, timeout: float) -> tuple[str, Document]:
        if self._jobs:
            job = self._jobs.pop(0)
            return job, Document("", (Text(f"<{job}>"),))
        self.now_s += timeout
        self._idle += 1
        if self._idle >= IDLE_LOOKS:
            self.driver._closing.set()
        raise queue.Empty

    def empty(self) -> bool:
        return not self._jobs

    # ---- wire

    def open(self) -> None:
        self.is_open = True

    def close(self) -> None:
        self.is_open = False
        self._to_host.clear()

    def backlog_s(self) -> float:
        return 0.0

    def drop_output(self) -> None:
        pass

    def write(self, data: bytes) -> None:
        self.sent += data
        found = PROCESS_ID.search(data)
        if found or data.endswith(QUEUED):
            self.proof_since = False
            self._answer(b"\x37\x22" + found[1] + b"\x00" if found else b"\x00", proof=True)
        elif STATUS.fullmatch(data):
            self._answer(b"\x12")

    def _answer(self, honest: bytes, proof: bool = False) -> None:
        mood = self._moods[proof].get(self._answers[proof], HONEST)
        self._answers[proof] += 1
        told = {HONEST: [honest], NOTHING: [], EARLIER: self._earlier[:1], TWICE: [honest, honest]}
        if mood == BREAK:
            raise LineTrouble(Trouble.NO_PORT, "gone")
        said = told[mood] if isinstance(mood, str) else [mood]
        self.proof_since |= proof and honest in said
        if proof:
            self._earlier.append(honest)
        self._to_host += said

    def read(self, limit_s: float) -> bytes:
        if self._to_host:
            return self._to_host.pop(0)
        self.now_s += max(limit_s, 0.001)
        return b""


def play(moods: Moods, jobs: list[str], proof: Proof) -> list[Event]:
    world = World(moods, jobs)
    heard: list[Event] = []

    def hear(event: Event) -> None:
        if isinstance(event, Printed) and proof is Proof.PROCESS_ID:
            # Its bytes left, then it was asked for, then came the honest answer to just that request.
            assert world.proof_since
            assert world.sent.rindex(f"<{event.job}>".encode()) < world.sent.rindex(b"\x1d(H")
        heard.append(event)

    driver = EscposPrinter("printer", world, profile(proof=proof))
    world.driver, driver._jobs, driver._sink = driver, world, hear
    clock = SimpleNamespace(monotonic=world.monotonic)
    with (
        mock.patch.object(escpos_driver, "time", clock),
        mock.patch.object(interview, "time", clock),
        mock.patch.object(one_thread, "time", clock),
    ):
        driver._run()  # in this thread: what it raises would fail the test
    return heard


@settings(deadline=None, max_examples=300)
@given(MOODS)
def test_never_printed_without_the_proof_and_always_one_answer(moods):
    jobs = ["1", "2", "3"]
    heard = play(moods, jobs, Proof.PROCESS_ID)
    for job in jobs:
        assert len([e for e in heard if isinstance(e, Printed | NotPrinted) and e.job == job]) == 1


@settings(deadline=None, max_examples=100)
@given(MOODS, st.sampled_from((Proof.QUEUED_STATUS, Proof.BEST)))
def test_with_the_other_proofs_nothing_escapes_and_each_job_has_one_answer(moods, proof):
    heard = play(moods, ["1", "2"], proof)
    for job in ("1", "2"):
        assert len([e for e in heard if isinstance(e, Printed | NotPrinted) and e.job == job]) == 1


def test_an_honest_printer_prints_all_of_them():
    heard = play(({}, {}), ["1", "2", "3"], Proof.PROCESS_ID)
    assert [e.job for e in heard if isinstance(e, Printed)] == ["1", "2", "3"]


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=400))
def test_any_stream_is_taken_apart_and_nothing_is_kept_of_it(stream):
    replies = Replies()
    replies.feed(stream)
    assert len(replies._begun) <= 80


@given(*[st.integers(0, 255)] * 4)
def test_any_four_answers_make_a_state_and_never_a_ready_printer_without_paper_bits(a, b, c, d):
    state = state_of(a, b, c, d)
    if state.ready:
        assert not d & 0x60 and not b & 0x24 and not a & 0x08
