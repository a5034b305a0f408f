"""您要缴什么费？ One tile per fee, at most six at once, and below them what can be paid with."""

from __future__ import annotations

from typing import Final

from kiosk.contract import ChooseFee, FeeTile, Home, Tender
from screens.frame import Frame
from screens.sheet import NO_FOOT, Foot, Sheet
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

    columns, rows = _grid(sheet, area, page.fees)
    most = min(columns * rows, MOST_CHOICES)
    leaves = [page.fees[i : i + most] for i in range(0, len(page.fees), most)] or [()]
    fees = sheet.page_of(leaves)
    for cell, fee in zip(area.grid(columns, rows, _gap(sheet, rows)), fees, strict=False):
        _tile(sheet, cell, fee)
    return NO_FOOT


def _gap(sheet: Sheet, rows: int) -> float:
    return sheet.theme.gap if rows < 3 else sheet.theme.touch_gap


def _grid(sheet: Sheet, area: Frame, fees: tuple[FeeTile, ...]) -> tuple[int, int]:
    """The first grid in which every tile has room for its icon and its name."""
    grids = GRIDS_PORTRAIT if sheet.theme.portrait else GRIDS
    if len(fees) <= 4 and not sheet.theme.portrait:
        grids = GRIDS[2:]
    for columns, rows in grids:
        cell = area.grid(columns, rows, _gap(sheet, rows))[0]
        if cell.h >= sheet.theme.button_h and all(_places(sheet, cell, fee) for fee in fees):
            return columns, rows
    return 1, 1


def _places(sheet: Sheet, cell: Frame, fee: FeeTile) -> tuple[Frame, Frame, Frame, str] | None:
    """Where icon, name and reason go: above each other if there is room, else side by side, else without
    the icon; None when even that is too little."""
    theme = sheet.theme
    inner = cell.inset(theme.pad, theme.pad * 0.7)
    reason = sheet.message(fee.off)
    below = sheet.height(reason, theme.small, inner.w)
    name_h = sheet.height(fee.name, theme.button, inner.w, bold=True)
    icon_h = inner.h - name_h - below - theme.pad * 0.4
    if icon_h >= theme.mm(11):
        icon_h = min(icon_h, theme.mm(20))
        block = inner.centred(inner.w, icon_h + theme.pad * 0.4 + name_h + below)
        icon, rest = block.from_top(icon_h, theme.pad * 0.4)
        name, why = rest.from_top(name_h)
        if sheet.fits(fee.name, theme.button, name, bold=True):
            return icon, name, why, "center"
    beside, right = inner.from_left(min(inner.h, theme.mm(14)), theme.pad)
    for icon, words, align in ((beside, right, "left"), (NOWHERE, inner, "center")):
        below = sheet.height(reason, theme.small, words.w)
        name_h = sheet.height(fee.name, theme.button, words.w, bold=True)
        name, why = words.centred(words.w, name_h + below).from_top(name_h)
        if name_h + below <= words.h and sheet.fits(fee.name, theme.button, name, bold=True):
            return icon, name, why, align
    return None


def _tile(sheet: Sheet, cell: Frame, fee: FeeTile) -> None:
    reason = sheet.message(fee.off)
    sheet.press(
        cell,
        f"fee:{fee.fee}",
        None if fee.off else ChooseFee(fee.fee),
        TILE,
        spoken=fee.name,
        value=reason,
    )
    places = _places(sheet, cell, fee)
    if places is None:  # a name too long even for a tile of its own: it wraps as far as it can
        name, why = cell.inset(sheet.theme.pad).from_top(cell.h * 0.6)
        places = (NOWHERE, name, why, "left")
    icon, name, why, align = places
    sheet.icon(icon, fee.icon, OFF.words if fee.off else "primary", OFF.tint if fee.off else "tint")
    ink = OFF.words if fee.off else "text"
    sheet.text(name, fee.name, sheet.theme.button, ink, bold=True, align=align, spoken="")
    sheet.text(why, reason, sheet.theme.small, "error", align=align, spoken="")


def _ways(sheet: Sheet, page: Home) -> list[tuple[str, str, bool]]:
    """Icon, words and whether it works, for each way to pay."""
    return [
        (
            TENDER_ICONS[way.tender],
            sheet.say(f"tender.{way.tender.value}.{'paused' if way.off else 'name'}"),
            way.off is None,
        )
        for way in page.ways
    ]


def _band_height(sheet: Sheet, page: Home) -> float:
    theme = sheet.theme
    return theme.small * (1.4 if _in_one_line(sheet, page) else 2.7)


def _in_one_line(sheet: Sheet, page: Home) -> bool:
    theme = sheet.theme
    ways = sum(sheet.width(words, theme.small) + theme.small * 2 for _, words, _ in _ways(sheet, page))
    return ways + sheet.width(_phone(sheet, page), theme.small) <= sheet.area.w


def _phone(sheet: Sheet, page: Home) -> str:
    return sheet.say("home.phone", phone=page.service_phone) if page.service_phone else ""


def _band(sheet: Sheet, band: Frame, page: Home) -> None:
    theme = sheet.theme
    phone = _phone(sheet, page)
    if _in_one_line(sheet, page):
        sheet.text(band, phone, theme.small, "text2", align="right")
        line = band
    else:
        line, below = band.rows(2, 0)
        sheet.text(below, phone, theme.small, "text2")
    for icon, words, works in _ways(sheet, page):
        place, line = line.from_left(theme.small * 1.05, theme.small * 0.3)
        sheet.icon(
            place, icon if works else "closed", "primary" if works else "error", "tint" if works else "page"
        )
        place, line = line.from_left(sheet.width(words, theme.small), theme.small * 0.65)
        sheet.text(place, words, theme.small, "text" if works else "error")
