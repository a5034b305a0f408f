"""How a simulator's actions are called by name with arguments that came over the control channel."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

import msgspec

from hardware.simulated import Json, NotPossible

Actions = Mapping[str, Callable[..., None]]


def perform(actions: Actions, action: str, given: Json) -> None:
    """Call `actions[action](**given)` after checking the arguments against its annotations.

    Raises NotPossible, naming what would be right, for an unknown action and for wrong arguments."""
    check(actions, action, given)
    hints = get_type_hints(actions[action], include_extras=True)
    actions[action](**{key: _converted(action, key, value, hints) for key, value in given.items()})


def check(actions: Actions, action: str, given: Json) -> None:
    """Raise NotPossible as `perform` would for a wrong name or wrong arguments, but do nothing."""
    if action not in actions:
        raise NotPossible(f"there is no action {action!r} here; there are: {', '.join(sorted(actions))}")
    signature = inspect.signature(actions[action])
    try:
        signature.bind(**given)
    except TypeError as error:
        raise NotPossible(f"{action}: {error}; it takes {_described(signature)}") from error
    hints = get_type_hints(actions[action], include_extras=True)
    for key, value in given.items():
        _converted(action, key, value, hints)


def _converted(action: str, key: str, value: Any, hints: dict[str, Any]) -> Any:
    if key not in hints:  # taken by a **keyword parameter, which checks for itself
        return value
    try:
        return msgspec.convert(value, hints[key])
    except msgspec.ValidationError as error:
        raise NotPossible(f"{action}: {key}: {error}") from error


def _described(signature: inspect.Signature) -> str:
    return ", ".join(str(p).split(":")[0] for p in signature.parameters.values()) or "no arguments"
