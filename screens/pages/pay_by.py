"""怎样付钱？ Every way of equal size: no preset, none recommended."""

from __future__ import annotations

import itertools
from typing import Final, NamedTuple

from kiosk.contract import ChooseTender, PayBy, Tender, TenderTile, TextSize
from screens.frame import Frame
from screens.pages.home import TENDER_ICONS
from screens.sheet import Foot, Sheet
from screens.theme import Rank
from screens.typeset import ONE_LINE
from screens.widgets.press import OFF, TILE

LEAST_ICON_MM: Final = 7
BESIDE_MM: Final = 16  # side of an icon that stands before the name


class Plan(NamedTuple):
    """How the page is arranged. `notes`: what stands below the name of each way, in their order."""

    amount_px: int
    notes: list[str]
    area: Frame
    problem: Frame | None
    problem_px: int


def build(sheet: Sheet, page: PayBy) -> Foot:
    problem = sheet.message(page.problem)
    plan = _plan(sheet, page, problem)
    if sheet.page_of(["problem", "ways"] if problem and plan.problem is None else ["ways"]) == "problem":
        return sheet.alone(problem)
    amount_line(
        sheet,
        sheet.area.from_top(plan.amount_px * ONE_LINE)[0],
        sheet.say("pay_by.due"),
        page.amount.figures,
        plan.amount_px,
    )
    if plan.problem:
        sheet.notice(plan.problem, problem, "problem", plan.problem_px)
    cells = _cells(sheet, plan.area, len(page.ways))
    for cell, way, note in zip(cells, page.ways, plan.notes, strict=False):
        _tile(sheet, cell, way, note, plan.notes, page)
    return Foot(second=sheet.act("part", page.part))


def _plan(sheet: Sheet, page: PayBy, problem: str) -> Plan:
    """The first arrangement in which the tiles hold their words and pictures. Without room the amount becomes
    smaller, then goes what the next page tells anyway, and last the problem gets a leaf of its own."""
    theme = sheet.theme
    everything, needed = ([_note(sheet, way, page, every) for way in page.ways] for every in (True, False))
    usual = theme.digit if problem else theme.amount  # the sentence needs room too
    if theme.low:
        usual = theme.digit
    steps = theme.text_steps if theme.low else (theme.body,)
    amounts = sorted({px for px in (usual, theme.title, *steps) if px <= usual}, reverse=True)
    for pictured, said in itertools.product((True, False), (problem, "") if problem else ("",)):
        for notes, px in itertools.product((everything, needed), amounts):
            area = sheet.area.from_top(px * ONE_LINE, theme.pad * 0.6)[1]
            notice, notice_px = None, theme.least
            if said:
                notice_px = sheet.notice_px(said, area.w, theme.small * 1.5)
                height = sheet.notice_height(said, area.w, notice_px)
                notice, area = area.from_bottom(height, theme.touch_gap)
            plan = Plan(px, notes, area, notice, notice_px)
            if _holds(sheet, plan, page, pictured):
                return plan
    return plan


def _holds(sheet: Sheet, plan: Plan, page: PayBy, pictured: bool) -> bool:
    inner = _inner(sheet, _cells(sheet, plan.area, len(page.ways))[0])
    name_px = _name_px(sheet, inner, page)
    form = _form(sheet, inner, plan.notes, name_px)
    if pictured and not form.side:
        return False
    return name_px * ONE_LINE + sheet.theme.pad + form.height <= inner.h and all(
        sheet.fits(note, form.px, Frame(0, 0, form.width, inner.h)) for note in plan.notes if note
    )


def _cells(sheet: Sheet, area: Frame, ways: int) -> list[Frame]:
    theme = sheet.theme
    count = max(1, ways)
    if theme.portrait:
        area, _ = area.from_top(min(area.h, theme.mm(70) * count))
        return area.rows(count, theme.gap)
    return area.columns(count, theme.touch_gap if theme.low else theme.gap)


def _inner(sheet: Sheet, cell: Frame) -> Frame:
    pad = sheet.theme.pad
    return cell.inset(pad * 0.6 if sheet.theme.low else pad, pad * 0.6)


def amount_line(sheet: Sheet, frame: Frame, caption: str, figures: str, px: int) -> None:
    """`应缴  ¥168.30`: the words at the left, the amount large beside them."""
    theme = sheet.theme
    small = min(px, theme.body)
    words, rest = frame.from_left(sheet.width(caption, small), theme.pad)
    sheet.text(words, caption, small, "text2", spoken="", rank=Rank.CAPTION)
    sheet.text(rest, figures, px, bold=True, caption=caption)


def _note(sheet: Sheet, way: TenderTile, page: PayBy, everything: bool) -> str:
    if way.off:
        return sheet.message(way.off)
    lines = []
    if way.tender is Tender.CASH and page.notes and (everything or not way.note):
        # Whole yuan: there is no smaller note in use.
        values = sheet.say("pay_by.and").join(str(n.fen // 100) for n in page.notes)
        lines.append(sheet.say("pay_by.notes", notes=values))
    if way.tender is Tender.CODE and everything:
        lines.append(sheet.say("pay_by.code"))
    if way.note:
        lines.append(sheet.message(way.note))
    return "\n".join(lines)


def _tile(sheet: Sheet, cell: Frame, way: TenderTile, note: str, notes: list[str], page: PayBy) -> None:
    theme = sheet.theme
    name = sheet.say(f"tender.{way.tender.value}.name")
    action = None if way.off else ChooseTender(way.tender)
    spoken = _note(sheet, way, page, everything=True).replace("\n", " ")
    sheet.press(cell, f"tender:{way.tender.value}", action, TILE, spoken=name, value=spoken)
    inner = _inner(sheet, cell)
    name_px = _name_px(sheet, inner, page)
    form = _form(sheet, inner, notes, name_px)
    gap = theme.pad * 0.5
    name_h = name_px * ONE_LINE
    ink, tint = (OFF.words, OFF.tint) if way.off else ("primary", "tint")
    align = "left" if form.beside else "center"
    if form.beside:
        icon, block = inner.from_left(form.side, theme.pad)
        block = block.centred(block.w, name_h + gap + form.height)
    else:
        block = inner.centred(inner.w, (form.side + gap if form.side else 0) + name_h + gap + form.height)
        icon, block = block.from_top(form.side, gap if form.side else 0)
    sheet.icon(icon, TENDER_ICONS[way.tender], ink, tint)
    title, below = block.from_top(name_h, gap)
    sheet.text(title, name, name_px, OFF.words if way.off else "text", bold=True, align=align, spoken="")
    sheet.text(
        below,
        note,
        form.px,
        "error" if way.off else "text2",
        align=align,
        valign="top",
        spoken="",
        rank=Rank.SECOND,
    )


def _name_px(sheet: Sheet, inner: Frame, page: PayBy) -> int:
    """The largest size at which each name stands in one line, the same for every tile."""
    theme = sheet.theme
    names = [sheet.say(f"tender.{way.tender.value}.name") for way in page.ways]
    tight = len(names) > 2 and (page.problem or theme.size is TextSize.XLARGE)
    most = theme.body if theme.low or tight else theme.title
    sizes = sorted({px for px in (theme.title, *theme.text_steps) if px <= most}, reverse=True)
    fitting = (px for px in sizes if all(sheet.width(name, px, bold=True) <= inner.w for name in names))
    return next(fitting, theme.least)


class Form(NamedTuple):
    """The same for every tile. `px`, `height`: of the notes; `side`: of the icon, 0: no room; `width`: for words."""

    px: int
    height: float
    side: float
    beside: bool
    width: float


def _form(sheet: Sheet, inner: Frame, notes: list[str], name_px: int) -> Form:
    """The icon above the name if it stays large there, else before it, else small; and last without one."""
    theme = sheet.theme
    free = inner.h - name_px * ONE_LINE - theme.pad
    aside = inner.w - theme.mm(BESIDE_MM) - theme.pad

    def note_height(px: int, width: float) -> float:
        return max((sheet.height(note, px, width) for note in notes), default=0)

    for icon, px in itertools.product((theme.mm(18), theme.mm(11)), theme.text_steps):
        height = note_height(px, inner.w)
        if height + icon <= free:
            return Form(px, height, min(free - height, theme.mm(26)), False, inner.w)
    names = [sheet.say(f"tender.{tender.value}.name") for tender in Tender]
    if all(sheet.width(name, name_px, bold=True) <= aside for name in names):
        for px in theme.text_steps:
            if (height := note_height(px, aside)) <= free:
                return Form(px, height, theme.mm(BESIDE_MM), True, aside)
    for icon, px in itertools.product((theme.mm(LEAST_ICON_MM), 0), theme.text_steps):
        height = note_height(px, inner.w)
        if height + icon <= free:
            side = min(free - height, theme.mm(26))
            return Form(px, height, side if side >= theme.mm(LEAST_ICON_MM) else 0, False, inner.w)
    return Form(theme.least, note_height(theme.least, inner.w), 0, False, inner.w)
