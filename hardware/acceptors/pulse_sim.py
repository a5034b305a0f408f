"""A simulated pulse acceptor on one GPIO line: it takes notes and pulls the line, in time that others tell.

Written from the facts alone (acceptors.md §7) and sharing no code with the counting. What it gives is
what a kernel gives for a line that is watched on both edges: time, level, number of the edge.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal, NamedTuple

import msgspec

from hardware.acceptors.sim_notes import Note, Notes
from hardware.actions import perform
from hardware.simulated import Json, NotPossible

Milliseconds = Annotated[float, msgspec.Meta(ge=0, le=600_000)]
Times = Annotated[int, msgspec.Meta(ge=0, le=1000)]
Fen = Annotated[int, msgspec.Meta(ge=1, le=10**10)]

BOUNCES: Final = 3  # how often a bad contact opens again while it closes


class LineEvent(NamedTuple):
    """What the kernel tells of one edge."""

    t_ns: int
    level: int
    line_seqno: int


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The switches of the acceptor; the defaults are a U70 or P77 set to "fast", one pulse per yuan."""

    pulse_ms: Milliseconds = 50
    pause_ms: Milliseconds = 100
    fen_per_pulse: Fen = 100
    notes_fen: tuple[Fen, ...] = (100, 500, 1000, 2000, 5000, 10000)
    idle_level: Literal[0, 1] = 1  # open collector with a pull-up
    accept_ms: Milliseconds = 1500  # from the mouth into the box
    first_pulse_ms: Milliseconds = 200  # from the box to the first pulse
    between_notes_ms: Milliseconds = 1000  # after the last pulse, before it draws in the next note


class PulseSim:
    """`sim.do("insert", fen=1000)`, then `sim.advance(now_ns)` gives the edges up to then, in order."""

    def __init__(self, name: str, settings: Settings | None = None, now_ns: int = 0) -> None:
        self.name = name
        self.settings = settings or Settings()
        self.notes = Notes()
        self.powered = True
        self.inhibited = False
        self._now_ns = now_ns
        self._busy_until_ns = now_ns
        self._stacks_at_ns: int | None = None
        self._pulls: list[tuple[int, int]] = []  # when somebody starts (+1) or ends (-1) to pull the line
        self._pulling = 0
        self._seqno = 0
        self._due: list[LineEvent] = []
        self._deliver_first = self._lose = 0
        self._bounce_ms = 0.0
        self._width_factor = 1.0
        self._skip: frozenset[int] = frozenset()
        self._actions = self._verbs()

    def do(self, action: str, **given: Any) -> Json:
        """One of these; raises NotPossible with a reason where it can not be done now.

        Hands: insert(fen) · pull_note · empty_box · inhibit(on) · power_cut, power_on.
        Line: pulse(ms): one pull that is no note · bounce(ms): contacts tremble so long at both ends of each
        pulse from now on · widen(factor): all pulses from now on · skip(pulses): these, counted from 1, are
        missing in the next train · lose_edges(times, after): the kernel's buffer overflows · behave."""
        perform(self._actions, action, given)
        return self.state()

    def state(self) -> Json:
        """Amounts in fen. Always: inserted_fen == inside_fen + sum of box + collected_fen + returned_fen."""
        notes = self.notes
        return {
            "state": self._state(),
            "powered": self.powered,
            "inhibited": self.inhibited,
            "enabled": [] if self.inhibited else list(self.settings.notes_fen),
            "level": self.level,
            "inside": [note.fen for note in notes.inside],
            "inside_fen": notes.inside_fen,
            "box": list(notes.box),
            "collected_fen": notes.collected_fen,
            "mouth": list(notes.mouth),
            "returned_fen": notes.returned_fen,
            "inserted_fen": notes.inserted_fen,
            "busy": self._busy_until_ns > self._now_ns,
        }

    def _state(self) -> str:
        """As other acceptors call it; `past_lever` while it tells a note that is in the box already."""
        if not self.powered:
            return "off"
        if self._stacks_at_ns is not None:
            return "accepting"
        if self._busy_until_ns > self._now_ns:
            return "past_lever"
        return "disabled" if self.inhibited else "idle"

    @property
    def level(self) -> int:
        return 1 - self.settings.idle_level if self._pulling else self.settings.idle_level

    def advance(self, now_ns: int) -> list[LineEvent]:
        """Let time pass until `now_ns`; the edges that the kernel tells of since the last time."""
        while (next_ns := self._next_ns()) is not None and next_ns <= now_ns:
            self._now_ns = next_ns
            if self._stacks_at_ns == next_ns:
                self._stack()
            else:
                self._pull(self._pulls.pop(0)[1])
        self._now_ns = max(self._now_ns, now_ns)
        events, self._due = self._due, []
        return events

    def _next_ns(self) -> int | None:
        stacks = [] if self._stacks_at_ns is None else [self._stacks_at_ns]
        return min([*stacks, *(at_ns for at_ns, _ in self._pulls[:1])], default=None)

    def _pull(self, change: int) -> None:
        before = self.level
        self._pulling += change
        if self.level != before:
            self._edge()

    def _edge(self) -> None:
        self._seqno = (self._seqno + 1) % (1 << 32)
        if self._lose and not self._deliver_first:
            self._lose -= 1
            return
        self._deliver_first = max(0, self._deliver_first - 1)
        self._due.append(LineEvent(self._now_ns, self.level, self._seqno))

    def _stack(self) -> None:
        """The note is in the box before its first pulse: there is no way back."""
        self._stacks_at_ns = None
        fen = self.notes.into_box().fen
        settings = self.settings
        at_ns = self._now_ns + _ns(settings.first_pulse_ms)
        for number in range(1, fen // settings.fen_per_pulse + 1):
            width_ns = _ns(settings.pulse_ms * self._width_factor)
            if number not in self._skip:
                self._contact(at_ns, width_ns)
            at_ns += max(width_ns, _ns(settings.pulse_ms)) + _ns(settings.pause_ms)
        self._skip = frozenset()
        self._busy_until_ns = at_ns + _ns(settings.between_notes_ms)

    def _contact(self, at_ns: int, width_ns: int) -> None:
        """The line is pulled from `at_ns` on, with trembling contacts if there is such a fault."""
        tremble_ns = min(_ns(self._bounce_ms), width_ns // 3)
        step_ns = tremble_ns // (2 * BOUNCES)
        changes = [at_ns, at_ns + width_ns]
        if step_ns:
            changes = [at_ns + step * step_ns for step in range(2 * BOUNCES + 1)]
            changes += [at_ns + width_ns + step * step_ns for step in range(2 * BOUNCES + 1)]
        self._pulls += [(t_ns, 1 if index % 2 == 0 else -1) for index, t_ns in enumerate(changes)]
        self._pulls.sort()

    # --- actions

    def _verbs(self) -> dict[str, Callable[..., None]]:
        return {
            "insert": self._insert,
            "pull_note": self._pull_note,
            "empty_box": lambda: self.notes.collect(),
            "inhibit": self._inhibit,
            "power_cut": self._power_cut,
            "power_on": self._power_on,
            "pulse": self._foreign_pulse,
            "bounce": self._bounce,
            "widen": self._widen,
            "skip": self._skip_pulses,
            "lose_edges": self._lose_edges,
            "behave": self._behave,
        }

    def _insert(self, fen: Fen) -> None:
        if not self.powered:
            raise NotPossible("it has no power; use power_on first")
        if self.inhibited:
            raise NotPossible("the note is not drawn in while the acceptor is inhibited")
        if self._stacks_at_ns is not None or self._busy_until_ns > self._now_ns:
            raise NotPossible("it is busy with the note before")
        if self.notes.mouth:
            raise NotPossible("a returned note is still in the mouth; use pull_note first")
        self.notes.insert(Note(fen))
        if fen in self.settings.notes_fen:
            self._stacks_at_ns = self._now_ns + _ns(self.settings.accept_ms)
        else:
            self.notes.back_to_mouth()

    def _pull_note(self) -> None:
        if not self.notes.mouth:
            raise NotPossible("no note looks out of the mouth")
        self.notes.customer_takes_back()

    def _inhibit(self, on: bool = True) -> None:
        self.inhibited = on

    def _power_cut(self) -> None:
        """The line is let go, and what was left of a train never comes."""
        if not self.powered:
            raise NotPossible("it has no power already")
        self.powered = False
        self._stacks_at_ns = None
        self._pulls.clear()
        self._pull(-self._pulling)
        self._busy_until_ns = self._now_ns

    def _power_on(self) -> None:
        """A note on its way comes out again; nothing is remembered of a train."""
        if self.powered:
            raise NotPossible("it has power already")
        self.powered = True
        self.notes.back_to_mouth()

    def _foreign_pulse(self, ms: Annotated[float, msgspec.Meta(ge=0.001, le=600_000)]) -> None:
        self._pulls += [(self._now_ns, 1), (self._now_ns + _ns(ms), -1)]
        self._pulls.sort()

    def _bounce(self, ms: Milliseconds) -> None:
        self._bounce_ms = ms

    def _widen(self, factor: Annotated[float, msgspec.Meta(gt=0, le=100)]) -> None:
        self._width_factor = factor

    def _skip_pulses(self, pulses: tuple[Times, ...]) -> None:
        self._skip = frozenset(pulses)

    def _lose_edges(self, times: Times = 1, after: Times = 0) -> None:
        self._lose, self._deliver_first = times, after

    def _behave(self) -> None:
        self._lose = self._deliver_first = 0
        self._bounce_ms, self._width_factor, self._skip = 0.0, 1.0, frozenset()


def _ns(ms: float) -> int:
    return round(ms * 1_000_000)
