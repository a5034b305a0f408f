"""At the card terminal: its own display leads; here stand the amount and what it waits for."""

from __future__ import annotations

from typing import Final

from kiosk.contract import UseCard
from screens.frame import Frame
from screens.pages.stacked import Line, stacked
from screens.sheet import Foot, Sheet

SIGN_MM: Final = 11
SHARE: Final = 0.25  # of the page that the sign may take


def build(sheet: Sheet, page: UseCard) -> Foot:
    theme = sheet.theme
    lines: list[Line] = [
        (page.amount.figures, theme.amount, "text", True),
        (sheet.message(page.status), theme.body, "text", False),
    ]
    area = _where(sheet, sheet.area)
    stacked(sheet, area, "card", lines)
    return Foot(second=sheet.act("second", page.stop))


def _where(sheet: Sheet, area: Frame) -> Frame:
    """An arrow to the terminal, with words; what is left of the area. On the lowest glass the display leads alone."""
    theme = sheet.theme
    place = theme.panel.places["card"]
    words = sheet.say("card.where", place=sheet.say(f"place.{place}"))
    side = theme.mm(SIGN_MM)
    needed = max(side, sheet.height(words, theme.body, area.w - side - theme.pad))
    if needed > area.h * SHARE:
        return area
    sign, area = area.from_bottom(needed, theme.pad)
    arrow, text = sign.from_right(side, theme.pad)
    sheet.icon(arrow, f"arrow@{place}", "success", "page")
    sheet.text(text, words, theme.body)
    return area
