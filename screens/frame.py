"""Rectangles that are cut into smaller rectangles: the whole layout, without a layout engine.

Kivy's layouts place their children a frame later; here a page is measured and placed at once, so that it can
be drawn, tested and paged in one go. Pixels, origin bottom left as in Kivy."""

from __future__ import annotations

from typing import NamedTuple


class Frame(NamedTuple):
    x: float
    y: float
    w: float
    h: float

    @property
    def top(self) -> float:
        return self.y + self.h

    @property
    def right(self) -> float:
        return self.x + self.w

    def inset(self, dx: float, dy: float | None = None) -> Frame:
        dy = dx if dy is None else dy
        return Frame(self.x + dx, self.y + dy, self.w - 2 * dx, self.h - 2 * dy)

    def from_top(self, height: float, gap: float = 0) -> tuple[Frame, Frame]:
        """The upper `height`, and what remains below a gap."""
        return (
            Frame(self.x, self.top - height, self.w, height),
            Frame(self.x, self.y, self.w, self.h - height - gap),
        )

    def from_bottom(self, height: float, gap: float = 0) -> tuple[Frame, Frame]:
        return (
            Frame(self.x, self.y, self.w, height),
            Frame(self.x, self.y + height + gap, self.w, self.h - height - gap),
        )

    def from_left(self, width: float, gap: float = 0) -> tuple[Frame, Frame]:
        return (
            Frame(self.x, self.y, width, self.h),
            Frame(self.x + width + gap, self.y, self.w - width - gap, self.h),
        )

    def from_right(self, width: float, gap: float = 0) -> tuple[Frame, Frame]:
        return (
            Frame(self.right - width, self.y, width, self.h),
            Frame(self.x, self.y, self.w - width - gap, self.h),
        )

    def columns(self, count: int, gap: float) -> list[Frame]:
        width = (self.w - gap * (count - 1)) / count
        return [Frame(self.x + i * (width + gap), self.y, width, self.h) for i in range(count)]

    def rows(self, count: int, gap: float) -> list[Frame]:
        """From the top down."""
        height = (self.h - gap * (count - 1)) / count
        return [Frame(self.x, self.top - (i + 1) * height - i * gap, self.w, height) for i in range(count)]

    def grid(self, columns: int, rows: int, gap: float) -> list[Frame]:
        """Cells in reading order."""
        return [cell for row in self.rows(rows, gap) for cell in row.columns(columns, gap)]

    def centred(self, width: float, height: float) -> Frame:
        return Frame(self.x + (self.w - width) / 2, self.y + (self.h - height) / 2, width, height)

    def holds(self, x: float, y: float) -> bool:
        return self.x <= x < self.right and self.y <= y < self.top
