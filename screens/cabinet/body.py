"""The kiosk's case around the glass, with one line for news; and what lies over a glass without power."""

from __future__ import annotations

from typing import Any

from screens.cabinet.board import DARK, SMALL, Board
from screens.cabinet.front import Scene
from screens.frame import Frame

FAINT_WORDS = "#AEB9C7"
NEWS_WORDS = "#FFD98A"


class BodyFront:
    """`glass`: where the screen stands, in the board's own pixels."""

    def __init__(self, board: Board, scene: Scene, glass: Frame) -> None:
        self.board, self._scene, self._glass = board, scene, glass
        self.news = ""

    def seen(self) -> Any:
        return self.news, self._server, self._powered

    @property
    def _server(self) -> str:
        return str(self._scene.world.device("supervisor").get("server", ""))

    @property
    def _powered(self) -> bool:
        return bool(self._scene.world.device("acceptor").get("powered", True))

    def draw(self) -> None:
        board, say, area = self.board, self._scene.say, self.board.area
        board.box(area, DARK, "#12161B", 22)
        board.box(self._glass.inset(-5), "#0A0C0F", None, 6)
        above = Frame(self._glass.x, self._glass.top, self._glass.w, area.top - self._glass.top).inset(4, 2)
        board.text(above, say("body.title"), SMALL, FAINT_WORDS, bold=True)
        board.text(above, say("body.simulated"), SMALL, FAINT_WORDS, align="right")
        below = Frame(self._glass.x, area.y, self._glass.w, self._glass.y - area.y).inset(4, 6)
        news, address = below.from_left(below.w * 0.64, 12)
        if self._scene.resetting:
            words = say("body.resetting")
        elif not self._scene.world.state:
            words = say("body.starting")
        else:
            words = self.news or ("" if self._powered else say("body.no_power"))
        board.text(news, words, SMALL, NEWS_WORDS)
        if self._server:
            board.text(address, say("body.server", address=self._server), SMALL, FAINT_WORDS, align="right")


class DarkGlass:
    """Black while the mains are out: a panel without power shows nothing and feels no finger."""

    def __init__(self, board: Board, scene: Scene) -> None:
        self.board, self._scene = board, scene

    def seen(self) -> Any:
        return bool(self._scene.world.device("acceptor").get("powered", True))

    def draw(self) -> None:
        self.board.takes_touches = not self.seen()
        if not self.seen():
            self.board.box(self.board.area, "#050608")
