"""Who neither sees nor touches the glass asks, complains and is helped like everybody else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.screens.display import PATIENCE_S, PROJECT, surroundings

pytestmark = pytest.mark.slow


def test_question_complaint_and_approval_by_keys(display: str, tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.screens.keys_alone"],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env={**surroundings(display, tmp_path / "kivy"), "KIVY_NO_ARGS": "1"},
        timeout=PATIENCE_S * 3,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[-1] == "done"
