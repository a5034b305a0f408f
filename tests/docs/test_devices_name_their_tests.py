"""docs/devices.md: each row that says what happens names a test, and each test that is named is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "devices.md").read_text()
NAME = re.compile(r"`((?:[\w/]+/)?test_[\w*]+\.py)`")
ELSEWHERE = re.compile(r"the same|above|beside it|whole jobs|`bench/[\w.]+`")


def named_tables() -> list[tuple[str, str]]:
    """(header, row) of each table with a column of tests."""
    rows, header = [], ""
    for line in TEXT.splitlines():
        if not line.startswith("|"):
            header = ""
        elif not header:
            header = line
        elif "shown by" in header and not line.startswith("| ---"):
            rows.append((header, line))
    return rows


def found(name: str) -> list[Path]:
    tests = ROOT / "tests"
    start = name.removeprefix("tests/")
    return [
        file for file in tests.rglob(Path(start).name) if str(file.relative_to(tests)).endswith(last(start))
    ]


def last(pattern: str) -> str:
    """What a path has to end with: of a pattern only the part behind its star can be compared."""
    return pattern.rpartition("*")[2]


@pytest.mark.parametrize("name", sorted(set(NAME.findall(TEXT))))
def test_each_test_that_is_named_is_there(name: str) -> None:
    assert found(name), f"{name} is named in docs/devices.md and is nowhere under tests/"


def test_each_row_says_what_shows_it() -> None:
    rows = named_tables()
    assert len(rows) > 60
    without = [
        row
        for _, row in rows
        if not (NAME.search(row.rsplit("|", 2)[1]) or ELSEWHERE.search(row.rsplit("|", 2)[1]))
    ]
    assert without == []


def test_every_fault_of_the_line_has_its_row() -> None:
    """What issue and brief ask of a line, by the words of the table."""
    for word in (
        "no such device file",
        "wrong speed",
        "permission",
        "nobody answers",
        "for an hour",
        "another device",
    ):
        assert word in TEXT, word
