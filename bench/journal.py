"""How fast the money journal is: a durable commit, a start over a million records, memory over ten thousand visits.

    .venv/bin/python bench/journal.py [--quick] [--json] [--folder DIR]

Real engine, real journal, real disk: DIR decides which one (default: the folder for temporary files). Ratios count, not
milliseconds; each ratio comes from one run in which the two sides take turns.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import apsw
import msgspec

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hardware import contracts as hw
from kiosk import codec
from kiosk import contract as c
from kiosk import facts as f
from kiosk import site as site_module
from kiosk.clock import SystemClock
from kiosk.disk import IN_RAM, file_system
from kiosk.engine import Engine
from kiosk.flow import stimuli as st
from kiosk.flow.state import begin
from kiosk.identity import Identity, Signer
from kiosk.journal import store
from kiosk.journal.audit import SNAPSHOT_EVERY, Audit
from kiosk.journal.store import Journal
from tests.kiosk.world import Kiosk, bill, bundle, own_numbers

SIGNER = Signer(b"bench/journal.py" * 2)
IDENTITY = Identity("K0001", 1, "lobby", SIGNER.public_key, "00" * 32)
SITE = msgspec.structs.replace(own_numbers(site_module.load(None)), kiosk="K0001", simulated=True)
COMMIT_GOAL = 1.25  # times the bare commit
RECOVERY_GOAL_S = 3.0
BOX_CHANGED_EVERY = 40  # visits, before the box is full
BUNDLE_EVERY = 100  # visits
DB = "journal.db"


@dataclass(frozen=True)
class Size:
    commits: int
    records: int
    visits: tuple[int, int]


FULL = Size(commits=3_000, records=1_000_000, visits=(1_000, 10_000))
QUICK = Size(commits=300, records=50_000, visits=(200, 1_000))


def visit(kiosk: Kiosk, number: int) -> None:
    """A customer pays a bill of ¥30 with two notes and takes the receipt."""
    kiosk.to_cash(bill("30.00", number=f"W{number}"))
    kiosk.insert(20, 10)
    kiosk.print_out()
    kiosk.want(c.Done(), c.Done())


def steps_of_a_visit(folder: Path) -> list[list[f.Durable]]:
    """The facts of each commit that one visit makes."""
    kiosk = Kiosk(folder)
    append, steps = kiosk.journal.append, []

    def noted(facts: list[f.Durable]) -> list[f.Durable]:
        steps.append(list(facts))
        return append(facts)

    kiosk.journal.append = noted
    visit(kiosk, 1)
    kiosk.journal.close()
    return steps


def visits(template: list[f.Durable]) -> Iterator[list[f.Durable]]:
    """The same visit again and again, with ids, receipt and bill of its own."""
    texts = [(codec.encode(fact).decode(), type(fact)) for fact in template]
    number = 0
    while True:
        number += 1

        def own(text: str, number: int = number) -> str:
            text = re.sub(r"(-[0-9a-f]{4}-)[0-9a-f]{12}\"", rf'\g<1>{number:012x}"', text)
            return text.replace('"K0001-00000001"', f'"K0001-{number:08d}"').replace('"W1"', f'"W{number}"')

        yield [codec.decode(own(text), kind) for text, kind in texts]


def new_journal(folder: Path) -> Journal:
    folder.mkdir(parents=True)
    Journal.create(folder / DB, IDENTITY)
    return Journal.open(folder / DB, IDENTITY, SIGNER, SystemClock())


@contextmanager
def unflushed() -> Iterator[None]:
    """For what is only prepared here and not measured."""
    pragmas = store.PRAGMAS
    store.PRAGMAS = tuple((dict(pragmas) | {"synchronous": "OFF"}).items())
    try:
        yield
    finally:
        store.PRAGMAS = pragmas


# ---------------------------------------------------------------------------------------------------
# A durable commit


DURABLE = ("journal_mode", "synchronous", "wal_autocheckpoint")  # what a commit needs to be as safe as ours


class Bare:
    """Ready rows into the same tables, as durable and with the same checkpoints, and nothing else.

    `tuned`: with the journal's other pragmas too; its exclusive lock saves more than half of what its proofs cost."""

    def __init__(self, path: Path, *, tuned: bool) -> None:
        Journal.create(path, IDENTITY)
        self._connection = apsw.Connection(str(path))
        for pragma, value in store.PRAGMAS:
            if tuned or pragma in DURABLE:
                self._connection.pragma(pragma, value)
        for trigger in ("record_stays", "record_kept"):
            self._connection.execute(f"DROP TRIGGER {trigger}")
        self._commits = 0

    def commit(self, records: list[Any], postings: list[Any]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany("INSERT INTO record VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)", records)
        self._connection.executemany("INSERT INTO posting VALUES (?,?,?)", postings)
        self._connection.execute("COMMIT")
        self._commits += 1
        if self._commits % store.COMMITS_PER_CHECKPOINT == 0:
            self._connection.wal_checkpoint()

    def close(self) -> None:
        self._connection.close()


Rows = tuple[list[Any], list[Any]]


def rows_of(folder: Path, steps: list[list[f.Durable]]) -> list[Rows]:
    """What each of these commits writes: records and postings."""
    with unflushed(), closing(new_journal(folder)) as journal:
        ends = [0]
        for step in steps:
            journal.append(step)
            ends.append(journal.head.seq)
    with closing(apsw.Connection(str(folder / DB))) as db:
        return [
            tuple(
                list(db.execute(f"SELECT * FROM {table} WHERE seq > ? AND seq <= ?", (after, end)))
                for table in ("record", "posting")
            )
            for after, end in pairwise(ends)
        ]


def bench_commit(folder: Path, size: Size) -> dict[str, Any]:
    folder.mkdir()
    visit_steps = steps_of_a_visit(folder)
    steps = [visit_steps[number % len(visit_steps)] for number in range(size.commits)]
    rows = rows_of(folder / "rows", steps)
    chance = random.Random(1)
    ours: list[float] = []
    bare: list[float] = []
    tuned: list[float] = []
    with (
        closing(new_journal(folder / "ours")) as journal,
        closing(Bare(folder / "bare.db", tuned=False)) as plain,
        closing(Bare(folder / "tuned.db", tuned=True)) as other,
    ):
        for step, ready in zip(steps, rows, strict=True):
            turns = [
                (ours, journal.append, (step,)),
                (bare, plain.commit, ready),
                (tuned, other.commit, ready),
            ]
            for times, commit, arguments in chance.sample(turns, len(turns)):
                started = time.perf_counter()
                commit(*arguments)
                times.append(time.perf_counter() - started)
    return {
        "commits": size.commits,
        "ours_ms": round(1000 * median(ours), 3),
        "bare_ms": round(1000 * median(bare), 3),
        "tuned_ms": round(1000 * median(tuned), 3),
        "ours_more_us": round(1e6 * median(a - b for a, b in zip(ours, bare, strict=True))),
        "ratio": round(median(ours) / median(bare), 3),
        "ratio_to_tuned": round(median(ours) / median(tuned), 3),
        "quartiles_of_pairs": [
            round(q, 3) for q in quantiles([a / b for a, b in zip(ours, bare, strict=True)])
        ],
        "goal": COMMIT_GOAL,
        "bytes": {"ours": os.path.getsize(folder / "ours" / DB), "bare": os.path.getsize(folder / "bare.db")},
    }


# ---------------------------------------------------------------------------------------------------
# A start. Each in a process of its own, with the files out of the system's cache


class Outside:
    first_view = 0.0

    def do(self, command: object) -> None:
        pass

    def apply(self, wanted: object) -> None:
        pass

    def show(self, view: object) -> None:
        self.first_view = self.first_view or time.perf_counter()


def bench_recovery(folder: Path, size: Size) -> dict[str, Any]:
    """The snapshot is as old as it gets: so many records behind the head that a new one is due."""
    folder.mkdir()
    template = [fact for step in steps_of_a_visit(folder) for fact in step]
    (folder / DB).unlink()
    home = folder / "home"
    with unflushed(), closing(new_journal(home)) as journal:
        for facts in visits(template):
            journal.append(facts)
            if journal.head.seq >= size.records - SNAPSHOT_EVERY:
                break
        journal.move_uploaded(journal.head.seq, journal.head.hash)
        journal.recover(begin(SITE))
        assert journal.recovered is not None
        journal.keep(journal.recovered)
        behind = visits(template)
        while journal.head.seq < size.records:
            journal.append(next(behind))
        records = journal.head.seq
    snapshot = home / "journal.snapshot"
    result = {
        "records": records,
        "journal_mb": os.path.getsize(home / DB) >> 20,
        "snapshot_kb": os.path.getsize(snapshot) >> 10,
        "with_snapshot": in_own_process("--start", home),
        "goal_s": RECOVERY_GOAL_S,
    }
    snapshot.unlink()
    result["without_snapshot"] = in_own_process("--start", home)
    return result


def start(home: Path) -> dict[str, Any]:
    for path in home.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    outside = Outside()
    started, worked = time.perf_counter(), time.process_time()
    with closing(Journal.open(home / DB, IDENTITY, SIGNER, SystemClock())) as journal:
        Engine(SITE, journal, outside, SystemClock()).start()
        cpu_s = time.process_time() - worked
        read = journal.head.seq - journal.read_from.seq
    return {
        "seconds": round(outside.first_view - started, 3),
        "cpu_s": round(cpu_s, 3),
        "records_read": read,
        "rss_mb": rss_mb(),
    }


# ---------------------------------------------------------------------------------------------------
# Memory


def bench_memory(folder: Path, size: Size) -> dict[str, Any]:
    folder.mkdir()
    return in_own_process("--visits", folder, *map(str, size.visits))


def many_visits(folder: Path, first: int, last: int) -> dict[str, Any]:
    """As in a lobby: the box is changed, the server holds everything and sends fresh bill data, the audit goes on."""
    figures = {}
    with unflushed():
        kiosk = Kiosk(folder)
        audit = Audit(kiosk.journal, begin(msgspec.structs.replace(kiosk.site, epoch=kiosk.identity.epoch)))
        for number in range(1, last + 1):
            visit(kiosk, number)
            kiosk.commands.clear()
            kiosk.views.clear()
            audit.slice()
            asyncio.run(audit.keep_what_is_due())
            if number % BOX_CHANGED_EVERY == 0:
                kiosk.hear(hw.BoxOut(device="acceptor"), hw.BoxIn(device="acceptor"))
            if number % BUNDLE_EVERY == 0:
                kiosk.journal.move_uploaded(kiosk.journal.head.seq, kiosk.journal.head.hash)
                now_ms = kiosk.clock.now().wall_ms
                kiosk.hear(st.Uploaded(now_ms), st.BundleCame(bundle(bill(), made_ms=now_ms + 1)))
            if number in (first, last):
                figures[str(number)] = rss_mb()
        kiosk.journal.close()
    return {"rss_mb_after_visits": figures, "growth": round(figures[str(last)] / figures[str(first)], 3)}


def rss_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, 1)


# ---------------------------------------------------------------------------------------------------


def in_own_process(*arguments: Any) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, __file__, *map(str, arguments)], check=True, stdout=subprocess.PIPE
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def bench(folder: Path, size: Size) -> dict[str, Any]:
    kind = file_system(folder)
    if kind in IN_RAM:
        sys.exit(
            f"{folder} lies on {kind}: a flush costs nothing there. Name a folder on a disk with --folder"
        )
    with tempfile.TemporaryDirectory(dir=folder, prefix="bench-journal-") as place:
        here = Path(place)
        load = os.getloadavg()[0]
        return {
            "machine": {"cpus": os.cpu_count(), "load_before": round(load, 2), "file_system": kind},
            "commit": bench_commit(here / "commit", size),
            "recovery": bench_recovery(here / "recovery", size),
            "memory": bench_memory(here / "memory", size),
        }


def table(found: dict[str, Any]) -> str:
    machine, commit = found["machine"], found["commit"]
    recovery, memory = found["recovery"], found["memory"]
    quick, whole = recovery["with_snapshot"], recovery["without_snapshot"]
    low, middle, high = commit["quartiles_of_pairs"]
    lines = [
        f"{machine['cpus']} processors, load {machine['load_before']} before, {machine['file_system']}",
        "",
        f"durable commit, median of {commit['commits']:,} of one visit's steps",
        f"  journal                {commit['ours_ms']:9.3f} ms",
        f"  bare SQLite            {commit['bare_ms']:9.3f} ms   as durable: WAL, synchronous=FULL",
        f"  and with our lock      {commit['tuned_ms']:9.3f} ms   all pragmas of the journal",
        f"  ours more than bare    {commit['ours_more_us'] / 1000:9.3f} ms   median of the differences",
        f"  ratio                  {commit['ratio']:9.3f}      goal: at most {commit['goal']}",
        f"  ratio to that lock     {commit['ratio_to_tuned']:9.3f}",
        f"  ratio, pair by pair    {middle:9.3f}     quartiles {low}, {high}",
        "",
        f"start to the first screen, {recovery['records']:,} records, {recovery['journal_mb']} MB",
        f"  with snapshot          {quick['seconds']:9.3f} s   goal: at most {recovery['goal_s']}   "
        f"{quick['records_read']:,} records and {recovery['snapshot_kb']} KB of snapshot read, "
        f"{quick['rss_mb']} MB of memory, {quick['cpu_s']} s of processor",
        f"  without                {whole['seconds']:9.3f} s   {whole['records_read']:,} records read, "
        f"{whole['rss_mb']} MB of memory, {whole['cpu_s']} s of processor",
        "",
        "memory",
        *(f"  after {int(n):>6,} visits    {mb:9.1f} MB" for n, mb in memory["rss_mb_after_visits"].items()),
        f"  growth                 {memory['growth']:9.3f}",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--quick", action="store_true", help="a twentieth of the records, a tenth of the visits"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object instead of the table")
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()), help="on the disk to measure"
    )
    parser.add_argument("--start", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--visits", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.start:
        print(json.dumps(start(given.start)))
    elif given.visits:
        folder, first, last = given.visits
        print(json.dumps(many_visits(Path(folder), int(first), int(last))))
    else:
        found = bench(given.folder, QUICK if given.quick else FULL)
        print(json.dumps(found) if given.json else table(found))


if __name__ == "__main__":
    main()
