"""Edges on the line of a pulse acceptor, by hand: which are a note, and which are only doubtful."""

from __future__ import annotations

import pytest

from hardware.acceptors.pulse_train import (
    MS,
    SEQUENCE,
    Doubtful,
    Edge,
    Fault,
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

SLOW = Plan(pulse_ms=50, pause_ms=300, notes={1: Money.yuan(10), 2: Money.yuan(20)})


@pytest.mark.parametrize("yuan", [1, 5, 10, 20, 50, 100])
def test_each_note_is_counted_by_its_pulses(yuan: int) -> None:
    assert brief(counted(edges_of(pulses(yuan)))) == [f"{yuan} yuan"]


def test_every_pulse_is_told_as_it_ends_and_the_note_when_the_line_is_quiet() -> None:
    findings = counted(edges_of(pulses(5), begin_ms=1000))
    assert findings == [
        *(Pulse(count, (1050 + 150 * (count - 1)) * MS) for count in range(1, 6)),
        NoteCounted(Money.yuan(5), 5, began_ns=1000 * MS, ended_ns=1650 * MS),
    ]


# One pulse's width in ms · what comes of five pulses where the third is so wide.
WIDTHS = [
    (30, ["5 yuan"]),
    (80, ["5 yuan"]),
    (29.999, ["4 pulses: width"]),
    (80.001, ["4 pulses: width"]),
    (10, ["4 pulses: width"]),
    (200, ["4 pulses: width"]),
    (9.999, ["4 pulses: pause"]),  # a glitch, and a pause of twice the length around it
]


@pytest.mark.parametrize(("width_ms", "said"), WIDTHS)
def test_a_pulse_has_its_width_or_there_is_no_note(width_ms: float, said: list[str]) -> None:
    widths = pulses(5)
    widths[4] = width_ms
    assert brief(counted(edges_of(widths))) == said


# One pause's length in ms · what comes of five pulses with such a pause after the second.
PAUSES = [
    (60, ["5 yuan"]),
    (160, ["5 yuan"]),
    (59.999, ["5 pulses: pause"]),
    (160.001, ["5 pulses: pause"]),
    (250, ["5 pulses: pause"]),  # one pulse of six is missing
    (374.999, ["5 pulses: pause"]),
    (375, ["2 pulses: count", "3 pulses: count"]),
]


@pytest.mark.parametrize(("pause_ms", "said"), PAUSES)
def test_pulses_follow_each_other_or_there_is_no_note(pause_ms: float, said: list[str]) -> None:
    widths = pulses(5)
    widths[3] = pause_ms
    assert brief(counted(edges_of(widths))) == said


# Pulse and pause in ms by the sheet · the silence in ms that ends a group.
GAPS = [
    ((50, 100), 375),
    ((50, 300), 900),
    ((50, 50), 250),
    ((30, 50), 250),
    ((60, 300), 900),
    ((150, 150), 750),
]


@pytest.mark.parametrize(("widths_ms", "gap_ms"), GAPS)
def test_a_group_ends_after_a_silence_that_fits_the_speed(widths_ms: tuple[int, int], gap_ms: int) -> None:
    plan = Plan(pulse_ms=widths_ms[0], pause_ms=widths_ms[1], notes={1: Money.yuan(10)})
    assert plan.gap_ns == gap_ms * MS
    one = [widths_ms[0], gap_ms, widths_ms[0]]
    assert brief(counted(edges_of(one), plan)) == ["10 yuan", "10 yuan"]
    one[1] -= 0.001
    assert brief(counted(edges_of(one), plan)) == ["2 pulses: pause"]


def test_a_bouncing_first_pulse_at_the_very_end_of_the_silence_belongs_to_the_next_note() -> None:
    assert brief(counted(edges_of([*pulses(5), 374, 2, 4, 50]))) == ["5 yuan", "1 yuan"]
    assert brief(counted(edges_of([*pulses(5), 368, 2, 4, 50]))) == ["6 pulses: pause"]


def test_slow_pulses_with_few_pulses_to_a_note() -> None:
    assert brief(counted(edges_of(pulses(2, 50, 300)), SLOW)) == ["20 yuan"]
    assert brief(counted(edges_of(pulses(3, 50, 300)), SLOW)) == ["3 pulses: count"]


@pytest.mark.parametrize("count", [2, 3, 4, 6, 9, 19, 21, 99, 101, 250])
def test_a_count_between_denominations_is_never_rounded(count: int) -> None:
    assert brief(counted(edges_of(pulses(count)))) == [f"{count} pulses: count"]


def test_glitches_and_bouncing_contacts_change_nothing() -> None:
    quiet = [2, 700, 9.9, 700]  # glitches on the idle line
    bouncing = [2, 1, 3, 1, 45, 2, 1, 100]
    glitch_in_a_pulse_and_in_a_pause = [30, 5, 15, 50, 1, 49]
    widths = [*quiet, *bouncing * 2, *glitch_in_a_pulse_and_in_a_pause, *bouncing, 50]
    assert brief(counted(edges_of(widths))) == ["5 yuan"]


# Where the line trembles for longer than a glitch lasts · what comes of it.
TREMBLING = [6, 6, 6, 6, 6]
TREMORS = [
    ([*TREMBLING, QUIET_MS, *pulses(5)], ["0 pulses: chatter", "5 yuan"]),
    ([*TREMBLING, 100, *pulses(5)], ["5 pulses: chatter"]),
    ([*pulses(5), 100, *TREMBLING], ["5 pulses: chatter"]),
    ([*pulses(5), 374, *TREMBLING, 100, 50], ["6 pulses: chatter"]),
    ([50, 100, *TREMBLING, 100, 50], ["2 pulses: chatter"]),
]


@pytest.mark.parametrize(("widths", "said"), TREMORS)
def test_a_line_that_trembles_may_have_swallowed_a_pulse(widths: list[float], said: list[str]) -> None:
    assert brief(counted(edges_of(widths))) == said


def test_a_line_that_stays_active_is_told_before_it_is_let_go() -> None:
    held = edges_of([50, 100, 60_000, QUIET_MS, *pulses(5)])
    findings = counted(held[:3], until_ms=QUIET_MS + 2000)
    assert brief(findings) == ["1 pulses: stuck"]
    # and when it is let go, it is no pulse; once quiet, the next note is a note
    assert brief(counted(held)) == ["1 pulses: stuck", "5 yuan"]


def test_pulses_right_after_a_stuck_line_are_not_trusted() -> None:
    assert brief(counted(edges_of([1000, 200, *pulses(5)]))) == ["0 pulses: stuck", "5 pulses: torn"]


# When watching begins · the first level then · what comes of five pulses that began at 5000 ms.
BEGINNINGS = [
    (0, ["5 yuan"]),
    (4625, ["5 yuan"]),
    (4625.001, ["5 pulses: torn"]),  # not known to be quiet before
    (5020, ["5 pulses: torn"]),
    (5070, ["4 pulses: torn"]),
    (5660, []),  # all of it was missed: nobody can know
]


@pytest.mark.parametrize(("begins_ms", "said"), BEGINNINGS)
def test_watching_begins_in_the_middle_of_something(begins_ms: float, said: list[str]) -> None:
    edges = edges_of(pulses(5))
    missed = [edge for edge in edges if edge.t_ns <= begins_ms * MS]
    train = started(FAST, missed[-1].level if missed else 1, round(begins_ms * MS), seqno=len(missed))
    told = []
    for edge in edges[len(missed) :]:
        train, findings = after_edge(FAST, train, edge)
        told += findings
    _, findings = after_time(FAST, train, 20_000 * MS)
    assert [line.replace(" width", "") for line in brief([*told, *findings])] == said


@pytest.mark.parametrize(("heard", "said"), [(0, []), (1, ["0 pulses: torn"]), (5, ["2 pulses: torn"])])
def test_watching_ends_in_the_middle_of_a_group(heard: int, said: list[str]) -> None:
    train = started(FAST, 1, 0)
    for edge in edges_of(pulses(5))[:heard]:
        train, _ = after_edge(FAST, train, edge)
    assert brief(torn(train, 20_000 * MS)) == said


def test_a_note_whose_gap_was_not_awaited_is_torn() -> None:
    train = started(FAST, 1, 0)
    for edge in edges_of(pulses(5)):
        train, _ = after_edge(FAST, train, edge)
    (doubt,) = torn(train, edge.t_ns + 100 * MS)
    assert doubt.faults == {Fault.TORN}


def test_lost_edges_are_seen_by_their_numbers() -> None:
    edges = edges_of(pulses(10))
    for first in range(1, 17):  # a pulse and its pause vanish, as when the kernel's buffer overflows
        lost = edges[:first] + edges[first + 2 :]
        (doubt,) = without_pulses(counted(lost))
        assert isinstance(doubt, Doubtful)
        assert Fault.LOST_EDGES in doubt.faults


def test_edges_lost_at_the_end_are_seen_at_the_next_note() -> None:
    edges = [
        *edges_of(pulses(5))[:-2],
        *(Edge(e.t_ns, e.level, e.line_seqno + 12) for e in edges_of([50], 9000)),
    ]
    assert brief(counted(edges)) == ["4 pulses: count", "1 pulses: lost_edges"]


@pytest.mark.parametrize(
    ("number", "wrong"),
    [
        (4, lambda e: Edge(e.t_ns, e.level, e.line_seqno - 1)),
        (4, lambda e: Edge(e.t_ns, 1 - e.level, e.line_seqno)),
        (4, lambda e: Edge(e.t_ns - 500 * MS, e.level, e.line_seqno)),
    ],
    ids=["the same number twice", "the same level twice", "time runs backwards"],
)
def test_edges_that_do_not_follow_each_other_are_doubtful(number: int, wrong: object) -> None:
    edges = edges_of(pulses(5))
    edges[number] = wrong(edges[number])  # type: ignore[operator]
    said = without_pulses(counted(edges))
    assert all(isinstance(finding, Doubtful) for finding in said)
    assert isinstance(said[0], Doubtful)
    assert Fault.LOST_EDGES in said[0].faults


def test_the_kernels_number_may_start_again_from_zero() -> None:
    train = started(FAST, 1, 0, seqno=SEQUENCE - 3)
    told = []
    for edge in edges_of(pulses(5)):
        number = (SEQUENCE - 3 + edge.line_seqno) % SEQUENCE
        train, findings = after_edge(FAST, train, Edge(edge.t_ns, edge.level, number))
        told += findings
    _, findings = after_time(FAST, train, 20_000 * MS)
    assert brief([*told, *findings]) == ["5 yuan"]


def test_a_line_with_the_other_polarity() -> None:
    plan = Plan(pulse_ms=50, pause_ms=100, notes=FAST.notes, active=1)
    assert brief(counted(edges_of(pulses(5), first=1), plan, level=0)) == ["5 yuan"]
    # and with the polarity set wrongly no money is ever seen, and the line looks stuck
    said = without_pulses(counted(edges_of(pulses(5)), plan, level=1))
    assert all(isinstance(finding, Doubtful) and Fault.STUCK in finding.faults for finding in said)
    assert said


def test_nothing_is_due_on_a_quiet_line() -> None:
    train = started(FAST, 1, 0)
    assert due_ns(FAST, train) is None
    assert counted([]) == []


@pytest.mark.parametrize(
    "settings",
    [
        {"pulse_ms": 15, "pause_ms": 100},
        {"pulse_ms": 50, "pause_ms": 10},
        {"pulse_ms": 50, "pause_ms": 100, "notes": {}},
        {"pulse_ms": 50, "pause_ms": 100, "notes": {0: Money.yuan(1)}},
    ],
)
def test_a_plan_that_can_not_work_is_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="pulses"):
        Plan(**{"notes": FAST.notes, **settings})  # type: ignore[arg-type]
