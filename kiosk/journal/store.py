"""The journal on disk: the only writer, one SQLite file through apsw.

WAL with synchronous=FULL is the cheapest mode in which no acknowledged commit was lost in any simulated power
cut (money-and-sync.md §0, §4; pi-firmware.md §1.4); exclusive locking keeps a second connection out, and with it
SQLite's WAL-reset race. All facts of one step are one transaction: they are there together or not at all.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import apsw
import msgspec

from kiosk import codec
from kiosk.clock import Clock
from kiosk.facts import DURABLE, Account, Durable, Signed
from kiosk.identity import Identity, Signer, signed_by
from kiosk.journal.chain import GENESIS, head_bytes, record_hash
from kiosk.parcels import WireRecord

log = logging.getLogger(__name__)

SCHEMA_VERSION: Final = 1
COMMITS_PER_CHECKPOINT: Final = 200  # of about five pages of 4 KiB each: the log stays near 4 MB

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
    signature TEXT NOT NULL  -- over the head, on the last record of each commit; empty on the others
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

_FIELDS = WireRecord.__struct_fields__
_COLUMNS = ", ".join(_FIELDS)


class Damaged(Exception):
    """The journal can not be opened and verified. It is never replaced; the text names record and reason."""


class NotWritten(Exception):
    """A commit failed (disk full, failing card): nothing of it counts, no command may leave."""


class Head(msgspec.Struct, frozen=True):
    seq: int
    hash: str


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
        self.head = Head(0, GENESIS)
        self._commits = 0

    @classmethod
    def create(cls, path: Path, identity: Identity) -> None:
        """At enrolment, once. Raises FileExistsError: an existing journal is never replaced."""
        if path.exists():
            raise FileExistsError(f"{path} exists; a journal is never replaced")
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = _connect(path, create=True)
        with connection:
            connection.execute(_SCHEMA)
            connection.execute("INSERT INTO uploaded VALUES (1, 0, ?)", (GENESIS,))
            connection.pragma("user_version", SCHEMA_VERSION)
        connection.close()

    @classmethod
    def open(cls, path: Path, identity: Identity, signer: Signer, clock: Clock) -> Journal:
        """Raises Damaged: missing, unreadable, of another kiosk, or of a newer software."""
        if not path.exists():
            raise Damaged(
                f"{path} is missing although this kiosk is enrolled as {identity.kiosk}. It is not replaced by an "
                "empty one. Put the file back, or enrol again to begin a new epoch; call the supervisor"
            )
        try:
            connection = _connect(path, create=False)
            version = connection.pragma("user_version")
            if version != SCHEMA_VERSION:
                raise Damaged(
                    f"{path} has schema {version}, this software reads {SCHEMA_VERSION}: install the newer release"
                )
            journal = cls(connection, path, identity, signer, clock)
            seq = connection.execute("SELECT max(seq) FROM record").get
            if seq is not None:
                journal.head = Head(seq, next(journal.records(seq - 1, limit=1)).hash)
        except apsw.Error as error:
            raise Damaged(f"{path} can not be read: {error}") from error
        return journal

    def close(self) -> None:
        self._connection.close()

    def append(self, facts: Sequence[Durable]) -> list[Durable]:
        """Write all facts in one flushed commit. Returns them as written (papers with their signature).

        Raises NotWritten; then the head stands where it stood and the same step may be tried again. After a flush
        that failed and then a power cut it may be there all the same: as a whole, or not at all."""
        written: list[Durable] = []
        head = self.head
        with self._commit():
            for number, fact in enumerate(facts, 1):
                if isinstance(fact, Signed):
                    fact = msgspec.structs.replace(fact, signature=self._signer.sign(fact.proof.encode()))
                head = self._write(fact, head, last=number == len(facts))
                written.append(fact)
        self.head = head
        self._checkpoint()
        return written

    @contextmanager
    def _commit(self) -> Iterator[None]:
        try:
            with self._connection:
                yield
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

    def _write(self, fact: Durable, head: Head, *, last: bool) -> Head:
        now = self._clock.now()
        record = WireRecord(
            kiosk=self.identity.kiosk,
            epoch=self.identity.epoch,
            seq=head.seq + 1,
            wall_ms=now.wall_ms,
            boot=now.boot,
            boot_ms=now.boot_ms,
            quality=now.quality,
            kind=str(fact.__struct_config__.tag),
            version=fact.version,
            body=codec.encode(fact).decode(),
            prev=head.hash,
            hash="",
        )
        hash_ = record_hash(record)
        signature = ""
        if last:
            signature = self._signer.sign(head_bytes(record.kiosk, record.epoch, record.seq, hash_))
        self._connection.execute(
            f"INSERT INTO record ({_COLUMNS}, signature) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (*msgspec.structs.astuple(record)[:-1], hash_, signature),
        )
        postings = fact.postings
        if sum(p.amount.fen for p in postings):
            raise AssertionError(f"the postings of {record.kind} do not sum to zero")
        self._connection.executemany(
            "INSERT INTO posting VALUES (?,?,?)",
            [(record.seq, p.account.value, p.amount.fen) for p in postings],
        )
        return Head(record.seq, hash_)

    # -------------------------------------------------------------------------------------------------
    # Reading

    def records(self, after: int = 0, limit: int = -1) -> Iterator[WireRecord]:
        """In order, with sequence above `after`. Raises Damaged where a row can not be read."""
        sql = f"SELECT {_COLUMNS} FROM record WHERE seq > ? ORDER BY seq LIMIT ?"
        try:
            for row in self._connection.execute(sql, (after, limit)):
                record = msgspec.convert(dict(zip(_FIELDS, row, strict=True)), WireRecord)
                after = record.seq
                yield record
        except (apsw.Error, UnicodeError, msgspec.ValidationError) as error:
            raise Damaged(f"{self.path}: record {after + 1} can not be read: {error}") from error

    def last_of(self, kind: str) -> int:
        """Sequence of the last record of this kind; 0: there is none."""
        seq: Any = self._connection.execute("SELECT max(seq) FROM record WHERE kind = ?", (kind,)).get
        return int(seq or 0)

    def replay(self) -> Iterator[Durable]:
        """Every fact in order, the chain checked on the way. Raises Damaged at the first bad record."""
        for record in self.checked(self.records()):
            yield fact_of(record)

    def checked(self, records: Iterable[WireRecord]) -> Iterator[WireRecord]:
        """Raises Damaged naming the record whose chain is broken."""
        head = Head(0, GENESIS)
        for record in records:
            _check_link(record, head, self.identity)
            head = Head(record.seq, record.hash)
            yield record
        if head != self.head:
            raise Damaged(f"{self.path}: the chain ends at record {head.seq}, expected {self.head.seq}")

    def verify(self) -> tuple[int, int]:
        """Chain, signatures, bodies, postings, and that nothing is missing that the server acknowledged.

        Returns (records, signatures) checked. Raises Damaged naming the record."""
        try:
            return self._verify()
        except (apsw.Error, UnicodeError) as error:
            raise Damaged(f"{self.path} can not be read: {error}") from error

    def _verify(self) -> tuple[int, int]:
        signatures = 0
        stored = dict(  # as bytes here and below: a flipped bit may leave what is no text
            self._connection.execute("SELECT seq, CAST(signature AS BLOB) FROM record WHERE signature != ''")
        )
        seq = 0
        for record in self.checked(self.records()):
            seq = record.seq
            fact = fact_of(record)
            expected = [(p.account.value.encode(), p.amount.fen) for p in fact.postings]
            found = list(
                self._connection.execute(
                    "SELECT CAST(account AS BLOB), fen FROM posting WHERE seq = ? ORDER BY rowid", (seq,)
                )
            )
            if expected != found:
                raise Damaged(
                    f"{self.path}: the postings of record {seq} ({record.kind}) are not those of its body"
                )
            if isinstance(fact, Signed) and not self._ours(fact.proof.encode(), fact.signature):
                raise Damaged(
                    f"{self.path}: record {seq} ({record.kind}) carries a signature that is not ours"
                )
            if seq in stored:
                head = head_bytes(record.kiosk, record.epoch, seq, record.hash)
                if not self._ours(head, stored[seq].decode(errors="replace")):
                    raise Damaged(f"{self.path}: the signature at record {seq} ({record.kind}) is not ours")
                signatures += 1
        if seq and seq not in stored:
            raise Damaged(f"{self.path}: the last record {seq} is not signed: records were cut off or added")
        uploaded = self.uploaded
        if uploaded.seq > seq:
            raise Damaged(f"{self.path}: ends at record {seq}, but the server acknowledged {uploaded.seq}")
        if uploaded.seq and self.hash_at(uploaded.seq) != uploaded.hash:
            raise Damaged(f"{self.path}: record {uploaded.seq} is not the one that the server acknowledged")
        complaint = self._connection.pragma(
            "integrity_check", 1
        )  # also the index that balances are added up by
        if complaint != "ok":
            raise Damaged(f"{self.path}: the records are whole, the file around them is not: {complaint}")
        return seq, signatures

    def _ours(self, data: bytes, signature: str) -> bool:
        # Hex in capitals says the same, but it is not what was written.
        return signature == signature.lower() and signed_by(self.identity.public_key, data, signature)

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
        with self._commit():
            self._connection.execute("UPDATE uploaded SET seq = ?, hash = ?", (seq, hash_))
        self._checkpoint()
        return True


def fact_of(record: WireRecord) -> Durable:
    """Raises Damaged for a body that this software can not read."""
    kind = DURABLE.get(record.kind)
    if kind is None:
        raise Damaged(f"record {record.seq} is of kind {record.kind!r}, which this software does not know")
    try:
        fact: Durable = codec.decode(record.body, kind)
    except codec.Malformed as error:
        raise Damaged(f"record {record.seq} ({record.kind}): {error}") from error
    return fact


def _check_link(record: WireRecord, head: Head, identity: Identity) -> None:
    name = f"record {record.seq} ({record.kind})"
    if record.seq != head.seq + 1:
        raise Damaged(f"{name} follows record {head.seq}: records are missing or out of order")
    if (record.kiosk, record.epoch) != (identity.kiosk, identity.epoch):
        raise Damaged(
            f"{name} is of kiosk {record.kiosk} epoch {record.epoch}, this is {identity.kiosk} epoch {identity.epoch}"
        )
    if record.prev != head.hash:
        raise Damaged(f"{name} does not continue record {head.seq}: something before it was changed")
    if record_hash(record) != record.hash:
        raise Damaged(f"{name} was changed after it was written")


def _connect(path: Path, *, create: bool) -> apsw.Connection:
    flags = apsw.SQLITE_OPEN_READWRITE | (apsw.SQLITE_OPEN_CREATE if create else 0)
    connection = apsw.Connection(str(path), flags=flags)
    connection.set_busy_timeout(2000)  # ms: a core that was just killed may still be letting go of its lock
    for pragma, value in PRAGMAS:
        connection.pragma(pragma, value)
    return connection
