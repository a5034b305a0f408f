"""Finds where a picture may hold a QR code: regions with many edges in every direction. Bars and rims run one way."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

Gray = npt.NDArray[np.uint8]

_LOCATE_SIDE_PX: Final = 320
_LAMP_PX: Final = 41  # of the locating picture: what is far brighter than its surroundings is a reflection
_LAMP: Final = 1.5
_WINDOW_PX: Final = 15
_OF_STRONGEST: Final = 0.35
_LEAST_AREA_PX: Final = 60
_MARGIN_PX: Final = 10  # of the locating picture: the quiet zone, and the half window that the edges lost
_CANDIDATES: Final = 2  # bounds the time


def squares(gray: Gray) -> list[tuple[int, int, int, int]]:
    """Left, top, right, bottom of at most two regions, inside the picture, the largest first."""
    height, width = gray.shape
    shrink = min(1.0, _LOCATE_SIDE_PX / max(gray.shape))
    small = cv2.resize(gray, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA).astype(np.float32)
    small = np.minimum(small, cv2.blur(small, (_LAMP_PX, _LAMP_PX)) * _LAMP)
    small = cv2.GaussianBlur(small, (0, 0), 1)
    across = cv2.Sobel(small, cv2.CV_32F, 1, 0, ksize=3)
    down = cv2.Sobel(small, cv2.CV_32F, 0, 1, ksize=3)
    window = (_WINDOW_PX, _WINDOW_PX)
    xx = cv2.boxFilter(across * across, -1, window)
    yy = cv2.boxFilter(down * down, -1, window)
    xy = cv2.boxFilter(across * down, -1, window)
    # The smaller eigenvalue of the structure tensor: energy in the direction that has the least of it.
    every_way = (xx + yy) / 2 - np.sqrt((xx - yy) ** 2 / 4 + xy * xy)
    mask = (every_way > _OF_STRONGEST * float(every_way.max())).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    largest = sorted((tuple(map(int, row)) for row in stats[1:]), key=lambda row: -row[4])[:_CANDIDATES]
    return [
        (
            max(0, int((left - _MARGIN_PX) / shrink)),
            max(0, int((top - _MARGIN_PX) / shrink)),
            min(width, int((left + wide + _MARGIN_PX) / shrink)),
            min(height, int((top + tall + _MARGIN_PX) / shrink)),
        )
        for left, top, wide, tall, area in largest
        if area >= _LEAST_AREA_PX
    ]
