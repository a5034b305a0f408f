"""Who is let off what, on which day, and why not; and that the parts always make the whole."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kiosk.money import Money
from kiosk.rules.sums import Because, Debt, Person, concessions, reckon
from tests.kiosk.rules import fees

DAY = date.fromisoformat
MARK = fees.concession("aid", share_off="10%", mark="low_income")
EARLY = fees.concession("early", share_off="5%", days_before_due=20)
LARGE = fees.concession("large", yuan_off="8.00", at_least_yuan="100.00")
SPRING = fees.concession("spring", yuan_off="1.00", since="2028-02-01", until="2028-02-29")
WAIVED = fees.concession("waived", waives_late_fee=True, mark="small_firm")
POOR = {"low_income": "2028-02-29"}

# concession, what the office knows, amount, due, paid on → fen off, or why not
ONE = [
    (MARK, POOR, "100.00", "2028-03-31", "2028-02-29", 1000),
    (MARK, POOR, "100.00", "2028-03-31", "2028-03-01", Because.MARK_ENDED),
    (MARK, {"low_income": ""}, "100.00", "2028-03-31", "2099-03-01", 1000),
    (MARK, {"veteran": ""}, "100.00", "2028-03-31", "2028-02-29", Because.NO_MARK),
    (MARK, POOR, "0.05", "2028-03-31", "2028-02-01", 1),  # half a fen goes to the customer
    (EARLY, {}, "100.00", "2028-03-20", "2028-02-29", 500),  # twenty days, over the leap day
    (EARLY, {}, "100.00", "2028-03-20", "2028-03-01", Because.NOT_EARLY),
    (EARLY, {}, "100.00", "2027-01-10", "2026-12-21", 500),  # over the year's end
    (EARLY, {}, "100.00", "2027-01-10", "2026-12-22", Because.NOT_EARLY),
    (LARGE, {}, "100.00", "2028-03-31", "2028-02-29", 800),
    (LARGE, {}, "99.99", "2028-03-31", "2028-02-29", Because.TOO_SMALL),
    (SPRING, {}, "100.00", "2028-03-31", "2028-01-31", Because.NOT_YET),
    (SPRING, {}, "100.00", "2028-03-31", "2028-02-01", 100),
    (SPRING, {}, "100.00", "2028-03-31", "2028-02-29", 100),
    (SPRING, {}, "100.00", "2028-03-31", "2028-03-01", Because.OVER),
    (SPRING, {}, "0.40", "2028-03-31", "2028-02-29", 40),  # never more than is owed
    (WAIVED, {"small_firm": ""}, "100.00", "2028-02-28", "2028-02-28", Because.NOTHING_LATE),
    (WAIVED, {"small_firm": ""}, "100.00", "2028-02-28", "2028-03-01", 10),
    (WAIVED, {}, "100.00", "2028-02-28", "2028-03-01", Because.NO_MARK),
]


@pytest.mark.parametrize("concession, marks, amount, due, on, gives", ONE)
def test_given_when_every_condition_holds_else_the_reason(concession, marks, amount, due, on, gives):
    fee = fees.fee(concession, late=fees.late())
    found = concessions(fee, Person(marks), fees.debt(amount, due), DAY(on))
    if isinstance(gives, Because):
        assert [m.because for m in found.missing] == [gives] and not found.applied
    else:
        assert [a.amount.fen for a in found.applied] == [gives] and not found.missing


def test_of_two_that_exclude_each_other_the_better_one_is_given_and_the_other_says_so():
    fee = fees.fee(fees.concession("early", share_off="5%", days_before_due=20, excludes=["aid"]), MARK)
    debt, on = fees.debt("100.00", "2028-03-31"), DAY("2028-02-01")
    both = concessions(fee, Person(POOR), debt, on)
    assert [a.concession.id for a in both.applied] == ["aid"]
    assert [(m.concession.id, m.because, m.other) for m in both.missing] == [
        ("early", Because.EXCLUDED, "aid")
    ]
    without = concessions(fee, Person(), debt, on)
    assert [a.concession.id for a in without.applied] == ["early"]
    assert [m.because for m in without.missing] == [Because.NO_MARK]


def test_several_add_up_each_on_the_whole_amount():
    fee = fees.fee(MARK, LARGE)
    found = concessions(fee, Person(POOR), fees.debt("200.00", "2028-03-31"), DAY("2028-02-01"))
    assert [a.amount for a in found.applied] == [Money.yuan("20.00"), Money.yuan("8.00")]


def test_the_bill_of_a_late_customer_who_is_let_off_a_tenth():
    fee = fees.fee(MARK, WAIVED, late=fees.late(grace_days=5))
    sum_ = reckon(fee, Person(POOR), fees.debt("100.00", "2026-10-31"), DAY("2026-11-10"))
    assert (sum_.amount.fen, sum_.late.days, sum_.late.amount.fen) == (10_000, 10, 50)
    assert sum_.concessions.amount == Money(1000) and sum_.total == Money(9050) and not sum_.plain
    in_time = reckon(fee, Person(), fees.debt("100.00", "2026-10-31"), DAY("2026-10-31"))
    assert in_time.total == Money(10_000) and in_time.plain


def test_a_negative_amount_is_no_bill():
    with pytest.raises(ValueError, match="can not be paid"):
        reckon(fees.fee(), Person(), Debt(Money(-1), None), DAY("2026-11-10"))


SHARES = some.integers(1, 1_000_000).map(lambda n: f"{n // 10_000}.{n % 10_000:04d}%")
BENEFITS = some.one_of(
    some.fixed_dictionaries({"share_off": SHARES}),
    some.fixed_dictionaries(
        {"yuan_off": some.integers(1, 900_000).map(lambda n: f"{n // 100}.{n % 100:02d}")}
    ),
    some.just({"waives_late_fee": True}),
)
CONDITIONS = some.fixed_dictionaries(
    {},
    optional={
        "mark": some.sampled_from(["a", "b"]),
        "days_before_due": some.integers(0, 40),
        "at_least_yuan": some.just("50.00"),
        "since": some.just("2028-02-01"),
        "until": some.just("2028-02-29"),
        "excludes": some.lists(some.sampled_from(["c0", "c1", "c2", "c3"]), max_size=2),
    },
)
CONCESSIONS = some.lists(some.tuples(BENEFITS, CONDITIONS), max_size=4).map(
    lambda made: [fees.concession(f"c{n}", **benefit, **when) for n, (benefit, when) in enumerate(made)]
)
MARKS = some.dictionaries(some.sampled_from(["a", "b"]), some.sampled_from(["", "2028-02-15"]))


@given(
    CONCESSIONS, MARKS, some.integers(0, 2_000_000), some.dates(DAY("2027-12-01"), DAY("2028-04-30")),
    some.integers(-60, 500),
)  # fmt: skip
def test_the_parts_make_the_whole_and_nobody_is_let_off_more_than_is_owed(made, marks, fen, due, days):
    fee = fees.fee(*made, late=fees.late(daily_rate="0.3%"))
    sum_ = reckon(fee, Person(marks), Debt(Money(fen), due), due + timedelta(days=days))
    given_, lacking = sum_.concessions.applied, sum_.concessions.missing
    assert sum_.total.fen == fen + sum_.late.amount.fen - sum(a.amount.fen for a in given_)
    assert sum_.total >= Money(0) and all(a.amount >= Money(0) for a in given_)
    assert sorted([*(a.concession.id for a in given_), *(m.concession.id for m in lacking)]) == [
        c.id for c in made
    ]
    ids = {a.concession.id for a in given_}
    assert not any(ids & set(a.concession.excludes) - {a.concession.id} for a in given_)
    off_late = sum(a.amount.fen for a in given_ if a.concession.waives_late_fee)
    assert off_late <= sum_.late.amount.fen
