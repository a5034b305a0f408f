"""How rules are written in a file: names in two languages, amounts, shares, days."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from kiosk.contract import Language

PPM: Final = 1_000_000

WRITE_A_DAY: Final = 'a day in quotes, such as "2026-12-31"'

# The description says to the person who edits the file what to write (`kiosk.rules.expected`).
NonEmpty = Annotated[  # what can be read by somebody: blanks and control characters alone can not
    str,
    Meta(
        min_length=1,
        pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x08\x0b-\x1f\x7f]*\Z",
        description="a text in quotes, not empty, without control characters",
    ),
]
Word = Annotated[
    str,
    Meta(
        pattern=r"^[^\s\x00-\x1f\x7f]*\Z",
        description='one word without blanks in quotes, such as "home", or ""',
    ),
]
Id = Annotated[
    str,
    Meta(
        pattern=r"^[a-z][a-z0-9_]{0,39}\Z",
        description='a short name of a-z, 0-9 and _ in quotes, at most 40 letters, such as "water_2"',
    ),
]
YuanText = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{1,9}\.[0-9]{2}\Z",
        description='yuan in quotes, with exactly two decimals and no sign, such as "37.50"',
    ),
]
ShareText = Annotated[  # a part of an amount, exact to a millionth
    str,
    Meta(
        pattern=r"^[0-9]{1,3}(\.[0-9]{1,4})?%\Z",
        description='a percentage in quotes, with at most four decimals, such as "0.05%"',
    ),
]
DayText = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", description=WRITE_A_DAY)]
ServerAddress = Annotated[
    str,
    Meta(
        pattern=r"^(https://[^\s/]+|http://(localhost|127\.[0-9.]+|\[::1\])(:[0-9]+)?)$",
        description="the address of a server in quotes, encrypted unless it is this machine, without a path or a / at "
        'its end: "https://central.example"',
    ),
]
PageAddress = Annotated[
    str,
    Meta(
        pattern=r"^(https?://[^\s?#]+)?$",
        description='the address of a page in quotes, such as "https://central.example/r", or ""',
    ),
]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, dict=True):
    """One table of a configuration file."""


class Words(Part, frozen=True):
    """A name or sentence in each language of the screens."""

    zh: NonEmpty
    en: NonEmpty

    def in_(self, language: Language) -> str:
        return self.zh if language is Language.ZH else self.en


def ppm(share: str) -> int:
    """`"0.05%"` → 500 parts per million, exactly."""
    whole, _, part = share.removesuffix("%").partition(".")
    return int(whole) * 10_000 + int(part.ljust(4, "0") or "0")


def day(text: str) -> date:
    """Raises ValueError for a day that no calendar has."""
    return date.fromisoformat(text)
