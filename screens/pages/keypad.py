"""The keys on which a number is typed: the same ones for customers and staff."""

from __future__ import annotations

from typing import Final

from kiosk.contract import EraseAll, EraseKey, PressKey
from screens.frame import Frame
from screens.sheet import Sheet
from screens.widgets.press import PLAIN, TILE

# Three rows, so that a key keeps its 20 mm above the bottom bar; 1 to 9 stand as on every keypad.
KEYS: Final = (("1", "2", "3", "erase"), ("4", "5", "6", "erase_all"), ("7", "8", "9", "0"))


def beside(sheet: Sheet) -> tuple[Frame, Frame]:
    """Where the keys stand, and what is left: at the right, or below where the glass is tall."""
    theme = sheet.theme
    if theme.portrait:
        return sheet.area.from_bottom(3 * theme.key * 1.25 + 2 * theme.touch_gap, theme.gap)
    return sheet.area.from_right(theme.key * 4 + theme.touch_gap * 3, theme.gap)


def keypad(sheet: Sheet, frame: Frame) -> None:
    """Digits and erasing; the frame is as wide as four keys."""
    theme = sheet.theme
    height = min(theme.key * 1.25, (frame.h - 2 * theme.touch_gap) / 3)
    block, _ = frame.from_top(3 * height + 2 * theme.touch_gap)
    cells = iter(block.grid(4, 3, theme.touch_gap))
    for row in KEYS:
        for key in row:
            cell = next(cells)
            if key == "erase":
                sheet.press(
                    cell,
                    "erase",
                    EraseKey(),
                    PLAIN,
                    icon="erase",
                    px=theme.digit,
                    spoken=sheet.say("button.erase"),
                )
            elif key == "erase_all":
                sheet.press(
                    cell,
                    "erase_all",
                    EraseAll(),
                    PLAIN,
                    label=sheet.say("button.erase_all"),
                    px=theme.least,
                    inset=0.2,
                )
            else:
                sheet.press(cell, f"key:{key}", PressKey(key), TILE, label=key, px=theme.digit)
