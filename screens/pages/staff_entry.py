"""Staff type a number: who they are, their PIN, how many notes. What was entered before stands below."""

from __future__ import annotations

from kiosk.contract import StaffEntry, StaffLine
from screens.frame import Frame
from screens.pages.keypad import beside, keypad
from screens.sheet import Foot, Sheet
from screens.typeset import ONE_LINE


def build(sheet: Sheet, page: StaffEntry) -> Foot:
    theme = sheet.theme
    keys, left = beside(sheet)
    keypad(sheet, keys)
    asks = sheet.message(page.asks)
    height = sheet.height(asks, theme.small, left.w - 2 * theme.pad) + theme.digit * ONE_LINE + theme.pad
    shown, rest = left.from_top(height, theme.touch_gap)
    _typed(sheet, shown, asks, page.typed)
    if page.problem:
        words = sheet.message(page.problem)
        px = sheet.notice_px(words, rest.w, rest.h)
        notice, rest = rest.from_top(min(rest.h, sheet.notice_height(words, rest.w, px)), theme.touch_gap)
        sheet.notice(notice, words, "problem", px)
    _done(sheet, rest, page.done)
    return Foot(main=sheet.act("main", page.submit, "tick"))


def _typed(sheet: Sheet, frame: Frame, asks: str, typed: str) -> None:
    theme = sheet.theme
    sheet.box(frame, "page", "primary")
    inner = frame.inset(theme.pad, theme.pad * 0.4)
    digits, caption = inner.from_bottom(theme.digit * ONE_LINE)
    sheet.text(caption, asks, theme.small, "text2")
    px = next(
        p
        for p in (theme.digit, theme.title, theme.body)
        if sheet.width(typed, p, bold=True) <= digits.w or p == theme.body
    )
    sheet.text(digits, typed, px, bold=True, spoken=" ".join(typed))


def _done(sheet: Sheet, frame: Frame, done: tuple[StaffLine, ...]) -> None:
    """The newest first; those that do not fit are still there, and shown before anything counts."""
    theme = sheet.theme
    each = theme.small * ONE_LINE + theme.pad * 0.2
    for line in reversed(done[-max(0, int(frame.h // each)) :] if frame.h >= each else ()):
        place, frame = frame.from_top(each)
        value, label = place.from_right(sheet.width(line.value, theme.small, bold=True), theme.pad)
        sheet.text(label, sheet.message(line.label), theme.small, "text2")
        sheet.text(value, line.value, theme.small, bold=True, align="right")
