"""请核对: the six items in their order, two beside each other, as many pages as they need."""

from __future__ import annotations

from kiosk.contract import CheckItem, CheckItems, CheckRow
from screens.frame import Frame
from screens.sheet import Foot, Sheet
from screens.typeset import ONE_LINE

Pair = tuple[CheckRow, ...]


def build(sheet: Sheet, page: CheckItems) -> Foot:
    theme = sheet.theme
    area = sheet.area
    if page.age:
        words = sheet.message(page.age)
        note, area = area.from_top(sheet.height(words, theme.small, area.w), theme.pad * 0.5)
        sheet.text(note, words, theme.small, "text2")

    columns = _columns(sheet, area, page)
    gap = theme.pad * 0.7
    pairs = [page.rows[i : i + columns] for i in range(0, len(page.rows), columns)]
    pairs_shown = sheet.page_of(_pack(sheet, pairs, area, columns, gap, page))
    heights = [_pair_height(sheet, pair, area, columns, gap, page) for pair in pairs_shown]
    spare = min((area.h - sum(heights) - gap * (len(heights) - 1)) / len(heights), theme.mm(6))
    for pair, height in zip(pairs_shown, heights, strict=True):
        line, area = area.from_top(height + spare, gap)
        for cell, row in zip(line.columns(columns, gap), pair, strict=False):
            _cell(sheet, cell, row, page, beside=columns == 1)
    return Foot(main=sheet.act("main", page.right, "tick"), second=sheet.act("wrong", page.wrong))


def _columns(sheet: Sheet, area: Frame, page: CheckItems) -> int:
    """Two, unless a value would have to break inside a word; then one, with each value beside its caption."""
    cell = area.columns(2, sheet.theme.pad * 0.7)[0].inset(sheet.theme.pad, 0)
    tall = Frame(0, 0, cell.w, 10_000)
    return 2 if all(sheet.fits(row.value, sheet.theme.body, tall, bold=True) for row in page.rows) else 1


def _pack(
    sheet: Sheet, pairs: list[Pair], area: Frame, columns: int, gap: float, page: CheckItems
) -> list[list[Pair]]:
    leaves: list[list[Pair]] = [[]]
    used = 0.0
    for pair in pairs:
        height = _pair_height(sheet, pair, area, columns, gap, page)
        if leaves[-1] and used + height > area.h:
            leaves.append([])
            used = 0.0
        leaves[-1].append(pair)
        used += height + gap
    return leaves


def _pair_height(sheet: Sheet, pair: Pair, area: Frame, columns: int, gap: float, page: CheckItems) -> float:
    width = area.columns(columns, gap)[0].w
    return max(_cell_height(sheet, width, row, page, beside=columns == 1) for row in pair)


def _value(sheet: Sheet, row: CheckRow, page: CheckItems) -> str:
    if row.item is CheckItem.AMOUNT:
        return row.value or page.amount.figures
    return row.value or sheet.say(
        f"check.empty_{row.item.value}" if row.item is CheckItem.CONTACT else "check.empty"
    )


def _caption_width(sheet: Sheet, *items: CheckItem) -> float:
    """Icon and caption, as wide as the widest of these items."""
    theme = sheet.theme
    captions = (sheet.width(sheet.say(f"check.{item.value}"), theme.small) for item in items)
    return theme.small * 1.05 + theme.pad * 0.5 + max(captions)


def _cell_height(sheet: Sheet, width: float, row: CheckRow, page: CheckItems, beside: bool) -> float:
    theme = sheet.theme
    inner = width - 2 * theme.pad
    shown = _value(sheet, row, page)
    if row.item is CheckItem.AMOUNT:
        first = theme.digit * ONE_LINE
    elif beside:
        inner -= _caption_width(sheet, *CheckItem) + theme.pad
        first = sheet.height(shown, theme.body, inner, bold=True)
    else:
        first = theme.small * ONE_LINE + sheet.height(shown, theme.body, inner, bold=True)
    return first + sheet.height(row.second, theme.small, inner) + theme.pad


def _cell(sheet: Sheet, frame: Frame, row: CheckRow, page: CheckItems, beside: bool) -> None:
    theme = sheet.theme
    is_amount = row.item is CheckItem.AMOUNT
    sheet.box(frame, "pale_info" if is_amount else "card", "primary" if is_amount else "rule")
    inner = frame.inset(theme.pad, theme.pad * 0.5)
    shown = _value(sheet, row, page)
    if beside and not is_amount:
        caption, column = inner.from_left(_caption_width(sheet, *CheckItem), theme.pad)
        second, value = column.from_bottom(sheet.height(row.second, theme.small, column.w))
    else:
        second, inner = inner.from_bottom(sheet.height(row.second, theme.small, inner.w))
        if is_amount:
            caption, value = inner.from_left(_caption_width(sheet, row.item), theme.pad)
        else:
            caption, value = inner.from_top(theme.small * ONE_LINE)
    icon, words = caption.from_left(theme.small * 1.05, theme.pad * 0.5)
    sheet.icon(icon, row.item.value)
    name = sheet.say(f"check.{row.item.value}")
    sheet.text(words, name, theme.small, "text2", spoken="")
    px = theme.digit if is_amount else theme.body
    if is_amount and (sheet.width(shown, px, bold=True) > value.w or px * ONE_LINE > value.h):
        px = theme.body  # a sum of seven digits, or a low glass with a banner
    align = "right" if is_amount else "left"
    sheet.text(value, shown, px, bold=True, align=align, caption=name)
    sheet.text(second, row.second, theme.small, align=align)
