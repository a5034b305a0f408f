"""`python -m screens.gallery OUT_DIR`: every sample view as a picture, and an index to look through them."""

from __future__ import annotations

import argparse
import html
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kiosk.contract import Banner, Contrast, Language, TextSize, View
from screens import environment, samples
from screens.theme import Panel, load_panels
from screens.voice.guide import Guide, Listening
from screens.voice.sound import Silence
from screens.voice.speaker import Speaker
from screens.words import Words


def views(
    languages: list[Language], sizes: list[TextSize], contrasts: list[Contrast]
) -> Iterator[tuple[str, View]]:
    """Name of the picture and view; the page names may be followed by a state of the whole glass."""
    for language, size, contrast in itertools.product(languages, sizes, contrasts):
        look = f"{language.value}-{size.value}-{contrast.value}"
        for name in samples.PAGES:
            yield f"{name}-{look}", samples.view(name, language, size, contrast)
        yield f"idle-{look}", samples.view("check", language, size, contrast, idle=samples.IDLE)
        yield (
            f"idle_money-{look}",
            samples.view("cash_some", language, size, contrast, idle=samples.IDLE_MONEY),
        )
        for name in ("home", "check", "cash_some", "account_typed"):
            shown = (Banner.SIMULATED, Banner.OFFLINE)
            yield (
                f"{name}_banners-{look}",
                samples.view(name, language, size, contrast, banners=shown, staff_called=name == "check"),
            )


def silent_root(panel: Panel) -> Any:
    """The glass by itself: whoever looks at it presses nothing and hears nothing."""
    from screens.root import ScreenRoot

    words = {language: Words(language) for language in Language}
    voice = Guide(Speaker((), Silence()), words, Listening.OFF)
    return ScreenRoot(panel, lambda touched: None, words=words, voice=voice)


def save(root: Any, path: Path) -> None:
    """What stands on the glass as PNG, through an off-screen buffer of the panel's size."""
    root.export_to_png(str(path))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m screens.gallery", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--panel", default="lobby")
    parser.add_argument("--only", default="", help="only pictures whose name contains this")
    parser.add_argument("--language", choices=[x.value for x in Language], action="append")
    parser.add_argument("--size", choices=[x.value for x in TextSize], action="append")
    parser.add_argument("--contrast", choices=[x.value for x in Contrast], action="append")
    chosen = parser.parse_args()
    panel = load_panels()[chosen.panel]
    environment.prepare(*panel.pixels)

    from kivy.base import EventLoop

    from screens import fonts

    EventLoop.ensure_window()  # pictures are drawn off-screen; the window only lends its graphics context
    fonts.register(environment.home() / "fonts")
    root = silent_root(panel)
    chosen.out.mkdir(parents=True, exist_ok=True)
    made = []
    wanted = views(
        [Language(x) for x in chosen.language or [x.value for x in Language]],
        [TextSize(x) for x in chosen.size or [x.value for x in TextSize]],
        [Contrast(x) for x in chosen.contrast or [Contrast.DAY.value]],
    )
    for name, view in wanted:
        if chosen.only not in name:
            continue
        root.lost()  # else the leaf that was open stays open
        root.show(view)
        save(root, chosen.out / f"{name}.png")
        made.append(name)
        leaf = 1
        while "next_page" in root.widgets_by_name():
            root.press("next_page")
            leaf += 1
            save(root, chosen.out / f"{name}-{leaf}.png")
            made.append(f"{name}-{leaf}")
    if not chosen.only or chosen.only in "settings waiting":
        for language in Language:
            root.lost()  # else the leaf that was open stays open
            root.show(samples.view("home", language))
            root.press("settings")
            made.append(f"settings-{language.value}")
            save(root, chosen.out / f"{made[-1]}.png")
            while "next_page" in root.widgets_by_name():
                root.press("next_page")
                made.append(f"{made[-1]}-more")
                save(root, chosen.out / f"{made[-1]}.png")
        root.lost()
        made.append("waiting")
        save(root, chosen.out / "waiting.png")
    figures = "".join(
        f'<figure><img src="{html.escape(name)}.png" loading="lazy">'
        f"<figcaption>{html.escape(name)}</figcaption></figure>\n"
        for name in made
    )
    (chosen.out / "index.html").write_text(
        "<!doctype html><meta charset=utf-8><title>Screens</title><style>body{font:14px sans-serif;display:grid;"
        "grid-template-columns:repeat(auto-fill,minmax(420px,1fr));gap:16px;background:#ddd}figure{margin:0}"
        f"img{{width:100%}}</style>\n{figures}",
        "utf-8",
    )


if __name__ == "__main__":
    main()
