"""How wide a text is and where its lines break.

Kivy breaks lines at spaces only, which Chinese does not have, and would begin a line with a comma. Lines here
break between any two Chinese characters but never before closing punctuation, and Latin words stay whole."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from kivy.core.text import Label as CoreLabel

from screens.fonts import FAMILY
from screens.words import BREAK

LEADING: Final = 1.4  # line distance in em: at least 1.3 (MIIT 2021)
ONE_LINE: Final = 1.18  # box of a single line in em: ink is 1.1 em from the highest to the lowest stroke
LIFT: Final = 0.06  # em by which the ink of Noto CJK stands below the middle of its line box

_CLOSING: Final = "，。！？；：、）》”’%,.!?;:)…"
_OPENING: Final = "（《“‘(¥"
_MAY_END = re.compile(rf"(?<=[{BREAK}，。；！？：\s])")
_PIECE = re.compile(r"[A-Za-z0-9¥*#@&%/+\-_.,:;'\"’!?()]+|\s+|.")
_HANZI = re.compile(r"[一-鿿]")


T = TypeVar("T")

_standing: set[str] = set()


def keep(phrases: Iterable[str]) -> None:
    """These are the same in every visit: what was worked out for them survives `forget`."""
    _standing.update(phrases)


def forget() -> None:
    """Drop every text that came with a visit: nothing of it stays in memory after it."""
    for passing in _passing:
        passing.cache_clear()


_passing: list[Any] = []


def _remembered(most: int) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """Results by text, at most so many; those for phrases apart from those for what a visit brought."""

    def around(work: Callable[..., T]) -> Callable[..., T]:
        standing, passing = functools.lru_cache(most)(work), functools.lru_cache(most)(work)
        _passing.append(passing)

        @functools.wraps(work)
        def found(text: str, *how: Any) -> T:
            known = len(text) <= 1 or text in _standing  # a single character tells nothing of anybody
            return (standing if known else passing)(text, *how)

        return found

    return around


@functools.lru_cache(maxsize=64)
def _face(px: int, bold: bool) -> CoreLabel:
    return CoreLabel(font_name=FAMILY, font_size=px, bold=bold)


@_remembered(4096)
def width(text: str, px: int, bold: bool = False) -> int:
    """Pixels of one line."""
    text = text.replace(BREAK, "")
    return int(_face(px, bold).get_extents(text)[0]) if text else 0


@_remembered(512)
def texture(text: str, px: int, bold: bool) -> Any:
    """One line in white, to be tinted; None for nothing to show."""
    if not text.strip():
        return None
    label = CoreLabel(text=text, font_name=FAMILY, font_size=px, bold=bold)
    label.refresh()
    # It stands on whole pixels in its own size: nothing to be smoothed, which would cost more than all the rest of it.
    label.texture.min_filter = label.texture.mag_filter = "nearest"
    return label.texture


@_remembered(1024)
def wrap(text: str, px: int, bold: bool, limit: float, loose: bool = False) -> tuple[str, ...]:
    """Lines not wider than `limit` pixels, about equally long, rather ending at punctuation.

    `loose`: one line more is allowed, so that lines end only where the phrase lets them."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        anywhere = paragraph.replace(BREAK, "")
        count = len(_fill(anywhere, px, bold, limit))
        if count == 1:
            lines.append(anywhere)
            continue
        kept = len(_fill(paragraph, px, bold, limit))
        if kept <= count + loose:
            lines += _balanced(paragraph, px, bold, limit, kept)
        else:
            lines += _balanced(anywhere, px, bold, limit, count)
    shown = tuple(line.replace(BREAK, "").strip() for line in lines)
    if text in _standing:
        keep(shown)
    return shown


def _balanced(text: str, px: int, bold: bool, limit: float, count: int) -> list[str]:
    """The narrowest column that still needs only `count` lines: no single character on a last line."""
    widest = max(width(piece.strip(), px, bold) for piece in _pieces(text))
    low, high = min(limit, max(limit / 2, widest)), limit  # narrower, a word would be broken
    while high - low > px / 2:
        middle = (low + high) / 2
        if len(_fill(text, px, bold, middle)) <= count:
            high = middle
        else:
            low = middle
    at_comma = _fill(text, px, bold, limit, prefer_comma=True)
    lengths = [width(line, px, bold) for line in at_comma]
    if len(at_comma) == count and min(lengths) >= 0.4 * max(lengths):
        return at_comma
    return _fill(text, px, bold, high)


def _fill(text: str, px: int, bold: bool, limit: float, prefer_comma: bool = False) -> list[str]:
    lines, line = [], ""
    pieces = _pieces(text)
    while pieces:
        piece = pieces.pop(0)
        if width((line + piece).rstrip(), px, bold) <= limit:
            line += piece
            continue
        if not line.strip():  # one word wider than the line: break inside it
            fit = max(1, _fitting(piece, px, bold, limit))
            lines.append(piece[:fit])
            if piece[fit:]:
                pieces.insert(0, piece[fit:])
            line = ""
            continue
        if prefer_comma:
            cut = max(line.rfind(mark) for mark in "，。；！？：") + 1
            if cut and width(line[:cut], px, bold) >= 0.4 * limit and line[cut:]:
                pieces.insert(0, piece)
                line, piece = line[:cut], line[cut:]
        lines.append(line.rstrip())
        line = piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _pieces(text: str) -> list[str]:
    """What stays on one line: as the phrase says, else single Chinese characters and whole Latin words."""
    if BREAK in text:
        return [piece for piece in _MAY_END.split(text) if piece]
    return _glued(_PIECE.findall(text))


def _glued(pieces: list[str]) -> list[str]:
    """Closing marks stay with the two characters before them, opening ones with the one after: of a word that ends at
    a comma no single character goes to the next line."""
    glued: list[str] = []
    for piece in pieces:
        if glued and (piece[0] in _CLOSING or glued[-1][-1] in _OPENING) and not glued[-1].isspace():
            glued[-1] += piece
            if len(glued) > 1 and _HANZI.fullmatch(glued[-2]) and _HANZI.match(glued[-1]):
                glued[-2:] = ["".join(glued[-2:])]
        else:
            glued.append(piece)
    return glued


def _fitting(word: str, px: int, bold: bool, limit: float) -> int:
    return next((n for n in range(len(word), 0, -1) if width(word[:n], px, bold) <= limit), 1)


def height(text: str, px: int, bold: bool, limit: float, loose: bool = False) -> float:
    """Pixels that the wrapped text needs."""
    return height_of_lines(len(wrap(text, px, bold, limit, loose)), px)


def height_of_lines(count: int, px: int) -> float:
    return px * (ONE_LINE + LEADING * (count - 1))
