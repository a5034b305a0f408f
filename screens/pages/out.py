"""暂停服务: why, where to go instead, and what still belongs to the person in front."""

from __future__ import annotations

from kiosk.contract import OutOfService
from screens.pages.stacked import Line, stacked
from screens.sheet import NO_FOOT, Foot, Sheet


def build(sheet: Sheet, page: OutOfService) -> Foot:
    theme = sheet.theme
    area = sheet.area
    if page.number:
        words = sheet.say("out.claim", number=page.number)
        px = sheet.notice_px(words, area.w, area.h * 0.4)
        notice, area = area.from_bottom(sheet.notice_height(words, area.w, px), theme.pad)
        sheet.notice(notice, words, "warning", px)
    lines: list[Line] = [
        (sheet.message(page.reason), theme.body, "text", True),
        (sheet.say("out.instead"), theme.body, "text", False),
        (
            sheet.say("home.phone", phone=page.service_phone) if page.service_phone else "",
            theme.body,
            "text",
            True,
        ),
    ]
    stacked(sheet, area, "closed", lines)
    return NO_FOOT
