"""How much: amounts on tiles, or the keys. What it is for stands above."""

from __future__ import annotations

from kiosk.contract import ChooseHowMuch, TypeHowMuch
from screens.frame import Frame
from screens.pages.keypad import beside, keypad
from screens.pages.tiles import Tile, tiles
from screens.sheet import NO_FOOT, Foot, Sheet
from screens.theme import Rank
from screens.typeset import ONE_LINE


def build_choose(sheet: Sheet, page: ChooseHowMuch) -> Foot:
    theme = sheet.theme
    problem = sheet.message(page.problem)
    if problem and sheet.leaf == 0:
        sheet.leaves = 2
        return sheet.alone(problem)
    about = sheet.message(page.about)
    px = next(
        (p for p in theme.text_steps if sheet.height(about, p, sheet.area.w) <= sheet.area.h * 0.3),
        theme.least,
    )
    top, area = sheet.area.from_top(sheet.height(about, px, sheet.area.w), theme.touch_gap)
    sheet.text(top, about, px, "text2", rank=Rank.NEWS)
    buttons = (*page.choices, page.other)
    choices = [Tile(f"amount:{n}", sheet.message(b.label), b.intent) for n, b in enumerate(buttons)]
    tiles(sheet, area, choices, before=1 if problem else 0)
    return NO_FOOT


def build_type(sheet: Sheet, page: TypeHowMuch) -> Foot:
    theme = sheet.theme
    keys, left = beside(sheet)
    problem = sheet.message(page.problem)
    about = sheet.message(page.about)
    needed = 0.0 if problem else sheet.height(about, theme.least, left.w)
    gap = theme.pad + theme.touch_gap
    usual = theme.digit if left.h > 4 * theme.digit else theme.title
    px = next(
        (px for px in (usual, theme.title, *theme.text_steps) if px * ONE_LINE + gap + needed <= left.h),
        usual,
    )
    shown, rest = left.from_top(px * ONE_LINE + theme.pad, theme.touch_gap)
    fits = not problem or sheet.notice_fits(problem, rest)
    if sheet.page_of(["amount"] if fits else ["problem", "amount"]) == "problem":
        return sheet.alone(problem)
    keypad(sheet, keys)
    _typed(sheet, shown, page, px)
    if problem and fits:
        px = sheet.notice_px(problem, rest.w, rest.h)
        notice, rest = rest.from_top(sheet.notice_height(problem, rest.w, px), theme.touch_gap)
        sheet.notice(notice, problem, "problem", px)
    px = sheet.px_for(lambda px: sheet.height(about, px, rest.w) <= rest.h)
    if sheet.height(about, px, rest.w) <= rest.h:  # else the problem says what may be typed
        sheet.text(rest, about, px, "text2", valign="top", rank=Rank.NEWS)
    return Foot(main=sheet.act("main", page.submit, "tick"))


def _typed(sheet: Sheet, frame: Frame, page: TypeHowMuch, px: int) -> None:
    theme = sheet.theme
    sheet.box(frame, "page", "primary")
    inner = frame.inset(theme.pad, theme.pad * 0.4)
    words = sheet.say("amount.typed", yuan=page.typed) if page.typed else sheet.say("amount.empty")
    sizes = (px, theme.title, *theme.text_steps) if page.typed else theme.text_steps
    fitting = (p for p in sizes if p <= px and sheet.width(words, p, bold=bool(page.typed)) <= inner.w)
    ink = "text" if page.typed else "text2"
    sheet.text(inner, words, next(fitting, theme.least), ink, bold=bool(page.typed))
