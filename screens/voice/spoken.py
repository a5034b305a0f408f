"""What stands on the glass → what is said: amounts and counts as words, only account numbers digit by digit.

Sources: facts/accessibility.md §2.6 (capitals are never fed to speech), §4.1; EN 301 549 5.1.3.
"""

from __future__ import annotations

import re
from typing import Final

from kiosk.contract import Language, Money

MASK: Final = "*"  # every masked value on the glass carries it, see `personal`
ONE_BY_ONE_FROM: Final = 5  # digits: what is this long is an account or receipt number, not a count

_ZH_DIGITS: Final = "零一二三四五六七八九"
_FROM_CAPITAL: Final = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
_EN_ONES: Final = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_EN_TENS: Final = ["-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_EN_MONTHS: Final = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_EN_GROUPS: Final = ((1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand"))

_CAPITALS: Final = re.compile(
    r"(?:人民币)?[零壹贰叁肆伍陆柒捌玖拾佰仟万亿]+[元角][零壹贰叁肆伍陆柒捌玖拾元角分整]*"
)
_AMOUNT: Final = re.compile(r"(-?)¥(\d+(?:\.\d{1,2})?)")
_DATE: Final = re.compile(r"\b(\d{4})-(\d{2})(?:-(\d{2}))?\b")
_STARS: Final = re.compile(r"[\s*]*\*[\s*]*")
_NUMBER: Final = re.compile(r"[A-Z]*[\d*][A-Z\d*]*(?:[ -][A-Z]*[\d*][A-Z\d*]*)*")
_TWO_OF: Final = re.compile(r"(?<![第零十百千万])二(?=[千万亿元张笔位次天个份])")
_SIGNS: Final = re.compile(r"[“”「」（）()|\u200b]")
_PAUSES: Final = re.compile(r"\s*[/·\n]\s*")


def spoken(text: str, language: Language) -> str:
    """`还差 ¥17.50` → `还差 十七元五角`. Holds no digit, no ¥ and no capitals afterwards."""
    say = _Chinese if language is Language.ZH else _English
    text = _CAPITALS.sub("", _SIGNS.sub("", text))
    text = _PAUSES.sub(say.pause, text)
    text = _AMOUNT.sub(lambda m: say.money(Money.yuan(m[2]), bool(m[1])), text)
    text = _DATE.sub(lambda m: say.date(int(m[1]), int(m[2]), int(m[3] or 0)), text)
    return say.polished(_NUMBER.sub(lambda m: _number(m[0], say), text)).strip()


def personal(text: str) -> bool:
    """Masked values are somebody's: they go to a headset only (EN 301 549 5.1.3.9)."""
    return MASK in text


class _Chinese:
    pause: Final = "，"
    between: Final = ""
    stars: Final = "，星号，"
    hidden_character: Final = "某"

    @staticmethod
    def money(amount: Money, negative: bool) -> str:
        words = re.sub(r"^一十", "十", amount.capital.translate(_FROM_CAPITAL).removesuffix("整"))
        return ("负" if negative else "") + _Chinese.polished(words)

    @staticmethod
    def count(number: int) -> str:
        words = Money(number * 100).capital.removesuffix("整").removesuffix("元").translate(_FROM_CAPITAL)
        return re.sub(r"^一十", "十", words)

    @staticmethod
    def digit(digit: int) -> str:
        return _ZH_DIGITS[digit]

    @staticmethod
    def date(year: int, month: int, day: int) -> str:
        words = "".join(_ZH_DIGITS[int(d)] for d in str(year)) + f"年{_Chinese.count(month)}月"
        return words + (f"{_Chinese.count(day)}日" if day else "")

    @staticmethod
    def polished(words: str) -> str:
        return _TWO_OF.sub("两", words)


class _English:
    pause: Final = ", "
    between: Final = " "
    stars: Final = "stars"
    hidden_character: Final = " star "

    @staticmethod
    def money(amount: Money, negative: bool) -> str:
        yuan, fen = divmod(amount.fen, 100)
        parts = [f"{_English.count(yuan)} yuan"] if yuan or not fen else []
        if fen:
            parts.append(f"{_English.count(fen)} fen")
        return ("minus " if negative else "") + " ".join(parts)

    @staticmethod
    def count(number: int) -> str:
        if number < 20:
            return _EN_ONES[number]
        if number < 100:
            tens, ones = divmod(number, 10)
            return _EN_TENS[tens] + (f" {_EN_ONES[ones]}" if ones else "")
        for size, name in (*_EN_GROUPS, (100, "hundred")):
            if number >= size:
                many, rest = divmod(number, size)
                return f"{_English.count(many)} {name}" + (f" {_English.count(rest)}" if rest else "")
        raise AssertionError("every number above is reached by one of the sizes")

    @staticmethod
    def digit(digit: int) -> str:
        return _EN_ONES[digit]

    @staticmethod
    def date(year: int, month: int, day: int) -> str:
        century, rest = divmod(year, 100)
        words = f"{_English.count(century)} {_English.count(rest)}" if rest else _English.count(year)
        name = _EN_MONTHS[month - 1] if 1 <= month <= 12 else _English.count(month)
        return f"{name} {words}" if not day else f"{name} {_English.count(day)}, {words}"

    @staticmethod
    def polished(words: str) -> str:
        return " ".join(words.split())


def _number(text: str, say: type[_Chinese] | type[_English]) -> str:
    if text.isdigit() and len(text) < ONE_BY_ONE_FROM and (text == "0" or text[0] != "0"):
        return say.count(int(text))
    if MASK in text and len(text) == 1:
        return say.hidden_character
    bare = _STARS.sub(MASK, text).replace("-", "").replace(" ", "")
    named = (say.digit(int(c)) if c.isdigit() else say.stars if c == MASK else c for c in bare)
    return say.between.join(named)
