"""缴好了，谢谢您"""

from __future__ import annotations

from kiosk.contract import ThankYou
from screens.pages.stacked import Line, stacked
from screens.sheet import Foot, Sheet


def build(sheet: Sheet, page: ThankYou) -> Foot:
    theme = sheet.theme
    lines: list[Line] = [
        (page.amount.figures if page.amount else "", theme.amount, "text", True),
        (sheet.message(page.message), theme.body, "text", False),
        (sheet.say("thanks.number", number=page.number) if page.number else "", theme.small, "text2", False),
    ]
    if page.amount:
        stacked(sheet, sheet.area, "good", lines, "success", "pale_ok")
    else:
        stacked(sheet, sheet.area, "smile", lines)
    return Foot(main=sheet.act("main", page.done, "tick"), second=sheet.act("another", page.another))
