"""What stands on a glass as pixels, without a window: one buffer that is drawn again for each page."""

from __future__ import annotations

from typing import Any

from kivy.graphics import ClearBuffers, ClearColor, Fbo


class Buffer:
    """`size`: width and height in pixels of the glass."""

    def __init__(self, root: Any) -> None:
        self.size: tuple[int, int] = root.panel.glass
        self._fbo = Fbo(size=self.size)
        with self._fbo:
            ClearColor(0, 0, 0, 1)
            ClearBuffers()
        self._fbo.add(root.canvas)

    def rgba(self) -> bytes:
        """Rows from the bottom, four bytes for each pixel."""
        self._fbo.ask_update()
        self._fbo.draw()
        return bytes(self._fbo.pixels)
