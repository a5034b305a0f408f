"""A page of few words: an icon and lines below it, as a block in the middle."""

from __future__ import annotations

from typing import Final

from screens.frame import Frame
from screens.sheet import Sheet
from screens.theme import Rank, Theme

NOWHERE: Final = Frame(0, 0, 0, 0)
LADDER: Final = 6  # sizes from the amount down to the smallest legal one
Line = tuple[str, int, str, bool]  # words, px, colour, bold


def stacked(
    sheet: Sheet, area: Frame, icon: str, lines: list[Line], ink: str = "primary", tint: str = "tint"
) -> None:
    """Without room the icon goes to the left, then it goes; last the lines step down, each to the next size of the
    theme. The largest (an amount) steps down first: running text keeps its size as long as it can."""
    theme = sheet.theme
    lines = [line for line in lines if line[0]]
    ranks = [Rank.CAPTION if px < theme.body else Rank.READ for _, px, _, _ in lines]
    gap = theme.pad * 0.8
    needed = _needed(sheet, lines, area.w, gap)
    side = min(theme.mm(24), area.h - needed - gap)
    if side >= theme.mm(11):
        block = area.centred(area.w, side + gap + needed)
        place, block = block.from_top(side, gap)
        align = "center"
    else:
        side = min(theme.mm(16), area.h)
        place, beside = area.from_left(side, theme.gap)
        if not _keeps_its_size(sheet, lines, beside) and _keeps_its_size(sheet, lines, area):
            place, beside = NOWHERE, area
        lines, gap = _stepped_down(sheet, lines, beside, gap)
        block = beside.centred(beside.w, _needed(sheet, lines, beside.w, gap))
        align = "left"
    sheet.icon(place, icon, ink, tint)
    for (words, px, colour, bold), rank in zip(lines, ranks, strict=True):
        line, block = block.from_top(sheet.height(words, px, block.w, bold), gap)
        sheet.text(line, words, px, colour, bold=bold, align=align, rank=rank)


def _keeps_its_size(sheet: Sheet, lines: list[Line], frame: Frame) -> bool:
    """Running text stays as large as was chosen, if what is larger gives way."""
    stepped, air = _stepped_down(sheet, lines, frame, sheet.theme.pad * 0.8)
    return _needed(sheet, stepped, frame.w, air) <= frame.h and all(
        new[1] >= min(old[1], sheet.theme.body) for old, new in zip(lines, stepped, strict=True)
    )


def _needed(sheet: Sheet, lines: list[Line], width: float, gap: float) -> float:
    heights = (sheet.height(words, px, width, bold) for words, px, _, bold in lines)
    return sum(heights) + gap * (len(lines) - 1)


def _stepped_down(sheet: Sheet, lines: list[Line], frame: Frame, gap: float) -> tuple[list[Line], float]:
    tries = [(steps, sheet.theme.body) for steps in range(LADDER)] + [(n, 0) for n in range(LADDER)]
    for steps, least in tries:
        smaller = [
            (words, max(_down(sheet.theme, px, steps), min(px, least)), colour, bold)
            for words, px, colour, bold in lines
        ]
        for air in (gap, gap * 0.3):
            if _needed(sheet, smaller, frame.w, air) <= frame.h:
                return smaller, air
    return smaller, 0


def _down(theme: Theme, px: int, steps: int) -> int:
    ladder = sorted({theme.amount, theme.digit, theme.title, *theme.text_steps}, reverse=True)
    return ladder[min(ladder.index(px) + steps, len(ladder) - 1)]
