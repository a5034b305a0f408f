"""The cabinet shows the glass smaller and moved aside; fingers must land where they are put all the same."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from display import PATIENCE_S, PROJECT, surroundings

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("before", [[], ["finger-that-is-never-lifted"]])
def test_touches_land_on_the_buttons(display: str, tmp_path: Path, before: list[str]) -> None:
    answer = subprocess.run(
        [
            sys.executable,
            str(Path(__file__).with_name("embedded.py")),
            *before,
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
    assert json.loads(answer.stdout) == ["ChooseFee", "CallStaff", "SetLanguage"]
