"""The list of deliberate breakages can not rot: each still fits the code. `script/mutants` runs them all."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.crash.mutants.catalog import ROOT, DoesNotFit, Mutation, load
from tests.crash.mutants.run import Verdict, tried

MUTATIONS = load()
LEAST = 25


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_its_text_is_there_once_and_what_it_makes_is_a_program(mutation: Mutation) -> None:
    broken = mutation.applied(ROOT)
    assert broken != (ROOT / mutation.file).read_text()
    ast.parse(broken)
    file, _, name = mutation.test.partition("::")
    assert f"def {name.partition('[')[0]}(" in (ROOT / file).read_text()


def test_there_are_enough_of_them_and_each_has_a_name() -> None:
    assert len({mutation.name for mutation in MUTATIONS}) == len(MUTATIONS) >= LEAST


RULE = "def double(number):\n    return 2 * number\n"
WATCH = "from rule import double\n\n\ndef test_double():\n    assert double(1) == 2\n"


@pytest.mark.parametrize(
    ("new", "verdict"),
    [("3 * number", Verdict.KILLED), ("number + number", Verdict.SURVIVED), ("2 *", Verdict.DOES_NOT_RUN)],
)
def test_only_a_test_that_fails_kills(new: str, verdict: Verdict, tmp_path: Path) -> None:
    (tmp_path / "rule.py").write_text(RULE)
    (tmp_path / "test_rule.py").write_text(WATCH)
    mutation = Mutation("another double", "rule.py", "2 * number", new, "test_rule.py::test_double")
    assert tried(mutation, tmp_path).verdict is verdict
    assert (tmp_path / "rule.py").read_text() == RULE


def test_a_text_that_is_gone_is_said_with_both_names(tmp_path: Path) -> None:
    (tmp_path / "rule.py").write_text(RULE)
    mutation = Mutation("another double", "rule.py", "4 * number", "5 * number", "test_rule.py::test_double")
    with pytest.raises(DoesNotFit, match=r"'another double': its old text is 0 times in rule\.py"):
        mutation.applied(tmp_path)
