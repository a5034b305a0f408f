"""Filled rectangles with round corners, made so that a computer without a graphics chip draws them quickly.

Nearly all of a page is flat ground. Drawn without blending it costs a quarter of the time; only the four corners,
which are smooth, are blended. Edges stand on whole pixels, so that lines are sharp."""

from __future__ import annotations

import functools
from typing import Any, Final

from kivy.graphics import Callback, Color, Mesh
from kivy.graphics.opengl import GL_BLEND, glDisable, glEnable
from PIL import Image, ImageDraw

from screens.frame import Frame
from screens.icons import as_texture
from screens.theme import Colour

OVERSAMPLING: Final = 4
OPAQUE: Final = 1.0


def filled(canvas: Any, frame: Frame, colour: Colour, radius: float = 0) -> Color:
    """The returned Color may be changed later, if it was opaque and stays so."""
    left, right = round(frame.x), round(frame.right)
    low, top = round(frame.y), round(frame.top)
    r = max(0, min(round(radius), (right - left) // 2, (top - low) // 2))
    flat = [(left, low + r, right, top - r)]
    if r:
        flat += [(left + r, low, right - r, low + r), (left + r, top - r, right - r, top)]
    with canvas:
        paint = Color(rgba=colour)
        if colour[3] == OPAQUE:
            Callback(_blend_off)
            _quads([(*one, 0, 0, 1, 1) for one in flat], _white())
            Callback(_blend_on)
        else:
            _quads([(*one, 0, 0, 1, 1) for one in flat], _white())
        if r:
            corners = [
                (left, low, left + r, low + r, 0, 0, 1, 1),
                (right - r, low, right, low + r, 1, 0, 0, 1),
                (left, top - r, left + r, top, 0, 1, 1, 0),
                (right - r, top - r, right, top, 1, 1, 0, 0),
            ]
            _quads(corners, _corner(r))
    return paint


def bordered(
    canvas: Any, frame: Frame, fill: Colour, border: Colour | None, width: float, radius: float
) -> Color:
    """The same with an outline of `width` pixels inside the frame. Returns the Color of the fill."""
    if border is None:
        return filled(canvas, frame, fill, radius)
    filled(canvas, frame, border, radius)
    left, low, line = round(frame.x), round(frame.y), max(1, round(width))
    whole = Frame(left, low, round(frame.right) - left, round(frame.top) - low)  # equally wide on all sides
    return filled(canvas, whole.inset(line), fill, max(1, radius - line))


def _quads(quads: list[tuple[float, ...]], texture: Any) -> None:
    """Each: left, low, right, top, and the same in the texture."""
    vertices: list[float] = []
    indices: list[int] = []
    for number, (x0, y0, x1, y1, u0, v0, u1, v1) in enumerate(quads):
        vertices += (x0, y0, u0, v0, x1, y0, u1, v0, x1, y1, u1, v1, x0, y1, u0, v1)
        first = number * 4
        indices += (first, first + 1, first + 2, first + 2, first + 3, first)
    Mesh(vertices=vertices, indices=indices, mode="triangles", texture=texture)


@functools.lru_cache(maxsize=64)
def _corner(radius: int) -> Any:
    """The lower left quarter of a disc, white, smooth at its edge; rows from the bottom."""
    side = radius * OVERSAMPLING
    disc = Image.new("L", (side, side), 0)
    ImageDraw.Draw(disc).ellipse((0, 0, 2 * side - 1, 2 * side - 1), fill=255)
    white = Image.new("RGBA", (radius, radius), (255, 255, 255, 0))
    white.putalpha(disc.reduce(OVERSAMPLING))
    texture = as_texture(white)
    texture.wrap = "clamp_to_edge"
    return texture


@functools.cache
def _white() -> Any:
    """As Kivy's own, but looked up without smoothing, which takes as long as all the rest of a pixel."""
    return as_texture(Image.new("RGBA", (1, 1), "white"), smooth=False)


def _blend_off(_: Any) -> None:
    glDisable(GL_BLEND)


def _blend_on(_: Any) -> None:
    glEnable(GL_BLEND)
