"""Given any bytes, however they are cut into reads, the printer's parser stays in step and in bounds."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.printers.escpos_sim_charset import Coverage
from hardware.printers.escpos_sim_parser import MAX_COMMAND_BYTES, Op, Parser
from hardware.printers.escpos_sim_realtime import RealTime
from hardware.printers.escpos_sim_typeset import Typesetter

COMMANDS = {
    "ESC @": b"\x1b@",
    "ESC !": b"\x1b!\x30",
    "ESC -": b"\x1b-\x01",
    "ESC $": b"\x1b$\x10\x00",
    "ESC *": b"\x1b*\x21\x03\x00" + b"\x1b@\n" * 3,
    "ESC &": b"\x1b&\x03AB\x02" + b"\x1b" * 6 + b"\x01" + b"\n" * 3,
    "ESC D": b"\x1bD\x08\x10\x1b\x00",
    "ESC R": b"\x1bR\x0f",
    "ESC SP": b"\x1b \x02",
    "ESC W": b"\x1bW" + b"\x1b" * 8,
    "ESC c": b"\x1bc3\x00",
    "ESC i": b"\x1bi",
    "ESC p": b"\x1bp\x00\x19\xfa",
    "ESC t": b"\x1bt\x10",
    "ESC {": b"\x1b{\x01",
    "ESC ( A": b"\x1b(A\x02\x00\x1b@",
    "FS &": b"\x1c&",
    "FS .": b"\x1c.",
    "FS !": b"\x1c!\x0c",
    "FS -": b"\x1c-\x01",
    "FS 2": b"\x1c2\xaa\xa1" + b"\x1b" * 72,
    "FS C": b"\x1cC\x00",
    "FS S": b"\x1cS\x00\x02",
    "FS W": b"\x1cW\x01",
    "FS p": b"\x1cp\x01\x00",
    "FS q": b"\x1cq\x02" + b"\x01\x00\x01\x00" + b"\x1b" * 8 + b"\x02\x00\x01\x00" + b"\n" * 16,
    "FS ( A": b"\x1c(A\x02\x000\x01",
    "FS g": b"\x1cg1\x00\x00\x00\x00\x00\x03\x00\x1b@\n",
    "GS !": b"\x1d!\x11",
    "GS *": b"\x1d*\x02\x01" + b"\x1b" * 16,
    "GS ( D": b"\x1d(D\x03\x00\x14\x01\x00",
    "GS ( E": b"\x1d(E\x03\x00\x01IN",
    "GS ( H": b"\x1d(H\x06\x00001234",
    "GS ( k": b"\x1d(k\x06\x001P0\x1b@\n",
    "GS 8 L": b"\x1d8L\x03\x00\x00\x000\x1b@",
    "GS B": b"\x1dB\x01",
    "GS C": b"\x1dC1\x1b\x1b\x1b\x1b\x1b\x1b",
    "GS H": b"\x1dH\x02",
    "GS I": b"\x1dIB",
    "GS L": b"\x1dL\x10\x00",
    "GS V": b"\x1dVB\x10",
    "GS W": b"\x1dW\x40\x02",
    "GS a": b"\x1da\xff",
    "GS g": b"\x1dg0\x00\x14\x00",
    "GS h": b"\x1dh\x50",
    "GS k": b"\x1dkI\x04{B\x1b@",
    "GS r": b"\x1dr\x01",
    "GS v 0": b"\x1dv0\x00\x00\x00\x01\x00",
    "GS w": b"\x1dw\x03",
    "DLE EOT": b"\x10\x04\x01",
    "DLE ENQ": b"\x10\x05\x02",
    "DLE DC4": b"\x10\x14\x01\x00\x01",
}


def operations(stream: bytes, cuts: tuple[int, ...] = (), coverage: Coverage = Coverage.GBK) -> list[Op]:
    parser = Parser(coverage, chinese_at_power_up=True)
    buffer = bytearray()
    found = []
    places = (0, *sorted(cut for cut in cuts if cut < len(stream)), len(stream))
    for start, end in pairwise(places):
        buffer += stream[start:end]
        while op := parser.take(buffer):
            found.append(op)
        assert not buffer
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_taken_with_exactly_its_parameters(name):
    ops = operations(COMMANDS[name] + b"Z\n")
    assert [op.name for op in ops] == [name, "text", "LF"]
    assert ops[1].data == b"Z"


@pytest.mark.parametrize(
    "stream", [b"\x1dk\x04CODE\x00Z", b"\x1dVA\x00Z", b"\x1dV\x00Z", b"\x1dg2\x00\x01\x00Z"]
)
def test_forms_of_other_lengths(stream):
    assert [op.name for op in operations(stream)][1:] == ["text"]


def test_an_unknown_command_costs_two_bytes_and_the_rest_is_text():
    assert [op.name for op in operations(b"\x1bz\x1d~\x1cxAB")] == ["ESC z", "GS ~", "FS x", "text", "text"]


def test_a_hanzi_is_never_torn_and_a_line_end_is_never_swallowed():
    ops = operations("缴A".encode("gbk") + b"\xbd\n" + b"\x1c." + b"\xbd\xc9")
    assert [op.name for op in ops] == ["hanzi", "text", "stray", "LF", "FS .", "text", "text"]


def test_four_byte_characters_are_one_only_where_the_font_knows_them():
    yen = "¥".encode("gb18030")
    assert [op.name for op in operations(yen, coverage=Coverage.GB18030)] == ["hanzi"]
    assert [op.data for op in operations(yen)] == [b"\x81", b"0", b"\x84", b"6"]


def test_an_endless_command_is_counted_off_without_being_kept():
    length = 50 * 1024 * 1024
    parser = Parser(Coverage.GBK, True)
    buffer = bytearray(b"\x1d8L" + length.to_bytes(4, "little"))
    assert length > MAX_COMMAND_BYTES
    for _ in range(length // (1024 * 1024)):
        buffer += bytes(1024 * 1024)
        assert parser.take(buffer) is None
        assert not buffer
    buffer += b"Z"
    assert parser.take(buffer) == Op("text", b"Z")


pieces_of_stream = st.one_of(
    st.sampled_from([*COMMANDS.values(), b"\x1dv0\x00\x02\x00\x05\x00" + b"\xaa" * 10, "缴费".encode("gbk")]),
    st.binary(max_size=12),
    st.sampled_from([b"\x1b", b"\x1d", b"\x1c", b"\x10", b"\x1d(", b"\x1dk"]),
)


@given(
    st.lists(pieces_of_stream, max_size=12),
    st.lists(st.integers(0, 200), max_size=10),
    st.sampled_from(Coverage),
)
def test_however_the_stream_is_cut_the_operations_are_the_same(parts, cuts, coverage):
    stream = b"".join(parts)
    assert operations(stream, tuple(cuts), coverage) == operations(stream, (), coverage)


@settings(deadline=None, max_examples=150)
@given(st.lists(pieces_of_stream, max_size=15), st.sampled_from(Coverage))
def test_nothing_that_arrives_breaks_the_print_head(parts, coverage):
    typesetter = Typesetter(384, coverage, gs_magnifies_hanzi=True)
    for op in operations(b"".join(parts), (), coverage):
        for strip in typesetter.run(op):
            assert strip.height >= 0
            assert strip.ink is None or (strip.ink.mode, strip.ink.width) == ("1", 384)


@given(st.binary(max_size=40), st.lists(st.integers(0, 80), max_size=10))
def test_real_time_commands_are_found_across_reads(noise, cuts):
    noise = noise.replace(b"\x10", b"")
    stream = noise + b"\x10\x04\x02" + noise + b"\x10\x10\x05\x01" + b"\x10\x14\x01\x00\x01" + noise
    scanner = RealTime()
    found = []
    places = (0, *sorted(cut for cut in cuts if cut < len(stream)), len(stream))
    for start, end in pairwise(places):
        found += [(start + at, command) for at, command in scanner.scan(stream[start:end])]
    assert [command for _, command in found] == [b"\x10\x04\x02", b"\x10\x05\x01", b"\x10\x14\x01\x00\x01"]
    assert all(stream[:at].endswith(command) for at, command in found)
