"""A title asks nobody to take a paper that did not come out, and calls nothing paid that is only owed or unknown."""

from __future__ import annotations

from typing import get_args

import pytest

from kiosk.contract import AnyPage, Language
from screens import samples, titles
from screens.words import Words

ABOVE = {  # sample → title
    "receipt": "请拿好票据",
    "receipt_perhaps": "请拿好票据",
    "receipt_not_printed": "款已缴好",
    "claim": "请拿好凭条",
    "claim_not_printed": "请记下凭条号",
    "thank_you": "缴好了，谢谢您",
    "thank_you_claim": "谢谢您",
}


@pytest.mark.parametrize("sample", ABOVE)
def test_the_title_says_what_is_so(sample: str) -> None:
    page = samples.PAGES[sample][0](Language.ZH)
    assert Words(Language.ZH).text(titles.key(page)) == ABOVE[sample]


def test_every_page_has_a_title() -> None:
    assert {kind for kind in get_args(AnyPage) if kind not in titles.OWN} == set(titles.TITLES)


@pytest.mark.parametrize("language", Language)
def test_every_title_is_a_phrase(language: Language) -> None:
    pages = [make(language) for make, _, _ in samples.PAGES.values()]
    keys = {titles.key(page) for page in pages if not isinstance(page, titles.OWN)}
    assert keys - Words(language).phrases.keys() == set()
