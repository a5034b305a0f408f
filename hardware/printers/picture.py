"""Lines → picture: for screens, for staff, and dot by dot for characters that a printer's font lacks."""

from __future__ import annotations

import functools
import io
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from hardware.contracts import Align, Document
from hardware.fonts import chinese_font
from hardware.printers.layout import (
    CELL_DOTS,
    QUIET_MODULES,
    FeedLine,
    Line,
    QrLine,
    RuleLine,
    TextLine,
    columns,
    height_dots,
    lay_out,
)
from hardware.printers.text import cells, width

_WHITE: Final = 255
_MARGIN_DOTS: Final = 32  # paper is 4 mm wider than its printable part, on each side
_BASELINE: Final = 0.88  # of a Chinese character's height, from its top (Noto Sans CJK)
_INK_FROM: Final = 140  # grey level below which a dot is burnt: a little bolder than half


def png(document: Document, dots: int) -> bytes:
    """`document` as a PNG of a paper strip; one pixel is one dot at 203 dpi.

    Raises ValueError, FontMissing."""
    out = io.BytesIO()
    picture(document, dots).save(out, format="PNG", optimize=True)
    return out.getvalue()


def picture(document: Document, dots: int) -> Image.Image:
    """As `png`, as an 8-bit grey image."""
    strips = [_strip(line, dots) for line in lay_out(document, dots)]
    height = sum(strip.height for strip in strips)
    paper = Image.new("L", (dots + 2 * _MARGIN_DOTS, height + 2 * _MARGIN_DOTS), _WHITE)
    top = _MARGIN_DOTS
    for strip in strips:
        paper.paste(strip, (_MARGIN_DOTS, top))
        top += strip.height
    return paper


def bits_of(line: Line, dots: int) -> Image.Image:
    """One line as black and white dots (mode "1", ink is 1), `dots` wide and as high as the paper moves for it."""
    return _strip(line, dots).point(lambda grey: 0 if grey >= _INK_FROM else 255).convert("1")


def _strip(line: Line, dots: int) -> Image.Image:
    match line:
        case TextLine():
            return _text(line, dots)
        case RuleLine():
            return _rule(dots)
        case QrLine():
            return _qr(line, dots)
        case FeedLine():
            return _blank(dots, height_dots(line))


def _blank(dots: int, height: int) -> Image.Image:
    return Image.new("L", (dots, height), _WHITE)


def _text(line: TextLine, dots: int) -> Image.Image:
    strip = _blank(dots, height_dots(line))
    draw = ImageDraw.Draw(strip)
    height = line.size.value * CELL_DOTS
    font = _font(height, line.bold)
    column = height // 2
    text = line.filled(columns(dots, line.size))
    spare = dots - width(text) * column
    x = {Align.LEFT: 0, Align.CENTRE: spare // 2, Align.RIGHT: spare}[line.align]
    for cell, taken in cells(text):
        room = taken * column
        draw.text((x + (room - font.getlength(cell)) / 2, height * _BASELINE), cell, 0, font, anchor="ls")
        x += room
    return strip


def _rule(dots: int) -> Image.Image:
    strip = _blank(dots, height_dots(RuleLine()))
    ImageDraw.Draw(strip).line((0, CELL_DOTS // 2, dots, CELL_DOTS // 2), 0, width=2)
    return strip


def _qr(line: QrLine, dots: int) -> Image.Image:
    size = line.across
    code = Image.new("L", (size, size))
    code.putdata([0 if module else _WHITE for row in line.modules for module in row])
    code = code.resize((size * line.module_dots, size * line.module_dots), Image.Resampling.NEAREST)
    quiet = QUIET_MODULES * line.module_dots
    strip = _blank(dots, height_dots(line))
    strip.paste(code, ((dots - code.width) // 2, quiet))
    return strip


@functools.cache
def _font(height: int, bold: bool) -> ImageFont.FreeTypeFont:
    path, index = chinese_font(bold=bold, monospaced=True)
    return ImageFont.truetype(path, height, index)
