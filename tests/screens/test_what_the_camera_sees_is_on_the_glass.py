"""Whoever holds a code sees it as in a mirror; without a picture, or with a broken one, the drawing stands there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from display import PATIENCE_S, PROJECT, surroundings

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("page", ["show_code", "account_empty"])
def test_the_picture_comes_and_goes(display: str, tmp_path: Path, page: str) -> None:
    answer = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("preview_on_glass.py")), str(tmp_path), page],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env=surroundings(display, tmp_path / "kivy"),
        timeout=PATIENCE_S,
    )
    assert answer.returncode == 0, answer.stderr
    found = json.loads(answer.stdout)
    assert found.pop("left") < 60
    assert (
        found.pop("right") > 195
    )  # what is white at the camera's left is at the right of who stands before it
    assert found == {
        "still": False,
        "live": True,
        "broken shows the drawing": True,
        "too large shows the drawing": True,
        "live again": True,
        "gone shows the drawing": True,
        "on other pages": 0,
        "looks on when its page is gone": False,
    }
