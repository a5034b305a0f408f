"""The simulated printer's font ROM: characters as dots, taken from the Simplified Chinese fonts of the machine."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

# Debian's fonts-noto-cjk holds ten faces in one file, one per country: with any but SC many
# hanzi come out in their Japanese, Korean or Taiwanese form. Its Mono face has Latin letters of half a hanzi.
FONTS = (
    ("NotoSansCJK-Regular.ttc", "Noto Sans Mono CJK SC"),
    ("wqy-microhei.ttc", "WenQuanYi Micro Hei Mono"),
    ("wqy-zenhei.ttc", "WenQuanYi Zen Hei Mono"),
)
FONT_FOLDERS = (
    Path("/usr/share/fonts/opentype/noto"),
    Path("/usr/share/fonts/truetype/wqy"),
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("~/.local/share/fonts").expanduser(),
)
FACES_AT_MOST = 32
INK_LEVEL = 112  # grey above which a dot is burnt; lower makes strokes fatter

FONT_A, FONT_B, HANZI = (12, 24), (9, 17), (24, 24)  # cells in dots
EM = {FONT_A: 24, FONT_B: 18, HANZI: 24}
BASELINE = {FONT_A: 19, FONT_B: 13, HANZI: 21}  # letters stand higher, so that g and y keep their tails


@lru_cache(maxsize=1)
def _font_file() -> tuple[Path, int]:
    for file_name, family in FONTS:
        for folder in FONT_FOLDERS:
            for file in folder.rglob(file_name) if folder.is_dir() else ():
                for index in range(FACES_AT_MOST):
                    try:
                        face = ImageFont.truetype(file, 24, index=index)
                    except OSError:
                        break
                    if face.getname()[0] == family:
                        return file, index
    raise RuntimeError(
        "The simulated printer finds no Simplified Chinese font to print with. "
        "Install the package fonts-noto-cjk (or fonts-wqy-microhei)."
    )


@lru_cache(maxsize=4)
def _face(em: int) -> ImageFont.FreeTypeFont:
    file, index = _font_file()
    return ImageFont.truetype(file, em, index=index)


def require_font() -> None:
    """Raises RuntimeError, naming the package, where no Chinese font is installed."""
    _font_file()


@lru_cache(maxsize=4096)
def glyph(char: str, cell: tuple[int, int]) -> Image.Image:
    """One character as dots: a bilevel image of the cell's size in which 1 is ink. Do not draw on it."""
    grey = Image.new("L", cell, 0)
    ImageDraw.Draw(grey).text((0, BASELINE[cell]), char, fill=255, font=_face(EM[cell]), anchor="ls")
    return grey.point(lambda level: 255 if level >= INK_LEVEL else 0).convert("1", dither=Image.Dither.NONE)
