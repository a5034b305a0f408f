"""How it should look and sound: text sizes, contrasts, the voice, and the language, which has its own button above
as well: whoever does not read this one finds it there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple

from kiosk.contract import Contrast, Language, SetContrast, SetLanguage, SetTextSize, TextSize
from screens.frame import Frame
from screens.sheet import FACE_INSET, Sheet
from screens.theme import Rank, Theme
from screens.typeset import ONE_LINE
from screens.widgets.base import Box
from screens.widgets.press import CHOSEN, PLAIN, Press

SIZES: Final = tuple(TextSize)
CONTRASTS: Final = tuple(Contrast)
VOICE_INSET: Final = 0.3  # of the pad, at the sides of the words for the voice


class Control(NamedTuple):
    """One button of the voice: what it is called and what it does. `chosen`: on, where it is a switch."""

    name: str
    action: Callable[[], None]
    chosen: bool = False


Voice = tuple[Control, ...]


def build(sheet: Sheet, voice: Voice = ()) -> None:
    """As many questions as fit on one leaf."""
    theme = sheet.theme
    gap = theme.touch_gap
    questions: list[Callable[[Sheet, Frame], None]] = [_sizes, _contrasts, _languages]
    height = theme.small * 1.3 + theme.button_h
    fits = max(1, int((sheet.area.h + gap) // (height + gap)))
    leaves = [questions[i : i + fits] for i in range(0, len(questions), fits)]
    if voice:
        if theme.low or len(leaves[-1]) == fits or not _voice_px(sheet, sheet.area, voice, rows=1):
            leaves.append([])
        together = _voice_px(sheet, sheet.area, voice, _voice_rows(sheet, sheet.area))
        half = len(voice) if together else -(-len(voice) // 2)
        first, *more = [voice[i : i + half] for i in range(0, len(voice), half)]
        leaves[-1].append(partial(_voice, voice=first))
        leaves += [[partial(_voice, voice=controls)] for controls in more]
    shown = sheet.page_of(leaves)
    area, _ = sheet.area.from_top(min(sheet.area.h, theme.mm(50 * len(shown) + 20)))
    for row, question in zip(area.rows(len(shown), gap), shown, strict=True):
        question(sheet, row)


def _voice(sheet: Sheet, frame: Frame, voice: Voice) -> None:
    theme = sheet.theme
    caption, choices = frame.from_top(theme.small * 1.3)
    sheet.text(caption, sheet.say("settings.voice"), theme.small, "text2", rank=Rank.CAPTION)
    rows = _voice_rows(sheet, frame)
    cells = choices.grid(-(-len(voice) // rows), rows, theme.touch_gap)
    px = _voice_px(sheet, choices, voice, rows) or theme.least
    for cell, control in zip(cells, voice, strict=False):
        button = sheet.press(
            cell,
            f"voice:{control.name}",
            control.action,
            CHOSEN if control.chosen else PLAIN,
            label=sheet.say(f"settings.voices.{control.name}"),
            px=px,
            inset=VOICE_INSET,
        )
        _mark(sheet, button, control.chosen)


def _voice_rows(sheet: Sheet, frame: Frame) -> int:
    """Lines of buttons that stand below the caption."""
    theme = sheet.theme
    return 2 if frame.h - theme.small * 1.3 >= 2 * theme.button_h + theme.touch_gap else 1


def _voice_px(sheet: Sheet, frame: Frame, voice: Voice, rows: int) -> int:
    """The size at which each word stands on its button, in so many lines of buttons; 0: not as large as text is."""
    theme = sheet.theme
    cell = frame.grid(-(-len(voice) // rows), rows, theme.touch_gap)[0]
    room = cell.w - 2 * VOICE_INSET * theme.pad
    labels = [sheet.say(f"settings.voices.{control.name}") for control in voice]
    sizes = (theme.button, *(theme.text_steps if theme.low else (theme.body,)))
    return next((px for px in sizes if all(sheet.width(x, px, bold=True) <= room for x in labels)), 0)


def _sizes(sheet: Sheet, frame: Frame) -> None:
    theme = sheet.theme
    caption, choices = frame.from_top(theme.small * 1.3)
    sheet.text(caption, sheet.say("settings.text_size"), theme.small, "text2", rank=Rank.CAPTION)
    for cell, size in zip(choices.columns(3, theme.touch_gap), SIZES, strict=True):
        chosen = sheet.view.text_size is size
        name = sheet.say(f"settings.size.{size.value}")
        button = sheet.press(
            cell,
            f"text_size:{size.value}",
            SetTextSize(size),
            CHOSEN if chosen else PLAIN,
            label=name,
            px=_size_px(sheet, cell, size, name),
            rank=Rank.DRAWN,
        )
        _mark(sheet, button, chosen)


def _size_px(sheet: Sheet, cell: Frame, size: TextSize, name: str) -> int:
    """Each name in its own size, as far as its button has room for it."""
    theme = sheet.theme
    own = Theme(theme.panel, size, theme.contrast).body
    room = cell.inset(theme.pad * FACE_INSET, 0)
    fits = min(room.w / sheet.width(name, own, bold=True), room.h / (own * ONE_LINE))
    return max(theme.least, int(own * min(1, fits)))


def _languages(sheet: Sheet, frame: Frame) -> None:
    theme = sheet.theme
    caption, choices = frame.from_top(theme.small * 1.3)
    sheet.text(caption, sheet.say("settings.language"), theme.small, "text2", rank=Rank.CAPTION)
    for cell, language in zip(choices.columns(len(Language), theme.touch_gap), Language, strict=True):
        chosen = sheet.view.language is language
        button = sheet.press(
            cell,
            f"language:{language.value}",
            SetLanguage(language),
            CHOSEN if chosen else PLAIN,
            label=sheet.say(f"settings.languages.{language.value}"),
        )
        _mark(sheet, button, chosen)


def _contrasts(sheet: Sheet, frame: Frame) -> None:
    theme = sheet.theme
    caption, choices = frame.from_top(theme.small * 1.3)
    sheet.text(caption, sheet.say("settings.contrast"), theme.small, "text2", rank=Rank.CAPTION)
    for cell, contrast in zip(choices.columns(4, theme.touch_gap), CONTRASTS, strict=True):
        chosen = sheet.view.contrast is contrast
        name = sheet.say(f"settings.contrasts.{contrast.value}")
        button = sheet.press(
            cell,
            f"contrast:{contrast.value}",
            SetContrast(contrast),
            CHOSEN if chosen else PLAIN,
            spoken=name,
        )
        words, swatch = cell.inset(theme.pad * 0.7).from_bottom(theme.small * ONE_LINE, theme.pad * 0.3)
        if swatch.h < theme.least * ONE_LINE:  # a low glass: the name itself in these colours
            line = cell.inset(theme.pad * 0.4)
            tick = theme.small * 0.75 + theme.pad * 0.4 if chosen else 0
            _sample(sheet, line.from_right(tick)[1] if chosen else line, contrast, name, theme.small)
            _mark(sheet, button, chosen, line)
            continue
        sheet.text(
            words,
            name,
            theme.small,
            button.look.words,
            bold=True,
            align="center",
            spoken="",
            rank=Rank.CAPTION,
        )
        patch = swatch.centred(min(swatch.w, swatch.h * 1.9), swatch.h)
        px = max(theme.least, min(theme.body, int(patch.h * 0.7)))
        _sample(sheet, patch, contrast, sheet.say("settings.sample"), px)
        _mark(sheet, button, chosen, words)


def _sample(sheet: Sheet, patch: Frame, contrast: Contrast, words: str, px: int) -> None:
    """Words in the colours that one would get."""
    theme = sheet.theme
    look = Theme(theme.panel, theme.size, contrast)
    sheet.add(Box(patch, look.colour("page"), theme.colour("border"), theme.border, theme.radius))
    sheet.ink_text(patch, words, px, look.colour("text"))


def _mark(sheet: Sheet, button: Press, chosen: bool, line: Frame | None = None) -> None:
    """The state is told by a tick too, never by colour alone."""
    button.a11y_value = sheet.say("settings.chosen") if chosen else ""
    if chosen:
        side = sheet.theme.small * 0.75
        line = line or button.frame.inset(sheet.theme.pad * 0.5).from_top(side)[0]
        corner = line.from_right(side)[0]
        sheet.icon(corner, "tick", "on_primary", "primary")
