"""您要缴什么费？ One tile per fee, at most six at once, and below them what can be paid with."""

from __future__ import annotations

from typing import Final, NamedTuple

from kiosk.contract import ChooseFee, FeeTile, Home, Tender
from screens.frame import Frame
from screens.sheet import Foot, Sheet
from screens.widgets.press import OFF, TILE

MOST_CHOICES: Final = 6  # accessibility facts 5.1
GRIDS: Final[tuple[tuple[int, int], ...]] = ((3, 2), (2, 3), (2, 2), (1, 4), (2, 1), (1, 3), (1, 2), (1, 1))
GRIDS_PORTRAIT: Final[tuple[tuple[int, int], ...]] = ((2, 3), (1, 6), (2, 2), (1, 4), (1, 3), (1, 2), (1, 1))
NOWHERE: Final = Frame(0, 0, 0, 0)
TENDER_ICONS: Final = {Tender.CASH: "cash", Tender.CODE: "code", Tender.CARD: "card"}


def build(sheet: Sheet, page: Home) -> Foot:
    theme = sheet.theme
    band, area = sheet.area.from_bottom(_band_height(sheet, page), theme.touch_gap)
    _band(sheet, band, page)

    columns, rows, px = _grid(sheet, area, page.fees)
    most = min(columns * rows, MOST_CHOICES)
    leaves = [page.fees[i : i + most] for i in range(0, len(page.fees), most)] or [()]
    fees = sheet.page_of(leaves)
    for cell, fee in zip(area.grid(columns, rows, _gap(sheet, rows)), fees, strict=False):
        _tile(sheet, cell, fee, px)
    return Foot(second=sheet.act("privacy", page.privacy) if sheet.leaf == 0 else None)


def _gap(sheet: Sheet, rows: int) -> float:
    return sheet.theme.gap if rows < 3 else sheet.theme.touch_gap


def _grid(sheet: Sheet, area: Frame, fees: tuple[FeeTile, ...]) -> tuple[int, int, int]:
    """Columns, rows, and pixels of the names: the first grid in which every tile has room for its name. A low
    glass shows four tiles with smaller names rather than one after the other."""
    theme = sheet.theme
    grids = GRIDS_PORTRAIT if theme.portrait else GRIDS
    if theme.low or (len(fees) <= 4 and not theme.portrait):
        grids = GRIDS[2:]
    for columns, rows in grids:
        cell = area.grid(columns, rows, _gap(sheet, rows))[0]
        for px in (theme.button, *theme.text_steps) if theme.low else (theme.button,):
            if cell.h >= theme.button_h and all(_places(sheet, cell, fee, px) for fee in fees):
                return columns, rows, px
    return 1, 1, theme.least if theme.low else theme.button


def _places(sheet: Sheet, cell: Frame, fee: FeeTile, px: int) -> tuple[Frame, Frame, Frame, str] | None:
    """Where icon, name and reason go: above each other if there is room, else side by side, else without
    the icon; None when even that is too little."""
    theme = sheet.theme
    inner = cell.inset(theme.pad, theme.pad * 0.7)
    reason = sheet.message(fee.off)
    small = _small(sheet)
    below = sheet.height(reason, small, inner.w)
    name_h = sheet.height(fee.name, px, inner.w, bold=True)
    icon_h = inner.h - name_h - below - theme.pad * 0.4
    if icon_h >= theme.mm(11):
        icon_h = min(icon_h, theme.mm(20))
        block = inner.centred(inner.w, icon_h + theme.pad * 0.4 + name_h + below)
        icon, rest = block.from_top(icon_h, theme.pad * 0.4)
        name, why = rest.from_top(name_h)
        if sheet.fits(fee.name, px, name, bold=True):
            return icon, name, why, "center"
    beside, right = inner.from_left(min(inner.h, theme.mm(14)), theme.pad)
    for icon, words, align in ((beside, right, "left"), (NOWHERE, inner, "center")):
        below = sheet.height(reason, small, words.w)
        name_h = sheet.height(fee.name, px, words.w, bold=True)
        name, why = words.centred(words.w, name_h + below).from_top(name_h)
        if name_h + below <= words.h and sheet.fits(fee.name, px, name, bold=True):
            return icon, name, why, align
    return None


def _small(sheet: Sheet) -> int:
    return sheet.theme.least if sheet.theme.low else sheet.theme.small


def _tile(sheet: Sheet, cell: Frame, fee: FeeTile, px: int) -> None:
    reason = sheet.message(fee.off)
    sheet.press(
        cell,
        f"fee:{fee.fee}",
        None if fee.off else ChooseFee(fee.fee),
        TILE,
        spoken=fee.name,
        value=reason,
    )
    places = _places(sheet, cell, fee, px)
    if places is None:  # a name too long even for a tile of its own: it wraps as far as it can
        name, why = cell.inset(sheet.theme.pad).from_top(cell.h * 0.6)
        places = (NOWHERE, name, why, "left")
    icon, name, why, align = places
    sheet.icon(icon, fee.icon, OFF.words if fee.off else "primary", OFF.tint if fee.off else "tint")
    ink = OFF.words if fee.off else "text"
    sheet.text(name, fee.name, px, ink, bold=True, align=align, spoken="")
    sheet.text(why, reason, _small(sheet), "error", align=align, spoken="")


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
    if page.service_phone:
        wide = sheet.width(page.service_phone, px)
        place = below.from_right(wide)[0] if form.lines == 1 else below.from_left(px * 1.35)[1]
        spoken = sheet.say("home.phone", phone=page.service_phone)
        sheet.text(place, page.service_phone, px, "text2", spoken=spoken)
        sheet.icon(Frame(place.x - px * 1.35, place.y, px * 1.05, place.h), "contact")
    for icon, words, works in _ways(sheet, page):
        place, line = line.from_left(px * 1.05, px * 0.3)
        sheet.icon(
            place, icon if works else "closed", "primary" if works else "error", "tint" if works else "page"
        )
        place, line = line.from_left(sheet.width(words, px), px * 0.65)
        sheet.text(place, words, px, "text" if works else "error")
