"""The number of the newest site bundle. One step up with each change of fees, bills or payments."""

from __future__ import annotations

import sqlite3


def newest(db: sqlite3.Connection) -> int:
    row = db.execute("SELECT number FROM edition").fetchone()
    return int(row["number"]) if row else 0


def change(db: sqlite3.Connection) -> None:
    if not db.execute("UPDATE edition SET number = number + 1").rowcount:
        db.execute("INSERT INTO edition (number) VALUES (1)")
