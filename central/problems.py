"""The staff's list: what a person must look at. The same trouble is listed once, however often it is met."""

from __future__ import annotations

import sqlite3


def note(db: sqlite3.Connection, kiosk: str, kind: str, subject: str, detail: str, now_ms: int) -> None:
    """`subject` names what it is about (a record's place, a charge); `detail` is for the person."""
    db.execute(
        "INSERT INTO problem (kiosk, kind, subject, detail, at_ms, settled_ms, settled_by)"
        " VALUES (?, ?, ?, ?, ?, 0, '') ON CONFLICT (kiosk, kind, subject) DO NOTHING",
        (kiosk, kind, subject, detail, now_ms),
    )


def note_once_open(
    db: sqlite3.Connection, kiosk: str, kind: str, subject: str, detail: str, now_ms: int
) -> None:
    """As `note`, but not beside an open one of the same kind: a kiosk says it with each heartbeat."""
    sql = "SELECT 1 FROM problem WHERE kiosk = ? AND kind = ? AND settled_ms = 0"
    if db.execute(sql, (kiosk, kind)).fetchone() is None:
        note(db, kiosk, kind, subject, detail, now_ms)


def settle(db: sqlite3.Connection, problem: int, by: str, now_ms: int, cause: str = "") -> bool:
    """False: it is settled already; who was first stays."""
    done = db.execute(
        "UPDATE problem SET settled_ms = ?, settled_by = ?, cause = ? WHERE id = ? AND settled_ms = 0",
        (now_ms, by, cause, problem),
    )
    return bool(done.rowcount)
