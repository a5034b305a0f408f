"""Pulls the plug under the real journal on a real ext4, again and again:

    python -m tests.crash.ext4_cuts --cuts 200 --seed 1

The kiosk's day is written through ext4 and a loop device onto a recording drive. For each cut a drive is built that
holds what was flushed by then and a chance part of the rest; the kernel mounts it (its own journal replay), the
kiosk's journal opens and verifies, everything acknowledged is there, and the world settles to the last fen.
`--weaken synchronous=OFF` and `--lying` break the promise on purpose: then losses must be found. Root; exit code 1
with a loss, 3 where the machine lacks something.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final
from unittest.mock import patch

from kiosk.journal import store
from tests.crash import ext4_mounts as ext4
from tests.crash.block_drive import CACHED, Block, Drive, Flushed, Pages, lay_out
from tests.crash.block_fuse import RecordedFile, steps
from tests.crash.books import DoesNotAddUp
from tests.crash.ext4_day import Day, Lost
from tests.crash.power import Kept

CUTS_PER_DAY: Final = 25
VISITS: Final = 2  # as in script/crash, whose stories these are
MEMORY: Final = Path("/dev/shm")
LACKING: Final = 3
SHOWN: Final = 5
END: Final = sys.maxsize  # of the tape

Pragmas = tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True)
class Cut:
    position: int  # on the tape
    moment: int  # the last one of the day that had come
    kept: Kept
    image: Pages

    def __str__(self) -> str:
        return f"moment {self.moment}, position {self.position}, unflushed {self.kept.value}"


@dataclass
class Tally:
    seed: int
    cuts: int = 0
    days: int = 0
    commits: int = 0
    flushes: int = 0
    at_stake: int = 0  # cuts at which writes hung in the drive's cache
    mended: int = 0  # cuts after which the file system mounted only after e2fsck -y
    seconds: float = 0.0  # for the cuts, without the writing
    losses: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        each = f"{1000 * self.seconds / self.cuts:.0f} ms each" if self.cuts else "none"
        return (
            f"{self.cuts} cuts ({each}), {self.at_stake} with unflushed writes, in {self.days} days of {self.commits} "
            f"commits and {self.flushes} flushes; {self.mended} needed e2fsck, {len(self.losses)} lost"
        )


class Bench:
    """One folder in memory: the drive, the mount point, and the image of each cut."""

    def __init__(self, folder: Path, tally: Tally) -> None:
        self.tally = tally
        self.mount, self.image, self.drive, self.tape = (
            folder / x for x in ("mnt", "cut.img", "drive", "tape")
        )
        self.mount.mkdir()
        self.empty = ext4.make()

    def day(self, seed: int) -> Day:
        """Written to the recorded drive."""
        day = Day(seed)
        self.tape.unlink(missing_ok=True)
        recorded = RecordedFile(self.drive, self.empty, ext4.SIZE, self.tape)
        try:
            with ext4.mounted(self.drive, self.mount) as folder:
                day.happens(folder, VISITS, lambda: recorded.position)
        finally:
            recorded.close()
        self.tally.days += 1
        self.tally.commits += len(day.ledger.ends)
        return day

    def cuts(self, day: Day, count: int, lying: bool, chance: random.Random) -> Iterator[Cut]:
        """Half of them with a write of the drive unflushed, half at some moment of the day."""
        tape = list(steps(self.tape))
        first = day.moments[0].position  # before it the kiosk was not enrolled
        positions = [position for position, step in tape if position > first and isinstance(step, Block)]
        self.tally.flushes += sum(isinstance(step, Flushed) for _, step in tape)
        places = [(place, day.moment_at(place)) for place in chance.choices(positions, k=count - count // 2)]
        numbers = chance.choices(range(len(day.moments)), k=count // 2)
        places += [(day.moments[number].position, number) for number in numbers]
        drive, waiting = Drive(self.empty, lying=lying), iter(tape)
        position, step = next(waiting)
        for place, number in sorted(places):
            while position <= place:
                drive.go(step)
                position, step = next(waiting, (END, step))
            self.tally.at_stake += bool(drive.cache)
            kept = chance.choice(CACHED)
            yield Cut(place, number, kept, drive.image(kept, chance))

    def pull(self, day: Day, cut: Cut, chance: random.Random) -> str:
        """What is wrong after this cut; empty when nothing is."""
        lay_out(cut.image, self.image, ext4.SIZE)
        try:
            with ext4.mounted_as_at_boot(self.image, self.mount, self._mended) as folder:
                return _wrong(lambda: day.recovers(folder, cut.moment, chance))
        except ext4.Unmountable as wrong:
            return str(wrong)

    def _mended(self) -> None:
        self.tally.mended += 1


def _wrong(recover: Callable[[], None]) -> str:
    """In words: an exception would hold on to the journal that refused, and with it to the mount."""
    try:
        recover()
    except (Lost, DoesNotAddUp, OSError) as wrong:
        return f"{type(wrong).__name__}: {wrong}"
    return ""


def pulls(cuts: int, seed: int, weaken: Pragmas = (), lying: bool = False) -> Tally:
    """In a process that is `alone`."""
    tally, left = Tally(seed), cuts
    pragmas = tuple((dict(store.PRAGMAS) | dict(weaken)).items())
    where = MEMORY if os.access(MEMORY, os.W_OK) else None
    with (
        tempfile.TemporaryDirectory(dir=where, prefix="ext4-") as folder,
        patch.object(store, "PRAGMAS", pragmas),
    ):
        bench = Bench(Path(folder), tally)
        while left:
            chance = random.Random(f"ext4/{seed}/{tally.days}")
            # Every other day with many checkpoints: the file itself is then written, not only its log.
            often = store.COMMITS_PER_CHECKPOINT if tally.days % 2 else 7
            with patch.object(store, "COMMITS_PER_CHECKPOINT", often):
                day = bench.day(seed + tally.days)
            began = time.monotonic()
            for cut in bench.cuts(day, min(left, CUTS_PER_DAY), lying, chance):
                wrong = bench.pull(day, cut, chance)
                tally.cuts += 1
                if wrong:
                    tally.losses.append(f"day {day.seed}, {cut}: {wrong}")
            tally.seconds += time.monotonic() - began
            left = cuts - tally.cuts
    return tally


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.crash.ext4_cuts", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--cuts", type=int, default=200)
    parser.add_argument("--seed", type=int, help="by chance if not given")
    parser.add_argument("--weaken", action="append", default=[], metavar="PRAGMA=VALUE", type=pragma)
    parser.add_argument(
        "--lying", action="store_true", help="a drive that acknowledges flushes and does not flush"
    )
    parser.add_argument("--json", action="store_true", help="one line for programs")
    given = parser.parse_args(arguments)
    if lacking := ext4.missing():
        print(f"power cuts on ext4: {lacking}", file=sys.stderr)
        return LACKING
    ext4.alone()
    seed = secrets.randbelow(10**6) if given.seed is None else given.seed
    tally = pulls(given.cuts, seed, tuple(given.weaken), given.lying)
    if given.json:
        print(json.dumps(asdict(tally)))
    else:
        print(*(f"LOST {loss}" for loss in tally.losses[:SHOWN]), f"seed {seed}: {tally}", sep="\n")
    return bool(tally.losses)


def pragma(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    if name not in dict(store.PRAGMAS) or not value:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not PRAGMA=VALUE with one of {', '.join(dict(store.PRAGMAS))}"
        )
    return name, value


if __name__ == "__main__":
    sys.exit(main())
