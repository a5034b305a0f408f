"""Hypothesis plays the line: batches are lost, repeated, late, and the card may be copied back."""

from __future__ import annotations

import itertools
import random
import sqlite3
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from central.dock import journal
from central.dock.room import Caller
from kiosk.identity import Signer
from kiosk.parcels import JournalHead, UploadJournal
from tests.central.support import Journal, batch

SIGNER = Signer(b"\x42" * 32)
WHO = Caller("K0001", 1, "lobby", True)
STEPS = st.lists(
    st.sampled_from(["write", "write", "send", "send", "answer_lost", "late", "skip", "restore"]), max_size=30
)


class Line:
    """A kiosk with a cursor, and what is still on its way."""

    def __init__(self, db: sqlite3.Connection, dice: random.Random) -> None:
        self.db = db
        self.dice = dice
        self.journal = Journal("K0001")
        self.written: dict[str, int] = {}  # every record that ever was, by hash
        self.acked = 0
        self.on_its_way: list[UploadJournal] = []
        self.delivered: set[str] = set()

    def step(self, name: str) -> None:
        getattr(self, name)()

    def write(self) -> None:
        record = self.journal.write_raw("box_returned", f'{{"box":{self.dice.randrange(10**9)}}}')
        self.written[record.hash] = record.seq

    def _next(self, skip: int = 0) -> UploadJournal | None:
        rest = self.journal.records[self.acked + skip :][: self.dice.randrange(1, 5)]
        return batch(SIGNER, rest) if rest else None

    def deliver(self, upload: UploadJournal) -> JournalHead:
        journal.check("K0001", SIGNER.public_key, upload)
        head = journal.head_of(self.db, "K0001", 1, 0)
        if upload.records[0].seq <= head.seq + 1:  # no gap before it: the server has no reason to wait
            self.delivered |= {record.hash for record in upload.records}
        return journal.take(self.db, WHO, upload, 0)

    def send(self) -> None:
        upload = self._next()
        if upload is None:
            return
        self.on_its_way.append(upload)  # the line may bring it again
        self.hear(self.deliver(upload))

    def hear(self, head: JournalHead) -> None:
        """The kiosk's rule: only a head that is in its own journal moves the cursor."""
        mine = {record.seq: record.hash for record in self.journal.records}
        if mine.get(head.seq) == head.hash:
            self.acked = head.seq

    def answer_lost(self) -> None:
        upload = self._next()
        if upload is not None:
            self.deliver(upload)

    def late(self) -> None:
        if self.on_its_way:
            self.deliver(self.dice.choice(self.on_its_way))

    def skip(self) -> None:
        upload = self._next(skip=2)
        if upload is not None:
            self.deliver(upload)

    def restore(self) -> None:
        """The card is put back from an older copy."""
        keep = self.dice.randrange(len(self.journal.records) + 1)
        self.journal.records = self.journal.records[:keep]
        self.acked = min(self.acked, keep)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, dice=st.randoms(use_true_random=False))
def test_the_servers_journal_is_a_chain_and_nothing_delivered_is_lost(
    empty_copy: Callable[[], sqlite3.Connection], steps: list[str], dice: random.Random
) -> None:
    db = empty_copy()
    line = Line(db, dice)
    for step in steps:
        line.step(step)
    main = db.execute("SELECT seq, hash, prev FROM record ORDER BY seq").fetchall()
    forks = {row["hash"] for row in db.execute("SELECT hash FROM fork_record")}

    # a chain without gap, nothing twice, nothing that no kiosk wrote
    assert [row["seq"] for row in main] == list(range(1, len(main) + 1))
    assert all(later["prev"] == earlier["hash"] for earlier, later in itertools.pairwise(main))
    stored = [row["hash"] for row in main]
    assert len(set(stored)) == len(stored)
    assert set(stored) | forks <= set(line.written)
    assert not forks & set(stored)
    # nothing that arrived was dropped, whichever history it belongs to
    assert line.delivered <= set(stored) | forks
    # what the kiosk believes to be there is there
    acked = {record.hash for record in line.journal.records[: line.acked]}
    assert acked <= set(stored)
    # without a restored card there is no fork, and the server holds a prefix
    if "restore" not in steps:
        assert not forks
        assert stored == [record.hash for record in line.journal.records][: len(stored)]
        for _ in range(len(line.journal.records) + 1):
            line.send()
        assert line.acked == len(line.journal.records)
    db.close()
