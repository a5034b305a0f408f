"""A complaint or suggestion: the telephone number, which may be left out, and the case number to take along."""

from __future__ import annotations

from kiosk.contract import SayContact, SayDone
from screens.frame import Frame
from screens.pages.keypad import beside, keypad
from screens.pages.receipt import draw_qr
from screens.sheet import Foot, Sheet
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
    sheet.text(above, caption, caption_px, "text2")
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
    draw_qr(sheet, code, page.qr, "")
    answer = sheet.say("say.answer_to", contact=page.contact) if page.contact else sheet.say("say.no_answer")
    lines = [
        (sheet.say("say.number"), theme.small, "text2", False),
        (page.number, _number_px(sheet, page.number, left), "text", True),
        (sheet.message(page.status), theme.body, "text", False),
        (answer, theme.body, "text", False),
    ]
    gap = theme.pad * 0.6
    for steps in range(len(theme.text_steps)):
        least = theme.text_steps[steps]
        sized = [(words, px if bold else min(px, least), ink, bold) for words, px, ink, bold in lines]
        needed = sum(sheet.height(w, px, left.w, b) + gap for w, px, _, b in sized)
        if needed <= left.h:
            break
    for words, px, ink, bold in sized:
        height = sheet.height(words, px, left.w, bold)
        if height > left.h:
            break  # a small glass: number and code are what counts
        line, left = left.from_top(height, gap)
        sheet.text(line, words, px, ink, bold=bold)
    return Foot(main=sheet.act("main", page.go_on))


def _number_px(sheet: Sheet, number: str, frame: Frame) -> int:
    theme = sheet.theme
    sizes = (theme.title, *theme.text_steps)
    return next((px for px in sizes if sheet.width(number, px, bold=True) <= frame.w), theme.least)
