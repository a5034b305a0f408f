"""The whole visit as text. After a change of words: look at the difference, then
`xvfb-run python -m tests.screens.voice.transcript zh > tests/screens/voice/visit_zh.txt` (and en)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.screens.display import PATIENCE_S, PROJECT, surroundings

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_that_matters_is_heard_in_order(display: str, tmp_path: Path, language: str) -> None:
    heard = subprocess.run(
        [sys.executable, "-m", "tests.screens.voice.transcript", language],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env=surroundings(display, tmp_path / "kivy"),
        timeout=PATIENCE_S * 3,
    )
    assert heard.returncode == 0, heard.stderr
    golden = (Path(__file__).parent / f"visit_{language}.txt").read_text("utf-8")
    assert heard.stdout == golden
