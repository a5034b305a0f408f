"""您要缴什么费？ One tile per fee, at most six at once, and below them what can be paid with."""

from __future__ import annotations

from typing import Final, NamedTuple

from kiosk.contract import ChooseFee, Home, Tender
from screens.frame import Frame
from screens.pages.tiles import Tile, tiles
from screens.sheet import Foot, Sheet
from screens.theme import Rank

TENDER_ICONS: Final = {Tender.CASH: "cash", Tender.CODE: "code", Tender.CARD: "card"}


def build(sheet: Sheet, page: Home) -> Foot:
    theme = sheet.theme
    band, area = sheet.area.from_bottom(_band_height(sheet, page), theme.touch_gap)
    _band(sheet, band, page)

    choices = [
        Tile(f"fee:{fee.fee}", fee.name, ChooseFee(fee.fee), fee.icon, off=sheet.message(fee.off))
        for fee in page.fees
    ]
    tiles(sheet, area, choices)
    return Foot(second=sheet.act("privacy", page.privacy) if sheet.leaf == 0 else None)


def _small(sheet: Sheet) -> int:
    return sheet.theme.least if sheet.theme.low else sheet.theme.small


class Band(NamedTuple):
    """How the line about paying is written: pixels, on one line or two."""

    px: int
    lines: int


def _band_form(sheet: Sheet, page: Home) -> Band:
    """On one line in the usual size; a low glass takes a smaller one rather than a second line."""
    theme = sheet.theme
    forms = [Band(theme.small, 1), *([Band(theme.least, 1)] if theme.low else [])]
    fitting = (form for form in forms if _band_width(sheet, page, form.px) <= sheet.area.w)
    return next(fitting, Band(_small(sheet), 2))


def _band_width(sheet: Sheet, page: Home, px: int) -> float:
    ways = sum(sheet.width(words, px) + px * 2 for _, words, _ in _ways(sheet, page))
    return ways + sheet.width(page.service_phone, px) + px * 1.35


def _band_height(sheet: Sheet, page: Home) -> float:
    form = _band_form(sheet, page)
    return form.px * (1.4 if form.lines == 1 else 2.7)


def _ways(sheet: Sheet, page: Home) -> list[tuple[str, str, bool]]:
    """Icon, words and whether it works, for each way to pay."""
    return [
        (
            TENDER_ICONS[way.tender],
            sheet.say(f"tender.{way.tender.value}.{'paused' if way.off else 'short'}"),
            way.off is None,
        )
        for way in page.ways
    ]


def _band(sheet: Sheet, band: Frame, page: Home) -> None:
    """Signs with a word each, and the telephone number behind its sign."""
    form = _band_form(sheet, page)
    px, line = form.px, band
    below = band
    if form.lines == 2:
        line, below = band.rows(2, 0)
    heard = sheet.say(
        "home.ways", ways=sheet.say("list.comma").join(words for _, words, _ in _ways(sheet, page))
    )
    for icon, words, works in _ways(sheet, page):
        place, line = line.from_left(px * 1.05, px * 0.3)
        sheet.icon(
            place, icon if works else "closed", "primary" if works else "error", "tint" if works else "page"
        )
        place, line = line.from_left(sheet.width(words, px), px * 0.65)
        sheet.text(place, words, px, "text" if works else "error", spoken=heard, rank=Rank.SIGN)
        heard = ""  # all of them with the first
    if page.service_phone:
        wide = sheet.width(page.service_phone, px)
        place = below.from_right(wide)[0] if form.lines == 1 else below.from_left(px * 1.35)[1]
        spoken = sheet.say("home.phone", phone=page.service_phone)
        sheet.text(place, page.service_phone, px, "text2", spoken=spoken, rank=Rank.SIGN)
        sheet.icon(Frame(place.x - px * 1.35, place.y, px * 1.05, place.h), "contact")
