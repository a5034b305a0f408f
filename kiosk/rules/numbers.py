"""Check digits of account numbers, by name. All take and give ASCII digits."""

from __future__ import annotations

import enum


class Check(enum.Enum):
    NONE = "none"  # the biller prints no check digit
    LUHN = "luhn"  # ISO/IEC 7812-1 annex B, one digit
    MOD11_10 = "mod11_10"  # ISO/IEC 7064 MOD 11,10, one digit
    MOD97_10 = "mod97_10"  # ISO/IEC 7064 MOD 97-10, two digits


def checks(check: Check, number: str) -> bool:
    """Whether `number` (digits, its check digits last) has the right ones."""
    if check is Check.LUHN:
        return _luhn(number) == 0
    if check is Check.MOD11_10:
        return _mod11_10(number) == 1
    if check is Check.MOD97_10:
        return int(number) % 97 == 1
    return True


def completed(check: Check, body: str) -> str:
    """`body` with its check digits: how a biller makes a number."""
    if check is Check.LUHN:
        return body + str(-_luhn(body + "0") % 10)
    if check is Check.MOD11_10:
        return next(body + digit for digit in "0123456789" if checks(check, body + digit))
    if check is Check.MOD97_10:
        return body + f"{98 - int(body + '00') % 97:02d}"
    return body


def _luhn(number: str) -> int:
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value // 10 + value % 10
    return total % 10


def _mod11_10(number: str) -> int:
    """§9 of the standard, without the last doubling: 1 for a number with its right check digit."""
    carry = 10
    for digit in number[:-1]:
        carry = (carry + int(digit)) % 10 or 10
        carry = carry * 2 % 11
    return (carry + int(number[-1])) % 10
