"""Finds where a picture may hold a QR code: regions with many edges in every direction. Bars and rims run one way."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from hardware.scanners.texture import shrunk, texture

Gray = npt.NDArray[np.uint8]

_LOCATE_SIDE_PX: Final = 320
_LAMP_PX: Final = 41  # of the locating picture: what is far brighter than its surroundings is a reflection
_LAMP: Final = 1.5
_CELL_PX: Final = 2
_WINDOW_CELLS: Final = 9
_OF_STRONGEST: Final = 0.3
_LEAST_CELLS: Final = 15
_MARGIN_CELLS: Final = 5  # the quiet zone, and the half window that the edges lost
_CANDIDATES: Final = 2  # bounds the time


def squares(gray: Gray) -> list[tuple[int, int, int, int]]:
    """Left, top, right, bottom of at most two regions, inside the picture, the largest first."""
    height, width = gray.shape
    small, by = shrunk(gray, _LOCATE_SIDE_PX)
    around = cv2.blur(small, (_LAMP_PX, _LAMP_PX))
    small = cv2.min(small, cv2.convertScaleAbs(around, alpha=_LAMP)).astype(np.uint8, copy=False)
    small = cv2.GaussianBlur(small, (5, 5), 1).astype(np.uint8, copy=False)
    xx, yy, xy = texture(small, _CELL_PX, _WINDOW_CELLS)
    # The smaller eigenvalue of the structure tensor: energy in the direction that has the least of it.
    every_way = (xx + yy) / 2 - np.sqrt((xx - yy) ** 2 / 4 + xy * xy)
    mask = (every_way > _OF_STRONGEST * float(every_way.max())).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    largest = sorted((tuple(map(int, row)) for row in stats[1:]), key=lambda row: -row[4])[:_CANDIDATES]
    cell, margin = _CELL_PX * by, _MARGIN_CELLS
    return [
        (
            max(0, (left - margin) * cell),
            max(0, (top - margin) * cell),
            min(width, (left + wide + margin) * cell),
            min(height, (top + tall + margin) * cell),
        )
        for left, top, wide, tall, cells in largest
        if cells >= _LEAST_CELLS
    ]
