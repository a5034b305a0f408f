"""docs/rules.md: every row names a rule, where it is set, and a test that exists."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "rules.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in TEXT.splitlines()
    if line.startswith("| ") and not line.startswith(("| rule |", "| ---"))
]
TEST = re.compile(r"`(tests/[\w/.]+\.py)(?:::(\w+))?`")
CONFIGURED = sorted(set(re.findall(r"`(config/[\w.]+)`", TEXT)))


def test_there_are_rows_and_each_has_three_cells():
    assert len(ROWS) > 20
    assert [row for row in ROWS if len(row) != 3 or not all(row)] == []


@pytest.mark.parametrize("row", ROWS, ids=[row[0][:60] for row in ROWS])
def test_the_test_of_a_row_exists(row):
    cell = row[2]
    if cell == "the same":
        return  # the row above it names one, or one above that: the first of a table does not say this
    named = TEST.findall(cell)
    assert named, f"no test is named: {cell}"
    for file, function in named:
        path = ROOT / file
        assert path.is_file(), file
        made = {
            node.name
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        }
        assert made and (not function or function in made), f"{file} has no test {function}"


def test_the_first_row_of_a_table_names_a_test_of_its_own():
    tables = re.findall(r"\| --- \| --- \| --- \|\n(\|[^\n]+)", TEXT)
    assert len(tables) > 10
    assert [first for first in tables if not TEST.search(first)] == []


@pytest.mark.parametrize("path", CONFIGURED)
def test_what_is_configured_exists(path):
    assert (ROOT / path).is_file()
