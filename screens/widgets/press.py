"""Everything that can be pressed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from kiosk.contract import AnyIntent, Contrast
from screens import icons
from screens.frame import Frame
from screens.theme import Theme
from screens.widgets.base import Spoken
from screens.widgets.shapes import bordered

Action = AnyIntent | Callable[[], None]


class Look(NamedTuple):
    """Roles of the palette."""

    fill: str
    border: str | None
    words: str
    pressed: str
    tint: str


MAIN: Final = Look("primary", None, "on_primary", "primary_pressed", "primary")
PLAIN: Final = Look("page", "border", "text", "pressed", "page")
TILE: Final = Look("card", "border", "text", "pressed", "tint")
CHOSEN: Final = Look("primary", "primary", "on_primary", "primary_pressed", "primary")
AMBER: Final = Look("warning_bg", "help_border", "on_warning", "pressed", "warning_bg")
OFF: Final = Look("off", "rule", "text2", "off", "off")


class Press(Spoken):
    """A pressable ground; the sheet puts words and icons on it. `name` is stable and unique on a page.

    The root watches the fingers, so that a page which is drawn anew under a finger loses no touch."""

    def __init__(
        self, frame: Frame, theme: Theme, name: str, spoken: str, action: Action | None, look: Look
    ) -> None:
        super().__init__(frame, name=spoken, role="button")
        self.name = name
        self.action = action
        self.look = look
        self._theme = theme
        # Without the grey of the day palette, what is switched off loses the outline of a button.
        framed = look is not OFF or theme.contrast is Contrast.DAY
        border = theme.colour(look.border) if look.border and framed else None
        self._fill = bordered(self.canvas, frame, theme.colour(look.fill), border, theme.border, theme.radius)

    @property
    def off(self) -> bool:
        return self.action is None

    def show_pressed(self, pressed: bool) -> None:
        self._fill.rgba = self._theme.colour(self.look.pressed if pressed else self.look.fill)


def icon_texture(theme: Theme, name: str, px: int, ink: str, tint: str) -> Any:
    return icons.texture(name, px, _rgb(theme, ink), _rgb(theme, tint))


def _rgb(theme: Theme, role: str) -> icons.Rgb:
    red, green, blue, _ = theme.colour(role)
    return round(red * 255), round(green * 255), round(blue * 255)
