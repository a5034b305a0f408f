"""The note slot: notes to insert, the mouth, the lamp, and what lies in the cash box."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from screens.cabinet.board import (
    AMBER,
    BLUE,
    BODY,
    DARK,
    GREEN,
    INK,
    QUIET,
    RED,
    SMALL,
    WHITE,
    Board,
    Face,
)
from screens.cabinet.front import Scene, picked
from screens.frame import Frame

NOTES_FEN: Final = (100, 500, 1000, 2000, 5000, 10000)
# Value → colour by which people know the note, darker while pressed. The drawing is a sign, not a banknote.
COLOURS: Final = {
    100: ("#6B7B2E", "#55621F"),
    500: ("#75427F", "#5C3064"),
    1000: ("#2F5585", "#22416A"),
    2000: ("#8A5A22", "#6C4416"),
    5000: ("#22694A", "#175138"),
    10000: ("#A52A3A", "#84202D"),
}
SUM_PX: Final = 20
TAKES: Final = ("idle",)
MOVES: Final = (
    "accepting",
    "escrow",
    "holding",
    "stacking",
    "past_lever",
    "vend_valid",
    "storing",
    "stacked",
    "clearing",
    "returning",
    "rejecting",
)
BROKEN: Final = ("jam", "box_jam", "failure", "box_full", "box_out", "cheated")


class NoteFront:
    def __init__(self, board: Board, scene: Scene) -> None:
        self.board, self._scene = board, scene

    def seen(self) -> Any:
        return picked(self._state, "state", "box", "inside", "mouth", "plugged", "enabled", "box_present")

    @property
    def _state(self) -> dict[str, Any]:
        return self._scene.world.device("acceptor")

    def draw(self) -> None:
        say, state = self._scene.say, self._state
        free = self.board.card(say("notes.title"))
        self._lamp(Frame(self.board.area.w / 2, free.top + 8, self.board.area.w / 2 - 16, 26))
        slot, free = free.from_top(104, 12)
        self._slot(slot)
        box, free = free.from_bottom(44, 12)
        self._box(box)
        for fen, cell in zip(NOTES_FEN, free.grid(3, 2, 10), strict=True):
            self._note_key(cell, fen, bool(state.get("powered")))

    def _lamp(self, frame: Frame) -> None:
        now = str(self._state.get("state", "off"))
        colour = GREEN if now in TAKES else AMBER if now in MOVES else RED if now in BROKEN else "#8791A0"
        label = (
            self._scene.say(f"acceptor.{now}")
            if self._state.get("plugged", True)
            else self._scene.say("unplugged")
        )
        words, lamp = frame.from_left(frame.w - 22, 6)
        self.board.text(words, label, SMALL, INK, align="right")
        self.board.lamp(lamp.centred(14, 14), colour)

    def _slot(self, frame: Frame) -> None:
        """A dark mouth in a rounded plate; a returned note looks out of it."""
        board, state = self.board, self._state
        board.box(frame, "#D5DBE3", "#AEB8C5", 12)
        mouth = Frame(frame.x + 24, frame.top - 34, frame.w - 48, 14)
        board.box(mouth, DARK, None, 7)
        hanging = list(state.get("mouth") or ())
        inside = list(state.get("inside") or ())
        if hanging:
            note, rest = (
                Frame(frame.x + 40, frame.y + 10, 120, mouth.y - frame.y - 6),
                frame.from_right(128)[0],
            )
            _draw_note(board, note, hanging[-1], self._value(hanging[-1]))
            place = Frame(rest.x, frame.y + 12, rest.w - 14, 40)
            board.key(
                place,
                "cabinet:pull_note",
                self._scene.say("notes.take"),
                partial(self._scene.world.do, "acceptor", "pull_note"),
                bold=True,
            )
            return
        say = self._scene.say
        words = say("notes.inside", value=self._value(sum(inside))) if inside else say("notes.hint")
        board.text(Frame(frame.x + 14, frame.y + 6, frame.w - 28, 56), words, SMALL, QUIET, align="center")

    def _value(self, fen: int) -> str:
        """A note that nobody can read has no value."""
        return self._scene.say("notes.value", yuan=fen // 100 if fen else "?")

    def _note_key(self, frame: Frame, fen: int, powered: bool) -> None:
        fill, pressed = COLOURS[fen]
        face = Face(fill, pressed, fill, WHITE)
        insert = partial(self._scene.world.do, "acceptor", "insert", fen=fen) if powered else None
        self.board.key(frame, f"cabinet:note:{fen}", self._value(fen), insert, face, px=24, bold=True)
        if powered:
            self.board.outline(frame.inset(5), "#FFFFFF", 5, 0.7)

    def _box(self, frame: Frame) -> None:
        state = self._state
        box = list(state.get("box") or ())
        self.board.box(frame, "#E9EDF2", None, 8)
        side, words = frame.inset(12, 6).from_left(frame.h - 12, 10)
        self.board.icon(side, "cash", BLUE)
        if not state.get("box_present", True):
            self.board.text(words, self._scene.say("notes.box_out"), BODY, RED)
            return
        count, total = words.from_left(words.w * 0.5)
        self.board.text(count, self._scene.say("notes.box", count=len(box)), BODY, QUIET)
        self.board.text(
            total, self._scene.say("notes.sum", sum_fen=sum(box)), SUM_PX, bold=True, align="right"
        )


def _draw_note(board: Board, frame: Frame, fen: int, label: str) -> None:
    """Looking out of the mouth, its upper part still inside."""
    fill, _ = COLOURS.get(fen, ("#555555", "#333333"))
    board.box(frame, fill)
    board.outline(frame.inset(5), "#FFFFFF", 2, 0.7)
    board.text(frame, label, 20, WHITE, bold=True, align="center")
