"""Chinese letters for Kivy, which ships none.

Noto Sans CJK comes as a collection of which Kivy can only load face 0, and that is the Japanese one: its
shapes are wrong for Chinese readers. So face 2 (Simplified Chinese) is written out as a font file of its
own, once, into a cache folder. Layout of the collection: OpenType 1.9, "otff", chapter "Font collections"."""

from __future__ import annotations

import array
import logging
import os
import struct
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)

FAMILY: Final = "kiosk"  # the name under which Kivy knows the font
SIMPLIFIED_CHINESE: Final = 2  # faces: 0 JP, 1 KR, 2 SC, 3 TC, 4 HK
CHECKSUM_WHOLE: Final = 0xB1B0AFBA  # OpenType, table "head": checkSumAdjustment

NOTO_FOLDERS: Final = (
    Path("/usr/share/fonts/opentype/noto"),  # Debian and Raspberry Pi OS
    Path("/usr/share/fonts/noto-cjk"),  # Arch
    Path("/usr/share/fonts/google-noto-sans-cjk-fonts"),  # Fedora
)
SPARE_FONTS: Final = (
    Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"),
    Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"),
)


class NoChineseFont(RuntimeError):
    """No font with Chinese letters is installed; showing boxes to customers is not an option."""


@dataclass(frozen=True)
class Fonts:
    regular: Path
    bold: Path


def extract_face(collection: bytes, face: int) -> bytes:
    """One face of a collection as a font file. Raises ValueError when it is no collection or lacks the face."""
    if collection[:4] != b"ttcf":
        raise ValueError("not a font collection (it does not begin with ttcf)")
    (count,) = struct.unpack_from(">I", collection, 8)
    if face >= count:
        raise ValueError(f"the collection has {count} faces; face {face} was asked for")
    (start,) = struct.unpack_from(">I", collection, 12 + 4 * face)
    (tables,) = struct.unpack_from(">H", collection, start + 4)
    header = bytearray(collection[start : start + 12])
    body = bytearray()
    head_at = None
    for index in range(tables):
        tag, checksum, offset, length = struct.unpack_from(">4sIII", collection, start + 12 + 16 * index)
        moved = 12 + 16 * tables + len(body)
        header += struct.pack(">4sIII", tag, checksum, moved, length)
        body += collection[offset : offset + length]
        body += bytes(-len(body) % 4)
        if tag == b"head":
            head_at = moved
    font = header + body
    if head_at is not None:
        struct.pack_into(">I", font, head_at + 8, 0)
        struct.pack_into(">I", font, head_at + 8, (CHECKSUM_WHOLE - _sum_of_words(font)) & 0xFFFFFFFF)
    return bytes(font)


def _sum_of_words(font: bytes | bytearray) -> int:
    words = array.array("I", bytes(font))
    if sys.byteorder == "little":
        words.byteswap()
    return sum(words) & 0xFFFFFFFF


def find(cache: Path) -> Fonts:
    """The fonts to use, extracted into `cache` on first need. Raises NoChineseFont."""
    for folder in NOTO_FOLDERS:
        regular, bold = (folder / f"NotoSansCJK-{weight}.ttc" for weight in ("Regular", "Bold"))
        if regular.exists() and bold.exists():
            return Fonts(_extracted(regular, cache), _extracted(bold, cache))
    for spare in SPARE_FONTS:
        if spare.exists():
            log.warning("Noto Sans CJK is not installed (package fonts-noto-cjk); %s is used instead", spare)
            return Fonts(spare, spare)
    raise NoChineseFont("no Chinese font found: install the package fonts-noto-cjk (or fonts-wqy-zenhei)")


def _extracted(collection: Path, cache: Path) -> Path:
    state = collection.stat()
    target = cache / f"{collection.stem}-SC-{state.st_size}-{int(state.st_mtime)}.otf"
    if target.exists():
        return target
    cache.mkdir(parents=True, exist_ok=True)
    font = extract_face(collection.read_bytes(), SIMPLIFIED_CHINESE)
    # Two processes may extract at once; a rename never shows half a font.
    handle, name = tempfile.mkstemp(dir=cache, suffix=".part")
    with os.fdopen(handle, "wb") as file:
        file.write(font)
    os.replace(name, target)
    return target


def register(cache: Path) -> Fonts:
    """Make the fonts known to Kivy under `FAMILY`."""
    from kivy.core.text import LabelBase

    fonts = find(cache)
    LabelBase.register(FAMILY, fn_regular=str(fonts.regular), fn_bold=str(fonts.bold))
    return fonts
