"""请选一张账单: one bill per row, as many rows as fit."""

from __future__ import annotations

from kiosk.contract import BillRow, ChooseBill, ChooseOneBill
from screens.frame import Frame
from screens.sheet import NO_FOOT, Foot, Sheet
from screens.widgets.press import TILE


def build(sheet: Sheet, page: ChooseOneBill) -> Foot:
    theme = sheet.theme
    intro = sheet.say("bills.intro", customer=page.customer, count=len(page.rows))
    head, area = sheet.area.from_top(sheet.height(intro, theme.small, sheet.area.w), theme.pad * 0.5)
    sheet.text(head, intro, theme.small, "text2")
    if page.problem:
        words = sheet.message(page.problem)
        px = sheet.notice_px(words, area.w, area.h * 0.35)
        notice, area = area.from_top(sheet.notice_height(words, area.w, px), theme.touch_gap)
        sheet.notice(notice, words, "problem", px)

    gap = theme.touch_gap
    least = max(theme.button_h, max(_height(sheet, area.w, row) for row in page.rows))
    fit = max(1, min(6, int((area.h + gap) // (least + gap))))
    rows = sheet.page_of([page.rows[i : i + fit] for i in range(0, len(page.rows), fit)])
    for row in rows:
        place, area = area.from_top(least, gap)
        _row(sheet, place, row)
    return NO_FOOT


def _parts(sheet: Sheet, frame: Frame, row: BillRow) -> tuple[Frame, Frame, Frame]:
    """Words, amount, arrow."""
    theme = sheet.theme
    arrow, rest = frame.inset(theme.pad, theme.pad * 0.5).from_right(theme.body * 0.7, theme.pad * 0.5)
    amount, words = rest.from_right(sheet.width(row.amount.figures, theme.title, bold=True), theme.pad)
    return words, amount, arrow


def _height(sheet: Sheet, width: float, row: BillRow) -> float:
    words = _parts(sheet, Frame(0, 0, width, 100), row)[0]
    theme = sheet.theme
    return (
        sheet.height(row.name, theme.body, words.w, bold=True)
        + sheet.height(_second(sheet, row), theme.small, words.w)
        + theme.pad
    )


def _second(sheet: Sheet, row: BillRow) -> str:
    return sheet.say("bills.overdue", period=row.period) if row.overdue else row.period


def _row(sheet: Sheet, frame: Frame, row: BillRow) -> None:
    theme = sheet.theme
    second = _second(sheet, row)
    sheet.press(
        frame,
        f"bill:{row.number}",
        ChooseBill(row.number),
        TILE,
        spoken=f"{row.name}, {second}, {row.amount.figures}",
    )
    words, amount, arrow = _parts(sheet, frame, row)
    upper, lower = words.from_bottom(sheet.height(second, theme.small, words.w))
    sheet.text(lower, row.name, theme.body, bold=True, spoken="")
    sheet.text(upper, second, theme.small, "error" if row.overdue else "text2", spoken="")
    sheet.text(amount, row.amount.figures, theme.title, bold=True, align="right", spoken="")
    sheet.icon(arrow, "forward")
