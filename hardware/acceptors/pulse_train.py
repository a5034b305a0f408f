"""From edges on one GPIO line to notes: how the pulses of an acceptor without a protocol are counted
(acceptors.md §7, pi-firmware.md §2.7).

Pure: no clock, no line. The driver gives every edge as the kernel stamped it, and lets time pass:

    train = started(plan, level, now_ns)
    train, findings = after_edge(plan, train, edge)      # for each edge, in order
    train, findings = after_time(plan, train, now_ns)    # whenever nothing came until `due_ns(plan, train)`

A note is a group of pulses that is right in every respect: each width, each pause, no edge missing, quiet
before and after, and a count that is a denomination. Anything else is `Doubtful` and never a value.
How often and when `after_time` is called changes nothing but how soon a finding is told.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Final, Literal

import msgspec
from msgspec.structs import replace

from kiosk.money import Money

MS: Final = 1_000_000  # ns
GLITCH_NS: Final = 10 * MS  # anything shorter is contact bounce or interference, on either level
SLOW_PAUSE_MS: Final = 300  # a unit with such pauses is set to "slow"
LEAST_GAP_NS: Final = 250 * MS  # between two groups, fast
LEAST_SLOW_GAP_NS: Final = 900 * MS
SEQUENCE: Final = 1 << 32  # line_seqno is an unsigned 32-bit number

Level = Literal[0, 1]


class Edge(msgspec.Struct, frozen=True):
    """One event of the kernel: the line has `level` since `t_ns` (monotonic); `line_seqno` counts from 1."""

    t_ns: int
    level: Level
    line_seqno: int


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How the acceptor is set: widths in ms by its sheet, and what each count of pulses is worth.

    Raises ValueError for a plan that can not tell a pulse from a glitch, or that has no notes."""

    pulse_ms: int
    pause_ms: int
    notes: Mapping[int, Money]
    active: Level = 0  # open collector: a pulse pulls the line low

    def __post_init__(self) -> None:
        if min(self.pulse_window_ns[0], self.pause_window_ns[0]) < GLITCH_NS:
            raise ValueError(
                f"pulses of {self.pulse_ms} ms with pauses of {self.pause_ms} ms are too short to be told from"
                f" glitches of {GLITCH_NS // MS} ms; set the acceptor to slower pulses"
            )
        if not self.notes or min(self.notes) < 1:
            raise ValueError(f"notes needs at least one count of pulses, each 1 or more, not {self.notes!r}")

    @property
    def pulse_window_ns(self) -> tuple[int, int]:
        return _window(self.pulse_ms)

    @property
    def pause_window_ns(self) -> tuple[int, int]:
        """Within a group. A pause that is too long hides a lost pulse, one too short a torn pulse."""
        return _window(self.pause_ms)

    @property
    def gap_ns(self) -> int:
        """So long a silence ends a group; no pause within a group may last so long."""
        least_ns = LEAST_SLOW_GAP_NS if self.pause_ms >= SLOW_PAUSE_MS else LEAST_GAP_NS
        return max(least_ns, 5 * (self.pulse_ms + self.pause_ms) * MS // 2)


def _window(nominal_ms: int) -> tuple[int, int]:
    """0.6 to 1.6 times the nominal width, both ends allowed."""
    return nominal_ms * MS * 6 // 10, nominal_ms * MS * 16 // 10


class Fault(enum.Enum):
    """Why a group of pulses is no note."""

    WIDTH = "width"  # a pulse that is no glitch is too short or too long
    PAUSE = "pause"  # two pulses stand too close, or so far apart that one may be missing
    CHATTER = "chatter"  # the line trembled for longer than a glitch lasts
    LOST_EDGES = "lost_edges"  # sequence numbers, levels or times do not follow each other
    TORN = "torn"  # the line was not watched, or not quiet, before the first pulse or after the last
    STUCK = "stuck"  # the line stays active
    COUNT = "count"  # no denomination has so many pulses


class Pulse(msgspec.Struct, frozen=True):
    """One more pulse of the open group: to be journalled, since power may fail before the last one."""

    count: int
    at_ns: int


class NoteCounted(msgspec.Struct, frozen=True):
    """A whole group in good order. The acceptor had stacked the note before the first pulse."""

    value: Money
    pulses: int
    began_ns: int
    ended_ns: int


class Doubtful(msgspec.Struct, frozen=True):
    """Something came that is not exactly a note. `pulses` is what could be counted: a hint, not a value."""

    pulses: int
    began_ns: int
    ended_ns: int
    faults: frozenset[Fault]


Finding = Pulse | NoteCounted | Doubtful


class Group(msgspec.Struct, frozen=True):
    began_ns: int
    pulses: int = 0
    faults: frozenset[Fault] = frozenset()


class Tremor(msgspec.Struct, frozen=True):
    """Edges that follow each other within a glitch's time. Where they lead shows once the line is quiet."""

    first_ns: int
    last_ns: int


class Train(msgspec.Struct, frozen=True):
    """All that is remembered of a line, of fixed size. `level` is the settled one, `raw` that of the last edge."""

    level: Level
    since_ns: int
    raw: Level
    seqno: int
    tremor: Tremor | None = None
    group: Group | None = None


Step = tuple[Train, tuple[Finding, ...]]


def started(plan: Plan, level: Level, now_ns: int, seqno: int = 0) -> Train:
    """Watching begins: the line is at `level`, `seqno` is that of the last edge before now (0: none)."""
    train = Train(level=level, since_ns=now_ns, raw=level, seqno=seqno)
    return _faulty(train, Fault.TORN, now_ns) if level == plan.active else train


def after_edge(plan: Plan, train: Train, edge: Edge) -> Step:
    train, before = after_time(plan, train, edge.t_ns)
    if not _follows(train, edge):
        return _resumed(train, edge), before
    first_ns = edge.t_ns if train.tremor is None else train.tremor.first_ns
    tremor = Tremor(first_ns, edge.t_ns)
    return replace(train, raw=edge.level, seqno=edge.line_seqno, tremor=tremor), before


def after_time(plan: Plan, train: Train, now_ns: int) -> Step:
    """What can be said at `now_ns`, all edges before then having been given."""
    train, settled = _settled(plan, train, now_ns)
    train, ended = _ended(plan, train, now_ns)
    return train, settled + ended


def due_ns(plan: Plan, train: Train) -> int | None:
    """When `after_time` will have something to say if no edge comes; None: never."""
    if train.tremor is not None:
        return train.tremor.last_ns + GLITCH_NS
    return None if train.group is None else train.since_ns + plan.gap_ns


def torn(train: Train, now_ns: int) -> tuple[Doubtful, ...]:
    """Watching ends, for what reason ever: an open group, or the beginning of one, will not be whole."""
    if train.group is None and train.raw == train.level:
        return ()
    group = _faulty(train, Fault.TORN, now_ns).group
    assert group is not None
    return (Doubtful(group.pulses, group.began_ns, now_ns, group.faults),)


# ---------------------------------------------------------------------------------------------------


def _follows(train: Train, edge: Edge) -> bool:
    last_ns = train.since_ns if train.tremor is None else train.tremor.last_ns
    in_step = edge.line_seqno == (train.seqno + 1) % SEQUENCE
    return in_step and edge.level != train.raw and edge.t_ns >= last_ns


def _resumed(train: Train, edge: Edge) -> Train:
    """Edges are missing: what came in between is unknown, the line is where this edge says."""
    train = _faulty(train, Fault.LOST_EDGES, edge.t_ns)
    return replace(
        train, level=edge.level, since_ns=edge.t_ns, raw=edge.level, seqno=edge.line_seqno, tremor=None
    )


def _settled(plan: Plan, train: Train, now_ns: int) -> Step:
    """A tremor is over when the line has been quiet for longer than a glitch."""
    tremor = train.tremor
    if tremor is None or now_ns - tremor.last_ns < GLITCH_NS:
        return train, ()
    train = replace(train, tremor=None)
    if tremor.last_ns - tremor.first_ns >= GLITCH_NS:  # it may have swallowed a pulse
        train = _faulty(train, Fault.CHATTER, tremor.first_ns)
        return replace(train, level=train.raw, since_ns=tremor.last_ns), ()
    return (train, ()) if train.raw == train.level else _turned(plan, train, tremor.last_ns)


def _turned(plan: Plan, train: Train, at_ns: int) -> Step:
    """The line has left its level for good at `at_ns`."""
    lasted_ns = at_ns - train.since_ns
    turned = replace(train, level=train.raw, since_ns=at_ns)
    if turned.level == plan.active:
        train, findings = _ended(plan, train, at_ns)
        turned = replace(turned, group=train.group)
        return _pulse_begins(plan, turned, lasted_ns), findings
    return _pulse_ends(plan, turned, lasted_ns)


def _pulse_begins(plan: Plan, train: Train, pause_ns: int) -> Train:
    if train.group is None:
        train = replace(train, group=Group(began_ns=train.since_ns))
        return train if pause_ns >= plan.gap_ns else _faulty(train, Fault.TORN, train.since_ns)
    return train if _within(pause_ns, plan.pause_window_ns) else _faulty(train, Fault.PAUSE, train.since_ns)


def _pulse_ends(plan: Plan, train: Train, width_ns: int) -> Step:
    if train.group is None:  # it was stuck, and has been told
        return train, ()
    if not _within(width_ns, plan.pulse_window_ns):
        return _faulty(train, Fault.WIDTH, train.since_ns), ()
    group = replace(train.group, pulses=train.group.pulses + 1)
    return replace(train, group=group), (Pulse(group.pulses, train.since_ns),)


def _ended(plan: Plan, train: Train, now_ns: int) -> Step:
    """A group ends when its line has kept one level for a gap; on the active one it is stuck."""
    group = train.group
    if group is None or train.tremor is not None or now_ns - train.since_ns < plan.gap_ns:
        return train, ()
    faults = group.faults
    if train.level == plan.active:
        faults |= {Fault.STUCK}
    value = plan.notes.get(group.pulses)
    if value is None and not faults:
        faults |= {Fault.COUNT}
    train = replace(train, group=None)
    if value is None or faults:
        return train, (Doubtful(group.pulses, group.began_ns, train.since_ns, faults),)
    return train, (NoteCounted(value, group.pulses, group.began_ns, train.since_ns),)


def _faulty(train: Train, fault: Fault, at_ns: int) -> Train:
    group = train.group or Group(began_ns=at_ns)
    return replace(train, group=replace(group, faults=group.faults | {fault}))


def _within(value_ns: int, window_ns: tuple[int, int]) -> bool:
    return window_ns[0] <= value_ns <= window_ns[1]
