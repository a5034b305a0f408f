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
    pages = [ROOT / "README.md", ROOT / "central" / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    linked = [
        (page.name, page.parent / (link or picture))
        for page in pages
        for link, picture in re.findall(r"\]\(([^)#:]+)[^)]*\)|src=\"([^\"]+)\"", page.read_text())
    ]
    assert len(linked) > 20
    assert [(name, path) for name, path in linked if not path.exists()] == []


def test_every_heading_that_is_linked_is_there():
    """As they are linked on GitHub: small letters, without signs, with - for a space."""
    missing = []
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for file, anchor in re.findall(r"\]\(([\w./-]*)#([\w-]+)\)", page.read_text()):
            target = page.parent / file if file else page
            headings = re.findall(r"^#+ (.+)$", target.read_text(), re.MULTILINE)
            if anchor not in {
                re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings
            }:
                missing.append((page.name, f"{file}#{anchor}"))
    assert missing == []


def test_ci_runs_the_readmes_test_command():
    assert "script/test" in (ROOT / ".ci" / "run").read_text()
