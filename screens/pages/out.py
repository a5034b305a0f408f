"""暂停服务: why, where to go instead, and what still belongs to the person in front."""

from __future__ import annotations

from kiosk.contract import Money, OutOfService, TextSize
from screens.frame import Frame
from screens.pages.receipt import draw_qr
from screens.pages.stacked import Line, stacked
from screens.sheet import NO_FOOT, Foot, Sheet
from screens.theme import Rank, Theme
from screens.typeset import ONE_LINE


def _cramped(theme: Theme) -> bool:
    return theme.low or (theme.size is TextSize.XLARGE and not theme.portrait)


def build(sheet: Sheet, page: OutOfService) -> Foot:
    if page.amount is not None:
        return _with_money(sheet, page, page.amount)
    theme = sheet.theme
    area = sheet.area
    claim = sheet.say("out.claim", number=page.number)
    still = sheet.say("out.still")
    cramped = theme.low or theme.size is TextSize.XLARGE
    leaf = sheet.page_of(["why", *(["claim"] if page.number else []), "still"] if cramped else ["why"])
    if leaf != "why":
        return sheet.alone(claim, "warning") if leaf == "claim" else sheet.alone(still, "info")
    if page.number and not cramped:
        words = claim
        px = sheet.notice_px(words, area.w, area.h * 0.4)
        notice, area = area.from_bottom(sheet.notice_height(words, area.w, px), theme.pad)
        sheet.notice(notice, words, "warning", px)
    lines: list[Line] = [
        (sheet.message(page.reason), theme.body, "text", True),
        (sheet.say("out.instead"), theme.body, "text", False),
        ("" if cramped else still, theme.body, "text2", False),
        (
            sheet.say("home.phone", phone=page.service_phone) if page.service_phone else "",
            theme.body,
            "text",
            True,
        ),
    ]
    stacked(sheet, area, "closed", lines)
    return NO_FOOT


def _with_money(sheet: Sheet, page: OutOfService, amount: Money) -> Foot:
    """What happened, how much is inside, and a code to take along: nothing else can be handed out."""
    theme = sheet.theme
    foot = Foot(main=sheet.act("main", page.done, "tick"))
    number = sheet.say("out.number", number=page.number)
    if theme.low or theme.size is TextSize.XLARGE:
        leaf = sheet.page_of(["why", "code"])
        if leaf == "code":
            draw_qr(sheet, sheet.area, page.qr, number)
        else:
            _what_happened(sheet, sheet.area, page, amount)
        return foot
    if theme.portrait:
        code, left = sheet.area.from_bottom(sheet.area.h * 0.4, theme.gap)
    else:
        code, left = sheet.area.from_right(sheet.area.w * 0.36, theme.gap)
    draw_qr(sheet, code, page.qr, number)
    _what_happened(sheet, left, page, amount)
    return foot


def _what_happened(sheet: Sheet, left: Frame, page: OutOfService, amount: Money) -> None:
    theme = sheet.theme
    if _cramped(theme):
        _briefly(sheet, left, page, amount)
        return
    caption = sheet.say("out.money")
    words = sheet.message(page.reason)
    height = theme.small * ONE_LINE + theme.amount * ONE_LINE
    money, rest = left.from_top(height, theme.pad * 0.5)
    top, figures = money.from_top(theme.small * ONE_LINE)
    sheet.text(top, caption, theme.small, "text2", rank=Rank.CAPTION)
    px = next(
        p
        for p in (theme.amount, theme.title, theme.body)
        if sheet.width(amount.figures, p, bold=True) <= left.w
    )
    sheet.text(figures, amount.figures, px, bold=True)
    phone = sheet.say("home.phone", phone=page.service_phone) if page.service_phone else ""
    if phone:
        below, rest = rest.from_bottom(theme.body * ONE_LINE, theme.pad * 0.3)
        sheet.text(below, phone, theme.body, bold=True)
    px = sheet.notice_px(words, rest.w, rest.h)
    notice, _ = rest.from_top(min(rest.h, sheet.notice_height(words, rest.w, px)))
    sheet.notice(notice, words, "warning", px)


def _briefly(sheet: Sheet, area: Frame, page: OutOfService, amount: Money) -> None:
    """The same where there is room for one line and the sentence."""
    theme = sheet.theme
    phone = page.service_phone
    line, rest = area.from_top(theme.body * ONE_LINE, theme.pad * 0.5)
    if (
        sheet.width(amount.figures, theme.body, bold=True) + sheet.width(phone, theme.body) + theme.gap
        <= line.w
    ):
        spoken = sheet.say("home.phone", phone=phone) if phone else ""
        sheet.text(line, phone, theme.body, align="right", spoken=spoken)
    amount_w = sheet.width(amount.figures, theme.body, bold=True)
    caption = sheet.say("out.money")
    sheet.text(line.from_left(amount_w)[0], amount.figures, theme.body, bold=True, caption=caption)
    words = sheet.message(page.reason)
    px = sheet.notice_px(words, rest.w, rest.h)
    sheet.notice(rest, words, "warning", px)
