"""The pages that ask for a code, with and without a picture of the camera. Prints what the glass shows in each step.

python preview_on_glass.py FOLDER PAGE"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops

from screens import environment, samples
from screens.theme import load_panels

LEFT_WHITE = [255] * 160 + [0] * 160


def lay(path: Path, picture: Image.Image) -> None:
    fresh = path.with_name("fresh.jpg")
    picture.save(fresh, format="JPEG")
    fresh.replace(path)


def main(folder: Path, page: str) -> None:
    panel = load_panels()["lobby"]
    environment.prepare(*panel.pixels)
    from kivy.base import EventLoop
    from kivy.clock import Clock

    from screens import fonts
    from screens.root import ScreenRoot
    from screens.widgets.preview import Preview

    EventLoop.ensure_window()
    fonts.register(environment.home() / "fonts")
    source = folder / "preview.jpg"
    root = ScreenRoot(panel, lambda touched: None, preview=source)
    found: dict[str, Any] = {}

    def glass(name: str) -> Image.Image:
        for _ in range(3):
            time.sleep(0.15)  # longer than the preview waits between two looks
            Clock.tick()
        root.export_to_png(str(folder / f"{name}.png"))
        return Image.open(folder / f"{name}.png").convert("L")

    def previews() -> list[Preview]:
        return [widget for widget in root.things if isinstance(widget, Preview)]

    root.show(samples.view(page))
    (preview,) = previews()
    still = glass("still")
    found["still"] = preview.shows

    picture = Image.new("L", (320, 240))
    picture.putdata(LEFT_WHITE * 240)
    lay(source, picture)
    live = glass("live")
    frame = preview.frame
    row = round(live.height - (frame.y + frame.h / 2))
    scale = min(frame.w / 320, frame.h / 240)
    middle, aside = frame.x + frame.w / 2, 320 * scale * 0.45  # beside the frame for the code
    found["live"] = preview.shows
    found["left"], found["right"] = (live.getpixel((round(middle + side * aside), row)) for side in (-1, 1))

    source.write_bytes(b"\xff\xd8 half a picture")
    found["broken shows the drawing"] = ImageChops.difference(glass("broken"), still).getbbox() is None
    lay(source, Image.new("L", (4000, 20)))
    found["too large shows the drawing"] = ImageChops.difference(glass("large"), still).getbbox() is None
    lay(source, picture)
    found["live again"] = ImageChops.difference(glass("again"), live).getbbox() is None
    source.unlink()
    found["gone shows the drawing"] = ImageChops.difference(glass("gone"), still).getbbox() is None

    root.show(samples.view("home"))
    found["on other pages"] = len(previews())
    lay(source, picture)
    glass("home")
    found["looks on when its page is gone"] = preview.shows
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
