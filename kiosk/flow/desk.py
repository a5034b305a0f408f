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


def proved(state: State, person: str) -> State:
    """Somebody gave the right PIN: their failures before it were slips. Those of others stay, so that nobody guesses
    at another's PIN the quicker for knowing an own one."""
    failed = {name: times for name, times in state.sign_in_failed.items() if name not in (person, "")}
    return replace(state, sign_in_failed=failed, sign_in_waits=False)
