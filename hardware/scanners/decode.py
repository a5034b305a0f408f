"""From one grey picture to the codes in it: a ladder of ways to look, the cheap ones first.

zxing-cpp does the reading, because its time is bounded on any picture (a checkerboard or a poster full of
finder patterns held OpenCV's own detectors for 6 to 50 s) and it gives the bytes of the symbol untouched.
zbar as a second opinion, on whole pictures or on strips, found nothing more that was worth its time.

Slow to import (cv2): drivers import it from their own thread, after start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

import cv2
import msgspec
import numpy as np
import numpy.typing as npt
import zxingcpp

from hardware.scanners.strips import strips

Gray = npt.NDArray[np.uint8]

QR_CODE: Final = "QRCode"
CODE_128: Final = "Code128"

_BOTH: Final = zxingcpp.barcode_formats_from_str("QRCode|Code128")
_BARS: Final = zxingcpp.barcode_formats_from_str("Code128")
_LEAST_PX: Final = 21  # modules of the smallest QR code
_UPSCALE_BELOW_PX: Final = 800  # longer side; above it doubling costs more than it finds


class Code(msgspec.Struct, frozen=True):
    """One symbol. `payload`: its bytes exactly as encoded, of unknown character set, never empty."""

    payload: bytes
    symbology: str  # QR_CODE or CODE_128

    @property
    def linear(self) -> bool:
        """Bars with a mere check digit: misread now and then, so one read is no proof."""
        return self.symbology == CODE_128


class Decoder:
    """`Decoder().read(gray)`, gray being uint8 of shape (height, width).

    Holds no state between pictures. Full and half size are always both tried, so that two codes in one
    picture are seen as two; the dearer ways are tried in turn while nothing was found."""

    def read(self, gray: Gray) -> tuple[Code, ...]:
        """The distinct codes of the picture, () when there is none."""
        if min(gray.shape) < _LEAST_PX:
            return ()
        found = _distinct([*_full_size(gray), *_half_size(gray)])
        for look in _DEARER:
            if found:
                break
            found = _distinct(look(gray))
        return found


def _full_size(gray: Gray) -> list[Code]:
    return _zxing(gray)


def _half_size(gray: Gray) -> list[Code]:
    """A phone held close fills the picture: its modules are too large and too noisy at full size."""
    half = cv2.resize(gray, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return _zxing(half, try_rotate=True, try_downscale=True)


def _softened(gray: Gray) -> list[Code]:
    """A 3x3 blur takes away the sensor noise that breaks finder patterns. Bar codes on their side: here only."""
    return _zxing(cv2.GaussianBlur(gray, (3, 3), 0), try_rotate=True)


def _doubled(gray: Gray) -> list[Code]:
    """Codes of less than two pixels per module: between the pixels there is still some edge left."""
    if max(gray.shape) > _UPSCALE_BELOW_PX:
        return []
    large = cv2.resize(gray, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    smooth = cv2.GaussianBlur(large, (0, 0), 2.0)
    return _zxing(cv2.addWeighted(large, 2.5, smooth, -1.5, 0))


def _bars(gray: Gray) -> list[Code]:
    """Bar codes that are slanted, blurred or small: found by texture, straightened, read row-averaged."""
    for strip in strips(gray):
        if codes := _zxing(strip, formats=_BARS):
            return codes
    return []


_DEARER: Final[tuple[Callable[[Gray], list[Code]], ...]] = (_softened, _doubled, _bars)


def _zxing(
    gray: Any, formats: Any = _BOTH, try_rotate: bool = False, try_downscale: bool = False
) -> list[Code]:
    found = zxingcpp.read_barcodes(
        gray, formats=formats, try_rotate=try_rotate, try_downscale=try_downscale, try_invert=False
    )
    # zxing counts Micro QR among the QR codes; nobody prints it on a bill.
    return [
        Code(one.bytes, one.format.name)
        for one in found
        if one.bytes and one.format.name in (QR_CODE, CODE_128)
    ]


def _distinct(codes: Iterable[Code]) -> tuple[Code, ...]:
    return tuple(dict.fromkeys(codes))
