"""请核对: the six items in their order, two beside each other, then how the amount came about; as many pages as
they need."""

from __future__ import annotations

from kiosk.contract import CheckItem, CheckItems, CheckRow, SumLine
from screens.frame import Frame
from screens.sheet import Foot, Sheet
from screens.typeset import ONE_LINE

Line = tuple[CheckRow, ...] | SumLine  # items beside each other, or a part of the sum


def build(sheet: Sheet, page: CheckItems) -> Foot:
    theme = sheet.theme
    area = sheet.area
    if page.age:
        words = sheet.message(page.age)
        note, area = area.from_top(sheet.height(words, theme.small, area.w), theme.pad * 0.5)
        sheet.text(note, words, theme.small, "text2")

    whole, columns = area, _columns(sheet, area, page)
    gap = theme.pad * 0.7
    lines: list[Line] = [page.rows[i : i + columns] for i in range(0, len(page.rows), columns)]
    shown = sheet.page_of(_pack(sheet, [*lines, *page.sums], area, columns, gap, page))
    heights = [_line_height(sheet, line, area, columns, gap, page) for line in shown]
    spare = min((area.h - sum(heights) - gap * (len(heights) - 1)) / len(heights), theme.mm(6))
    for line, height in zip(shown, heights, strict=True):
        place, area = area.from_top(height + spare, gap)
        if isinstance(line, SumLine):
            _sum(sheet, place, line, _sum_px(sheet, whole, line))
            continue
        for cell, row in zip(place.columns(columns, gap), line, strict=False):
            _cell(sheet, cell, row, page, beside=columns == 1)
    return Foot(main=sheet.act("main", page.right, "tick"), second=sheet.act("wrong", page.wrong))


def _columns(sheet: Sheet, area: Frame, page: CheckItems) -> int:
    """Two, unless a value would have to break inside a word; then one, with each value beside its caption."""
    cell = area.columns(2, sheet.theme.pad * 0.7)[0].inset(sheet.theme.pad, 0)
    tall = Frame(0, 0, cell.w, 10_000)
    return 2 if all(sheet.fits(row.value, sheet.theme.body, tall, bold=True) for row in page.rows) else 1


def _pack(
    sheet: Sheet, lines: list[Line], area: Frame, columns: int, gap: float, page: CheckItems
) -> list[list[Line]]:
    leaves: list[list[Line]] = [[]]
    used = 0.0
    for line in lines:
        height = _line_height(sheet, line, area, columns, gap, page)
        if leaves[-1] and used + height > area.h:
            leaves.append([])
            used = 0.0
        leaves[-1].append(line)
        used += height + gap
    return leaves


def _line_height(sheet: Sheet, line: Line, area: Frame, columns: int, gap: float, page: CheckItems) -> float:
    if isinstance(line, SumLine):
        return _sum_height(sheet, area.w, line, _sum_px(sheet, area, line))
    width = area.columns(columns, gap)[0].w
    return max(_cell_height(sheet, width, row, page, beside=columns == 1) for row in line)


def _sum_px(sheet: Sheet, area: Frame, line: SumLine) -> int:
    """Small as usual; on a low glass the least, rather than a sentence that is cut."""
    theme = sheet.theme
    return theme.small if _sum_height(sheet, area.w, line, theme.small) <= area.h else theme.least


def _sum_height(sheet: Sheet, width: float, line: SumLine, px: int) -> float:
    words, _ = _sum_parts(sheet, Frame(0, 0, width, 10_000), line, px)
    label = sheet.height(sheet.message(line.label), px, words.w, bold=True)
    return label + sheet.height(line.why, px, words.w) + sheet.theme.pad


def _sum_parts(sheet: Sheet, frame: Frame, line: SumLine, px: int) -> tuple[Frame, Frame]:
    """Words, amount."""
    theme = sheet.theme
    inner = frame.inset(theme.pad, theme.pad * 0.5)
    if line.amount is None:
        return inner, Frame(0, 0, 0, 0)
    amount, words = inner.from_right(sheet.width(line.amount.figures, px, bold=True), theme.pad)
    return words, amount


def _sum(sheet: Sheet, frame: Frame, line: SumLine, px: int) -> None:
    sheet.box(frame, "card", "rule")
    words, amount = _sum_parts(sheet, frame, line, px)
    why, label = words.from_bottom(sheet.height(line.why, px, words.w))
    sheet.text(label, sheet.message(line.label), px, bold=True)
    if line.why:
        sheet.text(why, line.why, px, "text2")
    if line.amount is not None:
        sheet.text(amount, line.amount.figures, px, bold=True, align="right")


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
