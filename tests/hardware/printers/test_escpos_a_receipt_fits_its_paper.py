"""Given any text, when it is laid out, then nothing sticks out and nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.contracts import Align, Document, Feed, Pair, Qr, Size, Text
from hardware.printers.layout import FeedLine, QrLine, TextLine, columns, lay_out
from hardware.printers.text import clean, width, wrap
from tests.hardware.printers.escpos_receipts import receipt

PAPERS = (576, 384)
SOME_TEXT = st.text(
    st.one_of(
        st.sampled_from("中文缴费￥¥，。（）：“” a1-/.,\n\t\u3000é\u0301〇𠮷"),
        st.characters(),
    ),
    max_size=80,
)


def lines_of(document: Document, dots: int) -> list[TextLine]:
    return [line for line in lay_out(document, dots) if isinstance(line, TextLine)]


# Chinese characters on a line, as measured for these papers (printing-and-codes, accessibility §2.8).
@pytest.mark.parametrize(
    ("dots", "size", "characters"),
    [
        (576, Size.SMALL, 24),
        (576, Size.NORMAL, 12),
        (576, Size.LARGE, 8),
        (384, Size.SMALL, 16),
        (384, Size.NORMAL, 8),
        (384, Size.LARGE, 5),
    ],
)
def test_so_many_characters_stand_on_a_line(dots, size, characters):
    document = Document("", (Text("水" * (characters + 1), size=size),))
    assert [line.text for line in lines_of(document, dots)] == ["水" * characters, "水"]


@settings(deadline=None)
@given(SOME_TEXT, SOME_TEXT, st.sampled_from(Size), st.sampled_from(Align), st.sampled_from(PAPERS))
def test_no_line_is_wider_than_the_paper(one, other, size, align, dots):
    document = Document("", (Text(one, size=size, align=align), Pair(one, other, size=size)))
    room = columns(dots, size)
    for line in lines_of(document, dots):
        assert width(line.filled(room)) <= room


@settings(deadline=None)
@given(SOME_TEXT, st.integers(2, 48))
def test_only_spaces_are_lost_where_a_line_breaks(text, room):
    text = clean(text)
    assert "".join(wrap(text, room)).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("请拨 95598 咨询", 8, ["请拨", "95598 咨", "询"]),  # a number stays whole
        ("缴费成功。谢谢", 8, ["缴费成", "功。谢谢"]),  # a full stop never starts a line
        ("共计（大写）", 6, ["共计", "（大", "写）"]),  # a bracket never ends one
        ("金额￥186.40", 9, ["金额", "￥186.40"]),
        ("金额￥186.40", 12, ["金额￥186.40"]),
        ("KD01-0000137", 10, ["KD01-", "0000137"]),  # too long for a line: at the hyphen
        ("1234567890", 4, ["1234", "5678", "90"]),
        ("", 8, [""]),
        ("水  ", 8, ["水"]),
        ("水，，，，，，电", 6, ["水，，", "，，，", "，电"]),  # nothing but punctuation still gets an end
    ],
)
def test_lines_break_where_a_reader_expects(text, room, lines):
    assert wrap(text, room) == lines


def test_a_centred_heading_leaves_no_single_character_behind():
    document = Document("", (Text("电费缴费凭证", size=Size.LARGE, align=Align.CENTRE),))
    assert [line.text for line in lines_of(document, 384)] == ["电费缴", "费凭证"]


@pytest.mark.parametrize(
    ("label", "value", "lines"),
    [
        ("应缴", "¥186.40", ["应缴    ￥186.40"]),
        ("本期电费", "¥186.40", ["本期电费", "        ￥186.40"]),
        ("地址", "城南区文三路八号", ["地址", "城南区文三路八号"]),
        ("地址", "城南区文三路一百零八号", ["地址", "城南区文三路一百", "零八号"]),
    ],
)
def test_a_pair_takes_a_second_line_only_when_it_must(label, value, lines):
    assert [line.filled(16) for line in lines_of(Document("", (Pair(label, value),)), 384)] == lines


@pytest.mark.parametrize("size", Size)
@pytest.mark.parametrize("dots", PAPERS)
def test_values_end_in_one_column_whether_beside_or_below_their_label(dots, size):
    pairs = (Pair("共", "￥1", size=size), Pair("很长很长的一个收费项目名称共计", "￥18.40", size=size))
    lines = lines_of(Document("", pairs), dots)
    ends = {width(line.filled(columns(dots, size))) for line in lines if line.right}
    assert ends == {columns(dots, size)}


@pytest.mark.parametrize("dots", PAPERS)
@pytest.mark.parametrize("wish_mm", [10, 30, 60])
@pytest.mark.parametrize("size", [1, 30, 120, 400])
def test_a_code_is_as_wished_but_readable_and_with_its_white_border(dots, wish_mm, size):
    (code,) = lay_out(Document("", (Qr("x" * size, wish_mm),)), dots)
    assert isinstance(code, QrLine)
    printed = code.across * code.module_dots
    assert printed + 8 * code.module_dots <= dots
    assert printed <= wish_mm * 8 or code.module_dots <= 3
    assert code.module_dots >= 3 or (code.across + 8) * 3 > dots


@pytest.mark.parametrize("size", [3000, 2300])
def test_a_code_that_no_paper_holds_is_refused(size):
    with pytest.raises(ValueError):
        lay_out(Document("", (Qr("x" * size),)), 160)


def test_empty_lines_are_counted_and_kept_in_bounds():
    blank = lay_out(Document("", (Feed(3), Feed(-1), Feed(1000))), 576)
    assert blank == (FeedLine(3), FeedLine(0), FeedLine(255))


def test_a_large_receipt_says_the_same_as_a_normal_one():
    def said(size: Size) -> str:
        return "".join(line.text + line.right for line in lines_of(receipt(size), 384)).replace(" ", "")

    assert said(Size.LARGE) == said(Size.NORMAL)
