"""还要继续吗？ It stands instead of the page, so that nothing personal is behind it."""

from __future__ import annotations

from kiosk.contract import IdleQuestion
from screens.pages.stacked import Line, stacked
from screens.sheet import Act, Foot, Sheet


def build(sheet: Sheet, question: IdleQuestion) -> Foot:
    theme = sheet.theme
    key = "idle.leaves" if question.leave else "idle.money"
    lines: list[Line] = [
        (sheet.say("idle.question"), theme.amount, "text", True),
        (sheet.say(key, seconds=question.seconds), theme.body, "text2", False),
    ]
    if any(sheet.width(word, theme.amount, bold=True) > sheet.area.w for word in lines[0][0].split()):
        lines[0] = (lines[0][0], theme.title, "text", True)
    stacked(sheet, sheet.area, "wait", lines)
    leave = sheet.act("leave", question.leave)
    stay = Act("stay", sheet.message(question.stay.label), question.stay.intent)
    return Foot(main=stay, second=leave)
