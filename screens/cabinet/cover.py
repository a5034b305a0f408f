"""What covers the whole window until it is answered: the paper in full size, and the question before a reset."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from screens.cabinet.board import CARD, GRAVE, PLAIN, RULE, SMALL, Board
from screens.cabinet.front import Scene
from screens.cabinet.paper import paper_picture
from screens.icons import as_texture


class Cover:
    """A front like the others, but nothing below it gets a touch while it is there."""

    def __init__(
        self, board: Board, scene: Scene, paper: Callable[[], tuple[str, int]], reset: Callable[[], None]
    ) -> None:
        self.board, self._scene = board, scene
        self._paper, self._reset = paper, reset
        self._what = ""

    def ask(self, what: str) -> None:
        """`paper`, `reset`, or nothing."""
        self._what = what

    def seen(self) -> Any:
        return self._what, self._paper() if self._what == "paper" else ()

    def draw(self) -> None:
        self.board.takes_touches = bool(self._what)
        if not self._what:
            return
        self.board.shade(self.board.area, (0.08, 0.1, 0.13, 0.72))
        if self._what == "paper":
            self._draw_paper()
        else:
            self._draw_question()

    def _draw_paper(self) -> None:
        path, _ = self._paper()
        area = self.board.area
        self.board.field(area, "cabinet:paper:close", self._scene.say("paper.close"), lambda: self.ask(""))
        foot, free = area.from_bottom(40)
        self.board.text(foot, self._scene.say("paper.close"), SMALL, "#FFFFFF", align="center")
        if path:
            paper = paper_picture(Path(path), free.w, free.h - 24)
            self.board.picture(free.centred(*paper.size), as_texture(paper))

    def _draw_question(self) -> None:
        say, board = self._scene.say, self.board
        card = board.area.centred(560, 250)
        board.box(card, CARD, RULE, 16)
        inner = card.inset(32, 28)
        title, free = inner.from_top(40, 12)
        buttons, words = free.from_bottom(56, 16)
        board.text(title, say("reset.ask"), 26, bold=True)
        board.text(words, say("reset.what"), 18, valign="top")
        keep, go = buttons.columns(2, 16)
        board.key(keep, "cabinet:reset:no", say("reset.no"), lambda: self.ask(""), PLAIN, px=20, bold=True)
        board.key(go, "cabinet:reset:yes", say("reset.yes"), self._go, GRAVE, px=20, bold=True)

    def _go(self) -> None:
        self.ask("")
        self._reset()
