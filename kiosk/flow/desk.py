"""What every machine of the staff area does to the desk that somebody stands at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from kiosk.flow.state import Desk, Room, State


def desk_of(state: State) -> Desk:
    assert state.desk is not None
    return state.desk


def in_room(*rooms: Room) -> Callable[[State, Any], bool]:
    return lambda state, _want: state.desk is not None and state.desk.room in rooms


def at(state: State, **changes: Any) -> State:
    """Change the desk, if somebody is at it: a replay finds nobody there."""
    if state.desk is None:
        return state
    changes = {"typed": "", "problem": "", **changes}
    return replace(state, desk=replace(state.desk, touches=state.desk.touches + 1, **changes))


def proved(state: State) -> State:
    """Somebody gave the right PIN: the failures before it were slips."""
    return replace(state, sign_in_failures=0, sign_in_waits=False)
