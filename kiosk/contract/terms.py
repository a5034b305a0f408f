"""The words that views and intents share."""

from __future__ import annotations

import enum
from typing import Final

import msgspec


class Language(enum.Enum):
    ZH = "zh"
    EN = "en"


class TextSize(enum.Enum):
    STANDARD = "standard"  # 标准
    LARGE = "large"  # 大字, the default
    XLARGE = "xlarge"  # 特大


class Contrast(enum.Enum):
    """`ui_tokens.json` palettes."""

    DAY = "day"
    BLACK = "black"
    WHITE = "white"  # white ground, black only
    LOW = "low"


class Tender(enum.Enum):
    CASH = "cash"
    CODE = "code"
    CARD = "card"


class How(enum.Enum):
    """What becomes of an open item."""

    PAID = "paid"  # the office gave it to the customer, in cash or on the account
    NOT_OWED = "not_owed"  # the customer has it, or nobody is owed anything


class Rating(enum.Enum):
    """How a customer found the visit; four faces."""

    VERY_GOOD = "very_good"  # 非常满意
    GOOD = "good"  # 满意
    FAIR = "fair"  # 一般
    BAD = "bad"  # 不满意


class Message(msgspec.Struct, frozen=True):
    """A phrase with its values: `Message("cash.remaining", {"amount_fen": 1750})`.

    Values whose name ends in `_fen` are money and are shown as ¥17.50; all others as they are."""

    key: str
    values: dict[str, str | int] = {}


AGAIN: Final = "again"  # value of a problem that is told once more: how often; no phrase shows it
