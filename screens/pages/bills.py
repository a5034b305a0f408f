"""请选要缴的账单: one bill per row with a tick, as many rows as fit; one press pays all that have one."""

from __future__ import annotations

from typing import Final, NamedTuple

from kiosk.contract import BillRow, Button, ChooseBill, ChooseBills
from screens.frame import Frame
from screens.sheet import Foot, Sheet
from screens.theme import Rank
from screens.widgets.press import TILE

MOST_CHOICES: Final = 6  # accessibility facts 5.1


def build(sheet: Sheet, page: ChooseBills) -> Foot:
    theme = sheet.theme
    intro = sheet.say("bills.intro", customer=page.customer, count=len(page.rows))
    px = theme.least if theme.low else theme.small
    head, area = sheet.area.from_top(sheet.height(intro, px, sheet.area.w), theme.pad * 0.5)
    problem = sheet.message(page.problem)
    problem_px = sheet.notice_px(problem, area.w, area.h * 0.35)
    notice, below = area.from_top(sheet.notice_height(problem, area.w, problem_px), theme.touch_gap)
    sizes = _sizes(sheet, area, page)
    alone = bool(problem) and theme.low and _height(sheet, area.w, page.rows, sizes) > below.h
    if problem and not alone:
        area = below
        sizes = _sizes(sheet, area, page)
    gap = theme.touch_gap
    each = _height(sheet, area.w, page.rows, sizes)
    fit = max(1, min(MOST_CHOICES, int((area.h + gap) // (each + gap))))
    lines: tuple[BillRow | Button, ...] = (*page.rows, page.ahead) if page.ahead else page.rows
    leaves = [lines[i : i + fit] for i in range(0, len(lines), fit)]
    rows = sheet.page_of([(), *leaves] if alone else leaves)
    if not rows:
        return sheet.alone(problem)
    sheet.text(head, intro, px, "text2", rank=Rank.CAPTION)
    if problem and not alone:
        sheet.notice(notice, problem, "problem", problem_px)
    for row in rows:
        place, area = area.from_top(each, gap)
        if isinstance(row, Button):
            label = sheet.message(row.label)
            sheet.press(place, "ahead", row.intent, TILE, label=label, px=sizes.name)
        else:
            _row(sheet, place, row, sizes)
    return Foot(main=sheet.act("main", page.pay))


class Sizes(NamedTuple):
    """Pixels of the name, of the line below it, and of the amount."""

    name: int
    second: int
    amount: int


def _sizes(sheet: Sheet, area: Frame, page: ChooseBills) -> Sizes:
    """As everywhere; a low glass takes smaller ones rather than one bill at a time."""
    theme = sheet.theme
    usual = Sizes(theme.body, theme.small, theme.title)
    small, least = Sizes(theme.small, theme.least, theme.body), Sizes(theme.least, theme.least, theme.small)
    if not theme.low:
        return usual
    for rows in (2, 1):
        for sizes in (usual, small, least):
            if rows * _height(sheet, area.w, page.rows, sizes) + (rows - 1) * theme.touch_gap <= area.h:
                return sizes
    return least


def _parts(sheet: Sheet, frame: Frame, row: BillRow, sizes: Sizes) -> tuple[Frame, Frame, Frame]:
    """Words, amount, tick."""
    theme = sheet.theme
    tick, rest = frame.inset(theme.pad, theme.pad * 0.5).from_left(sizes.name, theme.pad)
    amount, words = rest.from_right(sheet.width(row.amount.figures, sizes.amount, bold=True), theme.pad)
    return words, amount, tick


def _height(sheet: Sheet, width: float, rows: tuple[BillRow, ...], sizes: Sizes) -> float:
    """Of the highest row: all are equally high."""
    heights = []
    for row in rows:
        words = _parts(sheet, Frame(0, 0, width, 100), row, sizes)[0]
        name = sheet.height(row.name, sizes.name, words.w, bold=True)
        heights.append(name + sheet.height(_second(sheet, row), sizes.second, words.w) + sheet.theme.pad)
    return max(sheet.theme.button_h, *heights)


def _second(sheet: Sheet, row: BillRow) -> str:
    period = sheet.say("bills.overdue", period=row.period) if row.overdue else row.period
    return f"{period} · {row.region}" if row.region else period


def _row(sheet: Sheet, frame: Frame, row: BillRow, sizes: Sizes) -> None:
    second = _second(sheet, row)
    ticked = sheet.say("bills.ticked" if row.ticked else "bills.not_ticked")
    sheet.press(
        frame,
        f"bill:{row.number}",
        ChooseBill(row.number),
        TILE,
        spoken=f"{row.name}, {second}, {row.amount.figures}, {ticked}",
    )
    words, amount, tick = _parts(sheet, frame, row, sizes)
    below, above = words.from_bottom(sheet.height(second, sizes.second, words.w))
    sheet.text(above, row.name, sizes.name, bold=True, spoken="")
    sheet.text(below, second, sizes.second, "error" if row.overdue else "text2", spoken="", rank=Rank.SECOND)
    sheet.text(amount, row.amount.figures, sizes.amount, bold=True, align="right", spoken="")
    square = tick.centred(sizes.name, sizes.name)
    sheet.box(square, "page", "border")
    if row.ticked:
        sheet.icon(square, "tick")
