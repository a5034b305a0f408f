"""The receipt: its five checks, its number, what the paper does; without paper a code to photograph.

The claim slip looks alike: what is owed, its number, why, who follows it up."""

from __future__ import annotations

import functools
from typing import Any, Final

import segno
from PIL import Image

from kiosk.contract import ClaimPage, PaperStage, ReceiptPage, Tick
from screens import icons
from screens.frame import Frame
from screens.sheet import Foot, Sheet
from screens.theme import Rank
from screens.typeset import ONE_LINE
from screens.widgets.base import Box

LARGEST_QR_MM: Final = 60  # a phone at arm's length sees it whole
LEAST_MODULE_MM: Final = 0.7  # one square of the code; the printed ones have 0.5
LEAST_QR_MM: Final = 32  # with its quiet zone; a phone reads it at 30 cm
Fact = tuple[str, str]  # caption, value

QUIET_ZONE: Final = 4  # modules of white around a QR code (ISO/IEC 18004)

STAGES: Final = {
    PaperStage.PRINTING: "wait",
    PaperStage.PRINTED: "good",
    PaperStage.NOT_PRINTED: "problem",
    PaperStage.PERHAPS: "warning",
}


def build(sheet: Sheet, page: ReceiptPage) -> Foot:
    foot = Foot(main=sheet.act("main", page.done, "tick"), second=sheet.act("again", page.again))
    status = sheet.message(page.status)
    facts = [(sheet.say("receipt.amount"), page.amount.figures), (sheet.say("receipt.number"), page.number)]
    if page.prepaid:
        facts.append((sheet.say("receipt.prepaid"), page.prepaid.figures))
    if page.change_owed:
        facts.append((sheet.say("receipt.change_owed"), page.change_owed.figures))
    if page.claim:
        facts.append((sheet.say("receipt.claim"), page.claim))
    code = page.qr if page.stage in (PaperStage.NOT_PRINTED, PaperStage.PERHAPS) else ""
    photograph = sheet.say("receipt.photograph")

    left, right = _halves(sheet, _below_status(sheet, sheet.area, status))
    ticks_fit = _ticks_px(sheet, right, page.ticks) is not None
    code_fits = not code or _qr_fits(sheet, right, code, photograph)
    beside = not sheet.theme.low or ((ticks_fit or code) and code_fits)
    if beside and _facts_fit(sheet, left, facts):
        leaves = ["facts", "ticks"] if page.ticks and code else ["facts"]
    else:
        leaves = ["status", "facts"] if _too_much(sheet, status, facts) else ["facts"]
        leaves += [*(["code"] if code else []), *(["ticks"] if page.ticks else [])]
    leaf = sheet.page_of(leaves)
    if leaf == "status":
        sheet.alone(status, STAGES[page.stage])
    elif leaf == "code":
        draw_qr(sheet, sheet.area, code, photograph)
    elif leaf == "ticks":
        low = sheet.theme.low
        _ticks(sheet, sheet.area if low else _status(sheet, sheet.area, page.stage, status), page.ticks)
    elif "code" in leaves or ("ticks" in leaves and not code):
        whole = "status" in leaves
        _facts(sheet, sheet.area if whole else _status(sheet, sheet.area, page.stage, status), facts)
    else:
        left, right = _halves(sheet, _status(sheet, sheet.area, page.stage, status))
        _facts(sheet, left, facts)
        if code:
            draw_qr(sheet, right, code, photograph)
        else:
            _ticks(sheet, right, page.ticks)
    return foot


def _too_much(sheet: Sheet, status: str, facts: list[Fact]) -> bool:
    """For one leaf, even if nothing else stands on it."""
    return not _facts_fit(sheet, _below_status(sheet, sheet.area, status), facts)


def build_claim(sheet: Sheet, page: ClaimPage) -> Foot:
    theme = sheet.theme
    status, reason = sheet.message(page.status), sheet.message(page.reason)
    facts = [(sheet.say("claim.amount"), page.amount.figures), (sheet.say("claim.number"), page.number)]
    photograph = sheet.say("claim.photograph")
    area = _below_status(sheet, sheet.area, status)
    left, right = _halves(sheet, area)
    reason_px = theme.small if theme.low else theme.body
    need = sheet.height(reason, reason_px, left.w)
    leaves = ["facts"]
    if theme.low and not _qr_fits(sheet, right, page.qr, photograph):
        leaves, left = ["facts", "reason", "code"], area
    elif _facts_height(sheet, left.w, facts) + need > left.h:
        leaves = ["facts", "reason"]
    leaf = sheet.page_of(leaves)
    if leaf == "code":
        draw_qr(sheet, sheet.area, page.qr, photograph)
    else:
        _status(sheet, sheet.area, page.stage, status)
    if leaf == "reason":
        sheet.text(area, reason, sheet.px_for(lambda px: sheet.fits(reason, px, area)))
    elif leaf == "facts":
        if sheet.leaves == 1:
            words, left = left.from_bottom(need, theme.pad * 0.3)
            sheet.text(words, reason, reason_px, "text2")
        _facts(sheet, left, facts)
        if "code" not in leaves:
            draw_qr(sheet, right, page.qr, photograph)
    return Foot(main=sheet.act("main", page.done, "tick"), second=sheet.act("again", page.again))


def _below_status(sheet: Sheet, area: Frame, words: str) -> Frame:
    px = sheet.notice_px(words, area.w, area.h * 0.34)
    return area.from_top(sheet.notice_height(words, area.w, px), sheet.theme.pad * 0.7)[1]


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
        sheet.text(line, caption, theme.small, "text2", spoken="", rank=Rank.CAPTION)
        line, block = block.from_top(sheet.height(value, px, inner.w, bold=True), gap)
        sheet.text(line, value, px, bold=True, caption=caption)


def _facts_fit(sheet: Sheet, frame: Frame, facts: list[Fact]) -> bool:
    inner = frame.inset(sheet.theme.pad, sheet.theme.pad * 0.4)
    return (
        _facts_height(sheet, frame.w, facts) <= frame.h
        or _lines_height(sheet, inner.w, facts, sheet.theme.least if sheet.theme.low else sheet.theme.body)
        <= inner.h
    )


def _lines_height(sheet: Sheet, width: float, facts: list[Fact], px: int) -> float:
    return sum(sheet.height(f"{caption} {value}", px, width, bold=True) for caption, value in facts)


def _fact_lines(sheet: Sheet, frame: Frame, facts: list[Fact]) -> None:
    px = sheet.px_for(lambda px: _lines_height(sheet, frame.w, facts, px) <= frame.h)
    gap = max(0.0, (frame.h - _lines_height(sheet, frame.w, facts, px)) / len(facts))
    frame = frame.inset(0, gap / 2)
    for caption, value in facts:
        line = f"{caption} {value}"
        place, frame = frame.from_top(sheet.height(line, px, frame.w, bold=True), gap)
        sheet.text(place, line, px, bold=True)


def _ticks_px(sheet: Sheet, frame: Frame, ticks: tuple[Tick, ...]) -> int | None:
    """The largest size at which each stands on a line of its own; None: not even the smallest."""
    theme = sheet.theme
    frame = frame.inset(theme.pad, theme.pad * 0.4)
    labels = [sheet.say(f"receipt.tick.{tick.name}") for tick in ticks]
    for px in theme.text_steps:
        wide = max((sheet.width(label, px) for label in labels), default=0) + px * 1.1 + theme.pad
        if px * ONE_LINE * len(ticks) <= frame.h and wide <= frame.w:
            return px
    return None


def _ticks(sheet: Sheet, frame: Frame, ticks: tuple[Tick, ...]) -> None:
    if not ticks:
        return
    theme = sheet.theme
    px = _ticks_px(sheet, frame, ticks) or theme.least
    sheet.box(frame, "card", "rule")
    frame = frame.inset(theme.pad, theme.pad * 0.4)
    height = min(frame.h / len(ticks), px * 1.75)
    block = frame.centred(frame.w, height * len(ticks))
    for tick in ticks:
        label = sheet.say(f"receipt.tick.{tick.name}")
        line, block = block.from_top(height)
        icon, words = line.from_left(px * 1.1, theme.pad * 0.7)
        ink, tint = ("success", "pale_ok") if tick.good else ("error", "pale_error")
        sheet.icon(icon.centred(icon.w, px * 1.05), "good" if tick.good else "bad", ink, tint)
        spoken = sheet.say("receipt.tick.good" if tick.good else "receipt.tick.bad", what=label)
        sheet.text(words, label, px, spoken=spoken, rank=Rank.SECOND)


@functools.lru_cache(maxsize=8)
def _qr_rows(content: str) -> tuple[bytes, ...]:
    """One byte for each module, with the quiet zone: 0 dark, 255 light."""
    code = segno.make_qr(content, error="m")
    return tuple(bytes(0 if dark else 255 for dark in row) for row in code.matrix_iter(border=QUIET_ZONE))


def _modules(content: str) -> int:
    """Along a side."""
    return len(_qr_rows(content))


def qr_texture(content: str, side: float) -> tuple[Any, int]:
    """Modules in whole pixels, always black on white with its quiet zone: (texture, pixels of a side)."""
    rows = _qr_rows(content)
    count = len(rows)
    scale = max(1, int(side // count))
    picture = Image.frombytes("L", (count, count), b"".join(rows)).convert("RGBA")
    picture = picture.resize((count * scale, count * scale), Image.Resampling.NEAREST)
    return icons.as_texture(picture, smooth=False), count * scale


def _qr_words(sheet: Sheet, frame: Frame, words: str) -> int:
    """Pixels of the words below a code, so that it stays large enough."""
    theme = sheet.theme
    room = frame.h - theme.mm(LEAST_QR_MM)
    return next(
        (p for p in (theme.small, theme.least) if sheet.height(words, p, frame.w) <= room), theme.least
    )


def _qr_fits(sheet: Sheet, frame: Frame, content: str, words: str) -> bool:
    """With modules that a phone can tell apart."""
    below = sheet.height(words, _qr_words(sheet, frame, words), frame.w) + sheet.theme.pad * 0.3
    side = min(frame.w, frame.h - below)
    return side // _modules(content) * sheet.theme.panel.pitch_mm >= LEAST_MODULE_MM


def draw_qr(sheet: Sheet, frame: Frame, content: str, words: str) -> None:
    """With its words below it; beside it where the glass is low and there is room."""
    if not content:
        return
    theme = sheet.theme
    if words and theme.low and frame.w > 2 * frame.h:
        code, beside = frame.from_left(frame.h, theme.gap)
        px = sheet.px_for(lambda px: sheet.fits(words, px, beside))
        align = "left"
    else:
        px = _qr_words(sheet, frame, words)
        beside, code = frame.from_bottom(sheet.height(words, px, frame.w), theme.pad * 0.3)
        align = "center"
    texture, side = qr_texture(content, min(code.w, code.h, theme.mm(LARGEST_QR_MM)))
    sheet.add(Box(code.centred(side, side), (1, 1, 1, 1)))
    sheet.picture(code, texture, side, words)
    sheet.text(beside, words, px, "text2", align=align, spoken="", rank=Rank.DRAWN)
