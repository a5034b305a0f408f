"""Identity and account numbers, against the fact sheet's vectors; no real person's number."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kiosk.rules import identity, numbers
from kiosk.rules.identity import Wrong
from kiosk.rules.numbers import Check

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "id_vectors.json").read_text())
TODAY = date(2026, 11, 22)


def resident(text):
    return identity.resident_id(text, TODAY)


READ = {"resident_id": (resident, "id"), "uscc": (identity.credit_code, "code")}


@pytest.mark.parametrize("kind", READ)
def test_every_good_number_is_taken(kind):
    read, key = READ[kind]
    for vector in VECTORS[f"{kind}_valid"]:
        found = read(vector[key])
        assert (found.text, found.wrong, found.unusual) == (vector[key], None, False), vector["note"]


@pytest.mark.parametrize("kind", READ)
def test_every_other_number_is_refused_taken_after_respelling_or_looked_at(kind):
    read, key = READ[kind]
    for vector in VECTORS[f"{kind}_other"]:
        found = read(vector[key])
        expect = {"reject": (True, False), "warn": (False, True), "accept-after-normalise": (False, False)}
        assert (found.wrong is not None, found.unusual) == expect[vector["expect"]], vector["why"]


@pytest.mark.parametrize("kind", READ)
def test_published_examples_agree(kind):
    read, key = READ[kind]
    for vector in VECTORS["anchors"][kind]:
        right = vector["our_check"] and vector.get("stdnum_ric", True)
        assert (read(vector[key]).wrong is None) == right, vector["note"]


REASONS = [
    ("", Wrong.EMPTY),
    ("11010118950307001", Wrong.LENGTH),
    ("110199500101001", Wrong.OLD),
    ("1101011950010100A1", Wrong.CHARACTERS),
    ("00000019500101001X", Wrong.REGION),
    ("110199190002290017", Wrong.DATE),
    ("110199209901010012", Wrong.DATE),
    ("110101189503070010", Wrong.CHECK),
    ("11019919500505002Ⅹ", None),  # a Roman ten is an X, says Unicode
]


@pytest.mark.parametrize("text, wrong", REASONS)
def test_the_reason_is_named(text, wrong):
    assert resident(text).wrong is wrong


def test_born_today_is_a_person_and_tomorrow_not_yet():
    born = "110199" + "20261122" + "001"
    number = next(born + last for last in "0123456789X" if resident(born + last).wrong is None)
    assert identity.resident_id(number, date(2026, 11, 21)).wrong is Wrong.DATE


@pytest.mark.parametrize("vector", VECTORS["resident_id_valid"] + VECTORS["uscc_valid"], ids=str)
def test_where_either_may_stand_both_are_taken(vector):
    assert identity.either(vector.get("id") or vector["code"], TODAY).wrong is None


def test_where_either_may_stand_the_reason_is_that_of_the_likelier_one():
    assert identity.either("110199190013010017", TODAY).wrong is Wrong.DATE
    assert identity.either("91110199AI00000181", TODAY).wrong is Wrong.CHARACTERS
    assert identity.either("91110199AA00000180", TODAY).wrong is Wrong.CHECK


@given(some.sampled_from(VECTORS["resident_id_valid"]), some.integers(0, 17), some.sampled_from("0123456789"))
def test_one_digit_mistyped_is_always_noticed(vector, place, digit):
    right = vector["id"]
    wrong = right[:place] + digit + right[place + 1 :]
    assert (resident(wrong).wrong is None) == (wrong == right)


@given(
    some.sampled_from(VECTORS["uscc_valid"]),
    some.integers(0, 17),
    some.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"),
)
def test_one_letter_mistyped_in_a_credit_code_is_always_noticed(vector, place, letter):
    right = vector["code"]
    wrong = right[:place] + letter + right[place + 1 :]
    assert (identity.credit_code(wrong).wrong is None) == (wrong == right)


@given(some.text(max_size=40))
def test_anything_may_be_typed(text):
    for read in (resident, identity.credit_code, identity.phone):
        read(text)
    identity.either(text, TODAY)


PHONES = [
    ("13800001234", None),
    ("138 0000 1234", None),
    ("010-80000000", None),
    ("0755-8000000", None),
    ("075580000000", None),
    ("", Wrong.EMPTY),
    ("1380000123", Wrong.LENGTH),
    ("138000012345", Wrong.LENGTH),
    ("12800001234", Wrong.LENGTH),
    ("1380000123a", Wrong.CHARACTERS),
    ("+8613800001234", Wrong.CHARACTERS),
]


@pytest.mark.parametrize("text, wrong", PHONES)
def test_a_mobile_number_or_a_landline_with_its_area(text, wrong):
    assert identity.phone(text).wrong is wrong


# Published examples: ISO/IEC 7812-1 and ISO 7064 as worked in public texts.
ACCOUNTS = [
    (Check.LUHN, "79927398713", True),
    (Check.LUHN, "79927398710", False),
    (Check.MOD11_10, "07945", True),
    (Check.MOD11_10, "07943", False),
    (Check.MOD97_10, "79444", True),
    (Check.MOD97_10, "79445", False),
    (Check.NONE, "1", True),
]


@pytest.mark.parametrize("check, number, right", ACCOUNTS)
def test_account_numbers_by_their_check_digits(check, number, right):
    assert numbers.checks(check, number) is right


@given(some.sampled_from([c for c in Check if c is not Check.NONE]), some.text("0123456789", min_size=2, max_size=20),
       some.data())  # fmt: skip
def test_a_completed_number_is_right_and_one_mistyped_digit_is_noticed(check, body, data):
    number = numbers.completed(check, body)
    assert numbers.checks(check, number)
    place = data.draw(some.integers(0, len(number) - 1))
    digit = data.draw(some.sampled_from("0123456789"))
    typed = number[:place] + digit + number[place + 1 :]
    assert numbers.checks(check, typed) == (typed == number)
