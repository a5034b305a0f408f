"""At the card terminal: its own display leads; here stand the amount and what it waits for."""

from __future__ import annotations

from kiosk.contract import UseCard
from screens.pages.stacked import Line, stacked
from screens.sheet import Foot, Sheet


def build(sheet: Sheet, page: UseCard) -> Foot:
    theme = sheet.theme
    lines: list[Line] = [
        (page.amount.figures, theme.amount, "text", True),
        (sheet.message(page.status), theme.body, "text", False),
        (sheet.say("card.display"), theme.small, "text2", False),
    ]
    stacked(sheet, sheet.area, "card", lines)
    return Foot(second=sheet.act("second", page.stop))
