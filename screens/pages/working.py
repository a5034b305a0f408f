"""Money is moving, or we ask the bank whether it moved: the amount, what happens, and that it is safe."""

from __future__ import annotations

from kiosk.contract import Approving, Unknown, Working
from screens.pages.stacked import Line, stacked
from screens.sheet import NO_FOOT, Foot, Sheet


def build(sheet: Sheet, page: Working) -> Foot:
    theme = sheet.theme
    lines: list[Line] = [
        (page.amount.figures, theme.amount, "text", True),
        (sheet.message(page.status), theme.body, "text", False),
        (sheet.say("working.stay"), theme.body, "text2", False),
    ]
    stacked(sheet, sheet.area, "wait", lines)
    return NO_FOOT


def build_approving(sheet: Sheet, page: Approving) -> Foot:
    """Why it takes a moment, and that nothing is charged; the way in for whoever comes is beside it."""
    theme = sheet.theme
    lines: list[Line] = [
        (page.amount.figures, theme.amount, "text", True),
        (sheet.say("approve.above", above_fen=page.above.fen), theme.body, "text", False),
        (sheet.message(page.status), theme.body, "text2", False),
    ]
    stacked(sheet, sheet.area, "shield", lines)
    return Foot(second=sheet.act("approver", page.here))


def build_unknown(sheet: Sheet, page: Unknown) -> Foot:
    theme = sheet.theme
    safe = sheet.say("unknown.safe")
    px = sheet.notice_px(safe, sheet.area.w, sheet.area.h * 0.3)
    notice, area = sheet.area.from_bottom(sheet.notice_height(safe, sheet.area.w, px), theme.pad)
    sheet.notice(notice, safe, "good", px)
    number = sheet.say("unknown.number", number=page.number)
    status: Line = (sheet.message(page.status), theme.body, "text", False)
    if theme.low:
        lines = [status, (f"{page.amount.figures}  {number}", theme.body, "text", True)]
    else:
        amount: Line = (page.amount.figures, theme.amount, "text", True)
        lines = [amount, status, (number, theme.body, "text", True)]
    stacked(sheet, area, "shield", lines)
    return Foot(main=sheet.act("main", page.leave))
