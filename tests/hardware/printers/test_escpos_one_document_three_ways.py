"""Given each paper of the kiosk, then printer, picture and plain text show the same lines: they come from one
document."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from PIL import Image, ImageChops

from hardware.contracts import Document, Qr
from hardware.printers.escpos import encode
from hardware.printers.layout import QrLine, TextLine, height_dots, lay_out
from hardware.printers.picture import png
from hardware.printers.plain import plain
from hardware.printers.profile import Coverage
from kiosk.contract import Language
from tests.hardware.printers.escpos_papers import papers
from tests.hardware.printers.escpos_receipts import profile
from tests.hardware.printers.escpos_sim_bench import Bench, read_codes

PAPERS = {80: 576, 58: 384}
ALL = [(*at, name) for at in ((Language.ZH, 80), (Language.EN, 58)) for name in papers()]


def payload(document: Document) -> str:
    (code,) = (block.data for block in document.blocks if isinstance(block, Qr))
    return code


def words(text: str, without: str) -> list[str]:
    lines = (line.replace(" ", "") for line in text.splitlines())
    return [line for line in lines if line.strip("─") and line != f"[{without}]"]


@pytest.mark.parametrize(
    ("language", "mm", "name"), ALL, ids=[f"{name} {mm} mm {lang.value}" for lang, mm, name in ALL]
)
def test_printer_picture_and_text_agree(tmp_path, language, name, mm):
    document, dots = papers(language)[name], PAPERS[mm]
    code = payload(document)
    said = words(plain(document, dots), code)
    # on the printer's paper
    with Bench(tmp_path, dots=dots) as bench:
        bench.send(b"".join(encode(document, profile(paper_mm=mm, dots=dots))[0]))
        piece = bench.settled()["pieces"][-1]
    assert words(piece["text"], code) == said
    assert piece["qr"] == [code] == read_codes(piece["png"])
    # in the picture
    picture = Image.open(io.BytesIO(png(document, dots)))
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [code]
    assert inked_lines(picture, document, dots)


def inked_lines(picture: Image.Image, document: Document, dots: int) -> bool:
    """Whether just those lines of the layout hold ink that hold something."""
    margin = (picture.width - dots) // 2
    top = margin
    for line in lay_out(document, dots):
        bottom = top + height_dots(line)
        strip = picture.convert("L").crop((margin, top, margin + dots, bottom)).point(lambda grey: 255 - grey)
        shown = bool(strip.getbbox())
        meant = (isinstance(line, TextLine) and bool(line.text or line.right)) or isinstance(line, QrLine)
        if shown != (meant or type(line).__name__ == "RuleLine"):
            return False
        top = bottom
    return top + margin == picture.height


@pytest.mark.parametrize("mm", PAPERS)
def test_all_as_dots_is_the_picture_itself(tmp_path, mm):
    """Dot for dot, but for those that would read as a real-time command: at most a few."""
    document, dots = papers()["receipt"], PAPERS[mm]
    with Bench(tmp_path, dots=dots) as bench:
        pieces, _ = encode(document, profile(paper_mm=mm, dots=dots, coverage=Coverage.RASTER))
        bench.send(b"".join(pieces))
        paper = Image.open(bench.settled()["pieces"][-1]["png"])
    assert read_codes(bench.printer.pieces[-1]["png"]) == [payload(document)]
    meant = Image.open(io.BytesIO(png(document, dots)))
    margin = (meant.width - dots) // 2
    asked = meant.crop((margin, margin, margin + dots, meant.height - margin))
    asked = asked.point(lambda grey: 255 if grey < 140 else 0)
    drawn = paper.convert("L").point(lambda grey: 255 - grey)
    shift = drawn.getbbox()[1] - asked.getbbox()[1]
    drawn = drawn.crop((0, shift, dots, shift + asked.height))
    assert ImageChops.difference(drawn, asked).histogram()[255] <= 20
