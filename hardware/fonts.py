"""Where the Chinese font lies. One family for the printer's rare characters, receipt pictures and screens."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Final

# fonts-noto-cjk packs five regional forms, each proportional and monospaced, into one collection.
_PROPORTIONAL_SC: Final = 2
_MONOSPACED_SC: Final = 7
_FOLDERS: Final = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("~/.local/share/fonts"))


class FontMissing(RuntimeError):
    """No Chinese font is installed; the text says which package to install."""


@functools.cache
def chinese_font(*, bold: bool = False, monospaced: bool = False) -> tuple[Path, int]:
    """File and face index of Noto Sans CJK, Simplified Chinese.

    `monospaced`: Latin letters and digits are exactly half as wide as a Chinese character, as on a printer.
    Raises FontMissing."""
    name = f"NotoSansCJK-{'Bold' if bold else 'Regular'}.ttc"
    for folder in _FOLDERS:
        for path in sorted(folder.expanduser().rglob(name)):
            return path, _MONOSPACED_SC if monospaced else _PROPORTIONAL_SC
    raise FontMissing(f"{name} is not installed: run `apt install fonts-noto-cjk`")
