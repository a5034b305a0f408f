"""What a kiosk may show of a person: the least by which its owner still recognises it.

House rule (accessibility facts §2.5): name first + last, ID number 3+4, phone 3+4, credit code and account 4+4.
Never the first six and the last four of an ID number together: region and birthday can be guessed from them.
"""

from __future__ import annotations


def _keep(text: str, first: int, last: int) -> str:
    """The ends of `text`; a text too short to hide anything in is hidden whole."""
    if len(text) <= first + last:
        return "*" * len(text)
    return text[:first] + "*" * (len(text) - first - last) + text[len(text) - last :]


def name(text: str) -> str:
    """张小三 → 张*三, 张三 → 张*, John Smith → J*** S****."""
    text = text.strip()
    if text.isascii():
        return " ".join(word[0] + "*" * (len(word) - 1) for word in text.split())
    if len(text) == 2:
        return text[0] + "*"
    return _keep(text, 1, 1)


def identity(text: str) -> str:
    """Resident ID (18 characters that begin with digits) 3+4; anything else, such as a credit code, 4+4."""
    resident = len(text) == 18 and text[:17].isdigit()
    return _keep(text, 3, 4) if resident else _keep(text, 4, 4)


def phone(text: str) -> str:
    """13800001234 → 138****1234; a landline keeps its area code: 010-80000000 → 010-****0000."""
    area, dash, number = text.partition("-")
    if dash and "-" not in number:
        return f"{area}-{_keep(number, 0, 4)}"
    return _keep(text.replace("-", ""), 3, 4)


def account(text: str) -> str:
    return _keep(text, 4, 4)
