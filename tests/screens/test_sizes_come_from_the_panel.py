"""Millimetres on the glass, and contrasts, as the accessibility facts demand them."""

from __future__ import annotations

import msgspec
import pytest

from kiosk.contract import Contrast, TextSize
from screens.theme import Theme, load_panels

CAPITAL_EM = 0.733  # of Noto Sans CJK, measured (tokens.json)
LEAST_CAPITAL_MM = {TextSize.STANDARD: 4.8, TextSize.LARGE: 6.4, TextSize.XLARGE: 8.5}
PANELS = load_panels()


def luminance(colour: tuple[float, ...]) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(theme: Theme, one: str, other: str) -> float:
    dark, light = sorted(luminance(theme.colour(role)) for role in (one, other))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("size", TextSize)
@pytest.mark.parametrize("panel", PANELS)
def test_capitals_are_tall_enough(panel: str, size: TextSize) -> None:
    theme = Theme(PANELS[panel], size, Contrast.DAY)
    pitch = theme.panel.pitch_mm
    assert theme.body * CAPITAL_EM * pitch >= LEAST_CAPITAL_MM[size] - 0.1
    for px in theme.text_steps:
        assert px * CAPITAL_EM * pitch >= LEAST_CAPITAL_MM[TextSize.STANDARD] - 0.1


def test_a_denser_panel_gets_more_pixels() -> None:
    """given the same tokens, when the glass has twice the pixels on the same area, then every size doubles"""
    lobby = PANELS["lobby"]
    dense = msgspec.structs.replace(lobby, pixels=(2560, 1600))
    normal, fine = (Theme(panel, TextSize.LARGE, Contrast.DAY) for panel in (lobby, dense))
    for name in ("body", "title", "button_h", "key", "gap", "bar"):
        assert getattr(fine, name) == pytest.approx(2 * getattr(normal, name), abs=2)


@pytest.mark.parametrize(
    ("contrast", "least"),
    [
        (Contrast.DAY, 10),
        (Contrast.BLACK, 10),
        (Contrast.WHITE, 20),
        (Contrast.LOW, 4.5),
    ],  # VVSG 7.1-C, 7.1-D
)
def test_words_stand_out_from_their_ground(contrast: Contrast, least: float) -> None:
    theme = Theme(PANELS["lobby"], TextSize.LARGE, contrast)
    pairs = [
        ("text", "page"),
        ("text", "card"),
        ("text2", "page"),
        ("on_primary", "primary"),
        ("on_warning", "warning_bg"),
        ("text", "pale_info"),
    ]
    assert {pair: round(ratio(theme, *pair), 1) for pair in pairs if ratio(theme, *pair) < least} == {}
    assert ratio(theme, "on_primary", "primary_pressed") >= min(least, 10)  # only while a finger is on it
    for ground in ("page", "card"):
        assert ratio(theme, "border", ground) >= 3  # WCAG 1.4.11
        assert ratio(theme, "error", ground) >= (4.5 if contrast is Contrast.LOW else 7)
