"""The glass inside another window: half as large, moved aside. Prints the intents of touches on its buttons.

python embedded.py NAME …      (names of buttons on the sample page `home`, one a second; `at-once:NAME` after a tenth
of one; `asleep`, `awake`: what the core shows)"""

from __future__ import annotations

import json
import sys

import msgspec

from screens import environment, samples
from screens.theme import load_panels

SCALE = 0.5
CORNER = (300, 200)
AT_ONCE = "at-once:"


def main(names: list[str]) -> None:
    panel = load_panels()["lobby"]
    environment.prepare(*panel.pixels)
    from kivy.base import EventLoop
    from kivy.core.window import Window
    from kivy.tests.common import UnitTestTouch
    from kivy.uix.scatter import Scatter

    from screens import fonts
    from screens.root import ScreenRoot

    EventLoop.ensure_window()
    fonts.register(environment.home() / "fonts")
    now = [0.0]
    touched = []
    root = ScreenRoot(panel, touched.append, clock=lambda: now[0])
    frame = Scatter(
        do_rotation=False, do_scale=False, do_translation=False, size_hint=(None, None), size=panel.glass
    )
    frame.add_widget(root)
    frame.scale = SCALE
    frame.pos = CORNER
    Window.add_widget(frame)
    root.show(samples.view("home"))
    for name in names:
        now[0] += 0.1 if name.startswith(AT_ONCE) else 1
        name = name.removeprefix(AT_ONCE)
        if name in ("asleep", "awake"):
            root.show(msgspec.structs.replace(samples.view("home"), asleep=name == "asleep"))
            continue
        if name == "finger-that-is-never-lifted":
            UnitTestTouch(CORNER[0] + 5, CORNER[1] + 5).touch_down()
            now[0] += 20
            continue
        button = root.widgets_by_name()[name].frame
        x = CORNER[0] + (button.x + button.w / 2) * SCALE
        y = CORNER[1] + (button.y + button.h / 2) * SCALE
        finger = UnitTestTouch(x, y)
        finger.touch_down()
        finger.touch_up()
    print(json.dumps([type(one.intent).__name__ for one in touched]))


if __name__ == "__main__":
    main(sys.argv[1:])
