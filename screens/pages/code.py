"""Hold your payment code in front of the window."""

from __future__ import annotations

import itertools
from typing import NamedTuple

from kiosk.contract import ShowCode
from screens.frame import Frame
from screens.pages.pay_by import amount_line
from screens.sheet import NO_FOOT, Foot, Sheet
from screens.theme import Rank
from screens.typeset import ONE_LINE


class Plan(NamedTuple):
    """How the page is arranged. `notice`: where the problem stands, in which size; None: it finds no room."""

    amount_px: int
    area: Frame
    notice: Frame | None
    notice_px: int


def build(sheet: Sheet, page: ShowCode) -> Foot:
    place = sheet.theme.panel.places["code"]
    steps = [sheet.say("code.open"), sheet.say("code.hold", place=sheet.say(f"place.{place}"))]
    problem = sheet.message(page.problem)
    plan = _plan(sheet, problem, steps)
    if sheet.page_of(["problem", "code"] if problem and plan.notice is None else ["code"]) == "problem":
        return sheet.alone(problem)
    top = sheet.area.from_top(plan.amount_px * ONE_LINE)[0]
    amount_line(sheet, top, sheet.say("pay_by.due"), page.amount.figures, plan.amount_px)
    if plan.notice:
        sheet.notice(plan.notice, problem, "problem", plan.notice_px)
    picture, beside = _halves(sheet, plan.area)
    _picture(sheet, picture, place)
    _steps(sheet, beside, steps)
    return NO_FOOT


def _plan(sheet: Sheet, problem: str, steps: list[str]) -> Plan:
    """Without room the amount is written smaller, and at last the problem stands on a leaf of its own."""
    theme = sheet.theme
    amounts = sorted({theme.amount, theme.digit, theme.title, *theme.text_steps}, reverse=True)
    step_sizes = (theme.body, theme.least) if theme.low else (theme.body,)
    said_or_not = (problem, "") if problem else ("",)
    for said, step_px, amount_px in itertools.product(said_or_not, step_sizes, amounts):
        area = sheet.area.from_top(amount_px * ONE_LINE, theme.pad * 0.6)[1]
        notice, px = None, theme.least
        if said:
            px = sheet.notice_px(said, area.w, area.h * 0.36)
            notice, area = area.from_bottom(sheet.notice_height(said, area.w, px), theme.pad * 0.7)
        plan = Plan(amount_px, area, notice, px)
        beside = _halves(sheet, area)[1]
        if _stands(sheet, beside, steps, step_px, theme.pad * 0.6):
            return plan
    return plan


def _halves(sheet: Sheet, area: Frame) -> tuple[Frame, Frame]:
    """The picture, and what to do beside it."""
    theme = sheet.theme
    if theme.portrait:
        area, _ = area.from_top(min(area.h, theme.mm(80)))
    return area.from_left(min(area.w * (0.24 if theme.low else 0.34), area.h * 1.3), theme.gap)


def _picture(sheet: Sheet, frame: Frame, place: str) -> None:
    """The phone, and the window at the side where it really is."""
    theme = sheet.theme
    sheet.box(frame, "pale_info")
    inner = frame.inset(theme.pad, theme.pad * 0.6)
    if place in ("below", "above"):
        phone, rest = (
            inner.from_top(inner.h * 0.52) if place == "below" else inner.from_bottom(inner.h * 0.52)
        )
        arrow, window = rest.from_top(rest.h * 0.4) if place == "below" else rest.from_bottom(rest.h * 0.4)
    else:
        phone, rest = inner.from_left(inner.w * 0.5) if place == "right" else inner.from_right(inner.w * 0.5)
        arrow, window = rest.from_left(rest.w * 0.4) if place == "right" else rest.from_right(rest.w * 0.4)
    sheet.icon(phone, "code")
    arrow = arrow.centred(min(arrow.w, theme.mm(12)), arrow.h * 0.8)
    sheet.icon(arrow, f"arrow@{place}", "success", "pale_info")
    sheet.icon(window, "window", "primary", "page")
    sheet.camera(frame)


def _badge(sheet: Sheet) -> float:
    return (sheet.theme.least if sheet.theme.low else sheet.theme.small) * 1.45


def _heights(sheet: Sheet, width: float, steps: list[str], px: int) -> list[float]:
    badge = _badge(sheet)
    return [max(badge, sheet.height(step, px, width - badge - sheet.theme.pad)) for step in steps]


def _stands(sheet: Sheet, frame: Frame, steps: list[str], px: int, gap: float) -> bool:
    """With air between them; in the largest size only if each keeps to its line."""
    lines = _heights(sheet, frame.w, steps, px)
    one_line = max(_badge(sheet), px * ONE_LINE) + 1
    return sum(lines) + gap * (len(steps) - 1) <= frame.h and (
        px < sheet.theme.title or max(lines) <= one_line
    )


def _steps(sheet: Sheet, frame: Frame, steps: list[str]) -> None:
    """Numbered, below each other."""
    theme = sheet.theme
    badge = _badge(sheet)
    gap = theme.pad * 0.6
    px = next(
        (px for px in (theme.title, *theme.text_steps) if _stands(sheet, frame, steps, px, gap)), theme.least
    )
    heights = _heights(sheet, frame.w, steps, px)
    gap = max(0.0, min(2 * gap, (frame.h - sum(heights)) / max(1, len(steps) - 1)))
    block = frame.centred(frame.w, sum(heights) + gap * (len(steps) - 1))
    for number, (step, height) in enumerate(zip(steps, heights, strict=True), start=1):
        line, block = block.from_top(height, gap)
        count, words = line.from_left(badge, theme.pad)
        disc = count.centred(badge, badge)
        sheet.box(disc, "primary", radius=round(badge / 2))
        small = round(badge / 1.45)
        sheet.text(
            disc, str(number), small, "on_primary", bold=True, align="center", spoken="", rank=Rank.DRAWN
        )
        sheet.text(words, step, px)
