"""怎样付钱？ Every way of equal size: no preset, none recommended."""

from __future__ import annotations

from kiosk.contract import ChooseTender, PayBy, Tender, TenderTile
from screens.frame import Frame
from screens.pages.home import TENDER_ICONS
from screens.sheet import NO_FOOT, Foot, Sheet
from screens.typeset import ONE_LINE
from screens.widgets.press import OFF, TILE


def build(sheet: Sheet, page: PayBy) -> Foot:
    theme = sheet.theme
    px = theme.digit if page.problem else theme.amount  # the sentence needs room too
    top, area = sheet.area.from_top(px * ONE_LINE, theme.pad * 0.6)
    amount_line(sheet, top, sheet.say("pay_by.due"), page.amount.figures, px)
    if page.problem:
        words = sheet.message(page.problem)
        px = sheet.notice_px(words, area.w, theme.small * 1.5)
        notice, area = area.from_bottom(sheet.notice_height(words, area.w, px), theme.touch_gap)
        sheet.notice(notice, words, "problem", px)
    count = max(1, len(page.ways))
    if theme.portrait:
        area, _ = area.from_top(min(area.h, theme.mm(70) * count))
    cells = area.rows(count, theme.gap) if theme.portrait else area.columns(count, theme.gap)
    for cell, way in zip(cells, page.ways, strict=False):
        _tile(sheet, cell, way, page)
    return NO_FOOT


def amount_line(sheet: Sheet, frame: Frame, caption: str, figures: str, px: int) -> None:
    """`应缴  ¥168.30`: the words at the left, the amount large beside them."""
    theme = sheet.theme
    words, rest = frame.from_left(sheet.width(caption, theme.body), theme.pad)
    sheet.text(words, caption, theme.body, "text2", spoken="")
    sheet.text(rest, figures, px, bold=True, caption=caption)


def _note(sheet: Sheet, way: TenderTile, page: PayBy) -> str:
    if way.off:
        return sheet.message(way.off)
    lines = []
    if way.tender is Tender.CASH and page.notes:
        # Whole yuan: there is no smaller note in use.
        lines.append(
            sheet.say(
                "pay_by.notes", notes=sheet.say("pay_by.and").join(str(n.fen // 100) for n in page.notes)
            )
        )
    if way.tender is Tender.CODE:
        lines.append(sheet.say("pay_by.code"))
    if way.tender is Tender.CARD:
        lines.append(sheet.say("pay_by.card"))
    if way.note:
        lines.append(sheet.message(way.note))
    return "\n".join(lines)


def _tile(sheet: Sheet, cell: Frame, way: TenderTile, page: PayBy) -> None:
    theme = sheet.theme
    name = sheet.say(f"tender.{way.tender.value}.name")
    note = _note(sheet, way, page)
    sheet.press(
        cell,
        f"tender:{way.tender.value}",
        None if way.off else ChooseTender(way.tender),
        TILE,
        spoken=name,
        value=note.replace("\n", " "),
    )
    inner = cell.inset(theme.pad, theme.pad * 0.6)
    name_px = _name_px(sheet, inner, page)
    px, note_h, side = _measures(sheet, inner, page, name_px)
    gap = theme.pad * 0.5
    name_h = name_px * ONE_LINE
    ink, tint = (OFF.words, OFF.tint) if way.off else ("primary", "tint")
    block = inner.centred(inner.w, (side + gap if side else 0) + name_h + gap + note_h)
    if side:
        icon, block = block.from_top(side, gap)
        sheet.icon(icon, TENDER_ICONS[way.tender], ink, tint)
    title, below = block.from_top(name_h, gap)
    sheet.text(title, name, name_px, OFF.words if way.off else "text", bold=True, align="center", spoken="")
    sheet.text(below, note, px, "error" if way.off else "text2", align="center", valign="top", spoken="")


def _name_px(sheet: Sheet, inner: Frame, page: PayBy) -> int:
    """The largest size at which each name stands in one line, the same for every tile."""
    theme = sheet.theme
    names = [sheet.say(f"tender.{way.tender.value}.name") for way in page.ways]
    most = theme.title if not page.problem or len(names) < 3 else theme.body
    sizes = sorted({px for px in (theme.title, *theme.text_steps) if px <= most}, reverse=True)
    fitting = (px for px in sizes if all(sheet.width(name, px, bold=True) <= inner.w for name in names))
    return next(fitting, theme.least)


def _measures(sheet: Sheet, inner: Frame, page: PayBy, name_px: int) -> tuple[int, float, float]:
    """Size and height of the notes and side of the icon (0: no room), the same for every tile."""
    theme = sheet.theme
    notes = [_note(sheet, way, page) for way in page.ways]
    free = inner.h - name_px * ONE_LINE - theme.pad

    def note_height(px: int) -> float:
        return max((sheet.height(note, px, inner.w) for note in notes), default=0)

    px = next(
        (
            px
            for icon in (theme.mm(18), theme.mm(12), 0)
            for px in theme.text_steps
            if note_height(px) + icon <= free
        ),
        theme.least,
    )
    side = min(free - note_height(px), theme.mm(26))
    return px, note_height(px), side if side >= theme.mm(7) else 0
