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
from screens.typeset import ONE_LINE
from screens.widgets.base import Box

LARGEST_QR_MM: Final = 60  # a phone at arm's length sees it whole
LEAST_QR_MM: Final = 32  # with its quiet zone; a phone reads it at 30 cm
QUIET_ZONE: Final = 4  # modules of white around a QR code (ISO/IEC 18004)

STAGES: Final = {
    PaperStage.PRINTING: "wait",
    PaperStage.PRINTED: "good",
    PaperStage.NOT_PRINTED: "problem",
    PaperStage.PERHAPS: "warning",
}


def build(sheet: Sheet, page: ReceiptPage) -> Foot:
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
    halves = _halves(sheet, area)
    if page.ticks and shows_code:
        leaves.append("ticks")
    leaf = sheet.page_of(leaves)
    if leaf == "ticks":
        _ticks(sheet, area, page.ticks)
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
    left, right = _halves(sheet, area)
    need = sheet.height(reason, theme.small, left.w)
    leaf = sheet.page_of(
        ["facts", "reason"] if _facts_height(sheet, left.w, facts) + need > left.h else ["facts"]
    )
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
    px = sheet.notice_px(words, area.w, area.h * 0.34)
    notice, rest = area.from_top(sheet.notice_height(words, area.w, px), sheet.theme.pad * 0.7)
    sheet.notice(notice, words, STAGES[stage], px)
    return rest


def _halves(sheet: Sheet, area: Frame) -> list[Frame]:
    """Beside each other; on a tall glass below each other, and no taller than a card looks well."""
    theme = sheet.theme
    if not theme.portrait:
        return area.columns(2, theme.gap)
    block, _ = area.from_top(min(area.h, theme.mm(150)))
    return block.rows(2, theme.gap)


Fact = tuple[str, str]


def _facts_height(sheet: Sheet, width: float, facts: list[Fact]) -> float:
    theme = sheet.theme
    inner = width - 2 * theme.pad
    return theme.pad * 0.8 + sum(
        theme.small * ONE_LINE + sheet.height(value, _fact_px(sheet, index, value, inner), inner, bold=True)
        for index, (_, value) in enumerate(facts)
    )


def _fact_px(sheet: Sheet, index: int, value: str, width: float) -> int:
    """The first fact is the amount, shown large; the others as text."""
    theme = sheet.theme
    if index:
        return theme.body
    return theme.digit if sheet.width(value, theme.digit, bold=True) <= width else theme.title


def _facts(sheet: Sheet, frame: Frame, facts: list[Fact]) -> None:
    """On a card, caption above value; if that is too much, caption and value in one line each."""
    theme = sheet.theme
    sheet.box(frame, "card", "rule")
    inner = frame.inset(theme.pad, theme.pad * 0.4)
    needed = _facts_height(sheet, frame.w, facts)
    if needed > frame.h:
        _fact_lines(sheet, inner, facts)
        return
    gap = min((frame.h - needed) / len(facts), theme.pad)
    block = inner.centred(inner.w, needed - theme.pad * 0.8 + gap * (len(facts) - 1))
    for index, (caption, value) in enumerate(facts):
        px = _fact_px(sheet, index, value, inner.w)
        line, block = block.from_top(theme.small * ONE_LINE)
        sheet.text(line, caption, theme.small, "text2", spoken="")
        line, block = block.from_top(sheet.height(value, px, inner.w, bold=True), gap)
        sheet.text(line, value, px, bold=True, caption=caption)


def _fact_lines(sheet: Sheet, frame: Frame, facts: list[Fact]) -> None:
    lines = [f"{caption} {value}" for caption, value in facts]

    def needed(px: int) -> float:
        return sum(sheet.height(line, px, frame.w, bold=True) for line in lines)

    px = sheet.px_for(lambda px: needed(px) <= frame.h)
    gap = max(0.0, (frame.h - needed(px)) / len(lines))
    frame = frame.inset(0, gap / 2)
    for line in lines:
        place, frame = frame.from_top(sheet.height(line, px, frame.w, bold=True), gap)
        sheet.text(place, line, px, bold=True)


def _ticks(sheet: Sheet, frame: Frame, ticks: tuple[Tick, ...]) -> None:
    if not ticks:
        return
    theme = sheet.theme
    sheet.box(frame, "card", "rule")
    frame = frame.inset(theme.pad, theme.pad * 0.4)
    labels = [sheet.say(f"receipt.tick.{tick.name}") for tick in ticks]
    each = frame.h / len(ticks)
    px = sheet.px_for(
        lambda px: (
            px * ONE_LINE <= each
            and all(sheet.width(label, px) + px * 1.1 + theme.pad <= frame.w for label in labels)
        )
    )
    height = min(each, px * 1.75)
    block = frame.centred(frame.w, height * len(ticks))
    for tick, label in zip(ticks, labels, strict=True):
        line, block = block.from_top(height)
        icon, words = line.from_left(px * 1.1, theme.pad * 0.7)
        ink, tint = ("success", "pale_ok") if tick.good else ("error", "pale_error")
        sheet.icon(icon.centred(icon.w, px * 1.05), "good" if tick.good else "bad", ink, tint)
        spoken = sheet.say("receipt.tick.good" if tick.good else "receipt.tick.bad", what=label)
        sheet.text(words, label, px, spoken=spoken)


def qr_texture(content: str, side: float) -> tuple[Any, int]:
    """Modules in whole pixels, always black on white with its quiet zone: (texture, pixels of a side)."""
    rows = [
        bytes(0 if dark else 255 for dark in row)
        for row in segno.make_qr(content, error="m").matrix_iter(border=QUIET_ZONE)
    ]
    count = len(rows)
    scale = max(1, int(side // count))
    picture = Image.frombytes("L", (count, count), b"".join(rows)).convert("RGBA")
    picture = picture.resize((count * scale, count * scale), Image.Resampling.NEAREST)
    return icons.as_texture(picture, smooth=False), count * scale


def draw_qr(sheet: Sheet, frame: Frame, content: str, words: str) -> None:
    if not content:
        return
    theme = sheet.theme
    room = frame.h - theme.mm(LEAST_QR_MM)
    px = next((p for p in (theme.small, theme.least) if sheet.height(words, p, frame.w) <= room), theme.least)
    below, code = frame.from_bottom(sheet.height(words, px, frame.w), theme.pad * 0.3)
    texture, side = qr_texture(content, min(code.w, code.h, theme.mm(LARGEST_QR_MM)))
    sheet.add(Box(code.centred(side, side), (1, 1, 1, 1)))
    sheet.picture(code, texture, side, words)
    sheet.text(below, words, px, "text2", align="center", spoken="")
