"""Which way the edges of a picture run, cell by cell: what tells bars (one way) and squares (every way) from the rest.

The structure tensor, summed over cells. It is computed in narrow bands: arrays of the size of a picture would be fresh
memory from the system for each step, and getting that costs several times what the arithmetic does.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

Gray = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

_BAND_PX: Final = 42  # high: 640 columns of these stay below what malloc takes from the system each time


class Texture(NamedTuple):
    """Products of the slopes of brightness across and down, meant over a window; shape (rows, columns) of cells."""

    xx: Floats
    yy: Floats
    xy: Floats


def texture(gray: Gray, cell_px: int, window_cells: int) -> Texture:
    """What is left of the last whole cell at the right and lower rim is not looked at."""
    rows, columns = (side // cell_px for side in gray.shape)
    sums = np.zeros((3, rows, columns), np.float32)
    step = max(1, _BAND_PX // cell_px)
    for first in range(0, rows, step):
        last = min(first + step, rows)
        top, bottom = first * cell_px, last * cell_px
        above, below = min(top, 1), min(gray.shape[0] - bottom, 1)  # a row more, so that bands have no rims
        band = gray[top - above : bottom + below, : columns * cell_px]
        inner = slice(above, above + bottom - top)
        across = cv2.Sobel(band, cv2.CV_32F, 1, 0, ksize=3)[inner]
        down = cv2.Sobel(band, cv2.CV_32F, 0, 1, ksize=3)[inner]
        for at, (one, other) in enumerate(((across, across), (down, down), (across, down))):
            product = cv2.multiply(one, other)
            sums[at, first:last] = cv2.resize(product, (columns, last - first), interpolation=cv2.INTER_AREA)
    window = (window_cells, window_cells)
    return Texture(*(np.asarray(cv2.blur(one, window), np.float32) for one in sums))


def shrunk(gray: Gray, side_px: int) -> tuple[Gray, int]:
    """The picture with at most `side_px` on its longer side, and by what it was divided. By whole numbers only, which
    is many times quicker than other parts."""
    by = -(-max(gray.shape) // side_px)
    if by == 1:
        return gray, 1
    height, width = (max(1, side // by) for side in gray.shape)
    small = cv2.resize(gray[: height * by, : width * by], (width, height), interpolation=cv2.INTER_AREA)
    return small.astype(np.uint8, copy=False), by
