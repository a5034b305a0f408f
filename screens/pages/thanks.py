"""缴好了，谢谢您. Below it four faces; whoever does not care for them misses nothing."""

from __future__ import annotations

from kiosk.contract import ThankYou
from screens.frame import Frame
from screens.pages.stacked import Line, stacked
from screens.pages.tiles import Tile, all_tiles, least_height, rows_for
from screens.sheet import Foot, Sheet
from screens.theme import Rank

LEAST_LINES: float = 3.2  # of running text: what the page itself needs above the faces


def build(sheet: Sheet, page: ThankYou) -> Foot:
    theme = sheet.theme
    lines: list[Line] = [
        (page.amount.figures if page.amount else "", theme.amount, "text", True),
        (sheet.message(page.message), theme.body, "text", False),
        (sheet.say("thanks.number", number=page.number) if page.number else "", theme.small, "text2", False),
    ]
    area = sheet.area
    foot = Foot(main=sheet.act("main", page.done, "tick"), second=sheet.act("another", page.another))
    faces: Frame | None = None
    if page.rated:
        area = _rated(sheet, area, page)
        foot = Foot(main=foot.main, second=sheet.act("say", page.say))
    elif page.faces:
        below = _faces_height(sheet, area, page)
        if area.h - below >= _least(sheet, area.w, lines):
            faces, area = area.from_bottom(below, theme.pad)
        elif sheet.page_of([False, True]):  # a small glass: the faces stand on a leaf of their own
            _faces(sheet, area, page)
            return foot
        else:  # whoever wants to go need not leaf
            foot = Foot(second=sheet.act("leave", page.done))
    if page.amount:
        stacked(sheet, area, "good", lines, "success", "pale_ok")
    else:
        stacked(sheet, area, "smile", lines)
    if faces:
        _faces(sheet, faces, page)  # last, as it is heard
    return foot


def _least(sheet: Sheet, width: float, lines: list[Line]) -> float:
    """What the page itself needs above the faces, with the amount no larger than its text."""
    theme = sheet.theme
    if theme.low:
        return theme.small * LEAST_LINES
    heights = (sheet.height(words, min(px, theme.body), width, bold) for words, px, _, bold in lines)
    return sum(heights) + theme.pad


def _tiles(sheet: Sheet, page: ThankYou) -> list[Tile]:
    return [
        Tile(f"face:{n}", sheet.message(face.button.label), face.button.intent, face.icon)
        for n, face in enumerate(page.faces)
    ]


def _faces_height(sheet: Sheet, area: Frame, page: ThankYou) -> float:
    theme = sheet.theme
    rows = rows_for(sheet, area.w, _tiles(sheet, page))
    each = max(theme.button_h, theme.mm(26) if area.h > theme.mm(75) else least_height(sheet))
    return theme.small * 1.3 + rows * each + (rows - 1) * theme.touch_gap


def _faces(sheet: Sheet, frame: Frame, page: ThankYou) -> None:
    asks, below = frame.from_top(sheet.theme.small * 1.3)
    sheet.text(asks, sheet.say("thanks.how_was_it"), sheet.theme.small, "text2", rank=Rank.CAPTION)
    all_tiles(sheet, below.from_top(min(below.h, sheet.theme.mm(70)))[0], _tiles(sheet, page))


def _rated(sheet: Sheet, area: Frame, page: ThankYou) -> Frame:
    words = sheet.message(page.rated)
    px = sheet.notice_px(words, area.w, sheet.theme.small * 2)
    notice, rest = area.from_bottom(sheet.notice_height(words, area.w, px), sheet.theme.pad)
    sheet.notice(notice, words, "good", px)
    return rest
