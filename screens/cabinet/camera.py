"""What the camera sees, and what can be held in front of it or of the scanner."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, Final

from PIL import Image

from screens.cabinet import codes
from screens.cabinet.board import BODY, CHOSEN, DARK, PLAIN, QUIET, SMALL, Board
from screens.cabinet.codes import Bill
from screens.cabinet.front import Scene, picked
from screens.frame import Frame
from screens.icons import as_texture

HOWS: Final = ("qr", "bars", "scanner")
COLUMNS: Final = 3
BILL_ROWS, CODE_ROWS = 3, 2


class CameraFront:
    def __init__(self, board: Board, scene: Scene) -> None:
        self.board, self._scene = board, scene
        self._how = "qr"
        self._view: Any = None
        self._view_of: tuple[str, int] = ("", 0)

    def seen(self) -> Any:
        return picked(self._camera, "plugged", "powered", "blind", "shown"), self._how

    @property
    def _camera(self) -> dict[str, Any]:
        return self._scene.world.device("camera")

    def draw(self) -> None:
        say, board = self._scene.say, self.board
        free = board.card(say("camera.title"))
        shown = self._camera.get("shown")
        now = Frame(board.area.w * 0.4, free.top + 8, board.area.w * 0.6 - 16, 26)
        board.text(now, say("camera.held" if shown else "camera.empty"), SMALL, QUIET, align="right")
        top, free = free.from_top(150, 12)
        window, side = top.from_left(200, 12)
        board.box(window, DARK, None, 8)
        self._view = board.picture(window.inset(4), self._texture())
        *hows, away = side.rows(4, 6)
        for how, cell in zip(HOWS, hows, strict=True):
            face = CHOSEN if how == self._how else PLAIN
            board.key(cell, f"cabinet:how:{how}", say(f"camera.how.{how}"), partial(self._choose, how), face)
        hide = partial(self._scene.world.do, "camera", "hide") if shown else None
        board.key(away, "cabinet:hide", say("camera.hide"), hide, bold=True)
        row = (free.h - 12 - 6 * (BILL_ROWS + CODE_ROWS - 2)) / (BILL_ROWS + CODE_ROWS)
        bills, phones = free.from_top(row * BILL_ROWS + 6 * (BILL_ROWS - 1), 12)
        for bill, cell in zip(codes.BILLS, bills.grid(COLUMNS, BILL_ROWS, 6), strict=True):
            label = say("camera.bill", fee=say(f"fee.{bill.fee}"), last=bill.account[-4:])
            board.key(
                cell,
                f"cabinet:bill:{bill.fee}:{bill.account}",
                label,
                partial(self._hold_bill, bill),
                px=BODY - 1,
            )
        names = (*codes.PAYMENT_CODES, "two")
        for name, cell in zip(names, phones.grid(COLUMNS, CODE_ROWS, 6), strict=True):
            action = self._two if name == "two" else partial(self._hold_code, name)
            board.key(cell, f"cabinet:code:{name}", say(f"camera.code.{name}"), action, px=BODY - 1)

    def refresh_view(self) -> None:
        """The picture alone changes ten times a second."""
        if self._view is not None and self._stamp() != self._view_of:
            self._view.canvas.children[-1].texture = self._texture()

    def _stamp(self) -> tuple[str, int]:
        path = self._camera.get("preview") or ""
        try:
            return path, Path(path).stat().st_mtime_ns if path else 0
        except FileNotFoundError:
            return path, 0

    def _texture(self) -> Any:
        self._view_of = self._stamp()
        try:
            with Image.open(self._view_of[0]) as seen:
                return as_texture(seen.convert("RGBA"))
        except (OSError, ValueError):  # no picture yet, or the camera is out
            return as_texture(Image.new("RGBA", (4, 3), (10, 12, 15, 255)))

    # ---- what a person does

    def _choose(self, how: str) -> None:
        self._how = how

    def _hold_bill(self, bill: Bill) -> None:
        world = self._scene.world
        if self._how == "scanner":
            world.do("scanner", "scan", text=bill.qr)
        elif self._how == "bars":
            world.do("camera", "show", text=bill.bars, kind="code128", carrier="paper")
        else:
            world.do("camera", "show", text=bill.qr, kind="qr", carrier="paper")

    def _hold_code(self, name: str) -> None:
        text = codes.PAYMENT_CODES[name]()
        world = self._scene.world
        if self._how == "scanner":
            world.do("scanner", "scan", text=text)
        elif self._how == "bars" and text.isdigit():
            world.do("camera", "show", text=text, kind="code128", carrier="phone")
        else:
            world.do("camera", "show", text=text, kind="qr", carrier="phone")

    def _two(self) -> None:
        if self._how == "scanner":  # one after the other: a scanner has no eyes for two
            for name in ("wechat", "alipay"):
                self._hold_code(name)
        else:
            self._scene.world.do("camera", "show_two", a=codes.wechat(), b=codes.alipay(), carrier="phone")
