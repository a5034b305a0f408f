"""What every widget is: placed at once, and able to say what it is."""

from __future__ import annotations

from typing import Any

from kivy.graphics import Color, Line, Rectangle
from kivy.graphics.vertex_instructions import SmoothRoundedRectangle
from kivy.uix.widget import Widget

from screens.frame import Frame
from screens.theme import Colour


class Spoken(Widget):  # type: ignore[misc]
    """`a11y_name`: what a voice says for it; empty for mere decoration. `a11y_role`: text, picture, button.
    `a11y_personal`: somebody's own, said into a headset only."""

    def __init__(
        self, frame: Frame, *, name: str = "", role: str = "", value: str = "", personal: bool = False
    ) -> None:
        # No rule of the Kv language is for these, and looking for some takes most of the time of making one.
        super().__init__(
            size_hint=(None, None), pos=(frame.x, frame.y), size=(frame.w, frame.h), __no_builder=True
        )
        self.frame = frame
        self.a11y_name = name
        self.a11y_role = role
        self.a11y_value = value
        self.a11y_personal = personal


def rounded(canvas: Any, frame: Frame, colour: Colour, radius: float) -> Color:
    """A filled rounded rectangle; the returned Color may be changed later."""
    with canvas:
        paint = Color(rgba=colour)
        SmoothRoundedRectangle(
            pos=(frame.x, frame.y),
            size=(frame.w, frame.h),
            radius=[min(radius, frame.w / 2, frame.h / 2)] * 4,
        )
    return paint


def bordered(
    canvas: Any, frame: Frame, fill: Colour, border: Colour | None, width: float, radius: float
) -> Color:
    """The same with an outline of `width` pixels inside the frame. Returns the Color of the fill."""
    if border is None:
        return rounded(canvas, frame, fill, radius)
    rounded(canvas, frame, border, radius)
    return rounded(canvas, frame.inset(width), fill, max(1, radius - width))


class Box(Spoken):
    """A card, a strip, a badge: ground without words."""

    def __init__(
        self, frame: Frame, fill: Colour, border: Colour | None = None, width: float = 0, radius: float = 0
    ) -> None:
        super().__init__(frame)
        if radius:
            bordered(self.canvas, frame, fill, border, width, radius)
        else:
            with self.canvas:
                Color(rgba=fill)
                Rectangle(pos=(frame.x, frame.y), size=(frame.w, frame.h))


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
