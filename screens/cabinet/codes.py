"""What can be held in front of the camera or the scanner: bills of the seeded town, and payment codes."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Final, NamedTuple


class Bill(NamedTuple):
    """`prefix` begins the bar code of a bill."""

    fee: str
    prefix: str
    account: str

    @property
    def qr(self) -> str:
        return f"JF:{self.fee}:{self.account}"

    @property
    def bars(self) -> str:
        return f"{self.prefix}{self.account}"


BILLS: Final = (
    Bill("water", "W", "1002003001"),
    Bill("water", "W", "1002003002"),
    Bill("water", "W", "1002003008"),  # owes more than may be paid at once
    Bill("water", "W", "1002003009"),  # owes nothing
    Bill("electricity", "E", "2002003001"),
    Bill("gas", "G", "3002003001"),
    Bill("property", "P", "40020001"),
    Bill("tuition", "T", "500200300100"),
    Bill("admin", "A", "600200300121"),
)

DECLINED: Final = "9901"  # endings that the sandbox provider understands: no_funds
UNKNOWN: Final = "9918"  # unknown for 8 s, then confirmed
NO_CODE: Final = "https://example.invalid/not-a-payment-code"


def wechat(ending: str = "") -> str:
    """18 digits from 10… to 15…, fresh each time: a code pays once."""
    return f"1{secrets.randbelow(6)}{_digits(16, ending)}"


def alipay() -> str:
    return f"28{_digits(16, '')}"


def _digits(count: int, ending: str) -> str:
    """Random ones never end in 99…, which would have a meaning for the sandbox provider."""
    ending = ending or f"{secrets.randbelow(9900):04d}"
    body = "".join(str(secrets.randbelow(10)) for _ in range(count - len(ending)))
    return body + ending


PAYMENT_CODES: Final[dict[str, Callable[[], str]]] = {
    "wechat": wechat,
    "alipay": alipay,
    "declined": lambda: wechat(DECLINED),
    "unknown": lambda: wechat(UNKNOWN),
    "wrong": lambda: NO_CODE,
}
