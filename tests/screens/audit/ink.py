"""Letters and colours as they were rendered: heights from the rows of ink of a capital, contrasts from pixels."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from kivy.core.text import Label as CoreLabel

from kiosk.contract import Contrast, StaffBoard, StaffEntry, TextSize
from screens.fonts import FAMILY
from screens.frame import Frame
from screens.theme import Rank, tokens
from screens.widgets.base import Picture
from screens.widgets.press import OFF, Press
from tests.screens.audit.fault import Fault
from tests.screens.audit.rules import Glass

Pixels = npt.NDArray[np.uint8]  # rows from the top, columns, red green blue

# Capitals of each text size (accessibility facts 5.1); 4.8 is also the least of ADA 707.7.2 and VVSG 7.1-G.
CAPITAL_MM: Final = {TextSize.STANDARD: 4.8, TextSize.LARGE: 6.4, TextSize.XLARGE: 8.5}
STAFF: Final = (StaffBoard, StaffEntry)
INKED: Final = 96  # of 255: a pixel of a letter that an eye counts as black
# Least contrast of words: VVSG 7.1-C for the usual look, 7.1-D for the others; WCAG 1.4.11 for icons and outlines.
LEAST_CONTRAST: Final = {Contrast.DAY: 10.0, Contrast.BLACK: 10.0, Contrast.WHITE: 18.0, Contrast.LOW: 4.5}
MOST_CONTRAST: Final = {Contrast.LOW: 8.0}  # VVSG 7.1-D: for eyes that strong contrasts dazzle
LEAST_OF_SWATCHES: Final = 4.5  # a letter in the colours of another look
LEAST_OF_SHAPES: Final = 3.0


@functools.cache
def capital_px(px: int, bold: bool) -> int:
    """Rows of ink of a capital H at this size."""
    label = CoreLabel(text="H", font_name=FAMILY, font_size=px, bold=bold)
    label.refresh()
    width, height = label.texture.size
    alpha = np.frombuffer(label.texture.pixels, np.uint8).reshape(height, width, 4)[:, :, 3]
    return int((alpha.max(axis=1) >= INKED).sum())


def capitals(glass: Glass) -> Iterator[Fault]:
    """What a customer must read has the whole size that was chosen; the other ranks may be smaller."""
    edge = glass.panel.pitch_mm / 2  # the edge rows are half ink
    for text in glass.texts:
        least = least_capital_mm(glass, text.rank)
        high = glass.mm(capital_px(text.px, text.bold))
        if high < least - edge:
            words = f"capitals of {text.text!r} ({text.rank.name}) are {high:.2f} mm high, not {least}"
            yield Fault("capitals", words, text.frame)


def least_capital_mm(glass: Glass, rank: Rank) -> float:
    """Not the whole size: the ranks below READ; pages of staff, who know them; and a 7 inch glass, which is read at
    400 mm, where 4.9 mm are 0.7° already, and would show two lines. What remains for them are the 4.8 mm of every
    look, and in the largest text 0.7° (EN 301 549 5.1.4 wants one mode in which every word has it)."""
    size = glass.theme.size
    if rank is Rank.READ and not glass.theme.low and not isinstance(glass.root.view.page, STAFF):
        return CAPITAL_MM[size]
    made_for = tokens()["panels"][glass.panel.tokens]
    angle_mm = float(made_for["en301549_min_cap_mm"]) if size is TextSize.XLARGE else 0.0
    return max(CAPITAL_MM[TextSize.STANDARD], angle_mm)


def luminance(colours: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Relative luminance (WCAG 2.2) of rows of red, green, blue from 0 to 255."""
    part = colours[..., :3] / 255.0
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]), np.float64)


def contrast_of(patch: Pixels) -> float:
    """Between the ground (the commonest colour) and the ink: what lies farthest from it, single pixels aside."""
    seen = hashlib.blake2b(patch.tobytes(), digest_size=16).digest()
    if seen not in _known:  # the same words stand on many pages
        _known[seen] = _contrast_of(patch)
    return _known[seen]


_known: dict[bytes, float] = {}


def _contrast_of(patch: Pixels) -> float:
    flat = patch.reshape(-1, patch.shape[-1])[:, :3]
    packed = flat[:, 0].astype(np.uint32) << 16 | flat[:, 1].astype(np.uint32) << 8 | flat[:, 2]
    colours, counts = np.unique(packed, return_counts=True)
    light = luminance(np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=-1))
    ground = light[counts.argmax()]
    ratios = (np.maximum(light, ground) + 0.05) / (np.minimum(light, ground) + 0.05)
    order = ratios.argsort()[::-1]
    enough = max(4, len(flat) // 500)  # so many pixels make a stroke, fewer a speck
    reached = int(np.searchsorted(counts[order].cumsum(), enough))
    return float(ratios[order][min(reached, len(order) - 1)])


def cut(pixels: Pixels, frame: Frame) -> Pixels:
    height = pixels.shape[0]
    top, bottom = max(0, round(height - frame.top)), round(height - frame.y)
    return pixels[top:bottom, max(0, round(frame.x)) : round(frame.right)]


def contrasts(glass: Glass, pixels: Pixels) -> Iterator[Fault]:
    """Words and pictures against what is really behind them, buttons against what is around them."""
    swatches = [button.frame for button in glass.buttons if button.name.startswith("contrast:")]
    for text in glass.texts:
        patch = cut(pixels, text.ink)
        if not patch.size:
            continue
        ratio, look = contrast_of(patch), glass.theme.contrast
        swatch = any(_inside(text.frame, frame) for frame in swatches)
        least = min(LEAST_CONTRAST[look], LEAST_OF_SWATCHES) if swatch else LEAST_CONTRAST[look]
        most = 21.0 if swatch else MOST_CONTRAST.get(look, 21.0)
        if not least - 0.05 <= ratio <= most + 0.05:
            limit = least if ratio < least else most
            words = f"{text.text!r} has a contrast of {ratio:.1f}:1, not {limit:.1f}:1"
            yield Fault("contrasts", words, text.frame)
    for picture in (w for w in glass.widgets if isinstance(w, Picture)):
        patch = cut(pixels, picture.frame)
        if patch.size and (ratio := contrast_of(patch)) < LEAST_OF_SHAPES:
            yield Fault("contrasts", f"a picture has a contrast of {ratio:.1f}:1", picture.frame)
    for button in glass.buttons:
        if button.look is not OFF and (ratio := _edge(button, glass, pixels)) < LEAST_OF_SHAPES:
            yield Fault("contrasts", f"the edge of {button.name} has {ratio:.1f}:1", button.frame)


def _inside(inner: Frame, outer: Frame) -> bool:
    return outer.x - 2 <= inner.x and inner.right <= outer.right + 2 and outer.holds(inner.x + 2, inner.y + 2)


def _edge(button: Press, glass: Glass, pixels: Pixels) -> float:
    """A line of pixels from outside to inside across the left edge, at half height."""
    frame = button.frame
    reach = 2 * glass.theme.border
    y = frame.y + frame.h / 2
    strip = cut(pixels, Frame(frame.x - reach, y, 2 * reach, 3))
    light = luminance(strip.reshape(-1, strip.shape[-1])) if strip.size else np.array([0.0, 1.0])
    return float((light.max() + 0.05) / (light.min() + 0.05))
