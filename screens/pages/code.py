"""Hold your payment code in front of the window."""

from __future__ import annotations

from kiosk.contract import ShowCode
from screens.pages.cash import ARROWS
from screens.pages.pay_by import amount_line
from screens.sheet import NO_FOOT, Foot, Sheet


def build(sheet: Sheet, page: ShowCode) -> Foot:
    theme = sheet.theme
    place = theme.panel.places["code"]
    top, area = sheet.area.from_top(theme.amount * 1.25, theme.pad * 0.6)
    amount_line(sheet, top, sheet.say("pay_by.due"), page.amount.figures)
    if page.problem:
        words = sheet.message(page.problem)
        notice, area = area.from_bottom(sheet.notice_height(words, area.w), theme.pad)
        sheet.notice(notice, words, "problem")
    side = min(area.h, theme.mm(44), area.w * 0.4)
    picture, words_at = area.from_left(min(area.w * 0.4, side * 1.55), theme.gap)
    phone, arrow = picture.from_left(picture.w * 0.62, theme.pad * 0.5)
    sheet.icon(phone.centred(phone.w, side), "code")
    sheet.icon(arrow.centred(arrow.w, theme.mm(14)), ARROWS[place], "success", "page")

    steps = [sheet.say("code.open"), sheet.say("code.hold", place=sheet.say(f"place.{place}"))]
    badge = theme.body * 1.25
    heights = [max(badge, sheet.height(step, theme.body, words_at.w - badge - theme.pad)) for step in steps]
    gap = theme.pad
    block = words_at.centred(words_at.w, sum(heights) + gap * (len(steps) - 1))
    for number, (step, height) in enumerate(zip(steps, heights, strict=True), start=1):
        line, block = block.from_top(height, gap)
        count, words = line.from_left(badge, theme.pad)
        disc = count.from_top(badge)[0]
        sheet.box(disc, "primary", radius=round(badge / 2))
        sheet.text(disc, str(number), theme.small, "on_primary", bold=True, align="center")
        sheet.text(words, step)
    return NO_FOOT
