"""Cuts stories at every point where the core could die, and counts every fen and every record.

Exit code 1 with a violation: its story is printed, and `script/crash --replay NAME` plays it again.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import secrets
import sys
import time
from collections.abc import Iterator
from typing import Final

from tests.crash.explore import explore, explore_upload
from tests.crash.found import Found, Violation

SHOWN_STORIES: Final = 3  # the shortest ones; the others are named
REPORT_EVERY_S: Final = 10.0
AT_ONCE: Final = 4  # stories per message between processes
LINE_EVERY: Final = 50  # seeds: also a story of records on their way
ON_THE_WAY: Final = "line-"


def play(name: str) -> Found:
    """`name`: a seed, or seed/cut as a violation names it, with `line-` before for records on their way.

    Raises ValueError."""
    seed, _, cut = name.removeprefix(ON_THE_WAY).partition("/")
    story = explore_upload if name.startswith(ON_THE_WAY) else explore
    return story(int(seed), int(cut) if cut else None)


def names(first: int) -> Iterator[str]:
    for seed in itertools.count(first):
        yield str(seed)
        if seed % LINE_EVERY == 0:
            yield f"{ON_THE_WAY}{seed}"


def search(first: int, seconds: float, stories: int | None, workers: int) -> Iterator[Found]:
    """Story after story from seed `first` on until the time is over or so many are told."""
    until = time.monotonic() + seconds
    todo = itertools.islice(names(first), stories)
    if workers == 1:
        for name in todo:
            yield play(name)
            if time.monotonic() > until:
                return
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        while time.monotonic() < until:
            batch = list(itertools.islice(todo, AT_ONCE * workers * 8))
            if not batch:
                return
            yield from pool.imap_unordered(play, batch, AT_ONCE)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="script/crash", description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=300.0, help="how long; 28800 is a night")
    parser.add_argument("--stories", type=int, help="so many and no more, whatever the time")
    parser.add_argument("--seed", type=int, help="first seed; by chance if not given")
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--first", action="store_true", help="stop at the first violation")
    parser.add_argument("--replay", metavar="NAME", help="one story, as a violation names it")
    given = parser.parse_args(arguments)
    if given.replay:
        try:
            return _result(play(given.replay), 1)
        except ValueError:
            parser.error(f"--replay {given.replay}: expected a name such as 17, 17/4 or line-17/4")
    first = secrets.randbelow(10**9) if given.seed is None else given.seed
    limit = f"{given.seconds:g} s" if given.stories is None else f"{given.stories} stories"
    print(f"first seed {first}, {limit}, {given.workers} workers", flush=True)
    total, count, told = Found(), 0, time.monotonic()
    seconds = given.seconds if given.stories is None else float("inf")
    for found in search(first, seconds, given.stories, given.workers):
        total.add(found)
        count += 1
        if total.violations and given.first:
            break
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
