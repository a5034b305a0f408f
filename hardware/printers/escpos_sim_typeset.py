"""From operations to strips of dots: the print buffer and the modes of the simulated printer."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PIL import Image, ImageChops

from hardware.printers.escpos_sim_charset import Coverage, chinese, single
from hardware.printers.escpos_sim_codes import CODE_128, bars, code128_text, qr_symbol, qr_text
from hardware.printers.escpos_sim_font import FONT_A, FONT_B, HANZI, glyph
from hardware.printers.escpos_sim_modes import (
    DEFAULT_LINE_DOTS,
    LEFT,
    RIGHT,
    Cell,
    Line,
    Modes,
    Raster,
)
from hardware.printers.escpos_sim_paper import Strip
from hardware.printers.escpos_sim_parser import Op

PICTURE_STRIP_DOTS = 24  # a picture moves the paper this much at a time


class Typesetter:
    """Feed it operations, take the strips to burn. `gs_magnifies_hanzi` is False for printers on which GS !
    enlarges Latin letters only, and hanzi need FS ! or FS W besides."""

    def __init__(self, dots: int, coverage: Coverage, gs_magnifies_hanzi: bool) -> None:
        self._dots = dots
        self._coverage = coverage
        self._gs_magnifies_hanzi = gs_magnifies_hanzi
        self.reset()

    def reset(self) -> None:
        """Power-up and ESC @."""
        self.modes = Modes()
        self.forget()

    def forget(self) -> None:
        """The print buffer was cleared; the modes stay."""
        self._line = Line()
        self._raster: Raster | None = None
        self._graphics: Image.Image | None = None

    @property
    def line_is_empty(self) -> bool:
        return not self._line.cells

    def run(self, op: Op) -> Iterator[Strip]:
        setting = SETTINGS.get(op.name)
        if setting:
            setting(self.modes, op.data)
            return
        if op.name in LINE_START_SETTINGS:
            if self.line_is_empty:
                LINE_START_SETTINGS[op.name](self.modes, op.data)
            return
        action = ACTIONS.get(op.name)
        if action:
            yield from action(self, op.data)

    # -- sizes --------------------------------------------------------------------------------------

    def _size(self, data: bytes) -> Iterator[Strip]:
        self.modes.size = ((data[0] >> 4 & 7) + 1, (data[0] & 7) + 1)
        if self._gs_magnifies_hanzi:
            self.modes.hanzi_size = self.modes.size
        yield from ()

    def _print_mode(self, data: bytes) -> Iterator[Strip]:
        bits, modes = data[0], self.modes
        modes.font = FONT_B if bits & 0x01 else FONT_A
        modes.bold = bool(bits & 0x08)
        modes.underline = 1 if bits & 0x80 else 0
        modes.size = (2 if bits & 0x20 else 1, 2 if bits & 0x10 else 1)
        if self._gs_magnifies_hanzi:
            modes.hanzi_size = modes.size
        yield from ()

    def _hanzi_mode(self, data: bytes) -> Iterator[Strip]:
        bits = data[0]
        self.modes.hanzi_size = (2 if bits & 0x04 else 1, 2 if bits & 0x08 else 1)
        self.modes.hanzi_underline = 1 if bits & 0x80 else 0
        yield from ()

    # -- characters ---------------------------------------------------------------------------------

    def _text(self, data: bytes) -> Iterator[Strip]:
        modes = self.modes
        char = single(data[0], modes.code_page, modes.national_set)
        yield from self._letter(char)

    def _stray(self, _: bytes) -> Iterator[Strip]:
        yield from self._letter(" ")

    def _letter(self, char: str) -> Iterator[Strip]:
        modes = self.modes
        yield from self._place(char, modes.font, modes.size, modes.underline, (0, modes.space))

    def _hanzi(self, data: bytes) -> Iterator[Strip]:
        modes = self.modes
        char = chinese(data, self._coverage)
        yield from self._place(char, HANZI, modes.hanzi_size, modes.hanzi_underline, modes.hanzi_space)

    def _place(
        self, char: str, cell: tuple[int, int], size: tuple[int, int], underline: int, space: tuple[int, int]
    ) -> Iterator[Strip]:
        ink = glyph(char, cell)
        if self.modes.bold:
            ink = ImageChops.logical_or(ink, ImageChops.offset(_blank_last_column(ink), 1, 0))
        if size != (1, 1):
            ink = ink.resize((cell[0] * size[0], cell[1] * size[1]), Image.Resampling.NEAREST)
        if underline and not self.modes.white_on_black:
            ink = ink.copy()
            ink.paste(1, (0, ink.height - underline, ink.width, ink.height))
        if self.modes.white_on_black:
            ink = ImageChops.logical_xor(ink, Image.new("1", ink.size, 1))
        yield from self._put(ink, char, (space[0] * size[0], space[1] * size[0]))

    def _put(self, ink: Image.Image, text: str, space: tuple[int, int] = (0, 0)) -> Iterator[Strip]:
        if self._line.cells and self._line.x + space[0] + ink.width > self._width():
            yield self._burn_line(self.modes.line_dots)
        self._line.cells.append(Cell(self._line.x + space[0], ink, text))
        self._line.x += space[0] + ink.width + space[1]

    def _width(self) -> int:
        free = max(self._dots - self.modes.margin, FONT_A[0])
        return min(free, self.modes.width) if self.modes.width else free

    # -- moving paper -------------------------------------------------------------------------------

    def _burn_line(self, feed: int) -> Strip:
        """Burn the print buffer, and move on by `feed` dots or by the height of the line, whichever is more."""
        line, self._line = self._line, Line()
        if not line.cells:
            return Strip(feed)
        height = max(cell.ink.height for cell in line.cells)
        used = max(cell.x + cell.ink.width for cell in line.cells)
        ink = Image.new("1", (used, height), 0)
        for cell in line.cells:
            ink.paste(1, (cell.x, height - cell.ink.height), mask=cell.ink)
        paper = self._on_paper(ink, self.modes.upside_down)
        return Strip(max(height, feed), paper, line.text())

    def _on_paper(self, ink: Image.Image, upside_down: bool = False) -> Image.Image:
        """Align within the print area; what is too wide is lost at the right."""
        width = self._width()
        area = Image.new("1", (width, ink.height), 0)
        area.paste(ink, (max(0, width - ink.width) * self.modes.align // 2, 0))
        if upside_down:
            area = area.transpose(Image.Transpose.ROTATE_180)
        paper = Image.new("1", (self._dots, ink.height), 0)
        paper.paste(area, (self.modes.margin, 0))
        return paper

    def _end_line(self, _: bytes) -> Iterator[Strip]:
        yield self._burn_line(self.modes.line_dots)

    def _feed_lines(self, data: bytes) -> Iterator[Strip]:
        lines = data[0]
        if self._line.cells:
            yield self._burn_line(self.modes.line_dots if lines else 0)
            lines -= 1
        for _ in range(lines):
            yield Strip(self.modes.line_dots)

    def _feed_dots(self, data: bytes) -> Iterator[Strip]:
        yield self._burn_line(data[0])

    # -- position in the line -----------------------------------------------------------------------

    def _tab(self, _: bytes) -> Iterator[Strip]:
        column = (self.modes.font[0] + self.modes.space) * self.modes.size[0]
        stop = next((stop * column for stop in self.modes.tabs if stop * column > self._line.x), None)
        if stop is not None and stop < self._width():
            self._line.x = stop
        yield from ()

    def _go_to(self, data: bytes) -> Iterator[Strip]:
        place = int.from_bytes(data, "little")
        if place < self._width():
            self._line.x = place
        yield from ()

    def _go_by(self, data: bytes) -> Iterator[Strip]:
        place = self._line.x + int.from_bytes(data, "little", signed=True)
        if 0 <= place < self._width():
            self._line.x = place
        yield from ()

    # -- pictures and codes -------------------------------------------------------------------------

    def _picture(self, ink: Image.Image, qr: tuple[str, ...] = ()) -> Iterator[Strip]:
        if self._line.cells:
            yield self._burn_line(0)
        paper = self._on_paper(ink)
        for top in range(0, paper.height, PICTURE_STRIP_DOTS):
            bottom = min(top + PICTURE_STRIP_DOTS, paper.height)
            done = qr if bottom == paper.height else ()
            yield Strip(bottom - top, paper.crop((0, top, paper.width, bottom)), qr=done)

    def _start_raster(self, data: bytes) -> Iterator[Strip]:
        scale = (2 if data[0] & 1 else 1, 2 if data[0] & 2 else 1)
        self._raster = Raster(int.from_bytes(data[1:3], "little"), scale)
        yield from ()

    def _rows(self, data: bytes) -> Iterator[Strip]:
        raster = self._raster
        if raster is None:  # its start was cleared away
            return
        rows = len(data) // raster.row_bytes
        ink = Image.frombytes("1", (raster.row_bytes * 8, rows), data)
        ink = ink.crop((0, 0, min(ink.width, self._dots), rows))
        across, down = raster.scale
        yield from self._picture(ink.resize((ink.width * across, rows * down), Image.Resampling.NEAREST))

    def _columns(self, data: bytes) -> Iterator[Strip]:
        """ESC *: columns of 8 or 24 dots, as one character of the line."""
        high = 24 if data[0] >= 32 else 8
        columns = len(data[3:]) * 8 // high
        if not columns:
            return
        ink = Image.frombytes("1", (high, columns), data[3:]).transpose(Image.Transpose.TRANSPOSE)
        across = 1 if data[0] in (1, 33) else 2
        yield from self._put(ink.resize((columns * across, 24), Image.Resampling.NEAREST), "")

    def _graphics_command(self, data: bytes) -> Iterator[Strip]:
        function = data[1] if len(data) > 1 else 0
        if function == 112 and len(data) > 10:
            row_bytes, rows = (
                (int.from_bytes(data[6:8], "little") + 7) // 8,
                int.from_bytes(data[8:10], "little"),
            )
            pixels = data[10 : 10 + row_bytes * rows]
            if rows and len(pixels) == row_bytes * rows:
                ink = Image.frombytes("1", (row_bytes * 8, rows), pixels)
                across, down = (2 if times == 2 else 1 for times in data[3:5])
                self._graphics = ink.resize((ink.width * across, rows * down), Image.Resampling.NEAREST)
        elif function in (2, 50) and self._graphics is not None:
            ink, self._graphics = self._graphics, None
            yield from self._picture(ink)

    def _code_command(self, data: bytes) -> Iterator[Strip]:
        """GS ( k for QR codes (cn 49); the other symbols are taken and not drawn."""
        if len(data) < 3 or data[0] != 49:
            return
        function, first, modes = data[1], data[2], self.modes
        if function == 67 and 1 <= first <= 16:
            modes.qr_module = first
        elif function == 69:
            modes.qr_level = first
        elif function == 80:
            modes.qr_payload = data[3:]
        elif function == 81 and modes.qr_payload:
            ink = qr_symbol(modes.qr_payload, modes.qr_level, modes.qr_module)
            if (
                ink is not None and ink.width <= self._width()
            ):  # a code that does not fit is not printed at all
                yield from self._picture(ink, (qr_text(modes.qr_payload),))

    def _bar_code(self, data: bytes) -> Iterator[Strip]:
        content = data[1:].rstrip(b"\x00") if data[0] <= 6 else data[2:]
        ink = bars(data[0], content, self.modes.bar_module, self.modes.bar_height)
        if ink is None or ink.width > self._width():
            return
        words = code128_text(content) if data[0] == CODE_128 else content.decode("latin-1")
        if self.modes.bar_words & 1:
            yield from self._words(words)
        yield from self._picture(ink)
        if self.modes.bar_words & 2:
            yield from self._words(words)

    def _words(self, words: str) -> Iterator[Strip]:
        for char in words:
            yield from self._letter(char if " " <= char <= "~" else " ")
        yield self._burn_line(0)


def _blank_last_column(ink: Image.Image) -> Image.Image:
    """ImageChops.offset wraps around; the last column must not come out at the left."""
    ink = ink.copy()
    ink.paste(0, (ink.width - 1, 0, ink.width, ink.height))
    return ink


def _number(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _set(name: str, value: Callable[[bytes], object]) -> Callable[[Modes, bytes], None]:
    """The setting that puts `value` of the parameters into the mode `name`."""
    return lambda modes, data: setattr(modes, name, value(data))


def _on(data: bytes) -> bool:
    return bool(data[0] & 1)


def _thickness(data: bytes) -> int:
    return data[0] & 0x0F if data[0] & 0x0F <= 2 else 0


SETTINGS: dict[str, Callable[[Modes, bytes], None]] = {
    "ESC SP": _set("space", lambda data: data[0]),
    "ESC -": _set("underline", _thickness),
    "ESC 2": _set("line_dots", lambda data: DEFAULT_LINE_DOTS),
    "ESC 3": _set("line_dots", lambda data: data[0]),
    "ESC D": _set("tabs", lambda data: tuple(data.rstrip(b"\x00"))),
    "ESC E": _set("bold", _on),
    "ESC G": _set("bold", _on),
    "ESC M": _set("font", lambda data: FONT_B if _on(data) else FONT_A),
    "ESC R": _set("national_set", lambda data: data[0]),
    "ESC t": _set("code_page", lambda data: data[0]),
    "FS -": _set("hanzi_underline", _thickness),
    "FS S": _set("hanzi_space", lambda data: (data[0], data[1])),
    "FS W": _set("hanzi_size", lambda data: (2, 2) if _on(data) else (1, 1)),
    "GS B": _set("white_on_black", _on),
    "GS H": _set("bar_words", lambda data: data[0] & 3),
    "GS h": _set("bar_height", lambda data: max(1, data[0])),
    "GS w": _set("bar_module", lambda data: min(max(data[0], 1), 6)),
}

# In the middle of a line these are ignored.
LINE_START_SETTINGS: dict[str, Callable[[Modes, bytes], None]] = {
    "ESC a": _set("align", lambda data: data[0] & 3 if data[0] & 3 <= RIGHT else LEFT),
    "ESC {": _set("upside_down", _on),
    "GS L": _set("margin", _number),
    "GS W": _set("width", _number),
}

ACTIONS: dict[str, Callable[[Typesetter, bytes], Iterator[Strip]]] = {
    "text": Typesetter._text,
    "hanzi": Typesetter._hanzi,
    "stray": Typesetter._stray,
    "LF": Typesetter._end_line,
    "HT": Typesetter._tab,
    "ESC !": Typesetter._print_mode,
    "GS !": Typesetter._size,
    "FS !": Typesetter._hanzi_mode,
    "ESC $": Typesetter._go_to,
    "ESC \\": Typesetter._go_by,
    "ESC d": Typesetter._feed_lines,
    "ESC J": Typesetter._feed_dots,
    "ESC *": Typesetter._columns,
    "GS v 0": Typesetter._start_raster,
    "rows": Typesetter._rows,
    "GS ( L": Typesetter._graphics_command,
    "GS 8 L": Typesetter._graphics_command,
    "GS ( k": Typesetter._code_command,
    "GS k": Typesetter._bar_code,
}
