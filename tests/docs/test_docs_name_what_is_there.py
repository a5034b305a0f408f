"""What stands in backticks in the documents, a file, a folder or a name of the code, is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "central" / "README.md"]
FOLDERS = "bench|central|config|docs|hardware|kiosk|screens|script|systemd|tests"
OF_A_SITE = ("config/voice/", "kiosk/keypad", "kiosk/jack", "kiosk/printer")  # recordings; links in /dev
CODE = {
    path: path.read_text()
    for folder in ("kiosk", "hardware", "screens", "central")
    for path in (ROOT / folder).rglob("*.py")
}


def backticked(page: Path, pattern: str) -> list[str]:
    return [text for text in re.findall(r"`([^`\n]+)`", page.read_text()) if re.fullmatch(pattern, text)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_is_named_exists(page):
    named = backticked(page, rf"({FOLDERS})/[\w./-]*")
    missing = [name for name in named if name not in OF_A_SITE and not (ROOT / name).exists()]
    assert not missing, f"{page.name} names {missing}"


def test_every_term_of_the_glossary_stands_in_the_code():
    glossary = ROOT / "docs" / "glossary.md"
    words = {word for text in CODE.values() for word in re.findall(r"\w+", text)}
    modules = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in CODE}
    facts, places = backticked(glossary, r"[A-Z]\w+(\.\w+)?"), backticked(glossary, r"kiosk(\.\w+)+")
    assert len(facts) > 20 and len(places) > 10
    for name in facts:
        assert set(name.split(".")) <= words, f"the glossary names {name}"
    for name in places:
        *module, last = name.split(".")
        known = {name, f"{name}.__init__", ".".join(module), f"{'.'.join(module)}.__init__"} & modules
        assert known, f"the glossary names {name}"
        assert last in words or name in modules or f"{name}.__init__" in modules, f"the glossary names {name}"
