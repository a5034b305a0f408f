"""请放入纸币: due, inserted and remaining at the left; at the right what the machine takes now, and its news."""

from __future__ import annotations

import itertools
from typing import Final

from kiosk.contract import CashRunning, GoOnPaying, Money, StopForSure
from screens.frame import Frame
from screens.sheet import NO_FOOT, Act, Foot, Sheet
from screens.theme import Rank
from screens.typeset import ONE_LINE
from screens.widgets.note import SHAPE, draw_note

LEAST_NOTE_MM: Final = 11  # height of a note's sign, so that its value can be read
LEAST_DONE_MM: Final = 14  # of the sign that there is enough
DONE_MM: Final = 30
SLOT_MM: Final = 11  # the picture of a note that goes into its slot, at least
MOST_SLOT_MM: Final = 24


def build(sheet: Sheet, page: CashRunning) -> Foot:
    theme = sheet.theme
    if theme.portrait:
        sums, news = sheet.area.from_top(theme.amount * 4.2, theme.gap)
        news, _ = news.from_top(min(news.h, theme.mm(110)))
    else:
        sums, news = sheet.area.from_left(sheet.area.w * (0.46 if theme.low else 0.44), theme.gap)
    _sums(sheet, sums, page)
    if page.asking_to_stop:
        words = sheet.message(page.asking_to_stop)
        sheet.notice(news, words, "ask", sheet.notice_px(words, news.w, news.h))
        return Foot(
            main=Act("go_on", sheet.say("button.go_on_paying"), GoOnPaying()),
            second=Act("stop_for_sure", sheet.say("button.stop_for_sure"), StopForSure()),
        )
    kind, words = (
        ("problem", sheet.message(page.problem))
        if page.problem
        else ("do" if page.notes else "wait", sheet.message(page.status))
    )
    room = news.h - (theme.mm(2 * LEAST_NOTE_MM + SLOT_MM) + theme.touch_gap * 2 if page.notes else 0)
    px = sheet.notice_px(words, news.w, room)
    height = sheet.notice_height(words, news.w, px, loose=True)
    if height > room:
        height = sheet.notice_height(words, news.w, px)
    notice, rest = news.from_top(min(news.h, height), theme.pad * 0.6)
    sheet.notice(notice, words, kind, px)
    if page.notes:
        _notes(sheet, rest, page.notes)
    elif page.remaining.fen <= 0 and rest.h >= theme.mm(LEAST_DONE_MM):
        sheet.icon(rest.centred(rest.w, min(rest.h, theme.mm(DONE_MM))), "good", "success", "pale_ok")
    return NO_FOOT


def _sums(sheet: Sheet, frame: Frame, page: CashRunning) -> None:
    """The remaining sum as large as there is room for, on a card; above it the other two."""
    theme = sheet.theme
    done = page.remaining.fen <= 0
    over = page.inserted - page.due
    if not done:
        caption, figures = sheet.say("cash.remaining"), page.remaining.figures
    elif over:
        caption, figures = sheet.say("cash.over"), over.figures
    else:
        caption, figures = sheet.say("cash.enough"), page.inserted.figures
    side = theme.pad * (0.5 if theme.low else 1)
    card_w = frame.w - 2 * side
    others = [(sheet.say("cash.due"), page.due.figures), (sheet.say("cash.inserted"), page.inserted.figures)]

    for big, beside, line_px in itertools.product(
        (theme.amount, theme.digit, theme.title, *(theme.text_steps if theme.low else ())),
        (False, True),
        (theme.title, *theme.text_steps),
    ):
        small = min(theme.body, line_px, big)
        wide = sheet.width(figures, big, bold=True) + beside * (sheet.width(caption, small) + theme.pad)
        card_h = big * ONE_LINE + (0 if beside else small * ONE_LINE) + theme.pad * 0.8
        line_h = line_px * ONE_LINE
        lines_wide = max(
            sheet.width(c, small) + sheet.width(f, line_px, bold=True) + theme.pad for c, f in others
        )
        if wide <= card_w and lines_wide <= frame.w and card_h + 2 * line_h + theme.pad * 0.5 <= frame.h:
            break
    above, card = frame.from_top(min(frame.h - card_h - theme.pad * 0.5, line_h * 2.8), theme.pad * 0.5)
    card = card.from_top(min(card.h, card_h * 1.25))[0]
    for line, (words, money) in zip(above.rows(2, 0), others, strict=True):
        _beside(sheet, line, words, small, money, line_px)
    sheet.box(card, "pale_ok" if done else "pale_info", "success" if done else "primary")
    ink = "success" if done else "primary"
    inner = card.inset(side, theme.pad * 0.4)
    if beside:
        _beside(sheet, inner, caption, small, figures, big, ink)
        return
    top, amount = inner.from_top(small * ONE_LINE)
    sheet.text(top, caption, small, spoken="", rank=Rank.CAPTION)
    sheet.text(amount, figures, big, ink, bold=True, align="right", caption=caption)


def _beside(
    sheet: Sheet, line: Frame, words: str, px: int, figures: str, figures_px: int, ink: str = "text"
) -> None:
    left, right = line.from_left(sheet.width(words, px), sheet.theme.pad)
    sheet.text(left, words, px, "text2", spoken="", rank=Rank.CAPTION)
    rank = Rank.READ if ink != "text" else Rank.SECOND
    sheet.text(right, figures, figures_px, ink, bold=True, align="right", caption=words, rank=rank)


def _notes(sheet: Sheet, frame: Frame, notes: tuple[Money, ...]) -> None:
    """The notes that may go in now, and an arrow to where they go."""
    theme = sheet.theme
    place = theme.panel.places["cash"]
    words = sheet.say("cash.slot", place=sheet.say(f"place.{place}"))
    room = frame.h - theme.mm(LEAST_NOTE_MM) * (2 if len(notes) > 3 else 1) - theme.pad
    side = min(theme.mm(MOST_SLOT_MM), max(theme.mm(SLOT_MM), room - theme.pad * 2))
    width = frame.w - side - theme.pad
    px = sheet.px_for(lambda px: sheet.height(words, px, width) <= room)
    needed = max(side, sheet.height(words, px, width))
    if needed <= room:
        slot, frame = frame.from_bottom(needed, theme.pad * 0.6)
        arrow, text = slot.from_right(side, theme.pad)
        sheet.icon(arrow, f"note_in@{place}")
        sheet.text(text, words, px, rank=Rank.SIGN)
    columns = min(3, len(notes))
    rows = -(-len(notes) // columns)
    gap = theme.touch_gap * 0.7
    values = sheet.say("pay_by.and").join(str(note.fen // 100) for note in notes)
    words = sheet.say("pay_by.notes", notes=values)
    if frame.h < rows * theme.least * ONE_LINE + gap * (rows - 1):  # too low for pictures: say it
        if sheet.fits(words, theme.least, frame):
            sheet.text(frame, words, sheet.px_for(lambda px: sheet.fits(words, px, frame)), rank=Rank.SECOND)
        return
    column = (frame.w - gap * (columns - 1)) / columns
    height = min((frame.h - gap * (rows - 1)) / rows, column / SHAPE, theme.mm(20))
    widest = max(
        sheet.width(sheet.say("cash.note", yuan=note.fen // 100), theme.least, bold=True) for note in notes
    )
    width = min(column, max(height * SHAPE, widest + theme.pad * 0.5))
    block = frame.centred(columns * width + (columns - 1) * gap, rows * height + (rows - 1) * gap)
    for cell, note in zip(block.grid(columns, rows, gap), notes, strict=False):
        draw_note(sheet, cell, note, spoken=words)
        words = ""  # all of them with the first
