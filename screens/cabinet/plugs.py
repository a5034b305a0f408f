"""Network and power, as plugs to pull."""

from __future__ import annotations

from functools import partial
from typing import Any

from screens.cabinet.board import BODY, CARD, GREEN, PLAIN, QUIET, RADIUS, RED, RULE, SMALL, Board, Face
from screens.cabinet.front import Scene, picked
from screens.frame import Frame

OUT = Face("#FFF1F0", "#FFD9D6", RED, RED)


class PlugFront:
    def __init__(self, board: Board, scene: Scene) -> None:
        self.board, self._scene = board, scene

    def seen(self) -> Any:
        world = self._scene.world
        return picked(world.device("network"), "plugged", "powered"), self.powered

    @property
    def powered(self) -> bool:
        return bool(self._scene.world.device("acceptor").get("powered", True))

    def draw(self) -> None:
        board, world = self.board, self._scene.world
        board.box(board.area, CARD, RULE, RADIUS)
        network, power = board.area.inset(12).columns(2, 10)
        there = bool(world.device("network").get("plugged", True))
        pull = partial(world.do, "network", "unplug" if there else "plug")
        self._plug(network, "network", there, pull)
        switch = partial(world.order, "power_cut" if self.powered else "power_on")
        self._plug(power, "power", self.powered, switch)

    def _plug(self, frame: Frame, name: str, there: bool, action: Any) -> None:
        board, say = self.board, self._scene.say
        board.key(frame, f"cabinet:{name}", " ", action, PLAIN if there else OUT)
        words, free = frame.inset(6, 8).from_bottom(20, 0)
        title, drawing = free.from_top(22, 2)
        board.text(title, say(f"plug.{name}"), BODY, bold=True, align="center")
        self._drawing(drawing, there, GREEN if there else RED)
        board.text(
            words, say("plug.in" if there else "plug.out"), SMALL, GREEN if there else QUIET, align="center"
        )

    def _drawing(self, frame: Frame, there: bool, colour: str) -> None:
        """A socket at the right, a plug with its cable at the left, together or apart."""
        board = self.board
        middle = frame.y + frame.h / 2
        apart = 0 if there else 16
        socket = Frame(frame.x + frame.w / 2 + 14, middle - 17, 24, 34)
        board.box(socket, "#8B95A3", None, 5)
        body = Frame(socket.x - 34 - apart, middle - 12, 26, 24)
        for dy in (-7, 4):
            board.box(Frame(body.right, middle + dy, 12, 4), "#3A4350", None, 1)
            board.box(Frame(socket.x, middle + dy - 1, 5, 6), "#3A4350", None, 1)
        if there:  # the pins are inside
            board.box(socket, "#8B95A3", None, 5)
            body = Frame(socket.x - 26, body.y, 26, 24)
        cable = Frame(frame.x + 4, middle - 3, body.x - frame.x, 6)
        board.box(cable, colour, None, 3)
        board.box(body, colour, None, 6)
