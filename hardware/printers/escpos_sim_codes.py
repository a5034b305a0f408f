"""QR codes and bar codes as the simulated printer draws them: bilevel images in which 1 is ink."""

from __future__ import annotations

import segno
import zxingcpp
from PIL import Image, ImageChops

QR_LEVELS = {48: "L", 49: "M", 50: "Q", 51: "H"}

CODE_128 = 73
# GS k m, in the NUL-terminated and in the counted form.
BAR_KINDS = {
    0: "UPCA",
    1: "UPCE",
    2: "EAN13",
    3: "EAN8",
    4: "Code39",
    5: "ITF",
    6: "Codabar",
    65: "UPCA",
    66: "UPCE",
    67: "EAN13",
    68: "EAN8",
    69: "Code39",
    70: "ITF",
    71: "Codabar",
    72: "Code93",
    CODE_128: "Code128",
}


def qr_symbol(payload: bytes, level: int, module_dots: int) -> Image.Image | None:
    """A QR code without quiet zone, as printers draw it; None where no symbol holds so much."""
    try:
        code = segno.make_qr(payload, error=QR_LEVELS.get(level, "L"), boost_error=False)
    except (segno.DataOverflowError, ValueError):
        return None
    size = len(code.matrix)
    modules = Image.frombytes(
        "L", (size, size), bytes(255 if dark else 0 for row in code.matrix for dark in row)
    )
    return modules.convert("1").resize((size * module_dots, size * module_dots), Image.Resampling.NEAREST)


def qr_text(payload: bytes) -> str:
    """The payload for people and tests: UTF-8, else GB18030, else byte for byte."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return payload.decode(encoding)
        except UnicodeDecodeError:
            continue
    return payload.decode("latin-1")


def bars(kind: int, data: bytes, module_dots: int, height: int) -> Image.Image | None:
    """A bar code; None for data that its kind can not hold, or a kind that is not drawn: nothing is printed then."""
    name = BAR_KINDS.get(kind)
    if name is None:
        return None
    text = code128_text(data) if kind == CODE_128 else data.decode("latin-1")
    try:
        code = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, name))
        drawn = Image.fromarray(code.to_image(scale=1, add_quiet_zones=False))
    except (ValueError, RuntimeError):
        return None
    row = ImageChops.invert(drawn.convert("L").crop((0, 0, drawn.width, 1)))
    return row.convert("1").resize((row.width * module_dots, height), Image.Resampling.NEAREST)


def code128_text(data: bytes) -> str:
    """Take the code-set marks out: `{A`, `{B`, `{C` (each byte is then two digits), `{{` for a brace."""
    text = ""
    digits = False
    at = 0
    while at < len(data):
        byte = data[at]
        if byte == 0x7B and at + 1 < len(data):
            mark = chr(data[at + 1])
            at += 2
            if mark in "ABC":
                digits = mark == "C"
            elif mark == "{":
                text += "{"
            continue
        text += f"{byte:02d}" if digits else chr(byte)
        at += 1
    return text
