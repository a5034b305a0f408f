"""Payload bytes to text: two character sets, a length, and nothing that can not be seen."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.contracts import MAX_CODE_CHARS, CodeRefusedBecause
from hardware.scanners.text import safe_text

TOO_LONG = CodeRefusedBecause.TOO_LONG
NOT_TEXT = CodeRefusedBecause.NOT_TEXT
CONTROL = CodeRefusedBecause.CONTROL_CHARACTERS


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        (b"134567890123456789", "134567890123456789"),
        ("电费单 ￥12.50".encode(), "电费单 ￥12.50"),
        ("电费单 ￥12.50".encode("gb18030"), "电费单 ￥12.50"),
        ("李䶮 𠮷".encode("gb18030"), "李䶮 𠮷"),  # four bytes each for some of them
        ("中".encode("gb18030"), "中"),
        ("x" * MAX_CODE_CHARS, "x" * MAX_CODE_CHARS),
        ("缴" * MAX_CODE_CHARS, "缴" * MAX_CODE_CHARS),  # the limit is in characters
    ],
)
def test_text_is_read(payload: bytes | str, text: str) -> None:
    data = payload if isinstance(payload, bytes) else payload.encode()
    assert safe_text(data) == text


@pytest.mark.parametrize(
    ("payload", "because"),
    [
        (b"", NOT_TEXT),
        (b"\xff\xff", NOT_TEXT),
        (b"abc\x80", NOT_TEXT),  # GB18030 ends in the middle of a character
        (b"\xed\xa0\x80", NOT_TEXT),  # half a surrogate pair, as careless software writes it
        (b"x" * (MAX_CODE_CHARS + 1), TOO_LONG),
        (b"\xff" * 5000, TOO_LONG),  # the length is judged first: nobody decodes megabytes
        (b"13\x1b@", CONTROL),
        (b"13\n", CONTROL),
        (b"13\x00", CONTROL),
        (b"13\x7f", CONTROL),
        ("13\x85".encode(), CONTROL),
        ("13\u202e".encode(), CONTROL),
        ("13\u2066".encode(), CONTROL),
        ("13\u200b4".encode(), CONTROL),
        ("\ufeff13".encode(), CONTROL),
        ("13\u2028".encode(), CONTROL),
        ("13\u00ad4".encode(), CONTROL),
        ("13\u34214\ufe0f".encode(), CONTROL),
        ("13\U000e0031".encode(), CONTROL),  # tag characters: text that nobody sees
        ("13\u31644".encode(), CONTROL),  # a letter that is blank
        ("13\u202e".encode("gb18030"), CONTROL),
    ],
)
def test_what_is_not_safe_is_refused(payload: bytes, because: CodeRefusedBecause) -> None:
    assert safe_text(payload) is because


@given(st.binary(max_size=3000))
def test_any_bytes_give_safe_text_or_a_reason(payload: bytes) -> None:
    text = safe_text(payload)
    if isinstance(text, str):
        assert 0 < len(text) <= MAX_CODE_CHARS
        assert not {unicodedata.category(char) for char in text} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
        assert payload in (text.encode(), text.encode("gb18030"))


@given(
    st.text(
        st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="\u115f\u1160\u3164\uffa0")
    )
)
def test_visible_text_within_the_limit_is_never_refused(text: str) -> None:
    if 0 < len(text) <= MAX_CODE_CHARS:
        assert safe_text(text.encode()) == text
