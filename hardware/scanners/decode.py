"""From grey pictures to the codes in them: the whole picture first, then only where it looks like a code.

zxing-cpp reads first: its time is bounded on any picture (a checkerboard or a poster full of finder patterns held
OpenCV's own detectors for 6 to 50 s) and it gives the bytes of the symbol untouched. zbar is the second opinion: it
reads some QR codes in glare that zxing does not. What each of them adds: `bench/codes.py`.

Slow to import (cv2): drivers import it from their own thread, after start.
"""

from __future__ import annotations

import re
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
_ONE_THRESHOLD: Final = zxingcpp.Binarizer.GlobalHistogram
# Of zxing's HexECI: the bytes "]Q2" of a symbol that declares character sets; each as a backslash and six digits.
_DECLARES: Final = "5D 51 32"
_ECI: Final = re.compile("5C((?: 3[0-9]){6})")
# UTF-8, ASCII, GB 2312 and GB 18030, ASCII's invariant part.
_OURS: Final = frozenset(f" {eci:06d}".encode().hex(" ")[2:] for eci in (26, 27, 29, 32, 170))
NO_TEXT: Final = b"\xff"  # neither in UTF-8 nor in GB18030
_SHARPENING: Final = 2.0
_LEAST_PX: Final = 21  # modules of the smallest QR code
_MOST_SIDE_PX: Final = 1280  # bounds the time for any picture; a code in more pixels than that needs no more
_REGION_SIDE_PX: Final = 480  # the same for a part of it
# Processor time, an upper fence for pictures that are made to be slow and for slow machines: what looking costs is
# bounded by how often and at how many pixels is looked, so that a picture is read or not whatever the machine is doing.
FENCE_S: Final = 0.06


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
    nothing, the closer looks follow, one at least, up to the fence; the next picture goes on with the one that is
    next, so that a code that is held gets all of them."""

    def __init__(self, fence_s: float = FENCE_S) -> None:
        self._fence_s = fence_s
        self._next = 0

    def read(self, gray: Gray) -> tuple[Code, ...]:
        """The distinct codes of the picture, () when there is none."""
        if min(gray.shape) < _LEAST_PX:
            return ()
        until_s = time.thread_time() + self._fence_s
        gray = _at_most(gray, _MOST_SIDE_PX)
        half = _halved(gray)
        found = _distinct([*_zxing(gray, _BOTH), *_zxing(half, _QR, try_downscale=True)])
        if found:
            return _distinct([*found, *_on_their_side(half)])
        for tried in range(len(_CLOSER)):
            if tried and time.thread_time() >= until_s:
                break
            found = _distinct(_CLOSER[self._next](gray))
            self._next = 0 if found else (self._next + 1) % len(_CLOSER)
            if found:
                break
        return found


def _at_most(gray: Gray, side_px: int) -> Gray:
    scale = side_px / max(gray.shape)
    if scale >= 1:
        return gray
    return _resized(gray, scale, cv2.INTER_AREA)


def _resized(gray: Gray, scale: float, how: int) -> Gray:
    height, width = (max(1, round(side * scale)) for side in gray.shape)
    return cv2.resize(gray, (width, height), interpolation=how).astype(np.uint8, copy=False)


def _halved(gray: Gray) -> Gray:
    return _resized(gray, 0.5, cv2.INTER_AREA)


# --- ways to look


def _on_their_side(half: Gray) -> list[Code]:
    """Beside a code that was read, there may be bars that the first look does not see: they are a second code."""
    return _zxing(half, _BARS, try_rotate=True)


def _even_light(gray: Gray) -> list[Code]:
    """One threshold for the whole picture: sees over shadows that end in the middle of a code."""
    return _zxing(_halved(gray), _QR, binarizer=_ONE_THRESHOLD)


def _squares(gray: Gray) -> list[Code]:
    """QR codes that are small, blurred, noisy or in glare: only what looks like one is worth the many ways to look."""
    for left, top, right, bottom in squares(gray):
        region = _at_most(gray[top:bottom, left:right], _REGION_SIDE_PX)
        for way in _IN_A_REGION:
            if codes := way(region):
                return codes
    return []


def _softened(region: Gray) -> list[Code]:
    """A 3x3 blur takes away the sensor noise that breaks finder patterns."""
    return _zxing(cv2.GaussianBlur(region, (3, 3), 0), _QR)


def _doubled(region: Gray) -> list[Code]:
    """Modules of less than two pixels: between the pixels there is still some edge left."""
    return _zxing(_twice_the_size(region), _QR)


def _doubled_and_sharpened(region: Gray) -> list[Code]:
    return _zxing(_sharpened(_twice_the_size(region), 7, 15), _QR)


def _doubled_in_even_light(region: Gray) -> list[Code]:
    return _zxing(_sharpened(_twice_the_size(region), 5, 13), _QR, binarizer=_ONE_THRESHOLD)


def _halved_and_sharpened(region: Gray) -> list[Code]:
    """Large modules, shaken: there are pixels enough to give some away."""
    return _zxing(_sharpened(_halved(region), 3, 9), _QR)


def _twice_the_size(region: Gray) -> Any:
    return cv2.resize(region, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)


def _sharpened(gray: Any, smooth_px: int, around_px: int) -> Any:
    soft = cv2.GaussianBlur(gray, (smooth_px, smooth_px), 0)
    return cv2.addWeighted(soft, 1 + _SHARPENING, cv2.blur(soft, (around_px, around_px)), -_SHARPENING, 0)


def second_opinion(gray: Gray) -> list[Code]:
    """zbar at half size, where it is quick. QR codes only: their check is strong, that of bars is not. It guesses at
    character sets and rewrites what is not ASCII, so only ASCII counts."""
    try:
        found = pyzbar.decode(_halved(gray), symbols=[ZBarSymbol.QRCODE])
    except ValueError:  # one text in several symbols: pyzbar stumbles over what zbar puts together of them
        return []
    return [Code(one.data, QR_CODE) for one in found if one.data and one.data.isascii()]


def _bars(gray: Gray) -> list[Code]:
    """Bar codes that are slanted, blurred or small: found by texture, straightened, read row-averaged."""
    for strip in strips(gray):
        if codes := _zxing(strip, _BARS):
            return codes
    return []


def _white_on_black(gray: Gray) -> list[Code]:
    """As a phone shows a page with a code in its dark mode."""
    return _zxing(cv2.bitwise_not(_halved(gray)), _QR, try_downscale=True)


# In the order in which a picture meets them: what adds most for its time comes first.
_CLOSER: Final[tuple[Callable[[Gray], list[Code]], ...]] = (_even_light, _squares, _bars, _white_on_black)
_IN_A_REGION: Final[tuple[Callable[[Gray], list[Code]], ...]] = (
    _halved_and_sharpened,
    _softened,
    _doubled,
    _doubled_and_sharpened,
    _doubled_in_even_light,
    second_opinion,
)


def _zxing(
    gray: Any,
    formats: Any,
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
        text_mode=zxingcpp.TextMode.HexECI,  # the only one that tells whether a character set was declared
    )
    # zxing counts Micro QR among the QR codes; nobody prints it on a bill.
    return [
        Code(NO_TEXT if _in_foreign_characters(one) else one.bytes, one.format.name)
        for one in found
        if one.bytes and one.format.name in (QR_CODE, CODE_128)
    ]


def _in_foreign_characters(code: zxingcpp.Barcode) -> bool:
    """A character set is declared (ECI), and neither UTF-8 nor one of GB: the bytes alone may pass for other text."""
    declared = code.text.startswith(_DECLARES)
    return declared and any(number not in _OURS for number in _ECI.findall(code.text))


def _distinct(codes: Iterable[Code]) -> tuple[Code, ...]:
    return tuple(dict.fromkeys(codes))
