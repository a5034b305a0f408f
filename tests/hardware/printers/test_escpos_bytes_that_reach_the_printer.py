"""Given a document, when it is encoded, then these bytes and no others reach the printer, whatever the text holds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.contracts import Align, Document, Feed, Pair, Qr, Rule, Size, Text
from hardware.printers.escpos import (
    MOST_COUNTED,
    ask_proof,
    ask_status,
    without_real_time,
)
from hardware.printers.escpos import encode as encode_and_measure
from hardware.printers.profile import Coverage, Profile, Proof
from hardware.printers.text import clean
from tests.hardware.printers.escpos_receipts import profile, receipt

OPENING = "1b40 1d610e 1c26"
ENDING = "1b333c 1b6402 1d564200"

#   document blocks                                  bytes between opening and ending
GOLDEN = {
    "normal Chinese is double size": (
        Text("缴费"),
        "1b333c 1b6100 1c210c 1d2111 bdc9b7d1 0a 1c2100 1d2100 1b6100",
    ),
    "large is triple, centred and bold": (
        Text("水", size=Size.LARGE, align=Align.CENTRE, bold=True),
        "1b335a 1b6101 1c210c 1d2122 1b4501 cbae 0a 1b4500 1c2100 1d2100 1b6100",
    ),
    "small is single, right": (
        Text("ok", size=Size.SMALL, align=Align.RIGHT),
        "1b331e 1b6102 1c2100 1d2100 6f6b 0a 1c2100 1d2100 1b6100",
    ),
    "half-width yen becomes the full-width one": (
        Text("¥5"),
        "1b333c 1b6100 1c210c 1d2111 a3a4 35 0a 1c2100 1d2100 1b6100",
    ),
    "a pair is filled with spaces": (
        Pair("共", "1.00"),
        "1b333c 1b6100 1c210c 1d2111 b9b2" + "20" * 18 + "312e3030 0a 1c2100 1d2100 1b6100",
    ),
    "a rule is a row of dashes": (
        Rule(),
        "1b331e 1b6100 1c2100 1d2100" + "a9a4" * 24 + "0a 1c2100 1d2100 1b6100",
    ),
    "empty lines": (Feed(3), "1b333c 1b6403"),
    "a code is centred, white around it": (
        Qr("HELLO", width_mm=10),
        "1b6101 1b4a0c 1d286b0400 31413200 1d286b0300 314303 1d286b0300 314531 "
        "1d286b0800 315030 48454c4c4f 1d286b0300 315130 1b4a0c 1b6100",
    ),
}


def encode(document: Document, profile: Profile) -> list[bytes]:
    return encode_and_measure(document, profile)[0]


@pytest.mark.parametrize(("block", "expected"), GOLDEN.values(), ids=GOLDEN)
def test_golden_bytes(block, expected):
    sent = b"".join(encode(Document("", (block,)), profile()))
    assert sent.hex() == (OPENING + expected + ENDING).replace(" ", "")


def test_a_printer_without_knife_feeds_the_paper_past_its_tear_bar():
    assert encode(Document("", ()), profile(cutter=False))[-1].hex() == "1b333c1b6404"


def test_requests():
    assert [ask_status(n).hex() for n in (1, 2, 3, 4)] == ["100401", "100402", "100403", "100404"]
    assert ask_proof(Proof.PROCESS_ID, b"0042").hex() == "1d28480600303030303432"
    assert ask_proof(Proof.QUEUED_STATUS, b"0042").hex() == "1d7201"


#                   raster gb2312 gbk    gb18030-2 gb18030-4: does the printer's own font hold it?
RARE = {
    "缴": (False, True, True, True, True),
    "￥": (False, True, True, True, True),
    "…": (False, True, True, True, True),
    "·": (False, True, True, True, True),
    "—": (False, True, True, True, True),
    "〇": (False, False, True, True, True),
    "堃": (False, False, True, True, True),
    "祎": (False, False, True, True, True),
    "㎡": (False, False, True, True, True),
    "䶮": (False, False, False, True, True),
    "€": (False, False, False, True, True),
    "𠮷": (False, False, False, False, True),
    "龻": (False, False, False, False, True),
    "☎": (False, False, False, False, False),
    "é": (False, True, True, True, True),
    "©": (False, False, False, False, False),
    "\ue000": (False, False, False, False, False),  # private use: every maker draws another thing
}


@pytest.mark.parametrize("character", RARE)
@pytest.mark.parametrize(("at", "coverage"), list(enumerate(Coverage)))
def test_a_line_with_a_character_that_the_font_lacks_goes_out_as_dots(character, at, coverage):
    commands, text = taken_apart(encode(Document("", (Text(f"A{character}B"),)), profile(coverage=coverage)))
    native = RARE[character][at]
    assert (text == f"A{character}B") is native
    assert ("GS v 0" in commands) is not native


def test_only_the_line_with_the_rare_character_goes_out_as_dots():
    document = receipt(name="𠮷田")
    native = taken_apart(encode(receipt(name="吉田"), profile()))[1]
    _, text = taken_apart(encode(document, profile()))
    assert text == native.replace("户名" + " " * 16 + "吉田", "")


def test_all_raster_means_dots_and_nothing_else():
    commands, text = taken_apart(encode(receipt(), profile(coverage=Coverage.RASTER)))
    assert text == ""
    assert set(commands) == {"ESC @", "GS a", "ESC J", "GS v 0", "ESC 3", "ESC d", "GS V"}


ANY_TEXT = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\x1b\x1d\x1c\x10\x04\x05\x14\x00\x7f\x9d\x18@p&中￥\ud800\u202e\u200b\r\n"),
    ),
    max_size=40,
)


@settings(deadline=None, max_examples=60)  # most of these are drawn dot by dot
@given(ANY_TEXT, st.sampled_from(Coverage), st.sampled_from((576, 384)), st.sampled_from(Size))
def test_no_text_can_give_the_printer_a_command(text, coverage, dots, size):
    blocks = (Text(text, size=size), Pair(text, text, size=size), Qr("c" + text[:20]))
    pieces = encode(Document(text, blocks), profile(dots=dots, coverage=coverage))
    for piece in pieces:
        taken_apart([piece])  # fails on anything that is not ours
    assert not real_time_pairs(b"".join(pieces))


@pytest.mark.parametrize(
    "hostile",
    ["中\x1b@\x1dV\x00", "\x1bp\x00\x19\xfa", "\x10\x14\x01\x00\x05", "\x9b\x85\x1c.", "a\x7f\x08b"],
)
def test_hostile_text_prints_as_what_is_left_of_it(hostile):
    _, text = taken_apart(encode(Document("", (Text(hostile),)), profile()))
    assert text == clean(hostile).rstrip(" ")
    assert all(character.isprintable() for character in text)


@given(st.lists(st.sampled_from((0x00, 0x04, 0x05, 0x10, 0x14, 0x18, 0xFF)), max_size=100).map(bytes))
def test_dots_never_read_as_a_real_time_command_and_lose_no_ink(dots):
    safe = without_real_time(dots)
    assert not real_time_pairs(safe)
    assert len(safe) == len(dots)
    assert all(after & before == before for before, after in zip(dots, safe, strict=True))


@pytest.mark.parametrize("size", Size)
def test_whatever_is_broken_off_is_filled_up_by_the_zeros_of_a_recovery(size):
    rare = Text("𠮷" * 200, size=size)
    pieces = encode(Document("", (rare, Qr("x" * 2300, 60))), profile())
    assert max(map(len, pieces)) <= MOST_COUNTED


def real_time_pairs(sent: bytes) -> list[int]:
    return [at for at in range(len(sent) - 1) if sent[at] == 0x10 and sent[at + 1] in (0x04, 0x05, 0x14)]


FIXED = {  # command: how many bytes of parameters follow
    b"\x1b@": ("ESC @", 0),
    b"\x1ba": ("ESC a", 1),
    b"\x1bE": ("ESC E", 1),
    b"\x1b3": ("ESC 3", 1),
    b"\x1bJ": ("ESC J", 1),
    b"\x1bd": ("ESC d", 1),
    b"\x1c&": ("FS &", 0),
    b"\x1c!": ("FS !", 1),
    b"\x1d!": ("GS !", 1),
    b"\x1da": ("GS a", 1),
    b"\x1dV": ("GS V", 2),
}


def taken_apart(pieces: list[bytes]) -> tuple[list[str], str]:
    """A reader of its own: commands by name, and the text in between without line feeds. Fails on any
    control that is not a whole command of the receipt's, and on bytes that are no GB18030."""
    sent, at = b"".join(pieces), 0
    commands: list[str] = []
    text = b""
    while at < len(sent):
        two = sent[at : at + 2]
        if two in FIXED:
            name, parameters = FIXED[two]
            commands.append(name)
            at += 2 + parameters
        elif two == b"\x1d(":
            assert sent[at + 2 : at + 3] == b"k"
            commands.append("GS ( k")
            at += 5 + int.from_bytes(sent[at + 3 : at + 5], "little")
        elif two == b"\x1dv":
            commands.append("GS v 0")
            row, rows = (int.from_bytes(sent[at + i : at + i + 2], "little") for i in (4, 6))
            at += 8 + row * rows
        elif sent[at] == 0x0A:
            at += 1
        else:
            assert sent[at] >= 0x20 and sent[at] != 0x7F, f"a stray control at {at}: {sent[at : at + 8]!r}"
            length = 1
            if sent[at] >= 0x80:  # two bytes, or four where the second is a digit (GB 18030)
                length = 4 if 0x30 <= sent[at + 1] <= 0x39 else 2
            text += sent[at : at + length]
            at += length
    assert at == len(sent), "a command was cut short"
    return commands, text.decode("gb18030")
