"""Prints where the buttons of a view (JSON on standard input) stand: name → middle, from the top left."""

from __future__ import annotations

import json
import sys

from kiosk import codec
from kiosk.contract import View
from screens import environment
from screens.theme import load_panels


def main(opened: str) -> None:
    view = codec.decode(sys.stdin.buffer.read(), View)
    panel = load_panels()["lobby"]
    environment.prepare(*panel.pixels)
    from kivy.base import EventLoop

    from screens import fonts
    from screens.root import ScreenRoot

    EventLoop.ensure_window()
    fonts.register(environment.home() / "fonts")
    root = ScreenRoot(panel, lambda touched: None)
    root.show(view)
    if opened:
        root.press(opened)
    height = panel.pixels[1]
    middles = {
        name: (round(w.frame.x + w.frame.w / 2), round(height - w.frame.y - w.frame.h / 2))
        for name, w in root.widgets_by_name().items()
    }
    print(json.dumps(middles))


if __name__ == "__main__":
    main(sys.argv[1])
