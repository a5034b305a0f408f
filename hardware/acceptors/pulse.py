"""A pulse acceptor as a state machine without I/O: edges, verbs and time go in, events and inhibit come out.

There is no escrow: a note is in the box before its first pulse. So each counted note is told as `Taken` that was
never `Held`, a group that is not exactly a note as `Taken` without a value, with the pulses that could be counted
as its code, and every single pulse as `PulseSeen`, since power may fail before the last one. After anything that
is no note the acceptor is inhibited until its line has been calm for a while (acceptors.md §7).
"""

from __future__ import annotations

from typing import Final

from hardware.acceptors.pulse_train import (
    Doubtful,
    Edge,
    Fault,
    Finding,
    Level,
    NoteCounted,
    Plan,
    after_edge,
    after_time,
    due_ns,
    started,
    torn,
)
from hardware.acceptors.pulse_train import (
    Pulse as PulseFinding,
)
from hardware.contracts import AtRest, Event, Found, Lost, PulseSeen, Taken, Trouble
from kiosk.money import Money

CALM_NS: Final = 10_000_000_000  # without an edge, after trouble: a loose contact seldom trembles only once
ON_ITS_WAY_NS: Final = 3_000_000_000  # from a note that is drawn in to its first pulse, by far
IDLE_NS: Final = 500_000_000  # how often time is let pass while nothing is due


class Pulse:
    """`plan` is what the acceptor is set to; `identity` is for staff."""

    def __init__(self, device: str, plan: Plan, identity: str) -> None:
        self._device = device
        self._plan = plan
        self._identity = identity
        self._events: list[Event] = []
        self._limit: Money | None = None
        self._train = started(plan, 1 if plan.active == 0 else 0, 0)
        self._ready = False
        self._lost: tuple[Trouble, str] | None = None
        self._edge_ns = 0  # of the last edge, or when watching began
        self._now_ns = self._shut_ns = 0  # the inhibit line has stood since then
        self._calm_ns = plan.gap_ns

    # ---- verbs ------------------------------------------------------------------------------------

    def enable(self, limit: Money) -> None:
        self._limit = limit

    def disable(self) -> None:
        self._limit = None

    def take(self) -> None:
        """Nothing is ever held."""

    def give_back(self) -> None:
        """Nothing is ever held."""

    def confirm(self) -> None:
        """Nobody tells the acceptor anything."""

    # ---- what the driver reports ------------------------------------------------------------------

    def begin(self, now_s: float) -> None:
        """`watching` follows."""

    def watching(self, level: Level, now_ns: int) -> None:
        """The line was opened: what came before is unknown."""
        self._train = started(self._plan, level, now_ns)
        self._now_ns, self._shut_ns = now_ns, now_ns - ON_ITS_WAY_NS
        self._edge_ns, self._calm_ns, self._ready = now_ns, self._plan.gap_ns, False

    def broken(self, now_s: float, trouble: Trouble, detail: str) -> None:
        """The line can not be watched: an open group will never be whole."""
        for doubtful in torn(self._train, round(now_s * 1e9)):
            self._find(doubtful)
        self._train = started(self._plan, 1 if self._plan.active == 0 else 0, round(now_s * 1e9))
        self._shut_ns = self._now_ns - ON_ITS_WAY_NS  # nobody can hear it any more
        self._lose(trouble, detail)

    def heard(self, edges: list[Edge], now_ns: int) -> None:
        """The edges that came, in order; empty when only time has passed."""
        self._now_ns = now_ns
        if not self.inhibited:
            self._shut_ns = now_ns
        for edge in edges:
            self._edge_ns = max(self._edge_ns, edge.t_ns)
            self._train, findings = after_edge(self._plan, self._train, edge)
            self._all(findings)
        self._train, findings = after_time(self._plan, self._train, now_ns)
        self._all(findings)
        self._settle(now_ns)

    def due_ns(self, now_ns: int) -> int:
        """When `heard` is to be called next, whatever comes."""
        due = due_ns(self._plan, self._train)
        return min(now_ns + IDLE_NS, now_ns + IDLE_NS if due is None else due)

    def drain(self) -> list[Event]:
        events, self._events = self._events, []
        return events

    @property
    def inhibited(self) -> bool:
        """What the inhibit line has to say. It knows no denominations, so the smallest has to fit at least."""
        return not self._ready or self._limit is None or min(self._plan.notes.values()) > self._limit

    @property
    def refuses_everything(self) -> bool:
        """Inhibited for so long that no note is on its way any more; a train that has begun is heard to its end."""
        shut = self._limit is None and self._now_ns - self._shut_ns >= ON_ITS_WAY_NS
        return shut and self._train.group is None and self._train.tremor is None

    # ---- findings ---------------------------------------------------------------------------------

    def _all(self, findings: tuple[Finding, ...]) -> None:
        for finding in findings:
            self._find(finding)

    def _find(self, finding: Finding) -> None:
        if isinstance(finding, PulseFinding):
            self._tell(PulseSeen(device=self._device, count=finding.count))
        elif isinstance(finding, NoteCounted):
            self._taken(finding.pulses, finding.value)
        else:
            self._doubt(finding)

    def _doubt(self, doubtful: Doubtful) -> None:
        """Whatever came while notes were taken, or had a pulse in it, may be money."""
        if doubtful.pulses or self._limit is not None:
            self._taken(doubtful.pulses, None)
        words = ", ".join(sorted(_WORDS[fault] for fault in doubtful.faults))
        detail = f"{doubtful.pulses} pulses that are no note ({words}); check wiring and switches"
        self._lose(Trouble.GARBAGE, detail)
        self._calm_ns = CALM_NS

    def _taken(self, pulses: int, value: Money | None) -> None:
        self._tell(Taken(device=self._device, code=pulses, value=value, was_held=False))

    def _settle(self, now_ns: int) -> None:
        quiet = self._train.group is None and self._train.tremor is None
        if self._ready or not quiet or now_ns - self._edge_ns < self._calm_ns:
            return
        self._ready, self._lost = True, None
        self._tell(Found(device=self._device, identity=self._identity))
        self._tell(AtRest(device=self._device))

    def _lose(self, trouble: Trouble, detail: str) -> None:
        self._ready = False
        if (trouble, detail) != self._lost:
            self._lost = (trouble, detail)
            self._tell(Lost(device=self._device, trouble=trouble, detail=f"{self._device}: {detail}"))

    def _tell(self, event: Event) -> None:
        self._events.append(event)


_WORDS: Final = {
    Fault.WIDTH: "a pulse is too short or too long",
    Fault.PAUSE: "a pause is too short or too long",
    Fault.CHATTER: "the contact trembles",
    Fault.LOST_EDGES: "edges got lost",
    Fault.TORN: "the beginning or the end was not seen",
    Fault.STUCK: "the line stays active",
    Fault.COUNT: "no denomination has so many",
}
