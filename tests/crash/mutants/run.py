"""Breaks one rule after another in a copy of the tree and runs the test that must notice it.

A line for each: killed, SURVIVED, or DOES NOT RUN (the test could not even start: no proof of anything). Before that
the same tests run on the unbroken copy, where they must pass. Exit code 1 unless all were killed.
"""

from __future__ import annotations

import argparse
import enum
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

from tests.crash.mutants.catalog import ROOT, Mutation, load

PATIENCE_S: Final = 900  # for one test on a busy machine; a mutation that makes it hang is noticed too
LEFT_BEHIND: Final = shutil.ignore_patterns(
    ".git", ".venv", ".tools", "__pycache__", ".*_cache", ".hypothesis", "out", "*.egg-info"
)
PROOF: Final = ROOT / "docs" / "proof" / "mutations.md"
FAILED, PASSED, HUNG = 1, 0, -1


class Verdict(enum.Enum):
    KILLED = "killed"
    SURVIVED = "SURVIVED"
    DOES_NOT_RUN = "DOES NOT RUN"


class Outcome(NamedTuple):
    mutation: Mutation
    verdict: Verdict
    seconds: float
    shown: str  # what pytest said, where nothing was killed

    def __str__(self) -> str:
        m = self.mutation
        return f"{self.verdict.value:12} {self.seconds:6.1f} s  {m.name}  ({m.file})  {m.test}"


def run(tree: Path, tests: Sequence[str]) -> tuple[int, str]:
    """Exit code of pytest and what it said."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-rf",
        "--tb=line",
        "-p",
        "no:cacheprovider",
        *tests,
    ]
    try:
        done = subprocess.run(
            command,
            cwd=tree,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return HUNG, f"no end after {PATIENCE_S} s"
    return done.returncode, done.stdout + done.stderr


def tried(mutation: Mutation, tree: Path) -> Outcome:
    path = tree / mutation.file
    whole, written, begun = path.read_text(), path.stat().st_mtime, time.monotonic()
    path.write_text(mutation.applied(tree))
    # Bytecode knows a text by its size and by the second of its time: a broken one has a time that no other text has.
    os.utime(path, (written, zlib.crc32(mutation.name.encode()) // 2))
    try:
        code, said = run(tree, [mutation.test])
    finally:
        path.write_text(whole)
        os.utime(path, (written, written))
    if code in (FAILED, HUNG):
        noticed = code == HUNG or f"FAILED {mutation.test}" in said
        verdict = Verdict.KILLED if noticed else Verdict.DOES_NOT_RUN
    else:
        verdict = Verdict.SURVIVED if code == PASSED else Verdict.DOES_NOT_RUN
    shown = "" if verdict is Verdict.KILLED else said
    return Outcome(mutation, verdict, time.monotonic() - begun, shown)


def all_tried(mutations: Sequence[Mutation], workers: int) -> Iterator[Outcome]:
    """In the order of the catalog; each worker has a tree of its own."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        trees: queue.SimpleQueue[Path] = queue.SimpleQueue()
        for number in range(workers):
            tree = Path(folder) / str(number)
            shutil.copytree(ROOT, tree, ignore=LEFT_BEHIND, symlinks=True)
            trees.put(tree)
        unbroken(mutations, Path(folder) / "0", workers)

        def one(mutation: Mutation) -> Outcome:
            tree = trees.get()
            try:
                return tried(mutation, tree)
            finally:
                trees.put(tree)

        with ThreadPoolExecutor(workers) as pool:
            yield from pool.map(one, mutations)


def unbroken(mutations: Sequence[Mutation], tree: Path, workers: int) -> None:
    """Without any mutation the tests pass, and each mutation still fits. Raises SystemExit, DoesNotFit."""
    for mutation in mutations:
        mutation.applied(tree)
    tests = sorted({mutation.test for mutation in mutations})
    begun = time.monotonic()
    code, said = run(tree, [*tests, "-n", str(workers)])
    if code != PASSED:
        raise SystemExit(f"{said}\nmutants: the tests fail without any mutation; repair them first")
    print(f"{len(tests)} tests pass on the unbroken tree ({time.monotonic() - begun:.0f} s)", flush=True)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="script/mutants", description=__doc__.partition("\n")[0])
    parser.add_argument("--workers", type=int, default=2, help="trees that are tried at the same time")
    parser.add_argument("--only", metavar="TEXT", default="", help="mutations whose name contains this")
    parser.add_argument("--markdown", action="store_true", help=f"write {PROOF.relative_to(ROOT)} as well")
    given = parser.parse_args(arguments)
    mutations = [mutation for mutation in load() if given.only in mutation.name]
    if not mutations:
        parser.error(f"--only {given.only}: no such mutation")
    outcomes, begun = [], time.monotonic()
    for outcome in all_tried(mutations, given.workers):
        outcomes.append(outcome)
        print(outcome, flush=True)
        if outcome.shown:
            print(outcome.shown)
    killed = sum(outcome.verdict is Verdict.KILLED for outcome in outcomes)
    print(f"{killed} of {len(outcomes)} killed in {time.monotonic() - begun:.0f} s")
    if given.markdown:
        PROOF.write_text(table(outcomes))
    return 0 if killed == len(outcomes) else 1


def table(outcomes: Sequence[Outcome]) -> str:
    rows = "".join(
        f"| {o.mutation.name} | `{o.mutation.file}` | `{o.mutation.test}` | {o.verdict.value} |\n"
        for o in outcomes
    )
    killed = sum(outcome.verdict is Verdict.KILLED for outcome in outcomes)
    return (
        "# Rules broken on purpose\n\n"
        "Each line is one deliberate breakage, made in a copy of the tree, and the test that fails because of it.\n"
        "Written by `script/mutants --markdown`; the breakages themselves are in\n"
        "[tests/crash/mutants/catalog.toml](../../tests/crash/mutants/catalog.toml), and a test in every run checks\n"
        "that each of them still fits the code.\n\n"
        f"Last run: {killed} of {len(outcomes)} killed.\n\n"
        "| Rule, broken | File | Test that notices | |\n|---|---|---|---|\n" + rows
    )


if __name__ == "__main__":
    sys.exit(main())
