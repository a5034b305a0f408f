"""Hold your payment code in front of the window."""

from __future__ import annotations

from kiosk.contract import ShowCode
from screens.frame import Frame
from screens.pages.cash import ARROWS
from screens.pages.pay_by import amount_line
from screens.sheet import NO_FOOT, Foot, Sheet
from screens.typeset import ONE_LINE


def build(sheet: Sheet, page: ShowCode) -> Foot:
    theme = sheet.theme
    place = theme.panel.places["code"]
    top, area = sheet.area.from_top(theme.amount * ONE_LINE, theme.pad * 0.6)
    amount_line(sheet, top, sheet.say("pay_by.due"), page.amount.figures, theme.amount)
    if page.problem:
        words = sheet.message(page.problem)
        px = sheet.notice_px(words, area.w, area.h * 0.36)
        notice, area = area.from_bottom(sheet.notice_height(words, area.w, px), theme.pad * 0.7)
        sheet.notice(notice, words, "problem", px)
    if theme.portrait:
        area, _ = area.from_top(min(area.h, theme.mm(80)))
    picture, beside = area.from_left(min(area.w * 0.34, area.h * 1.3), theme.gap)
    sheet.box(picture, "pale_info")
    phone, arrow = picture.inset(theme.pad).from_left(picture.w * 0.55, theme.pad * 0.5)
    sheet.icon(phone.centred(phone.w, min(phone.h, theme.mm(40))), "code")
    sheet.icon(arrow.centred(arrow.w, theme.mm(16)), ARROWS[place], "success", "pale_info")

    steps = [sheet.say("code.open"), sheet.say("code.hold", place=sheet.say(f"place.{place}"))]
    _steps(sheet, beside, steps)
    return NO_FOOT


def _steps(sheet: Sheet, frame: Frame, steps: list[str]) -> None:
    """Numbered, below each other."""
    theme = sheet.theme
    badge = theme.small * 1.45
    width = frame.w - badge - theme.pad

    def heights(px: int) -> list[float]:
        return [max(badge, sheet.height(step, px, width)) for step in steps]

    gap = theme.pad * 1.2
    px = sheet.px_for(lambda px: sum(heights(px)) + gap * (len(steps) - 1) <= frame.h)
    gap = max(0.0, min(gap, (frame.h - sum(heights(px))) / max(1, len(steps) - 1)))
    block = frame.centred(frame.w, sum(heights(px)) + gap * (len(steps) - 1))
    for number, (step, height) in enumerate(zip(steps, heights(px), strict=True), start=1):
        line, block = block.from_top(height, gap)
        count, words = line.from_left(badge, theme.pad)
        disc = count.centred(badge, badge)
        sheet.box(disc, "primary", radius=round(badge / 2))
        sheet.text(disc, str(number), theme.small, "on_primary", bold=True, align="center", spoken="")
        sheet.text(words, step, px)
