"""Makes right pages wrong, one way at a time, and prints which rules noticed: {"what was done": ["rule", …]}.

A process of its own, because Kivy lives once per process. The last line names the picture of the last fault."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kiosk.contract import CallStaff, Contrast, Language, TextSize
from screens import environment, samples
from screens.frame import Frame
from screens.gallery import silent_root
from screens.theme import Theme, load_panels
from tests.screens.walk import Audit

Deed = Callable[[Any, Theme], None]


def main(panel_name: str, out: Path) -> None:
    panel = load_panels()[panel_name]
    environment.prepare(*panel.pixels)
    from kivy.base import EventLoop

    from screens import fonts

    EventLoop.ensure_window()
    fonts.register(environment.home() / "fonts")
    root = silent_root(panel)
    noticed, pictures = {}, []
    for what, (page, deed) in {"nothing": ("check", lambda root, theme: None), **deeds()}.items():
        audit = Audit(root, out / what.replace(" ", "_"))
        for name in ("check", page):  # a right page first: places are compared with it
            root.lost()
            name, _, contrast = name.partition(" ")
            look = Contrast(contrast or "day")
            root.show(samples.view(name, Language.ZH, TextSize.LARGE, look))
            before = audit.look(name, colours=True)
            assert before == [], before
        deed(root, Theme(panel, root.view.text_size, root.view.contrast))
        found = audit.look(what, colours=True)
        noticed[what] = sorted({fault["rule"] for fault in found})
        pictures += [fault["picture"] for fault in found[:1]]
    print(json.dumps(noticed))
    print(json.dumps(pictures))


def deeds() -> dict[str, tuple[str, Deed]]:
    """What is done → on which page (and in which contrast, if not by day), and how."""
    from screens.widgets.base import Picture
    from screens.widgets.press import PLAIN, Press
    from screens.widgets.text import Text

    def button(
        root: Any, theme: Theme, name: str, frame: Frame, spoken: str = "", order: bool = True
    ) -> None:
        press = Press(frame, theme, name, spoken or name, CallStaff(), PLAIN)
        root.put(press)
        root._pressables[name] = press
        if order:
            root._ring.names = (*root._ring.names, name)

    def words(root: Any, frame: Frame, text: str, px: int, colour: Any = (0, 0, 0, 1)) -> None:
        root.put(Text(frame, text, px, colour))

    def free(root: Any, theme: Theme, wide_mm: float, high_mm: float) -> Frame:
        """Where the page `account_empty` has nothing: above its bottom bar, in the middle."""
        call = root.widgets_by_name()["call"].frame
        return Frame(call.right + theme.mm(60), call.top + theme.mm(10), theme.mm(wide_mm), theme.mm(high_mm))

    def taken(root: Any, name: str, **to: Any) -> None:
        widget = root.widgets_by_name()[name]
        for key, value in to.items():
            setattr(widget, key, value)

    def moved(root: Any, name: str, by: float) -> None:
        frame = root.widgets_by_name()[name].frame
        taken(root, name, frame=frame._replace(x=frame.x + by))

    def dropped(root: Any, name: str) -> None:
        root.take_away(root.widgets_by_name()[name])
        root._ring.names = tuple(n for n in root._ring.names if n != name)

    def bare(root: Any, name: str) -> None:
        ground = root.widgets_by_name()[name].frame
        for widget in list(root.things):
            if isinstance(widget, Picture) and ground.holds(widget.frame.x, widget.frame.y):
                root.take_away(widget)

    def crowd(root: Any, theme: Theme) -> None:
        for number in range(7):
            frame = free(root, theme, 13, 13)
            button(root, theme, f"fee:{number}", frame._replace(x=theme.mm(5 + 18 * number), y=theme.mm(60)))

    def swapped(root: Any, theme: Theme) -> None:
        first, second, *rest = root._ring.names
        root._ring.names = (second, first, *rest)

    work = "working"
    grey, nearly, white = (0.75, 0.75, 0.75, 1), (0.3, 0.3, 0.3, 1), (1, 1, 1, 1)
    return {
        "small letters": (work, lambda r, t: words(r, free(r, t, 40, 10), "小字", t.mm(4))),
        "letters a step too small": (
            work,
            lambda r, t: words(r, free(r, t, 60, 14), "小一号", t.small),
        ),
        "grey letters": (work, lambda r, t: words(r, free(r, t, 60, 14), "灰色", t.body, grey)),
        "letters not dark enough": (work, lambda r, t: words(r, free(r, t, 60, 14), "灰色", t.body, nearly)),
        "letters that dazzle": (
            "working low",
            lambda r, t: words(r, free(r, t, 60, 14), "白", t.body, white),
        ),
        "a button on the rim": (
            work,
            lambda r, t: button(r, t, "rim", Frame(1, t.mm(60), t.mm(15), t.mm(15))),
        ),
        "a button where people lean": (
            work,
            lambda r, t: button(r, t, "low", Frame(t.mm(10), t.mm(4), t.mm(15), t.mm(13))),
        ),
        "a tile without a picture": ("home", lambda r, t: bare(r, "fee:water")),
        "questions elsewhere": ("check", lambda r, t: moved(r, "help", -t.mm(2))),
        "a cut sentence": (work, lambda r, t: words(r, free(r, t, 30, 10), "这句话放不下" * 5, t.body)),
        "a broken word": (
            work,
            lambda r, t: words(r, free(r, t, 40, 30), "Administrative", t.body),
        ),
        "a broken amount": (work, lambda r, t: words(r, free(r, t, 20, 30), "¥12500.00", t.body)),
        "a character by itself": (work, lambda r, t: words(r, free(r, t, 60, 40), "没有算\n钱。", t.body)),
        "letters on letters": (
            work,
            lambda r, t: [words(r, free(r, t, 60, 14), x, t.body) for x in ("一", "二")],
        ),
        "no phrase": (work, lambda r, t: words(r, free(r, t, 90, 14), "[home.title]", t.least)),
        "letters outside the glass": (work, lambda r, t: words(r, Frame(-40, 300, 300, 100), "出去", t.body)),
        "a small button": (work, lambda r, t: button(r, t, "tiny", free(r, t, 9, 20))),
        "a button beside a button": (
            work,
            lambda r, t: [
                button(r, t, "one", free(r, t, 15, 15)),
                button(r, t, "two", (f := free(r, t, 15, 15))._replace(x=f.x + t.mm(16))),
            ],
        ),
        "seven choices": (work, crowd),
        "no help": (work, lambda r, t: dropped(r, "call")),
        "help elsewhere": (work, lambda r, t: moved(r, "call", t.mm(3))),
        "language elsewhere": (work, lambda r, t: moved(r, "language", -t.mm(2))),
        "way back elsewhere": ("check", lambda r, t: moved(r, "back", t.mm(2))),
        "a button without a name": ("check", lambda r, t: taken(r, "main", a11y_name="")),
        "two buttons of one name": ("check", lambda r, t: taken(r, "wrong", a11y_name="都对")),
        "a button that says it is a text": ("check", lambda r, t: taken(r, "main", a11y_role="text")),
        "a button no key reaches": (work, lambda r, t: button(r, t, "x", free(r, t, 20, 20), order=False)),
        "keys that jump": ("account_typed", swapped),
        "a button without an edge": (work, lambda r, t: button(r, _faint(t), "pale", free(r, t, 20, 20))),
        "a button too high": (
            work,
            lambda r, t: button(
                r, t, "high", Frame(t.mm(80), r.panel.glass[1] - t.mm(60), t.mm(20), t.mm(20))
            ),
        ),
    }


def _faint(theme: Theme) -> Theme:
    made = Theme(theme.panel, theme.size, theme.contrast)
    made.palette = {**made.palette, "border": "#EEEEEE"}
    return made


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
