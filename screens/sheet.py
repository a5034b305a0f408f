"""The sheet on which a page is drawn: it knows the theme and the words, and puts widgets into frames."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from kiosk.contract import Button, Language, Message, View
from screens import typeset
from screens.frame import Frame
from screens.theme import Colour, Rank, Theme, rgba
from screens.widgets.base import Box, Picture
from screens.widgets.press import OFF, PLAIN, Action, Look, Press, icon_texture
from screens.widgets.preview import Preview
from screens.widgets.text import Text
from screens.words import Words

T = TypeVar("T")


class Act(NamedTuple):
    """Something for the bottom bar. `off`: why it can not be pressed now."""

    name: str
    label: str
    action: Action
    off: str = ""
    icon: str = ""
    short: str = ""  # what may stand for the label where there is no room


class Foot(NamedTuple):
    """What a page wants in the bottom bar: the main action at the right, a second one beside it."""

    main: Act | None = None
    second: Act | None = None


FACE_INSET: Final = 0.7  # of the pad: words stay that far from the side of their button

GUIDE: Final = "#FFC400"  # the frame over what the camera sees, which is mostly dark: seen in every contrast
LEAST_ICON_PX: Final = 8
LEAST_NOTICE_EM: Final = 9  # narrower, a notice needs its whole width for words

NO_FOOT: Final = Foot()


class Sheet:
    """`area`: what is free for the page. `leaf`: which part of a page that did not fit as a whole is shown;
    a page that has several sets `leaves`."""

    def __init__(
        self,
        theme: Theme,
        words: Words,
        view: View,
        area: Frame,
        add: Callable[[Any], None],
        leaf: int = 0,
        turn: Callable[[int], None] = lambda leaf: None,
        preview: Path | None = None,
    ) -> None:
        self.theme, self.words, self.view, self.area = theme, words, view, area
        self.add = add
        self.leaf, self.leaves, self.turn = leaf, 1, turn
        self._preview = preview
        self.says_only = False  # a notice stands there by itself, with its page on the next leaf
        self.keys: Frame | None = None  # where a low glass has its keypad: beside banners and page, not below

    # ---- words

    def say(self, key: str, **values: str | int) -> str:
        return self.words.text(key, **values)

    def message(self, message: Message | None) -> str:
        return self.words.message(message) if message else ""

    def act(self, name: str, button: Button | None, icon: str = "") -> Act | None:
        if button is None:
            return None
        return Act(name, self.message(button.label), button.intent, self.message(button.off), icon)

    # ---- measuring

    def height(self, text: str, px: int, width: float, bold: bool = False) -> float:
        return typeset.height(text, px, bold, width) if text else 0

    def width(self, text: str, px: int, bold: bool = False) -> float:
        return max((typeset.width(line, px, bold) for line in text.split("\n")), default=0) + 2

    def fits(self, text: str, px: int, frame: Frame, bold: bool = False) -> bool:
        """Within the frame and no Latin word, number or amount broken."""
        words = [w for w in text.split() if w.replace("¥", "").isascii()]
        return self.height(text, px, frame.w, bold) <= frame.h and all(
            typeset.width(word, px, bold) <= frame.w for word in words
        )

    def px_for(self, fits: Callable[[int], bool]) -> int:
        """The largest size for running text that fits; the smallest legal one if none does."""
        return next((px for px in self.theme.text_steps if fits(px)), self.theme.least)

    def notice_px(self, text: str, width: float, height: float) -> int:
        return self.px_for(lambda px: self.notice_height(text, width, px) <= height)

    def page_of(self, leaves: Sequence[T]) -> T:
        """The leaf that is open now. The core may shorten a list while its last leaf is open."""
        self.leaves = max(1, len(leaves))
        self.leaf = min(self.leaf, self.leaves - 1)
        return leaves[self.leaf]

    # ---- drawing

    def text(
        self,
        frame: Frame,
        text: str,
        px: int | None = None,
        colour: str = "text",
        *,
        bold: bool = False,
        align: str = "left",
        valign: str = "middle",
        spoken: str | None = None,
        personal: bool = False,
        caption: str = "",
        rank: Rank = Rank.READ,
    ) -> None:
        """`caption`: stands beside it as a text of its own, which is silent; the two are said together."""
        if caption and spoken is None:
            spoken = f"{caption}: {text}" if self.view.language is Language.EN else f"{caption}：{text}"
        if text:
            self.add(
                Text(
                    frame,
                    text,
                    px or self.theme.body,
                    self.theme.colour(colour),
                    bold=bold,
                    align=align,
                    valign=valign,
                    spoken=spoken,
                    personal=personal,
                    rank=rank,
                )
            )

    def ink_text(self, frame: Frame, text: str, px: int, ink: Colour, spoken: str = "") -> None:
        """Centred words in a colour that is no role of the palette: the value on a banknote."""
        self.add(Text(frame, text, px, ink, bold=True, align="center", spoken=spoken, rank=Rank.DRAWN))

    def box(
        self, frame: Frame, fill: str = "card", border: str | None = None, radius: int | None = None
    ) -> None:
        colour = self.theme.colour
        self.add(
            Box(
                frame,
                colour(fill),
                colour(border) if border else None,
                self.theme.border,
                self.theme.radius if radius is None else radius,
            )
        )

    def icon(
        self, frame: Frame, name: str, ink: str = "primary", tint: str = "tint", spoken: str = ""
    ) -> None:
        """As large as fits, in the middle of the frame."""
        side = int(min(frame.w, frame.h))
        if side < LEAST_ICON_PX:  # a glass too small for decoration still shows its words
            return
        self.picture(frame, icon_texture(self.theme, name, side, ink, tint), side, spoken)

    def camera(self, frame: Frame) -> None:
        """What the camera sees, over the drawing that stands there while it sees nothing."""
        if self._preview is not None:
            colour = self.theme.colour
            self.add(Preview(frame, self._preview, colour("pale_info"), rgba(GUIDE), self.theme.border))

    def picture(self, frame: Frame, texture: Any, side: int, spoken: str = "") -> None:
        self.add(Picture(frame.centred(side, side), texture, spoken))

    def press(
        self,
        frame: Frame,
        name: str,
        action: Action | None,
        look: Look = PLAIN,
        *,
        label: str = "",
        icon: str = "",
        px: int | None = None,
        spoken: str | None = None,
        value: str = "",
        inset: float = FACE_INSET,
        rank: Rank = Rank.READ,
    ) -> Press:
        """A button; with a label and an icon they stand in its middle, side by side."""
        if action is None:
            look = OFF
        pressable = Press(frame, self.theme, name, label if spoken is None else spoken, action, look)
        pressable.a11y_value = value
        self.add(pressable)
        if label or icon:
            face = frame.inset(inset * self.theme.pad, 0)
            self._face(face, label, icon, look, px or self.theme.button, rank)
        return pressable

    def _face(self, frame: Frame, label: str, icon: str, look: Look, px: int, rank: Rank) -> None:
        side = round(px * 0.95) if icon else 0
        gap = round(px * 0.28) if icon and label else 0
        if not label:
            self.icon(frame.centred(side, side), icon, look.words, look.tint)
            return
        room = frame.w - side - gap
        lines = typeset.wrap(label, px, True, room)
        wide = max(typeset.width(line, px, True) for line in lines) + 2
        block = frame.centred(side + gap + wide, frame.h)
        if icon:
            left, block = block.from_left(side, gap)
            self.icon(left, icon, look.words, look.tint)
        self.text(block, "\n".join(lines), px, look.words, bold=True, align="center", spoken="", rank=rank)

    def act_button(
        self, frame: Frame, act: Act, look: Look = PLAIN, px: int | None = None, spoken: str | None = None
    ) -> Press:
        """For the bottom bar."""
        return self.press(
            frame,
            act.name,
            None if act.off else act.action,
            look,
            label=act.label,
            icon=act.icon,
            px=px,
            spoken=spoken,
            value=act.off,
            rank=Rank.BAR,
        )

    # ---- composed: a note to the customer

    _NOTICES: Final = {
        "problem": ("pale_error", "error", "warning", "error"),
        "warning": ("pale_warning", "help_border", "warning", "text"),  # amber is for the call button
        "good": ("pale_ok", "success", "good", "success"),
        "ask": ("pale_info", "primary", "info", "info"),
        "info": ("pale_info", None, "info", "info"),
        "wait": ("pale_info", None, "wait", "info"),
        "do": ("pale_info", None, "cash", "info"),
    }

    def notice_height(self, text: str, width: float, px: int | None = None, loose: bool = False) -> float:
        px = px or self.theme.body
        room = width - 2 * self.theme.pad - self._notice_icon(px, width)
        return typeset.height(text, px, False, room, loose) + 1.2 * self.theme.pad

    def notice_fits(self, text: str, frame: Frame) -> bool:
        """In some legal size, without breaking a word."""
        room = frame.w - 2 * self.theme.pad - self._notice_icon(self.theme.least, frame.w)
        tall = Frame(0, 0, room, frame.h)
        return self.notice_height(text, frame.w, self.theme.least) <= frame.h and self.fits(
            text, self.theme.least, tall
        )

    def notice(self, frame: Frame, text: str, kind: str = "info", px: int | None = None) -> None:
        """A ground, an icon that says what kind of news it is, and the words."""
        px = px or self.theme.body
        fill, border, icon, ink = self._NOTICES[kind]
        self.box(frame, fill, border)
        words = frame.inset(self.theme.pad, 0)
        side = self._notice_icon(px, frame.w)
        if side:
            left, words = words.from_left(side - self.theme.pad * 0.6, self.theme.pad * 0.6)
            self.icon(left, icon, ink, fill)
        self.text(words, text, px, rank=Rank.NEWS)

    def _notice_icon(self, px: int, width: float) -> float:
        """What the icon and the air beside it take: nothing where a line would be left with few words."""
        return round(px * 1.15) + self.theme.pad * 0.6 if width >= px * LEAST_NOTICE_EM else 0

    def alone(self, text: str, kind: str = "problem") -> Foot:
        """A sentence that finds no room beside its page stands by itself, before it (see ScreenRoot.show)."""
        self.says_only = kind == "problem"
        area = self.area
        if self.keys is not None:
            area = Frame(area.x, area.y, self.keys.right - area.x, area.h)
        px = self.notice_px(text, area.w, area.h)
        self.notice(area.centred(area.w, min(area.h, self.notice_height(text, area.w, px))), text, kind, px)
        return NO_FOOT
