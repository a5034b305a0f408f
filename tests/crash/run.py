"""Explores stories for a while: `script/crash --seconds 300 --workers 2`. Prints cut points and violations.

Exit code 1 with a violation: its story is printed, and `script/crash --replay NAME` plays it again.
"""

from __future__ import annotations

import argparse
import multiprocessing
import secrets
import sys
import time
from collections.abc import Iterator
from typing import Final

from tests.crash.explore import Found, Violation, explore

SHOWN_STORIES: Final = 3  # the shortest ones; the others are named
REPORT_EVERY_S: Final = 10.0
AT_ONCE: Final = 4  # seeds per message between processes


def replay(name: str) -> Found:
    """`name`: a seed, or seed/cut as a violation names it. Raises ValueError."""
    seed, _, cut = name.partition("/")
    return explore(int(seed), int(cut) if cut else None)


def seeds(first: int, until: float) -> Iterator[int]:
    seed = first
    while time.monotonic() < until:
        yield seed
        seed += 1


def search(first: int, seconds: float, workers: int) -> Iterator[tuple[int, Found]]:
    """Seed after seed from `first` on until the time is over; with one worker in this very process."""
    until = time.monotonic() + seconds
    if workers == 1:
        for seed in seeds(first, until):
            yield seed, explore(seed)
        return
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        step, batch = AT_ONCE * workers, first
        while time.monotonic() < until:
            numbers = range(batch, batch + step)
            yield from zip(numbers, pool.imap(explore, numbers, AT_ONCE), strict=True)
            batch += step


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="script/crash", description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=300.0, help="how long; 28800 is a night")
    parser.add_argument("--seed", type=int, help="first seed; by chance if not given")
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--replay", metavar="NAME", help="one seed, or seed/cut as a violation names it")
    given = parser.parse_args(arguments)
    if given.replay:
        try:
            found = replay(given.replay)
        except ValueError:
            parser.error(f"--replay {given.replay}: expected a seed or seed/cut, such as 17 or 17/4")
        return _result(found, 1)
    first = secrets.randbelow(10**9) if given.seed is None else given.seed
    print(f"first seed {first}, {given.seconds:g} s, {given.workers} workers", flush=True)
    total, count, told = Found(), 0, time.monotonic()
    for _, found in search(first, given.seconds, given.workers):
        total.add(found)
        count += 1
        if time.monotonic() - told > REPORT_EVERY_S:
            told = time.monotonic()
            print(f"  {count} stories, {total}", flush=True)
    return _result(total, count)


def _result(total: Found, stories: int) -> int:
    found: list[Violation] = sorted(total.violations, key=lambda violation: len(violation.story))
    for violation in found[:SHOWN_STORIES]:
        print(violation)
    if len(found) > SHOWN_STORIES:
        print("also: " + " ".join(violation.name for violation in found[SHOWN_STORIES:]))
    print(f"{stories} stories, {total}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
