"""The cabinet shows the glass smaller and moved aside; fingers must land where they are put all the same."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from display import PATIENCE_S, PROJECT, surroundings

pytestmark = pytest.mark.slow


STORIES = {
    "calm": [],
    "a finger that is never lifted": ["finger-that-is-never-lifted"],
    # The touch that wakes the glass, and one more in its wake: they meant no button that nobody had seen.
    "woken": ["asleep", "wake", "awake", "at-once:fee:water"],
}


@pytest.mark.parametrize("story", STORIES)
def test_touches_land_on_the_buttons(display: str, tmp_path: Path, story: str) -> None:
    answer = subprocess.run(
        [
            sys.executable,
            str(Path(__file__).with_name("embedded.py")),
            *STORIES[story],
            "fee:gas",
            "call",
            "language",
        ],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env=surroundings(display, tmp_path / "kivy"),
        timeout=PATIENCE_S,
    )
    assert answer.returncode == 0, answer.stderr
    woken = ["StillHere"] if story == "woken" else []
    assert json.loads(answer.stdout) == [*woken, "ChooseFee", "CallStaff", "SetLanguage"]
