"""Each rule of the layout audit is shown a page that breaks it: an audit that cannot fail proves nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from display import PATIENCE_S, PROJECT, surroundings
from PIL import Image

pytestmark = pytest.mark.slow

NOTICED = {  # what was done to a right page → the rule that must see it
    "small letters": "capitals",
    "letters a step too small": "capitals",
    "grey letters": "contrasts",
    "letters not dark enough": "contrasts",
    "letters that dazzle": "contrasts",
    "a button on the rim": "corners",
    "a button where people lean": "corners",
    "a tile without a picture": "pictured",
    "questions elsewhere": "fixed_places",
    "a cut sentence": "not_clipped",
    "a broken word": "unbroken",
    "a broken amount": "unbroken",
    "a character by itself": "in_company",
    "letters on letters": "apart",
    "no phrase": "a_phrase",
    "letters outside the glass": "on_glass",
    "a small button": "large_enough",
    "a button beside a button": "far_enough",
    "seven choices": "few_choices",
    "no help": "always_there",
    "help elsewhere": "fixed_places",
    "language elsewhere": "fixed_places",
    "way back elsewhere": "fixed_places",
    "a button without a name": "named",
    "two buttons of one name": "named",
    "a button that says it is a text": "named",
    "a button no key reaches": "in_order",
    "keys that jump": "in_order",
    "a button without an edge": "contrasts",
    "a button too high": "reachable",
}


def test_each_rule_sees_what_breaks_it(display: str, tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "tests.screens.audit.wrong", "tall", str(tmp_path / "out")],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env=surroundings(display, tmp_path / "kivy"),
        timeout=PATIENCE_S * 5,
    )
    assert told.returncode == 0, told.stderr
    noticed, pictures = (json.loads(line) for line in told.stdout.splitlines())
    assert noticed.pop("nothing") == []
    missed = {what: noticed[what] for what, rule in NOTICED.items() if rule not in noticed[what]}
    assert missed == {} and noticed.keys() == NOTICED.keys()
    # and the place is marked in the picture whose path the build prints
    for path in pictures:
        with Image.open(path) as picture:
            colours = {colour for _, colour in picture.convert("RGB").getcolors(maxcolors=1 << 24) or []}
        assert (224, 0, 32) in colours
