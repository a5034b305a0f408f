"""What the README promises to a newcomer: two commands, and what they leave behind."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
COMMANDS = re.findall(r"```sh\n(.+?)\n```", README, re.DOTALL)


def test_there_are_two_commands_and_both_can_be_run():
    assert COMMANDS == ["script/run", "script/test"]
    for command in COMMANDS:
        assert os.access(ROOT / command, os.X_OK)


def test_every_file_that_is_linked_exists():
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+)\)|src=\"([^\"]+)\"", page.read_text()):
            path = page.parent / (target[0] or target[1])
            assert path.exists(), f"{page.name} links {path}"


def test_ci_runs_the_readmes_test_command():
    assert "script/test" in (ROOT / ".ci" / "run").read_text()


@pytest.mark.slow
def test_script_run_without_a_display_leaves_what_the_readme_says(tmp_path):
    out = tmp_path / "out"
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    command = [ROOT / "script" / "run", "--out", out, "--home", tmp_path / "home"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    cash, code = json.loads((out / "summary.json").read_text())["visits"]
    assert (cash["tender"], cash["due_fen"], cash["inserted_fen"], cash["credited_fen"]) == (
        "cash",
        3750,
        3800,
        3800,
    )
    assert (code["tender"], code["inserted_fen"], code["credited_fen"]) == ("code", 0, code["due_fen"])
    for visit in (cash, code):
        assert visit["on_server"] and visit["change_owed_fen"] == 0 and visit["receipt_number"]
        with Image.open(out / visit["receipt_png"]) as receipt:
            assert receipt.width > 300 and receipt.convert("L").getextrema() == (0, 255)
    for folder in ("visit-1", "visit-2"):
        assert len(list((out / folder).glob("*.png"))) >= 8
    assert list((out / "server").glob("*.html"))
    assert str(out) in done.stdout
