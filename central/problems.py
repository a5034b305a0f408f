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


def settle(db: sqlite3.Connection, problem: int, by: str, now_ms: int) -> None:
    db.execute(
        "UPDATE problem SET settled_ms = ?, settled_by = ? WHERE id = ? AND settled_ms = 0",
        (now_ms, by, problem),
    )
