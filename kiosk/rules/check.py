"""What is wrong with a set of fees, beyond what the types already refuse. For the file of a site and for a bundle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import combinations

import msgspec

from kiosk.money import Money
from kiosk.rules import terms
from kiosk.rules.fee import Concession, Fee, LateFee, Overpaid, Prepay


class Fault(msgspec.Struct, frozen=True):
    """`keys` as `fee[2].concession[0].until`; `what`: what is wrong, and what to do."""

    keys: str
    what: str


def faults(fees: tuple[Fee, ...]) -> Iterator[Fault]:
    seen: set[str] = set()
    codes: dict[str, str] = {}
    for number, fee in enumerate(fees):
        at = f"fee[{number}]"
        for code in fee.bill_codes:
            if codes.setdefault(code, fee.id) != fee.id:
                what = f"{code} stands at {codes[code]}, too: its bills would be taken for those of {fee.id}"
                yield Fault(f"{at}.bill_codes", what)
        if fee.id in seen:
            yield Fault(f"{at}.id", f"there is already a fee with this id, {fee.id}: give it its own")
        seen.add(fee.id)
        for fault in _within(at, fee):
            yield Fault(fault.keys, f"{fee.id}: {fault.what}")


def _within(at: str, fee: Fee) -> Iterator[Fault]:
    yield from _of_fee(at, fee)
    if fee.prepay is not None:
        yield from _of_prepay(f"{at}.prepay", fee, fee.prepay)
    if fee.late is not None:
        yield from _of_late_fee(f"{at}.late", fee.late)
    for n, concession in enumerate(fee.concession):
        yield from _of_concession(f"{at}.concession[{n}]", fee, concession)
    yield from _contradictions(at, fee)


def _of_fee(at: str, fee: Fee) -> Iterator[Fault]:
    least, most = fee.account_digits
    if least > most:
        yield Fault(f"{at}.account_digits", f"expected [least, most], got [{least}, {most}]")
    elif sum(fee.account_groups) != most:
        yield Fault(f"{at}.account_groups", f"the groups must add up to the {most} digits of account_digits")
    if not fee.limit:
        yield Fault(f"{at}.limit_yuan", "a fee needs a limit above 0.00: the most that one payment may be")
    if fee.overpaid is Overpaid.REFUSE and fee.overpaid_limit:
        yield Fault(
            f"{at}.overpaid_limit_yuan",
            "overpaid is refuse, so nothing may come above the amount: write 0.00, or another overpaid",
        )
    if fee.overpaid_limit > fee.limit:
        yield Fault(f"{at}.overpaid_limit_yuan", f"above the limit of one payment, {fee.limit}: write less")
    for code in fee.bill_codes:
        try:
            groups = re.compile(code, re.ASCII).groupindex
        except re.error as error:
            yield Fault(f"{at}.bill_codes", f"{code}: no valid pattern: {error}")
            continue
        if "account" not in groups:
            yield Fault(f"{at}.bill_codes", f"{code}: each pattern needs a group (?P<account>…)")


def _of_prepay(at: str, fee: Fee, prepay: Prepay) -> Iterator[Fault]:
    if not prepay.least:
        yield Fault(f"{at}.least_yuan", "must be above 0.00: the least that may be paid ahead")
    for key, amounts in (("least_yuan", (prepay.least,)), ("amounts_yuan", prepay.amounts)):
        for amount in amounts:
            if amount.fen % 100:
                yield Fault(f"{at}.{key}", f"{amount} is not in whole yuan, and that is what is paid ahead")
            if not prepay.least <= amount <= fee.limit:
                yield Fault(f"{at}.{key}", f"{amount} is not between least_yuan and limit_yuan, {fee.limit}")
    if list(prepay.amounts) != sorted(set(prepay.amounts)):
        yield Fault(f"{at}.amounts_yuan", "name each amount once, the smallest first")


def _of_late_fee(at: str, late: LateFee) -> Iterator[Fault]:
    if not late.daily_ppm:
        yield Fault(f"{at}.daily_rate", "0% a day is no late fee: take the table [fee.late] out")
    if not 0 < late.cap_ppm <= terms.PPM:
        yield Fault(f"{at}.cap", "a late fee ends above 0% and at 100% of what is owed (行政强制法 art. 45)")
    elif late.daily_ppm > late.cap_ppm:
        yield Fault(f"{at}.daily_rate", f"one day alone costs more than the cap, {late.cap}: write less")


def _of_concession(at: str, fee: Fee, one: Concession) -> Iterator[Fault]:
    if [c.id for c in fee.concession].count(one.id) > 1:
        yield Fault(f"{at}.id", f"{fee.id} has this id, {one.id}, twice: give each concession its own")
    if (bool(one.share_off), bool(one.yuan_off), one.waives_late_fee).count(True) != 1:
        yield Fault(f"{at}.id", "set exactly one of share_off, yuan_off and waives_late_fee")
    if one.share_off and not 0 < one.share_ppm <= terms.PPM:
        yield Fault(f"{at}.share_off", "must be above 0% and at most 100%")
    if one.yuan_off and not Money(0) < one.off <= fee.limit:
        yield Fault(f"{at}.yuan_off", f"must be above 0.00 and at most the limit of one payment, {fee.limit}")
    if one.waives_late_fee and fee.late is None:
        yield Fault(f"{at}.waives_late_fee", "this fee has no late fee: nothing to waive")
    if one.waives_late_fee and one.days_before_due is not None:
        yield Fault(
            f"{at}.days_before_due",
            "contradicts waives_late_fee: who pays before the due day owes no late fee",
        )
    if not one.mark and one.days_before_due is None and not one.at_least_yuan and not one.until:
        yield Fault(f"{at}.id", "no condition: everybody would get it for ever; set a condition or `until`")
    if one.at_least > fee.limit:
        yield Fault(f"{at}.at_least_yuan", f"above the limit of one payment, {fee.limit}: nobody can get it")
    days: list[date] = []
    for key in ("since", "until"):
        text = getattr(one, key)
        try:
            days += [terms.day(text)] if text else []
        except ValueError:
            yield Fault(f"{at}.{key}", f"no calendar has the day {text}: write {terms.WRITE_A_DAY}")
    if len(days) == 2 and days[0] > days[1]:
        yield Fault(f"{at}.until", f"{one.until} lies before since, {one.since}: nobody can get it")
    for other in one.excludes:
        if other == one.id or all(c.id != other for c in fee.concession):
            yield Fault(f"{at}.excludes", f"{other} is no other concession of {fee.id}")


def _contradictions(at: str, fee: Fee) -> Iterator[Fault]:
    """Two that may meet in one bill must say how they get on."""
    for (_, one), (n, other) in combinations(enumerate(fee.concession), 2):
        if other.id in one.excludes or one.id in other.excludes or not _overlap(one, other):
            continue
        remedy = f"say in one of them: excludes = [...], or take {other.id} out"
        if _conditions(one) == _conditions(other) and one.waives_late_fee == other.waives_late_fee:
            yield Fault(
                f"{at}.concession[{n}].id",
                f"{other.id} contradicts {one.id}: the same conditions promise two different things; {remedy}",
            )
        elif one.share_ppm + other.share_ppm > terms.PPM:
            yield Fault(
                f"{at}.concession[{n}].share_off",
                f"{other.id} contradicts {one.id}: together they let off more than the bill; {remedy}",
            )


def _conditions(one: Concession) -> tuple[object, ...]:
    return (one.mark, one.days_before_due, one.at_least)


def _overlap(one: Concession, other: Concession) -> bool:
    """Days as text compare as days do."""
    last = "9999-12-31"
    return one.since <= (other.until or last) and other.since <= (one.until or last)
