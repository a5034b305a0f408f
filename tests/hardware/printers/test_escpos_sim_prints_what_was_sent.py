"""Given a healthy printer, when hand-written bytes arrive, then the paper shows what a person would see."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont

from hardware.printers.escpos_sim_font import FONT_A, HANZI, glyph
from tests.hardware.printers.escpos_sim_bench import CUT, Bench, gb, qr, raster, read_codes, until

TOP = 112  # blank paper between knife and head at the start of each piece


@pytest.fixture
def bench(tmp_path):
    with Bench(tmp_path) as bench:
        yield bench


def ink(png: str) -> Image.Image:
    """1 where the paper is burnt."""
    page = Image.open(png)
    assert page.mode == "1"
    return ImageChops.logical_xor(page, Image.new("1", page.size, 1))


def cell(png: str, x: int, y: int, size: tuple[int, int]) -> bytes:
    return ink(png).crop((x, y, x + size[0], y + size[1])).tobytes()


def test_chinese_and_latin_stand_in_their_cells(bench):
    piece = bench.print(gb("电费￥12.50") + b"\n")
    assert piece["text"] == "电费￥12.50"
    assert piece["cut"] is True
    page = Image.open(piece["png"])
    assert page.width == 576
    for at, char in enumerate("电费￥"):
        assert cell(piece["png"], 24 * at, TOP, HANZI) == glyph(char, HANZI).tobytes()
    for at, char in enumerate("12.50"):
        assert cell(piece["png"], 72 + 12 * at, TOP, FONT_A) == glyph(char, FONT_A).tobytes()
    assert glyph("电", HANZI).tobytes() != glyph("费", HANZI).tobytes()
    assert ink(piece["png"]).getbbox()[2] <= 72 + 60  # nothing to the right of the text


def test_hanzi_have_the_simplified_forms_of_the_standard_font():
    file = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
    if not file.exists():
        pytest.skip("Debian's fonts-noto-cjk is not installed; another font prints")
    simplified, japanese = (ImageFont.truetype(file, 24, index=index) for index in (2, 0))
    assert simplified.getname()[0].endswith("SC")

    def drawn(font):
        cell = Image.new("L", HANZI)
        ImageDraw.Draw(cell).text((0, 21), "骨", fill=255, font=font, anchor="ls")
        return cell.point(lambda grey: 255 if grey >= 112 else 0).convert("1").tobytes()

    assert drawn(japanese) != drawn(simplified) == glyph("骨", HANZI).tobytes()


@pytest.mark.parametrize(
    ("setting", "size"),
    [
        (b"\x1d!\x11", (2, 2)),
        (b"\x1d!\x22", (3, 3)),
        (b"\x1c!\x0c", (2, 2)),
        (b"\x1c!\x04", (2, 1)),
        (b"\x1cW\x01", (2, 2)),
        (b"\x1b!\x10", (1, 2)),
    ],
)
def test_magnified_hanzi_are_whole_multiples_of_their_dots(bench, setting, size):
    piece = bench.print(setting + gb("缴") + b"\n")
    big = (24 * size[0], 24 * size[1])
    wanted = glyph("缴", HANZI).resize(big, Image.Resampling.NEAREST)
    assert cell(piece["png"], 0, TOP, big) == wanted.tobytes()


def test_on_some_printers_hanzi_stay_small_without_their_own_command(tmp_path):
    with Bench(tmp_path, gs_magnifies_hanzi=False) as bench:
        piece = bench.print(b"\x1d!\x11" + gb("缴A") + b"\n")
        assert ink(piece["png"]).getbbox()[2] <= 24 + 24
        piece = bench.print(b"\x1d!\x11\x1cW\x01" + gb("缴A") + b"\n")
        assert cell(piece["png"], 0, TOP, (48, 48)) == glyph("缴", HANZI).resize((48, 48)).tobytes()


def test_alignment_moves_the_line_and_is_ignored_in_the_middle_of_one(bench):
    text = gb("票据")
    centre = ink(bench.print(b"\x1ba\x01" + text + b"\n")["png"]).getbbox()
    right = ink(bench.print(b"\x1ba\x02" + text + b"\n")["png"]).getbbox()
    late = ink(bench.print(b"\x1b@" + text + b"\x1ba\x02\n")["png"]).getbbox()
    assert abs(centre[0] + centre[2] - 576) <= 6
    assert 570 <= right[2] <= 576
    assert late[2] <= 48


def test_long_lines_wrap_and_58_mm_paper_is_narrower(tmp_path):
    with Bench(tmp_path, dots=384) as bench:
        piece = bench.print(gb("水" * 20) + b"\n")
        assert piece["text"] == "水" * 16 + "\n" + "水" * 4
        assert Image.open(piece["png"]).width == 384


@pytest.mark.parametrize(
    ("coverage", "raw", "text"),
    [
        ("gb18030-2", gb("电¥12"), "电 0 612"),  # the 4-byte yen sign falls apart
        ("gb18030", gb("电¥12"), "电¥12"),
        ("gb18030-2", gb("李䶮"), "李䶮"),
        ("gbk", gb("李䶮"), "李□"),
        ("gbk", gb("〇堃㎡"), "〇堃㎡"),
        ("gb2312", gb("缴￥…①"), "缴￥…①"),
        ("gb2312", gb("陈") + b"\x81C", "陈 C"),  # a GBK code: the lead byte is unknown, C is a letter
        ("gb2312", gb("李") + b"\xaf\xa1", "李□"),
        ("gb18030-2", gb("𠮷"), " 4 5"),
        ("gbk", b"\x9d12", " 12"),  # a code page yen in Chinese mode
    ],
)
def test_what_the_font_does_not_hold_comes_out_as_garbage(tmp_path, coverage, raw, text):
    with Bench(tmp_path, font_coverage=coverage) as bench:
        assert bench.print(raw + b"\n")["text"] == text


def test_outside_chinese_mode_bytes_are_code_page_letters(bench):
    assert bench.print(b"\x1c.\x1bt\x00\x9d5\x1bt\x10\xe9\n")["text"] == "¥5é"
    assert bench.print(b"\x1bR\x0f$5 \x1bR\x03#5\n")["text"] == "¥5 £5"
    assert bench.print(b"\x1b@" + gb("中") + b"\n")["text"] == "中"  # ESC @ brings the mode of power-up back


def test_a_printed_qr_code_can_be_read_from_the_paper(bench):
    payload = "https://example.invalid/r?no=20240001&票"
    piece = bench.print(b"\x1ba\x01" + qr(payload.encode()) + gb("扫码验真") + b"\n")
    assert piece["qr"] == [payload]
    assert read_codes(piece["png"]) == [payload]
    box = ink(piece["png"]).getbbox()
    assert abs(box[0] + box[2] - 576) <= 1


def test_a_qr_code_wider_than_the_paper_is_not_printed(bench):
    piece = bench.print(qr(b"x" * 800, module=16) + b"text\n")
    assert piece["qr"] == []
    assert read_codes(piece["png"]) == []
    assert piece["text"] == "text"


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (b"\x1dkI\x0b{BPAY-00012", "PAY-00012"),
        (b"\x1dkI\x08{C\x14\x18\x01\x02\x03\x04", "202401020304"),
        (b"\x1dk\x04KIOSK 7\x00", "KIOSK 7"),
        (b"\x1dkC\x0d6901234567892", "6901234567892"),
        (b"\x1dk\x0512345678\x00", "12345678"),
    ],
)
def test_bar_codes_can_be_read_from_the_paper(bench, command, text):
    piece = bench.print(b"\x1ba\x01\x1dw\x02\x1dh\x60\x1dH\x02" + command + b"after\n")
    assert read_codes(piece["png"]) == [text]
    assert piece["text"].splitlines() == [text, "after"]


def test_pictures_by_all_three_commands(bench):
    #  a triangle, 24 dots wide, 24 high, the right angle at the bottom left
    rows = b"".join((0xFFFFFF << (23 - row) & 0xFFFFFF).to_bytes(3, "big") for row in range(24))
    columns = b"".join((0xFFFFFF >> column).to_bytes(3, "big") for column in range(24))
    by_raster = bench.print(b"\x1dv0\x00\x03\x00\x18\x00" + rows)
    by_columns = bench.print(b"\x1b*\x21\x18\x00" + columns + b"\n")
    block = b"0p0\x01\x011\x18\x00\x18\x00" + rows
    by_graphics = bench.print(
        b"\x1d(L" + len(block).to_bytes(2, "little") + block + b"\x1d(L\x02\x0002",
    )
    triangle = Image.frombytes("1", (24, 24), rows).tobytes()
    for piece in (by_raster, by_columns, by_graphics):
        assert cell(piece["png"], 0, TOP, (24, 24)) == triangle
    doubled = bench.print(b"\x1dv0\x03\x03\x00\x18\x00" + rows)
    assert ink(doubled["png"]).getbbox() == (0, TOP, 48, TOP + 48)


def test_a_picture_larger_than_the_buffer_comes_out_whole(bench):
    piece = bench.print(raster(72, 1200))
    assert ink(piece["png"]).getbbox() == (0, TOP, 576, TOP + 1200)


def test_a_cut_without_feed_leaves_the_end_inside(bench):
    bench.send(b"".join(b"line %d\n" % n for n in range(1, 11)) + b"\x1dV\x00")
    piece = bench.settled()["pieces"][-1]
    assert "line 6" in piece["text"]
    assert "line 10" not in piece["text"]
    rest = bench.print(b"")
    assert rest["text"].splitlines()[-1] == "line 10"


def test_a_cut_in_the_middle_of_a_line_is_ignored(bench):
    bench.send(b"unfinished" + CUT)
    assert bench.settled()["piece_count"] == 0
    assert bench.print(b"\n")["text"] == "unfinished"


def test_pieces_are_numbered_on_after_a_restart(tmp_path):
    for number in (1, 2):
        with Bench(tmp_path) as bench:
            assert bench.print(b"again\n")["png"].endswith(f"piece-{number:04d}.png")


def test_the_slot_shows_the_paper_that_has_come_out(bench):
    current = bench.paper_folder / "current.png"
    bench.send(gb("长票据") + b"\n" + b"\x1bd\x0a")
    until(lambda: current.exists() and Image.open(current).height == 330)
    assert ink(str(current)).getbbox()[1] >= TOP
    assert bench.printer.do("tear")["pieces"][-1]["cut"] is False
    until(lambda: not current.exists())


def test_tabs_positions_underline_and_reverse(bench):
    assert bench.print(b"a\tb\x1b$\xf0\x00c\n")["text"] == "a       b           c"
    under = bench.print(b"\x1b-\x02  \x1b-\x00\n")
    assert ink(under["png"]).getbbox() == (0, TOP + 22, 24, TOP + 24)
    reverse = bench.print(b"\x1dB\x01  \x1dB\x00\n")
    assert ink(reverse["png"]).getbbox() == (0, TOP, 24, TOP + 24)


def test_bold_adds_ink_and_upside_down_turns_the_line(bench):
    plain, bold = (ink(bench.print(b"\x1bE" + on + gb("水") + b"\n")["png"]) for on in (b"\x00", b"\x01"))
    assert bold.convert("L").histogram()[255] > plain.convert("L").histogram()[255]
    turned = bench.print(b"\x1bE\x00\x1b{\x01" + gb("水") + b"\n")
    upright = glyph("水", HANZI).transpose(Image.Transpose.ROTATE_180)
    assert cell(turned["png"], 576 - 24, TOP, HANZI) == upright.tobytes()


def test_line_spacing_and_feeds_move_the_paper(bench):
    def height(data: bytes) -> int:
        return Image.open(bench.print(data)["png"]).height - TOP

    assert height(b"x\n") == 30
    assert height(b"\x1b3\x50x\n\x1b2x\n") == 80 + 30
    assert height(b"x\x1bd\x03\x1bJ\x11") == 90 + 17
