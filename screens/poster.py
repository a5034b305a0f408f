"""The upper part of a tall glass, out of an easy reach: where one is in the visit, nothing to press.

Everything that is pressed, and the page with it, stands below (accessibility facts 5.1: controls of a tall glass
in its lower 60 %, its bottom corners free, where people lean)."""

from __future__ import annotations

from typing import Final

from kiosk.contract import (
    AnyPage,
    CashRunning,
    Contrast,
    EnterAccount,
    OutOfService,
    ShowCode,
    StaffBoard,
    StaffEntry,
    ThankYou,
    UseCard,
)
from screens.frame import Frame
from screens.sheet import Sheet
from screens.theme import Rank, Theme
from screens.typeset import ONE_LINE

PAGE_SHARE: Final = 0.6  # of the height of a tall glass
FOOT_MM: Final = 17  # below the page; the rest of the 20 mm at the corners is the air around the bottom bar
STEPS: Final = ("fee", "scan", "good", "amount", "receipt")  # icon of each step of a visit, in their order
PAGE_ICONS: Final[dict[type, str]] = {  # what to do now, large
    EnterAccount: "bill",
    CashRunning: "note_in@below",
    ShowCode: "code",
    UseCard: "card",
}
OTHER_ICONS: Final[dict[type, str]] = {
    OutOfService: "closed",
    ThankYou: "smile",
    StaffEntry: "shield",
    StaffBoard: "shield",
}


def split(theme: Theme, glass: Frame) -> tuple[Frame | None, Frame]:
    """The poster, and where the page stands. Only a tall glass has both."""
    if not theme.portrait:
        return None, glass
    page, poster = glass.from_bottom(round(glass.h * PAGE_SHARE))
    return poster, page.from_bottom(theme.mm(FOOT_MM))[1]


def draw(sheet: Sheet, frame: Frame, page: AnyPage) -> None:
    theme = sheet.theme
    day = theme.contrast is Contrast.DAY  # a large coloured ground is for the daily look only
    ground, ink = ("primary", "on_primary") if day else ("page", "text")
    sheet.box(frame, ground, radius=0)
    inner = frame.inset(theme.margin, theme.mm(14))
    title, rest = inner.from_top(theme.amount * ONE_LINE, theme.gap)
    sheet.text(title, sheet.say("poster.title"), theme.amount, ink, bold=True, spoken="")
    now, of = sheet.view.step or (0, 0)
    if of != len(STEPS):
        icon = OTHER_ICONS.get(type(page), "smile")
        sheet.icon(rest.centred(rest.w, min(rest.h, theme.mm(45))), icon, ink, ground)
        return
    trail, rest = rest.from_bottom(theme.mm(17) + theme.least * ONE_LINE + theme.pad)
    sheet.icon(
        rest.centred(rest.w, min(rest.h, theme.mm(40))),
        PAGE_ICONS.get(type(page), STEPS[now - 1]),
        ink,
        ground,
    )
    cells = trail.columns(of, theme.pad)
    whats = [sheet.say(f"poster.step_{number}") for number in range(1, of + 1)]
    fit = all(sheet.width(what, theme.least, bold=True) <= cells[0].w for what in whats)
    for number, (cell, what) in enumerate(zip(cells, whats, strict=True), start=1):
        _step(sheet, cell, number, now, what if fit else "", ground, ink)
    if not fit:  # in the largest letters only what happens now
        below, _ = trail.from_bottom(theme.least * ONE_LINE)
        sheet.text(
            below, whats[now - 1], theme.least, ink, bold=True, align="center", spoken="", rank=Rank.DRAWN
        )


def _step(sheet: Sheet, cell: Frame, number: int, now: int, what: str, ground: str, ink: str) -> None:
    """A disc with the number (a tick when done), and what happens there."""
    theme = sheet.theme
    label, above = cell.from_bottom(theme.least * ONE_LINE, theme.pad)
    disc = above.centred(above.h, above.h)
    filled = number == now
    sheet.box(disc, ink if filled else ground, ink, radius=round(disc.w / 2))
    if number < now:
        sheet.icon(disc.inset(disc.w * 0.26), "tick", ink, ground)
    else:
        colour, px = (ground if filled else ink), min(theme.title, int(disc.h / ONE_LINE))
        sheet.text(disc, str(number), px, colour, bold=True, align="center", spoken="", rank=Rank.DRAWN)
    sheet.text(label, what, theme.least, ink, bold=filled, align="center", spoken="", rank=Rank.DRAWN)
