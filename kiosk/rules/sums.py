"""What is to be paid on a day: late fee, concessions, and the whole. Pure; whole fen throughout.

One order for kiosk and server: the late fee counts on the open amount; each concession on the open amount too (never
on what another one left), in the order of the file; what is waived never exceeds what is owed."""

from __future__ import annotations

import calendar
import enum
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

import msgspec

from kiosk.money import Money
from kiosk.rules import terms
from kiosk.rules.fee import Concession, CountsFrom, Fee, Rounding

CONCESSION_ROUNDING: Final = Rounding.HALF_UP

_PERIOD = re.compile(r"(?P<year>[0-9]{4})(?:-(?P<month>0[1-9]|1[0-2]))?")


class Debt(msgspec.Struct, frozen=True):
    """What is open of one bill. `due`: last day in time; None: it is never late."""

    amount: Money
    due: date | None


class Person(msgspec.Struct, frozen=True):
    """What the office knows of a customer that a rule asks for: mark → last day it holds, empty for no end."""

    marks: Mapping[str, str] = {}


class Late(msgspec.Struct, frozen=True):
    days: int = 0  # that cost
    amount: Money = Money(0)


class Because(enum.Enum):
    """Why a concession is not given."""

    NO_MARK = "no_mark"
    MARK_ENDED = "mark_ended"
    NOT_EARLY = "not_early"
    TOO_SMALL = "too_small"
    NOT_YET = "not_yet"
    OVER = "over"
    NOTHING_LATE = "nothing_late"
    EXCLUDED = "excluded"  # another one is worth more


class Applied(msgspec.Struct, frozen=True):
    concession: Concession
    amount: Money


class Missing(msgspec.Struct, frozen=True):
    concession: Concession
    because: Because
    other: str = ""  # of EXCLUDED: the id of the one that is given instead


class Concessions(msgspec.Struct, frozen=True):
    applied: tuple[Applied, ...] = ()
    missing: tuple[Missing, ...] = ()

    @property
    def amount(self) -> Money:
        return Money.total(a.amount for a in self.applied)


class Reckoning(msgspec.Struct, frozen=True):
    """One bill on one day: `total` = `amount` + `late` − what the concessions take off; never below zero."""

    amount: Money
    late: Late
    concessions: Concessions

    @property
    def total(self) -> Money:
        return self.amount + self.late.amount - self.concessions.amount

    @property
    def plain(self) -> bool:
        """Nothing was added and nothing waived."""
        return not self.late.amount and not self.concessions.applied


def due_day(fee: Fee, period: str, named: date | None = None) -> date | None:
    """The last day in time: as the bill names it, else so many days after the end of its period ("2026-10", "2026").
    None where neither is known: what nobody can date is never late."""
    if named is not None:
        return named
    match = _PERIOD.fullmatch(period)
    if match is None or not 1 <= int(match.group("year")) < date.max.year - 11:
        return None
    year, month = int(match.group("year")), int(match.group("month") or 12)
    return date(year, month, calendar.monthrange(year, month)[1]) + timedelta(days=fee.due_days)


def debt(fee: Fee, amount: Money, period: str, due_ms: int, zone: tzinfo) -> Debt:
    """An open amount with its due day as the wall of the site has it; `due_ms` 0: the bill names none."""
    named = datetime.fromtimestamp(due_ms / 1000, UTC).astimezone(zone).date() if due_ms else None
    return Debt(amount, due_day(fee, period, named))


def late_fee(fee: Fee, debt: Debt, on: date) -> Late:
    """What being late costs, paid on the day `on`."""
    rule = fee.late
    if rule is None or debt.due is None:
        return Late()
    days = (on - debt.due).days
    if days <= rule.grace_days:
        return Late()
    if rule.counts_from is CountsFrom.GRACE:
        days -= rule.grace_days
    cost = _rounded(debt.amount.fen * rule.daily_ppm * days, rule.rounding)
    cap = _rounded(debt.amount.fen * rule.cap_ppm, Rounding.DOWN)
    return Late(days, Money(min(cost, cap)))


def concessions(fee: Fee, person: Person, debt: Debt, on: date) -> Concessions:
    """What this customer is let off on the day `on`, and what not and why not; both in the order of the file."""
    late = late_fee(fee, debt, on)
    worth: dict[str, Money] = {}
    lacking: dict[str, Missing] = {}
    for concession in fee.concession:
        because = _lacks(concession, person, debt, late, on)
        if because is None:
            worth[concession.id] = _worth(concession, debt, late)
        else:
            lacking[concession.id] = Missing(concession, because)
    given: list[Concession] = []
    for concession in sorted(fee.concession, key=lambda c: -worth.get(c.id, Money(0)).fen):
        if concession.id in worth:
            better = next((g for g in given if _exclude_each_other(g, concession)), None)
            if better is None:
                given.append(concession)
            else:
                lacking[concession.id] = Missing(concession, Because.EXCLUDED, better.id)
    applied, rest, late_rest = [], debt.amount, late.amount
    for concession in fee.concession:
        if concession in given:
            amount = min(worth[concession.id], late_rest if concession.waives_late_fee else rest)
            if concession.waives_late_fee:
                late_rest -= amount
            else:
                rest -= amount
            applied.append(Applied(concession, amount))
    return Concessions(tuple(applied), tuple(lacking[c.id] for c in fee.concession if c.id in lacking))


def reckon(fee: Fee, person: Person, debt: Debt, on: date) -> Reckoning:
    """Raises ValueError for an amount below zero: no bill is."""
    if debt.amount.fen < 0:
        raise ValueError(f"a bill of {debt.amount} can not be paid")
    return Reckoning(debt.amount, late_fee(fee, debt, on), concessions(fee, person, debt, on))


def _lacks(wants: Concession, person: Person, debt: Debt, late: Late, on: date) -> Because | None:
    if wants.since and on < terms.day(wants.since):
        return Because.NOT_YET
    if wants.until and on > terms.day(wants.until):
        return Because.OVER
    if wants.waives_late_fee and not late.amount:
        return Because.NOTHING_LATE
    if wants.mark:
        if wants.mark not in person.marks:
            return Because.NO_MARK
        ends = person.marks[wants.mark]
        if ends and on > terms.day(ends):
            return Because.MARK_ENDED
    early = wants.days_before_due
    if early is not None and (debt.due is None or (debt.due - on).days < early):
        return Because.NOT_EARLY
    return Because.TOO_SMALL if debt.amount < wants.at_least else None


def _worth(concession: Concession, debt: Debt, late: Late) -> Money:
    if concession.waives_late_fee:
        return late.amount
    if concession.off:
        return min(concession.off, debt.amount)
    return Money(_rounded(debt.amount.fen * concession.share_ppm, CONCESSION_ROUNDING))


def _exclude_each_other(one: Concession, other: Concession) -> bool:
    return other.id in one.excludes or one.id in other.excludes


def _rounded(millionths: int, how: Rounding) -> int:
    """Millionths of a fen, not negative → fen."""
    if how is Rounding.UP:
        return -(-millionths // terms.PPM)
    if how is Rounding.HALF_UP:
        return (2 * millionths + terms.PPM) // (2 * terms.PPM)
    return millionths // terms.PPM
