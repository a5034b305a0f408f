"""Money is whole fen, and what a receipt says in figures it says in capitals."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.money import Money

VECTORS = json.loads((Path(__file__).parent.parent / "vectors" / "capital_amounts.json").read_text())


@pytest.mark.parametrize("row", VECTORS["rows"], ids=lambda row: row["yuan"])
def test_each_verified_amount_reads_as_the_rules_want_it(row):
    money = Money(row["fen"])
    assert money.capital == row["capital"]
    assert f"人民币{money.capital}" == row["printed"]
    assert money.figures == row["figures"].replace(",", "")
    assert Money.yuan(row["yuan"]) == money


@given(st.integers(0, 10**11), st.integers(0, 10**11))
def test_sums_are_exact_and_written_amounts_read_back(a, b):
    total = Money(a) + Money(b)
    assert total.fen == a + b
    assert Money.yuan(total.figures.removeprefix("¥")) == total


@given(st.integers(0, 10**11))
def test_no_two_amounts_share_their_capitals_and_zeros_never_double(fen):
    capital = Money(fen).capital
    assert ("零零" not in capital and not capital.startswith("零")) or fen == 0
    assert Money(fen + 1).capital != capital
    assert capital.endswith("整") == (fen % 10 == 0)


@pytest.mark.parametrize(
    "text", ["", "1,000.00", "37.505", "３７.50", "1e3", " 1.00", "NaN", "--1", "1.", ".5"]
)
def test_what_is_no_amount_in_yuan_is_refused_by_name(text):
    with pytest.raises(ValueError, match="not an amount in yuan"):
        Money.yuan(text)


@pytest.mark.parametrize("value", [37.5, True, "3750", None])
def test_floats_and_other_kinds_are_no_money(value):
    with pytest.raises(TypeError):
        Money(value)


def test_money_does_not_change_and_adds_only_to_money():
    money = Money(100)
    with pytest.raises(AttributeError):
        money.fen = 200  # type: ignore[misc]
    with pytest.raises(TypeError):
        money + 1  # type: ignore[operator]


def test_nothing_negative_is_ever_printed_in_capitals():
    assert Money(-5).figures == "-¥0.05"
    with pytest.raises(ValueError):
        _ = Money(-1).capital
