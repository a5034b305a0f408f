"""The icons: drawn by code on a grid of 96, in two colours, at four times the size and then reduced.

Smooth at any size and on any graphics driver, and coloured by the palette, so that every contrast has them."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any, Final

from PIL import Image, ImageDraw

GRID: Final = 96
OVERSAMPLING: Final = 4
STROKE: Final = 7

Point = tuple[float, float]
Rgb = tuple[int, int, int]

NOTHING, INK, TINT = range(3)  # what a pixel of a shape is; its colours come afterwards


class Pen:
    """Draws on the grid: x to the right, y down. Ink draws, tint fills."""

    def __init__(self, px: int) -> None:
        self._k = px * OVERSAMPLING / GRID
        side = px * OVERSAMPLING
        self.image = Image.new("P", (side, side), NOTHING)
        self._draw = ImageDraw.Draw(self.image)

    def _at(self, points: Sequence[Point]) -> list[Point]:
        return [(x * self._k, y * self._k) for x, y in points]

    def line(self, *points: Point, width: float = STROKE, closed: bool = False) -> None:
        chain = [*points, points[0]] if closed else list(points)
        self._draw.line(self._at(chain), fill=INK, width=round(width * self._k), joint="curve")
        for x, y in (chain[0], chain[-1]):  # round ends
            self.dot(x, y, (width - 1 / self._k) / 2)

    def dot(self, x: float, y: float, radius: float, what: int = INK) -> None:
        (x0, y0), (x1, y1) = self._at([(x - radius, y - radius), (x + radius, y + radius)])
        self._draw.ellipse((x0, y0, x1, y1), fill=what)

    def fill(self, *points: Point, what: int = TINT) -> None:
        self._draw.polygon(self._at(points), fill=what)

    def shape(self, *points: Point, width: float = STROKE) -> None:
        """Filled with the tint, outlined with the ink."""
        self.fill(*points)
        self.line(*points, width=width, closed=True)

    def ring(self, x: float, y: float, radius: float, width: float = STROKE, fill: bool = True) -> None:
        if fill:
            self.dot(x, y, radius, TINT)
        self.arc(x, y, radius, 0, 360, width)

    def arc(self, x: float, y: float, radius: float, start: float, end: float, width: float = STROKE) -> None:
        """Degrees clockwise from the right."""
        steps = max(8, int(abs(end - start) / 4))
        angles = [math.radians(start + (end - start) * i / steps) for i in range(steps + 1)]
        self.line(*[(x + radius * math.cos(a), y + radius * math.sin(a)) for a in angles], width=width)

    def box(
        self, x: float, y: float, x1: float, y1: float, r: float = 6, width: float = STROKE, fill: bool = True
    ) -> None:
        corners = [(x1 - r, y + r, 270), (x1 - r, y1 - r, 0), (x + r, y1 - r, 90), (x + r, y + r, 180)]
        points = [
            (cx + r * math.cos(math.radians(a + 15 * i)), cy + r * math.sin(math.radians(a + 15 * i)))
            for cx, cy, a in corners
            for i in range(7)
        ]
        if fill:
            self.fill(*points)
        self.line(*points, width=width, closed=True)


def bend(*control: Point) -> list[Point]:
    """A Bézier curve of three or four points, as 16 steps."""
    points = []
    for step in range(17):
        t, level = step / 16, list(control)
        while len(level) > 1:
            level = [
                (ax + (bx - ax) * t, ay + (by - ay) * t) for (ax, ay), (bx, by) in itertools.pairwise(level)
            ]
        points.append(level[0])
    return points


_TURNED: Final = {
    "left": Image.Transpose.FLIP_LEFT_RIGHT,
    "below": Image.Transpose.ROTATE_270,
    "above": Image.Transpose.ROTATE_90,
}
_ICONS: dict[str, Callable[[Pen], None]] = {}


def icon(draw: Callable[[Pen], None]) -> Callable[[Pen], None]:
    _ICONS[draw.__name__] = draw
    return draw


def names() -> list[str]:
    return sorted(_ICONS)


@functools.lru_cache(maxsize=16)
def _shape(name: str, px: int) -> Image.Image:
    from screens import icon_shapes  # noqa: F401  fills the table above

    pen = Pen(px)
    name, _, to = name.partition("@")
    _ICONS.get(name, _ICONS["other"])(pen)
    return pen.image.transpose(_TURNED[to]) if to in _TURNED else pen.image


def render(name: str, px: int, ink: Rgb, tint: Rgb) -> Image.Image:
    """RGBA picture of px × px. `arrow@left`: what points to the right, pointing to the left. An unknown name gives
    the icon `other`."""
    drawn = _shape(name, px).copy()
    drawn.putpalette((*ink, 0, *ink, 255, *tint, 255), "RGBA")
    return drawn.convert("RGBA").reduce(OVERSAMPLING)


@functools.lru_cache(maxsize=256)
def texture(name: str, px: int, ink: Rgb, tint: Rgb) -> Any:
    """The same as a Kivy texture."""
    return as_texture(render(name, px, ink, tint))


def as_texture(image: Image.Image, smooth: bool = True) -> Any:
    from kivy.graphics.texture import Texture

    made = Texture.create(size=image.size, colorfmt="rgba")
    made.blit_buffer(image.tobytes(), colorfmt="rgba", bufferfmt="ubyte")
    made.flip_vertical()
    if not smooth:
        made.min_filter = made.mag_filter = "nearest"
    return made
