"""Choices as large tiles: an icon and a name each, all of one form, as many leaves as they need."""

from __future__ import annotations

from typing import Final, NamedTuple

from screens import typeset
from screens.frame import Frame
from screens.sheet import Sheet
from screens.widgets.press import OFF, TILE, Action, Look

MOST_CHOICES: Final = 6  # accessibility facts 5.1
MOST_ICON_MM: Final = 18
LEAST_ICON_MM: Final = 9
NOWHERE: Final = Frame(0, 0, 0, 0)


class Tile(NamedTuple):
    """`off`: why it can not be pressed now, said and shown below the name."""

    name: str
    label: str
    action: Action
    icon: str = ""
    look: Look = TILE
    off: str = ""


def tiles(sheet: Sheet, area: Frame, choices: list[Tile], px: int | None = None) -> None:
    """In the first grid in which each name has room; what is too many for one leaf goes to the next."""
    if not choices:
        return
    columns, rows, px = _grid(sheet, area, choices, px or sheet.theme.button)
    most = min(columns * rows, MOST_CHOICES)
    leaves = [choices[i : i + most] for i in range(0, len(choices), most)]
    gap = _gap(sheet, rows)
    for cell, tile in zip(area.grid(columns, rows, gap), sheet.page_of(leaves), strict=False):
        _draw(sheet, cell, tile, px)


def all_tiles(sheet: Sheet, area: Frame, choices: list[Tile]) -> None:
    """All of them at once, in as many rows as `rows_for` says: for a few short names."""
    rows = rows_for(sheet, area.w, choices)
    columns = -(-len(choices) // rows)
    px = sheet.theme.text_steps[min(1, len(sheet.theme.text_steps) - 1)]
    for cell, tile in zip(area.grid(columns, rows, _gap(sheet, rows)), choices, strict=False):
        _draw(sheet, cell, tile, px)


def rows_for(sheet: Sheet, width: float, choices: list[Tile]) -> int:
    """How many rows of equal columns all of them need, names in one line, without leaves."""
    px = sheet.theme.text_steps[min(1, len(sheet.theme.text_steps) - 1)]
    for rows in range(1, len(choices) + 1):
        columns = -(-len(choices) // rows)
        cell = Frame(0, 0, width, 10_000).grid(columns, 1, _gap(sheet, rows))[0]
        room = cell.w - 2 * sheet.theme.pad
        if all(sheet.width(tile.label, px, bold=True) <= room for tile in choices):
            return rows
    return len(choices)


def _gap(sheet: Sheet, rows: int) -> float:
    return sheet.theme.gap if rows < 3 else sheet.theme.touch_gap


def _grid(sheet: Sheet, area: Frame, choices: list[Tile], most_px: int) -> tuple[int, int, int]:
    """Columns, rows and the size of the names. Fewer tiles on a leaf rather than smaller words, if it can be."""
    count = min(len(choices), MOST_CHOICES)
    shapes = {(-(-count // rows), rows) for rows in (1, 2, 3)} | {(1, count), (2, 2), (1, 3), (1, 2), (1, 1)}
    steps = [px for px in (most_px, *sheet.theme.text_steps) if px <= most_px]
    wanted = sorted(
        shapes, key=lambda s: (-min(s[0] * s[1], count), abs(area.w / s[0] - 2.2 * area.h / s[1]))
    )
    for px in steps[:2]:
        for columns, rows in wanted:
            if _fits(sheet, area, choices, columns, rows, px):
                return columns, rows, px
    return 1, 1, sheet.theme.least


def _fits(sheet: Sheet, area: Frame, choices: list[Tile], columns: int, rows: int, px: int) -> bool:
    cell = area.grid(columns, rows, _gap(sheet, rows))[0]
    least = sheet.theme.button_h
    if cell.h < least or cell.w < least:
        return False
    return all(_places(sheet, cell, tile, px) is not None for tile in choices)


def _places(sheet: Sheet, cell: Frame, tile: Tile, px: int) -> tuple[Frame, Frame, Frame, str] | None:
    """Where icon, name and reason go: above each other if there is room, else side by side, else no icon."""
    theme = sheet.theme
    inner = cell.inset(theme.pad, theme.pad * 0.5)
    for form in ("above", "beside", "bare") if tile.icon else ("bare",):
        icon, words, align = NOWHERE, inner, "center"
        if form == "above":
            words_h = _words_height(sheet, tile, px, inner.w)
            side = min(inner.h - words_h - theme.pad * 0.4, theme.mm(MOST_ICON_MM))
            if side < theme.mm(LEAST_ICON_MM):
                continue
            block = inner.centred(inner.w, side + theme.pad * 0.4 + words_h)
            icon, words = block.from_top(side, theme.pad * 0.4)
        elif form == "beside":
            side = min(inner.h, theme.mm(12))
            icon, words = inner.from_left(side, theme.pad)
            align = "left"
        words_h = _words_height(sheet, tile, px, words.w)
        block = words.centred(words.w, words_h)
        name, why = block.from_top(sheet.height(tile.label, px, words.w, bold=True))
        lines = typeset.wrap(tile.label, px, True, words.w)
        if max(typeset.width(line, px, True) for line in lines) > words.w:
            continue
        if words_h <= words.h + 1 and sheet.fits(tile.label, px, Frame(0, 0, words.w, words.h), bold=True):
            return icon, name, why, align
    return None


def _words_height(sheet: Sheet, tile: Tile, px: int, width: float) -> float:
    below = sheet.height(tile.off, sheet.theme.least, width) if tile.off else 0
    return sheet.height(tile.label, px, width, bold=True) + below


def _draw(sheet: Sheet, cell: Frame, tile: Tile, px: int) -> None:
    look = OFF if tile.off else tile.look
    action = None if tile.off else tile.action
    sheet.press(cell, tile.name, action, look, spoken=tile.label, value=tile.off)
    icon, name, why, align = _places(sheet, cell, tile, px) or (
        NOWHERE,
        *cell.inset(sheet.theme.pad).from_top(cell.h * 0.7),
        "left",
    )
    ink = "primary" if look is TILE else look.words
    sheet.icon(icon, tile.icon, ink, look.tint)
    sheet.text(name, tile.label, px, look.words, bold=True, align=align, spoken="")
    sheet.text(why, tile.off, sheet.theme.least, "error", align=align, spoken="")
