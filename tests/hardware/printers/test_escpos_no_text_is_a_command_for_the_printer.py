"""Given any text in a receipt (ESC bytes, combining and right-to-left marks, half a surrogate), when the simulated
printer reads the job, then it meets the commands of a receipt in their order and no others, and nothing in real time.

The reader is the simulator's own parser, written by another hand than the encoder."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hardware.contracts import Document, Pair, Qr, Size, Text
from hardware.printers.escpos import encode
from hardware.printers.escpos_sim_charset import Coverage as Font
from hardware.printers.escpos_sim_parser import Op, Parser
from hardware.printers.escpos_sim_realtime import RealTime
from hardware.printers.profile import Coverage
from tests.hardware.printers.escpos_receipts import profile

FONTS = {
    Coverage.RASTER: Font.GB2312,
    Coverage.GB2312: Font.GB2312,
    Coverage.GBK: Font.GBK,
    Coverage.GB18030_2: Font.GB18030_2,
    Coverage.GB18030_4: Font.GB18030,
}
HOSTILE = (
    "\x1b@\x1dV\x00",  # reset, cut
    "\x1bp\x00\x19\xfa",  # drawer
    "\x10\x14\x01\x00\x05\x10\x05\x02",  # drawer and clear, in real time
    "\x1c.\x1bt\x10中",  # out of Chinese mode
    "\x9b\x85\x7f",
    "e\u0301\u0302\u20dd",  # combining marks
    "\u202e\u2066户名\u2069\u200f\u061c",  # right to left
    "\ud800李\udfff",
    "\U0001f469\u200d\U0001f467",
    "¥1 • ☎ 䶮𠮷",
)
ANY_TEXT = st.lists(
    st.one_of(st.sampled_from(HOSTILE), st.characters().map(str), st.sampled_from("水费缴 \x1b\x1d\x10\x1c")),
    max_size=12,
).map("".join)


def read_by_the_printer(sent: bytes, font: Font) -> list[Op]:
    assert RealTime().scan(sent) == []
    parser, buffer = Parser(font, chinese_at_power_up=True), bytearray(sent)
    ops = []
    while (op := parser.take(buffer)) is not None:
        ops.append(op)
    assert not buffer and not parser.halfway, "the job ends within a command"
    return ops


def commands(ops: list[Op]) -> list[str]:
    return [op.name for op in ops if op.name not in ("text", "hanzi", "rows")]


LINE = ["ESC 3", "ESC a", "FS !", "GS !", "LF", "FS !", "GS !", "ESC a"]
START, END = ["ESC @", "GS a", "FS &"], ["ESC 3", "ESC d", "GS V"]


@settings(deadline=None, max_examples=150)
@given(ANY_TEXT, st.sampled_from(list(FONTS)), st.sampled_from((576, 384)), st.sampled_from(Size))
@example("".join(HOSTILE), Coverage.GB18030_4, 576, Size.SMALL)
@example("".join(HOSTILE), Coverage.GB2312, 384, Size.NORMAL)
def test_whatever_a_text_holds_the_printer_meets_lines_and_nothing_else(text, coverage, dots, size):
    blocks = (Text(text, size=size), Pair(text, text, size=size))
    pieces, _ = encode(Document(text, blocks), profile(dots=dots, coverage=coverage))
    ops = read_by_the_printer(b"".join(pieces), FONTS[coverage])
    names = commands(ops)
    start = START[: 2 if coverage is Coverage.RASTER else 3]
    assert names[: len(start)] == start and names[-3:] == END
    rest = names[len(start) : -3]
    while rest:  # each line is one of ours, from its first to its last command
        if rest[0] in ("ESC J", "GS v 0"):  # a line as dots
            del rest[0]
        else:
            assert rest[: len(LINE)] == LINE
            del rest[: len(LINE)]
    assert "stray" not in {op.name for op in ops}


@settings(deadline=None, max_examples=100)
@given(ANY_TEXT)
def test_whatever_a_code_holds_it_stays_within_the_code(text):
    pieces, _ = encode(Document("", (Qr("c" + text),)), profile())
    names = commands(read_by_the_printer(b"".join(pieces), Font.GB18030_2))
    code = ["ESC a", "ESC J", *["GS ( k"] * 5, "ESC J", "ESC a"]
    assert names == [*START, *code, *END]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_the_hostile_texts_do_reach_the_printer_where_nobody_cleans_them(hostile):
    """So that the tests above could fail: raw, each is something else than lines of text."""
    raw = hostile.encode("gb18030", "surrogatepass") if "\ud800" not in hostile else b"\x1b@"
    parser, buffer, met = Parser(Font.GB2312, True), bytearray(raw + b"\n"), []
    while (op := parser.take(buffer)) is not None:
        met.append(op.name)
    assert set(met) - {"text", "LF"} or RealTime().scan(raw)
