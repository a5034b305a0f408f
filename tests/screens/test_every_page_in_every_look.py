"""Nothing is cut, nothing overlaps, everything can be hit: measured on the widgets themselves.

Here in a sample that holds every pair of page, text size and language on each panel; `script/audit --all` measures
every page in every look, outside the build."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from display import PATIENCE_S, PROJECT, surroundings
from PIL import Image

pytestmark = pytest.mark.slow

PICTURES = PROJECT / "out" / "audit"  # of faults, marked; the message of a failure names them


@pytest.mark.parametrize(
    ("panel", "contrasts"),
    [
        ("lobby", ("day", "black", "white", "low")),
        ("tall", ("day",)),
        ("portable", ("day",)),
        ("official", ("day",)),
    ],
)
def test_all_fits(display: str, tmp_path: Path, panel: str, contrasts: tuple[str, ...]) -> None:
    walk = subprocess.run(
        [sys.executable, "-m", "tests.screens.walk", panel, *contrasts, "--out", str(PICTURES / panel)],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env=surroundings(display, tmp_path / "kivy"),
        timeout=PATIENCE_S * 10,
    )
    assert walk.returncode == 0, walk.stderr
    *faults, last = [json.loads(line) for line in walk.stdout.splitlines()]
    assert faults == []
    assert last["looked_at"] > 500


def test_the_gallery_makes_pictures_and_an_index(display: str, tmp_path: Path) -> None:
    subprocess.run(
        [
            sys.executable,
            "-m",
            "screens.gallery",
            str(tmp_path / "out"),
            "--language",
            "zh",
            "--size",
            "large",
            "--only",
            "home",
        ],
        cwd=PROJECT,
        env=surroundings(display, tmp_path / "kivy"),
        check=True,
        capture_output=True,
        timeout=PATIENCE_S,
    )
    index = (tmp_path / "out" / "index.html").read_text("utf-8")
    pictures = sorted((tmp_path / "out" / "lobby").glob("*.png"))
    assert len(pictures) >= 12  # two pages at least, in four contrasts and with banners
    for picture in pictures:
        page, language, size, contrast = picture.stem.partition("~")[0].split("-")
        assert f'["lobby","{page}","{language}","{size}","{contrast}"' in index
    with Image.open(pictures[0]) as shown:
        assert shown.size == (1280, 800) and len(shown.convert("RGB").getcolors(1 << 24) or []) > 20
