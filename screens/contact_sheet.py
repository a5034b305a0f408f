"""`python -m screens.contact_sheet GALLERY PICTURE.png`: a visit and other looks on one small picture, for the README.

GALLERY holds what `python -m screens.gallery` made; `--names` prints which pictures of it are needed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from PIL import Image

VISIT: Final = (  # row by row: a visit, then other looks
    "home-zh-large-day", "account_typed-zh-large-day", "check-zh-large-day", "pay_by-zh-large-day",
    "cash_some-zh-large-day", "show_code-zh-large-day", "receipt-zh-large-day", "thank_you-zh-large-day",
    "home-en-standard-day", "check-zh-xlarge-black", "pay_by-en-large-white", "cash_some-zh-large-low",
)  # fmt: skip
TALL: Final = "cash_some-zh-large-day"  # beside them, on the tall panel
COLUMNS: Final = 4
CELL: Final = (320, 200)
GAP: Final = 14
GROUND: Final = "#C9D2DE"
COLOURS: Final = 256


def made(gallery: Path) -> Image.Image:
    """Raises FileNotFoundError for a picture that is not there."""
    rows = -(-len(VISIT) // COLUMNS)
    height = rows * CELL[1] + (rows - 1) * GAP
    with Image.open(gallery / "tall" / f"{TALL}.png") as tall:
        beside = tall.convert("RGB").resize(
            (round(tall.width * height / tall.height), height), Image.Resampling.LANCZOS
        )
    left = COLUMNS * (CELL[0] + GAP)
    sheet = Image.new("RGB", (left + beside.width + 2 * GAP, height + 2 * GAP), GROUND)
    for number, name in enumerate(VISIT):
        row, column = divmod(number, COLUMNS)
        with Image.open(gallery / "lobby" / f"{name}.png") as page:
            small = page.convert("RGB").resize(CELL, Image.Resampling.LANCZOS)
        sheet.paste(small, (GAP + column * (CELL[0] + GAP), GAP + row * (CELL[1] + GAP)))
    sheet.paste(beside, (GAP + left, GAP))
    return sheet.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m screens.contact_sheet", description=__doc__)
    parser.add_argument("gallery", type=Path, nargs="?")
    parser.add_argument("picture", type=Path, nargs="?")
    parser.add_argument(
        "--names", choices=["lobby", "tall"], help="of the pictures that are needed of this panel"
    )
    chosen = parser.parse_args()
    if chosen.names:
        print(*(VISIT if chosen.names == "lobby" else (TALL,)), sep="\n")
    elif chosen.gallery and chosen.picture:
        made(chosen.gallery).save(chosen.picture, optimize=True)
    else:
        parser.error("a gallery and a picture, or --names")


if __name__ == "__main__":
    main()
