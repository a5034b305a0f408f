"""What the core may ask of the kiosk's front and cabinet, and what these may say: lamps, buttons, switches, keys.

The same rules hold as in `hardware.contracts`: verbs return at once, everything else arrives as events."""

from __future__ import annotations

import enum
from typing import Final, Protocol

from hardware.contracts import Device, Event


class Lamp(enum.Enum):
    """A guidance lamp shows where the customer's hand is wanted; the beacon on top calls an attendant."""

    SLOT = "slot"
    PRINTER = "printer"
    SCANNER = "scanner"
    CARD = "card"
    BEACON = "beacon"


class Guarded(enum.Enum):
    """What a switch watches."""

    DOOR = "door"
    CASH_BOX = "cash_box"


class CallPressed(Event, frozen=True, tag="call_pressed"):
    """Somebody pressed the button that calls an attendant. Said once per press."""


class GuardIs(Event, frozen=True, tag="guard_is"):
    """Said once after `Found` and whenever it changes. A cut wire is `open`: the contacts are normally closed."""

    what: Guarded
    open: bool


class SomebodyNear(Event, frozen=True, tag="somebody_near"):
    """Somebody has come up to the kiosk. Said once each time."""


class MainsAre(Event, frozen=True, tag="mains_are"):
    """Said once after `Found` and whenever it changes. Off: the kiosk runs on its battery, or the wire is cut."""

    on: bool


class Panel(Device, Protocol):
    def light(self, lamps: frozenset[Lamp]) -> None:
        """Exactly these lamps burn. A lamp that the kiosk does not have is ignored."""


# ---------------------------------------------------------------------------------------------------
# Tactile keypad and headphones

DIGITS: Final = "0123456789"
ENTER, ERASE, UP, DOWN, HELP, LOUDER, SOFTER, DOT, SLASH = (
    "enter", "erase", "up", "down", "help", "louder", "softer", "dot", "slash",
)  # fmt: skip


class KeyPressed(Event, frozen=True, tag="key_pressed"):
    """`key` is a digit or one of the names above. Said when a key goes down; holding it repeats nothing."""

    key: str


class Headphones(Event, frozen=True, tag="headphones"):
    """Said once after `Found` where the jack can be asked, and whenever it changes."""

    plugged: bool


Keypad = Device
Jack = Device
