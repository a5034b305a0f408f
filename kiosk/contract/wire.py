"""The lines themselves: `Touched` in, `View` out, and the first line of a connection."""

from __future__ import annotations

import enum
from typing import Final

import msgspec

from kiosk.contract.intents import AnyIntent
from kiosk.contract.pages import AnyPage, Button
from kiosk.contract.terms import Contrast, Language, TextSize

MAX_LINE_BYTES: Final = 256 * 1024  # one view with 50 bills stays far below
# Beside the screens' socket while codes are looked for: what the camera sees. In a folder for the screens alone: the
# courier, which has the network, may open the folder of the sockets.
PREVIEW: Final = "glass/preview.jpg"


class Touched(msgspec.Struct, frozen=True, tag_field="type", tag="touched"):
    """Screens → core. `view` is the number of the view that the person saw: a touch on an older page is void,
    except for settings and the call for staff."""

    view: int
    intent: AnyIntent


class Hello(msgspec.Struct, frozen=True, tag_field="type", tag="hello"):
    """First line of a connection, either way. `speaks` must be `SPEAKS`."""

    who: str
    speaks: int


class Drawn(msgspec.Struct, frozen=True, tag_field="type", tag="drawn"):
    """Screens → core: this view is on the glass. The core takes no money while nobody draws."""

    view: int


SPEAKS: Final = 1
FromScreens = Touched | Hello | Drawn


class IdleQuestion(msgspec.Struct, frozen=True):
    """还要继续吗？ covers the page: personal data is hidden behind it."""

    seconds: int
    stay: Button
    leave: Button | None  # None while money is inside


class Banner(enum.Enum):
    """Lines that stand above any page, most serious first."""

    TRAINING = "training"  # people practise: no real money
    SIMULATED = "simulated"  # the devices are simulated: no real money
    OFFLINE = "offline"
    STAFF_CALLED = "staff_called"
    STAFF_COMING = "staff_coming"  # one of them has answered
    NO_RECEIPTS = "no_receipts"


class View(msgspec.Struct, frozen=True, tag_field="type", tag="view"):
    """Core → screens: everything that is on the glass. `number` rises with each change."""

    number: int
    page: AnyPage
    language: Language
    text_size: TextSize
    contrast: Contrast
    step: tuple[int, int] | None = None  # 第2步 共5步
    back: Button | None = None
    staff_called: bool = False
    banners: tuple[Banner, ...] = ()
    idle: IdleQuestion | None = None
    help: Button | None = None  # on every page of a customer
    headset: bool = False  # headphones are in the kiosk's jack
    asleep: bool = False  # nobody there: dark glass, and any touch wakes it


class Keyed(msgspec.Struct, frozen=True, tag_field="type", tag="keyed"):
    """Core → screens: a key of the tactile keypad, by its name in `hardware.panel.contract`. What it does is what
    the same button on the glass would do."""

    key: str


FromCore = View | Hello | Keyed
