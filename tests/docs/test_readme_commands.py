"""What the README promises to a newcomer. Its `script/run` is run in tests/scenarios/test_the_demo_*; its
`script/test` is what runs this."""

import os
import re
from pathlib import Path

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
