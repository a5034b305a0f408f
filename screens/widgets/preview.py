"""What the camera sees, live and as in a mirror, with a frame where to hold the code.

The core leaves the newest picture in a file beside its socket while it looks for codes. While there is none, nothing is
drawn, and what stands below shows: the still drawing.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, Final

from kivy.clock import Clock
from kivy.graphics import Color, Line, Rectangle
from kivy.graphics.texture import Texture
from PIL import Image

from screens.frame import Frame
from screens.theme import Colour
from screens.widgets.base import Spoken

EVERY_S: Final = 0.1
MOST_BYTES: Final = (
    64 * 1024
)  # both limits are several times what the core writes: the file comes from outside
MOST_SIDE_PX: Final = 640
HOLD_HERE: Final = 0.7  # of the height: so large a code is read for certain
# In a mirror the left hand is at the left; a picture's first row is its upper one, a texture's its lower one.
MIRRORED: Final = (1, 1, 0, 1, 0, 0, 1, 0)


class Preview(Spoken):
    """`source`: the file. Fills `frame` with `ground` and puts the picture into its middle. Mere decoration for the
    voice: what to do is said by the page."""

    def __init__(self, frame: Frame, source: Path, ground: Colour, guide: Colour, width: float) -> None:
        super().__init__(frame)
        self._source, self._ground, self._guide, self._width = source, ground, guide, width
        self._seen_ns = 0
        self._texture: Any = None
        self.shows = False
        self._look()
        self._ticking = Clock.schedule_interval(self._look, EVERY_S)

    def gone(self) -> None:
        super().gone()
        self._ticking.cancel()

    def _look(self, _: float = 0) -> None:
        try:
            found = self._source.stat()
            if found.st_mtime_ns == self._seen_ns:
                return
            self._seen_ns = found.st_mtime_ns
            picture = _picture(self._source)
        except (
            OSError,
            ValueError,
            Image.DecompressionBombError,
        ):  # gone, or no picture: the next one may be
            self._seen_ns = 0
            self.shows = False
            self.canvas.clear()
            return
        self._show(picture)

    def _show(self, picture: Image.Image) -> None:
        if self._texture is None or self._texture.size != picture.size:
            self._texture = Texture.create(size=picture.size, colorfmt="rgb")
            self.shows = False
        self._texture.blit_buffer(picture.tobytes(), colorfmt="rgb", bufferfmt="ubyte")
        if not self.shows:
            self._draw()
        self.canvas.flag_update()
        self.shows = True

    def _draw(self) -> None:
        wide, high = self._texture.size
        scale = min(self.frame.w / wide, self.frame.h / high)
        inner = self.frame.centred(wide * scale, high * scale)
        side = min(inner.w, inner.h) * HOLD_HERE
        hold = inner.centred(side, side)
        self.canvas.clear()
        with self.canvas:
            Color(rgba=self._ground)
            Rectangle(pos=(self.frame.x, self.frame.y), size=(self.frame.w, self.frame.h))
            Color(rgba=(1, 1, 1, 1))
            Rectangle(
                pos=(inner.x, inner.y), size=(inner.w, inner.h), texture=self._texture, tex_coords=MIRRORED
            )
            Color(rgba=self._guide)
            Line(rounded_rectangle=(hold.x, hold.y, hold.w, hold.h, self._width * 4), width=self._width)


def _picture(path: Path) -> Image.Image:
    """Raises OSError or ValueError."""
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ValueError("too large for a preview")
    picture = Image.open(io.BytesIO(data), formats=("JPEG",))
    if max(picture.size) > MOST_SIDE_PX:
        raise ValueError("too large for a preview")
    return picture.convert("RGB")
