"""A banknote as a sign, not as an imitation: the colour by which people know it, and its value."""

from __future__ import annotations

from typing import Final

from kiosk.contract import Contrast, Money
from screens.frame import Frame
from screens.sheet import Sheet
from screens.theme import Colour, rgba
from screens.widgets.base import Box

SHAPE: Final = 2.0  # width ÷ height of the sign

# Value in yuan → ground; white digits on it have at least 10:1.
_GROUNDS: Final = {
    1: "#3A4717",
    5: "#5B2A72",
    10: "#1F3F6E",
    20: "#5F370F",
    50: "#0D4A30",
    100: "#7F1727",
}
FACE: Final = 0.62  # of the height: how large the value stands within its inner line
_UNKNOWN_GROUND: Final = "#3A3A3A"


def draw_note(sheet: Sheet, frame: Frame, value: Money, spoken: str = "") -> None:
    theme = sheet.theme
    yuan = value.fen // 100
    coloured = theme.contrast is Contrast.DAY
    ground: Colour = rgba(_GROUNDS.get(yuan, _UNKNOWN_GROUND)) if coloured else theme.colour("page")
    ink: Colour = (1, 1, 1, 1) if coloured else theme.colour("text")
    radius = frame.h * 0.04  # a paper, not a button
    sheet.add(Box(frame, ground, ink if not coloured else None, theme.border, radius))
    framed = frame.h * FACE >= theme.least  # else the value needs the room of the inner line
    px = min(theme.body, int(frame.h * FACE)) if framed else theme.least
    if not framed:
        sheet.ink_text(frame, sheet.say("cash.note", yuan=yuan), px, ink, spoken)
        return
    line = frame.inset(frame.h * 0.07)
    faint: Colour = (*ink[:3], 0.55)
    sheet.add(Box(line, faint, None, 0, radius * 0.8))
    sheet.add(Box(line.inset(max(1, frame.h * 0.02)), ground, None, 0, radius * 0.8))
    sheet.ink_text(line, sheet.say("cash.note", yuan=yuan), px, ink, spoken)
