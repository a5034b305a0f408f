"""What each kiosk holds and owes, added up from its records alone."""

from __future__ import annotations

import sqlite3
from typing import Any


def totals(db: sqlite3.Connection) -> dict[str, dict[str, Any]]:
    """Per kiosk, whole fen; `cash_box_fen` by denomination, ever since. Owed amounts are positive.

    `boxes`: cash box number → denomination in fen → credited notes; the highest number is the box in the
    machine. `fees` by fee code; `heads`: epoch → [seq, hash]; `fork_records` are in no sum."""
    result: dict[str, dict[str, Any]] = {
        row["id"]: {
            "cash_box_fen": _parts(db, row["id"], "cash_box", 1),
            "boxes": _boxes(db, row["id"]),
            "code_clearing_fen": _sum(db, row["id"], "code_clearing", 1),
            "in_question_fen": _sum(db, row["id"], "in_question", 1),
            "customer_fen": _sum(db, row["id"], "customer", -1),
            "fees": _parts(db, row["id"], "fee", -1),
            "prepaid_fen": _sum(db, row["id"], "prepaid", -1),
            "change_owed_fen": _sum(db, row["id"], "change_owed", -1),
            "doubtful_fen": _sum(db, row["id"], "doubtful", -1),
            "receipts": _count(
                db, row["id"], "SELECT count(*) FROM paper WHERE sort = 'receipt' AND kiosk = ?"
            ),
            "fork_records": _count(db, row["id"], "SELECT count(*) FROM fork_record WHERE kiosk = ?"),
            "heads": {
                str(head["epoch"]): [head["seq"], head["hash"]]
                for head in db.execute(
                    "SELECT epoch, seq, hash FROM head WHERE kiosk = ? ORDER BY epoch", (row["id"],)
                )
            },
        }
        for row in db.execute("SELECT id FROM kiosk ORDER BY id")
    }
    return result


def _count(db: sqlite3.Connection, kiosk: str, sql: str) -> int:
    return int(db.execute(sql, (kiosk,)).fetchone()[0])


def _sum(db: sqlite3.Connection, kiosk: str, account: str, sign: int) -> int:
    row = db.execute(
        "SELECT coalesce(sum(amount_fen), 0) AS fen FROM posting WHERE kiosk = ? AND account = ?",
        (kiosk, account),
    ).fetchone()
    return sign * int(row["fen"])


def _parts(db: sqlite3.Connection, kiosk: str, account: str, sign: int) -> dict[str, int]:
    rows = db.execute(
        "SELECT part, sum(amount_fen) AS fen FROM posting WHERE kiosk = ? AND account = ?"
        " GROUP BY part ORDER BY length(part), part",
        (kiosk, account),
    )
    return {row["part"]: sign * int(row["fen"]) for row in rows}


def _boxes(db: sqlite3.Connection, kiosk: str) -> dict[str, dict[str, int]]:
    boxes: dict[str, dict[str, int]] = {}
    for row in db.execute(
        "SELECT box, value_fen, count(*) AS n FROM note WHERE kiosk = ? AND state = 'credited' AND box IS NOT NULL"
        " GROUP BY box, value_fen ORDER BY box, value_fen",
        (kiosk,),
    ):
        boxes.setdefault(str(row["box"]), {})[str(row["value_fen"])] = row["n"]
    return boxes
