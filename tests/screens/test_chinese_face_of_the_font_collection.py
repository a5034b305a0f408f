"""Face 2 of the collection becomes a font file of its own that others can read."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from PIL import ImageFont

from screens import fonts

INSTALLED = next(
    (folder for folder in fonts.NOTO_FOLDERS if (folder / "NotoSansCJK-Regular.ttc").exists()), None
)


def small_collection() -> bytes:
    """Two faces that share one table and differ in another, laid out by hand."""
    shared, first, second = b"shared-table", b"first!", b"second"
    header = 12 + 2 * 4
    face = 12 + 2 * 16
    start = header + 2 * face
    at = {name: start + sum(len(x) for x in (shared, first, second)[:i]) for i, name in enumerate("sab")}

    def directory(own: str, length: int) -> bytes:
        return (
            struct.pack(">4s4H", b"OTTO", 2, 32, 1, 0)
            + struct.pack(">4sIII", b"name", 1, at[own], length)
            + struct.pack(">4sIII", b"post", 2, at["s"], len(shared))
        )

    return (
        struct.pack(">4sIIII", b"ttcf", 0x20000, 2, header, header + face)
        + directory("a", len(first))
        + directory("b", len(second))
        + shared
        + first
        + second
    )


def table(font: bytes, tag: bytes) -> bytes:
    (count,) = struct.unpack_from(">H", font, 4)
    for index in range(count):
        found, _, offset, length = struct.unpack_from(">4sIII", font, 12 + 16 * index)
        if found == tag:
            assert offset % 4 == 0
            return font[offset : offset + length]
    raise KeyError(tag)


def test_each_face_takes_its_own_tables() -> None:
    one, two = (fonts.extract_face(small_collection(), face) for face in (0, 1))
    assert (table(one, b"name"), table(two, b"name")) == (b"first!", b"second")
    assert table(one, b"post") == table(two, b"post") == b"shared-table"


def test_what_is_no_collection_or_lacks_the_face_is_refused() -> None:
    with pytest.raises(ValueError, match="ttcf"):
        fonts.extract_face(b"OTTO" + bytes(20), 0)
    with pytest.raises(ValueError, match="2 faces"):
        fonts.extract_face(small_collection(), 2)


@pytest.mark.skipif(INSTALLED is None, reason="fonts-noto-cjk is not installed")
def test_the_installed_font_gives_simplified_chinese(tmp_path: Path) -> None:
    found = fonts.find(tmp_path)
    assert ImageFont.truetype(str(found.regular), 20).getname() == ("Noto Sans CJK SC", "Regular")
    assert ImageFont.truetype(str(found.bold), 20).getname() == ("Noto Sans CJK SC", "Bold")
    # The second time the cache is used as it is.
    before = found.regular.stat().st_mtime_ns
    assert fonts.find(tmp_path).regular.stat().st_mtime_ns == before
