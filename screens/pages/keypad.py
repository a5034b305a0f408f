"""The keys on which a number is typed: the same ones for customers and staff."""

from __future__ import annotations

from typing import Final

from kiosk.contract import EraseAll, EraseKey, PressKey
from screens import typeset
from screens.frame import Frame
from screens.sheet import Sheet
from screens.theme import Theme
from screens.typeset import ONE_LINE
from screens.widgets.press import PLAIN, TILE
from screens.words import Words

# Three rows, so that a key keeps its 20 mm above the bottom bar; 1 to 9 stand as on every keypad.
KEYS: Final = (("1", "2", "3", "erase"), ("4", "5", "6", "erase_all"), ("7", "8", "9", "0"))
CLEAR_INSET: Final = 0.2  # of the pad, at the sides of the word that clears all


def beside(sheet: Sheet) -> tuple[Frame, Frame]:
    """Where the keys stand, and what is left: at the right, or below where the glass is tall."""
    theme = sheet.theme
    if sheet.keys is not None:
        return sheet.keys, sheet.area
    if theme.portrait:
        return sheet.area.from_bottom(3 * theme.key * 1.25 + 2 * theme.touch_gap, theme.gap)
    return stand(theme, sheet.words, sheet.area)


def stand(theme: Theme, words: Words, area: Frame) -> tuple[Frame, Frame]:
    """At the right: three columns of keys, and one that is wide enough for its word."""
    last = max(theme.key, _clear_width(theme, words))
    return area.from_right(3 * theme.key + last + 3 * theme.touch_gap, theme.gap)


def _clear_width(theme: Theme, words: Words) -> float:
    return (
        typeset.width(words.text("button.erase_all"), _clear_px(theme), True)
        + 2 * CLEAR_INSET * theme.pad
        + 2
    )


def _clear_px(theme: Theme) -> int:
    return theme.least if theme.low else theme.body


def keypad(sheet: Sheet, frame: Frame) -> None:
    """Digits and erasing."""
    theme = sheet.theme
    height = min(theme.key * 1.25, (frame.h - 2 * theme.touch_gap) / 3)
    block, _ = frame.from_top(3 * height + 2 * theme.touch_gap)
    last = max((frame.w - 3 * theme.touch_gap) / 4, _clear_width(theme, sheet.words))
    px = min(theme.digit, int(height / ONE_LINE))
    for keys, row in zip(KEYS, block.rows(3, theme.touch_gap), strict=True):
        end, digits = row.from_right(last, theme.touch_gap)
        for key, cell in zip(keys, (*digits.columns(3, theme.touch_gap), end), strict=True):
            _key(sheet, cell, key, px)


def _key(sheet: Sheet, cell: Frame, key: str, px: int) -> None:
    if key == "erase":
        spoken = sheet.say("button.erase")
        sheet.press(cell, key, EraseKey(), PLAIN, icon="erase", px=px, spoken=spoken)
    elif key == "erase_all":
        label = sheet.say("button.erase_all")
        sheet.press(cell, key, EraseAll(), PLAIN, label=label, px=_clear_px(sheet.theme), inset=CLEAR_INSET)
    else:
        sheet.press(cell, f"key:{key}", PressKey(key), TILE, label=key, px=px)
