"""The model of a visit (`bench/visit_time.py`): what is read, pressed, heard and waited for, at the pace of people
over 65, stays below two minutes for each kind of visit; and the ways of operating agree with each other."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from bench.visit_pace import MOST_S, SLOW, TARGETS
from tests.screens.display import PATIENCE_S, PROJECT, surroundings

pytestmark = pytest.mark.slow

MOST_TOUCHES = 6  # without the digits of a number: touch counts of the fact sheet, §5.4
DIGITS = 10
# By how much the plain visits in standard text still miss their target: docs/visit-time.md says why.
OVER_TARGET_S = {"standard": 3.0, "large": 0.0}


def test_every_kind_of_visit_is_over_within_two_minutes(display: str, tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "bench.visit_time", "--json"],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env={**surroundings(display, tmp_path / "kivy"), "KIVY_NO_ARGS": "1"},
        timeout=PATIENCE_S * 5,
    )
    assert run.returncode == 0, run.stderr
    rows = [json.loads(line) for line in run.stdout.splitlines()]
    by_glass = [row for row in rows if row["mode"] != "voice"]
    assert len({row["visit"] for row in rows}) >= 10 and len(rows) == 3 * len({row["visit"] for row in rows})
    seconds = {(row["visit"], row["mode"]): row["seconds"] for row in by_glass}
    assert {visit: s for visit, s in seconds.items() if s > MOST_S} == {}
    assert all(seconds[v, "standard"] <= seconds[v, "large"] for v, _ in seconds), "a leaf too many"
    for mode, target in TARGETS.items():
        plain = [row["seconds"] for row in by_glass if row["mode"] == mode and row["group"] == "code"]
        assert statistics.mean(plain) <= target + OVER_TARGET_S[mode], mode
    for row in by_glass:
        typed = DIGITS if row["visit"].startswith("number typed") else 0
        assert 0 < row["touches"] - typed <= MOST_TOUCHES, row
        assert row["words"] > 100 and row["keys"] == 0, "somebody read nothing: the model is broken"
        assert row["seconds"] < row["slow"] < row["seconds"] * SLOW, row
    for row in rows:
        if row["mode"] == "voice":
            assert row["touches"] == 0 and row["keys"] > 5 and row["speech_s"] > 30, row
