"""docs/protocol.md says which test shows each rule: they exist."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {"c": "central", "s": "sync", "k": "kiosk"}


def test_every_test_that_is_named_exists() -> None:
    text = (ROOT / "docs" / "protocol.md").read_text()
    named = set(re.findall(r"`([csk])/(\w+)`", text))
    assert len(named) > 12
    for folder, name in named:
        assert (ROOT / "tests" / FOLDERS[folder] / f"test_{name}.py").exists(), (folder, name)
