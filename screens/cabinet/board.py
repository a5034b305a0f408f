"""A board on which a front of the cabinet is drawn: boxes, words, pictures, and keys to click."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from kivy.graphics import Color, SmoothLine

from screens import icons, typeset
from screens.frame import Frame
from screens.theme import Colour, rgba
from screens.widgets.base import Box, Picture, Spoken
from screens.widgets.shapes import bordered
from screens.widgets.surface import Surface
from screens.widgets.text import Text

INK: Final = "#1B2430"
QUIET: Final = "#5A6675"
ROOM: Final = "#DCE1E8"  # behind the cabinet
CARD: Final = "#F7F9FB"
RULE: Final = "#C3CBD6"
DARK: Final = "#232A33"  # slots, bezel
BLUE: Final = "#09347D"
TINT: Final = "#BFD3F5"
WHITE: Final = "#FFFFFF"
GREEN: Final = "#1E8E4E"
AMBER: Final = "#E8A200"
RED: Final = "#B3261E"

RADIUS: Final = 12
KEY_RADIUS: Final = 8
BODY: Final = 16  # pixels of the design
SMALL: Final = 14
TITLE: Final = 18


class Face(NamedTuple):
    """Colours of a key: at rest, pressed, its outline and its words."""

    fill: str
    pressed: str
    border: str
    words: str


PLAIN: Final = Face(WHITE, TINT, RULE, INK)
CHOSEN: Final = Face(BLUE, "#062863", BLUE, WHITE)
ACTIVE: Final = Face("#FFE3A3", "#FFD064", "#A86E00", INK)  # a fault that is there now
GRAVE: Final = Face(WHITE, "#FFD9D6", RED, RED)
FAINT: Final = Face("#ECEFF3", "#ECEFF3", RULE, "#8791A0")  # can not be pressed


class Key(Spoken):
    """Something to click. `action` None: it can not be pressed now."""

    def __init__(
        self, frame: Frame, name: str, spoken: str, action: Callable[[], None] | None, face: Face | None
    ) -> None:
        """Without a face it cannot be seen: a whole area that takes a click."""
        super().__init__(frame, name=spoken, role="button")
        self.name, self.action = name, action
        self._face = face
        if face is not None:
            self._fill = bordered(self.canvas, frame, rgba(face.fill), rgba(face.border), 1.5, KEY_RADIUS)

    @property
    def off(self) -> bool:
        return self.action is None

    def show_pressed(self, pressed: bool) -> None:
        if self._face is not None:
            self._fill.rgba = rgba(self._face.pressed if pressed else self._face.fill)


class Board(Surface):
    """Holds what is drawn on it until `clear`. A click counts when it ends on the key on which it began."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(pos=(frame.x, frame.y), size=(frame.w, frame.h))
        self.area = Frame(0, 0, frame.w, frame.h)
        self.keys: dict[str, Key] = {}
        self.takes_touches = True
        self._under_finger = ""

    def clear(self) -> None:
        super().clear()
        self.keys = {}

    # ---- drawing

    def box(self, frame: Frame, fill: str, border: str | None = None, radius: float = 0) -> None:
        self.put(Box(frame, rgba(fill), rgba(border) if border else None, 1.5, radius))

    def shade(self, frame: Frame, colour: Colour, radius: float = 0) -> None:
        """As `box`, for a colour that lets what is below shine through."""
        self.put(Box(frame, colour, None, 0, radius))

    def text(
        self,
        frame: Frame,
        text: str,
        px: int = BODY,
        ink: str = INK,
        *,
        bold: bool = False,
        align: str = "left",
        valign: str = "middle",
    ) -> None:
        if text:
            self.put(Text(frame, text, px, rgba(ink), bold=bold, align=align, valign=valign))

    def picture(self, frame: Frame, texture: Any) -> Picture:
        shown = Picture(frame, texture)
        self.put(shown)
        return shown

    def icon(self, frame: Frame, name: str, ink: str = BLUE, tint: str = TINT) -> None:
        side = int(min(frame.w, frame.h))
        self.picture(frame.centred(side, side), icons.texture(name, side, _rgb(ink), _rgb(tint)))

    def outline(self, frame: Frame, colour: str, radius: float, width: float = 1.0) -> None:
        drawn = Spoken(frame)
        with drawn.canvas:
            Color(rgba=rgba(colour))
            SmoothLine(rounded_rectangle=(frame.x, frame.y, frame.w, frame.h, radius), width=width)
        self.put(drawn)

    def lamp(self, frame: Frame, colour: str) -> None:
        side = min(frame.w, frame.h)
        self.box(frame.centred(side, side), colour, None, side / 2)

    def card(self, title: str) -> Frame:
        """The ground of a front with its title; returns what is free below."""
        self.box(self.area, CARD, RULE, RADIUS)
        head, rest = self.area.inset(16, 12).from_top(26, 8)
        self.text(head, title, TITLE, bold=True)
        return rest

    def key(
        self,
        frame: Frame,
        name: str,
        label: str,
        action: Callable[[], None] | None,
        face: Face = PLAIN,
        *,
        px: int = BODY,
        bold: bool = False,
    ) -> None:
        if action is None:
            face = FAINT
        self._add_key(Key(frame, name, label, action, face))
        room = frame.inset(5, 1)
        self.text(room, label, fitting(label, px, bold, room), face.words, bold=bold, align="center")

    def field(self, frame: Frame, name: str, spoken: str, action: Callable[[], None]) -> None:
        """A whole area that takes a click."""
        self._add_key(Key(frame, name, spoken, action, None))

    def _add_key(self, key: Key) -> None:
        self.put(key)
        self.keys[key.name] = key

    # ---- the finger

    def _key_at(self, touch: Any) -> str:
        x, y = self.to_local(*touch.pos)
        return next((n for n, key in self.keys.items() if key.frame.holds(x, y) and not key.off), "")

    def on_touch_down(self, touch: Any) -> bool:
        if not (self.takes_touches and self.collide_point(*touch.pos)):
            return False
        if getattr(touch, "button", "left") != "left":
            return False
        touch.grab(self)
        self._under_finger = self._key_at(touch)
        self._show_pressed(True)
        return True

    def on_touch_move(self, touch: Any) -> bool:
        return bool(touch.grab_current is self)

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        self._show_pressed(False)
        name, self._under_finger = self._under_finger, ""
        if name and name == self._key_at(touch):
            action = self.keys[name].action
            if action is not None:
                action()
        return True

    def _show_pressed(self, pressed: bool) -> None:
        key = self.keys.get(self._under_finger)
        if key is not None:
            key.show_pressed(pressed)


def fitting(text: str, px: int, bold: bool, frame: Frame) -> int:
    """The largest size, down to 11, in which the words stay within the frame."""
    for size in range(px, 10, -1):
        words = max((typeset.width(word, size, bold) for word in text.split()), default=0)
        if typeset.height(text, size, bold, frame.w) <= frame.h and words <= frame.w:
            return size
    return 11


def _rgb(colour: str) -> icons.Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
