"""Given the papers that a customer gets, when their capitals are measured on the simulated paper and in the picture,
then they are at least 3.5 mm high, and 6.4 mm in large print, on 80 and on 58 mm paper, as text and as dots."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from hardware.contracts import Document, Pair, Qr, Size, Text
from hardware.printers.escpos import encode
from hardware.printers.layout import QrLine, lay_out
from hardware.printers.picture import png
from hardware.printers.profile import DOTS_PER_MM, Coverage
from kiosk.contract import Language, TextSize
from kiosk.receipts import document
from tests.hardware.printers.escpos_papers import claim_issued, receipt_issued, site
from tests.hardware.printers.escpos_receipts import profile
from tests.hardware.printers.escpos_sim_bench import Bench

PAPERS = {80: 576, 58: 384}
LEAST_MM = {TextSize.STANDARD: 3.5, TextSize.LARGE: 3.5, TextSize.XLARGE: 6.4}
CAPITALS = "EFHILTZ"  # flat at top and bottom: a round letter overshoots


def ink_rows(picture: Image.Image) -> int:
    """From the first to the last row with ink."""
    box = picture.convert("L").point(lambda grey: 255 if grey < 128 else 0).getbbox()
    assert box is not None
    return box[3] - box[1]


def sizes(text_size: TextSize) -> set[Size]:
    """What sizes the kiosk's papers for a customer hold."""
    slips = [
        document(site(), issued, attempt, text_size)
        for language in Language
        for issued in (receipt_issued(language), claim_issued(language))
        for attempt in (1, 2)
    ]
    return {block.size for slip in slips for block in slip.blocks if isinstance(block, Text | Pair)}


@pytest.mark.parametrize("paper_mm", PAPERS)
@pytest.mark.parametrize("text_size", LEAST_MM)
@pytest.mark.parametrize("how", ["by its font", "as dots"])
def test_capitals_on_the_paper(tmp_path, text_size, paper_mm, how):
    dots = PAPERS[paper_mm]
    coverage = Coverage.RASTER if how == "as dots" else Coverage.GB18030_2
    with Bench(tmp_path, dots=dots) as bench:
        for size in sizes(text_size):
            for capital in CAPITALS:
                line = Document("", (Text(capital, size=size),))
                bench.send(
                    b"".join(encode(line, profile(paper_mm=paper_mm, dots=dots, coverage=coverage))[0])
                )
                measured_mm = ink_rows(Image.open(bench.settled()["pieces"][-1]["png"])) / DOTS_PER_MM
                assert measured_mm >= LEAST_MM[text_size], f"{capital} is {measured_mm} mm high"


@pytest.mark.parametrize("dots", PAPERS.values())
@pytest.mark.parametrize("text_size", LEAST_MM)
def test_capitals_in_the_picture(text_size, dots):
    for size in sizes(text_size):
        for capital in CAPITALS:
            picture = Image.open(io.BytesIO(png(Document("", (Text(capital, size=size),)), dots)))
            assert ink_rows(picture) / DOTS_PER_MM >= LEAST_MM[text_size]


def test_large_print_is_larger_than_the_usual():
    assert sizes(TextSize.XLARGE) == {Size.LARGE}
    assert Size.SMALL not in sizes(TextSize.STANDARD)


@pytest.mark.parametrize("paper_mm", PAPERS)
@pytest.mark.parametrize("text_size", TextSize)
def test_its_code_is_not_wider_than_the_paper_and_its_modules_are_readable(text_size, paper_mm):
    for issued in (receipt_issued(), claim_issued()):
        slip = document(site(), issued, 1, text_size)
        (code,) = (line for line in lay_out(slip, PAPERS[paper_mm]) if isinstance(line, QrLine))
        assert code.module_dots >= 3
        assert any(isinstance(block, Qr) for block in slip.blocks)
