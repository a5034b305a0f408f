"""The journal on disk: the only writer, one SQLite file through apsw.

WAL with synchronous=FULL is the cheapest mode in which no acknowledged commit was lost in any simulated power
cut (money-and-sync.md §0, §4; pi-firmware.md §1.4); exclusive locking keeps a second connection out, and with it
SQLite's WAL-reset race. All facts of one step are one transaction: they are there together or not at all.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import apsw
import msgspec

from kiosk import codec
from kiosk.clock import Clock, Instant
from kiosk.facts import KIND, Account, Durable, Posting, Signed
from kiosk.flow.state import State
from kiosk.identity import Identity, Signer, write_durably
from kiosk.journal import snapshot
from kiosk.journal.chain import GENESIS, hash_of, head_bytes, record_hash
from kiosk.journal.check import COLUMNS, Check, check_link, read
from kiosk.journal.check import Damaged as Damaged
from kiosk.journal.check import fact_of as fact_of
from kiosk.journal.fold import BEGINNING, Fold
from kiosk.journal.fold import Head as Head
from kiosk.parcels import WireRecord

log = logging.getLogger(__name__)

JOURNAL_FILE: Final = "journal.db"  # in the state folder of a kiosk
SCHEMA_VERSION: Final = 1
COMMITS_PER_CHECKPOINT: Final = 200  # of about five pages of 4 KiB each: the log stays near 4 MB

BUSY_MS: Final = 2000  # a core that was just killed may still be letting go of its lock

PRAGMAS: Final = (  # tests/crash shows what each weaker choice of the first three loses in a power cut
    ("locking_mode", "EXCLUSIVE"),
    ("journal_mode", "WAL"),
    ("synchronous", "FULL"),
    ("wal_autocheckpoint", 0),  # see Journal._checkpoint
    ("foreign_keys", "ON"),
    ("trusted_schema", "OFF"),
    ("cell_size_check", "ON"),
)

_SCHEMA = """
CREATE TABLE record (
    seq      INTEGER PRIMARY KEY,
    kiosk    TEXT NOT NULL,
    epoch    INTEGER NOT NULL,
    wall_ms  INTEGER NOT NULL,
    boot     TEXT NOT NULL,
    boot_ms  INTEGER NOT NULL,
    quality  TEXT NOT NULL,
    kind     TEXT NOT NULL,
    version  INTEGER NOT NULL,
    body     TEXT NOT NULL,
    prev     TEXT NOT NULL,
    hash     TEXT NOT NULL,
    signature TEXT NOT NULL  -- over the head, on the last record of each commit: signed or sealed; empty on the others
) STRICT;
CREATE TRIGGER record_stays BEFORE UPDATE ON record BEGIN SELECT RAISE(ABORT, 'records do not change'); END;
CREATE TRIGGER record_kept BEFORE DELETE ON record BEGIN SELECT RAISE(ABORT, 'records are kept'); END;
CREATE TABLE posting (
    seq      INTEGER NOT NULL REFERENCES record (seq),
    account  TEXT NOT NULL,
    fen      INTEGER NOT NULL
) STRICT;
CREATE INDEX posting_account ON posting (account);
CREATE TABLE uploaded (       -- how far the server holds this journal; moves only to a head of our own
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    seq      INTEGER NOT NULL,
    hash     TEXT NOT NULL
) STRICT;
"""

_INSERT = f"INSERT INTO record ({COLUMNS}, signature) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"
_INSERT_POSTING = "INSERT INTO posting VALUES (?,?,?)"


class NotWritten(Exception):
    """A commit failed (disk full, failing card): nothing of it counts, no command may leave."""


def _booked(legs: tuple[Posting, ...], fact: Durable, seq: int) -> list[tuple[int, str, int]]:
    if sum(leg.amount.fen for leg in legs):
        raise AssertionError(f"the postings of {type(fact).__name__} do not sum to zero")
    return [(seq, leg.account.value, leg.amount.fen) for leg in legs]


class Journal:
    """Opened by the core only. `append` is durable when it returns."""

    def __init__(
        self, connection: apsw.Connection, path: Path, identity: Identity, signer: Signer, clock: Clock
    ) -> None:
        self.path = path
        self.identity = identity
        self._connection = connection
        self._signer = signer
        self._clock = clock
        self.head = BEGINNING
        self.recovered: Fold | None = None  # where `recover` ended
        self.read_from = BEGINNING  # and from which record on it had to read
        self._snapshot_path = path.with_suffix(".snapshot")
        self._commits = 0

    @classmethod
    def create(cls, path: Path, identity: Identity) -> None:
        """At enrolment, once: whole, or after a power cut not at all.

        Raises FileExistsError: an existing journal is never replaced, nor is a log applied to another one."""
        for there in (path, path.with_name(path.name + "-wal")):
            if there.exists():
                raise FileExistsError(f"{there} exists; a journal is never replaced")
        connection = apsw.Connection(":memory:")
        with connection:
            connection.execute(_SCHEMA)
            connection.execute("INSERT INTO uploaded VALUES (1, 0, ?)", (GENESIS,))
            connection.pragma("user_version", SCHEMA_VERSION)
        write_durably(path, connection.serialize("main"))
        connection.close()

    @classmethod
    def open(cls, path: Path, identity: Identity, signer: Signer, clock: Clock) -> Journal:
        """Raises Damaged: missing, unreadable, of another kiosk, or of a newer software."""
        if not path.exists() or not path.stat().st_size:
            raise Damaged(
                f"{path} is {'empty' if path.exists() else 'missing'} although this kiosk is enrolled as "
                f"{identity.kiosk}. It is not begun anew. Put the file back, or enrol again to begin a new epoch; "
                "call the supervisor"
            )
        try:
            connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
        except apsw.Error as error:
            raise Damaged(f"{path} can not be opened: {error}") from error
        journal = cls(connection, path, identity, signer, clock)
        try:
            journal._begin()
        except apsw.Error as error:
            connection.close()
            raise Damaged(f"{path} can not be read: {error}") from error
        except Damaged:
            connection.close()
            raise
        return journal

    def _begin(self) -> None:
        connection = self._connection
        connection.set_busy_timeout(BUSY_MS)
        for pragma, value in PRAGMAS:
            connection.pragma(pragma, value)
        asked, mode = dict(PRAGMAS)["journal_mode"], connection.pragma("journal_mode")
        if str(mode).upper() != asked:
            raise Damaged(
                f"{self.path}: SQLite answers journal_mode {mode} instead of {asked}: no power cut would be survived. "
                "Check that the disk is mounted for writing and is no network share"
            )
        version = connection.pragma("user_version")
        if version != SCHEMA_VERSION:
            raise Damaged(
                f"{self.path} has schema {version}, this software reads {SCHEMA_VERSION}: install the newer release"
            )
        seq = connection.execute("SELECT max(seq) FROM record").get
        if seq is not None:
            self.head = Head(seq, next(self.records(seq - 1, limit=1)).hash)

    def close(self) -> None:
        self._connection.close()

    def append(self, facts: Sequence[Durable]) -> list[Durable]:
        """Write all facts in one flushed commit. Returns them as written (papers with their signature).

        Raises NotWritten; then the head stands where it stood and the same step may be tried again. After a flush
        that failed and then a power cut it may be there all the same: as a whole, or not at all."""
        written: list[Durable] = []
        records: list[list[Any]] = []
        postings: list[tuple[int, str, int]] = []
        head, now, on_paper = self.head, self._clock.now(), False
        for fact in facts:
            if isinstance(fact, Signed):
                fact = msgspec.structs.replace(fact, signature=self._signer.sign(fact.proof.encode()))
                on_paper = True
            head, record = self._record(fact, head, now)
            records.append(record)
            if legs := fact.postings:
                postings += _booked(legs, fact, head.seq)
            written.append(fact)
        # Whoever holds a paper can have all that led to it proved; other commits are sealed, which costs less.
        prove = self._signer.sign if on_paper else self._signer.seal
        records[-1][-1] = prove(head_bytes(self.identity.kiosk, self.identity.epoch, head.seq, head.hash))
        self._commit((_INSERT, records), (_INSERT_POSTING, postings))
        self.head = head
        self._checkpoint()
        return written

    def _commit(self, *statements: tuple[str, Sequence[Sequence[Any]]]) -> None:
        """Each statement with each of its rows; all or nothing. Raises NotWritten."""
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                for sql, rows in statements:
                    if rows:
                        connection.executemany(sql, rows)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # some errors have rolled it back already
                    connection.execute("ROLLBACK")
                raise
        except (apsw.Error, OSError) as error:
            raise NotWritten(f"{self.path}: {error}") from error

    def _checkpoint(self) -> None:
        """After the commit and apart from it: SQLite's own would report a commit that is on disk as failed."""
        self._commits += 1
        if self._commits % COMMITS_PER_CHECKPOINT == 0:
            try:
                self._connection.wal_checkpoint()
            except apsw.Error as error:  # the log keeps everything and only grows; the next one tries again
                log.warning("%s: no checkpoint after record %d: %s", self.path, self.head.seq, error)

    def _record(self, fact: Durable, head: Head, now: Instant) -> tuple[Head, list[Any]]:
        """What follows `head` with this fact: the new head, and the columns with the proof left empty."""
        me, seq, kind, body = self.identity, head.seq + 1, KIND[type(fact)], codec.encode(fact)
        start = (me.kiosk, me.epoch, seq, now.wall_ms, now.boot, now.boot_ms, now.quality, kind, fact.version)
        hash_ = hash_of((*start, head.hash), body)
        return Head(seq, hash_), [*start, body.decode(), head.hash, hash_, ""]

    # -------------------------------------------------------------------------------------------------
    # Reading

    def records(self, after: int = 0, limit: int = -1) -> Iterator[WireRecord]:
        """In order, with sequence above `after`. Raises Damaged where a row can not be read."""
        for record, _ in read(self._connection, self.path, after, limit):
            yield record

    def last_of(self, kind: str) -> int:
        """Sequence of the last record of this kind; 0: there is none."""
        sql = "SELECT seq FROM record WHERE kind = ? ORDER BY seq DESC LIMIT 1"  # from the end: it is near
        seq: Any = self._connection.execute(sql, (kind,)).get
        return int(seq or 0)

    def last_with(self, kind: str, field: str, value: str) -> int:
        """Sequence of the last record of this kind whose `field` has this value; 0: there is none. From the end, where
        what is asked for mostly is; a million records are read in some seconds."""
        sql = "SELECT seq FROM record WHERE kind = ? AND json_extract(body, '$.' || ?) = ? ORDER BY seq DESC LIMIT 1"
        seq: Any = self._connection.execute(sql, (kind, field, value)).get
        return int(seq or 0)

    def replay(self) -> Iterator[Durable]:
        """Every fact in order, the chain checked on the way. Raises Damaged at the first bad record."""
        for _, fact in self._linked(BEGINNING):
            yield fact

    def _linked(self, head: Head) -> Iterator[tuple[Head, Durable]]:
        """The facts after `head` up to the last one, each with its own head."""
        for record in self.records(head.seq):
            head = check_link(record, head, self.identity)
            yield head, fact_of(record)
        if head != self.head:
            raise Damaged(f"{self.path}: the chain ends at record {head.seq}, expected {self.head.seq}")

    def recover(self, empty: State) -> State:
        """What all records together make of `empty`: by the snapshot and the records after it, or by all of them.

        Raises Damaged."""
        fold = self._snapshot(empty) or Fold(BEGINNING, empty)
        self.read_from = fold.head
        for head, fact in self._linked(fold.head):
            fold = fold.after(head, fact)
        self.recovered = fold
        return fold.state

    def _snapshot(self, empty: State) -> Fold | None:
        """None also if the records say otherwise: they are right."""
        fold = snapshot.read(self._snapshot_path, empty, self.identity)
        if fold is None:
            return None
        record = next(self.records(fold.head.seq - 1, limit=1), None)
        if record is None or not record_hash(record) == record.hash == fold.head.hash:
            log.error(
                "%s is ignored, all records are read: record %d is not the one of which it was made",
                self._snapshot_path,
                fold.head.seq,
            )
            return None
        return fold

    def keep(self, fold: Fold) -> None:
        """Write a snapshot, from any thread: it touches no record. Failing, the next start only takes longer."""
        try:
            snapshot.write(self._snapshot_path, fold, self.identity, self._signer)
        except OSError as error:
            log.warning("%s was not written: %s", self._snapshot_path, error)

    def forget_snapshot(self) -> None:
        self._snapshot_path.unlink(missing_ok=True)

    def check(self) -> Check:
        """A check that stands before the first record."""
        return Check(self._connection, self.path, self.identity, self._signer)

    def verify(self) -> tuple[int, int]:
        """Chain, signatures, bodies, postings, and that nothing is missing that the server acknowledged: all of it,
        whatever a snapshot says.

        Returns (records, signatures) checked. Raises Damaged naming the record."""
        try:
            return self._verify()
        except (apsw.Error, UnicodeError) as error:
            raise Damaged(f"{self.path} can not be read: {error}") from error

    def _verify(self) -> tuple[int, int]:
        check = self.check()
        for _ in check.go_on():
            pass
        check.ends_at(self.head)
        seq, uploaded = self.head.seq, self.uploaded
        if uploaded.seq > seq:
            raise Damaged(f"{self.path}: ends at record {seq}, but the server acknowledged {uploaded.seq}")
        if uploaded.seq and self.hash_at(uploaded.seq) != uploaded.hash:
            raise Damaged(f"{self.path}: record {uploaded.seq} is not the one that the server acknowledged")
        complaint = self._connection.pragma(
            "integrity_check", 1
        )  # also the index that balances are added up by
        if complaint != "ok":
            raise Damaged(f"{self.path}: the records are whole, the file around them is not: {complaint}")
        return seq, check.signatures

    def hash_at(self, seq: int) -> str | None:
        row: Any = self._connection.execute("SELECT hash FROM record WHERE seq = ?", (seq,)).get
        return None if row is None else str(row)

    def head_signature(self, seq: int, hash_: str) -> str:
        return self._signer.sign(head_bytes(self.identity.kiosk, self.identity.epoch, seq, hash_))

    def balances(self) -> dict[Account, int]:
        """Fen per account, recomputed from the postings."""
        found = dict(self._connection.execute("SELECT account, sum(fen) FROM posting GROUP BY account"))
        return {account: int(found.get(account.value, 0)) for account in Account}

    # -------------------------------------------------------------------------------------------------
    # Upload

    @property
    def uploaded(self) -> Head:
        return Head(*self._connection.execute("SELECT seq, hash FROM uploaded").get)

    def move_uploaded(self, seq: int, hash_: str) -> bool:
        """Move the cursor to a head that the server named, forwards or back. False: that head is not ours."""
        if seq == 0:
            hash_ = GENESIS
        elif self.hash_at(seq) != hash_:
            return False
        self._commit(("UPDATE uploaded SET seq = ?, hash = ?", [(seq, hash_)]))
        self._checkpoint()
        return True
