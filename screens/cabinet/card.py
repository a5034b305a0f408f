"""The card terminal: its display, a card to hold against it, its red key, and its plug to pull at the worst moment."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from hardware.simulated import Json
from screens.cabinet.board import ACTIVE, BODY, DARK, PLAIN, WHITE, Board
from screens.cabinet.front import Scene, picked
from screens.frame import Frame

WAITS_FOR_CARD: Final = "insert card"


def shown(state: Json) -> str:
    """What stands on its display, as a phrase. Idle on its own power, but with its cable out, it is of no use."""
    if state.get("powered", True) and not state.get("plugged", True):
        return "no_cable"
    return str(state.get("shows", "off")).lower().replace(" ", "_")


class CardFront:
    def __init__(self, board: Board, scene: Scene) -> None:
        self.board, self._scene = board, scene

    def seen(self) -> Any:
        return picked(self._state, "shows", "powered", "plugged", "will_fail_at")

    @property
    def _state(self) -> Json:
        return self._scene.world.device("terminal")

    def draw(self) -> None:
        board, say, state = self.board, self._scene.say, self._state
        free = board.card(say("terminal.title"))
        display, keys = free.from_top(34, 8)
        board.box(display, DARK, None, 6)
        board.text(display, say(f"terminal.shows.{shown(state)}"), BODY, WHITE, align="center")
        waits = state.get("shows") == WAITS_FOR_CARD
        good, refused, stop, power = keys.grid(2, 2, 8)
        self._key(good, "good", partial(self._do, "insert_card", card="good") if waits else None)
        self._key(refused, "refused", partial(self._do, "insert_card", card="no_credit") if waits else None)
        self._key(stop, "stop", partial(self._do, "press_stop") if waits else None)
        if not state.get("powered", True):
            self._key(power, "power_on", partial(self._do, "power_on"), lit=True)
        else:
            # The bank has said yes, the kiosk has not heard of it: the outcome is unknown to everybody but the record.
            armed = bool(state.get("will_fail_at"))
            dies = partial(self._do, "fail_at", stage="status", trouble="power")
            self._key(power, "dies", dies, lit=armed)

    def _do(self, action: str, **given: object) -> None:
        self._scene.world.do("terminal", action, **given)

    def _key(self, frame: Frame, name: str, action: Any, lit: bool = False) -> None:
        label = self._scene.say(f"terminal.{name}")
        self.board.key(frame, f"cabinet:terminal:{name}", label, action, ACTIVE if lit else PLAIN, px=15)
