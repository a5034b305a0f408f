"""A state machine as rows that a person can read: where, on what, if, then.

The first row that fits decides. No row: the stimulus means nothing here and is ignored, which is always safe
because every device and every answer that matters has a row without a stage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from kiosk.facts import Fact
from kiosk.flow.commands import Command
from kiosk.flow.state import Stage, State
from kiosk.flow.stimuli import Given, Stimulus

Facts = Iterable[Fact]
EVERYWHERE: Final = frozenset(Stage)


def always(_state: State, _stimulus: Any) -> bool:
    return True


class Row(NamedTuple):
    """`do(state, stimulus, given)` gives the facts; `when(state, stimulus)` is the guard."""

    on: type
    do: Callable[[State, Any, Given], Facts]
    at: frozenset[Stage] = EVERYWHERE
    when: Callable[[State, Any], bool] = always


class Consequence(NamedTuple):
    """What becomes true by itself once the state allows it, whatever led there: also after a restart."""

    when: Callable[[State], bool]
    do: Callable[[State, Given], Facts]


Evolver = Callable[[State, Any], State]
Commander = Callable[[State, Any], Iterable[Command]]


class Machine(NamedTuple):
    """One small machine: its rows, what its facts do to the state, and what they make the outside do."""

    rows: tuple[Row, ...]
    evolve: Mapping[type[Fact], Evolver]
    commands: Mapping[type[Fact], Commander] = MappingProxyType({})
    consequences: tuple[Consequence, ...] = ()


def first_match(rows: Iterable[Row], state: State, stimulus: Stimulus) -> Row | None:
    for row in rows:
        if isinstance(stimulus, row.on) and state.stage in row.at and row.when(state, stimulus):
            return row
    return None


def stages(*names: Stage) -> frozenset[Stage]:
    return frozenset(names)
