"""A simulated scanner that types like a keyboard: real `struct input_event` bytes on a pseudo-terminal.

Written from linux/input-event-codes.h and the keys of a US keyboard; shares no table with the reader.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from hardware.panel.evdev_sim import (
    KEY,
    MSC,
    MSC_SCAN,
    PRESSED,
    RELEASED,
    SYN,
    SYN_DROPPED,
    SYN_REPORT,
    InputSim,
)
from hardware.simulated import Json, NotPossible

HID_KEYBOARD_PAGE: Final = 0x70000
LEFT_CTRL, LEFT_SHIFT, LEFT_ALT, CAPS_LOCK, NUM_LOCK = 29, 42, 56, 58, 69
ENDS: Final = {"enter": 28, "tab": 15, "pad enter": 96, "": 0}
PAD_DIGITS: Final = (82, 79, 80, 81, 75, 76, 77, 71, 72, 73)

# The keys that carry characters, from the first of each row on: the kernel numbers them in order.
_UNSHIFTED: Final = {2: "1234567890-=", 16: "qwertyuiop[]", 30: "asdfghjkl;'`", 43: "\\zxcvbnm,./", 57: " "}
_SHIFTED: Final = {2: "!@#$%^&*()_+", 16: "QWERTYUIOP{}", 30: 'ASDFGHJKL:"~', 43: "|ZXCVBNM<>?"}

Suffix = Literal["enter", "tab", "pad enter", ""]
Upper = Literal["shift", "caps lock"]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=5)]


def _codes(rows: dict[int, str]) -> dict[str, int]:
    return {sign: first + at for first, row in rows.items() for at, sign in enumerate(row)}


PLAIN: Final = _codes(_UNSHIFTED)
SHIFTED: Final = _codes(_SHIFTED)


class WedgeSim(InputSim):
    """`WedgeSim("scanner", Path("/tmp/x/scanner"))`: scan(text, suffix: enter, tab, pad enter or none, upper: how it
    makes capitals, gap_s: between keys) · scan_pad(digits): with the keys of the number pad · scan_alt(text): Chinese
    as Alt with digits · control(letter): a control character as Ctrl with a letter · drop(text): the kernel's buffer
    was full in the middle · garbage(length) · unplug, plug."""

    def __init__(self, name: str, link: Path) -> None:
        super().__init__(name, link)
        self._scans = 0
        self._actions = {
            **self._actions,
            "scan": self._scan,
            "scan_pad": self._scan_pad,
            "scan_alt": self._scan_alt,
            "control": self._control,
            "drop": self._drop,
        }

    def state(self) -> Json:
        with self._lock:
            return {**super().state(), "scans": self._scans}

    def _scan(
        self, text: str, suffix: Suffix = "enter", upper: Upper = "shift", gap_s: Seconds = 0.0
    ) -> None:
        strange = {sign for sign in text if sign not in PLAIN and sign not in SHIFTED}
        if strange:
            raise NotPossible(f"scan: no key of a US keyboard types {''.join(sorted(strange))!r}")
        for sign in text:
            self._type(sign, upper)
            time.sleep(gap_s)
        self._end(suffix)

    def _type(self, sign: str, upper: Upper) -> None:
        if sign in PLAIN:
            self._tap(PLAIN[sign])
        elif upper == "caps lock" and sign.isalpha():
            self._tap(CAPS_LOCK)
            self._tap(SHIFTED[sign])
            self._tap(CAPS_LOCK)
        else:
            self._with(LEFT_SHIFT, SHIFTED[sign])

    def _scan_pad(self, digits: Annotated[str, msgspec.Meta(pattern="^[0-9]*$")]) -> None:
        self._tap(NUM_LOCK)
        for digit in digits:
            self._tap(PAD_DIGITS[int(digit)])
        self._tap(NUM_LOCK)
        self._end("enter")

    def _scan_alt(self, text: str, suffix: Suffix = "enter") -> None:
        for sign in text:
            self._with(LEFT_ALT, *(PAD_DIGITS[int(digit)] for digit in str(ord(sign))))
        self._end(suffix)

    def _control(self, letter: Annotated[str, msgspec.Meta(pattern="^[a-z]$")]) -> None:
        self._with(LEFT_CTRL, PLAIN[letter])

    def _drop(self, text: str, suffix: Suffix = "enter") -> None:
        """The first half comes; what the kernel could not keep is missing; then the rest and the end."""
        half = len(text) // 2
        for sign in text[:half]:
            self._type(sign, "shift")
        self._send((SYN, SYN_DROPPED, 0), (KEY, 2, PRESSED), (SYN, SYN_REPORT, 0))
        for sign in text[half + 2 :]:
            self._type(sign, "shift")
        self._end(suffix)

    def _end(self, suffix: Suffix) -> None:
        if suffix:
            self._tap(ENDS[suffix])
        self._scans += 1

    def _with(self, modifier: int, *codes: int) -> None:
        self._key_to(modifier, PRESSED)
        for code in codes:
            self._tap(code)
        self._key_to(modifier, RELEASED)

    def _tap(self, code: int) -> None:
        self._key_to(code, PRESSED)
        self._key_to(code, RELEASED)

    def _key_to(self, code: int, value: int) -> None:
        self._send((MSC, MSC_SCAN, HID_KEYBOARD_PAGE | code), (KEY, code, value), (SYN, SYN_REPORT, 0))
