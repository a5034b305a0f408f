"""Help above a page: the calm offer of the kiosk itself, and what to do, step by step."""

from __future__ import annotations

from kiosk.contract import HelpHow, HelpOffer, Money
from screens.frame import Frame
from screens.pages.tiles import Tile, tiles
from screens.sheet import Foot, Sheet
from screens.theme import Rank
from screens.widgets.press import AMBER


def build_offer(sheet: Sheet, page: HelpOffer) -> Foot:
    """The words, below them two large tiles; on a small glass the bar alone, which has both."""
    theme = sheet.theme
    area = money_inside(sheet, sheet.area, page.inside)
    words = sheet.message(page.reason)
    room = area.h - theme.button_h - theme.touch_gap
    px = sheet.px_for(lambda px: sheet.height(words, px, area.w) <= room)
    go_on = sheet.act("main", page.go_on)
    if sheet.height(words, px, area.w) > room:
        sheet.text(area, words, sheet.px_for(lambda px: sheet.height(words, px, area.w) <= area.h))
        return Foot(main=go_on, second=sheet.act("help:how", page.how))
    choices = []
    if page.call:
        choices.append(Tile("help:call", sheet.message(page.call.label), page.call.intent, "call", AMBER))
    if page.how:
        choices.append(Tile("help:how", sheet.message(page.how.label), page.how.intent, "info"))
    text, below = area.from_top(sheet.height(words, px, area.w), theme.touch_gap)
    sheet.text(text, words, px)
    tiles(sheet, below.from_top(min(below.h, theme.mm(60)))[0], choices)
    return Foot(main=go_on)


def build_how(sheet: Sheet, page: HelpHow) -> Foot:
    """Numbered sentences, as many on a leaf as there is room for."""
    theme = sheet.theme
    area = money_inside(sheet, sheet.area, page.inside)
    lines = [sheet.message(step) for step in page.steps]
    gap = theme.pad

    def height(words: str, px: int) -> float:
        return max(sheet.height(words, px, area.w - _badge(px) - gap), _badge(px))

    px = sheet.px_for(lambda px: max(height(words, px) for words in lines) <= area.h)
    leaves: list[list[int]] = [[]]
    used = 0.0
    for number, words in enumerate(lines):
        if leaves[-1] and used + height(words, px) > area.h:
            leaves.append([])
            used = 0.0
        leaves[-1].append(number)
        used += height(words, px) + gap
    for number in sheet.page_of(leaves):
        words = lines[number]
        row, area = area.from_top(height(words, px), gap)
        mark, text = row.from_left(_badge(px), gap)
        mark = mark.centred(_badge(px), _badge(px))
        sheet.box(mark, "primary", radius=int(_badge(px) / 2))
        sheet.text(
            mark, str(number + 1), px, "on_primary", bold=True, align="center", spoken="", rank=Rank.DRAWN
        )
        sheet.text(text, words, px, spoken=f"{number + 1}. {words}")
    return Foot(main=sheet.act("main", page.go_on))


def _badge(px: int) -> float:
    """Side of the disc that holds the number."""
    return px * 1.5


def money_inside(sheet: Sheet, area: Frame, inside: Money | None) -> Frame:
    """A line that the money in the machine is safe; gives what is left below it."""
    if inside is None:
        return area
    words = sheet.say("help.inside", inside_fen=inside.fen)
    px = sheet.notice_px(words, area.w, sheet.theme.small * 1.6)
    notice, rest = area.from_top(sheet.notice_height(words, area.w, px), sheet.theme.touch_gap)
    sheet.notice(notice, words, "good", px)
    return rest
