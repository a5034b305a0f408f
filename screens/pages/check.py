"""请核对: the six items in their order, two beside each other, then how the amount came about; as many pages as
they need."""

from __future__ import annotations

import itertools
from typing import Final, NamedTuple

from kiosk.contract import CheckItem, CheckItems, CheckRow, SumLine
from screens.frame import Frame
from screens.sheet import Foot, Sheet
from screens.theme import Rank
from screens.typeset import ONE_LINE

AIRS: Final = (
    0.7,
    0.35,
)  # of the pad, between the cells and within them: rather less of it than another leaf


class Together(NamedTuple):
    """Parts of the sum in a line; their reasons are heard."""

    parts: tuple[SumLine, ...]


Items = tuple[CheckRow, ...]  # beside each other
Line = Items | SumLine | Together
Plan = tuple[list[list[Line]], float]  # leaves, and the gap between their lines


def build(sheet: Sheet, page: CheckItems) -> Foot:
    theme = sheet.theme
    area = sheet.area
    if page.age:
        words = sheet.message(page.age)
        note, area = area.from_top(sheet.height(words, theme.small, area.w), theme.pad * 0.5)
        sheet.text(note, words, theme.small, "text2", rank=Rank.NEWS)

    whole, columns = area, _columns(sheet, area, page)
    leaves, gap = _plan(sheet, area, columns, page)
    shown = sheet.page_of(leaves)
    heights = [_line_height(sheet, line, area, columns, gap, page) for line in shown]
    grows = [not _is_hint(line) for line in shown]
    spare = min((area.h - sum(heights) - gap * (len(heights) - 1)) / max(1, sum(grows)), theme.mm(6))
    for line, height, more in zip(shown, heights, grows, strict=True):
        place, area = area.from_top(height + spare * more, gap)
        if isinstance(line, SumLine):
            _sum(sheet, place, line, _sum_px(sheet, whole, line))
        elif isinstance(line, Together):
            _together(sheet, place, line)
        else:
            for cell, row in zip(_cells(sheet, place, line, columns, gap, page), line, strict=False):
                _cell(sheet, cell, row, page, gap, beside=columns == 1)
    return Foot(main=sheet.act("main", page.right, "tick"), second=sheet.act("wrong", page.wrong))


def _plan(sheet: Sheet, area: Frame, columns: int, page: CheckItems) -> Plan:
    """The first that needs no leaf more than any other: air goes first, then the parts of the sum move together."""
    items: list[Line] = [page.rows[i : i + columns] for i in range(0, len(page.rows), columns)]
    hints = [line for line in page.sums if line.amount is None]
    parts = tuple(line for line in page.sums if line.amount is not None)
    room = area.w - 2 * sheet.theme.pad
    short = all(sheet.width(_part_words(sheet, part), sheet.theme.small, bold=True) <= room for part in parts)
    close: list[Line] = [Together(parts), *hints] if len(parts) > 1 and short else [*page.sums]
    plans: list[Plan] = []
    for sums, air in itertools.product((page.sums, close), AIRS):
        gap = sheet.theme.pad * air
        plans.append((_pack(sheet, [*items, *sums], area, columns, gap, page), gap))
    return min(plans, key=lambda plan: len(plan[0]))


def _columns(sheet: Sheet, area: Frame, page: CheckItems) -> int:
    """Two, unless a value would have to break inside a word; then one, with each value beside its caption."""
    cell = area.columns(2, sheet.theme.pad * 0.7)[0].inset(sheet.theme.pad, 0)
    tall = Frame(0, 0, cell.w, 10_000)
    return 2 if all(sheet.fits(row.value, sheet.theme.body, tall, bold=True) for row in page.rows) else 1


def _pack(
    sheet: Sheet, lines: list[Line], area: Frame, columns: int, gap: float, page: CheckItems
) -> list[list[Line]]:
    """In their order; a hint goes where there is room for it. No leaf has hints alone, if it can be."""
    heights = {id(line): _line_height(sheet, line, area, columns, gap, page) for line in lines}

    def room(*on_it: Line) -> float:
        return area.h - sum(heights[id(line)] for line in on_it) - gap * (len(on_it) - 1)

    leaves: list[list[Line]] = [[]]
    for line in lines:
        asked = reversed(leaves) if _is_hint(line) else leaves[-1:]
        leaf = next((leaf for leaf in asked if not leaf or room(*leaf, line) >= 0), None)
        if leaf is None:
            leaves.append([line])
        else:
            leaf.append(line)
    if len(leaves) > 1 and all(map(_is_hint, leaves[-1])) and room(leaves[-2][-1], *leaves[-1]) >= 0:
        leaves[-1].insert(0, leaves[-2].pop())
    return [leaf for leaf in leaves if leaf]


def _is_hint(line: Line) -> bool:
    return isinstance(line, SumLine) and line.amount is None


def _line_height(sheet: Sheet, line: Line, area: Frame, columns: int, gap: float, page: CheckItems) -> float:
    if isinstance(line, SumLine):
        return _sum_height(sheet, area.w, line, _sum_px(sheet, area, line))
    if isinstance(line, Together):
        rows = _rows_together(sheet, area.w - 2 * sheet.theme.pad, line)
        return len(rows) * sheet.theme.small * ONE_LINE + sheet.theme.pad * 0.6
    cells = _cells(sheet, area, line, columns, gap, page)
    return max(
        _cell_height(sheet, cell.w, row, page, gap, beside=columns == 1)
        for cell, row in zip(cells, line, strict=False)
    )


def _cells(
    sheet: Sheet, place: Frame, line: Items, columns: int, gap: float, page: CheckItems
) -> list[Frame]:
    """Equally wide, unless that would break a value which has room beside a short neighbour."""
    cells = place.columns(columns, gap)
    needs = [_needs(sheet, row, page) for row in line]
    if columns == 1 or len(line) == 1 or max(needs) <= cells[0].w or sum(needs) + gap > place.w:
        return cells
    more = (place.w - gap - sum(needs)) / 2
    left, right = place.from_left(needs[0] + more, gap)
    return [left, right]


def _needs(sheet: Sheet, row: CheckRow, page: CheckItems) -> float:
    """Width of a cell in which all of it stands on one line below its caption."""
    theme = sheet.theme
    if row.item is CheckItem.AMOUNT:
        value = _caption_width(sheet, row.item) + theme.pad
        value += sheet.width(_value(sheet, row, page), theme.digit, bold=True)
        return max(value, sheet.width(_second(sheet, row), theme.small)) + 2 * theme.pad
    value = sheet.width(_value(sheet, row, page), theme.body, bold=True)
    if row.second:
        value += theme.pad + sheet.width(_second(sheet, row), theme.small)
    return max(value, _caption_width(sheet, row.item)) + 2 * theme.pad + 1


def _sum_px(sheet: Sheet, area: Frame, line: SumLine) -> int:
    """Small as usual; on a low glass the least, rather than a sentence that is cut."""
    theme = sheet.theme
    return theme.small if _sum_height(sheet, area.w, line, theme.small) <= area.h else theme.least


def _sum_height(sheet: Sheet, width: float, line: SumLine, px: int) -> float:
    words, _ = _sum_parts(sheet, Frame(0, 0, width, 10_000), line, px)
    if line.amount is None:
        return sheet.height(_hint(sheet, line), px, words.w)
    label = sheet.height(sheet.message(line.label), px, words.w, bold=True)
    return label + sheet.height(line.why, px, words.w) + sheet.theme.pad


def _hint(sheet: Sheet, line: SumLine) -> str:
    """What could be had, and how: a line of words below the items, which nobody needs in order to pay."""
    what = sheet.message(line.label)
    return sheet.say("check.hint", what=what, how=line.why) if line.why else what


def _sum_parts(sheet: Sheet, frame: Frame, line: SumLine, px: int) -> tuple[Frame, Frame]:
    """Words, amount; for a hint an icon and words."""
    theme = sheet.theme
    if line.amount is None:
        icon, words = frame.inset(theme.pad, 0).from_left(px * 1.05, theme.pad * 0.5)
        return words, icon
    inner = frame.inset(theme.pad, theme.pad * 0.5)
    amount, words = inner.from_right(sheet.width(line.amount.figures, px, bold=True), theme.pad)
    return words, amount


def _sum(sheet: Sheet, frame: Frame, line: SumLine, px: int) -> None:
    words, amount = _sum_parts(sheet, frame, line, px)
    if line.amount is None:
        sheet.icon(amount.from_top(px * ONE_LINE)[0], "info", "info", "page")
        sheet.text(words, _hint(sheet, line), px, "text2", rank=Rank.SECOND)
        return
    sheet.box(frame, "card", "rule")
    why, label = words.from_bottom(sheet.height(line.why, px, words.w))
    sheet.text(label, sheet.message(line.label), px, bold=True, rank=Rank.SECOND)
    if line.why:
        sheet.text(why, line.why, px, "text2", rank=Rank.SECOND)
    sheet.text(amount, line.amount.figures, px, bold=True, align="right", rank=Rank.SECOND)


def _part_words(sheet: Sheet, part: SumLine) -> str:
    return f"{sheet.message(part.label)} {part.amount.figures if part.amount else ''}".strip()


def _rows_together(sheet: Sheet, width: float, line: Together) -> list[list[tuple[SumLine, str, float]]]:
    """Part, its words and their width, as many in a row as there is room for."""
    theme = sheet.theme
    rows: list[list[tuple[SumLine, str, float]]] = [[]]
    left = width
    for part in line.parts:
        words = _part_words(sheet, part)
        wide = sheet.width(words, theme.small, bold=True)
        if rows[-1] and wide > left:
            rows.append([])
            left = width
        rows[-1].append((part, words, wide))
        left -= wide + theme.gap
    return rows


def _together(sheet: Sheet, frame: Frame, line: Together) -> None:
    theme = sheet.theme
    sheet.box(frame, "card", "rule")
    inner = frame.inset(theme.pad, theme.pad * 0.3)
    rows = _rows_together(sheet, inner.w, line)
    for place, row in zip(inner.rows(len(rows), 0), rows, strict=True):
        for part, words, wide in row:
            text, place = place.from_left(min(wide, place.w), theme.gap)
            sheet.text(
                text, words, theme.small, bold=True, spoken=f"{words} {part.why}".strip(), rank=Rank.SECOND
            )


def _value(sheet: Sheet, row: CheckRow, page: CheckItems) -> str:
    if row.item is CheckItem.AMOUNT:
        return row.value or page.amount.figures
    return row.value or sheet.say(
        f"check.empty_{row.item.value}" if row.item is CheckItem.CONTACT else "check.empty"
    )


def _second(sheet: Sheet, row: CheckRow) -> str:
    """What belongs to the value; a day says that it is the last one."""
    is_day = row.item is CheckItem.PERIOD and row.second
    return sheet.say("check.due", day=row.second) if is_day else row.second


def _caption_width(sheet: Sheet, *items: CheckItem) -> float:
    """Icon and caption, as wide as the widest of these items."""
    theme = sheet.theme
    captions = (sheet.width(sheet.say(f"check.{item.value}"), theme.small) for item in items)
    return theme.small * 1.05 + theme.pad * 0.5 + max(captions)


def _cell_height(
    sheet: Sheet, width: float, row: CheckRow, page: CheckItems, gap: float, beside: bool
) -> float:
    theme = sheet.theme
    air = gap / AIRS[0]
    inner = width - 2 * theme.pad
    shown = _value(sheet, row, page)
    if row.item is CheckItem.AMOUNT:
        first = theme.digit * ONE_LINE
    elif beside:
        inner -= _caption_width(sheet, *CheckItem) + theme.pad
        first = sheet.height(shown, theme.body, inner, bold=True)
    else:
        first = theme.small * ONE_LINE + sheet.height(shown, theme.body, inner, bold=True)
    if row.item is not CheckItem.AMOUNT and _in_a_line(sheet, shown, row, inner):
        return first + air
    return first + sheet.height(_second(sheet, row), theme.small, inner) + air


def _in_a_line(sheet: Sheet, shown: str, row: CheckRow, width: float) -> bool:
    """Value and what belongs to it stand beside each other."""
    theme = sheet.theme
    both = (
        sheet.width(shown, theme.body, bold=True) + theme.pad + sheet.width(_second(sheet, row), theme.small)
    )
    return both <= width


def _cell(sheet: Sheet, frame: Frame, row: CheckRow, page: CheckItems, gap: float, beside: bool) -> None:
    theme = sheet.theme
    is_amount = row.item is CheckItem.AMOUNT
    sheet.box(frame, "pale_info" if is_amount else "card", "primary" if is_amount else "rule")
    inner = frame.inset(theme.pad, gap / AIRS[0] * 0.5)
    shown, more = _value(sheet, row, page), _second(sheet, row)
    if is_amount:
        second, line = inner.from_bottom(sheet.height(more, theme.small, inner.w))
        caption, value = line.from_left(_caption_width(sheet, row.item), theme.pad)
    else:
        if beside:
            caption, rest = inner.from_left(_caption_width(sheet, *CheckItem), theme.pad)
        else:
            caption, rest = inner.from_top(theme.small * ONE_LINE)
        if more and _in_a_line(sheet, shown, row, rest.w):
            second, value = rest.from_right(sheet.width(more, theme.small), theme.pad)
        else:
            second, value = rest.from_bottom(sheet.height(more, theme.small, rest.w))
    icon, words = caption.from_left(theme.small * 1.05, theme.pad * 0.5)
    sheet.icon(icon, row.item.value)
    name = sheet.say(f"check.{row.item.value}")
    sheet.text(words, name, theme.small, "text2", spoken="", rank=Rank.CAPTION)
    px = theme.digit if is_amount else theme.body
    if is_amount and (sheet.width(shown, px, bold=True) > value.w or px * ONE_LINE > value.h):
        px = theme.body  # a sum of seven digits, or a low glass with a banner
    align = "right" if is_amount else "left"
    sheet.text(value, shown, px, bold=True, align=align, caption=name)
    sheet.text(second, more, theme.small, align=align, rank=Rank.SECOND)
