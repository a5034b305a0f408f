"""From grey pictures to the codes in them: the cheap ways to look in each picture, the dear ones in turn.

zxing-cpp reads first: its time is bounded on any picture (a checkerboard or a poster full of finder patterns held
OpenCV's own detectors for 6 to 50 s) and it gives the bytes of the symbol untouched. zbar is the second opinion: it
reads some QR codes in glare that zxing does not. What each of them adds: `bench/codes.py`.

Slow to import (cv2): drivers import it from their own thread, after start.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any, Final

import cv2
import msgspec
import numpy as np
import numpy.typing as npt
import zxingcpp
from pyzbar import pyzbar
from pyzbar.pyzbar import ZBarSymbol

from hardware.scanners.squares import squares
from hardware.scanners.strips import strips

Gray = npt.NDArray[np.uint8]

QR_CODE: Final = "QRCode"
CODE_128: Final = "Code128"

_BOTH: Final = zxingcpp.barcode_formats_from_str("QRCode|Code128")
_QR: Final = zxingcpp.barcode_formats_from_str("QRCode")
_BARS: Final = zxingcpp.barcode_formats_from_str("Code128")
_LEAST_PX: Final = 21  # modules of the smallest QR code
_MOST_SIDE_PX: Final = 1280  # bounds the time for any picture; a code in more pixels than that needs no more
_UPSCALE_BELOW_PX: Final = 800  # longer side; above it doubling costs more than it finds
# Of processor time for one picture, so that a busy machine does not read worse, only later. 15 pictures a second leave
# 67 ms; one way to look may be under way when the time is up.
BUDGET_S: Final = 0.05


class Code(msgspec.Struct, frozen=True):
    """One symbol. `payload`: its bytes exactly as encoded, of unknown character set, never empty."""

    payload: bytes
    symbology: str  # QR_CODE or CODE_128

    @property
    def linear(self) -> bool:
        """Bars with a mere check digit: misread now and then, so one read is no proof."""
        return self.symbology == CODE_128


class Decoder:
    """`Decoder().read(gray)` for each picture of one look, gray being uint8 of shape (height, width).

    Full and half size are always both tried, so that two codes in one picture are seen as two. While they find
    nothing, the dearer ways follow, one at least, until the time for one picture is used up; the next picture goes on
    with the way that is next, so that a code that is held gets all of them."""

    def __init__(self, budget_s: float = BUDGET_S) -> None:
        self._budget_s = budget_s
        self._next = 0

    def read(self, gray: Gray) -> tuple[Code, ...]:
        """The distinct codes of the picture, () when there is none."""
        if min(gray.shape) < _LEAST_PX:
            return ()
        until_s = time.thread_time() + self._budget_s
        gray = _at_most(gray, _MOST_SIDE_PX)
        found = _distinct([*_full_size(gray), *_half_size(gray)])
        for tried in range(len(_DEARER)):
            if found or (tried and time.thread_time() >= until_s):
                break
            found = _distinct(_DEARER[self._next](gray))
            self._next = 0 if found else (self._next + 1) % len(_DEARER)
        return found


def _at_most(gray: Gray, side_px: int) -> Gray:
    scale = side_px / max(gray.shape)
    if scale >= 1:
        return gray
    return _resized(gray, scale, cv2.INTER_AREA)


def _resized(gray: Gray, scale: float, how: int) -> Gray:
    height, width = (max(1, round(side * scale)) for side in gray.shape)
    return cv2.resize(gray, (width, height), interpolation=how).astype(np.uint8, copy=False)


def _blurred(gray: Gray, radius: float) -> Gray:
    return cv2.GaussianBlur(gray, (0, 0), radius).astype(np.uint8, copy=False)


def _sharpened(gray: Gray, radius: float, amount: float) -> Gray:
    smooth = _blurred(gray, radius)
    return cv2.addWeighted(gray, 1 + amount, smooth, -amount, 0).astype(np.uint8, copy=False)


# --- ways to look


def _full_size(gray: Gray) -> list[Code]:
    return _zxing(gray)


def _half_size(gray: Gray) -> list[Code]:
    """A phone held close fills the picture: its modules are too large and too noisy at full size."""
    return _zxing(_resized(gray, 0.5, cv2.INTER_AREA), try_rotate=True, try_downscale=True)


def _softened(gray: Gray) -> list[Code]:
    """A 3x3 blur takes away the sensor noise that breaks finder patterns. Bar codes on their side: here only."""
    return _zxing(cv2.GaussianBlur(gray, (3, 3), 0), try_rotate=True)


def _dense(gray: Gray) -> list[Code]:
    """Squares of less than two pixels per module: only the region that looks like one is worth enlarging."""
    for left, top, right, bottom in squares(gray):
        region = _at_most(gray[top:bottom, left:right], _UPSCALE_BELOW_PX)
        soft = _blurred(_resized(region, 2, cv2.INTER_CUBIC), 1.5)
        if codes := _zxing(_sharpened(soft, 4.0, 2.0), formats=_QR):
            return codes
    return []


def _enlarged_soft(gray: Gray) -> list[Code]:
    soft = _blurred(_at_most(gray, _UPSCALE_BELOW_PX), 0.8)
    return _zxing(_sharpened(_resized(soft, 1.5, cv2.INTER_CUBIC), 3.0, 2.0))


def _doubled(gray: Gray) -> list[Code]:
    """Codes of less than two pixels per module: between the pixels there is still some edge left."""
    if max(gray.shape) > _UPSCALE_BELOW_PX:
        return []
    return _zxing(_sharpened(_resized(gray, 2, cv2.INTER_CUBIC), 2.0, 1.5))


def _even_light(gray: Gray) -> list[Code]:
    """One threshold for the whole picture: sees over shadows that end in the middle of a code."""
    return _zxing(_blurred(gray, 0.8), formats=_QR, binarizer=zxingcpp.Binarizer.GlobalHistogram)


def _bars(gray: Gray) -> list[Code]:
    """Bar codes that are slanted, blurred or small: found by texture, straightened, read row-averaged."""
    for strip in strips(gray):
        if codes := _zxing(strip, formats=_BARS):
            return codes
    return []


def second_opinion(gray: Gray) -> list[Code]:
    """zbar at half size, where it is quick. QR codes only: their check is strong, that of bars is not. It guesses at
    character sets and rewrites what is not ASCII, so only ASCII counts."""
    found = pyzbar.decode(_resized(gray, 0.5, cv2.INTER_AREA), symbols=[ZBarSymbol.QRCODE])
    return [Code(one.data, QR_CODE) for one in found if one.data and one.data.isascii()]


# In the order in which a picture meets them: what adds most for its time comes first.
_DEARER: Final[tuple[Callable[[Gray], list[Code]], ...]] = (
    _softened,
    second_opinion,
    _dense,
    _even_light,
    _enlarged_soft,
    _doubled,
    _bars,
)


def _zxing(
    gray: Any,
    formats: Any = _BOTH,
    try_rotate: bool = False,
    try_downscale: bool = False,
    binarizer: Any = zxingcpp.Binarizer.LocalAverage,
) -> list[Code]:
    found = zxingcpp.read_barcodes(
        gray,
        formats=formats,
        try_rotate=try_rotate,
        try_downscale=try_downscale,
        try_invert=False,
        binarizer=binarizer,
    )
    # zxing counts Micro QR among the QR codes; nobody prints it on a bill.
    return [
        Code(one.bytes, one.format.name)
        for one in found
        if one.bytes and one.format.name in (QR_CODE, CODE_128)
    ]


def _distinct(codes: Iterable[Code]) -> tuple[Code, ...]:
    return tuple(dict.fromkeys(codes))
