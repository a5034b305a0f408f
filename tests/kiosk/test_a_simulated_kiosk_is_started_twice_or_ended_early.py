"""Somebody starts `kiosk run` in two terminals, kills it while it starts, or closes the terminal."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
PATIENCE_S = 120


def _run(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "kiosk.cli", "run", "--home", str(home)],
        env={**os.environ, "WAYLAND_DISPLAY": "none"},  # none of these comes so far as to open a window
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _processes_of(home: Path) -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue  # it ended meanwhile
        found += [" ".join(words)] if any(str(home) in word for word in words) else []
    return found


def test_a_second_one_in_the_same_folder_says_so_and_touches_nothing(tmp_path: Path) -> None:
    with _run(tmp_path) as first:
        try:
            assert first.stdout is not None and "starting" in first.stdout.readline()
            second = _run(tmp_path)
            out, err = second.communicate(timeout=PATIENCE_S)
            assert second.returncode == 1 and not out
            assert "another kiosk runs in" in err and "--home" in err
            assert first.poll() is None
        finally:
            first.terminate()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_one_that_is_ended_while_it_starts_leaves_nothing_behind(tmp_path: Path, how: signal.Signals) -> None:
    with _run(tmp_path) as kiosk:
        assert kiosk.stdout is not None and "starting" in kiosk.stdout.readline()
        kiosk.send_signal(how)
        kiosk.send_signal(how)  # whoever is impatient does it twice
        _, err = kiosk.communicate(timeout=PATIENCE_S)
    assert kiosk.returncode == 130 and not err
    assert not _processes_of(tmp_path)
