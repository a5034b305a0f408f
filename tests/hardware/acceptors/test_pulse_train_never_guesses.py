"""Any edges whatever: nothing escapes, nothing grows, and a note is told only for a train that is right in all."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.acceptors.pulse_train import (
    MS,
    Doubtful,
    Edge,
    Fault,
    Level,
    NoteCounted,
    Plan,
    Pulse,
    after_edge,
    after_time,
    due_ns,
    started,
    torn,
)
from kiosk.money import Money
from tests.hardware.acceptors.pulse_by_hand import (
    FAST,
    QUIET_MS,
    brief,
    counted,
    edges_of,
    pulses,
    without_pulses,
)

# Widths and pauses in ms by what they are; none near another's edge, so that the kind is beyond doubt.
GLITCH = st.floats(0.01, 9)
GOOD_PULSE = st.floats(31, 79)
BAD_PULSE = st.floats(11, 29) | st.floats(81, 370)
GOOD_PAUSE = st.floats(61, 159)
BAD_PAUSE = st.floats(11, 59) | st.floats(161, 374)
SILENCE = st.floats(376, 3000)

ANY_NS = st.integers(-(10**9), 10**10) | st.integers(0, 100 * MS)


@st.composite
def groups(draw: st.DrawFn) -> tuple[list[float], str]:
    """The widths of one group of pulses and what must be said of it."""
    count = draw(st.integers(1, 12))
    widths = []
    for _ in range(count):
        widths += [draw(GOOD_PULSE), draw(GOOD_PAUSE)]
    widths.pop()
    faults = set()
    if draw(st.booleans()):
        place = draw(st.integers(0, len(widths) - 1))
        widths[place] = draw(BAD_PAUSE if place % 2 else BAD_PULSE)
        faults.add("pause" if place % 2 else "width")
        count -= place % 2 == 0
    elif count not in FAST.notes:
        faults.add("count")
    return widths, f"{count} pulses: {' '.join(faults)}" if faults else f"{count} yuan"


@settings(max_examples=150, deadline=None)
@given(st.lists(groups(), max_size=6), st.data())
def test_each_group_is_what_its_widths_say(
    trains: list[tuple[list[float], str]], data: st.DataObject
) -> None:
    widths: list[float] = []
    for group, _ in trains:
        widths += [*group, data.draw(SILENCE)]
    assert brief(counted(edges_of(widths[:-1]) if widths else [])) == [said for _, said in trains]


@settings(max_examples=200, deadline=None)
@given(st.lists(groups(), min_size=1, max_size=3), st.data())
def test_glitches_change_nothing(trains: list[tuple[list[float], str]], data: st.DataObject) -> None:
    clean: list[float] = []
    rough: list[float] = []
    for group, _ in trains:
        for width in [*group, data.draw(SILENCE)]:
            clean.append(width)
            if width > 40 and data.draw(st.booleans()):
                glitch = data.draw(GLITCH)
                rough += [width - 20 - glitch, glitch, 20]
            else:
                rough.append(width)
    said = brief(counted(edges_of(clean[:-1])))
    assert brief(counted(edges_of(rough[:-1]))) == said == [told for _, told in trains]


def widths_of_any_kind() -> st.SearchStrategy[list[float]]:
    kinds = (GLITCH, GOOD_PULSE, BAD_PULSE, GOOD_PAUSE, BAD_PAUSE, SILENCE)
    return st.lists(st.one_of(*kinds, st.sampled_from((10.0, 30.0, 80.0, 60.0, 160.0, 375.0))), max_size=60)


@settings(max_examples=150, deadline=None)
@given(widths_of_any_kind(), st.sampled_from((0.0, 1.0, 3.7, 20.0, 90.0)), st.sampled_from((0, 1)))
def test_it_does_not_matter_how_often_time_is_let_pass(
    widths: list[float], asks_ms: float, first: Level
) -> None:
    edges = edges_of(widths, first=first)
    assert counted(edges, level=first ^ 1, asks_ms=asks_ms) == _at_edges_only(edges, first ^ 1)


def _at_edges_only(edges: list[Edge], level: int) -> list[object]:
    train, told = started(FAST, 1 if level else 0, 0), []
    for edge in edges:
        train, findings = after_edge(FAST, train, edge)
        told += findings
    # quiet for long enough twice: a tremor is settled first, and its group ends with the same call
    _, findings = after_time(FAST, train, edges[-1].t_ns + QUIET_MS * MS)
    return [*told, *findings]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(ANY_NS, st.sampled_from((0, 1)), st.integers(-2, 3)), max_size=80), st.data())
def test_nothing_escapes_and_nothing_grows(steps: list[tuple[int, Level, int]], data: st.DataObject) -> None:
    train = started(FAST, data.draw(st.sampled_from((0, 1))), 0)
    t_ns, seqno, told, pulses_told = 0, 0, [], 0
    for delta_ns, level, jump in steps:
        t_ns += delta_ns
        seqno = max(0, seqno + jump)
        train, findings = after_edge(FAST, train, Edge(t_ns, level, seqno))
        told += findings
        assert len(findings) <= 3
        due = due_ns(FAST, train)
        if due is not None and data.draw(st.booleans()):
            t_ns = max(t_ns, due)
            train, findings = after_time(FAST, train, t_ns)
            told += findings
    told += torn(train, t_ns)
    # every note stands on as many pulses, told one by one right before it
    for finding in told:
        if isinstance(finding, Pulse):
            pulses_told = finding.count
        elif isinstance(finding, NoteCounted):
            assert finding.pulses == pulses_told
            assert FAST.notes[finding.pulses] == finding.value


@settings(max_examples=200, deadline=None)
@given(st.sampled_from((5, 10, 20)), st.data())
def test_any_missing_edge_is_noticed_if_another_follows(count: int, data: st.DataObject) -> None:
    edges = edges_of(pulses(count))
    lost = data.draw(st.sets(st.integers(0, len(edges) - 2), min_size=1, max_size=len(edges) - 1))
    heard = [edge for number, edge in enumerate(edges) if number not in lost]
    said = without_pulses(counted(heard))
    assert any(isinstance(finding, Doubtful) and Fault.LOST_EDGES in finding.faults for finding in said)
    # a hole as long as a group gap is seen only behind it; what stood before may have looked like less
    for finding in said:
        assert isinstance(finding, Doubtful) or finding.pulses < count


def plans() -> Iterator[Plan]:
    for pulse_ms, pause_ms in ((50, 100), (50, 300), (50, 50), (60, 300), (150, 150), (30, 50)):
        yield Plan(pulse_ms=pulse_ms, pause_ms=pause_ms, notes={n: Money.yuan(n) for n in (1, 5, 10)})


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(list(plans())), st.integers(1, 12), st.floats(0.61, 1.59), st.floats(0.61, 1.59))
def test_a_unit_that_is_fast_or_slow_by_half_is_understood(
    plan: Plan, count: int, pulse: float, pause: float
) -> None:
    widths = pulses(count, plan.pulse_ms * pulse, plan.pause_ms * pause)
    expected = [f"{count} yuan"] if count in plan.notes else [f"{count} pulses: count"]
    assert brief(counted(edges_of(widths), plan)) == expected
