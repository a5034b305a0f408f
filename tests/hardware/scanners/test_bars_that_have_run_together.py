"""A row of bars without edges of their own: each symbol has a shape all the same, and noise has none."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.scanners.camera_sim_code128 import bars_of
from hardware.scanners.modules import restored

Floats = npt.NDArray[np.float32]

FINE = 12


def photographed(modules: list[bool], module_px: float, blur_modules: float, noise: float = 0) -> Floats:
    """The row as the driver lays it straight: four samples for each pixel, a tenth of quiet zone at each side."""
    quiet = round(0.1 * len(modules))
    ink = np.pad(np.array(modules, np.float32), quiet)
    fine = cv2.GaussianBlur(np.repeat(ink, FINE)[None, :], (0, 0), blur_modules * FINE)
    pixels = cv2.resize(fine, (round(len(ink) * module_px), 1), interpolation=cv2.INTER_AREA)
    grain = np.random.default_rng(7).normal(0, noise, pixels.shape)
    light = (190 - 130 * pixels + grain).astype(np.float32)
    return cv2.resize(light, (light.shape[1] * 4, 1), interpolation=cv2.INTER_CUBIC)[0].astype(np.float32)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=6, max_size=24))
@settings(max_examples=80, deadline=None, derandomize=True)
def test_what_is_found_is_what_was_printed_and_nothing_else(text: str) -> None:
    """Always the same texts: of a thousand rows as bad as these one or two are misread with a right check digit. That
    is why bars count only when two pictures agree."""
    modules = bars_of(text)
    found = restored(photographed(modules, 2.0, 0.5))
    assert all(one == modules for one in found)


@pytest.mark.parametrize("module_px", [1.2, 1.5, 2.0, 4.0])
@pytest.mark.parametrize("blur_modules", [0.4, 0.6, 0.75])
@pytest.mark.parametrize("turned_round", [False, True])
def test_bars_at_any_distance_and_upside_down(
    module_px: float, blur_modules: float, turned_round: bool
) -> None:
    modules = bars_of("134567890123456789")
    row = photographed(modules, module_px, blur_modules, noise=2)
    assert restored(row[::-1].copy() if turned_round else row) == [modules]


@pytest.mark.parametrize("seed", range(10))
def test_noise_and_bars_of_another_kind_are_nothing(seed: int) -> None:
    random = np.random.default_rng(seed)
    assert restored(random.uniform(0, 255, 900).astype(np.float32)) == []
    others = [bool(bit) for width in random.integers(1, 5, 60) for bit in [width % 2] * int(width)]
    assert restored(photographed(others, 2.0, 0.5)) == []


def test_a_code_with_one_symbol_damaged_is_nothing() -> None:
    modules = bars_of("134567890123456789")
    damaged = [*modules[:55], *modules[66:77], *modules[66:]]
    assert restored(photographed(damaged, 2.0, 0.5)) == []


@pytest.mark.parametrize("row", [np.zeros(900), np.full(8, 200.0), np.full(900, 255.0)])
def test_a_row_of_one_shade_or_of_nothing_is_nothing(row: npt.NDArray[np.float64]) -> None:
    assert restored(row.astype(np.float32)) == []
