"""The simulated pulse acceptor and the counting beside it: what lies in the box, and what is told of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.acceptors.pulse_sim import PulseSim, Settings
from hardware.acceptors.pulse_train import MS, Plan, torn
from hardware.simulated import NotPossible
from kiosk.money import Money
from tests.hardware.acceptors.pulse_by_hand import Bench, brief


@pytest.fixture
def bench() -> Bench:
    bench = Bench(PulseSim("acceptor"))
    bench.later(1000)
    return bench


def box(bench: Bench) -> list[int]:
    state = bench.sim.state()
    somewhere = state["inside_fen"] + sum(state["box"]) + state["collected_fen"] + state["returned_fen"]
    assert state["inserted_fen"] == somewhere
    return list(state["box"])


def test_edges_of_one_note_stand_where_the_sheet_puts_them() -> None:
    sim = PulseSim("acceptor", Settings(accept_ms=1000, first_pulse_ms=200))
    sim.do("insert", fen=500)
    events = sim.advance(10_000 * MS)
    starts = [1200 + 150 * number for number in range(5)]
    expected = [t for start in starts for t in (start, start + 50)]
    assert [event.t_ns for event in events] == [t * MS for t in expected]
    assert [event.level for event in events] == [0, 1] * 5
    assert [event.line_seqno for event in events] == list(range(1, 11))


def test_each_note_is_counted(bench: Bench) -> None:
    for yuan in (1, 5, 10, 20, 50, 100):
        bench.insert(yuan)
        assert bench.hears() == [f"{yuan} yuan"]
    assert box(bench) == [100, 500, 1000, 2000, 5000, 10000]


@pytest.mark.parametrize(
    ("pulse_ms", "pause_ms", "fen_per_pulse"), [(50, 300, 1000), (150, 150, 500), (30, 50, 100)]
)
def test_other_switches(pulse_ms: int, pause_ms: int, fen_per_pulse: int) -> None:
    notes = {1000: 1000 // fen_per_pulse, 2000: 2000 // fen_per_pulse}
    sim = PulseSim(
        "acceptor",
        Settings(pulse_ms=pulse_ms, pause_ms=pause_ms, fen_per_pulse=fen_per_pulse, notes_fen=tuple(notes)),
    )
    plan = Plan(
        pulse_ms=pulse_ms, pause_ms=pause_ms, notes={count: Money(fen) for fen, count in notes.items()}
    )
    bench = Bench(sim, plan)
    bench.later(1000)
    for yuan in (10, 20, 10):
        bench.insert(yuan)
    assert bench.hears() == ["10 yuan", "20 yuan", "10 yuan"]


def test_a_unit_that_pulls_the_line_up() -> None:
    bench = Bench(
        PulseSim("acceptor", Settings(idle_level=0)),
        Plan(pulse_ms=50, pause_ms=100, notes={5: Money.yuan(5)}, active=1),
    )
    bench.later(1000)
    bench.insert(5)
    assert bench.hears() == ["5 yuan"]


@pytest.mark.parametrize(("tremble_ms", "said"), [(3, ["20 yuan"]), (8, ["20 yuan"]), (16, ["doubtful"])])
def test_contacts_bounce(bench: Bench, tremble_ms: float, said: list[str]) -> None:
    bench.sim.do("bounce", ms=tremble_ms)
    bench.insert(20)
    assert ["doubtful" if "pulses" in line else line for line in bench.hears()] == said


@pytest.mark.parametrize(
    ("factor", "said"), [(0.7, ["10 yuan"]), (1.5, ["10 yuan"]), (2, ["0 pulses: width"])]
)
def test_the_switch_of_the_speed_stands_wrong(bench: Bench, factor: float, said: list[str]) -> None:
    bench.sim.do("widen", factor=factor)
    bench.insert(10)
    assert bench.hears() == said
    assert box(bench) == [1000]


def test_a_pulse_is_missing(bench: Bench) -> None:
    bench.sim.do("skip", pulses=[4])
    bench.insert(10)
    assert bench.hears() == ["9 pulses: pause"]
    bench.sim.do("skip", pulses=[1])
    bench.insert(10)
    assert bench.hears() == ["9 pulses: count"]


def test_the_kernels_buffer_overflows(bench: Bench) -> None:
    bench.sim.do("lose_edges", times=2, after=6)
    bench.insert(10)
    (said,) = bench.hears()
    assert "lost_edges" in said
    bench.insert(10)
    assert bench.hears() == ["10 yuan"]


def test_interference_on_a_quiet_line(bench: Bench) -> None:
    bench.sim.do("pulse", ms=4)
    bench.later(2000)
    assert bench.hears() == []
    bench.sim.do("pulse", ms=20)
    bench.later(2000)
    assert bench.hears() == ["0 pulses: width"]
    assert box(bench) == []


def test_the_line_is_shorted_to_ground(bench: Bench) -> None:
    bench.sim.do("pulse", ms=60_000)
    bench.later(2000)
    assert bench.hears() == ["0 pulses: stuck"]
    bench.later(70_000)
    bench.insert(5)
    assert bench.hears() == ["5 yuan"]


def test_somebody_knocks_while_pulses_come(bench: Bench) -> None:
    bench.sim.do("insert", fen=2000)
    bench.later(1500 + 200 + 75)
    bench.sim.do("pulse", ms=15)
    bench.later(10_000)
    (said,) = bench.hears()
    assert said.startswith("20 pulses:")
    assert box(bench) == [2000]


@pytest.mark.parametrize("after_ms", range(0, 3000, 137))
def test_power_is_cut_at_any_moment(bench: Bench, after_ms: int) -> None:
    # given 5 yuan on their way, and mains that fail
    bench.sim.do("insert", fen=500)
    bench.later(after_ms)
    bench.sim.do("power_cut")
    bench.later(5000)
    bench.sim.do("power_on")
    # then a note in the box is told as itself or as doubtful, or, before its first pulse, not at all
    said = bench.hears()
    whole, one = 1500 + 200 + 4 * 150 + 50, 1500 + 200 + 50
    if not box(bench):
        assert said == []
        assert bench.sim.state()["returned_fen"] == 500
    elif after_ms > whole:
        assert said == ["5 yuan"]
    elif one <= after_ms < one + 100:  # the one case that nobody can tell from a smaller note
        assert said == ["1 yuan"]
    else:
        assert said == [] or (len(said) == 1 and "pulses" in said[0])


def test_the_kiosk_stops_watching_in_the_middle(bench: Bench) -> None:
    bench.sim.do("insert", fen=500)
    bench.later(1500 + 200 + 220)
    assert bench.hears() == []
    assert brief(torn(bench.train, bench.now_ns)) == ["2 pulses: torn"]


def test_what_hands_can_not_do_is_refused_with_a_reason(bench: Bench) -> None:
    sim = bench.sim
    sim.do("inhibit")
    with pytest.raises(NotPossible, match="inhibited"):
        sim.do("insert", fen=100)
    sim.do("inhibit", on=False)
    with pytest.raises(NotPossible, match="mouth"):
        sim.do("pull_note")
    sim.do("insert", fen=700)
    assert sim.state()["mouth"] == [700]
    with pytest.raises(NotPossible, match="pull_note"):
        sim.do("insert", fen=100)
    sim.do("pull_note")
    sim.do("insert", fen=100)
    with pytest.raises(NotPossible, match="busy"):
        sim.do("insert", fen=100)
    sim.do("power_cut")
    with pytest.raises(NotPossible, match="power"):
        sim.do("insert", fen=100)


ACTIONS = st.one_of(
    st.tuples(st.just("insert"), st.fixed_dictionaries({"fen": st.sampled_from((100, 500, 1000, 700))})),
    st.tuples(st.just("pulse"), st.fixed_dictionaries({"ms": st.sampled_from((3.0, 20.0, 50.0, 700.0))})),
    st.tuples(st.just("bounce"), st.fixed_dictionaries({"ms": st.sampled_from((0.0, 6.0, 30.0))})),
    st.tuples(
        st.just("lose_edges"), st.fixed_dictionaries({"times": st.integers(1, 5), "after": st.integers(0, 9)})
    ),
    st.tuples(st.sampled_from(("pull_note", "power_cut", "power_on", "empty_box", "behave")), st.just({})),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(ACTIONS, st.sampled_from((10, 60, 300, 1700, 6000))), max_size=15))
def test_whatever_happens_each_note_is_somewhere_and_careful_notes_are_right(
    steps: list[tuple[tuple[str, dict[str, int]], int]],
) -> None:
    bench = Bench(PulseSim("acceptor"), step_ms=50)
    for (action, given_), wait_ms in steps:
        try:
            bench.sim.do(action, **given_)
        except NotPossible:
            pass
        bench.later(wait_ms)
        box(bench)
    # and once everything is well and quiet again, a note is a note
    for action in ("behave", "power_on", "pull_note"):
        try:
            bench.sim.do(action)
        except NotPossible:
            pass
    bench.later(20_000)
    bench.hears()
    bench.insert(5)  # may show that edges were lost before
    bench.hears()
    bench.insert(10)
    assert bench.hears() == ["10 yuan"]
