"""Pictures of the gallery are written by our own few lines: any other reader finds each pixel again."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from screens import png


@pytest.mark.parametrize(
    "shape",
    [(1, 1), (1, 1, 3), (800, 1280, 3), (1920, 1080), (7, 5, 3)],
    ids=lambda shape: "x".join(map(str, shape)),
)
@pytest.mark.parametrize("ground", ["flat", "noise"])
def test_another_reader_finds_each_pixel_again(shape: tuple[int, ...], ground: str) -> None:
    rgb = np.full(shape, 200, np.uint8)
    if ground == "noise":
        rgb = np.random.default_rng(7).integers(0, 256, shape, np.uint8)

    read = cv2.imdecode(np.frombuffer(png.encoded(rgb), np.uint8), cv2.IMREAD_UNCHANGED)

    assert np.array_equal(read[:, :, ::-1] if rgb.ndim == 3 else read, rgb)


def test_rows_from_the_bottom_with_a_fourth_byte_as_the_glass_gives_them() -> None:
    rgba = np.random.default_rng(7).integers(0, 256, (40, 30, 4), np.uint8)

    read = cv2.imdecode(np.frombuffer(png.encoded(rgba[::-1, :, :3]), np.uint8), cv2.IMREAD_UNCHANGED)

    assert np.array_equal(read[::-1, :, ::-1], rgba[:, :, :3])
