"""What stands in the same place on every page: title and step, settings, banners, and the bottom bar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kiosk.contract import Banner, CallStaff, Language, SetLanguage, StopCalling
from screens.frame import Frame
from screens.sheet import FACE_INSET, Act, Foot, Sheet
from screens.widgets.press import AMBER, MAIN, PLAIN

BANNERS: Final = {  # icon, ground, words, and the ink of the icon
    Banner.SIMULATED: ("practice", "pale_info", "text", "info"),
    Banner.OFFLINE: ("offline", "pale_info", "text", "info"),
    Banner.STAFF_CALLED: ("call", "warning_bg", "on_warning", "on_warning"),
    Banner.STAFF_COMING: ("good", "pale_ok", "text", "success"),
    Banner.NO_RECEIPTS: ("receipt", "warning_bg", "on_warning", "on_warning"),
}


def header(
    sheet: Sheet, frame: Frame, title: str, open_settings: Callable[[], None], settings_open: bool
) -> None:
    theme = sheet.theme
    inner = Frame(frame.x + theme.margin, frame.y, frame.w - 2 * theme.margin, frame.h)
    progress, line = inner.from_bottom(theme.mm(1.0))
    _progress(sheet, progress)
    tools = line.inset(0, theme.mm(1.0))

    other = Language.EN if sheet.view.language is Language.ZH else Language.ZH
    label = sheet.say("button.language")
    wide = sheet.width(label, theme.button, bold=True) + 2 * theme.pad
    place, tools = tools.from_right(max(wide, theme.mm(15)), theme.touch_gap)
    sheet.press(
        place, "language", SetLanguage(other), PLAIN, label=label, spoken=sheet.say("button.language_spoken")
    )
    label = sheet.say("button.text_size")
    wide = sheet.width(label, theme.button, bold=True) + theme.button * 1.3 + 2 * theme.pad
    title_room = line.w - place.w - wide - theme.gap - theme.touch_gap
    if sheet.width(title, theme.title, bold=True) + _step_width(sheet, short=True) > title_room:
        label, wide = "", theme.mm(17)
    place, tools = tools.from_right(wide, theme.gap)
    sheet.press(
        place,
        "settings",
        open_settings,
        MAIN if settings_open else PLAIN,
        label=label,
        icon="text_size",
        spoken=sheet.say("button.settings_spoken"),
    )
    _title_and_step(sheet, Frame(line.x, line.y, tools.w, line.h), title)


def _step_words(sheet: Sheet, short: bool) -> str:
    if sheet.view.step is None:
        return ""
    now, of = sheet.view.step
    return sheet.say("step.short" if short else "step.long", now=now, of=of)


def _step_width(sheet: Sheet, short: bool) -> float:
    words = _step_words(sheet, short)
    return sheet.width(words, sheet.theme.small) + sheet.theme.pad * 1.6 if words else 0


def _title_and_step(sheet: Sheet, frame: Frame, title: str) -> None:
    theme = sheet.theme
    wide = min(frame.w, sheet.width(title, theme.title, bold=True))
    place, rest = frame.from_left(wide, theme.pad)
    sheet.text(place, title, theme.title, bold=True)
    words = next(
        (
            w
            for w in (_step_words(sheet, False), _step_words(sheet, True))
            if w and sheet.width(w, theme.small) <= rest.w
        ),
        "",
    )
    sheet.text(rest, words, theme.small, "text2", spoken=_step_words(sheet, False))


def _progress(sheet: Sheet, frame: Frame) -> None:
    """The steps as a line: those done and the present one filled."""
    theme = sheet.theme
    if sheet.view.step is None:
        sheet.box(frame.from_bottom(theme.hairline)[0], "rule", radius=0)
        return
    now, of = sheet.view.step
    for number, part in enumerate(frame.columns(of, theme.mm(1.2)), start=1):
        done = number <= now
        bar = part if done else part.centred(part.w, theme.hairline * 2)
        sheet.box(bar, "primary" if done else "border", radius=0)


def banners(sheet: Sheet, frame: Frame) -> Frame:
    """Draws them, most serious first, and returns what remains below."""
    theme = sheet.theme
    if not sheet.view.banners:
        return frame
    for px, form in ((theme.small, ""), (theme.least, ""), (theme.small, "_short"), (theme.least, "_short")):
        words = [(banner, sheet.say(f"banner.{banner.value}{form}")) for banner in sheet.view.banners]
        widths = [sheet.width(text, px) + px * 1.3 + 1.8 * theme.pad for _, text in words]
        rows = _rows(widths, frame.w, theme.pad)
        if len(rows) == 1:
            break
    height = round(px * 1.35)
    for row in rows:
        line, frame = frame.from_top(height, theme.pad * 0.4)
        spare = (line.w - sum(widths[i] for i in row) - theme.pad * (len(row) - 1)) / len(row)
        for index in row:
            place, line = line.from_left(widths[index] + spare, theme.pad)
            _banner(sheet, place, *words[index], px)
    return frame


def _rows(widths: list[float], room: float, gap: float) -> list[list[int]]:
    """Which of them stand beside each other."""
    rows: list[list[int]] = [[]]
    for index, wide in enumerate(widths):
        if rows[-1] and sum(widths[i] for i in rows[-1]) + wide + gap * len(rows[-1]) > room:
            rows.append([])
        rows[-1].append(index)
    return rows


def _banner(sheet: Sheet, frame: Frame, banner: Banner, words: str, px: int) -> None:
    theme = sheet.theme
    icon, ground, colour, ink = BANNERS[banner]
    sheet.box(frame, ground, "help_border" if ground == "warning_bg" else "rule")
    left, text = frame.inset(theme.pad * 0.8, 0).from_left(px, px * 0.3)
    sheet.icon(left.centred(left.w, px), icon, ink, ground)
    sheet.text(text, words, px, colour)


def bottom(sheet: Sheet, frame: Frame, foot: Foot, back: Act | None) -> None:
    """Help at the left, back in the middle, the main action at the right: always there, never elsewhere."""
    theme = sheet.theme
    inset = (frame.h - theme.button_h) / 2
    inner = Frame(frame.x + theme.margin, frame.y + inset, frame.w - 2 * theme.margin, theme.button_h)
    acts = [act for act in (back, foot.second, foot.main) if act]
    called = sheet.view.staff_called
    label = sheet.say("button.stop_calling" if called else "button.call")
    short = sheet.say("button.stop_calling_short" if called else "button.call_short")

    # From generous to tight; words are dropped last, never made smaller.
    for words, bell, icons, air, gap in (
        (label, "call", True, 1.6, theme.gap),
        (label, "call", False, 1.0, theme.touch_gap),
        (label, "", False, 0.4, theme.touch_gap),
        (short, "call", False, 0.4, theme.touch_gap),
        (short, "", False, 0.0, theme.touch_gap),
    ):
        help_wide = _button_width(sheet, words, bool(bell), air)
        widths = [_button_width(sheet, act.label, icons and bool(act.icon), air) for act in acts]
        spare = inner.w - help_wide - sum(widths) - gap * len(acts)
        if spare >= 0:
            break
    place, rest = inner.from_left(help_wide, gap)
    sheet.press(
        place, "call", StopCalling() if called else CallStaff(), AMBER, label=words, icon=bell, spoken=label
    )
    if not icons:
        acts = [act._replace(icon="") for act in acts]
    wide_of = dict(zip([act.name for act in acts], widths, strict=True))
    named = {act.name: act for act in acts}
    if foot.main:
        wide = wide_of[foot.main.name] + min(max(0.0, spare), theme.mm(16))
        place, rest = rest.from_right(wide, gap)
        sheet.act_button(place, named[foot.main.name], MAIN)
    if foot.second:
        place, rest = rest.from_right(wide_of[foot.second.name], gap)
        sheet.act_button(place, named[foot.second.name])
    if back:
        wide = wide_of[back.name]
        x = min(max(frame.centred(wide, 0).x, rest.x), max(rest.x, rest.right - wide))
        sheet.act_button(Frame(x, inner.y, wide, inner.h), named[back.name])


def _button_width(sheet: Sheet, label: str, icon: bool, air: float) -> float:
    """`air`: pads beside the words beyond the least."""
    theme = sheet.theme
    words = sheet.width(label, theme.button, bold=True) + (theme.button * 1.25 if icon else 0)
    return max(words + (2 * FACE_INSET + air) * theme.pad + 2, theme.button_h)
