"""Journal upload: exactly once in effect, whatever is lost, repeated, late or cloned. Nothing is dropped.

The server names its head after its commit; a record that it has is compared by hash, never assumed equal."""

from __future__ import annotations

import hashlib
import sqlite3
from typing import Final

from msgspec.structs import replace

from central import problems, projections
from central.dock.room import Caller
from kiosk.identity import signed_by
from kiosk.journal.chain import GENESIS, head_bytes, record_hash
from kiosk.parcels import JournalHead, UploadJournal, WireRecord

MAX_RECORDS: Final = 500
MAX_INTEGER: Final = 2**63  # of a column
_SHORT: Final = 12  # digits of a hash or a boot id that a person compares
_COLUMNS: Final = WireRecord.__struct_fields__
_INSERT: Final = (
    "INSERT {how} INTO {table} (" + ", ".join(_COLUMNS) + ", received_ms) VALUES ("
    + ", ".join("?" * (len(_COLUMNS) + 1)) + ")"
)  # fmt: skip


class BrokenBatch(Exception):
    """A signed batch that contradicts itself; the text is for staff and for the kiosk's log."""


def check(kiosk: str, public_key: str, upload: UploadJournal) -> None:
    """Everything that can be said without the database. Raises BrokenBatch."""
    records = upload.records
    if not 0 < len(records) <= MAX_RECORDS:
        raise BrokenBatch(f"{len(records)} records; a batch has 1 to {MAX_RECORDS}")
    before = None
    for record in records:
        place = f"record {record.epoch}/{record.seq}"
        if (record.kiosk, record.epoch) != (kiosk, upload.epoch):
            raise BrokenBatch(f"{place} belongs to {record.kiosk}, epoch {record.epoch}")
        if any(
            not -MAX_INTEGER <= number < MAX_INTEGER
            for number in (record.epoch, record.seq, record.wall_ms, record.boot_ms, record.version)
        ):
            raise BrokenBatch(f"{place} has a number beyond 64 bits")
        if before is not None and record.seq != before.seq + 1:
            raise BrokenBatch(f"{place} follows {before.seq}")
        if before is not None and record.prev != before.hash:
            raise BrokenBatch(f"{place} does not chain to the one before")
        if record.seq < 1 or (record.seq == 1 and record.prev != GENESIS):
            raise BrokenBatch(f"{place} is no beginning of an epoch")
        if record_hash(record) != record.hash:
            raise BrokenBatch(f"{place} does not match its hash")
        before = record
    last = records[-1]
    if not signed_by(public_key, head_bytes(kiosk, upload.epoch, last.seq, last.hash), upload.head_signature):
        raise BrokenBatch(f"the signature over head {upload.epoch}/{last.seq} is not this kiosk's")


def head_of(db: sqlite3.Connection, kiosk: str, epoch: int, now_ms: int, *found: str) -> JournalHead:
    """The answer to a kiosk; `found`: problems to tell it."""
    row = db.execute("SELECT * FROM head WHERE kiosk = ? AND epoch = ?", (kiosk, epoch)).fetchone()
    if row is None:
        return JournalHead(epoch, 0, GENESIS, problems=found, server_ms=now_ms)
    return JournalHead(epoch, row["seq"], row["hash"], bool(row["forked"]), found, now_ms)


def quarantine(db: sqlite3.Connection, who: Caller, raw: bytes, reason: str, now_ms: int) -> JournalHead:
    """Keep a broken batch byte for byte, once, however often it is sent."""
    digest = hashlib.sha256(raw).hexdigest()
    db.execute(
        "INSERT INTO quarantine (kiosk, digest, reason, raw, first_ms, last_ms, times) VALUES (?, ?, ?, ?, ?, ?, 1)"
        " ON CONFLICT (kiosk, digest) DO UPDATE SET last_ms = excluded.last_ms, times = times + 1",
        (who.kiosk, digest, reason, raw, now_ms, now_ms),
    )
    problems.note(db, who.kiosk, "broken_batch", digest, reason, now_ms)
    return head_of(db, who.kiosk, who.epoch, now_ms, reason)


def take(db: sqlite3.Connection, who: Caller, upload: UploadJournal, now_ms: int) -> JournalHead:
    """Store a batch that passed `check`. Skips what is here already, after comparing; answers our head."""
    kiosk, epoch, records = who.kiosk, upload.epoch, upload.records
    head = head_of(db, kiosk, epoch, now_ms)
    last = records[-1]
    ours = {
        row["seq"]: row["hash"]
        for row in db.execute(
            "SELECT seq, hash FROM record WHERE kiosk = ? AND epoch = ? AND seq BETWEEN ? AND ?",
            (kiosk, epoch, records[0].seq, last.seq),
        )
    }
    parted = next((n for n, r in enumerate(records) if ours.get(r.seq, r.hash) != r.hash), None)
    if parted is not None:
        return _fork(db, who, records[parted:], now_ms)
    fresh = tuple(record for record in records if record.seq > head.seq)
    if not fresh:
        return replace(head, kept=last.seq)
    first = fresh[0]
    if _on_a_branch(db, first) or (first.seq == head.seq + 1 and first.prev != head.hash):
        return _fork(db, who, fresh, now_ms)
    if first.seq > head.seq + 1:
        return head  # a gap: the kiosk sends again from our head
    _append(db, who, upload, fresh, now_ms)
    return replace(head_of(db, kiosk, epoch, now_ms), kept=last.seq)


def _on_a_branch(db: sqlite3.Connection, record: WireRecord) -> bool:
    """Whether what comes before it is a record of a fork."""
    return bool(
        db.execute(
            "SELECT 1 FROM fork_record WHERE kiosk = ? AND epoch = ? AND hash = ?",
            (record.kiosk, record.epoch, record.prev),
        ).fetchone()
    )


def _in_main(db: sqlite3.Connection, kiosk: str, epoch: int, seq: int) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(
        "SELECT hash, kind, boot, received_ms FROM record WHERE kiosk = ? AND epoch = ? AND seq = ?",
        (kiosk, epoch, seq),
    ).fetchone()
    return row


def _rows(records: tuple[WireRecord, ...], now_ms: int) -> list[tuple[object, ...]]:
    return [(*(getattr(record, name) for name in _COLUMNS), now_ms) for record in records]


def _append(
    db: sqlite3.Connection, who: Caller, upload: UploadJournal, fresh: tuple[WireRecord, ...], now_ms: int
) -> None:
    db.executemany(_INSERT.format(how="", table="record"), _rows(fresh, now_ms))
    db.execute(
        "INSERT INTO head (kiosk, epoch, seq, hash, signature, forked, moved_ms) VALUES (?, ?, ?, ?, ?, 0, ?)"
        " ON CONFLICT (kiosk, epoch) DO UPDATE SET seq = excluded.seq, hash = excluded.hash,"
        " signature = excluded.signature, moved_ms = excluded.moved_ms",
        (who.kiosk, upload.epoch, fresh[-1].seq, fresh[-1].hash, upload.head_signature, now_ms),
    )
    projections.project(db, fresh, now_ms)
    if not who.current:
        problems.note(
            db, who.kiosk, "old_epoch", str(upload.epoch),
            f"records came for epoch {upload.epoch}, which a newer enrolment has closed; they are booked", now_ms,
        )  # fmt: skip


def _fork(db: sqlite3.Connection, who: Caller, branch: tuple[WireRecord, ...], now_ms: int) -> JournalHead:
    """Two signed histories of one epoch: a cloned or restored card. Both stay; a person decides.

    A branch whose beginning is not here is kept too, but not confirmed: the kiosk sends it again from its start."""
    first = branch[0]
    continues = _on_a_branch(db, first)
    db.executemany(_INSERT.format(how="OR IGNORE", table="fork_record"), _rows(branch, now_ms))
    db.execute("UPDATE head SET forked = 1 WHERE kiosk = ? AND epoch = ?", (who.kiosk, first.epoch))
    before = _in_main(db, who.kiosk, first.epoch, first.seq - 1)
    rooted = first.seq == 1 or continues or (before is not None and before["hash"] == first.prev)
    reason = f"another record {first.epoch}/{first.seq} is here: is this a copied or restored card?"
    if not continues:
        subject = f"{first.epoch}/{first.seq} {first.hash[:_SHORT]}"
        problems.note(
            db, who.kiosk, "fork", subject, _both(first, _in_main(db, who.kiosk, first.epoch, first.seq)), now_ms
        )  # fmt: skip
    head = head_of(db, who.kiosk, first.epoch, now_ms, reason)
    return replace(head, kept=branch[-1].seq if rooted else 0)


def _both(side: WireRecord, main: sqlite3.Row | None) -> str:
    """The two branches by name, for the person who has to find two machines or an old copy of a card."""

    def name(hash_: str, kind: str, boot: str) -> str:
        return f"{hash_[:_SHORT]} ({kind}, written in boot {boot[:_SHORT]})"

    here = "nothing yet" if main is None else name(main["hash"], main["kind"], main["boot"])
    there = name(side.hash, side.kind, side.boot)
    return f"two journals from record {side.epoch}/{side.seq} on: booked {here}; kept, not booked {there}"
