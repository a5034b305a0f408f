"""Counting as the driver will do it, and edges written as widths: for the tests of the pulse acceptor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hardware.acceptors.pulse_sim import PulseSim
from hardware.acceptors.pulse_train import (
    MS,
    Doubtful,
    Edge,
    Finding,
    Level,
    NoteCounted,
    Plan,
    Pulse,
    after_edge,
    after_time,
    due_ns,
    started,
)
from kiosk.money import Money

FAST = Plan(pulse_ms=50, pause_ms=100, notes={yuan: Money.yuan(yuan) for yuan in (1, 5, 10, 20, 50, 100)})
QUIET_MS = 5_000  # longer than any gap


def edges_of(widths_ms: Sequence[float], begin_ms: float = QUIET_MS, first: Level = 0) -> list[Edge]:
    """`widths_ms`: how long each level lasts, in turn, the first being a pulse; the last level stays."""
    t_ns, level, edges = round(begin_ms * MS), first, []
    for number, width_ms in enumerate([*widths_ms, 0], start=1):
        edges.append(Edge(t_ns, level, number))
        t_ns += round(width_ms * MS)
        level = 0 if level else 1
    return edges[: len(widths_ms) + 1]


def pulses(count: int, low_ms: float = 50, high_ms: float = 100) -> list[float]:
    return ([low_ms, high_ms] * count)[:-1]


def counted(
    edges: Iterable[Edge],
    plan: Plan = FAST,
    level: Level = 1,
    until_ms: float | None = None,
    asks_ms: float = 0,
) -> list[Finding]:
    """All findings. `asks_ms`: let time pass in such steps too, and not only when it is due."""
    train = started(plan, level, 0)
    told: list[Finding] = []
    now_ns = 0
    edges = list(edges)
    end_ns = (edges[-1].t_ns if edges else 0) + QUIET_MS * MS if until_ms is None else round(until_ms * MS)
    for edge in [*edges, None]:
        to_ns = end_ns if edge is None else edge.t_ns
        while asks_ms and (now_ns := now_ns + round(asks_ms * MS)) < to_ns:
            train, findings = after_time(plan, train, now_ns)
            told += findings
        while (due := due_ns(plan, train)) is not None and due < to_ns:
            train, findings = after_time(plan, train, due)
            told += findings
        now_ns = max(0, to_ns)
        train, findings = after_time(plan, train, to_ns) if edge is None else after_edge(plan, train, edge)
        told += findings
    return told


def without_pulses(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if not isinstance(finding, Pulse)]


def brief(findings: Iterable[Finding]) -> list[str]:
    """`10 yuan`, or `7 pulses: count`; the running count is left out."""
    said = []
    for finding in findings:
        match finding:
            case NoteCounted(value=value):
                said.append(f"{value.fen // 100} yuan")
            case Doubtful(pulses=count, faults=faults):
                said.append(f"{count} pulses: {' '.join(sorted(fault.value for fault in faults))}")
            case Pulse():
                pass
    return said


class Bench:
    """A simulated acceptor, a kernel that stamps its edges, and counting beside it."""

    def __init__(self, sim: PulseSim, plan: Plan = FAST, step_ms: int = 20) -> None:
        self.sim, self.plan, self._step_ns = sim, plan, step_ms * MS
        self.now_ns = 0
        self.train = started(plan, 1 if sim.level else 0, 0)
        self.told: list[Finding] = []

    def later(self, ms: float) -> None:
        end_ns = self.now_ns + round(ms * MS)
        while self.now_ns < end_ns:
            self.now_ns = min(end_ns, self.now_ns + self._step_ns)
            for event in self.sim.advance(self.now_ns):
                self.train, findings = after_edge(
                    self.plan, self.train, Edge(event.t_ns, 1 if event.level else 0, event.line_seqno)
                )
                self.told += findings
            self.train, findings = after_time(self.plan, self.train, self.now_ns)
            self.told += findings

    def insert(self, yuan: int) -> None:
        self.sim.do("insert", fen=yuan * 100)
        self.later(150 * yuan + 10_000)

    def hears(self) -> list[str]:
        told, self.told = self.told, []
        return brief(told)
