"""Document → lines that fit the paper. The one place where a receipt gets its shape: what goes to the
printer, into a picture and into plain text all comes from these lines."""

from __future__ import annotations

from typing import Final

import msgspec
import segno

from hardware.contracts import Align, Block, Document, Feed, Pair, Qr, Rule, Size, Text
from hardware.printers.profile import DOTS_PER_MM
from hardware.printers.text import balanced, clean, width, wrap

CELL_DOTS: Final = 24  # a Chinese character of the printer's font, before it is enlarged
QUIET_MODULES: Final = 4  # white around a QR code (ISO/IEC 18004)
_READABLE_DOTS: Final = 3  # per module: below that, phones fail on thermal paper
_LEAST_GAP: Final = 1  # columns between a label and its value


class TextLine(msgspec.Struct, frozen=True):
    """One line of cleaned text. `right`, where there is one, stands at the right edge of the same line."""

    text: str
    size: Size
    right: str = ""
    align: Align = Align.LEFT
    bold: bool = False

    def filled(self, columns: int) -> str:
        """The whole line as one string; `right` ends in the last of `columns`."""
        if not self.right:
            return self.text
        return self.text + " " * (columns - width(self.text) - width(self.right)) + self.right


class RuleLine(msgspec.Struct, frozen=True):
    pass


class QrLine(msgspec.Struct, frozen=True):
    """A QR code, level M. `across`: modules from side to side; `module_dots`: printed size of one."""

    data: bytes
    across: int
    module_dots: int

    @property
    def modules(self) -> tuple[bytes, ...]:
        """Rows of 0 and 1 without quiet zone. Costly: a printer that draws the code itself does not need them."""
        return tuple(bytes(row) for row in _code(self.data, mask=None).matrix)


class FeedLine(msgspec.Struct, frozen=True):
    lines: int  # empty lines of normal size, 0 to 255


Line = TextLine | RuleLine | QrLine | FeedLine


def pitch_dots(size: Size) -> int:
    """From one line to the next: the character and air of a fifth, so that lines do not touch."""
    return size.value * CELL_DOTS * 5 // 4


def height_dots(line: Line) -> int:
    """How far the paper moves for it."""
    match line:
        case TextLine():
            return pitch_dots(line.size)
        case RuleLine():
            return pitch_dots(Size.SMALL)
        case QrLine():
            return (line.across + 2 * QUIET_MODULES) * line.module_dots
        case FeedLine(lines):
            return lines * pitch_dots(Size.NORMAL)


def columns(dots: int, size: Size) -> int:
    """Half-width characters on a line of `dots`: 24 at 80 mm and 16 at 58 mm for Size.NORMAL."""
    return dots * 2 // (CELL_DOTS * size.value)


def lay_out(document: Document, dots: int) -> tuple[Line, ...]:
    """The lines of `document` on paper of `dots` printable dots.

    Raises ValueError where a QR code holds too much for any code or for this paper."""
    return tuple(line for block in document.blocks for line in _lines(block, dots))


def _lines(block: Block, dots: int) -> list[Line]:
    match block:
        case Text(text, size, align, bold):
            fold = balanced if align is Align.CENTRE else wrap
            lines = fold(clean(text), columns(dots, size))
            return [TextLine(line, size, align=align, bold=bold) for line in lines]
        case Pair():
            return _pair(block, columns(dots, block.size))
        case Rule():
            return [RuleLine()]
        case Qr(data, width_mm):
            return [_qr(data, width_mm, dots)]
        case Feed(count):
            return [FeedLine(max(0, min(count, 255)))]


def _pair(pair: Pair, room: int) -> list[Line]:
    label, value = clean(pair.label).strip(" "), clean(pair.value).strip(" ")
    if width(label) + _LEAST_GAP + width(value) <= room:
        return [TextLine(label, pair.size, right=value, bold=pair.bold)]
    labels, values = wrap(label, room), wrap(value, room)
    alone = len(values) == 1  # several ragged lines read better from the left
    return [
        *(TextLine(line, pair.size, bold=pair.bold) for line in labels),
        *(
            TextLine("" if alone else line, pair.size, right=line if alone else "", bold=pair.bold)
            for line in values
        ),
    ]


def _qr(text: str, width_mm: int, dots: int) -> QrLine:
    # Only controls go: any other change would make it another code.
    data = "".join(c for c in text if not (c < " " or "\x7f" <= c <= "\x9f")).encode("utf-8", "replace")
    across = len(_code(data, mask=0).matrix)
    fits_paper = dots // (across + 2 * QUIET_MODULES)
    fits_wish = width_mm * DOTS_PER_MM // across
    module_dots = min(16, fits_paper, max(fits_wish, _READABLE_DOTS))
    if module_dots < 1:
        raise ValueError(f"a QR code of {len(data)} bytes is wider than the paper of {dots} dots: shorten it")
    return QrLine(data, across, module_dots)


def _code(data: bytes, mask: int | None) -> segno.QRCode:
    """`mask` None: the best of the eight, which is nearly all the work."""
    # Never segno's kanji mode: the printer, which draws the code itself, would take another version.
    mode = None if data.isascii() else "byte"
    return segno.make(data, error="m", mode=mode, mask=mask, micro=False, boost_error=False)
