"""Finds bar codes by their texture and lays them straight: picture in, narrow strips for a decoder out.

Where many edges run one way, the structure tensor is coherent. Such regions become rotated boxes, each box
is resampled upright at four times its size, its rows are slid over each other until their edges agree
(the bars of a card held askew lean and fan out), and their mean is what noise and blur leave of the bars.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise, product
from typing import Any, Final

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from hardware.scanners.modules import restored
from hardware.scanners.texture import shrunk, texture

Gray = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

_LOCATE_SIDE_PX: Final = 640
_CELL_PX: Final = 3  # of the locating picture: edges are seen first and then summed, so no bar is lost
_WINDOW_CELLS: Final = 5  # several bars wide, less than a code is high
_COHERENT: Final = 0.6  # 1: all edges parallel, 0: text, noise, checkerboard
_LEAST_ENERGY: Final = 100.0  # of Sobel edges, squared: the noise of a good sensor stays below
_OF_STRONGEST: Final = 0.2
_CANDIDATES: Final = 3  # bounds the time on a picture full of stripes
_LEAST_CELLS: Final = 50
_LEAST_SIDES_CELLS: Final = (13, 2)  # length and height of a box
_LONGER_THAN_HIGH: Final = 1.1
_MARGIN: Final = 0.10  # of the length, on each side: the quiet zone has no edges
_SCALE: Final = 4
_MOST_WIDTH_PX: Final = 2400
_BANDS: Final = 12
_RESTORED: Final = 2  # rows, those of the likeliest box: bounds the time, for this is the dearest way
_QUIET_MODULES: Final = 12
_STRIP_ROWS: Final = 24  # what the decoder wants to see repeated
# Steps of the search for lean and fan, each around the best of the one before; in parts of the length.
_SEARCH: Final = (
    ((-0.12, -0.08, -0.04, 0.0, 0.04, 0.08, 0.12), (-0.16, -0.08, 0.0, 0.08, 0.16)),
    ((-0.02, 0.0, 0.02), (-0.04, 0.0, 0.04)),
    ((-0.01, 0.0, 0.01), (-0.02, 0.0, 0.02)),
    ((-0.005, 0.0, 0.005), (-0.01, 0.0, 0.01)),
)
_PARTS: Final = ((0.15, 0.85), (0.0, 0.5), (0.5, 1.0))  # of the height: a fold or a thumb may cover the rest
_SHARPENING: Final = (3.0, 1.0)  # amount, radius in pixels of the picture
# Gaussian blur of a strip (3.5: not quite a pixel of the picture); power of the noise beside that of the bars.
_BLUR: Final = (2.5, 3e-3)
_STRONG_BLUR: Final = (3.5, 1e-3)


class Box(msgspec.Struct, frozen=True):
    """A rotated box in pixels of the picture: along `angle` (radians) from `left` to `right`, across it
    from `top` to `bottom`, all measured from the picture's origin."""

    angle: float
    left: float
    right: float
    top: float
    bottom: float


def strips(gray: Gray) -> Iterator[Gray]:
    """Upright strips (24 rows, uint8) that may hold a bar code, the likeliest first; a few at most."""
    rows = []
    for box in locate(gray):
        bands = straighten(upright(gray, box))
        parts = [bands[int(low * _BANDS) : int(high * _BANDS)].mean(axis=0) for low, high in _PARTS]
        for part in parts:
            yield _strip(_sharpened(part, *_SHARPENING))
            yield _strip(_refocused(part, *_BLUR))
        yield _strip(_refocused(parts[0], *_STRONG_BLUR))
        rows += parts
    for row in rows[:_RESTORED]:
        for modules in restored(row):
            yield _drawn(modules)


def locate(gray: Gray) -> list[Box]:
    """Where parallel edges lie dense, largest area first."""
    small, by = shrunk(gray, _LOCATE_SIDE_PX)
    xx, yy, xy = texture(small, _CELL_PX, _WINDOW_CELLS)
    energy, lying, slanted = xx + yy, xx - yy, 2 * xy
    # What runs one way beyond what runs every way. Relative to the strongest: dark scenes have weak bars.
    one_way = cv2.scaleAdd(energy, -_COHERENT, cv2.magnitude(lying, slanted))
    mask: Any = (one_way > max(_LEAST_ENERGY, _OF_STRONGEST * float(one_way.max()))).astype(np.uint8)
    for how in (cv2.MORPH_CLOSE, cv2.MORPH_OPEN):
        mask = cv2.morphologyEx(mask, how, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    cells = stats[:, cv2.CC_STAT_AREA]
    largest = sorted(range(1, count), key=lambda label: -cells[label])[:_CANDIDATES]
    boxes = []
    for label in largest:
        if cells[label] < _LEAST_CELLS:
            break
        left, top, width, height = stats[label, : cv2.CC_STAT_AREA]
        here = slice(top, top + height), slice(left, left + width)
        inside = labels[here] == label
        # Summed as a tensor: angles would cancel, as the two edges of a bar point opposite ways. Divided by
        # the strength, else a few bright edges (the rim of a phone) outvote the bars.
        weight = 1 / np.maximum(np.sqrt(energy[here][inside]), 1e-3)
        twice_sin, twice_cos = (slanted[here][inside] * weight).sum(), (lying[here][inside] * weight).sum()
        rows, columns = np.nonzero(inside)
        box = _box(rows + top, columns + left, 0.5 * math.atan2(twice_sin, twice_cos), _CELL_PX * by)
        if box is not None:
            boxes.append(box)
    return boxes


def _box(rows: Any, columns: Any, angle: float, cell_px: int) -> Box | None:
    """The box around these cells along `angle`; None where it is too small or too square for bars."""
    cos, sin = math.cos(angle), math.sin(angle)
    x, y = columns + 0.5, rows + 0.5
    left, right = np.percentile(x * cos + y * sin, (0.5, 99.5))
    top, bottom = np.percentile(y * cos - x * sin, (4, 96))
    length, height = right - left + 1, bottom - top
    least_length, least_height = _LEAST_SIDES_CELLS
    if length < max(least_length, _LONGER_THAN_HIGH * height) or height < least_height:
        return None
    return Box(angle, *(float(side) * cell_px for side in (left - 0.5, right + 0.5, top, bottom)))


def upright(gray: Gray, box: Box) -> Gray:
    """The box with its quiet zones, bars standing, stretched along its length only."""
    margin = _MARGIN * (box.right - box.left)
    left, length = box.left - margin, box.right - box.left + 2 * margin
    width = int(min(length * _SCALE, _MOST_WIDTH_PX))
    height = max(8, int(box.bottom - box.top))
    step = length / width
    cos, sin = math.cos(box.angle), math.sin(box.angle)
    to_picture = np.array(
        [
            [step * cos, -sin, left * cos - box.top * sin],
            [step * sin, cos, left * sin + box.top * cos],
        ],
        np.float32,
    )
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    warped = cv2.warpAffine(gray, to_picture, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return warped.astype(np.uint8, copy=False)


def straighten(image: Gray) -> Floats:
    """Bands of rows, shape (12, width), slid so that the bars of all bands agree.

    Two numbers describe the slant of a flat card: lean (shift per height) and fan (shift per height that
    grows along the length). The best pair is the one whose mean row has the most edge energy."""
    edges = np.linspace(0, image.shape[0], _BANDS + 1).astype(int)
    bands = np.stack([image[a : max(a + 1, b)].mean(axis=0, dtype=np.float32) for a, b in pairwise(edges)])
    coarse = bands[:, :: 4 if bands.shape[1] > 900 else 2]
    slant = np.zeros(2, np.float32)
    for leans, fans in _SEARCH:
        tried = slant + np.array(list(product(leans, fans)), np.float32)
        rows = _slid(coarse, tried).mean(axis=1)
        slant = tried[(np.diff(rows, axis=1) ** 2).sum(axis=1).argmax()]
    straight: Floats = _slid(bands, slant[None, :])[0]
    return straight


def _slid(bands: Floats, slants: Floats) -> Floats:
    """The bands slid by each slant (lean, fan), shape (slants, bands, width); all at once, as calls cost most here."""
    count, width = bands.shape
    lean, fan = slants[:, 0, None, None], slants[:, 1, None, None]
    x = np.arange(width, dtype=np.float32)[None, None, :]
    heights = np.linspace(-0.5, 0.5, count, dtype=np.float32)[None, :, None]
    from_x = x + heights * (lean * width + fan * (x - width / 2))
    from_y = np.broadcast_to(np.arange(count, dtype=np.float32)[None, :, None], from_x.shape)
    flat = (len(slants) * count, width)
    slid = cv2.remap(
        bands, from_x.reshape(flat), from_y.reshape(flat), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(slid.reshape(len(slants), count, width), np.float32)


def _sharpened(row: Floats, amount: float, radius: float) -> Floats:
    smooth = cv2.GaussianBlur(row[None, :], (0, 0), radius)[0]
    return np.array(row + amount * (row - smooth), np.float32)


def _refocused(row: Floats, blur_px: float, noise: float) -> Floats:
    """Wiener's filter against a Gaussian blur: what sharpening leaves unread when the camera is out of focus."""
    there_and_back = np.fft.rfft(np.concatenate([row, row[::-1]]))  # no step at the seam
    blur = np.exp(-2 * (np.pi * np.fft.rfftfreq(2 * len(row)) * blur_px) ** 2)
    sharp: Floats = np.fft.irfft(there_and_back * blur / (blur * blur + noise))[: len(row)].astype(np.float32)
    return sharp


def _drawn(modules: list[bool]) -> Gray:
    row = np.pad(np.where(modules, 0, 255), _QUIET_MODULES, constant_values=255).astype(np.uint8)
    return np.kron(row[None, :], np.ones((_STRIP_ROWS, _SCALE), np.uint8))


def _strip(row: Floats) -> Gray:
    dark, bright = np.percentile(row, (2, 98))
    levels = np.clip((row - dark) / (bright - dark + 1e-3) * 215 + 20, 0, 255).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(levels, (_STRIP_ROWS, len(levels))))
