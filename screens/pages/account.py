"""Scan the bill or type the number: what to do and the number at the left, the keys at the right."""

from __future__ import annotations

from kiosk.contract import EnterAccount, LookingUp
from screens.frame import Frame
from screens.pages.keypad import beside, keypad
from screens.pages.stacked import Line, stacked
from screens.sheet import NO_FOOT, Foot, Sheet
from screens.theme import Rank

CURSOR_MM = 0.8  # where the first digit will stand


def build(sheet: Sheet, page: EnterAccount) -> Foot:
    theme = sheet.theme
    keys, left = beside(sheet)
    shown, rest = left.from_top(_number_height(sheet, left.w, page), theme.touch_gap)
    problem = sheet.message(page.problem)
    fits = not problem or sheet.notice_fits(problem, rest)
    if sheet.page_of(["number"] if fits else ["problem", "number"]) == "problem":
        return sheet.alone(problem)
    keypad(sheet, keys)
    _number(sheet, shown, page)
    _guidance(sheet, rest, page, problem if fits else "")
    # Whoever holds a bill to the window need not read it; it comes with the first digit.
    return Foot(main=sheet.act("main", page.submit, "tick")) if page.typed else NO_FOOT


def grouped(typed: str, groups: tuple[int, ...]) -> str:
    """`1234567890`, (4, 4, 2) → `1234 5678 90`; digits beyond the groups follow in fours."""
    parts, rest = [], typed
    for size in (*groups, *([4] * len(typed))):
        if not rest:
            break
        parts.append(rest[:size])
        rest = rest[size:]
    return " ".join(parts)


def _number_px(sheet: Sheet, width: float, page: EnterAccount) -> tuple[str, int]:
    """A number of full length, and the size in which it stands on one line (else it takes two): from the
    start, so that the page does not jump while somebody types."""
    theme = sheet.theme
    full = grouped("0" * max(len(page.typed), sum(page.groups), 4), page.groups)
    sizes = (
        (theme.digit, theme.title, *theme.text_steps) if theme.low else (theme.digit, theme.title, theme.body)
    )
    room = width - 2 * theme.pad
    return full, next((px for px in sizes if sheet.width(full, px, bold=True) <= room), theme.title)


def _number_height(sheet: Sheet, width: float, page: EnterAccount) -> float:
    theme = sheet.theme
    full, px = _number_px(sheet, width, page)
    digits = sheet.height(full, px, width - 2 * theme.pad, bold=True)
    return _caption_px(sheet) * 1.3 + digits + theme.pad * 0.8


def _caption_px(sheet: Sheet) -> int:
    return sheet.theme.least if sheet.theme.low else sheet.theme.small


def _number(sheet: Sheet, frame: Frame, page: EnterAccount) -> None:
    theme = sheet.theme
    sheet.box(frame, "page", "primary")
    inner = frame.inset(theme.pad, theme.pad * 0.4)
    small = _caption_px(sheet)
    caption, digits = inner.from_top(small * 1.3)
    typed = grouped(page.typed, page.groups)
    if not typed:
        spoken = sheet.say("account.empty", account=page.account_name)
        sheet.text(caption, page.account_name, small, "text2", spoken=spoken, rank=Rank.CAPTION)
        sheet.box(
            digits.from_left(theme.mm(CURSOR_MM))[0].centred(theme.mm(CURSOR_MM), digits.h * 0.7),
            "primary",
            radius=0,
        )
        return
    sheet.text(caption, page.account_name, small, "text2", rank=Rank.CAPTION)
    missing = sheet.message(page.submit.off) if page.submit else ""
    room = caption.w - sheet.width(page.account_name, small) - theme.pad
    if sheet.width(missing, small) <= room:
        sheet.text(caption.from_right(room)[0], missing, small, "text2", align="right", rank=Rank.NEWS)
    px = _number_px(sheet, frame.w, page)[1]
    sheet.text(digits, typed, px, bold=True, spoken=" ".join(page.typed), personal=True)


def _guidance(sheet: Sheet, frame: Frame, page: EnterAccount, problem: str) -> None:
    theme = sheet.theme
    if problem:
        px = sheet.notice_px(problem, frame.w, frame.h)
        notice, frame = frame.from_top(sheet.notice_height(problem, frame.w, px), theme.touch_gap)
        sheet.notice(notice, problem, "problem", px)
    place = theme.panel.places["code"]
    where = sheet.say(f"place.{place}")
    words, spoken = sheet.say("account.how_typing", account=page.account_name), None
    if page.can_scan:
        words, spoken = sheet.say("account.how", place=where), sheet.say("account.how_spoken", place=where)
    px = sheet.px_for(lambda px: sheet.height(words, px, frame.w) <= frame.h)
    need = sheet.height(words, px, frame.w)
    if need > frame.h or (problem and px < theme.body and not theme.low):
        return  # the problem already says what to do
    text, frame = frame.from_top(need, theme.touch_gap)
    sheet.text(text, words, px, valign="top", spoken=spoken)
    if page.can_scan and frame.h >= theme.mm(12):
        _bill_picture(sheet, frame.centred(frame.w, min(frame.h, theme.mm(30))))


def _bill_picture(sheet: Sheet, frame: Frame) -> None:
    """Where number and bar code stand on a bill, and that it goes to the reader."""
    theme = sheet.theme
    side = frame.h
    cells = frame.centred(min(frame.w, side * 3 + theme.gap * 2), side).columns(3, theme.gap)
    sheet.icon(cells[0], "bill")
    sheet.icon(cells[1].centred(side * 0.8, side * 0.8), "scan")
    place = theme.panel.places["code"]
    sheet.icon(cells[2].centred(side * 0.6, side * 0.6), f"arrow@{place}", "success")
    sheet.camera(Frame(cells[1].x, frame.y, cells[2].right - cells[1].x, frame.h))  # the bill stays


def build_looking_up(sheet: Sheet, page: LookingUp) -> Foot:
    theme = sheet.theme
    lines: list[Line] = [
        (sheet.say("account.looking", fee=page.fee_name), theme.title, "text", True),
        (page.account, theme.digit, "text", True),
        (sheet.say("account.looking_wait"), theme.body, "text2", False),
    ]
    stacked(sheet, sheet.area, "wait", lines)
    return NO_FOOT
