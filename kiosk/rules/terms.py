"""How rules are written in a file: names in two languages, amounts, shares, days."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from kiosk.contract import Language

PPM: Final = 1_000_000

YUAN_PATTERN: Final = r"^[0-9]{1,9}\.[0-9]{2}$"
SHARE_PATTERN: Final = r"^[0-9]{1,3}(\.[0-9]{1,4})?%$"
DAY_PATTERN: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"

NonEmpty = Annotated[str, Meta(min_length=1)]
YuanText = Annotated[str, Meta(pattern=YUAN_PATTERN)]
ShareText = Annotated[str, Meta(pattern=SHARE_PATTERN)]  # "0.05%": a part of an amount, exact to a millionth
DayText = Annotated[str, Meta(pattern=DAY_PATTERN)]

# What to do about a text that does not fit, for the person who edits the file.
REMEDIES: Final = {
    YUAN_PATTERN: "write yuan with exactly two decimals and no sign, such as 37.50",
    SHARE_PATTERN: "write a percentage with at most four decimals, such as 0.05%",
    DAY_PATTERN: "write a day as 2026-12-31",
}


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, dict=True):
    """One table of a configuration file."""


class Words(Part, frozen=True):
    """A name or sentence in each language of the screens."""

    zh: str
    en: str

    def in_(self, language: Language) -> str:
        return self.zh if language is Language.ZH else self.en


def ppm(share: str) -> int:
    """`"0.05%"` → 500 parts per million, exactly."""
    whole, _, part = share.removesuffix("%").partition(".")
    return int(whole) * 10_000 + int(part.ljust(4, "0") or "0")


def day(text: str) -> date:
    """Raises ValueError for a day that no calendar has."""
    return date.fromisoformat(text)
