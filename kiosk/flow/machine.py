"""The small machines composed: the four pure functions that the core calls (`present` is in its own file)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

from hardware.contracts import CodeRead, Held, PulseSeen, Refused, Returned, Taken
from kiosk.contract import Intent
from kiosk.facts import Fact
from kiosk.facts.passing import Seen
from kiosk.flow import (
    amount,
    approve,
    cabinet,
    calls,
    cancel,
    card,
    cash,
    charge,
    checkup,
    code,
    day,
    exceptions,
    handover,
    help,
    house,
    look,
    lookup,
    opinions,
    papers,
    pulses,
    second,
    staff,
    stock,
    till,
    visit,
    void,
)
from kiosk.flow.commands import Command
from kiosk.flow.state import State
from kiosk.flow.stimuli import Given, Started, Stimulus
from kiosk.flow.table import Commander, Evolver, Facts, Row, first_match

MACHINES: Final = (
    checkup.MACHINE,  # first: the button that is tested calls nobody
    cabinet.MACHINE,  # before all pages: a touch on dark glass only wakes it
    opinions.MACHINE,  # types what help would swallow
    help.MACHINE,  # before the page that it stands above
    approve.MACHINE,
    cancel.MACHINE,
    till.MACHINE,  # before staff: Back corrects a count before it leads away from it
    day.MACHINE,
    handover.MACHINE,
    void.MACHINE,
    second.MACHINE,  # before staff: a second person signs, the first one stays signed in
    staff.MACHINE,
    amount.MACHINE,
    visit.MACHINE,
    look.MACHINE,  # after visit: at the idle question a touch answers it and does nothing else
    lookup.MACHINE,
    pulses.MACHINE,  # before cash: what it tells of was never held
    cash.MACHINE,
    charge.MACHINE,
    code.MACHINE,
    card.MACHINE,
    papers.MACHINE,
    stock.MACHINE,
    house.MACHINE,
    calls.MACHINE,
    exceptions.MACHINE,
)
ROWS: Final = tuple(row for machine in MACHINES for row in machine.rows)
CONSEQUENCES: Final = tuple(c for machine in MACHINES for c in machine.consequences)
AT_START: Final[tuple[Callable[[State, Started, Given], Facts], ...]] = (
    *house.AT_START,
    *charge.AT_START,
    *papers.AT_START,
    *exceptions.AT_START,
)
SOMEBODY_THERE: Final = (Intent, Held, PulseSeen, Taken, Returned, Refused, CodeRead)
MOST_CONSEQUENCES: Final = 20  # a step that never settles is a fault of ours, found by tests


def _merged_evolvers() -> dict[type[Fact], Evolver]:
    merged: dict[type[Fact], Evolver] = {}
    for machine in MACHINES:
        twice = merged.keys() & machine.evolve.keys()
        assert not twice, f"two machines evolve {twice}"
        merged |= machine.evolve
    return merged


def _merged_commanders() -> dict[type[Fact], Commander]:
    merged: dict[type[Fact], Commander] = {}
    for machine in MACHINES:
        merged |= machine.commands
    return merged


_EVOLVERS: Final = _merged_evolvers()
_COMMANDERS: Final = _merged_commanders()


def decide(state: State, stimulus: Stimulus, given: Given) -> tuple[Fact, ...]:
    """What this input makes true, and what follows from that by itself. Empty: ignored.

    While nothing can be written, facts about money can not become true, except that a held note goes back."""
    return tuple(_settled(state, list(_directly(state, stimulus, given)), given))


def _directly(state: State, stimulus: Stimulus, given: Given) -> Iterator[Fact]:
    if isinstance(stimulus, Started):
        for at_start in AT_START:
            yield from at_start(state, stimulus, given)
        return
    row: Row | None = first_match(_rows_on(type(stimulus)), state, stimulus)
    if row is not None:
        facts = list(row.do(state, stimulus, given))
        if state.visit is not None and isinstance(stimulus, SOMEBODY_THERE) and Seen() not in facts:
            yield Seen()
        yield from facts
    yield from checkup.listen(state, stimulus, given)


@cache
def _rows_on(kind: type[Stimulus]) -> tuple[Row, ...]:
    """Those that may fit it, in their order: a step looks at a handful instead of at hundreds."""
    return tuple(row for row in ROWS if issubclass(kind, row.on))


def _settled(state: State, facts: list[Fact], given: Given) -> Iterator[Fact]:
    for fact in facts:
        state = evolve(state, fact)
        yield fact
    if not facts:
        return
    for _ in range(MOST_CONSEQUENCES):
        consequence = next((c for c in CONSEQUENCES if c.when(state)), None)
        if consequence is None:
            return
        for fact in consequence.do(state, given):
            state = evolve(state, fact)
            yield fact
    raise AssertionError("the consequences of one step do not end")


def evolve(state: State, fact: Fact) -> State:
    """The only way state changes; also how the journal is replayed."""
    return _EVOLVERS[type(fact)](state, fact)


def commands(state: State, fact: Fact) -> tuple[Command, ...]:
    """What the outside must now do because of `fact`; `state` already contains it."""
    commander = _COMMANDERS.get(type(fact))
    return tuple(commander(state, fact)) if commander else ()
