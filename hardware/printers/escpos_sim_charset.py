"""What the simulated printer's character generator knows: code pages, national sets and the Chinese character set.

Chinese receipt printers differ in how much of GB18030 their font holds (printing-and-codes.md A1b), and what
they do with the rest is the reason why receipts come out with `0 6` where a yen sign was meant.
"""

from __future__ import annotations

import enum

MISSING = "□"  # what the font ROM gives for a code without a glyph
LEAD = range(0x81, 0xFF)
GB2312_LEAD = range(0xA1, 0xF8)
DIGIT = range(0x30, 0x3A)  # the second byte that makes a GB18030 code four bytes long


class Coverage(enum.Enum):
    """How much of the Chinese character set the printer's font holds."""

    GB2312 = "gb2312"  # levels 1 and 2 only
    GBK = "gbk"
    GB18030_2 = "gb18030-2"  # GB18030, the double-byte areas only
    GB18030 = "gb18030"  # with the four-byte codes


CODE_PAGES = {
    0: "cp437",
    2: "cp850",
    3: "cp860",
    4: "cp863",
    5: "cp865",
    13: "cp857",
    14: "cp737",
    15: "iso8859_7",
    16: "cp1252",
    17: "cp866",
    18: "cp852",
    19: "cp858",
    33: "cp775",
    34: "cp855",
    36: "cp862",
    37: "cp864",
    39: "iso8859_2",
    40: "iso8859_15",
    45: "cp1250",
    46: "cp1251",
    47: "cp1253",
    48: "cp1254",
}

# Page 1 as Epson has it: frames, then half-width katakana. Hosts elsewhere draw their rules with it.
KATAKANA_PAGE = 1
KATAKANA = "▁▂▃▄▅▆▇█▏▎▍▌▋▊▉┼┴┬┤├▔─│▕┌┐└┘╭╮╰╯ " + "".join(map(chr, range(0xFF61, 0xFFA0)))

NATIONAL_PLACES = "#$@[\\]^`{|}~"
NATIONAL_SETS = {
    0: "#$@[\\]^`{|}~",
    1: "#$à°ç§^`éùè¨",
    2: "#$§ÄÖÜ^`äöüß",
    3: "£$@[\\]^`{|}~",
    4: "#$@ÆØÅ^`æøå~",
    5: "#¤ÉÄÖÅÜéäöåü",
    6: "#$@°\\é^ùàòèì",
    7: "₧$@¡Ñ¿^`¨ñ}~",
    8: "#$@[¥]^`{|}~",
    9: "#¤ÉÆØÅÜéæøåü",
    10: "#$ÉÆØÅÜéæøåü",
    11: "#$á¡Ñ¿é`íñóú",
    12: "#$á¡Ñ¿éüíñóú",
    13: "#$@[₩]^`{|}~",
    14: "#$ŽŠĐĆČžšđćč",
    15: "#¥@[\\]^`{|}~",
}


def character_bytes(head: bytes | bytearray, coverage: Coverage) -> int:
    """How many bytes the character at the front of `head` has in Chinese mode.

    A value beyond `len(head)` asks for more bytes; the answer may then become smaller (a lead byte
    without a proper second byte stands alone)."""
    lead = head[0]
    if lead not in LEAD or (coverage is Coverage.GB2312 and lead not in GB2312_LEAD):
        return 1
    if len(head) < 2:
        return 2
    second = head[1]
    if second in DIGIT and coverage is Coverage.GB18030:
        if len(head) < 4:
            return 4
        return 4 if head[2] in LEAD and head[3] in DIGIT else 1
    if coverage is Coverage.GB2312:
        return 2 if second >= 0xA1 else 1
    return 2 if 0x40 <= second <= 0xFE and second != 0x7F else 1


def chinese(raw: bytes, coverage: Coverage) -> str:
    """The printed character of a two- or four-byte code; `MISSING` where the font has none."""
    held = "gb18030" if coverage in (Coverage.GB18030, Coverage.GB18030_2) else coverage.value
    try:
        raw.decode(held)
        char = raw.decode("gb18030")
    except UnicodeDecodeError:
        return MISSING
    private = "\ue000" <= char <= "\uf8ff"
    return MISSING if private else char


def single(byte: int, code_page: int, national_set: int) -> str:
    """The printed character of one byte outside Chinese mode, or of an ASCII byte in any mode."""
    if byte >= 0x80 and code_page == KATAKANA_PAGE:
        return KATAKANA[byte - 0x80 : byte - 0x7F] or " "
    if byte >= 0x80:
        char = bytes([byte]).decode(CODE_PAGES.get(code_page, "cp437"), errors="replace")
        return " " if char == "\ufffd" else char
    place = NATIONAL_PLACES.find(chr(byte))
    return NATIONAL_SETS.get(national_set, NATIONAL_PLACES)[place] if place >= 0 else chr(byte)
