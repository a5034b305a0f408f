"""Words on the glass: wrapped, placed, and able to say whether they fit."""

from __future__ import annotations

from kivy.graphics import Color, Rectangle

from screens import typeset
from screens.frame import Frame
from screens.theme import Colour, Rank
from screens.widgets.base import Spoken
from screens.words import BREAK


def aloud(text: str) -> str:
    return text.replace(BREAK, "").replace("\n", " ")


class Text(Spoken):
    """Wrapped into its frame; `ink` is where its lines stand, without the air around them. `overflow` (pixels
    beyond the frame: to the side, in height) must be (0, 0)."""

    def __init__(
        self,
        frame: Frame,
        text: str,
        px: int,
        colour: Colour,
        *,
        bold: bool = False,
        align: str = "left",
        valign: str = "middle",
        spoken: str | None = None,
        personal: bool = False,
        rank: Rank = Rank.READ,
    ) -> None:
        super().__init__(
            frame, name=aloud(text) if spoken is None else spoken, role="text", personal=personal
        )
        self.text = text
        self.px = px
        self.bold = bold
        self.rank = rank
        loose = typeset.height(text, px, bold, frame.w, loose=True) <= frame.h
        lines = typeset.wrap(text, px, bold, frame.w, loose)
        self.lines = lines
        needed = typeset.height_of_lines(len(lines), px)
        widest = max(typeset.width(line, px, bold) for line in lines)
        self.overflow = (max(0.0, widest - frame.w), max(0.0, needed - frame.h))
        if valign == "top":
            top = frame.top
        elif valign == "bottom":
            top = frame.y + needed
        else:
            top = frame.y + (frame.h + needed) / 2
        x = frame.x + {"left": 0.0, "center": (frame.w - widest) / 2, "right": frame.w - widest}[align]
        self.ink = Frame(x, top - needed, widest, needed)
        middle = top - px * typeset.ONE_LINE / 2 + px * typeset.LIFT
        with self.canvas:
            self.paint = Color(rgba=colour)
            for line in lines:
                self._draw(line, frame, px, bold, align, middle)
                middle -= px * typeset.LEADING

    def _draw(self, line: str, frame: Frame, px: int, bold: bool, align: str, middle: float) -> None:
        texture = typeset.texture(line, px, bold)
        if texture is None:
            return
        width, height = texture.size
        free = frame.w - width
        x = frame.x + {"left": 0.0, "center": free / 2, "right": free}[align]
        Rectangle(pos=(round(x), round(middle - height / 2)), size=(width, height), texture=texture)
