"""Staff type a number: who they are, their PIN, how many notes. What was entered before stands below."""

from __future__ import annotations

from kiosk.contract import StaffEntry, StaffLine
from screens.frame import Frame
from screens.pages.keypad import beside, keypad
from screens.sheet import Foot, Sheet
from screens.theme import Rank
from screens.typeset import ONE_LINE


def build(sheet: Sheet, page: StaffEntry) -> Foot:
    theme = sheet.theme
    keys, left = beside(sheet)
    asks = sheet.message(page.asks)
    asks_px, digits_px = _sizes(sheet, left, asks, page.typed)
    height = sheet.height(asks, asks_px, left.w - 2 * theme.pad) + digits_px * ONE_LINE + theme.pad
    shown, rest = left.from_top(height, theme.touch_gap)
    problem = sheet.message(page.problem)
    fits = not problem or sheet.notice_fits(problem, rest)
    if sheet.page_of(["number"] if fits else ["problem", "number"]) == "problem":
        return sheet.alone(problem)
    keypad(sheet, keys)
    _typed(sheet, shown, asks, page.typed, asks_px, digits_px)
    if problem and fits:
        px = sheet.notice_px(problem, rest.w, rest.h)
        notice, rest = rest.from_top(sheet.notice_height(problem, rest.w, px), theme.touch_gap)
        sheet.notice(notice, problem, "problem", px)
    _done(sheet, rest, page.done)
    return Foot(main=sheet.act("main", page.submit, "tick"))


def _sizes(sheet: Sheet, left: Frame, asks: str, typed: str) -> tuple[int, int]:
    """Pixels of the question and of what is typed: the largest at which the one stands whole and the other in
    one line."""
    theme = sheet.theme
    room = left.w - 2 * theme.pad
    sizes = sorted({theme.digit, theme.title, *theme.text_steps}, reverse=True)
    fitting = [px for px in sizes if sheet.width(typed, px, bold=True) <= room] or [theme.least]
    for typed_px in fitting:
        free = left.h - typed_px * ONE_LINE - theme.pad
        for asks_px in (theme.small, theme.least):
            if sheet.height(asks, asks_px, room) <= free:
                return asks_px, typed_px
    return theme.least, theme.least


def _typed(sheet: Sheet, frame: Frame, asks: str, typed: str, asks_px: int, digits_px: int) -> None:
    theme = sheet.theme
    sheet.box(frame, "page", "primary")
    inner = frame.inset(theme.pad, theme.pad * 0.4)
    digits, caption = inner.from_bottom(digits_px * ONE_LINE)
    sheet.text(caption, asks, asks_px, "text2", rank=Rank.CAPTION)
    sheet.text(digits, typed, digits_px, bold=True, spoken=" ".join(typed))


def _done(sheet: Sheet, frame: Frame, done: tuple[StaffLine, ...]) -> None:
    """The newest first; those that do not fit are still there, and shown before anything counts."""
    theme = sheet.theme
    px = theme.least if theme.low else theme.small
    for line in reversed(done):
        words = sheet.message(line.label)
        wide = sheet.width(line.value, px, bold=True)
        beside = sheet.width(words, px) + wide + theme.pad <= frame.w
        label_h = sheet.height(words, px, frame.w)
        each = label_h + theme.pad * 0.2 + (0 if beside else px * ONE_LINE)
        if each > frame.h:
            break
        place, frame = frame.from_top(each)
        value, label = place.from_right(wide, theme.pad) if beside else place.from_bottom(px * ONE_LINE)
        sheet.text(label, words, px, "text2", rank=Rank.CAPTION)
        sheet.text(value, line.value, px, bold=True, align="right")
