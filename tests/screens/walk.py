"""Draws every sample view in every language, size and contrast and prints what is wrong, one JSON line each.

    python -m tests.screens.walk PANEL [CONTRAST …]

A process of its own, because Kivy lives once per process. The last line tells how many glasses were looked at."""

from __future__ import annotations

import itertools
import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import msgspec

from kiosk.contract import Contrast, Language, TextSize, View
from screens import environment, samples
from screens.frame import Frame
from screens.gallery import silent_root, views
from screens.theme import Panel, load_panels
from screens.words import Words

LEAST_TOUCH_MM = 12.7  # VVSG 7.2-I
LEAST_GAP_MM = 2.54
ROUNDING_PX = 1.5


def overlap(a: Frame, b: Frame) -> tuple[float, float]:
    return min(a.right, b.right) - max(a.x, b.x), min(a.top, b.top) - max(a.y, b.y)


def faults(root: Any, panel: Panel) -> Iterator[str]:
    from screens.widgets.press import Press
    from screens.widgets.text import Text

    glass = Frame(0, 0, *panel.glass)
    widgets = list(root.children)
    for widget in widgets:
        frame = widget.frame
        if frame.w < 0 or frame.h < 0:
            yield f"{type(widget).__name__} {widget.a11y_name!r} has a negative size {frame}"
        elif frame.x < -1 or frame.y < -1 or frame.right > glass.w + 1 or frame.top > glass.h + 1:
            yield f"{type(widget).__name__} {widget.a11y_name!r} leaves the glass {frame}"
    texts = [w for w in widgets if isinstance(w, Text)]
    for text in texts:
        if max(text.overflow) > ROUNDING_PX:
            yield f"text {text.text!r} ({text.px} px) overflows by {text.overflow} in {text.frame}"
        if "[" in text.text or "{" in text.text:
            yield f"text {text.text!r} is not a phrase"
    for a, b in itertools.combinations(texts, 2):
        across, high = overlap(a.frame, b.frame)
        if across > ROUNDING_PX and high > ROUNDING_PX and not shares_line(a, b):
            yield f"texts {a.text!r} and {b.text!r} overlap by {across:.0f} × {high:.0f}"
    buttons = [w for w in widgets if isinstance(w, Press)]
    for button in buttons:
        if not button.a11y_name:
            yield f"button {button.name} has no spoken name"
        if min(button.frame.w, button.frame.h) * panel.pitch_mm < LEAST_TOUCH_MM - 0.1:
            yield f"button {button.name} is smaller than {LEAST_TOUCH_MM} mm: {button.frame}"
    for a, b in itertools.combinations(buttons, 2):
        across, high = overlap(a.frame, b.frame)
        if (
            max(across, high) + ROUNDING_PX > 0
            and min(across, high) > -LEAST_GAP_MM / panel.pitch_mm + ROUNDING_PX
        ):
            yield f"buttons {a.name} and {b.name} stand closer than {LEAST_GAP_MM} mm"
    if "call" not in root.widgets_by_name():
        yield "nobody can be called"


def shares_line(a: Any, b: Any) -> bool:
    """A caption at the left and a figure at the right of the same line: fine while their ink stays apart."""
    from screens import typeset

    left, right = (a, b) if a.frame.x <= b.frame.x else (b, a)
    wide = [max(typeset.width(line, t.px, True) for line in t.text.split("\n")) for t in (left, right)]
    return bool(
        left.frame.top == right.frame.top
        and wide[0] + wide[1] <= max(left.frame.right, right.frame.right) - left.frame.x
    )


# Which sentences may stand as the problem on which page; [code] and [pay_by] also hold captions, which fit anyway.
PROBLEMS = {
    "account_typed": ("account.", "code."),
    "choose_bill": ("bills.over_",),
    "pay_by": ("pay_by.",),
    "cash_some": ("cash.", "pay_by."),
    "show_code": ("code.", "pay_by."),
}
# Titles, captions and instructions are not problems.
CAPTIONS = re.compile(r".*\.(title|how|how_typing|looking.*|slot|note|notes|open|hold|and|code|stop_.*|due)")


def sentences(contrast: Contrast) -> Iterator[tuple[str, View]]:
    """Every sentence that the core can say as a problem, on the pages where it can say it."""
    for language, size in itertools.product(Language, TextSize):
        keys = Words(language).phrases
        for page, starts in PROBLEMS.items():
            for key in keys:
                if key.startswith(starts) and not CAPTIONS.fullmatch(key):
                    view = samples.view(page, language, size, contrast)
                    view = msgspec.structs.replace(view, page=samples.with_problem(page, key, language))
                    yield f"{page} saying {key} {language.value} {size.value}", view


def main() -> None:
    panel = load_panels()[sys.argv[1]]
    contrasts = [Contrast(x) for x in sys.argv[2:]] or [Contrast.DAY]
    environment.prepare(*panel.pixels)
    from kivy.base import EventLoop

    from screens import fonts

    EventLoop.ensure_window()
    fonts.register(environment.home() / "fonts")
    root = silent_root(panel)
    count = 0

    def look(name: str) -> None:
        nonlocal count
        count += 1
        for fault in faults(root, panel):
            print(json.dumps({"view": name, "fault": fault}, ensure_ascii=False))

    settings_seen = set()
    for name, view in views(list(Language), list(TextSize), contrasts):
        root.lost()  # else the leaf that was open stays open
        root.show(view)
        look(name)
        leaf = 1
        while "next_page" in root.widgets_by_name():
            root.press("next_page")
            leaf += 1
            look(f"{name} leaf {leaf}")
        mode = (view.language, view.text_size, view.contrast)
        if mode not in settings_seen and view.idle is None:
            settings_seen.add(mode)
            root.press("settings")
            look(f"settings {mode}")
            while "next_page" in root.widgets_by_name():
                root.press("next_page")
                look(f"settings, next leaf, {mode}")
    for name, view in sentences(contrasts[0]):
        root.lost()  # else the leaf that was open stays open
        root.show(view)
        look(name)
    print(json.dumps({"looked_at": count}))


if __name__ == "__main__":
    main()
