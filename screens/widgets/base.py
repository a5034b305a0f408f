"""What everything on a page is: placed at once, and able to say what it is."""

from __future__ import annotations

from typing import Any

from kivy.graphics import Color, Line, Rectangle
from kivy.graphics.instructions import CanvasBase

from screens.frame import Frame
from screens.theme import Colour
from screens.widgets.shapes import bordered


class Spoken:
    """`a11y_name`: what a voice says for it; empty for mere decoration. `a11y_role`: text, picture, button.
    `a11y_personal`: somebody's own, said into a headset only. `surface`: where it lies, None when nowhere."""

    def __init__(
        self, frame: Frame, *, name: str = "", role: str = "", value: str = "", personal: bool = False
    ) -> None:
        self.canvas = CanvasBase()
        self.surface: Any = None
        self.frame = frame
        self.a11y_name = name
        self.a11y_role = role
        self.a11y_value = value
        self.a11y_personal = personal

    def gone(self) -> None:
        """Called when it is taken off its surface."""
        self.surface = None


class Box(Spoken):
    """A card, a strip, a badge: ground without words."""

    def __init__(
        self, frame: Frame, fill: Colour, border: Colour | None = None, width: float = 0, radius: float = 0
    ) -> None:
        super().__init__(frame)
        bordered(self.canvas, frame, fill, border, width, radius)


class Outline(Spoken):
    """A line around something, nothing inside: the ring that shows where the keys stand."""

    def __init__(self, frame: Frame, colour: Colour, width: float, radius: float) -> None:
        super().__init__(frame)
        with self.canvas:
            Color(rgba=colour)
            shape = (frame.x, frame.y, frame.w, frame.h, radius)
            Line(rounded_rectangle=shape, width=width / 2, cap="square", joint="miter")


class Picture(Spoken):
    """A texture, as large as its frame."""

    def __init__(self, frame: Frame, texture: Any, name: str = "") -> None:
        super().__init__(frame, name=name, role="picture")
        with self.canvas:
            Color(rgba=(1, 1, 1, 1))
            Rectangle(pos=(round(frame.x), round(frame.y)), size=(frame.w, frame.h), texture=texture)
