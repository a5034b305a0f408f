"""Figures on the glass become words; nothing in capitals and no lone digit reaches the voice."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.contract import Language
from screens.voice.spoken import personal, spoken
from screens.words import Words
from tests.screens.voice.filled import filled

VECTORS = Path(__file__).parents[2] / "vectors" / "capital_amounts.json"
NEVER = re.compile(r"[0-9¥￥壹贰叁肆伍陆柒捌玖拾佰仟]")
FAR_ABOVE_ANY_FEE = 10**10  # fen; the sheet leaves out a zero there that others speak

AMOUNTS = [
    row
    for row in json.loads(VECTORS.read_text("utf-8"))["rows"]
    if row["fen"] < FAR_ABOVE_ANY_FEE and "spoken" in row
]


@pytest.mark.parametrize("row", AMOUNTS, ids=lambda row: row["figures"])
def test_an_amount_is_spoken_as_people_say_it(row: dict[str, str]) -> None:
    assert spoken(row["figures"], Language.ZH) == row["spoken"]


@pytest.mark.parametrize(
    ("shown", "zh", "en"),
    [
        ("¥37.50", "三十七元五角", "thirty seven yuan fifty fen"),
        ("¥0.05", "五分", "five fen"),
        ("¥1012.00", "一千零一十二元", "one thousand twelve yuan"),
        ("20", "二十", "twenty"),
        ("12345", "一二三四五", "one two three four five"),
        ("1234 5678 90", "一二三四五六七八九零", "one two three four five six seven eight nine zero"),
        ("1234 **** 90", "一二三四，星号，九零", "one two three four stars nine zero"),
        ("K0001-00000012", "K零零零一零零零零零零一二", "K zero zero zero one zero zero zero zero zero zero one two"),
        ("2026-10", "二零二六年十月", "October twenty twenty six"),
        ("叁拾柒元伍角整", "", ""),
    ],
)  # fmt: skip
def test_numbers_dates_and_masks(shown: str, zh: str, en: str) -> None:
    assert spoken(shown, Language.ZH) == zh
    assert spoken(shown, Language.EN) == en


def test_two_is_said_as_people_say_it() -> None:
    say = [spoken(text, Language.ZH) for text in ("第2步 共5步", "共有 2 张账单", "收 2、20 元", "2元")]
    assert say == ["第二步 共五步", "共有 二 张账单", "收 二、二十 元", "两元"]


@pytest.mark.parametrize("language", list(Language), ids=lambda x: x.value)
def test_every_phrase_is_speakable(language: Language) -> None:
    words = Words(language)
    odd = {key: said for key in words.phrases if NEVER.search(said := spoken(filled(words, key), language))}
    assert odd == {}


@given(
    st.text(alphabet="¥0123456789.*- AK元张第，壹拾整人民币", max_size=40), st.sampled_from(list(Language))
)
def test_whatever_stands_there_no_figure_is_left(text: str, language: Language) -> None:
    assert not re.search(r"[0-9*]", spoken(text, language))


def test_what_is_masked_is_personal() -> None:
    assert personal("张*三") and personal("1234 **** 90")
    assert not personal("水费 ¥37.50")
