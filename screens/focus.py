"""A ring that goes from button to button, for people who use keys instead of the glass.

Keys of an audio keypad (arrows, Enter, Esc, F1) always mean the same; the digits of a number pad move the ring
too (8 and 2 up and down, 5 select), except on a page that has digit keys: there they are digits.
Pattern: facts/accessibility.md §4.3.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Sequence
from typing import Final


class Key(enum.Enum):
    """What a key means, whichever device it is on."""

    NEXT = "next"
    BEFORE = "before"
    SELECT = "select"
    BACK = "back"
    HELP = "help"
    REPEAT = "repeat"
    LOUDER = "louder"
    QUIETER = "quieter"
    FASTER = "faster"
    SLOWER = "slower"


KEYS: Final = {  # names as Kivy's window gives them
    "down": Key.NEXT, "right": Key.NEXT, "tab": Key.NEXT, "numpad2": Key.NEXT, "numpad6": Key.NEXT,
    "up": Key.BEFORE, "left": Key.BEFORE, "numpad8": Key.BEFORE, "numpad4": Key.BEFORE,
    "enter": Key.SELECT, "numpadenter": Key.SELECT, "spacebar": Key.SELECT, "numpad5": Key.SELECT,
    "escape": Key.BACK, "numpaddecimal": Key.BACK, "f1": Key.HELP, "numpadmul": Key.HELP,
    "numpad0": Key.REPEAT, "f2": Key.REPEAT, "numpaddivide": Key.REPEAT,
    "numpadadd": Key.LOUDER, "f4": Key.LOUDER, "numpadsubstract": Key.QUIETER, "f3": Key.QUIETER,
    "numpad9": Key.FASTER, "f6": Key.FASTER, "numpad7": Key.SLOWER, "f5": Key.SLOWER,
}  # fmt: skip
PAD: Final = {  # names of the core's tactile keypad, as the same key of a number pad has it in Kivy's window
    **{digit: f"numpad{digit}" for digit in "0123456789"},
    "enter": "numpadenter", "erase": "backspace", "up": "up", "down": "down", "help": "numpadmul",
    "louder": "numpadadd", "softer": "numpadsubstract", "dot": "numpaddecimal", "slash": "numpaddivide",
}  # fmt: skip
ERASING: Final = ("backspace", "numpaddecimal", "delete")


def digit(key: str, on_glass: Collection[str]) -> str:
    """The name of the button that this key presses as a digit on this page; empty: it is no digit here."""
    if "key:1" not in on_glass:
        return ""
    if key in ERASING:
        return "erase"
    last = key.removeprefix("numpad")
    return f"key:{last}" if len(last) == 1 and last.isdigit() else ""


class Ring:
    """Where it stands among `names` (in the order in which they are read). Nothing at first."""

    def __init__(self) -> None:
        self.name = ""
        self.names: tuple[str, ...] = ()

    def page(self, names: Sequence[str], *, new: bool) -> None:
        """The buttons of the page now on the glass. On the same page it stays where it was, if that is there."""
        at = self.names.index(self.name) if self.name in self.names else 0
        self.names = tuple(names)
        if new or not names:
            self.name = ""
        elif self.name and self.name not in names:
            self.name = names[min(at, len(names) - 1)]

    def step(self, by: int) -> bool:
        """One on or one back. True: it went round the end."""
        if not self.names:
            return False
        if not self.name:
            self.name = self.names[0 if by > 0 else -1]
            return False
        at = self.names.index(self.name) + by
        self.name = self.names[at % len(self.names)]
        return not 0 <= at < len(self.names)

    def leave(self) -> None:
        """A finger touched the glass: the ring is in the way."""
        self.name = ""
