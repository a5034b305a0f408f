"""The staff's way in on the real window: a long press on the title of the first page or of a payment, nothing else."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest
from display import PATIENCE_S, FakeCore, places, screens_process, tap

from kiosk.contract import Drawn, OpenStaff, SetLanguage, Touched
from screens import samples

pytestmark = pytest.mark.slow
TITLE = (60, 40)  # upper left of the lobby panel
READING_S = 1.0


def hold(display: str, place: tuple[int, int], seconds: float) -> None:
    for steps in (("mousemove", *map(str, place), "mousedown", "1"), ("mouseup", "1")):
        subprocess.run(
            ["xdotool", *steps], env={**os.environ, "DISPLAY": display}, check=True, timeout=PATIENCE_S
        )
        time.sleep(seconds)


def test_a_long_press_on_the_title_asks_for_the_staff_area_and_a_tap_does_not(
    display: str, tmp_path: Path
) -> None:
    core = FakeCore(tmp_path / "s")
    home = samples.view("home", number=7)
    language = places(display, tmp_path / "where", home)["language"]
    with screens_process(display, core.path, tmp_path / "kivy"):
        core.greet()
        core.show(home)
        assert core.hear(Drawn).view == 7
        time.sleep(READING_S)
        tap(display, TITLE)
        tap(display, language)
        heard = core.hear(Touched)
        assert isinstance(heard.intent, SetLanguage), "the tap on the title before it said nothing"
        hold(display, TITLE, 3.5)
        assert core.hear(Touched) == Touched(7, OpenStaff())
        core.show(samples.view("cash_some", number=8))
        assert core.hear(Drawn).view == 8
        time.sleep(READING_S)
        hold(display, TITLE, 3.5)
        assert core.hear(Touched) == Touched(8, OpenStaff()), "to cancel a payment, too"
