"""Given a receipt, when staff or a screen show it, then picture and text hold what the paper would."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from PIL import Image

from hardware.contracts import Align, Document, Feed, Pair, Qr, Rule, Size, Text
from hardware.fonts import chinese_font
from hardware.printers.layout import TextLine
from hardware.printers.picture import bits_of, png
from hardware.printers.plain import plain
from tests.hardware.printers.escpos_receipts import QR, receipt


@pytest.mark.parametrize("dots", [576, 384])
@pytest.mark.parametrize("size", [Size.NORMAL, Size.LARGE])
def test_the_code_on_the_picture_can_be_read_back(dots, size):
    picture = Image.open(io.BytesIO(png(receipt(size), dots)))
    assert picture.width == dots + 64
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [QR]


@pytest.mark.parametrize("character", "〇䶮𠮷龻祎㎡")
def test_rare_characters_have_a_shape(character):
    def dots(text: str) -> bytes:
        return bits_of(TextLine(text, Size.NORMAL), 576).tobytes()

    assert dots(character) != dots("\U000ffffd")  # the font's box for what it lacks
    assert any(dots(character))


@pytest.mark.parametrize(
    ("align", "first", "last"), [(Align.LEFT, 0, 48), (Align.CENTRE, 264, 312), (Align.RIGHT, 528, 576)]
)
def test_a_character_stands_where_the_printer_would_put_it(align, first, last):
    left, _, right, _ = bits_of(TextLine("国", Size.NORMAL, align=align), 576).getbbox()
    assert first <= left < right <= last


def test_text_is_as_wide_as_the_paper():
    document = Document(
        "",
        (
            Text("电费", align=Align.CENTRE),
            Rule(),
            Pair("应缴", "¥9.00"),
            Pair("共", "¥9", size=Size.LARGE),
            Feed(2),
            Text("谢谢", align=Align.RIGHT),
            Qr("https://example.cn/缴费"),
        ),
    )
    assert plain(document, 384) == (
        "      电费\n────────\n应缴      ￥9.00\n共           ￥9\n\n\n            谢谢\n[https://example.cn/缴费]\n"
    )


def test_the_font_is_there_in_all_its_forms():
    faces = [chinese_font(bold=bold, monospaced=mono) for bold in (False, True) for mono in (False, True)]
    assert len(set(faces)) == 4
    assert chinese_font()[1] == 2
