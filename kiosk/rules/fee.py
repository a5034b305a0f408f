"""One fee as a site writes it (`config/fees.toml`) and as the signed site bundle carries it: the same shape."""

from __future__ import annotations

import enum
import re
from functools import cached_property
from typing import Annotated

from msgspec import Meta

from kiosk.money import Money
from kiosk.rules import numbers, terms
from kiosk.rules.terms import DayText, Id, NonEmpty, Part, ShareText, Word, Words, YuanText

Days = Annotated[int, Meta(ge=0, le=3660)]


class Overpaid(enum.Enum):
    """What becomes of money above the amount due: the fee's rule."""

    PREPAID = "prepaid"
    CHANGE_OWED = "change_owed"
    REFUSE = "refuse"  # a note that would exceed is given back


class ReceiptType(enum.Enum):
    FISCAL = "fiscal"  # 财政票据
    INVOICE = "invoice"  # 发票, made out by the biller
    PLAIN = "plain"  # 缴费凭证


class Verify(enum.Enum):
    """What the office must know of a payer; what it does not know, this fee can not be paid without."""

    NAME = "name"
    IDENTITY = "identity"
    PERIOD = "period"
    CONTACT = "contact"


class Rounding(enum.Enum):
    """What becomes of parts of a fen."""

    DOWN = "down"
    HALF_UP = "half_up"  # 四舍五入
    UP = "up"


class CountsFrom(enum.Enum):
    """The first day that costs, once the grace is over."""

    DUE = "due"  # the day after the due day: grace forgives who is in time, not who is late
    GRACE = "grace"  # the day after the grace


class LateFee(Part, frozen=True):
    """滞纳金 / 违约金, without compound: the open amount × daily rate × days, up to the cap, then rounded."""

    daily_rate: ShareText
    cap: ShareText  # of the open amount; never above 100% (行政强制法 art. 45)
    grace_days: Days
    counts_from: CountsFrom
    rounding: Rounding

    @cached_property
    def daily_ppm(self) -> int:
        return terms.ppm(self.daily_rate)

    @cached_property
    def cap_ppm(self) -> int:
        return terms.ppm(self.cap)


class Concession(Part, frozen=True):
    """减免. Given when every condition that is set holds; exactly one of the three benefits is set.

    `mark`: something that the office knows of the customer, such as low_income. `days_before_due`: paid at least so
    many days before the due day. `at_least_yuan`: the open amount is this or more. `since`, `until`: first and last
    day of the offer. `excludes`: of these, whichever is worth more is given."""

    id: Id
    name: Words
    why: Words  # on what ground it is given
    missing: Words  # what the customer lacks, and how to get it
    share_off: ShareText = ""
    yuan_off: YuanText = ""
    waives_late_fee: bool = False
    mark: Word = ""
    days_before_due: Days | None = None
    at_least_yuan: YuanText = ""
    since: DayText = ""
    until: DayText = ""
    excludes: tuple[Id, ...] = ()

    @cached_property
    def share_ppm(self) -> int:
        return terms.ppm(self.share_off) if self.share_off else 0

    @cached_property
    def off(self) -> Money:
        return Money.yuan(self.yuan_off) if self.yuan_off else Money(0)

    @cached_property
    def at_least(self) -> Money:
        return Money.yuan(self.at_least_yuan) if self.at_least_yuan else Money(0)


class Prepay(Part, frozen=True):
    """预存: the balance may be topped up without a bill, up to `limit_yuan` of the fee, in whole yuan.

    `amounts_yuan`: what is offered on tiles; `least_yuan`: the least that may be typed."""

    amounts_yuan: Annotated[tuple[YuanText, ...], Meta(min_length=1, max_length=5)]
    least_yuan: YuanText

    @cached_property
    def amounts(self) -> tuple[Money, ...]:
        return tuple(Money.yuan(amount) for amount in self.amounts_yuan)

    @cached_property
    def least(self) -> Money:
        return Money.yuan(self.least_yuan)


class Fee(Part, frozen=True):
    id: Id
    name: Words
    icon: NonEmpty
    biller: NonEmpty
    seal: NonEmpty
    receipt: ReceiptType
    account_name: Words
    account_digits: tuple[Annotated[int, Meta(ge=1)], Annotated[int, Meta(le=30)]]
    account_groups: tuple[Annotated[int, Meta(ge=1)], ...]
    account_check: numbers.Check
    bill_codes: tuple[NonEmpty, ...]
    verify: tuple[Verify, ...]
    limit_yuan: YuanText
    overpaid: Overpaid
    overpaid_limit_yuan: YuanText
    partial: bool
    due_days: Days  # after the end of the period, where the bill itself names no day
    merge: Word = ""  # bills of fees with the same word may be paid together; empty: always alone
    prepay: Prepay | None = None
    late: LateFee | None = None
    concession: tuple[Concession, ...] = ()

    @cached_property
    def limit(self) -> Money:
        return Money.yuan(self.limit_yuan)

    @cached_property
    def overpaid_limit(self) -> Money:
        return Money.yuan(self.overpaid_limit_yuan)

    @cached_property
    def regexes(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(code, re.ASCII) for code in self.bill_codes)

    def account_in(self, code: str) -> str | None:
        """The account number in a scanned bill code, or None when it is not one of this fee."""
        for regex in self.regexes:
            match = regex.fullmatch(code)
            if match:
                return match.group("account")
        return None

    def has_length(self, text: str) -> bool:
        """ASCII digits only: str.isdigit() would accept full-width and Arabic ones."""
        least, most = self.account_digits
        return bool(re.fullmatch(r"[0-9]+", text, re.ASCII)) and least <= len(text) <= most

    def is_account(self, text: str) -> bool:
        """Right length and right check digit."""
        return self.has_length(text) and numbers.checks(self.account_check, text)
