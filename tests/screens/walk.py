"""Draws every sample view and prints what is wrong, one JSON line each, with a picture of it.

    python -m tests.screens.walk PANEL [CONTRAST …] [--all] [--out FOLDER]

With --all everything in every look. Without, a sample that the build can afford: sizes and places in the first contrast
only (they do not depend on colours), each page in the largest text in both languages and in half of the other looks,
so that every pair of page and text size, page and language, text size and language is there; the sentences in the
largest text; the colours in one text size and language. A process of its own, because Kivy lives once per process.
The last line tells how many glasses were looked at."""

from __future__ import annotations

import argparse
import itertools
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from kiosk.contract import Contrast, Language, TextSize, View
from screens import environment, samples
from screens.gallery import MOST_LEAVES, silent_root, views
from screens.theme import load_panels
from screens.words import Words

MOST_PICTURES: Final = 20  # of one walk; who breaks everything need not see it a thousand times

# Which sentences may stand as the problem on which page; [code] and [pay_by] also hold captions, which fit anyway.
PROBLEMS = {
    "account_typed": ("account.", "code."),
    "choose_bill": ("bills.over_",),
    "pay_by": ("pay_by.",),
    "cash_some": ("cash.", "pay_by."),
    "show_code": ("code.", "pay_by."),
}
# Titles, captions and instructions are not problems.
CAPTIONS = re.compile(
    r".*\.(title|how|how_typing|how_spoken|empty|looking.*|slot|note|notes|open|hold|and|code|stop_.*|due)"
)


def sentences(contrast: Contrast, sizes: list[TextSize]) -> Iterator[tuple[str, View]]:
    """Every sentence that the core can say as a problem, on the pages where it can say it."""
    for language, size in itertools.product(Language, sizes):
        keys = Words(language).phrases
        for page, starts in PROBLEMS.items():
            for key in keys:
                if key.startswith(starts) and not CAPTIONS.fullmatch(key):
                    view = samples.view(page, language, size, contrast)
                    view = msgspec.structs.replace(view, page=samples.with_problem(page, key, language))
                    yield f"{page} saying {key} {language.value} {size.value}", view


class Audit:
    """Looks at what is on the glass by all rules, and keeps pictures of what is wrong."""

    def __init__(self, root: Any, out: Path | None, font: Path | None = None) -> None:
        from screens.offscreen import Buffer
        from tests.screens.audit.rules import FixedPlaces

        self._root, self._out, self._font = root, out, font
        self._buffer = Buffer(root)
        self._fixed = FixedPlaces()
        self.count = self._pictures = 0

    def look(self, name: str, *, geometry: bool = True, colours: bool = False) -> list[dict[str, str]]:
        """One line for each fault. `colours`: read the pixels too, which takes longer."""
        from tests.screens.audit import ink
        from tests.screens.audit.rules import GEOMETRY, Glass

        self.count += 1
        glass = Glass(self._root)
        found = []
        if geometry:
            for rule in (*GEOMETRY, ink.capitals, self._fixed):
                found += rule(glass)
        if colours:
            found += ink.contrasts(glass, self.pixels())
        picture = self._keep(name, found) if found else ""
        return [{"view": name, "rule": f.rule, "fault": f.words, "picture": picture} for f in found]

    def pixels(self) -> Any:
        import numpy as np

        width, height = self._buffer.size
        return np.frombuffer(self._buffer.rgba(), np.uint8).reshape(height, width, 4)[::-1]

    def _keep(self, name: str, found: list[Any]) -> str:
        from tests.screens.audit.mark import marked

        if self._out is None or self._pictures == MOST_PICTURES:
            return ""
        self._pictures += 1
        self._out.mkdir(parents=True, exist_ok=True)
        path = self._out / (re.sub(r"[^\w.-]+", "_", f"{self._root.panel.glass[0]}-{name}")[:120] + ".png")
        marked(self.pixels(), found, self._font).save(path)
        return str(path)


def walk(audit: Audit, root: Any, contrasts: list[Contrast], everything: bool) -> Iterator[dict[str, str]]:
    settings_seen = set()
    for name, view in views(list(Language), list(TextSize), contrasts):
        sampled = view.text_size is TextSize.LARGE and view.language is Language.ZH
        geometry = everything or view.contrast is contrasts[0]
        if not everything and not sampled and not (geometry and _in_sample(name, view)):
            continue
        how = {"geometry": geometry, "colours": everything or sampled}
        root.start_over()  # else the leaf that was open stays open
        root.show(view)
        yield from audit.look(name, **how)
        yield from _leaves(audit, root, name, how)
        mode = (view.language, view.text_size, view.contrast)
        if mode not in settings_seen and view.idle is None:
            settings_seen.add(mode)
            root.press("settings")
            settings = f"settings-{view.language.value}-{view.text_size.value}-{view.contrast.value}"
            yield from audit.look(settings, **how)
            yield from _leaves(audit, root, settings, how)
    for name, view in sentences(contrasts[0], list(TextSize) if everything else [TextSize.XLARGE]):
        root.start_over()
        root.show(view)
        yield from audit.look(name)


def _in_sample(name: str, view: View) -> bool:
    if view.text_size is TextSize.XLARGE:
        return True
    page = zlib.crc32(name.partition("-")[0].encode())
    return (page + (view.text_size is TextSize.LARGE) + (view.language is Language.EN)) % 2 == 0


def _leaves(audit: Audit, root: Any, name: str, how: dict[str, bool]) -> Iterator[dict[str, str]]:
    leaf = 1
    while "next_page" in root.widgets_by_name():
        root.press("next_page")
        leaf += 1
        if leaf > MOST_LEAVES:
            words = f"after {MOST_LEAVES} leaves there is still a next one"
            yield {"view": name, "rule": "leaves_end", "fault": words, "picture": ""}
            return
        yield from audit.look(f"{name} leaf {leaf}", **how)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.screens.walk", description=__doc__)
    parser.add_argument("panel")
    parser.add_argument("contrasts", nargs="*", default=[Contrast.DAY.value])
    parser.add_argument(
        "--all", action="store_true", help="everything in every contrast, colours in every look"
    )
    parser.add_argument("--out", type=Path, default=Path("out/audit"), help="where pictures of faults go")
    chosen = parser.parse_args()
    panel = load_panels()[chosen.panel]
    environment.prepare(*panel.pixels)
    from kivy.base import EventLoop

    from screens import fonts

    EventLoop.ensure_window()
    font = fonts.register(environment.home() / "fonts").regular
    root = silent_root(panel)
    audit = Audit(root, chosen.out, font)
    for fault in walk(audit, root, [Contrast(x) for x in chosen.contrasts], chosen.all):
        print(json.dumps(fault, ensure_ascii=False))
    print(json.dumps({"looked_at": audit.count}))


if __name__ == "__main__":
    main()
