"""The power-cut harness itself, against what SQLite's own documentation says of each mode.

A plain ledger without any of our code: a harness that finds nothing in `OFF`, or something in `EXTRA`, is wrong.
"""

import sqlite3
from contextlib import closing

import apsw
import pytest

from tests.crash.counts import COUNTS
from tests.crash.disk import Opened, Promised, Synced, Wrote, recording
from tests.crash.power import Folder, Kept, cuts
from tests.crash.witness import lay_out

pytestmark = pytest.mark.slow

TRANSACTIONS, ROWS = 7, 3
MODELLED = [kept for kept in Kept if kept is not Kept.NONSENSE]  # SQLite promises nothing about nonsense

GOOD = [("WAL", "FULL", 1000), ("WAL", "FULL", 8), ("WAL", "EXTRA", 8), ("DELETE", "EXTRA", 0)]
GOOD += [("TRUNCATE", "FULL", 0), ("PERSIST", "FULL", 0)]
LOSES = [("WAL", "NORMAL", 1000), ("WAL", "NORMAL", 8), ("DELETE", "FULL", 0)]
CORRUPTS = [("WAL", "OFF", 8), ("DELETE", "OFF", 0)]


def kept_books(folder, journal_mode, synchronous, checkpoint_pages):
    """The tape of a ledger that promises each transaction once it is committed."""
    folder.mkdir()
    with recording() as tape, closing(apsw.Connection(str(folder / "plain.db"))) as db:
        # An exclusive rollback journal is never deleted, whatever its mode says.
        db.pragma("locking_mode", "EXCLUSIVE" if journal_mode == "WAL" else "NORMAL")
        assert db.pragma("journal_mode", journal_mode) == journal_mode.lower()
        db.pragma("synchronous", synchronous)
        db.pragma("wal_autocheckpoint", checkpoint_pages)
        db.execute("CREATE TABLE entry (n INTEGER PRIMARY KEY, body TEXT); CREATE INDEX b ON entry (body)")
        tape.promise(0)
        for last in range(ROWS, TRANSACTIONS * ROWS + 1, ROWS):
            with db:
                rows = [(n, body_of(n)) for n in range(last - ROWS + 1, last + 1)]
                db.executemany("INSERT INTO entry VALUES (?, ?)", rows)
            tape.promise(last)
    return tape.ops


def body_of(n):
    return f"{n * 7919 % 1000:03d}" * 100  # in no order, so that the index changes in many pages


def what_is_wrong(folder, cut):
    """None, "lost" or "corrupt"."""
    lay_out(folder, cut.image)
    try:
        with closing(sqlite3.connect(folder / "plain.db")) as db:
            if db.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                return "corrupt"
            rows = db.execute("SELECT n, body FROM entry ORDER BY n").fetchall()
    except sqlite3.DatabaseError as error:
        if "no such table" in str(error):  # fine before the table was promised
            return None if cut.promised is None else "lost"
        return "corrupt"
    if rows != [(n, body_of(n)) for n in range(1, len(rows) + 1)] or len(rows) % ROWS:
        return "corrupt"
    return "lost" if len(rows) < (cut.promised or 0) else None


def verdicts(mode, tmp_path, images, record_property):
    found = {None: 0, "lost": 0, "corrupt": 0}
    for cut in cuts(kept_books(tmp_path / "books", *mode), MODELLED, seed=4):
        found[what_is_wrong(images, cut)] += 1
    text = f"{sum(found.values())} images, {found['lost']} with loss, {found['corrupt']} corrupt"
    record_property(COUNTS, text)
    return found


@pytest.mark.parametrize("mode", GOOD, ids=str)
def test_a_mode_that_keeps_its_promise_passes(mode, tmp_path, images, record_property):
    found = verdicts(mode, tmp_path, images, record_property)
    assert found.pop(None) > 500 and set(found.values()) == {0}


@pytest.mark.parametrize("mode", LOSES, ids=str)
def test_a_mode_that_forgets_commits_is_found(mode, tmp_path, images, record_property):
    found = verdicts(mode, tmp_path, images, record_property)
    assert found["lost"] and not found["corrupt"]


@pytest.mark.parametrize("mode", CORRUPTS, ids=str)
def test_a_mode_that_tears_pages_is_found(mode, tmp_path, images, record_property):
    assert verdicts(mode, tmp_path, images, record_property)["corrupt"]


# -----------------------------------------------------------------------------------------------------
# The medium by itself: a few operations whose outcome can be counted by hand

OLD = {"a": b"old-"}
TORN = [Wrote("a", 0, b"x" * 512 + b"y" * 512)]


def outcomes(tape, kept, folder, repeats=60):
    return {
        tuple(sorted(cut.image.items()))
        for seed in range(repeats)
        for cut in cuts(tape, [kept], seed, OLD)
        if cut.folder is folder and cut.at == len(tape) - 1
    }


def test_a_flushed_write_is_there_and_an_unflushed_one_may_be():
    tape = [Wrote("a", 0, b"new!"), Synced("a"), Wrote("a", 0, b"N")]
    assert outcomes(tape, Kept.SUBSET, Folder.STRICT) == {(("a", b"new!"),), (("a", b"New!"),)}


def test_a_write_tears_between_sectors_and_not_inside_one():
    torn = {image[0][1] for image in outcomes(TORN, Kept.TORN, Folder.STRICT)}
    first, second = b"x" * 512, b"y" * 512
    assert torn == {b"old-", first, b"old-".ljust(512, b"\0") + second, first + second}


@pytest.mark.parametrize("folder, names", [(Folder.STRICT, set()), (Folder.JOURNALED, {"b"})])
def test_a_new_name_needs_a_flush_of_the_folder_or_a_folder_with_a_journal(folder, names):
    tape = [Opened("b", new=True, flushes_folder=False), Wrote("b", 0, b"1"), Synced("b")]
    [image] = outcomes(tape, Kept.NONE, folder)
    assert {name for name, _ in image} == {"a"} | names


def test_nothing_is_promised_before_it_was_promised():
    tape = [Wrote("a", 0, b"1"), Promised("one"), Wrote("a", 0, b"2")]
    assert [cut.promised for cut in cuts(tape, [Kept.ALL], 0, OLD)][:3] == [None, "one", "one"]
