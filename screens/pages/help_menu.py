"""Topics and questions as tiles, and the answers: short sentences, as many on a leaf as there is room for."""

from __future__ import annotations

from kiosk.contract import HelpMenu, HelpText
from screens.frame import Frame
from screens.pages.help import money_inside
from screens.pages.tiles import Tile, tiles
from screens.sheet import NO_FOOT, Foot, Sheet


def build(sheet: Sheet, page: HelpMenu) -> Foot:
    area = money_inside(sheet, sheet.area, page.inside)
    choices = [
        Tile(f"choice:{number}", sheet.message(c.button.label), c.button.intent, c.icon)
        for number, c in enumerate(page.choices)
    ]
    tiles(sheet, area, choices)
    return NO_FOOT


def build_text(sheet: Sheet, page: HelpText) -> Foot:
    theme = sheet.theme
    area = money_inside(sheet, sheet.area, page.inside)
    if page.heading:
        heading = theme.least if theme.low else min(theme.title, theme.body)
        top, area = area.from_top(sheet.height(page.heading, heading, area.w, bold=True), theme.pad * 0.7)
        sheet.text(top, page.heading, heading, bold=True)
    gap = theme.pad * 0.8
    px = sheet.px_for(lambda px: _height(sheet, page.sentences, px, area.w, gap) <= area.h)
    if px == theme.least:  # it needs leaves anyway: then in a size that reads well
        px = next((p for p in theme.text_steps if _each_fits(sheet, page.sentences, p, area)), theme.least)
    for words in sheet.page_of(_leaves(sheet, page.sentences, px, area, gap)):
        line, area = area.from_top(sheet.height(words, px, area.w), gap)
        sheet.text(line, words, px)
    return Foot(main=sheet.act("main", page.go_on))


def _height(sheet: Sheet, sentences: tuple[str, ...], px: int, width: float, gap: float) -> float:
    return sum(sheet.height(words, px, width) + gap for words in sentences) - gap


def _each_fits(sheet: Sheet, sentences: tuple[str, ...], px: int, area: Frame) -> bool:
    return all(sheet.height(words, px, area.w) <= area.h for words in sentences)


def _leaves(sheet: Sheet, sentences: tuple[str, ...], px: int, area: Frame, gap: float) -> list[list[str]]:
    leaves: list[list[str]] = [[]]
    used = 0.0
    for words in sentences:
        height = sheet.height(words, px, area.w)
        if leaves[-1] and used + height > area.h:
            leaves.append([])
            used = 0.0
        leaves[-1].append(words)
        used += height + gap
    return leaves
