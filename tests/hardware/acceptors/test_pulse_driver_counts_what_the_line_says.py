"""A pulse acceptor between its line and the core: notes, doubts, pulses one by one, and when nobody is paid."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.acceptors.pulse import CALM_NS, Pulse
from hardware.acceptors.pulse_edges import GpioEdges
from hardware.acceptors.pulse_sim import PulseSim, Settings
from hardware.acceptors.pulse_train import MS, Edge, Plan
from hardware.contracts import AtRest, Event, Found, Lost, PulseSeen, Taken, Trouble
from hardware.line import LineTrouble
from kiosk.money import Money

PLAN = Plan(pulse_ms=50, pause_ms=100, notes={yuan // 5: Money.yuan(yuan) for yuan in (5, 10, 20, 50)})
SETTINGS = Settings(fen_per_pulse=500, notes_fen=(500, 1000, 2000, 5000))
HUNDRED = Money.yuan(100)
STEP_NS = 20 * MS


class Wire:
    """A unit and the machine on one line; time passes in small steps."""

    def __init__(self) -> None:
        self.now_ns = 1_000_000_000
        self.unit = PulseSim("acceptor", SETTINGS, self.now_ns)
        self.told: list[Event] = []
        self.begin()

    def begin(self) -> None:
        self.pulse = Pulse("acceptor", PLAN, "pulses")
        self.pulse.watching(self.unit.level, self.now_ns)  # type: ignore[arg-type]

    def for_s(self, seconds: float) -> list[Event]:
        told: list[Event] = []
        for _ in range(round(seconds * 1e9) // STEP_NS):
            self.now_ns += STEP_NS
            self.unit.do("inhibit", on=self.pulse.inhibited)
            edges = [Edge(*event) for event in self.unit.advance(self.now_ns)]  # type: ignore[arg-type]
            self.pulse.heard(edges, self.now_ns)
            told += self.pulse.drain()
        self.told += told
        return told

    def do(self, action: str, **given: Any) -> None:
        self.unit.do(action, **given)

    def taken(self) -> list[tuple[int, Money | None]]:
        return [(event.code, event.value) for event in self.told if isinstance(event, Taken)]


@pytest.fixture
def wire() -> Wire:
    wire = Wire()
    assert [type(event) for event in wire.for_s(2.0)] == [Found, AtRest]
    wire.pulse.enable(HUNDRED)
    wire.for_s(0.5)
    return wire


def test_each_pulse_is_told_before_the_note(wire: Wire) -> None:
    wire.do("insert", fen=2000)
    told = wire.for_s(5.0)
    assert [event.count for event in told if isinstance(event, PulseSeen)] == [1, 2, 3, 4]
    assert told[-1] == Taken(device="acceptor", code=4, value=Money.yuan(20), was_held=False)


def test_a_count_that_is_no_note_is_told_with_its_count_and_inhibits_for_a_while(wire: Wire) -> None:
    wire.do("skip", pulses=(3,))
    wire.do("insert", fen=2000)
    told = wire.for_s(4.0)
    assert wire.taken() == [(3, None)]
    assert [event.trouble for event in told if isinstance(event, Lost)] == [Trouble.GARBAGE]
    assert wire.unit.inhibited
    assert [type(event) for event in wire.for_s(CALM_NS / 1e9 + 1)] == [Found, AtRest]
    assert not wire.unit.inhibited


def test_the_core_wants_no_more_and_the_note_that_was_swallowed_before_still_counts(wire: Wire) -> None:
    wire.do("insert", fen=1000)
    wire.for_s(0.2)
    wire.pulse.disable()
    wire.for_s(5.0)
    assert wire.taken() == [(2, Money.yuan(10))]
    assert wire.unit.inhibited and wire.pulse.refuses_everything


def test_power_fails_in_the_middle_of_a_train(wire: Wire) -> None:
    """What was seen is told; the count is no note unless it happens to be one, which no wire can tell."""
    wire.do("insert", fen=5000)
    wire.for_s(2.3)
    wire.do("power_cut")
    wire.for_s(3.0)
    seen = [event.count for event in wire.told if isinstance(event, PulseSeen)]
    assert seen == [*range(1, len(seen) + 1)] and 0 < len(seen) < 10
    assert len(wire.taken()) == 1


def test_the_process_starts_in_the_middle_of_a_train(wire: Wire) -> None:
    wire.do("insert", fen=5000)
    wire.for_s(2.0)
    wire.told.clear()
    wire.begin()
    wire.for_s(10.0)
    assert [value for _, value in wire.taken()] == [None], "the rest of a train is money of unknown value"


def test_interference_while_nobody_pays_is_no_money(wire: Wire) -> None:
    wire.pulse.disable()
    wire.for_s(0.1)
    wire.do("pulse", ms=15)
    told = wire.for_s(2.0)
    assert not wire.taken() and any(isinstance(event, Lost) for event in told)


def test_the_smallest_note_has_to_fit(wire: Wire) -> None:
    wire.pulse.enable(Money.yuan(4))
    wire.for_s(0.1)
    assert wire.unit.inhibited


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(-5, 400) | st.sampled_from((50, 100)), st.sampled_from((0, 1)), st.integers(0, 2)
        ),
        max_size=80,
    ),
    st.booleans(),
)
def test_nothing_escapes_and_only_whole_trains_are_money(
    edges: list[tuple[int, int, int]], open_for_notes: bool
) -> None:
    pulse = Pulse("acceptor", PLAN, "pulses")
    pulse.watching(1, 0)
    if open_for_notes:
        pulse.enable(HUNDRED)
    now_ns, seqno = 2_000_000_000, 0
    pulse.heard([], now_ns)
    for ms, level, more in edges:
        now_ns += ms * MS
        seqno += more
        pulse.heard([Edge(now_ns, level, seqno)], now_ns)  # type: ignore[arg-type]
        assert pulse.due_ns(now_ns) > 0
    pulse.heard([], now_ns + 60_000_000_000)
    for event in pulse.drain():
        if isinstance(event, Taken) and event.value is not None:
            assert PLAN.notes[event.code] == event.value
            assert len(edges) >= 2 * event.code, "no more notes than edges"


def test_a_chip_that_is_not_there_is_named(tmp_path: Path) -> None:
    chip = str(tmp_path / "gpiochip0")
    lines = GpioEdges(chip, 17, 27, 1)
    with pytest.raises(LineTrouble) as caught:
        lines.open()
    assert caught.value.trouble is Trouble.NO_PORT and chip in caught.value.detail
    assert not lines.is_open
