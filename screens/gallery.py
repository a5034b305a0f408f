"""`python -m screens.gallery OUT_DIR`: every sample view as a picture, and an index to look through them.

One panel after another; `script/gallery` makes all of them, with all cores."""

from __future__ import annotations

import argparse
import gc
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from kiosk.contract import Banner, Contrast, Language, TextSize, View
from screens import environment, gallery_index, samples
from screens.theme import Panel, load_panels
from screens.voice.guide import Guide, Listening
from screens.voice.sound import Silence
from screens.voice.speaker import Speaker
from screens.words import Words


def views(
    languages: list[Language], sizes: list[TextSize], contrasts: list[Contrast]
) -> Iterator[tuple[str, View]]:
    """Name of the picture and view. A page comes in all its contrasts before the next one: its words are set once."""
    states: dict[str, tuple[str, dict[str, Any]]] = {name: (name, {}) for name in samples.PAGES}
    states["idle"] = ("check", {"idle": samples.IDLE})
    states["idle_money"] = ("cash_some", {"idle": samples.IDLE_MONEY})
    for page in ("home", "check", "cash_some", "account_typed"):
        shown = (Banner.SIMULATED, Banner.OFFLINE)
        states[f"{page}_banners"] = (page, {"banners": shown, "staff_called": page == "check"})
    for page in ("account_typed", "thank_you"):  # as wherever the machine is tried out
        states[f"{page}_simulated"] = (page, {"banners": (Banner.SIMULATED,)})
    for language, size, (name, (page, state)) in itertools.product(languages, sizes, states.items()):
        for contrast in contrasts:
            yield (
                f"{name}-{language.value}-{size.value}-{contrast.value}",
                samples.view(page, language, size, contrast, **state),
            )


def silent_root(panel: Panel) -> Any:
    """The glass by itself: whoever looks at it presses nothing and hears nothing."""
    from screens.root import ScreenRoot

    words = {language: Words(language) for language in Language}
    voice = Guide(Speaker((), Silence()), words, Listening.OFF)
    return ScreenRoot(panel, lambda touched: None, words=words, voice=voice)


MOST_LEAVES: Final = 40  # far more than a page can have whose last leaf is ever reached


class Camera:
    """Takes pictures of a glass, with all leaves of each page."""

    def __init__(self, root: Any, folder: Path) -> None:
        from screens.offscreen import Buffer

        self._root, self._folder, self._buffer = root, folder, Buffer(root)
        folder.mkdir(parents=True, exist_ok=True)

    def show(self, name: str, view: View | None, press: str = "") -> None:
        """`view` None: the page without a core. `press`: a button that opens what is to be seen."""
        if view is None:
            self._root.lost()
        else:
            self._root.start_over()  # else the leaf that was open stays open
            self._root.show(view)
        if press:
            self._root.press(press)
        self._take(name)
        leaf = 1
        while "next_page" in self._root.widgets_by_name():
            self._root.press("next_page")
            leaf += 1
            if leaf > MOST_LEAVES:
                raise RuntimeError(
                    f"the page {name} has no last leaf: after {MOST_LEAVES} there is still a next one"
                )
            self._take(f"{name}~{leaf}")

    def _take(self, name: str) -> None:
        import cv2
        import numpy as np

        from screens import png

        width, height = self._buffer.size
        from_below = np.frombuffer(self._buffer.rgba(), np.uint8).reshape(height, width, 4)
        # All of black on white takes a third of the bytes. Most pictures show their colour at once.
        if _is_grey(from_below[::9, ::9]) and _is_grey(from_below):
            picture = cv2.extractChannel(from_below, 0)
        else:
            picture = cv2.cvtColor(from_below, cv2.COLOR_RGBA2RGB)
        (self._folder / f"{name}.png").write_bytes(png.encoded(picture[::-1]))


def _is_grey(rgba: Any) -> bool:
    return bool((rgba[:, :, 0] == rgba[:, :, 1]).all() and (rgba[:, :, 0] == rgba[:, :, 2]).all())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m screens.gallery", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--panel", default="lobby")
    parser.add_argument("--only", action="append", help="only pictures whose name contains this")
    parser.add_argument("--language", choices=[x.value for x in Language], action="append")
    parser.add_argument("--size", choices=[x.value for x in TextSize], action="append")
    parser.add_argument("--contrast", choices=[x.value for x in Contrast], action="append")
    parser.add_argument("--index", action="store_true", help="no pictures: an index of those that are there")
    chosen = parser.parse_args()
    if chosen.index:
        gallery_index.write(chosen.out)
        return

    def wanted(name: str) -> bool:
        return chosen.only is None or any(part in name for part in chosen.only)

    panel = load_panels()[chosen.panel]
    environment.prepare(*panel.pixels)

    from kivy.base import EventLoop

    from screens import fonts

    EventLoop.ensure_window()  # pictures are drawn off-screen; the window only lends its graphics context
    fonts.register(environment.home() / "fonts")
    camera = Camera(silent_root(panel), chosen.out / chosen.panel)
    gc.freeze()  # what is there now stays: only what pictures leave behind is looked through
    languages = [Language(x) for x in chosen.language or [x.value for x in Language]]
    sizes = [TextSize(x) for x in chosen.size or [x.value for x in TextSize]]
    contrasts = [Contrast(x) for x in chosen.contrast or [x.value for x in Contrast]]
    for name, view in views(languages, sizes, contrasts):
        if wanted(name):
            camera.show(name, view)
    for language, size, contrast in itertools.product(languages, sizes, contrasts):
        look = f"{language.value}-{size.value}-{contrast.value}"
        if wanted(f"settings-{look}"):
            camera.show(f"settings-{look}", samples.view("home", language, size, contrast), press="settings")
        if wanted(f"waiting-{look}"):
            camera.show(f"waiting-{look}", None)
    gallery_index.write(chosen.out)


if __name__ == "__main__":
    main()
