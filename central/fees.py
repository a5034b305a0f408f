"""The fees as this server holds them: each with its rules as `config/fees.toml` writes them."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from central import editions
from kiosk.rules import load
from kiosk.rules.fee import Fee

TIME_ZONE: Final = "Asia/Shanghai"  # where a day begins and a due day ends


def set_fees(db: sqlite3.Connection, path: Path) -> tuple[Fee, ...]:
    """All fees from a file; one that is not in it any more is closed, because bills and books still name it.

    Raises `kiosk.rules.load.BadConfiguration`, and nothing is changed."""
    fees = load.load_fees(path)
    db.execute("UPDATE fee SET open = 0")
    for place, fee in enumerate(fees):
        db.execute(
            "INSERT INTO fee (code, name, name_en, account_digits, open, limit_fen, place, rules)"
            " VALUES (?, ?, ?, ?, 1, ?, ?, ?) ON CONFLICT (code) DO UPDATE SET name = excluded.name,"
            " name_en = excluded.name_en, account_digits = excluded.account_digits, open = 1,"
            " limit_fen = excluded.limit_fen, place = excluded.place, rules = excluded.rules",
            (
                fee.id, fee.name.zh, fee.name.en, fee.account_digits[1], fee.limit.fen, place,
                load.packed((fee,)),
            ),
        )  # fmt: skip
    editions.change(db)
    return fees


def rules(db: sqlite3.Connection) -> tuple[Fee, ...]:
    """Of all fees that were set from a file, in their order."""
    texts = [row["rules"] for row in db.execute("SELECT rules FROM fee WHERE rules <> '' ORDER BY place")]
    return tuple(fee for text in texts for fee in load.unpacked(text))
