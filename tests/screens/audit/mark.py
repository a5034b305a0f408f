"""The picture with its faults: a red frame around each, the words below all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from tests.screens.audit.fault import Fault
from tests.screens.audit.ink import Pixels

RED = (224, 0, 32)
LINE_PX = 20


def marked(pixels: Pixels, faults: Sequence[Fault], font: Path | None = None) -> Image.Image:
    height, width = pixels.shape[:2]
    picture = Image.new("RGB", (width, height + LINE_PX * (len(faults) + 1)), "white")
    picture.paste(Image.fromarray(pixels[:, :, :3]), (0, 0))
    draw = ImageDraw.Draw(picture)
    letters = ImageFont.truetype(str(font), LINE_PX - 4) if font else ImageFont.load_default()
    for number, fault in enumerate(faults, start=1):
        frame = fault.frame
        left, right = sorted((frame.x, frame.right))
        top, bottom = sorted((height - frame.top, height - frame.y))
        box = (max(0, left - 2), max(0, top - 2), min(width - 1, right + 2), min(height - 1, bottom + 2))
        if box[0] < box[2] and box[1] < box[3]:
            draw.rectangle(box, outline=RED, width=4)
            draw.text((box[0] + 6, box[1] + 2), str(number), fill=RED, font=letters)
        line = f"{number}  {fault.rule}: {fault.words}"
        draw.text((6, height + LINE_PX * (number - 0.5)), line, fill=RED, font=letters)
    return picture
