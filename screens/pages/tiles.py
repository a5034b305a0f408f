"""Choices as large tiles: an icon and a name each, all of one form, as many leaves as they need."""

from __future__ import annotations

import itertools
from typing import Final, NamedTuple

from screens import typeset
from screens.frame import Frame
from screens.sheet import Sheet
from screens.theme import Rank
from screens.typeset import ONE_LINE
from screens.widgets.press import OFF, TILE, Action, Look

MOST_CHOICES: Final = 6  # accessibility facts 5.1
MOST_CHOICES_LOW: Final = 4  # the same on 7 inch
FORMS: Final = ("above", "either", "bare")  # where the icon stands to the name; either: above, else beside
MOST_LINES: Final = 2  # of a name
LEAST_SHAPE: Final = 0.8  # width ÷ height of a tile
MOST_ICON_MM: Final = 18
LEAST_ICON_MM: Final = 9
TIGHT_ICON_MM: Final = 7  # rather than none
NOWHERE: Final = Frame(0, 0, 0, 0)


Places = tuple[Frame, Frame, Frame, str]  # icon, name, reason; how the words are aligned


class Tile(NamedTuple):
    """`off`: why it can not be pressed now, said and shown below the name."""

    name: str
    label: str
    action: Action
    icon: str = ""
    look: Look = TILE
    off: str = ""


class Grid(NamedTuple):
    """`px`: of the names; `form`: where the icons stand, the same for all, so that the eye finds them."""

    columns: int
    rows: int
    px: int
    form: str


def tiles(sheet: Sheet, area: Frame, choices: list[Tile], px: int | None = None, before: int = 0) -> None:
    """In the first grid in which each name has room; what is too many for one leaf goes to the next. So many leaves
    of the page stand `before` these."""
    if not choices:
        return
    grid = _grid(sheet, area, choices, px or sheet.theme.button)
    most = min(grid.columns * grid.rows, _most(sheet))
    none: list[Tile] = []
    leaves = [none] * before + [choices[i : i + most] for i in range(0, len(choices), most)]
    for cell, tile in zip(_cells(sheet, area, grid), sheet.page_of(leaves), strict=False):
        _draw(sheet, cell, tile, grid)


def all_tiles(sheet: Sheet, area: Frame, choices: list[Tile]) -> None:
    """All of them at once, with pictures if any arrangement has room for them: for a few short names."""
    usual = Grid(
        -(-len(choices) // (rows := rows_for(sheet, area.w, choices))), rows, _name_px(sheet), "bare"
    )
    counts = range(1, len(choices) + 1)
    every = itertools.chain.from_iterable(
        itertools.product(sheet.theme.text_steps, forms, counts) for forms in (FORMS[:2], FORMS[2:])
    )
    grids = (Grid(-(-len(choices) // rows), rows, px, form) for px, form, rows in every)
    grid = next((grid for grid in grids if _fits(sheet, area, choices, grid)), usual)
    for cell, tile in zip(_cells(sheet, area, grid), choices, strict=False):
        _draw(sheet, cell, tile, grid)


def least_height(sheet: Sheet) -> float:
    """Pixels of a tile with its picture above a name of one line."""
    return _name_px(sheet) * ONE_LINE + sheet.theme.mm(LEAST_ICON_MM) + sheet.theme.pad * 1.5


def _name_px(sheet: Sheet) -> int:
    """Of tiles that stand below a page."""
    return sheet.theme.small if sheet.theme.low else sheet.theme.body


def _most(sheet: Sheet) -> int:
    return MOST_CHOICES_LOW if sheet.theme.low else MOST_CHOICES


def rows_for(sheet: Sheet, width: float, choices: list[Tile]) -> int:
    """How many rows of equal columns all of them need, names in one line, without leaves."""
    px = _name_px(sheet)
    for rows in range(1, len(choices) + 1):
        columns = -(-len(choices) // rows)
        cell = Frame(0, 0, width, 10_000).grid(columns, 1, _gap(sheet, rows))[0]
        room = cell.w - 2 * sheet.theme.pad
        if all(sheet.width(tile.label, px, bold=True) <= room for tile in choices):
            return rows
    return len(choices)


def _gap(sheet: Sheet, rows: int) -> float:
    return sheet.theme.gap if rows < 3 and not sheet.theme.low else sheet.theme.touch_gap


def _cells(sheet: Sheet, area: Frame, grid: Grid) -> list[Frame]:
    return area.grid(grid.columns, grid.rows, _gap(sheet, grid.rows))


def _grid(sheet: Sheet, area: Frame, choices: list[Tile], most_px: int) -> Grid:
    """Pictures and words as large as the text, on as few leaves as that needs; rather than one by one, smaller."""
    count = min(len(choices), _most(sheet))
    shapes = {(-(-count // rows), rows) for rows in (1, 2, 3)} | {
        (1, count),
        (2, 2),
        (1, 3),
        (2, 1),
        (1, 2),
        (1, 1),
    }
    steps = [px for px in (most_px, *sheet.theme.text_steps) if px <= most_px]
    few = range(count, min(count, 2) - 1, -1)
    large = 3 if sheet.theme.low else 2  # a low glass rather shows smaller words than few of them
    tries = (
        (few, FORMS[:2], steps[:large]),
        (few, FORMS[:2], steps[large:]),
        (range(count, 0, -1), FORMS, steps),
    )
    for held, form, px in itertools.chain.from_iterable(itertools.product(*these) for these in tries):
        wanted = [
            (columns, rows)
            for columns, rows in shapes
            if min(columns * rows, count) == held
            and columns * (rows - 1) < count  # none of its lines is empty
        ]
        for columns, rows in sorted(wanted, key=lambda s: abs(area.w / s[0] - 2.2 * area.h / s[1])):
            grid = Grid(columns, rows, px, form)
            if _fits(sheet, area, choices, grid):
                return grid
    return Grid(1, 1, sheet.theme.least, "bare")


def _fits(sheet: Sheet, area: Frame, choices: list[Tile], grid: Grid) -> bool:
    cell = _cells(sheet, area, grid)[0]
    if cell.h < sheet.theme.button_h or cell.w < LEAST_SHAPE * cell.h:
        return False
    return all(_placed(sheet, cell, tile, grid.px, grid.form) for tile in choices)


def _placed(sheet: Sheet, cell: Frame, tile: Tile, px: int, form: str) -> Places | None:
    """Where icon, name and reason go in this form; None: no room."""
    if form == "either":
        tries = (_placed(sheet, cell, tile, px, one) for one in ("above", "beside", "tight"))
        return next((places for places in tries if places), None)
    theme = sheet.theme
    inner = cell.inset(theme.pad, theme.pad * 0.5)
    icon, words, align = NOWHERE, inner, "center"
    if form in ("above", "tight") and tile.icon:
        words_h = _words_height(sheet, tile, px, inner.w)
        side = min(inner.h - words_h - theme.pad * 0.4, theme.mm(MOST_ICON_MM))
        if side < theme.mm(TIGHT_ICON_MM if form == "tight" else LEAST_ICON_MM):
            return None
        block = inner.centred(inner.w, side + theme.pad * 0.4 + words_h)
        icon, words = block.from_top(side, theme.pad * 0.4)
    elif form == "beside" and tile.icon:
        icon, words = inner.from_left(min(inner.h, theme.mm(12)), theme.pad)
        align = "left"
    words_h = _words_height(sheet, tile, px, words.w)
    block = words.centred(words.w, words_h)
    name, why = block.from_top(sheet.height(tile.label, px, words.w, bold=True))
    lines = typeset.wrap(tile.label, px, True, words.w)
    if max(typeset.width(line, px, True) for line in lines) > words.w or (
        tile.icon and len(lines) > MOST_LINES
    ):
        return None
    room = Frame(0, 0, words.w, words.h + 1)  # a pixel for what rounding took
    fits = words_h <= room.h and sheet.fits(tile.label, px, room, bold=True)
    return (icon, name, why, align) if fits else None


def _words_height(sheet: Sheet, tile: Tile, px: int, width: float) -> float:
    below = sheet.height(tile.off, sheet.theme.least, width) if tile.off else 0
    return sheet.height(tile.label, px, width, bold=True) + below


def _draw(sheet: Sheet, cell: Frame, tile: Tile, grid: Grid) -> None:
    look = OFF if tile.off else tile.look
    action = None if tile.off else tile.action
    sheet.press(cell, tile.name, action, look, spoken=tile.label, value=tile.off)
    icon, name, why, align = _placed(sheet, cell, tile, grid.px, grid.form) or (
        NOWHERE,
        *cell.inset(sheet.theme.pad).from_top(cell.h * 0.7),
        "left",
    )
    ink = "primary" if look is TILE else look.words
    sheet.icon(icon, tile.icon, ink, look.tint)
    sheet.text(name, tile.label, grid.px, look.words, bold=True, align=align, spoken="")
    sheet.text(why, tile.off, sheet.theme.least, "error", align=align, spoken="", rank=Rank.SECOND)
