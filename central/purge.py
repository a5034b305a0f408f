"""Throws away what says who somebody is when its time (`config/retention.toml`) is over. Records are never touched.

In pieces, one commit each, so that kiosks are served in between; who, when and how many stands in the same commit.
At the end the file is written anew, so that no byte of it is left on a page that is free. A run that was cut off
anywhere is finished by the next one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from central import editions
from central.ledger import DATABASE_FILE, connect, write_lock
from kiosk import codec
from kiosk.rules.retention import DAY_MS, PACKAGED_RETENTION, AtServer, load_retention

PIECE: Final = 500  # rows of one commit: some milliseconds


BY_ITSELF: Final = "server"  # who it was, where nobody said it
RULES_FILE: Final = "retention.toml"  # in the state folder: replaces the packaged one


class Kind(NamedTuple):
    """`due` selects ids; it knows the last moment of each rule by its name (`:contact`), in UTC milliseconds."""

    due: str
    let_go: str


KINDS: Final[dict[str, Kind]] = {
    "contact": Kind(
        "SELECT c.id FROM contact c LEFT JOIN opinion o ON o.kiosk = c.kiosk AND o.contact_digest = c.digest"
        " LEFT JOIN problem p ON p.kiosk = o.kiosk AND p.kind = 'opinion' AND p.subject = o.number"
        " WHERE c.came_ms < :contact OR (p.settled_ms > 0 AND p.settled_ms < :contact_answered)",
        "DELETE FROM contact WHERE id = ?",
    ),
    "customer": Kind(
        "SELECT c.id FROM customer c JOIN bill b ON b.customer = c.id"
        " WHERE (c.name <> '' OR c.identity <> '' OR c.contact <> '' OR c.marks <> '{}')"
        " AND NOT EXISTS (SELECT 1 FROM posting WHERE account = 'prepaid' AND part = c.fee || '/' || c.account"
        "                 GROUP BY part HAVING sum(amount_fen) <> 0)"
        " GROUP BY c.id HAVING max(b.due_ms) < :customer"
        " AND min(b.amount_fen <= (SELECT coalesce(sum(amount_fen), 0) FROM settlement WHERE bill = b.number))"
        " AND max((SELECT coalesce(max(p.ended_ms), 0) FROM settlement s JOIN payment p USING (kiosk, payment)"
        "          WHERE s.bill = b.number)) < :customer",
        "UPDATE customer SET name = '', identity = '', contact = '', marks = '{}' WHERE id = ?",
    ),
    "broken_batch": Kind(
        "SELECT id FROM quarantine WHERE length(raw) > 0 AND last_ms < :broken_batch",
        "UPDATE quarantine SET raw = x'' WHERE id = ?",
    ),
    # Last: a customer who was let go stands in every bundle of before.
    "bundle": Kind(
        "SELECT id FROM bundle WHERE version < (SELECT coalesce(max(number), 0) FROM edition)",
        "DELETE FROM bundle WHERE id = ?",
    ),
}


def rules(state: Path) -> AtServer:
    """Raises kiosk.rules.load.BadConfiguration."""
    own = state / RULES_FILE
    return load_retention(own if own.exists() else PACKAGED_RETENTION).server


def due(db: sqlite3.Connection, times: AtServer, now_ms: int) -> dict[str, int]:
    """Kind → how many would be let go now; bundles that become old by it are not among them."""
    moments = _moments(times, now_ms)
    return {
        name: int(db.execute(f"SELECT count(*) FROM ({kind.due})", moments).fetchone()[0])
        for name, kind in KINDS.items()
    }


def run(
    state: Path, rules: AtServer, by: str, now_ms: Callable[[], int], said: Callable[[str, int], None]
) -> dict[str, int]:
    """Beside a server that may be running. `said(kind, so many by now)` after each commit. Gives kind → how many.

    Raises sqlite3.Error: what was committed is gone, the rest is for the next run."""
    connection = connect(state / DATABASE_FILE, writes=True)
    try:
        started_ms = now_ms()
        counts = dict.fromkeys(KINDS, 0)
        run_id = _begun(state, connection, rules, by, started_ms, counts)
        for name, kind in KINDS.items():
            while done := _piece(state, connection, run_id, name, kind, _moments(rules, started_ms), counts):
                counts[name] += done
                said(name, counts[name])
        if any(counts.values()) or _unfinished(connection):
            with write_lock(state):
                connection.execute("VACUUM")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with write_lock(state):
            connection.execute("UPDATE purge SET ended_ms = ? WHERE ended_ms = 0", (now_ms(),))
    finally:
        connection.close()
    return counts


def daily(state: Path, now_ms: Callable[[], int]) -> dict[str, int] | None:
    """What the server does by itself: None where the last run, whoever's it was, is less than a day old and whole.

    Raises kiosk.rules.load.BadConfiguration and sqlite3.Error."""
    connection = connect(state / DATABASE_FILE, writes=False)
    try:
        row = connection.execute(
            "SELECT max(ended_ms) AS ended, min(ended_ms) AS least FROM purge"
        ).fetchone()
    finally:
        connection.close()
    if row["ended"] and row["least"] and now_ms() - row["ended"] < DAY_MS:
        return None
    return run(state, rules(state), BY_ITSELF, now_ms, lambda kind, count: None)


def _moments(rules: AtServer, now_ms: int) -> dict[str, int]:
    return {name: now_ms - getattr(rules, name) * DAY_MS for name in rules.__struct_fields__}


def _begun(
    state: Path,
    db: sqlite3.Connection,
    rules: AtServer,
    by: str,
    started_ms: int,
    counts: dict[str, int],
) -> int:
    with write_lock(state):
        row = db.execute(
            "INSERT INTO purge (started_ms, by, rules, counts, ended_ms) VALUES (?, ?, ?, ?, 0)",
            (started_ms, by, codec.encode(rules).decode(), codec.encode(counts).decode()),
        )
    assert row.lastrowid is not None
    return row.lastrowid


def _piece(
    state: Path,
    db: sqlite3.Connection,
    run_id: int,
    name: str,
    kind: Kind,
    moments: dict[str, int],
    counts: dict[str, int],
) -> int:
    with write_lock(state):
        db.execute("BEGIN IMMEDIATE")
        try:
            ids = [(row[0],) for row in db.execute(f"{kind.due} LIMIT {PIECE}", moments)]
            db.executemany(kind.let_go, ids)
            if ids and name == "customer":
                editions.change(db)
            told = {**counts, name: counts[name] + len(ids)}
            db.execute("UPDATE purge SET counts = ? WHERE id = ?", (codec.encode(told).decode(), run_id))
            db.execute("COMMIT")
        except BaseException:
            db.execute("ROLLBACK")
            raise
    return len(ids)


def _unfinished(db: sqlite3.Connection) -> bool:
    """Whether a run of before let go of something and did not come to its end."""
    return int(db.execute("SELECT count(*) FROM purge WHERE ended_ms = 0").fetchone()[0]) > 1
