"""Panel, text size and contrast → sizes in pixels and colours.

`tokens.json` is the one source of sizes (millimetres, made for three panels) and of the palettes. Pixels follow
from the millimetres of the panel that is really there (`config/panels.toml`), never the other way round."""

from __future__ import annotations

import enum
import functools
import json
import tomllib
from pathlib import Path
from typing import Any, Final

import msgspec

from kiosk.contract import Contrast, TextSize

TOKENS: Final = Path(__file__).with_name("tokens.json")
PANELS: Final = Path(__file__).parent.parent / "config" / "panels.toml"

TOUCH_GAP_MM: Final = 2.54  # VVSG 7.2-I: least gap between two touch areas
LEAST_TOUCH_MM: Final = 12.7  # VVSG 7.2-I: least side of a touch area
HEADER_AIR_MM: Final = 3.4  # the progress line and the air around the buttons above it
BAR_AIR_MM: Final = 3.4  # above and below the buttons of the bottom bar
BAR_AIR_LOW_MM: Final = (2.7, 1.5)  # the same on a low glass, where every line counts
LOW_MM: Final = 100.0  # a glass lower than this is a low one: the 7 inch panels
HAIRLINE_MM: Final = 0.35
BORDER_MM: Final = 0.5
RADIUS_MM: Final = 2.4
PAD_MM: Final = 3.0

Colour = tuple[float, float, float, float]


class Rank(enum.Enum):
    """What words are there for. READ has the full size of the text that was chosen (4.8, 6.4 or 8.5 mm capitals, fact
    sheet 5.1); the others may be one step smaller, which is what the largest text still has at 0.7° (`Theme.least`).
    The layout audit holds each word to its rank."""

    READ = "to act, to decide or to know what became of one's money"
    CAPTION = "names what stands beside or below it in full size"
    SECOND = "second line of a choice or of one of the six items, below its name or value"
    NEWS = "a notice: smaller rather than on a leaf of its own, away from what it speaks of"
    BAR = "a button of the bottom bar, where up to four stand in one line"
    SIGN = "step, banner, ways to pay: beside a sign or a line that says the same, at the same place on each page"
    DRAWN = "within a picture: the value on a banknote, the number in a disc, what stands below a code"


class Panel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of glass. `active_mm`: the visible area, measured."""

    title: str
    pixels: tuple[int, int]
    active_mm: tuple[float, float]
    tokens: str
    places: dict[str, str]
    rotation: int = 0

    @property
    def pitch_mm(self) -> float:
        """Side of the square pixels in which everything is drawn: of the denser direction, so that no letter
        loses its sharpness there."""
        return min(mm / px for mm, px in zip(self.active_mm, self.pixels, strict=True))

    @property
    def glass(self) -> tuple[int, int]:
        """Width and height in those square pixels. A panel whose own pixels are not square (the official 7"
        one: 0.193 × 0.179 mm) shows this squeezed, so that circles stay round and millimetres true."""
        width, height = (round(mm / self.pitch_mm) for mm in self.active_mm)
        return width, height


class BadPanel(Exception):
    """Which file, what is wrong there, and what to do."""


def load_panels(path: Path = PANELS) -> dict[str, Panel]:
    """Raises BadPanel."""
    name = ""
    try:
        with path.open("rb") as file:
            tables = tomllib.load(file)
        panels = {}
        for name in tables:
            panels[name] = msgspec.convert(tables[name], Panel)
    except (msgspec.ValidationError, tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise BadPanel(f"{path}: {name} {error}; compare it with the packaged config/panels.toml") from error
    return panels


def panel_of(name: str, path: Path = PANELS) -> Panel:
    """Raises BadPanel."""
    panels = load_panels(path)
    if name not in panels:
        raise BadPanel(f"{path}: no panel is called {name!r} there; there are {', '.join(sorted(panels))}")
    panel = panels[name]
    if panel.tokens not in tokens()["panels"]:
        raise BadPanel(
            f"{path}: `tokens` of {name} is {panel.tokens!r}; there are {', '.join(tokens()['panels'])}"
        )
    if missing := {"cash", "code", "paper", "card"} - panel.places.keys():
        raise BadPanel(f"{path}: `places` of {name} lacks {', '.join(sorted(missing))}")
    if min(*panel.pixels, *panel.active_mm) <= 0 or panel.rotation not in (0, 90, 180, 270):
        raise BadPanel(f"{path}: {name}: sizes are above 0, and `rotation` is 0, 90, 180 or 270")
    return panel


@functools.cache
def tokens() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(TOKENS.read_text("utf-8"))
    return loaded


# Roles that the token palettes leave open. Day: every colour of words has 10:1 on every pale ground (VVSG 7.1-C).
# White is "black only"; low has one colour on black.
_PALETTES: Final[dict[Contrast, dict[str, str]]] = {
    Contrast.DAY: {
        "card": "#F3F6FB", "tint": "#BFD3F5", "pressed": "#D8E4F8", "rule": "#C9D2DE", "info": "#09347D",
        "on_success": "#FFFFFF", "on_error": "#FFFFFF", "pale_ok": "#E6F4EA", "pale_error": "#FFECEC",
        "pale_info": "#EAF1FC", "pale_warning": "#FFF4CC", "off": "#ECEEF1", "primary_pressed": "#062863",
    },
    Contrast.BLACK: {
        "text2": "#FAFAFA", "card": "#000000", "tint": "#4A4A00", "pressed": "#3A3A00", "rule": "#FAFAFA",
        "on_success": "#000000", "on_error": "#000000", "pale_ok": "#000000", "pale_error": "#000000",
        "pale_info": "#000000", "pale_warning": "#000000", "off": "#000000",
        "warning_bg": "#FFC400", "on_warning": "#000000",
        "help_border": "#FAFAFA", "focus": "#00FFFF", "primary_pressed": "#FFFFFF",
    },
    Contrast.WHITE: {
        "page": "#FFFFFF", "text": "#000000", "text2": "#000000", "primary": "#000000",
        "on_primary": "#FFFFFF", "border": "#000000", "success": "#000000", "error": "#000000",
        "info": "#000000", "card": "#FFFFFF", "tint": "#FFFFFF", "pressed": "#D0D0D0", "rule": "#000000",
        "on_success": "#FFFFFF", "on_error": "#FFFFFF", "pale_ok": "#FFFFFF", "pale_error": "#FFFFFF",
        "pale_info": "#FFFFFF", "pale_warning": "#FFFFFF", "off": "#FFFFFF",
        "warning_bg": "#FFFFFF", "on_warning": "#000000",
        "help_border": "#000000", "focus": "#000000", "primary_pressed": "#333333",
    },
    Contrast.LOW: {
        "text2": "#BB9966", "primary": "#BB9966", "on_primary": "#000000", "border": "#BB9966",
        "success": "#BB9966", "error": "#BB9966", "info": "#BB9966", "card": "#000000", "tint": "#000000",
        "pressed": "#33281A", "rule": "#BB9966", "on_success": "#000000", "on_error": "#000000",
        "pale_ok": "#000000", "pale_error": "#000000", "pale_info": "#000000",
        "pale_warning": "#000000", "off": "#000000", "warning_bg": "#000000", "on_warning": "#BB9966",
        "help_border": "#BB9966", "focus": "#BB9966",
        "primary_pressed": "#D9B987",
    },
}  # fmt: skip

_SMALLER: Final = {
    TextSize.STANDARD: TextSize.STANDARD,
    TextSize.LARGE: TextSize.STANDARD,
    TextSize.XLARGE: TextSize.LARGE,
}


def _least(made_for: dict[str, Any], size: TextSize) -> float:
    """Token pixels of the smallest letters: 4.8 mm capitals; in the largest text 0.7° at arm's length, as
    EN 301 549 5.1.4 wants of one mode."""
    least_mm = made_for["en301549_min_cap_mm"] if size is TextSize.XLARGE else 0.0
    bodies = ((mode["body_cap_mm"], mode["body_px"]) for mode in made_for["modes"].values())
    return float(min(px for capital_mm, px in bodies if capital_mm >= least_mm))


@functools.cache
def rgba(colour: str) -> Colour:
    """`#RRGGBB` → four numbers from 0 to 1."""
    return (*(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)), 1.0)  # type: ignore[return-value]


class Theme:
    """Sizes in whole pixels and colours by role, for one panel, text size and contrast."""

    def __init__(self, panel: Panel, size: TextSize, contrast: Contrast) -> None:
        self.panel = panel
        self.size = size
        self.contrast = contrast
        made_for = tokens()["panels"][panel.tokens]
        # Token pixels × token pitch = millimetres; ÷ the real pitch = pixels on this glass.
        self._scale: float = made_for["pitch_mm"] / panel.pitch_mm
        mode = made_for["modes"][size.value]
        smaller = made_for["modes"][_SMALLER[size].value]

        self.body = self._px(mode["body_px"])
        self.small = self._px(smaller["body_px"])  # captions: one step smaller, never below 4.8 mm capitals
        self.least = self._px(_least(made_for, size))
        self.title = self._px(mode["title_px"])
        self.button = self._px(mode["button_px"])
        self.digit = self._px(mode["digit_key_px"])
        self.amount = self._px(mode["amount_px"])
        self.button_h = self.mm(mode["button_min_mm"])
        self.key = self.mm(mode["key_mm"])
        self.gap = self.mm(mode["gap_mm"])
        self.header = max(self._px(mode["header_px"]), self.mm(LEAST_TOUCH_MM + HEADER_AIR_MM))
        above, below = BAR_AIR_LOW_MM if self.low else (BAR_AIR_MM, BAR_AIR_MM)
        self.bar_air = self.mm(below)
        self.bar = min(self._px(mode["bottom_bar_px"]), self.mm(above) + self.button_h + self.bar_air)
        self.margin = self._px(mode["margin_px"])

        self.touch_gap = self.mm(TOUCH_GAP_MM)
        self.hairline = max(1, self.mm(HAIRLINE_MM))
        self.border = max(2, self.mm(BORDER_MM))
        self.radius = self.mm(RADIUS_MM)
        self.pad = self.mm(PAD_MM)
        self.palette = {**tokens()["palette"].get(contrast.value, {}), **_PALETTES[contrast]}

    def _px(self, token_px: float) -> int:
        return int(0.5 + token_px * self._scale)

    def mm(self, millimetres: float) -> int:
        """Pixels on this panel."""
        return int(0.5 + millimetres / self.panel.pitch_mm)

    @property
    def text_steps(self) -> tuple[int, ...]:
        """Sizes for a sentence whose length nobody knows beforehand: all have capitals of at least 4.8 mm."""
        return (self.body, self.small, self.least) if self.least < self.small else (self.body, self.small)

    @property
    def portrait(self) -> bool:
        return self.panel.glass[1] > self.panel.glass[0]

    @property
    def low(self) -> bool:
        """So low that a page shows one thing after another."""
        return self.panel.active_mm[1] < LOW_MM

    def colour(self, role: str) -> Colour:
        return rgba(self.palette[role])
