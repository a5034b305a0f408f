"""请放入纸币: due, inserted and remaining at the left; at the right what the machine takes now, and its news."""

from __future__ import annotations

from typing import Final

from kiosk.contract import CashRunning, GoOnPaying, Money, StopForSure
from screens.frame import Frame
from screens.sheet import NO_FOOT, Act, Foot, Sheet
from screens.widgets.note import SHAPE, draw_note

ARROWS: Final = {"right": "arrow", "left": "arrow_left", "below": "arrow_below", "above": "arrow_above"}


def build(sheet: Sheet, page: CashRunning) -> Foot:
    theme = sheet.theme
    if theme.portrait:
        sums, news = sheet.area.from_top(theme.amount * 4.2, theme.gap)
    else:
        sums, news = sheet.area.from_left(sheet.area.w * 0.44, theme.gap)
    _sums(sheet, sums, page)
    if page.asking_to_stop:
        words = sheet.message(page.asking_to_stop)
        sheet.notice(news, words, "warning", theme.body if _fits(sheet, words, news) else theme.small)
        return Foot(
            main=Act("go_on", sheet.say("button.go_on_paying"), GoOnPaying()),
            second=Act("stop_for_sure", sheet.say("button.stop_for_sure"), StopForSure()),
        )
    kind, words = ("problem", sheet.message(page.problem)) if page.problem else ("wait", sheet.message(page.status))
    strip = theme.mm(9)
    room = news.h - (theme.mm(13) * 2 + theme.touch_gap if page.notes else 0)
    px = theme.body if sheet.notice_height(words, news.w) <= room else theme.small
    notice, rest = news.from_top(min(news.h, sheet.notice_height(words, news.w, px)), theme.pad * 0.6)
    sheet.notice(notice, words, kind, px)
    if page.notes:
        _notes(sheet, rest, page.notes, strip)
    return NO_FOOT


def _fits(sheet: Sheet, words: str, frame: Frame) -> bool:
    return sheet.notice_height(words, frame.w) <= frame.h


def _sums(sheet: Sheet, frame: Frame, page: CashRunning) -> None:
    theme = sheet.theme
    big = theme.amount * 1.25 + theme.body * 1.3 + theme.pad * 0.8
    card, above = frame.from_bottom(min(big, frame.h * 0.56), theme.pad * 0.5)
    lines = above.centred(above.w, min(above.h, theme.digit * 2.9)).rows(2, 0)
    figures = (("cash.due", page.due), ("cash.inserted", page.inserted))
    for line, (key, money) in zip(lines, figures, strict=True):
        sheet.text(line, sheet.say(key), theme.body, "text2")
        sheet.text(line, money.figures, _amount_px(sheet, line, key, money), bold=True, align="right")
    done = page.remaining.fen <= 0
    sheet.box(card, "pale_ok" if done else "pale_info", "success" if done else "primary")
    inner = card.inset(theme.pad, theme.pad * 0.4)
    caption, amount = inner.from_top(theme.body * 1.3)
    sheet.text(caption, sheet.say("cash.enough" if done else "cash.remaining"), theme.body)
    wide = sheet.width(page.remaining.figures, theme.amount, bold=True) <= amount.w
    sheet.text(
        amount,
        page.remaining.figures,
        theme.amount if wide else theme.digit,
        "success" if done else "primary",
        bold=True,
        align="right",
    )


def _amount_px(sheet: Sheet, line: Frame, key: str, money: Money) -> int:
    """Beside its caption the sum is as large as a title; a very long one as large as the text."""
    theme = sheet.theme
    room = line.w - sheet.width(sheet.say(key), theme.body) - theme.pad
    return theme.title if sheet.width(money.figures, theme.title, bold=True) <= room else theme.body


def _notes(sheet: Sheet, frame: Frame, notes: tuple[Money, ...], strip: float) -> None:
    """The notes that may go in now, and an arrow to where they go."""
    theme = sheet.theme
    place = theme.panel.places["cash"]
    words = sheet.say("cash.slot", place=sheet.say(f"place.{place}"))
    side = theme.mm(11)
    needed = max(side, sheet.height(words, theme.body, frame.w - side - theme.pad))
    minimum = theme.mm(11) * (2 if len(notes) > 3 else 1)
    if frame.h - needed >= minimum + theme.pad:
        slot, frame = frame.from_bottom(needed, theme.pad * 0.6)
        arrow, text = slot.from_right(side, theme.pad)
        sheet.icon(arrow, ARROWS[place], "success", "page")
        sheet.text(text, words)
    columns = min(3, len(notes))
    rows = -(-len(notes) // columns)
    gap = theme.touch_gap * 0.7
    height = min((frame.h - gap * (rows - 1)) / rows, (frame.w - gap * (columns - 1)) / columns / SHAPE, theme.mm(20))
    width = height * SHAPE
    block = frame.centred(columns * width + (columns - 1) * gap, rows * height + (rows - 1) * gap)
    for cell, note in zip(block.grid(columns, rows, gap), notes, strict=False):
        draw_note(sheet, cell, note)
