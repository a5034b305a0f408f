"""The receipt: its five checks, its number, what the paper does; without paper a code to photograph.

The claim slip looks alike: what is owed, its number, why, who follows it up."""

from __future__ import annotations

from typing import Any, Final

import segno
from PIL import Image

from kiosk.contract import ClaimPage, PaperStage, ReceiptPage, Tick
from screens import icons
from screens.frame import Frame
from screens.sheet import Foot, Sheet
from screens.widgets.base import Box

QUIET_ZONE: Final = 4  # modules of white around a QR code (ISO/IEC 18004)

STAGES: Final = {
    PaperStage.PRINTING: "wait",
    PaperStage.PRINTED: "good",
    PaperStage.NOT_PRINTED: "problem",
    PaperStage.PERHAPS: "warning",
}


def build(sheet: Sheet, page: ReceiptPage) -> Foot:
    theme = sheet.theme
    area = _status(sheet, sheet.area, page.stage, sheet.message(page.status))
    facts = [(sheet.say("receipt.amount"), page.amount.figures), (sheet.say("receipt.number"), page.number)]
    if page.prepaid:
        facts.append((sheet.say("receipt.prepaid"), page.prepaid.figures))
    if page.change_owed:
        facts.append((sheet.say("receipt.change_owed"), page.change_owed.figures))
    if page.claim:
        facts.append((sheet.say("receipt.claim"), page.claim))
    shows_code = bool(page.qr) and page.stage is not PaperStage.PRINTED
    leaves = ["facts"]
    halves = area.rows(2, theme.gap) if theme.portrait else area.columns(2, theme.gap)
    ticks_h = _ticks_height(sheet, page.ticks)
    if page.ticks and shows_code:
        leaves.append("ticks")
    leaf = sheet.page_of(leaves)
    if leaf == "ticks":
        _ticks(sheet, area.centred(min(area.w, theme.small * 24), min(area.h, ticks_h)), page.ticks)
    else:
        _facts(sheet, halves[0], facts)
        if shows_code:
            draw_qr(sheet, halves[1], page.qr, sheet.say("receipt.photograph"))
        else:
            _ticks(sheet, halves[1], page.ticks)
    return Foot(main=sheet.act("main", page.done, "tick"), second=sheet.act("again", page.again))


def build_claim(sheet: Sheet, page: ClaimPage) -> Foot:
    theme = sheet.theme
    area = _status(sheet, sheet.area, page.stage, sheet.message(page.status))
    reason = sheet.message(page.reason)
    facts = [(sheet.say("claim.amount"), page.amount.figures), (sheet.say("claim.number"), page.number)]
    left, right = area.rows(2, theme.gap) if theme.portrait else area.columns(2, theme.gap)
    need = sheet.height(reason, theme.small, left.w)
    leaf = sheet.page_of(["facts", "reason"] if _facts_height(sheet, left.w, facts) + need > left.h else ["facts"])
    if leaf == "reason":
        sheet.text(area, reason)
        return Foot(main=sheet.act("main", page.done, "tick"), second=sheet.act("again", page.again))
    if sheet.leaves == 1:
        words, left = left.from_bottom(need, theme.pad * 0.3)
        sheet.text(words, reason, theme.small, "text2")
    _facts(sheet, left, facts)
    draw_qr(sheet, right, page.qr, sheet.say("claim.photograph"))
    return Foot(main=sheet.act("main", page.done, "tick"), second=sheet.act("again", page.again))


def _status(sheet: Sheet, area: Frame, stage: PaperStage, words: str) -> Frame:
    notice, rest = area.from_top(sheet.notice_height(words, area.w), sheet.theme.pad * 0.7)
    sheet.notice(notice, words, STAGES[stage])
    return rest


Fact = tuple[str, str]


def _facts_height(sheet: Sheet, width: float, facts: list[Fact]) -> float:
    theme = sheet.theme
    return sum(
        theme.small * 1.25 + sheet.height(value, _fact_px(sheet, index, value, width), width, bold=True)
        for index, (_, value) in enumerate(facts)
    )


def _fact_px(sheet: Sheet, index: int, value: str, width: float) -> int:
    """The first fact is the amount, shown large; the others as text."""
    theme = sheet.theme
    if index:
        return theme.body
    return theme.digit if sheet.width(value, theme.digit, bold=True) <= width else theme.title


def _facts(sheet: Sheet, frame: Frame, facts: list[Fact]) -> None:
    """Caption above value; with more than fit that way the later ones take one line each."""
    theme = sheet.theme
    if _facts_height(sheet, frame.w, facts) > frame.h:
        _fact_lines(sheet, frame, facts)
        return
    spare = (frame.h - _facts_height(sheet, frame.w, facts)) / len(facts)
    for index, (caption, value) in enumerate(facts):
        px = _fact_px(sheet, index, value, frame.w)
        line, frame = frame.from_top(theme.small * 1.25, 0)
        sheet.text(line, caption, theme.small, "text2")
        line, frame = frame.from_top(sheet.height(value, px, frame.w, bold=True), min(spare, theme.pad))
        sheet.text(line, value, px, bold=True)


def _fact_lines(sheet: Sheet, frame: Frame, facts: list[Fact]) -> None:
    px = sheet.theme.small
    for caption, value in facts:
        words = f"{caption} {value}"
        height = sheet.height(words, px, frame.w, bold=True)
        line, frame = frame.from_top(height, min(sheet.theme.pad * 0.3, max(0.0, frame.h - height)))
        sheet.text(line, words, px, bold=True)


def _ticks_height(sheet: Sheet, ticks: tuple[Tick, ...]) -> float:
    return len(ticks) * sheet.theme.small * 1.4


def _ticks(sheet: Sheet, frame: Frame, ticks: tuple[Tick, ...]) -> None:
    if not ticks:
        return
    theme = sheet.theme
    height = min(frame.h / len(ticks), theme.small * 1.75)
    block = frame.centred(frame.w, height * len(ticks))
    for tick in ticks:
        line, block = block.from_top(height)
        icon, words = line.from_left(theme.small * 1.1, theme.pad * 0.7)
        ink, tint = ("success", "pale_ok") if tick.good else ("error", "pale_error")
        sheet.icon(icon, "good" if tick.good else "bad", ink, tint)
        label = sheet.say(f"receipt.tick.{tick.name}")
        sheet.text(words, label, theme.small, spoken=sheet.say("receipt.tick.good" if tick.good else "receipt.tick.bad", what=label))


def qr_texture(content: str, side: float) -> tuple[Any, int]:
    """Modules in whole pixels, always black on white with its quiet zone: (texture, pixels of a side)."""
    rows = [bytes(0 if dark else 255 for dark in row) for row in segno.make_qr(content, error="m").matrix_iter(border=QUIET_ZONE)]
    count = len(rows)
    scale = max(1, int(side // count))
    picture = Image.frombytes("L", (count, count), b"".join(rows)).convert("RGBA")
    picture = picture.resize((count * scale, count * scale), Image.Resampling.NEAREST)
    return icons.as_texture(picture, smooth=False), count * scale


def draw_qr(sheet: Sheet, frame: Frame, content: str, words: str) -> None:
    if not content:
        return
    theme = sheet.theme
    below, code = frame.from_bottom(sheet.height(words, theme.small, frame.w), theme.pad * 0.3)
    texture, side = qr_texture(content, min(code.w, code.h))
    sheet.add(Box(code.centred(side, side), (1, 1, 1, 1)))
    sheet.picture(code, texture, side, words)
    sheet.text(below, words, theme.small, "text2", align="center", spoken="")
