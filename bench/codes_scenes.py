"""Moving and hostile pictures for `bench/codes.py`: a phone brought before the camera, posters that freeze decoders.

All grey, uint8. Everything is drawn from a seed: two runs see the same pictures.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
import segno
from PIL import Image

from hardware.scanners.camera_sim_scene import HEIGHT, WIDTH, Kind, Lobby, Shown, card

Gray = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

FRAMES_PER_S: Final = 15
ARRIVES_S: Final = 0.7  # from the edge of the view to the place where it is held
HELD_S: Final = 2.5
EXPOSURE_S: Final = 1 / 30  # an indoor exposure of a cheap camera: what moves meanwhile is smeared
SMEAR_STEPS: Final = 4
GRAIN: Final = 6.0
HOSTILE_SIZE: Final = (720, 1280)


class Frame(NamedTuple):
    at_s: float
    picture: Gray
    whole: bool  # the code is wholly in view


class Motion(NamedTuple):
    """Where somebody holds the phone, and how unsteadily; drawn once for a sequence."""

    from_x: float
    from_y: float
    size: float  # 1: 6 px for each module, as a phone at 15 cm gives
    turn: float  # radians
    tilt: float
    tremor_px: float
    blur_px: float  # once the camera has found its focus
    phase: float


class Sequence(NamedTuple):
    name: str
    payload: bytes
    frames: tuple[Frame, ...]


def sequences(count: int, kind: Kind) -> Iterator[Sequence]:
    """`count` phones with a payment code, each brought in from below or from a side and held."""
    random = np.random.default_rng(15)
    lobby = cv2.cvtColor(Lobby().picture(None, 0.0), cv2.COLOR_RGB2GRAY).astype(np.float32)
    for number in range(count):
        payload = b"13" + "".join(map(str, random.integers(0, 10, 16))).encode()
        side = random.uniform(-0.7, 0.7)
        motion = Motion(
            from_x=WIDTH * (0.5 + side),
            from_y=HEIGHT * 1.5,
            size=random.uniform(0.55, 0.95),
            turn=random.normal(0, 0.12),
            tilt=random.normal(0, 0.05),
            tremor_px=random.uniform(1, 5),
            blur_px=random.uniform(0.5, 1.1),
            phase=random.uniform(0, 6),
        )
        held = np.asarray(card([Shown(payload, kind)], "phone"))
        frames = tuple(_filmed(held, lobby, motion, random))
        yield Sequence(f"{kind} {number}", payload, frames)


def _filmed(
    held: npt.NDArray[np.uint8], lobby: Floats, motion: Motion, random: np.random.Generator
) -> Iterator[Frame]:
    shade = cv2.cvtColor(held[:, :, :3], cv2.COLOR_RGB2GRAY).astype(np.float32)
    mask = held[:, :, 3].astype(np.float32) / 255
    for number in range(round((ARRIVES_S + HELD_S) * FRAMES_PER_S)):
        at_s = number / FRAMES_PER_S
        light = np.zeros_like(lobby)
        for step in range(SMEAR_STEPS):
            place = _place(held.shape, motion, at_s + EXPOSURE_S * step / SMEAR_STEPS)
            phone = cv2.warpPerspective(shade, place, (WIDTH, HEIGHT), flags=cv2.INTER_AREA)
            cover = cv2.warpPerspective(mask, place, (WIDTH, HEIGHT), flags=cv2.INTER_AREA)
            light += lobby * (1 - cover) + phone * cover
        hunting = 2.5 * math.exp(-4 * at_s)  # the focus comes from the far wall
        light = cv2.GaussianBlur(light / SMEAR_STEPS, (0, 0), motion.blur_px + hunting)
        light += random.normal(0, GRAIN, light.shape)
        picture = np.clip(light * 0.85 + 12, 0, 255).astype(np.uint8)
        yield Frame(at_s, picture, _whole(held.shape, _place(held.shape, motion, at_s)))


def _place(shape: tuple[int, ...], motion: Motion, at_s: float) -> Floats:
    """Card to picture, 3x3. It slows down as it arrives; a hand never rests quite."""
    height, width = shape[:2]
    there = 1 - (1 - min(1.0, at_s / ARRIVES_S)) ** 3
    x = motion.from_x + (WIDTH / 2 - motion.from_x) * there
    y = motion.from_y + (HEIGHT / 2 - motion.from_y) * there
    x += motion.tremor_px * math.sin(7.1 * at_s + motion.phase) + 6 * math.sin(1.3 * at_s)
    y += motion.tremor_px * math.cos(8.3 * at_s + motion.phase) + 6 * math.cos(1.7 * at_s)
    turn = motion.turn + 0.03 * math.sin(2.1 * at_s + motion.phase)
    corners = []
    for u, v in _CORNERS:
        near = motion.size * (1 + motion.tilt * v - motion.tilt * u)
        right, down = u * width * near, v * height * near
        corners.append(
            (
                x + right * math.cos(turn) - down * math.sin(turn),
                y + right * math.sin(turn) + down * math.cos(turn),
            )
        )
    flat = [((u + 0.5) * width, (v + 0.5) * height) for u, v in _CORNERS]
    return cv2.getPerspectiveTransform(np.array(flat, np.float32), np.array(corners, np.float32)).astype(
        np.float32
    )


_CORNERS: Final = ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5))
_RIM_PX: Final = 22  # of the phone, beside the code


def _whole(shape: tuple[int, ...], place: Floats) -> bool:
    """Whether the code, which lies in the middle of the card, is in view with all its corners."""
    height, width = shape[:2]
    side = width - 2 * _RIM_PX
    tall = min(side, height - 140)
    corners = [[(width / 2 + u * side, height / 2 + v * tall) for u, v in _CORNERS]]
    seen = cv2.perspectiveTransform(np.array(corners, np.float32), place)[0]
    return bool((seen >= 0).all() and (seen[:, 0] < WIDTH).all() and (seen[:, 1] < HEIGHT).all())


# --- hostile


def noise() -> Gray:
    return np.random.default_rng(1).integers(0, 256, HOSTILE_SIZE, dtype=np.uint8)


def checkerboard() -> Gray:
    return ((np.indices(HOSTILE_SIZE) // 8).sum(axis=0) % 2 * 255).astype(np.uint8)


def finder_patterns() -> Gray:
    """A poster with 600 squares that look like the corners of a QR code."""
    picture = np.full(HOSTILE_SIZE, 255, np.uint8)
    for top, left in np.random.default_rng(2).integers(
        0, (HOSTILE_SIZE[0] - 28, HOSTILE_SIZE[1] - 28), (600, 2)
    ):
        for rim, shade in ((0, 0), (4, 255), (8, 0)):
            picture[top + rim : top + 28 - rim, left + rim : left + 28 - rim] = shade
    return picture


def stripes() -> Gray:
    """Bars everywhere, none of which is a code."""
    rows, columns = HOSTILE_SIZE
    bars = np.random.default_rng(3).integers(0, 2, (rows // 40, columns // 2)) * 255
    return np.kron(bars, np.ones((40, 2))).astype(np.uint8)


def many_codes() -> Gray:
    """45 QR codes, as on a sheet of stickers."""
    picture = np.full(HOSTILE_SIZE, 255, np.uint8)
    for number in range(45):
        code = _qr(f"sticker {number:04d}", 4)
        top, left = 10 + number // 9 * 142, 6 + number % 9 * 141
        picture[top : top + code.shape[0], left : left + code.shape[1]] = code
    return picture


def largest_code() -> Gray:
    """A QR code of version 40: 7000 digits."""
    code = _qr("7" * 7000, 4)
    picture = np.full((max(720, code.shape[0]), 1280), 255, np.uint8)
    picture[: code.shape[0], : code.shape[1]] = code
    return picture


def _qr(text: str, scale: int) -> Gray:
    out = io.BytesIO()
    segno.make(text, micro=False, error="l").save(out, kind="png", scale=scale)
    return np.asarray(Image.open(out).convert("L"))


HOSTILE: Final[dict[str, Callable[[], Gray]]] = {
    "noise": noise,
    "checkerboard": checkerboard,
    "600 finder patterns": finder_patterns,
    "stripes": stripes,
    "45 QR codes": many_codes,
    "7000 digits": largest_code,
}
