"""What the simulated camera sees: a dim lobby, and a phone or a paper that somebody holds in front of it.

Pictures are RGB, uint8, shape (480, 640, 3). Nothing here decides when; the time comes in.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, Literal

import msgspec
import numpy as np
import numpy.typing as npt
import segno
from PIL import Image, ImageDraw, ImageFilter

from hardware.scanners.camera_sim_code128 import bars_of

Kind = Literal["qr", "code128"]
Carrier = Literal["phone", "paper"]
Rgb = npt.NDArray[np.uint8]
Modules = npt.NDArray[np.bool_]  # True is black, shape (rows, columns)

WIDTH: Final = 640
HEIGHT: Final = 480
QR_PX: Final = (
    6.0  # per module, as a phone at 15 cm gives; dense codes are held closer, up to filling the view
)
BARS_PX: Final = 2.6
_QUIET_QR: Final = 4  # modules on each side
_QUIET_BARS: Final = 12
_BARS_HEIGHT: Final = 90
_MOST_PX: Final = {"qr": 420, "code128": 560}  # of a code in the picture
_FINE: Final = 8  # pixels per module while drawing, before it is scaled down


class CanNotDraw(Exception):
    """The content does not fit this kind of code; the text says why."""


class Shown(msgspec.Struct, frozen=True):
    """One code: its bytes, and how it is drawn."""

    payload: bytes
    kind: Kind = "qr"


def card(codes: Sequence[Shown], carrier: Carrier) -> Image.Image:
    """The phone or paper with its codes side by side, RGBA, at the size it has in the picture.

    Raises CanNotDraw."""
    drawn = [_drawn(code, _MOST_PX[code.kind] / len(codes)) for code in codes]
    gap = 24
    inner_w = sum(image.width for image in drawn) + gap * (len(drawn) - 1)
    inner_h = max(image.height for image in drawn)
    rim, head = (22, 70) if carrier == "phone" else (40, 90)
    size = inner_w + 2 * rim, inner_h + 2 * head
    back = Image.new("RGBA", size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(back)
    if carrier == "phone":
        pen.rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), 30, (18, 18, 20, 255))
        pen.rounded_rectangle((8, 8, size[0] - 9, size[1] - 9), 24, (250, 252, 255, 255))
        pen.rectangle((8, 30, size[0] - 9, 52), (24, 150, 90, 255))
    else:
        pen.rectangle((0, 0, size[0] - 1, size[1] - 1), (222, 218, 208, 255))
        for line in range(3):
            pen.rectangle(
                (30, 18 + 18 * line, size[0] * (8 - 2 * line) // 10, 26 + 18 * line), (70, 70, 75, 255)
            )
            pen.rectangle(
                (30, size[1] - 60 + 16 * line, size[0] - 40, size[1] - 54 + 16 * line), (110, 110, 115, 255)
            )
    ink, ground = ((16, 16, 18), (250, 252, 255)) if carrier == "phone" else ((52, 50, 50), (222, 218, 208))
    left = rim
    for image in drawn:
        colours = Image.composite(
            Image.new("RGB", image.size, ground), Image.new("RGB", image.size, ink), image
        )
        back.paste(colours, (left, (size[1] - image.height) // 2))
        left += image.width + gap
    return back


def _drawn(code: Shown, most_px: float) -> Image.Image:
    """The code in shades of grey with its quiet zone, scaled for the picture."""
    modules = _qr(code.payload) if code.kind == "qr" else _bars(code.payload)
    wanted_px = QR_PX if code.kind == "qr" else BARS_PX
    px = min(wanted_px, most_px / modules.shape[1])
    fine = np.kron(np.where(modules, 0, 255).astype(np.uint8), np.ones((_FINE, _FINE), np.uint8))
    width = round(modules.shape[1] * px)
    height = width if code.kind == "qr" else _BARS_HEIGHT
    return Image.fromarray(fine).resize((width, height), Image.Resampling.BOX)


def _qr(payload: bytes) -> Modules:
    # Byte mode beyond ASCII: left alone, segno would write some Chinese as Shift JIS kanji.
    mode = None if payload.isascii() else "byte"
    try:
        symbol = segno.make(
            payload, mode=mode, micro=False, boost_error=False, error="m" if len(payload) < 200 else "l"
        )
    except (segno.DataOverflowError, ValueError) as error:
        raise CanNotDraw(f"{len(payload)} bytes do not fit a QR code: {error}") from error
    matrix: Modules = np.array(symbol.matrix, dtype=np.bool_)
    return np.pad(matrix, _QUIET_QR)


def _bars(payload: bytes) -> Modules:
    try:
        row = bars_of(payload.decode("latin-1"))
    except ValueError as error:
        raise CanNotDraw(str(error)) from error
    return np.array([[False] * _QUIET_BARS + row + [False] * _QUIET_BARS], dtype=np.bool_)


class Lobby:
    """The camera's surroundings, the same for the same `seed`."""

    def __init__(self, seed: int = 1) -> None:
        self._random = np.random.default_rng(seed)
        self._background = self._furnish()
        grain = self._random.normal(0, 5, (HEIGHT + 64, WIDTH + 64, 1))
        self._grain = grain.astype(np.float32)  # one sheet, moved about: fresh noise for each picture is dear

    def picture(self, held: Image.Image | None, at_s: float) -> Rgb:
        """The view at that moment, with the card in an unsteady hand, or empty."""
        view = self._background.copy()
        if held is not None:
            placed = held.transform(
                (WIDTH, HEIGHT), Image.Transform.PERSPECTIVE, _hand(held.size, at_s), Image.Resampling.BICUBIC
            )
            shake = 0.45 + 0.25 * math.sin(2.3 * at_s)
            placed = placed.filter(ImageFilter.GaussianBlur(shake))
            view.paste(placed, (0, 0), placed)
        return self._exposed(view, 0.95 + 0.1 * math.sin(0.9 * at_s))

    def dark(self) -> Rgb:
        """A covered lens: black, with the noise of the sensor."""
        return self._exposed(Image.new("RGB", (WIDTH, HEIGHT), (4, 4, 4)), 1.0)

    def _exposed(self, view: Image.Image, exposure: float) -> Rgb:
        top, left = self._random.integers(0, 64, 2)
        grain = self._grain[top : top + HEIGHT, left : left + WIDTH]
        light: npt.NDArray[np.float32] = np.asarray(view, np.float32) * exposure + grain
        return light.clip(0, 255).astype(np.uint8)

    def _furnish(self) -> Image.Image:
        """Floor, wall, a door, lamps and passers-by, out of focus."""
        room = Image.new("RGB", (WIDTH, HEIGHT), (38, 40, 46))
        pen = ImageDraw.Draw(room)
        pen.rectangle((0, 330, WIDTH, HEIGHT), (52, 48, 44))
        pen.rectangle((430, 90, 540, 340), (70, 76, 84))
        for lamp in (90, 300, 510):
            pen.ellipse((lamp - 26, 20, lamp + 26, 44), (190, 186, 170))
        for _ in range(5):
            left, tall = int(self._random.integers(0, WIDTH - 60)), int(self._random.integers(120, 240))
            shade = tuple(int(value) for value in self._random.integers(18, 80, 3))
            pen.rounded_rectangle((left, 400 - tall, left + 55, 400), 25, shade)
        return room.filter(ImageFilter.GaussianBlur(7))


def _hand(size: tuple[int, int], at_s: float) -> list[float]:
    """Coefficients that place a card of `size` in the view: slow drift, a few degrees of turn and tilt."""
    width, height = size
    turn = math.radians(4.0 * math.sin(0.7 * at_s))
    tilt, swing = 0.04 * math.sin(1.1 * at_s), 0.04 * math.cos(0.8 * at_s)
    x, y = WIDTH / 2 + 10 * math.sin(1.3 * at_s), HEIGHT / 2 + 8 * math.cos(1.7 * at_s)
    corners = []
    for u, v in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)):
        near = 1 + tilt * v + swing * u  # what leans towards the camera is larger
        right, down = u * width * near, v * height * near
        corners.append(
            (
                x + right * math.cos(turn) - down * math.sin(turn),
                y + right * math.sin(turn) + down * math.cos(turn),
            )
        )
    card_corners = ((0, 0), (width, 0), (width, height), (0, height))
    # PIL wants the way back: for each point of the view the point of the card, as eight numbers.
    rows, goals = [], []
    for (view_x, view_y), (card_x, card_y) in zip(corners, card_corners, strict=True):
        rows.append([view_x, view_y, 1, 0, 0, 0, -card_x * view_x, -card_x * view_y])
        rows.append([0, 0, 0, view_x, view_y, 1, -card_y * view_x, -card_y * view_y])
        goals += [card_x, card_y]
    return [float(value) for value in np.linalg.solve(np.array(rows, float), np.array(goals, float))]
