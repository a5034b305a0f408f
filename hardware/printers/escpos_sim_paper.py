"""The paper of the simulated printer: strips of dots in, pieces of paper out, as PNG at true dots.

The knife sits above the print head, as in the real thing: what was printed last is still inside, and a
cut without feed leaves it on the next piece.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from PIL import Image

DOTS_PER_MM = 8
DPI = 203
HEAD_TO_KNIFE_DOTS = 112  # 14 mm, as on common 80 mm printers
LONGEST_UNCUT_DOTS = 24_000  # 3 m: by then the paper has reached the floor, and somebody tears it off
PIECES_KEPT = 200  # in memory; the PNG files all stay


@dataclass(frozen=True)
class Strip:
    """Paper moved by `height` dots, with `ink` (bilevel, 1 is ink, as wide as the paper) burnt on it or nothing."""

    height: int
    ink: Image.Image | None = None
    text: str = ""  # what a person reads here
    qr: tuple[str, ...] = ()


@dataclass(frozen=True)
class Piece:
    """A piece of paper that left the printer. `cut` is False when it was torn or pulled out."""

    png: str
    text: str
    qr: list[str]
    cut: bool

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Paper:
    """One roll and what came off it."""

    def __init__(self, folder: Path, dots: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._dots = dots
        self.current_png = folder / "current.png"
        self.current_png.unlink(missing_ok=True)
        self.pieces: list[Piece] = []
        self.piece_count = 0
        numbers = (re.fullmatch(r"piece-(\d+)\.png", file.name) for file in folder.iterdir())
        self._number = max((int(found[1]) for found in numbers if found), default=0)
        self.load()

    def load(self) -> None:
        """A new roll, threaded up to the knife."""
        self._strips = [Strip(HEAD_TO_KNIFE_DOTS)]
        self._length = HEAD_TO_KNIFE_DOTS
        self._shown = -1

    @property
    def outside_dots(self) -> int:
        """How much uncut paper hangs out of the slot."""
        return self._length - HEAD_TO_KNIFE_DOTS

    @property
    def text(self) -> str:
        """What is printed on the uncut paper, also where it is still inside."""
        return _text(self._strips)

    def add(self, strip: Strip) -> None:
        self._strips.append(strip)
        self._length += strip.height
        if self._length > LONGEST_UNCUT_DOTS:
            self.take_off(cut=False)

    def take_off(self, cut: bool) -> Piece | None:
        """Part the paper at the knife and save the outer piece; None when nothing hangs out."""
        return self._save(self.outside_dots, cut)

    def pull_out(self) -> Piece | None:
        """The whole old paper is pulled out by hand, also what was still inside."""
        piece = self._save(self._length, cut=False) if any(strip.ink for strip in self._strips) else None
        self.load()
        return piece

    @property
    def changed(self) -> bool:
        """`current.png` is older than the paper."""
        return self._shown != self._length

    def show_current(self) -> None:
        """Bring `current.png` up to date: what hangs out of the slot; no file when that is nothing."""
        self._shown = self._length
        if self.outside_dots <= 0:
            self.current_png.unlink(missing_ok=True)
            return
        outer, _ = _part(self._strips, self.outside_dots)
        self._write(outer, self.current_png)

    def _save(self, at: int, cut: bool) -> Piece | None:
        if at <= 0:
            return None
        outer, self._strips = _part(self._strips, at)
        self._length -= at
        self._shown = -1
        self._number += 1
        file = self._folder / f"piece-{self._number:04d}.png"
        self._write(outer, file)
        piece = Piece(str(file), _text(outer), [code for strip in outer for code in strip.qr], cut)
        self.pieces = [*self.pieces, piece][-PIECES_KEPT:]
        self.piece_count += 1
        return piece

    def _write(self, strips: list[Strip], file: Path) -> None:
        page = Image.new("1", (self._dots, sum(strip.height for strip in strips)), 1)
        y = 0
        for strip in strips:
            if strip.ink:
                page.paste(0, (0, y), mask=strip.ink)
            y += strip.height
        fresh = file.with_name(f".{file.name}.new")
        page.save(fresh, format="PNG", dpi=(DPI, DPI))
        fresh.replace(file)


def _text(strips: Iterable[Strip]) -> str:
    return "\n".join(strip.text for strip in strips if strip.text)


def _part(strips: list[Strip], at: int) -> tuple[list[Strip], list[Strip]]:
    """Cut the paper `at` dots from its front end. The words of a line that is cut through go with its upper part."""
    outer: list[Strip] = []
    inner: list[Strip] = []
    y = 0
    for strip in strips:
        above = min(max(at - y, 0), strip.height)
        if above == strip.height:
            outer.append(strip)
        elif above == 0:
            inner.append(strip)
        else:
            outer.append(Strip(above, _rows(strip.ink, 0, above), strip.text, strip.qr))
            inner.append(Strip(strip.height - above, _rows(strip.ink, above, strip.height)))
        y += strip.height
    return outer, inner


def _rows(ink: Image.Image | None, top: int, bottom: int) -> Image.Image | None:
    if ink is None or top >= ink.height:
        return None
    return ink.crop((0, top, ink.width, min(bottom, ink.height)))
