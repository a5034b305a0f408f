"""Lamps, button, switches and sensor of the cabinet: which lamps burn, and a hand for each of the others."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from hardware.simulated import Json
from screens.cabinet.board import ACTIVE, GREEN, PLAIN, QUIET, RULE, SMALL, Board
from screens.cabinet.front import Scene, picked
from screens.frame import Frame

LAMPS: Final = ("slot", "printer", "scanner", "card", "beacon")
# What the state says → the hand that changes it, and the one that changes it back.
HANDS: Final = {
    "door_open": ("open_door", "close_door"),
    "box_pulled": ("pull_box", "put_box"),
    "near": ("come_near", "go_away"),
    "mains": ("mains_return", "mains_fail"),
}
LAMPS_H: Final = 44


class PanelFront:
    def __init__(self, board: Board, scene: Scene) -> None:
        self.board, self._scene = board, scene

    def seen(self) -> Any:
        return picked(self._state, "lamps", "powered", *HANDS)

    @property
    def _state(self) -> Json:
        return self._scene.world.device("panel")

    def draw(self) -> None:
        board, say, state = self.board, self._scene.say, self._state
        lamps, keys = board.card(say("panel.title")).from_top(LAMPS_H, 8)
        for name, place in zip(LAMPS, lamps.columns(len(LAMPS), 4), strict=True):
            lamp, words = place.from_top(18, 2)
            burns = name in state.get("lamps", ())
            board.lamp(lamp, GREEN if burns else RULE)
            board.text(words, say(f"panel.lamp.{name}"), SMALL, GREEN if burns else QUIET, align="center")
        call, *others, _ = keys.grid(3, 2, 8)
        self._key(call, "press_call")
        for (name, (to, back)), place in zip(HANDS.items(), others, strict=True):
            is_so = bool(state.get(name))
            self._key(place, back if is_so else to, lit=is_so != (name == "mains"))

    def _key(self, frame: Frame, action: str, lit: bool = False) -> None:
        do = partial(self._scene.world.do, "panel", action)
        self.board.key(
            frame,
            f"cabinet:panel:{action}",
            self._scene.say(f"panel.{action}"),
            do if self._state.get("powered", True) else None,
            ACTIVE if lit else PLAIN,
            px=15,
        )
