"""What the simulated printer has in mind while it sets a line: its modes, its print buffer, a picture on its way."""

from __future__ import annotations

from dataclasses import dataclass, field

from PIL import Image

from hardware.printers.escpos_sim_font import FONT_A

DEFAULT_LINE_DOTS = 30
QR_MODULE_DOTS = 3
TAB_COLUMNS = 8
LEFT, CENTRE, RIGHT = 0, 1, 2


@dataclass
class Modes:
    """Everything that ESC @ brings back to what is written here. Lengths in dots."""

    font: tuple[int, int] = FONT_A
    size: tuple[int, int] = (1, 1)  # times wide, times high
    hanzi_size: tuple[int, int] = (1, 1)
    bold: bool = False
    underline: int = 0
    hanzi_underline: int = 0
    white_on_black: bool = False
    upside_down: bool = False
    align: int = LEFT
    line_dots: int = DEFAULT_LINE_DOTS
    space: int = 0
    hanzi_space: tuple[int, int] = (0, 0)
    margin: int = 0
    width: int | None = None
    code_page: int = 0
    national_set: int = 0
    tabs: tuple[int, ...] = tuple(range(TAB_COLUMNS, 256, TAB_COLUMNS))
    bar_height: int = 162
    bar_module: int = 3
    bar_words: int = 0
    qr_module: int = QR_MODULE_DOTS
    qr_level: int = 48
    qr_payload: bytes = b""


@dataclass(frozen=True)
class Cell:
    x: int
    ink: Image.Image
    text: str


@dataclass
class Line:
    """The print buffer: what will be burnt when the line ends."""

    cells: list[Cell] = field(default_factory=list)
    x: int = 0

    def text(self) -> str:
        words, end = "", 0
        for cell in self.cells:
            words += " " * (max(0, cell.x - end) // FONT_A[0]) + cell.text
            end = cell.x + cell.ink.width
        return words.rstrip()


@dataclass
class Raster:
    """A picture of GS v 0 whose rows are still coming."""

    row_bytes: int
    scale: tuple[int, int]
