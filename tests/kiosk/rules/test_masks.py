import json
from pathlib import Path

import pytest

from kiosk.rules import masks

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "masking.json").read_text())
RULES = VECTORS["masking"]


@pytest.mark.parametrize(("text", "shown"), [tuple(pair) for pair in RULES["name"]])
def test_a_name_keeps_its_ends(text: str, shown: str) -> None:
    assert masks.name(text) == shown


@pytest.mark.parametrize("vector", VECTORS["resident_id_valid"], ids=lambda v: v["id"])
def test_an_id_number_keeps_three_and_four(vector: dict[str, str]) -> None:
    assert masks.identity(vector["id"]) == vector["masked_3_4"]


@pytest.mark.parametrize(("text", "shown"), [pair for pair in RULES["phone"] if pair[0]])
def test_a_phone_number_keeps_three_and_four_or_its_area(text: str, shown: str) -> None:
    assert masks.phone(text) == shown


def test_credit_codes_and_accounts_keep_four_and_four() -> None:
    for (text, shown), mask in ((RULES["uscc"][0], masks.identity), (RULES["account"][0], masks.account)):
        assert mask(text) == shown


@pytest.mark.parametrize("mask", [masks.identity, masks.phone, masks.account])
def test_what_is_too_short_to_hide_in_is_hidden_whole(mask) -> None:
    assert mask("1234567") == "*" * 7
    assert mask("") == ""
