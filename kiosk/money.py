"""Money as integer fen (1 yuan = 100 fen), and its two written forms.

Never a float, never a bare int across a boundary: a device, a bill or a fact carries `Money`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import total_ordering
from typing import Any, Final

MAX_FEN: Final = 10**13  # 100 billion yuan: far above any fee, far below what a 64-bit column holds

_YUAN = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,2}))?")
_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")


@total_ordering
class Money:
    """An amount in fen. Immutable, ordered, adds only to its own kind."""

    __slots__ = ("fen",)
    fen: int

    def __init__(self, fen: int) -> None:
        if type(fen) is not int:
            raise TypeError(f"money is whole fen, not {fen!r}")
        if abs(fen) > MAX_FEN:
            raise ValueError(f"{fen} fen is beyond {MAX_FEN} fen")
        object.__setattr__(self, "fen", fen)

    @classmethod
    def yuan(cls, amount: int | str) -> Money:
        """`Money.yuan("37.50")` or `Money.yuan(20)`; at most two decimals, ASCII digits only.

        Raises ValueError naming the text."""
        match = _YUAN.fullmatch(str(amount))
        if match is None:
            raise ValueError(f"{amount!r} is not an amount in yuan such as 37.50")
        sign, whole, part = match.groups()
        fen = int(whole) * 100 + int((part or "").ljust(2, "0"))
        return cls(-fen if sign else fen)

    @classmethod
    def total(cls, amounts: Iterable[Money]) -> Money:
        return cls(sum(a.fen for a in amounts))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("money does not change")

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + other.fen) if isinstance(other, Money) else NotImplemented

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - other.fen) if isinstance(other, Money) else NotImplemented

    def __neg__(self) -> Money:
        return Money(-self.fen)

    def __bool__(self) -> bool:
        return self.fen != 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Money) and self.fen == other.fen

    def __lt__(self, other: Money) -> bool:
        return self.fen < other.fen if isinstance(other, Money) else NotImplemented

    def __hash__(self) -> int:
        return hash((Money, self.fen))

    def __repr__(self) -> str:
        return f"Money({self.fen})"

    def __str__(self) -> str:
        return self.figures

    def __reduce__(self) -> tuple[Any, ...]:
        return (Money, (self.fen,))

    @property
    def figures(self) -> str:
        """`¥37.50`: always two decimals, the sign touches the digits (会计基础工作规范 art. 52)."""
        yuan, fen = divmod(abs(self.fen), 100)
        return f"{'-' if self.fen < 0 else ''}¥{yuan}.{fen:02d}"

    @property
    def capital(self) -> str:
        """`叁拾柒元伍角整`: the written form on receipts, without the prefix 人民币.

        支付结算办法 (银发〔1997〕393号) annex 1 rules 2-5, with 整 also after 角 as 会计基础工作规范
        art. 52(3) asks. Raises ValueError below zero: nothing negative is ever printed in capitals."""
        if self.fen < 0:
            raise ValueError("a negative amount has no capital form")
        yuan, rest = divmod(self.fen, 100)
        jiao, fen = divmod(rest, 10)
        if not self.fen:
            return "零元整"
        text = f"{_capital_integer(yuan)}元" if yuan else ""
        if jiao:
            text += f"{_DIGITS[jiao]}角"
        elif fen and yuan:
            text += "零"
        return text + (f"{_DIGITS[fen]}分" if fen else "整")


def _capital_integer(number: int) -> str:
    """Groups of four digits under 万 and 亿; a run of inner zeros is spoken once as 零."""
    if number >= 10**8:
        high, low = divmod(number, 10**8)
        return _capital_integer(high) + "亿" + _continued(low, 10**7)
    if number >= 10**4:
        high, low = divmod(number, 10**4)
        return _capital_integer(high) + "万" + _continued(low, 10**3)
    text, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            text += ("零" if gap and text else "") + _DIGITS[digit] + _PLACES[place]
            gap = False
        else:
            gap = True
    return text


def _continued(low: int, full: int) -> str:
    """What follows 万 or 亿: nothing for zero, 零 first where leading places are empty."""
    if not low:
        return ""
    return ("" if low >= full else "零") + _capital_integer(low)
