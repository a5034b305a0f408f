"""What all fronts of the cabinet share: a board, the world, the words; drawn anew only when something changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from hardware.simulated import Json
from kiosk.contract import Language
from screens.cabinet.board import Board
from screens.cabinet.world import World
from screens.words import Words

PHRASES = Path(__file__).with_name("phrases")


class Scene:
    """What the fronts need to know. `ask` covers the window with something that must be answered first; `tell`
    shows a short sentence for a while."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._words = {language: Words(language, PHRASES) for language in Language}
        self.language = Language.ZH
        self.resetting = False
        self.ask: Callable[[str], None] = lambda what: None
        self.tell: Callable[[str], None] = lambda news: None

    def say(self, key: str, **values: str | int) -> str:
        return self._words[self.language].text(key, **values)

    def knows(self, key: str) -> bool:
        return key in self._words[self.language].phrases


class Front(Protocol):
    board: Board

    def seen(self) -> Any:
        """Everything that the drawing depends on, besides the language."""

    def draw(self) -> None: ...


class Shelf:
    """All fronts; keeps each up to date."""

    def __init__(self, scene: Scene, fronts: tuple[Front, ...]) -> None:
        self._scene = scene
        self.fronts = fronts
        self._drawn: dict[Front, Any] = {}

    def refresh(self) -> None:
        for front in self.fronts:
            seen = (self._scene.language, self._scene.resetting, front.seen())
            if self._drawn.get(front) != seen:
                self._drawn[front] = seen
                front.board.clear()
                front.draw()

    def keys(self) -> dict[str, Any]:
        return {name: key for front in self.fronts for name, key in front.board.keys.items()}


def picked(state: Json, *names: str) -> tuple[Any, ...]:
    """Some values of a device's state in a form that can be compared."""
    return tuple(repr(state.get(name)) for name in names)
