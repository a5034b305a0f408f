"""Characters on a receipt: which may be printed, how wide they are, where a line may break."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

# What customers' data holds against what printers hold (printing-and-codes §A1: U+00A5 comes out as "0 6").
_SAME_BUT_PRINTABLE: Final = str.maketrans({"\u00a5": "￥", "\u2022": "·", "\u30fb": "·", "\u2011": "-"})
_NOTHING: Final = ("Cc", "Cf", "Cs")  # controls (so ESC, GS, DLE …), invisible formats, lone surrogates
_SPACE: Final = ("Zs", "Zl", "Zp")
_NO_LINE_STARTS_WITH: Final = frozenset("，。、；：？！）》〉」』】〕］｝”’…—·％℃元,.;:?!)]}%")
_NO_LINE_ENDS_WITH: Final = frozenset("（《〈「『【〔［｛“‘￥＄([{$")
_AFTER_HYPHEN: Final = re.compile("(?<=[-/])")


def clean(text: str) -> str:
    """`text` as it may go on paper: no control or invisible character survives, white space becomes spaces."""
    return "".join(_clean(character) for character in text.translate(_SAME_BUT_PRINTABLE))


def _clean(character: str) -> str:
    if " " <= character <= "~":
        return character
    category = unicodedata.category(character)
    if character in "\t\n\v\f\r\x85" or (category in _SPACE and character != "\u3000"):
        return " "
    if category in _NOTHING or _is_variation_selector(character):
        return ""
    return character


def _is_variation_selector(character: str) -> bool:
    """They pick among forms of one character; no printer font has more than one."""
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def columns_of(character: str) -> int:
    """2 for Chinese and whatever else a Chinese printer gives a full cell, 0 for combining marks, else 1."""
    if " " <= character <= "~":
        return 1
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WFA" else 1


def width(text: str) -> int:
    """Columns that `text` takes."""
    return sum(map(columns_of, text))


def cells(text: str) -> Iterator[tuple[str, int]]:
    """Characters with the marks that combine with them, and their width: ("é", 1), ("中", 2)."""
    cell = ""
    for character in text:
        if cell and columns_of(character):
            yield cell, width(cell)
            cell = ""
        cell += character
    if cell:
        yield cell, width(cell)


def wrap(text: str, limit: int) -> list[str]:
    """Cut cleaned `text` into lines of at most `limit` columns (at least 2), at least one line.

    Words and numbers stay whole where they fit on a line; closing punctuation never starts a line and
    opening punctuation never ends one (避头尾)."""
    lines = [""]
    for piece in _unbreakable(text):
        if width(lines[-1]) + width(piece) <= limit:
            lines[-1] += piece
        elif piece == " ":
            lines.append("")  # the space is where the line breaks
        elif width(piece) <= limit:
            lines.append(piece)
        else:
            _fill(lines, piece, limit)
    return [line.rstrip(" ") for line in lines if line.strip(" ")] or [""]


def balanced(text: str, limit: int) -> list[str]:
    """As `wrap`, in lines of about the same length: a centred heading leaves no single character behind."""
    lines = wrap(text, limit)
    for narrower in range(limit - 1, 1, -1):
        candidate = wrap(text, narrower)
        if len(candidate) > len(lines):
            break
        lines = candidate
    return lines


def _unbreakable(text: str) -> Iterator[str]:
    piece, last = "", ""
    for cell, _ in cells(text):
        if piece and not _belong_together(last, cell):
            yield piece
            piece = ""
        piece += cell
        last = cell
    if piece:
        yield piece


def _belong_together(left: str, right: str) -> bool:
    if " " in (left, right):
        return False
    if left[0] in _NO_LINE_ENDS_WITH or right[0] in _NO_LINE_STARTS_WITH:
        return True
    return width(left) == 1 and width(right) == 1


def _fill(lines: list[str], piece: str, limit: int) -> None:
    """A piece longer than a line is cut after its hyphens, else wherever the line is full."""
    for part in _AFTER_HYPHEN.split(piece):
        if lines[-1] and width(lines[-1]) + width(part) > limit >= width(part):
            lines.append("")
        for cell, columns in cells(part):
            if width(lines[-1]) + columns > limit:
                lines.append("")
            lines[-1] += cell
