"""Given a host that none of us wrote, python-escpos on its serial connector, then it prints as in a shop."""

from __future__ import annotations

import pytest
from escpos.printer import Serial
from PIL import Image, ImageDraw

from tests.hardware.printers.escpos_sim_bench import Bench, read_codes, until


@pytest.fixture
def bench(tmp_path):
    with Bench(tmp_path, speed_mm_s=20_000) as bench:
        yield bench


STATUS_WAIT_S = 2.0  # python-escpos reads 16 bytes where one comes, so it always waits this long


@pytest.fixture
def host(bench):
    host = Serial(devfile=str(bench.link), baudrate=115200, timeout=STATUS_WAIT_S)
    yield host
    host.close()


def next_piece(bench: Bench, count: int = 1) -> dict:
    return until(lambda: len(bench.printer.pieces) >= count and bench.printer.pieces[count - 1])


def test_chinese_text_sizes_and_cut(bench, host):
    host.set(align="center", double_height=True, double_width=True)
    host.text("缴费收据\n")
    host.set_with_default()
    host.textln("户号 12345678 电费 128.50元")
    host.cut()
    piece = next_piece(bench)
    assert piece["text"].splitlines() == ["缴费收据", "户号 12345678 电费 128.50元"]
    assert piece["cut"]


@pytest.mark.parametrize("native", [True, False])
def test_its_qr_codes_can_be_read_from_the_paper(bench, host, native):
    host.qr("https://example.invalid/票/42", native=native, size=6)
    host.cut()
    piece = next_piece(bench)
    assert read_codes(piece["png"]) == ["https://example.invalid/票/42"]


@pytest.mark.parametrize("way", ["bitImageRaster", "graphics", "bitImageColumn"])
def test_its_pictures_arrive_dot_for_dot(bench, host, way):
    picture = Image.new("1", (120, 48), 1)
    ImageDraw.Draw(picture).ellipse((10, 4, 100, 44), fill=0)
    host.image(picture, impl=way)
    host.cut()
    page = Image.open(next_piece(bench)["png"])
    assert page.crop((0, 112, 120, 160)).tobytes() == picture.tobytes()


def test_its_bar_code_can_be_read_from_the_paper(bench, host):
    host.barcode("{B20240001", "CODE128", height=80, width=2, function_type="B")
    host.cut()
    assert read_codes(next_piece(bench)["png"]) == ["20240001"]


def test_it_reads_our_status(bench, host):
    assert host.is_online()
    bench.printer.do("paper_near_end")
    assert host.paper_status() == 1
    bench.printer.do("paper_out")
    assert host.paper_status() == 0
    assert not host.is_online()


def test_its_traps_show_on_paper(bench, host):
    host.text("电¥12.50\n")  # a four-byte code
    host.text("￥12.50\n")  # no hanzi: goes the code page way
    host.text("中\x1bp\x00\x19\xfa国\n")  # a command hidden in a name
    host.cut()
    piece = next_piece(bench)
    assert piece["text"].splitlines()[0] == "电 0 612.50"
    assert "￥" not in piece["text"]
    assert len(bench.printer.state()["drawer_kicks"]) == 1


def test_a_receipt_printed_through_it_survives_a_paper_change(bench, host):
    bench.printer.do("paper_out_after", lines=3)
    for number in range(6):
        host.textln(f"第{number}行")
    host.cut()
    until(lambda: bench.printer.state()["paper"] == "out")
    bench.printer.do("load_paper")
    assert next_piece(bench, 2)["text"].splitlines() == ["第3行", "第4行", "第5行"]
