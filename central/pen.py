"""Writes the rows that follow from one record."""

from __future__ import annotations

import sqlite3
from typing import Any, Final

from central import problems
from kiosk.money import Money
from kiosk.parcels import WireRecord

_PAPER: Final = (
    "INSERT INTO paper (kiosk, number, sort, payment, amount_fen, because, state, at_ms)"
    " VALUES (?, ?, ?, ?, ?, ?, 'issued', ?) ON CONFLICT DO NOTHING"
)


class Pen:
    """One record, the database, and the time at which it came."""

    def __init__(self, db: sqlite3.Connection, record: WireRecord, now_ms: int) -> None:
        self.db = db
        self.record = record
        self.kiosk = record.kiosk
        self.now_ms = now_ms

    def run(self, sql: str, *values: object) -> int:
        return self.db.execute(sql, values).rowcount

    def one(self, sql: str, *values: object) -> Any:
        return self.db.execute(sql, values).fetchone()

    def trace(self, payment: str) -> None:
        if payment:
            self.run(
                "INSERT OR IGNORE INTO trace (kiosk, payment, epoch, seq) VALUES (?, ?, ?, ?)",
                self.kiosk, payment, self.record.epoch, self.record.seq,
            )  # fmt: skip

    def post(self, payment: str, *legs: tuple[str, str, Money]) -> None:
        """`legs`: account, part, amount; positive is what the kiosk holds more. They sum to zero."""
        self.db.executemany(
            "INSERT INTO posting (kiosk, epoch, seq, leg, payment, account, part, amount_fen)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (self.kiosk, self.record.epoch, self.record.seq, leg, payment, account, part, amount.fen)
                for leg, (account, part, amount) in enumerate(legs)
                if amount
            ],
        )

    def problem(self, kind: str, subject: str, detail: str) -> None:
        place = f"{self.record.epoch}/{self.record.seq}"
        problems.note(self.db, self.kiosk, kind, subject or place, f"{detail} (record {place})", self.now_ms)

    def settle_problems(self, subject: str, by: str) -> None:
        """What the records themselves answered, with its slips, is on no list any more."""
        self.run(
            "UPDATE problem SET settled_ms = ?, settled_by = ? WHERE kiosk = ? AND settled_ms = 0 AND (subject = ?"
            " OR subject IN (SELECT number FROM paper WHERE kiosk = ? AND subject = ?))",
            self.now_ms, by or "records", self.kiosk, subject, self.kiosk, subject,
        )  # fmt: skip

    def paper(self, number: str, sort: str, payment: str, amount: Money | None, because: str) -> None:
        fen = None if amount is None else amount.fen
        if not self.run(_PAPER, self.kiosk, number, sort, payment, fen, because, self.record.wall_ms):
            self.problem("told_twice", number, f"number {number} was issued twice")
