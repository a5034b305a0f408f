"""What a day late costs: tables of dates, and what holds for every date."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some
from msgspec.structs import replace

from kiosk.money import Money
from kiosk.rules.fee import Rounding
from kiosk.rules.sums import Debt, due_day, late_fee
from tests.kiosk.rules import fees

DAY = date.fromisoformat

# due, paid on → days that cost, with each way of counting, at 3 days of grace
GRACE = [
    ("2026-10-31", "2026-10-01", 0, 0, "long before"),
    ("2026-10-31", "2026-10-31", 0, 0, "on the due day"),
    ("2026-10-31", "2026-11-01", 0, 0, "over a month's end, in grace"),
    ("2026-10-31", "2026-11-03", 0, 0, "last day of grace"),
    ("2026-10-31", "2026-11-04", 4, 1, "first day after grace"),
    ("2027-12-30", "2028-01-03", 4, 1, "over the year's end"),
    ("2028-02-26", "2028-02-29", 0, 0, "leap day is the last of grace"),
    ("2028-02-26", "2028-03-01", 4, 1, "the leap day counts"),
    ("2027-02-26", "2027-03-01", 0, 0, "no leap day in 2027"),
    ("2027-02-26", "2027-03-02", 4, 1, "no leap day to count"),
    ("2028-02-29", "2029-02-28", 365, 362, "from a leap day, one year"),
    ("2026-12-31", "2027-12-31", 365, 362, "one year"),
]


@pytest.mark.parametrize("due, on, from_due, from_grace, why", GRACE, ids=[row[-1] for row in GRACE])
def test_days_are_counted_from_the_due_day_or_from_the_end_of_the_grace(due, on, from_due, from_grace, why):
    for counts_from, days in (("due", from_due), ("grace", from_grace)):
        fee = fees.fee(late=fees.late(grace_days=3, counts_from=counts_from))
        assert late_fee(fee, fees.debt("100.00", due), DAY(on)).days == days


# amount, rate a day, cap, days, rounding → fen
COSTS = [
    ("100.00", "0.05%", "100%", 10, "half_up", 50),
    ("37.50", "0.05%", "100%", 1, "half_up", 2),  # 1.875 fen
    ("37.50", "0.05%", "100%", 1, "down", 1),
    ("37.50", "0.05%", "100%", 1, "up", 2),
    ("1.00", "0.5%", "100%", 1, "half_up", 1),  # half a fen
    ("1.00", "0.5%", "100%", 1, "down", 0),
    ("1.00", "0.4999%", "100%", 1, "half_up", 0),
    ("200.00", "3%", "100%", 33, "half_up", 19800),
    ("200.00", "3%", "100%", 34, "half_up", 20000),  # 204.00 without the cap
    ("200.00", "3%", "100%", 4000, "half_up", 20000),
    ("0.33", "3%", "30%", 4000, "up", 9),  # 30% are 9.9 fen: the cap itself is never passed
    ("0.00", "3%", "100%", 100, "up", 0),
    ("5000.00", "0.0001%", "100%", 1, "half_up", 1),  # half a fen: the smallest rate that can be written
]


@pytest.mark.parametrize("amount, rate, cap, days, rounding, fen", COSTS)
def test_amount_times_rate_times_days_up_to_the_cap_in_whole_fen(amount, rate, cap, days, rounding, fen):
    fee = fees.fee(late=fees.late(daily_rate=rate, cap=cap, rounding=rounding))
    due = DAY("2026-01-31")
    assert late_fee(fee, Debt(Money.yuan(amount), due), due + timedelta(days=days)).amount == Money(fen)


def test_a_fee_without_the_rule_and_a_bill_without_a_day_are_never_late():
    assert not late_fee(fees.fee(), fees.debt("100.00", "2020-01-01"), DAY("2026-01-01")).amount
    assert not late_fee(fees.fee(late=fees.late()), Debt(Money(10_000), None), DAY("2026-01-01")).amount


# period, days after its end → last day in time
PERIODS = [
    ("2026-10", 10, "2026-11-10"),
    ("2026-12", 10, "2027-01-10"),
    ("2028-01", 29, "2028-02-29"),
    ("2027-01", 29, "2027-03-01"),
    ("2028-02", 0, "2028-02-29"),
    ("2026", 31, "2027-01-31"),
]


@pytest.mark.parametrize("period, days, last", PERIODS)
def test_a_bill_that_names_no_day_is_due_so_many_days_after_its_period(period, days, last):
    fee = replace(fees.fee(), due_days=days)
    assert due_day(fee, period) == DAY(last)
    assert due_day(fee, period, DAY("2026-05-05")) == DAY("2026-05-05")


@pytest.mark.parametrize("period", ["", "2026-13", "2026-00", "0000", "9999-12", "２０２６-10", "autumn"])
def test_a_period_that_nobody_can_date_is_never_due(period):
    assert due_day(fees.fee(), period) is None


RATES = some.integers(1, 999_999).map(lambda millionths: f"{millionths // 10_000}.{millionths % 10_000:04d}%")
RULES = some.builds(
    fees.late,
    daily_rate=RATES,
    cap=RATES,
    grace_days=some.integers(0, 60),
    counts_from=some.sampled_from(["due", "grace"]),
    rounding=some.sampled_from([how.value for how in Rounding]),
)
DUE = some.dates(DAY("2020-01-01"), DAY("2040-12-31"))
AMOUNTS = some.integers(0, 5_000_000).map(Money)


@given(RULES, AMOUNTS, DUE, some.integers(-400, 4000))
def test_never_negative_never_above_the_cap_never_less_a_day_later(rule, amount, due, days):
    fee, debt, on = fees.fee(late=rule), Debt(amount, due), due + timedelta(days=days)
    today, tomorrow = (late_fee(fee, debt, on + timedelta(days=n)) for n in (0, 1))
    assert Money(0) <= today.amount <= tomorrow.amount
    assert tomorrow.amount.fen * 1_000_000 <= amount.fen * rule.cap_ppm
    assert (today.days == 0) == (days <= rule.grace_days)
