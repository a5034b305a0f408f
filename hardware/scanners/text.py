"""From the bytes of a code to text that is safe to compare and show, and when a code is to be said.

Pure: no camera, no port, no clock of its own. Used by the camera and by serial scanners alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

import msgspec

from hardware.contracts import MAX_CODE_CHARS, REARM_S, CodeRefusedBecause

# UTF-8 and GB18030 take at most 4 bytes for a character: whatever is longer can not be short enough.
MAX_CODE_BYTES: Final = 4 * MAX_CODE_CHARS

# Cc: C0 and C1; Cf: bidirectional controls, zero-width, tags; Zl, Zp: line and paragraph separator.
_UNSAFE_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Invisible although their category says letter or mark (Unicode: Default_Ignorable_Code_Point).
_INVISIBLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)


def safe_text(payload: bytes) -> str | CodeRefusedBecause:
    """The text of a payload: strict UTF-8, else strict GB18030 (paper printed by Chinese software).

    GB18030 that happens to be valid UTF-8 is read as UTF-8: bytes alone do not tell."""
    if len(payload) > MAX_CODE_BYTES:
        return CodeRefusedBecause.TOO_LONG
    text = _decoded(payload)
    if text is None or not text:
        return CodeRefusedBecause.NOT_TEXT
    if len(text) > MAX_CODE_CHARS:
        return CodeRefusedBecause.TOO_LONG
    if _INVISIBLE.search(text) or any(unicodedata.category(c) in _UNSAFE_CATEGORIES for c in text):
        return CodeRefusedBecause.CONTROL_CHARACTERS
    return text


def _decoded(payload: bytes) -> str | None:
    for charset in ("utf-8", "gb18030"):
        try:
            return payload.decode(charset)
        except UnicodeDecodeError:
            continue
    return None


class Sighting(msgspec.Struct, frozen=True):
    """A code as one picture, or one reading of a scanner, shows it.

    `sure`: False for a kind of code that is misread now and then (one row of bars): such a code counts
    when it is seen a second time."""

    payload: bytes
    sure: bool = True


class Once:
    """Says each code once, and again only after it was out of sight for REARM_S.

    Feed it every picture, also those without a code, and the time in seconds of a clock that never goes
    back. A code is out of sight in pictures that lack it: no pictures at all prove nothing."""

    def __init__(self) -> None:
        self._said: dict[bytes, float] = {}  # payload → last seen
        self._unsure: dict[bytes, float] = {}  # seen, but not sure enough to be said yet → last seen
        self._two_said_s = -REARM_S

    def see(self, sightings: Iterable[Sighting], now_s: float) -> bytes | CodeRefusedBecause | None:
        """The payload that is to be said because of this picture, TWO_CODES, or None for nothing new.

        TWO_CODES is said at most every REARM_S, for as long as both lie there."""
        sure: dict[bytes, bool] = {}
        for (
            sighting
        ) in sightings:  # the same payload as QR and as bars is one code, and each proves the other
            twice = sighting.payload in sure
            known = sighting.payload in self._said or sighting.payload in self._unsure
            sure[sighting.payload] = sighting.sure or twice or known
        for payload in sure:
            memory = self._said if payload in self._said else self._unsure
            memory[payload] = now_s
        self._drop_what_went_away(now_s)
        if not all(sure.values()):
            return None  # the next picture decides whether this is a code, and whether it is alone
        if len(sure) > 1:
            return self._two_codes(now_s)
        for payload in sure.keys() - self._said.keys():
            del self._unsure[payload]
            self._said[payload] = now_s
            return payload
        return None

    def _two_codes(self, now_s: float) -> CodeRefusedBecause | None:
        if now_s - self._two_said_s < REARM_S:
            return None
        self._two_said_s = now_s
        return CodeRefusedBecause.TWO_CODES

    def _drop_what_went_away(self, now_s: float) -> None:
        self._said = {what: seen for what, seen in self._said.items() if now_s - seen < REARM_S}
        self._unsure = {what: seen for what, seen in self._unsure.items() if now_s - seen < REARM_S}
