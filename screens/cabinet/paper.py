"""The printer: paper coming out of its slot, to be taken, and to be looked at in full size."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, Final

from PIL import Image

from screens.cabinet.board import AMBER, DARK, GREEN, INK, QUIET, RED, SMALL, Board
from screens.cabinet.front import Scene, picked
from screens.frame import Frame
from screens.icons import as_texture

PAPER_LOOKS: Final = (255, 254, 250)


class PrinterFront:
    def __init__(self, board: Board, scene: Scene) -> None:
        self.board, self._scene = board, scene
        self._taken = 0  # so many pieces were taken away

    def seen(self) -> Any:
        state = self._state
        names = (
            "powered",
            "plugged",
            "paper",
            "cover_open",
            "cutter_error",
            "stopped",
            "busy",
            "piece_count",
        )
        return picked(state, *names), self._taken, *self.paper()

    @property
    def _state(self) -> dict[str, Any]:
        return self._scene.world.device("printer")

    def paper(self) -> tuple[str, int]:
        """The picture of what hangs out of the slot and when it was drawn (ns); ("", 0) for nothing.

        Empty paper is not shown: a printer feeds some when it starts."""
        state = self._state
        current = state.get("current_png") if state.get("uncut_text") else None
        if self._taken > state.get("piece_count", 0):  # a new world
            self._taken = 0
        new = state.get("piece_count", 0) > self._taken and state.get("last_text")
        last = state.get("last_png") if new else None
        for path in (current, last):
            try:
                if path:
                    return path, Path(path).stat().st_mtime_ns
            except FileNotFoundError:
                continue
        return "", 0

    def draw(self) -> None:
        say, board = self._scene.say, self.board
        free = board.card(say("printer.title"))
        self._lamp(Frame(board.area.w * 0.35, free.top + 8, board.area.w * 0.65 - 16, 26))
        slot, free = free.from_top(22, 0)
        foot, free = free.from_bottom(38, 12)
        hanging, _ = self.paper()
        if hanging:
            self._show(Path(hanging), Frame(free.x + 8, free.y, free.w - 16, free.h + 10))
        else:
            board.text(free.from_top(80)[0], say("printer.nothing"), SMALL, QUIET, align="center")
        board.box(slot, DARK, None, 8)  # above the paper: it comes out of it
        look, take = foot.columns(2, 8)
        big = partial(self._scene.ask, "paper") if hanging else None
        board.key(look, "cabinet:paper:enlarge", say("printer.enlarge"), big)
        board.key(take, "cabinet:paper:take", say("printer.take"), self._take if hanging else None)

    def _show(self, path: Path, frame: Frame) -> None:
        try:
            paper = paper_picture(path, frame.w, frame.h)
        except (OSError, ValueError):
            return  # torn off this very moment; the next state says so
        width, height = paper.size
        place = Frame(frame.x + (frame.w - width) / 2, frame.top - height, width, height)
        self.board.shade(Frame(place.x + 3, place.y - 3, width, height), (0, 0, 0, 0.12))
        self.board.picture(place, as_texture(paper))

    def _take(self) -> None:
        state = self._state
        self._taken = state.get("piece_count", 0)
        if Path(state.get("current_png") or "-").exists():
            self._taken += 1  # the piece that is torn off now
            self._scene.world.do("printer", "tear")

    def _lamp(self, frame: Frame) -> None:
        state = self._state
        if not state.get("powered", False):
            what, colour = "off", "#8791A0"
        elif not state.get("plugged", True):
            what, colour = "unplugged", RED
        elif state.get("cover_open"):
            what, colour = "cover", RED
        elif state.get("paper") == "out":
            what, colour = "paper_out", RED
        elif state.get("cutter_error"):
            what, colour = "cutter", RED
        elif state.get("busy"):
            what, colour = "busy", AMBER
        elif state.get("paper") == "near_end":
            what, colour = "near_end", AMBER
        else:
            what, colour = "ready", GREEN
        words, lamp = frame.from_left(frame.w - 22, 6)
        self.board.text(words, self._scene.say(f"printer.{what}"), SMALL, INK, align="right")
        self.board.lamp(lamp.centred(14, 14), colour)


def paper_picture(path: Path, width: float, height: float) -> Image.Image:
    """The paper as large as fits, RGBA, at most at its true dots. Raises OSError."""
    with Image.open(path) as opened:
        dots = opened.convert("L")
    scale = min(width / dots.width, height / dots.height, 1.0)
    small = dots.resize(
        (max(1, int(dots.width * scale)), max(1, int(dots.height * scale))), Image.Resampling.LANCZOS
    )
    ink = Image.new("RGB", small.size, (28, 28, 32))
    return Image.composite(Image.new("RGB", small.size, PAPER_LOOKS), ink, small).convert("RGBA")
