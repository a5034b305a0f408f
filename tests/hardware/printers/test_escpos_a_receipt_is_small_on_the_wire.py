"""Given one visit's receipt, when it goes out in the printer's Chinese mode, then it is a fiftieth of the picture that
python-escpos sends of it, and one rare name does not spoil that."""

from __future__ import annotations

import pytest

from bench.receipt import PAPERS, rows


@pytest.mark.parametrize("paper_mm", PAPERS)
def test_bytes_of_one_receipt(paper_mm):
    size = {row.way: row.bytes for row in rows(paper_mm, runs=1)}
    picture = size["python-escpos, one picture"]
    assert size["own, Chinese mode"] * 50 < picture
    assert size["own, a name beyond the font"] * 15 < picture
    assert size["own, all as dots"] < picture
