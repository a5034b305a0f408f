"""Feed, decide, append, evolve, dispatch, show: one stimulus at a time.

Everything outside comes in through `Outside`, the journal and the clock, so that a test can be the whole world.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from hardware.contracts import Held
from kiosk import SOFTWARE
from kiosk.clock import Clock, Instant
from kiosk.contract import CallStaff, SetContrast, SetLanguage, SetTextSize, StopCalling, Touched, View
from kiosk.facts import Durable, Fact
from kiosk.facts.passing import JournalBroken
from kiosk.flow.commands import Command, GiveBackNote
from kiosk.flow.machine import commands, decide, evolve
from kiosk.flow.state import State, begin
from kiosk.flow.stimuli import ClockSaid, Given, Started, Stimulus
from kiosk.flow.wanted import Wanted, wanted
from kiosk.identity import new_id
from kiosk.journal.store import NotWritten
from kiosk.present import present
from kiosk.site import Site

log = logging.getLogger(__name__)

IDS_PER_STEP = 6
CLOCK_STEP_MS = 1000  # a clock that is kept right goes back by less; the site says what is too much
ALWAYS_HEARD = (
    CallStaff,
    StopCalling,
    SetLanguage,
    SetTextSize,
    SetContrast,
)  # whatever page they were pressed on


class Ledger(Protocol):
    """What the engine needs of the journal."""

    def append(self, facts: Sequence[Durable]) -> list[Durable]: ...
    def recover(self, empty: State) -> State:
        """What everything that was ever appended makes of the state at the very beginning."""


class Outside(Protocol):
    def do(self, command: Command) -> None:
        """Must not block and must not call back into the engine before it returned."""

    def apply(self, wanted: Wanted) -> None: ...
    def show(self, view: View) -> None: ...


class NoLedger:
    """Stands in when the journal can not be opened: nothing can be written, so no money is taken."""

    def __init__(self, why: str) -> None:
        self._why = why

    def append(self, facts: Sequence[Durable]) -> list[Durable]:
        raise NotWritten(self._why)

    def recover(self, empty: State) -> State:
        return empty


class Engine:
    def __init__(
        self,
        site: Site,
        ledger: Ledger,
        outside: Outside,
        clock: Clock,
        ids: Callable[[int], str] = new_id,
    ) -> None:
        self.state: State = begin(site)
        self.view: View | None = None
        self._ledger = ledger
        self._outside = outside
        self._clock = clock
        self._ids = ids
        self._waiting: deque[Stimulus] = deque()
        self._stepping = False
        self._wanted: Wanted | None = None
        self._quality = ""  # of the clock, as the flow knows it
        self._latest_ms = 0  # what it showed last

    def start(self, broken: str = "", written_ms: int = 0) -> None:
        """Recover from the journal, then settle what was open. `written_ms`: the time of its last record.

        Raises `journal.Damaged` while recovering."""
        self.state = self._ledger.recover(self.state)
        if broken:
            self.state = evolve(self.state, JournalBroken(broken))
        now = self._clock.now()
        self._quality, self._latest_ms = now.quality, now.wall_ms
        self.feed(Started(now.boot, SOFTWARE, now.quality, max(0, written_ms - now.wall_ms)))

    def touched(self, touch: Touched) -> None:
        """A touch on a page that is no longer shown means nothing: the finger was for the old page."""
        if (self.view is not None and touch.view == self.view.number) or isinstance(
            touch.intent, ALWAYS_HEARD
        ):
            self.feed(touch.intent)

    def feed(self, stimulus: Stimulus) -> None:
        """Stimuli that arrive while a step is running wait for its end."""
        self._waiting.append(stimulus)
        if self._stepping:
            return
        self._stepping = True
        try:
            while self._waiting:
                now = self._clock.now()
                for clock in self._clock_said(now):
                    self._step(clock, now)
                self._step(self._waiting.popleft(), now)
        finally:
            self._stepping = False

    def _clock_said(self, now: Instant) -> Iterator[ClockSaid]:
        back_ms, self._latest_ms = self._latest_ms - now.wall_ms, now.wall_ms
        if now.quality != self._quality or back_ms > CLOCK_STEP_MS:
            self._quality = now.quality
            yield ClockSaid(now.quality, max(0, back_ms))

    def _step(self, stimulus: Stimulus, now: Instant) -> None:
        now_ms = now.wall_ms
        given = Given(now_ms, tuple(self._ids(now_ms) for _ in range(IDS_PER_STEP)), now.boot_ms)
        facts = decide(self.state, stimulus, given)
        try:
            facts = self._written(facts)
        except NotWritten as error:
            self._not_written(stimulus, error, given)
        else:
            self._become(facts)
        self._apply()
        self._show(now_ms)

    def _become(self, facts: tuple[Fact, ...]) -> None:
        due: list[Command] = []
        for fact in facts:
            self.state = evolve(self.state, fact)
            due += commands(self.state, fact)
        for command in due:  # only now: a command that fails must not leave memory behind the journal
            self._outside.do(command)

    def _written(self, facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
        """Flush the durable facts in one commit; papers come back signed."""
        durable = [fact for fact in facts if isinstance(fact, Durable)]
        if not durable:
            return facts
        written = iter(self._ledger.append(durable))
        return tuple(next(written) if isinstance(fact, Durable) else fact for fact in facts)

    def _not_written(self, stimulus: Stimulus, error: NotWritten, given: Given) -> None:
        """Nothing of this step counts. A note that waits goes back; then no money is taken until staff came.

        What needs no writing then still happens: whoever leaves without money inside does leave, and nothing of
        them stays on the glass because a count could not be written."""
        log.error("journal: %s; no money is taken until this is repaired and the kiosk restarted", error)
        if isinstance(stimulus, Held):
            self._outside.do(GiveBackNote(note=""))
        if not self.state.house.broken:
            self.state = evolve(self.state, JournalBroken(str(error)))
            rest = decide(self.state, stimulus, given)
            if not isinstance(stimulus, Held) and not any(isinstance(fact, Durable) for fact in rest):
                self._become(rest)

    def _apply(self) -> None:
        now_wanted = wanted(self.state)
        if now_wanted != self._wanted:
            self._wanted = now_wanted
            self._outside.apply(now_wanted)

    def apply_again(self) -> None:
        """A device or a screen came back: tell it once more what is wanted."""
        if self._wanted is not None:
            self._outside.apply(self._wanted)

    def _show(self, now_ms: int) -> None:
        number = self.view.number if self.view else 0
        view = present(self.state, number, now_ms)
        if view != self.view:
            self.view = present(self.state, number + 1, now_ms)
            self._outside.show(self.view)
