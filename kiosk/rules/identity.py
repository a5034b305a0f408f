"""Whether a number that names a person or a unit is well formed. Says nothing about who it belongs to.

Resident ID: GB 11643-1999 with ISO 7064 MOD 11-2. Unified social credit code: GB 32100-2015. Both as in the fact
sheet's vectors; what people write differently (spaces, lower case, full width) is made the same first."""

from __future__ import annotations

import enum
import re
import unicodedata
from datetime import date
from typing import Final

import msgspec

_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS: Final = "10X98765432"
# GB/T 2260, and 83 of the residence permits for people from Taiwan.
_REGIONS: Final = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
_CREDIT_LETTERS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)


class Wrong(enum.Enum):
    EMPTY = "empty"
    LENGTH = "length"
    OLD = "old"  # fifteen digits: a first-generation ID card or an old business licence
    CHARACTERS = "characters"
    REGION = "region"
    DATE = "date"
    CHECK = "check"


class Number(msgspec.Struct, frozen=True):
    """`text` in the one spelling. `wrong` None: well formed. `unusual`: well formed, but the organisation code
    inside is not: a person should look."""

    text: str
    wrong: Wrong | None = None
    unusual: bool = False


def spelled(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()


def resident_id(text: str, today: date) -> Number:
    """公民身份号码, eighteen characters."""
    number = spelled(text)
    return Number(number, _length(number) or _wrong_resident_id(number, today))


def credit_code(text: str) -> Number:
    """统一社会信用代码, eighteen characters."""
    code = spelled(text)
    wrong = _length(code)
    if wrong is None and any(letter not in _CREDIT_LETTERS for letter in code):
        wrong = Wrong.CHARACTERS
    if wrong is None and _CREDIT_LETTERS[_credit_check(code)] != code[17]:
        wrong = Wrong.CHECK
    if wrong is not None:
        return Number(code, wrong)
    return Number(code, unusual=not _organisation(code[8:17]))


def either(text: str, today: date) -> Number:
    """A resident ID or a credit code: eighteen digits may be either. The reason is that of the likelier one."""
    code = credit_code(text)
    if code.wrong is None:
        return code
    person = resident_id(text, today)
    return person if person.wrong is None or person.text[:17].isdigit() else code


def phone(text: str) -> Number:
    """A mobile number, or a landline with its area code."""
    number = spelled(text)
    if not number:
        return Number(number, Wrong.EMPTY)
    if not re.fullmatch(r"[0-9-]+", number, re.ASCII):
        return Number(number, Wrong.CHARACTERS)
    fits = re.fullmatch(r"1[3-9][0-9]{9}|0(?:10|2[0-9]|[3-9][0-9]{2})-?[0-9]{7,8}", number, re.ASCII)
    return Number(number, None if fits else Wrong.LENGTH)


def _length(number: str) -> Wrong | None:
    if len(number) == 18:
        return None
    if not number:
        return Wrong.EMPTY
    return Wrong.OLD if re.fullmatch(r"[0-9]{15}", number, re.ASCII) else Wrong.LENGTH


def _wrong_resident_id(number: str, today: date) -> Wrong | None:
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number, re.ASCII):
        return Wrong.CHARACTERS
    if _ID_CHECKS[_sum(_ID_WEIGHTS, number) % 11] != number[17]:
        return Wrong.CHECK
    if not _REGIONS.fullmatch(number[:2]):
        return Wrong.REGION
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return Wrong.DATE
    return Wrong.DATE if born > today else None


def _credit_check(code: str) -> int:
    weighed = sum(_CREDIT_LETTERS.index(code[place]) * pow(3, place, 31) for place in range(17))
    return -weighed % 31


def _organisation(code: str) -> bool:
    """The organisation code inside (GB 11714-1997) has a check of its own; letters count from A = 10."""
    weighed = sum(
        int(letter, 36) * weight for letter, weight in zip(code, _ORGANISATION_WEIGHTS, strict=False)
    )
    rest = -weighed % 11
    return code[8] == ("X" if rest == 10 else str(rest))


def _sum(weights: tuple[int, ...], digits: str) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))
