"""Given a printer whose font holds just one of the character sets, when the first and last characters of each row of
that set are printed, then they are read back from its paper; those one step beyond arrive as dots."""

from __future__ import annotations

import pytest
from PIL import Image

from hardware.contracts import Document, Size, Text
from hardware.printers.escpos import encode, in_font, without_real_time
from hardware.printers.layout import TextLine, lay_out
from hardware.printers.picture import bits_of
from hardware.printers.profile import Coverage
from hardware.printers.text import clean, columns_of
from tests.hardware.printers.escpos_receipts import profile
from tests.hardware.printers.escpos_sim_bench import Bench

TWO_BYTE = {"gb2312": Coverage.GB2312, "gbk": Coverage.GBK, "gb18030-2": Coverage.GB18030_2}
FOUR_BYTE = "㐀㐁䶴䶵𠀀𠀁𪛕𪛖𪜀𫜴𫝀𫠝"  # first and last of the extensions A, B, C and D
PAPERS = [(80, 576), (58, 384)]


def held(code: bytes, font: str) -> bool:
    """Whether a font with that set has a glyph for `code`; told by Python's codecs, not by ours."""
    try:
        code.decode(font.removesuffix("-2"))
    except UnicodeDecodeError:
        return False
    return not "\ue000" <= code.decode("gb18030") <= "\uf8ff"


def edges(font: str) -> str:
    """Characters with nothing before or behind them in their row."""
    found = []
    for lead in range(0x81, 0xFF):
        row = [held(bytes([lead, trail]), font) for trail in range(0x40, 0xFF)]
        for at, here in enumerate(row):
            alone = at == 0 or at == len(row) - 1 or not (row[at - 1] and row[at + 1])
            if here and alone:
                found.append(bytes([lead, 0x40 + at]).decode("gb18030"))
    return "".join(c for c in found if clean(c) == c and columns_of(c) == 2 and c != "\u3000")


def test_the_edges_are_those_of_the_standards():
    assert {"啊", "座", "亍", "齄", "〓"} <= set(edges("gb2312"))  # levels 1 and 2, end of the signs
    assert {"丂", "狜"} <= set(edges("gbk"))
    assert {"䶮"} <= set(edges("gb18030-2"))
    assert [len(edges(font)) > least for font, least in (("gb2312", 150), ("gbk", 450))] == [True, True]


def sent(text: str, coverage: Coverage, paper: tuple[int, int]) -> bytes:
    document = Document("", (Text(text, size=Size.SMALL),))
    return b"".join(encode(document, profile(paper_mm=paper[0], dots=paper[1], coverage=coverage))[0])


def printed(bench: Bench, data: bytes) -> dict:
    bench.send(data)
    return bench.settled()["pieces"][-1]


@pytest.mark.parametrize("paper", PAPERS, ids=["80 mm", "58 mm"])
@pytest.mark.parametrize("font", [*TWO_BYTE, "gb18030"])
def test_each_edge_is_read_back_from_the_paper(tmp_path, font, paper):
    text = FOUR_BYTE if font == "gb18030" else edges(font)
    coverage = TWO_BYTE.get(font, Coverage.GB18030_4)
    with Bench(tmp_path, dots=paper[1], font_coverage=font) as bench:
        piece = printed(bench, sent(text, coverage, paper))
        assert "GS v 0" not in bench.printer.state()["commands"]
    assert piece["text"].replace("\n", "").replace(" ", "") == text


#   a font    what it lacks by one step
BEYOND = {
    "gb2312": "〇\u9fa5堃祎￢丂",
    "gbk": "䶮€ḿ\u9fa6",
    "gb18030-2": "𠮷\u9fbc㐀🀀☎",
    "gb18030": "☎©ñ🀀",
}


@pytest.mark.parametrize("paper", PAPERS, ids=["80 mm", "58 mm"])
@pytest.mark.parametrize("font", BEYOND)
def test_one_step_beyond_the_font_the_same_character_arrives_as_dots(tmp_path, font, paper):
    coverage = TWO_BYTE.get(font, Coverage.GB18030_4)
    with Bench(tmp_path, dots=paper[1], font_coverage=font) as bench:
        for character in BEYOND[font]:
            assert not in_font(character, coverage)
            piece = printed(bench, sent(character, coverage, paper))
            assert piece["text"] == ""  # nothing was left to the font
            assert rows_of(Image.open(piece["png"])) == rows_of(expected(character, paper[1]))


def expected(character: str, dots: int) -> Image.Image:
    """The line as it was meant, black on white."""
    (line,) = lay_out(Document("", (Text(character, size=Size.SMALL),)), dots)
    assert isinstance(line, TextLine)
    bits = bits_of(line, dots)
    safe = Image.frombytes("1", bits.size, without_real_time(bits.tobytes()))
    return safe.point(lambda ink: 0 if ink else 255)


def rows_of(picture: Image.Image) -> list[bytes]:
    """Its rows with ink, so that feeds do not matter."""
    grey = picture.convert("1")
    white = Image.new("1", (grey.width, 1), 1).tobytes()
    rows = (grey.crop((0, y, grey.width, y + 1)).tobytes() for y in range(grey.height))
    return [row for row in rows if row != white]
