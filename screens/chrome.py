"""What stands in the same place on every page: title and step, settings, banners, and the bottom bar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from kiosk.contract import Banner, Button, CallStaff, Language, SetLanguage, StopCalling
from screens import typeset
from screens.frame import Frame
from screens.sheet import FACE_INSET, Act, Foot, Sheet
from screens.theme import LEAST_TOUCH_MM, Rank, Theme
from screens.typeset import ONE_LINE
from screens.widgets.press import AMBER, MAIN, PLAIN, Look

BANNERS: Final = {  # icon, ground, words, and the ink of the icon
    Banner.TRAINING: ("practice", "warning_bg", "on_warning", "on_warning"),
    Banner.SIMULATED: ("practice", "pale_info", "text", "info"),
    Banner.OFFLINE: ("offline", "pale_info", "text", "info"),
    Banner.STAFF_CALLED: ("call", "warning_bg", "on_warning", "on_warning"),
    Banner.STAFF_COMING: ("good", "pale_ok", "text", "success"),
    Banner.NO_RECEIPTS: ("receipt", "warning_bg", "on_warning", "on_warning"),
}

HELP_SHARE: Final = 0.46  # of the bottom bar may be the call button; the other three buttons fit beside it
HELP_SHARE_TALL: Final = 0.38
HELP_SHARE_LOW: Final = 0.27  # the same on a low glass, whose lists have two buttons to leaf besides
LEAST_TITLE_EM: Final = 12  # room that the buttons leave to a title; most have seven Chinese characters
HELP_MM: Final = 15  # width of the button that opens questions and answers
BANNER_EM: Final = 1.35  # height of a banner


def header(
    sheet: Sheet, frame: Frame, title: str, open_settings: Callable[[], None], settings_open: bool
) -> None:
    theme = sheet.theme
    inner = Frame(frame.x + theme.margin, frame.y, frame.w - 2 * theme.margin, frame.h)
    progress, line = inner.from_bottom(theme.mm(1.0))
    _progress(sheet, progress)
    tools = line.inset(0, theme.mm(1.0))

    px = min(theme.button, int(tools.h / ONE_LINE))
    other = Language.EN if sheet.view.language is Language.ZH else Language.ZH
    label = sheet.say("button.language")
    wide = sheet.width(label, px, bold=True) + 2 * theme.pad
    place, tools = tools.from_right(max(wide, theme.mm(15)), theme.touch_gap)
    spoken = sheet.say("button.language_spoken")
    sheet.press(place, "language", SetLanguage(other), PLAIN, label=label, px=px, spoken=spoken)
    label = sheet.say("button.text_size")
    wide = sheet.width(label, px, bold=True) + px * 1.3 + 2 * theme.pad
    beside = tools.w - wide - theme.mm(HELP_MM) - theme.gap
    if beside < theme.title * LEAST_TITLE_EM:  # the same on every page: a button keeps its place
        label, wide = "", theme.mm(17)
    place, tools = tools.from_right(wide, theme.gap)
    look = MAIN if settings_open else PLAIN
    spoken = sheet.say("button.settings_spoken")
    sheet.press(place, "settings", open_settings, look, label=label, icon="text_size", px=px, spoken=spoken)
    if sheet.view.help is not None and not settings_open:
        place, tools = tools.from_right(theme.mm(HELP_MM), theme.gap)
        _questions(sheet, place, sheet.view.help, px)
    _title_and_step(sheet, Frame(line.x, line.y, tools.w, line.h), title)


def _questions(sheet: Sheet, frame: Frame, button: Button, px: int) -> None:
    """Questions and answers: the same sign at the same place on every page of a customer."""
    off = sheet.message(button.off)
    sheet.press(
        frame,
        "help",
        None if off else button.intent,
        PLAIN,
        icon="help",
        px=px,
        spoken=sheet.say("button.help_spoken"),
        value=off,
    )


def _step_words(sheet: Sheet, short: bool) -> str:
    if sheet.view.step is None:
        return ""
    now, of = sheet.view.step
    return sheet.say("step.short" if short else "step.long", now=now, of=of)


def _title_and_step(sheet: Sheet, frame: Frame, title: str) -> None:
    theme = sheet.theme
    sizes = (theme.title, *theme.text_steps)
    px = next((px for px in sizes if sheet.width(title, px, bold=True) <= frame.w), theme.least)
    place, rest = frame.from_left(min(frame.w, sheet.width(title, px, bold=True)), theme.pad)
    sheet.text(place, title, px, bold=True)
    words = next(
        (
            w
            for w in (_step_words(sheet, False), _step_words(sheet, True))
            if w and sheet.width(w, theme.small) <= rest.w
        ),
        "",
    )
    sheet.text(rest, words, theme.small, "text2", spoken=_step_words(sheet, False), rank=Rank.SIGN)


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
        words = [sheet.say(f"banner.{banner.value}{form}") for banner in sheet.view.banners]
        rows = _rows(sheet, words, px, frame.w)
        if len(rows) == 1 and sum(_banner_width(sheet, text, px) for text in words) <= frame.w:
            break  # beside a keypad even one may be too long
    if len(rows) > 1 and theme.low:  # no second line to spare: the later ones as signs only
        words[1:] = [""] * (len(words) - 1)
        rows = _rows(sheet, words, px, frame.w)
    height = round(px * BANNER_EM)
    for row in rows:
        line, frame = frame.from_top(height, theme.pad * 0.4)
        wide = sum(_banner_width(sheet, words[i], px) for i in row) + theme.pad * (len(row) - 1)
        share = (line.w - wide) / sum(bool(words[i]) for i in row)
        for index in row:
            more = share if words[index] else 0
            place, line = line.from_left(_banner_width(sheet, words[index], px) + more, theme.pad)
            _banner(sheet, place, sheet.view.banners[index], words[index], px)
    return frame


def _banner_width(sheet: Sheet, words: str, px: int) -> float:
    return px * 1.3 + 1.8 * sheet.theme.pad + (sheet.width(words, px) if words else 0)


def _rows(sheet: Sheet, words: list[str], px: int, room: float) -> list[list[int]]:
    """Which of them stand beside each other."""
    rows: list[list[int]] = [[]]
    left = room
    for index, text in enumerate(words):
        wide = _banner_width(sheet, text, px)
        if rows[-1] and wide > left:
            rows.append([])
            left = room
        rows[-1].append(index)
        left -= wide + sheet.theme.pad
    return rows


def _banner(sheet: Sheet, frame: Frame, banner: Banner, words: str, px: int) -> None:
    theme = sheet.theme
    icon, ground, colour, ink = BANNERS[banner]
    sheet.box(frame, ground, "help_border" if ground == "warning_bg" else "rule")
    left, text = frame.inset(theme.pad * 0.8, 0).from_left(px, px * 0.3)
    sheet.icon(
        left.centred(left.w, px), icon, ink, ground, "" if words else sheet.say(f"banner.{banner.value}")
    )
    sheet.text(text, words, px, colour, rank=Rank.SIGN)


class Form(NamedTuple):
    """How the buttons of the bottom bar are written. `air`: pads beside the words beyond the least."""

    icons: bool
    short: bool
    px: int
    air: float
    lines: int = 1


def bottom(sheet: Sheet, frame: Frame, foot: Foot, back: Act | None) -> None:
    """Help at the left, the way back beside it, the main action at the right: never elsewhere. Help is equally
    large on every page of a panel, so the way back begins at the same place too."""
    theme = sheet.theme
    inner = Frame(frame.x + theme.margin, frame.y + theme.bar_air, frame.w - 2 * theme.margin, theme.button_h)
    gap = theme.touch_gap if theme.low else theme.gap
    rest = _help(sheet, inner, gap)

    acts = [act for act in (back, foot.second, foot.main) if act]
    for form in _forms(theme):
        widths = {act.name: _button_width(sheet, act, form) for act in acts}
        spare = rest.w - sum(widths.values()) - gap * max(0, len(acts) - 1)
        if spare >= 0:
            break
    if back:
        place, rest = rest.from_left(widths[back.name], gap)
        _button(sheet, place, back, PLAIN, form)
    if foot.main:
        place, rest = rest.from_right(widths[foot.main.name] + min(max(0.0, spare), theme.mm(16)), gap)
        _button(sheet, place, foot.main, MAIN, form)
    if foot.second:
        _button(sheet, rest.from_right(widths[foot.second.name])[0], foot.second, PLAIN, form)


def _help(sheet: Sheet, inner: Frame, gap: float) -> Frame:
    """The call button, as long as the bar can spare on any page; returns what is left of the bar."""
    theme = sheet.theme
    called = sheet.view.staff_called
    most = inner.w * (HELP_SHARE_LOW if theme.low else HELP_SHARE_TALL if theme.portrait else HELP_SHARE)
    for ending, bell in (("", "call"), ("", ""), ("_short", "call"), ("_short", "")):
        labels = [sheet.say(f"button.{key}{ending}") for key in ("call", "stop_calling")]
        form = Form(bool(bell), False, theme.button, 0.4)
        wide = max(_button_width(sheet, Act("call", label, CallStaff(), icon=bell), form) for label in labels)
        if wide <= most:
            break
    place, rest = inner.from_left(wide, gap)
    sheet.press(
        place,
        "call",
        StopCalling() if called else CallStaff(),
        AMBER,
        label=labels[called],
        icon=bell,
        spoken=sheet.say("button.stop_calling" if called else "button.call"),
    )
    return rest


def _forms(theme: Theme) -> list[Form]:
    """From generous to tight; the words become smaller last of all, and never smaller than is legal."""
    px = theme.button
    smaller = [Form(False, True, px, 0.0) for px in theme.text_steps if px < theme.button]
    return [
        Form(True, False, px, 1.6),
        Form(False, False, px, 1.0),
        Form(False, False, px, 0.4),
        Form(False, True, px, 0.4),
        Form(False, True, px, 0.0),
        *smaller,
        Form(False, True, theme.text_steps[-1], 0.0, lines=2),
    ]


def _button(sheet: Sheet, frame: Frame, act: Act, look: Look, form: Form) -> None:
    label = act.short if form.short and act.short else act.label
    shown = act._replace(label=label, icon=act.icon if form.icons else "")
    sheet.act_button(frame, shown, look, form.px, spoken=act.label)


def _button_width(sheet: Sheet, act: Act, form: Form) -> float:
    theme = sheet.theme
    label = act.short if form.short and act.short else act.label
    words = sheet.width(label, form.px, bold=True) + (form.px * 1.25 if form.icons and act.icon else 0)
    if form.lines == 2 and " " in label:
        lines = typeset.wrap(label, form.px, True, words * 0.7)
        words = max(sheet.width(line, form.px, bold=True) for line in lines)
    return max(words + (2 * FACE_INSET + form.air) * theme.pad + 2, theme.mm(LEAST_TOUCH_MM))
