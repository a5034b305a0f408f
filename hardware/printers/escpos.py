"""Lines → ESC/POS bytes (printing-and-codes §A1). Pure.

Chinese goes out as GB18030 in the printer's Chinese mode; a line that holds a character which the
printer's font lacks goes out as dots. Every piece sets all that it needs and leaves nothing set, so that
what one line does can not spoil the next. Text is cleaned in `layout`: no data string holds a control."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final

from hardware.contracts import Align, Document, Size
from hardware.printers.layout import (
    QUIET_MODULES,
    FeedLine,
    Line,
    QrLine,
    RuleLine,
    TextLine,
    columns,
    height_dots,
    lay_out,
    pitch_dots,
)
from hardware.printers.picture import bits_of
from hardware.printers.profile import DOTS_PER_MM, Coverage, Profile, Proof
from hardware.printers.text import columns_of

INITIALISE: Final = b"\x1b@"
REPORT_CHANGES: Final = b"\x1da\x0e"  # GS a: tell of online/offline, errors and paper
# Acted on even while the printer is stopped: DLE ENQ 2, which some obey after an error only, and DLE DC4 8.
DROP_BUFFERS: Final = b"\x10\x05\x02" + b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
MOST_COUNTED: Final = 3072  # bytes that any one command of ours counts: a QR code of 2331 is the longest
_ZEROS: Final = 1024 + MOST_COUNTED  # fill up whatever command was broken off
_RASTER_BYTES: Final = 960  # of one GS v 0: so little has to be filled up if it is broken off
_PAST_CUTTER_LINES: Final = 2  # print head to knife is about 15 mm, for models whose cut does not feed
_PAST_TEAR_BAR_LINES: Final = 4
_REAL_TIME: Final = frozenset((0x04, 0x05, 0x14))  # after 0x10: EOT, ENQ, DC4, acted on even in raster data


def encode(document: Document, profile: Profile) -> tuple[list[bytes], float]:
    """`document` as pieces, each of whole commands: between two of them the printer may be asked anything. And
    the length of its paper in mm.

    Raises ValueError (see `lay_out`) and FontMissing where a line needs dots."""
    lines = lay_out(document, profile.dots)
    pieces = [
        prologue(profile.coverage),
        *(piece for line in lines for piece in _encode(line, profile)),
        ending(profile.cutter),
    ]
    return pieces, sum(map(height_dots, lines)) / DOTS_PER_MM


def prologue(coverage: Coverage) -> bytes:
    """A printer as after power-up, telling of changes, in Chinese mode if it has one."""
    chinese_mode = b"" if coverage is Coverage.RASTER else b"\x1c&"
    return INITIALISE + REPORT_CHANGES + chinese_mode


def way_out(coverage: Coverage) -> bytes:
    """Out of whatever was broken off in the middle, into a printer as after power-up."""
    return DROP_BUFFERS + bytes(_ZEROS) + prologue(coverage)


def ending(cutter: bool) -> bytes:
    """Feed the last line out; cut where there is a knife."""
    if not cutter:
        return _feed(_PAST_TEAR_BAR_LINES)
    return _feed(_PAST_CUTTER_LINES) + b"\x1dVB\x00"


def ask_status(what: int) -> bytes:
    """DLE EOT 1 to 4, answered at once with one byte."""
    return b"\x10\x04" + bytes([what])


def ask_proof(proof: Proof, token: bytes) -> bytes:
    """The request behind a job. `token`: four printable bytes that a process id carries back."""
    if proof is Proof.PROCESS_ID:
        return b"\x1d(H\x06\x0000" + token
    return b"\x1dr\x01"


def in_font(character: str, coverage: Coverage) -> bool:
    """Whether the printer itself can print this cleaned character in the cells that `layout` gave it."""
    if coverage is Coverage.RASTER:
        return False
    if " " <= character <= "~":
        return True
    if columns_of(character) != 2 or unicodedata.category(character) == "Co":
        return False
    code = character.encode("gb18030")
    if len(code) == 4:
        return coverage is Coverage.GB18030_4 and unicodedata.name(character, "").startswith("CJK ")
    if coverage in (Coverage.GB2312, Coverage.GBK):
        return _decodes(code, coverage.value)
    return True


def _decodes(code: bytes, codec: str) -> bool:
    # By code, not by character: the codecs disagree on which U+ belongs to A1A4 and A1AA, the fonts do not.
    try:
        code.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _encode(line: Line, profile: Profile) -> Iterator[bytes]:
    match line:
        case FeedLine(lines):
            if lines:
                yield _feed(lines)
        case _ if profile.coverage is Coverage.RASTER:
            yield from _raster(line, profile.dots)
        case RuleLine():
            yield _rule(profile)
        case QrLine():
            yield _qr(line)
        case TextLine():
            text = line.filled(columns(profile.dots, line.size))
            if all(in_font(character, profile.coverage) for character in text):
                yield _text(line, text)
            else:
                yield from _raster(line, profile.dots)


def _text(line: TextLine, text: str) -> bytes:
    return (
        _line_pitch(line.size)
        + _align(line.align)
        + _size(line.size)
        + (b"\x1bE\x01" if line.bold else b"")
        + text.encode("gb18030")
        + b"\n"
        + (b"\x1bE\x00" if line.bold else b"")
        + _size(Size.SMALL)
        + _align(Align.LEFT)
    )


def _size(size: Size) -> bytes:
    """Many Chinese models enlarge Chinese by FS ! alone, which knows double and no triple; on the others
    the last of the two wins. So FS ! first, then GS !, which knows both."""
    times = size.value - 1
    return b"\x1c!" + (b"\x0c" if times else b"\x00") + b"\x1d!" + bytes([times << 4 | times])


def _align(align: Align) -> bytes:
    return b"\x1ba" + bytes([(Align.LEFT, Align.CENTRE, Align.RIGHT).index(align)])


def _line_pitch(size: Size) -> bytes:
    return b"\x1b3" + bytes([pitch_dots(size)])


def _feed(lines: int) -> bytes:
    return _line_pitch(Size.NORMAL) + b"\x1bd" + bytes([lines])


def _feed_dots(dots: int) -> bytes:
    return b"\x1bJ" + bytes([dots])


def _rule(profile: Profile) -> bytes:
    rule = "─" * (columns(profile.dots, Size.SMALL) // 2)
    return _text(TextLine(rule, Size.SMALL), rule)


def _qr(line: QrLine) -> bytes:
    """GS ( k: model 2, size of a module, level M, store, print; centred, with white above and below."""
    quiet = _feed_dots(QUIET_MODULES * line.module_dots)
    return (
        _align(Align.CENTRE)
        + quiet
        + _qr_function(b"A2\x00")
        + _qr_function(b"C" + bytes([line.module_dots]))
        + _qr_function(b"E1")
        + _qr_function(b"P0" + line.data)
        + _qr_function(b"Q0")
        + quiet
        + _align(Align.LEFT)
    )


def _qr_function(body: bytes) -> bytes:
    return b"\x1d(k" + (len(body) + 1).to_bytes(2, "little") + b"1" + body


def _raster(line: TextLine | RuleLine | QrLine, dots: int) -> Iterator[bytes]:
    """The line as bands of dots (GS v 0); the white above, below and at the right of its ink is not sent."""
    bits = bits_of(line, dots)
    _, top, right, bottom = bits.getbbox() or (0, bits.height, 0, bits.height)
    row_bytes = -(-right // 8)
    if top:
        yield _feed_dots(top)
    if row_bytes:
        data = bits.crop((0, top, row_bytes * 8, bottom)).tobytes()
        band = _RASTER_BYTES // row_bytes * row_bytes
        for start in range(0, len(data), band):
            part = without_real_time(data[start : start + band])
            size = row_bytes.to_bytes(2, "little") + (len(part) // row_bytes).to_bytes(2, "little")
            yield b"\x1dv0\x00" + size + part
    if bottom < bits.height:
        yield _feed_dots(bits.height - bottom)


def without_real_time(dots: bytes) -> bytes:
    """`dots` with one dot more wherever two bytes would read as a real-time command: nobody sees it, and
    the printer would act on it in the middle of a picture."""
    safe = bytearray(dots)
    for at in range(len(safe) - 1):
        if safe[at] == 0x10 and safe[at + 1] in _REAL_TIME:
            safe[at] = 0x18
    return bytes(safe)
