"""Lines → plain text, as wide as the paper: for the list of unprinted papers, for tests and for logs of a bench."""

from __future__ import annotations

from hardware.contracts import Align, Document, Size
from hardware.printers.layout import FeedLine, Line, QrLine, RuleLine, TextLine, columns, lay_out
from hardware.printers.text import width


def plain(document: Document, dots: int) -> str:
    """`document` as lines of text; a QR code is shown as its content. Raises ValueError as `lay_out`."""
    lines = lay_out(document, dots)
    smallest = min(
        (line.size.value for line in lines if isinstance(line, TextLine)), default=Size.NORMAL.value
    )
    room = columns(dots, Size(smallest))
    return "".join(_plain(line, room) for line in lines)


def _plain(line: Line, room: int) -> str:
    match line:
        case TextLine():
            text = line.filled(room)
            spare = room - width(text)
            indent = {Align.LEFT: 0, Align.CENTRE: spare // 2, Align.RIGHT: spare}[line.align]
            return " " * indent + text + "\n"
        case RuleLine():
            return "─" * (room // 2) + "\n"
        case QrLine(data):
            return f"[{data.decode('utf-8')}]\n"
        case FeedLine(lines):
            return "\n" * lines
