"""A complaint or suggestion: the telephone number, which may be left out, and the case number to take along."""

from __future__ import annotations

from kiosk.contract import SayContact, SayDone
from screens.frame import Frame
from screens.pages.keypad import beside, keypad
from screens.pages.receipt import draw_qr
from screens.pages.stacked import Line
from screens.sheet import Foot, Sheet
from screens.theme import Rank
from screens.typeset import ONE_LINE


def build_contact(sheet: Sheet, page: SayContact) -> Foot:
    theme = sheet.theme
    keys, left = beside(sheet)
    keypad(sheet, keys)
    caption, typed = sheet.say("say.contact"), _grouped(page.typed)
    room = left.w - 2 * theme.pad
    sizes = (theme.digit, theme.title, *theme.text_steps)
    px = next((p for p in sizes if sheet.width(typed, p, bold=True) <= room), theme.least)
    free = left.h - px * ONE_LINE - theme.pad
    caption_px = theme.small if sheet.height(caption, theme.small, room) <= free else theme.least
    height = sheet.height(caption, caption_px, room) + px * ONE_LINE + theme.pad
    shown, rest = left.from_top(min(left.h, height), theme.touch_gap)
    sheet.box(shown, "page", "primary")
    digits, above = shown.inset(theme.pad, theme.pad * 0.4).from_bottom(px * ONE_LINE)
    sheet.text(above, caption, caption_px, "text2", rank=Rank.CAPTION)
    sheet.text(digits, typed, px, bold=True, spoken=" ".join(page.typed), personal=True)
    if page.problem:
        words, kind = sheet.message(page.problem), "problem"
    else:
        words, kind = sheet.say("say.about", subject=page.subject), "info"
    px = sheet.notice_px(words, rest.w, rest.h)
    needed = sheet.notice_height(words, rest.w, px)
    if needed <= rest.h:
        sheet.notice(rest.from_top(needed)[0], words, kind, px)
    return Foot(main=sheet.act("main", page.send), second=sheet.act("without", page.without))


def _grouped(typed: str) -> str:
    """As mobile numbers are read: 138 0013 8000."""
    return " ".join(part for part in (typed[:3], typed[3:7], typed[7:]) if part)


def build_done(sheet: Sheet, page: SayDone) -> Foot:
    theme = sheet.theme
    if theme.portrait:
        code, left = sheet.area.from_bottom(sheet.area.h * 0.4, theme.gap)
    else:
        code, left = sheet.area.from_right(sheet.area.w * 0.34, theme.gap)
    sizes = theme.text_steps if theme.low else (theme.body,)
    if any(_height(sheet, _lines(sheet, page, left, most), left) <= left.h for most in sizes):
        draw_qr(sheet, code, page.qr, "")
        _say(sheet, page, left)
    elif sheet.page_of([True, False]):  # rather a leaf more than a sentence less
        _say(sheet, page, sheet.area)
    else:
        draw_qr(sheet, sheet.area, page.qr, "")
    return Foot(main=sheet.act("main", page.go_on))


def _lines(sheet: Sheet, page: SayDone, frame: Frame, most: int) -> list[Line]:
    theme = sheet.theme
    answer = sheet.say("say.answer_to", contact=page.contact) if page.contact else sheet.say("say.no_answer")
    return [
        (sheet.say("say.number"), min(theme.small, most), "text2", False),
        (page.number, _number_px(sheet, page.number, frame), "text", True),
        (sheet.message(page.status), min(theme.body, most), "text", False),
        (answer, min(theme.body, most), "text", False),
    ]


def _height(sheet: Sheet, lines: list[Line], frame: Frame) -> float:
    return sum(sheet.height(words, px, frame.w, bold) + sheet.theme.pad * 0.6 for words, px, _, bold in lines)


def _say(sheet: Sheet, page: SayDone, frame: Frame) -> None:
    for most in sheet.theme.text_steps:
        lines = _lines(sheet, page, frame, most)
        if _height(sheet, lines, frame) <= frame.h:
            break
    for number, (words, px, ink, bold) in enumerate(lines):
        height = sheet.height(words, px, frame.w, bold)
        line, frame = frame.from_top(height, sheet.theme.pad * 0.6)
        rank = Rank.READ if number else Rank.CAPTION
        sheet.text(line, words, px, ink, bold=bold, rank=rank)


def _number_px(sheet: Sheet, number: str, frame: Frame) -> int:
    theme = sheet.theme
    sizes = (theme.title, *theme.text_steps)
    return next((px for px in sizes if sheet.width(number, px, bold=True) <= frame.w), theme.least)
