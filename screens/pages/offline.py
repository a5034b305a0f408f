"""The core is away. This page needs nothing from it and says so in both languages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from screens import typeset
from screens.frame import Frame
from screens.theme import Theme
from screens.widgets.base import Picture
from screens.widgets.press import icon_texture
from screens.widgets.text import Text
from screens.words import Words


def build(theme: Theme, languages: Sequence[Words], glass: Frame, add: Callable[[Any], None]) -> None:
    area = glass.inset(theme.margin * 1.5, theme.margin)
    lines: list[tuple[str, int, bool, str]] = []
    for words in languages:
        lines.append((words.text("offline.title"), theme.title, True, "text"))
        lines.append((words.text("offline.safe"), theme.small, False, "text2"))
    heights = [typeset.height(text, px, bold, area.w) for text, px, bold, _ in lines]
    gap = theme.pad
    side = min(theme.mm(22), area.h - sum(heights) - gap * len(lines))
    block = area.centred(area.w, side + gap + sum(heights) + gap * (len(lines) - 1))
    place, block = block.from_top(side, gap)
    if side > 0:
        square = place.centred(side, side)
        add(Picture(square, icon_texture(theme, "wait", int(side), "primary", "tint")))
    for (text, px, bold, colour), height in zip(lines, heights, strict=True):
        line, block = block.from_top(height, gap)
        add(Text(line, text, px, theme.colour(colour), bold=bold, align="center"))
