"""The page on which the pictures of the gallery are looked through: one file, no network, filters in the browser."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

from screens import samples
from screens.theme import load_panels

PAGE: Final = Path(__file__).with_name("gallery_index.html")

# page~leaf-language-size-contrast.png; the leaf stands behind the whole name
NAME: Final = re.compile(
    r"(?P<page>[\w]+)-(?P<language>\w+)-(?P<size>\w+)-(?P<contrast>\w+)(?:~(?P<leaf>\d+))?"
)


def write(folder: Path) -> None:
    """`folder/index.html` of all `folder/PANEL/*.png`."""
    found = []
    for path in sorted(folder.glob("*/*.png")):
        match = NAME.fullmatch(path.stem)
        if match:
            leaf = match["leaf"] or "1"
            name = (match["page"], match["language"], match["size"], match["contrast"], leaf)
            found.append([path.parent.name, *name])
    in_a_visit = {name: number for number, name in enumerate(samples.PAGES)}
    found.sort(key=lambda one: (one[0], in_a_visit.get(one[1], len(in_a_visit)), one[1], int(one[5])))
    panels = {name: [panel.title, *panel.glass] for name, panel in load_panels().items()}
    page = PAGE.read_text("utf-8")
    for mark, value in (("PICTURES", found), ("PANELS", panels)):
        page = page.replace(f"/*{mark}*/", json.dumps(value, separators=(",", ":")))
    (folder / "index.html").write_text(page, "utf-8")
