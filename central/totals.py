"""What each kiosk holds and owes, added up from its records alone."""

from __future__ import annotations

import sqlite3
from typing import Any, Final

from central import deeds, numbers

UNKNOWN: Final = "?"  # a note whose value nobody knows


def totals(db: sqlite3.Connection) -> dict[str, dict[str, Any]]:
    """Per kiosk, whole fen; `cash_box_fen` by denomination, not yet counted out. Owed amounts are positive.
    `office_fen`: counted and handed over; `difference_fen` positive: more than the records say.

    `boxes`: cash box number → denomination in fen → notes that were put in; the highest number is the box in
    the machine. `fees` by fee code; `heads`: epoch → [seq, hash]; `fork_records` are in no sum."""
    result: dict[str, dict[str, Any]] = {
        row["id"]: {
            "cash_box_fen": _parts(db, row["id"], "cash_box", 1),
            "boxes": _boxes(db, row["id"]),
            "code_clearing_fen": _sum(db, row["id"], "code_clearing", 1),
            "card_clearing_fen": _sum(db, row["id"], "card_clearing", 1),
            "in_question_fen": _sum(db, row["id"], "in_question", 1),
            "office_fen": _sum(db, row["id"], "office", 1),
            "difference_fen": _sum(db, row["id"], "difference", -1),
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
    rows = db.execute(
        "SELECT DISTINCT epoch, box FROM note WHERE kiosk = ? AND box IS NOT NULL ORDER BY epoch, box",
        (kiosk,),
    ).fetchall()
    return {
        str(row["box"]) if row["epoch"] == 1 else f"{row['epoch']}.{row['box']}": box_notes(
            db, kiosk, row["epoch"], row["box"]
        )
        for row in rows
    }


def box_notes(db: sqlite3.Connection, kiosk: str, epoch: int, box: int) -> dict[str, int]:
    """Denomination in fen (or `UNKNOWN`) → notes that lie in this box, whoever they belong to."""
    rows = db.execute(
        "SELECT value_fen, count(*) AS n FROM note WHERE kiosk = ? AND epoch = ? AND box = ?"
        " GROUP BY value_fen ORDER BY value_fen IS NULL, value_fen",
        (kiosk, epoch, box),
    )
    return {UNKNOWN if row["value_fen"] is None else str(row["value_fen"]): row["n"] for row in rows}


def running(db: sqlite3.Connection, kiosk: str, epoch: int) -> dict[str, Any]:
    """As `day`, of what came since the last close."""
    row = db.execute(
        "SELECT coalesce(max(seq), 0) + 1 AS seq FROM record WHERE kiosk = ? AND epoch = ?", (kiosk, epoch)
    ).fetchone()
    return day(db, kiosk, epoch, row["seq"])


def day(db: sqlite3.Connection, kiosk: str, epoch: int, closed_seq: int) -> dict[str, Any]:
    """What lies between the close at `closed_seq` and the one before it, from postings and records alone: the
    names of `kiosk.facts.office.Figures`, amounts in fen."""
    row = db.execute(
        "SELECT coalesce(max(seq), 0) AS seq FROM record"
        " WHERE kiosk = ? AND epoch = ? AND seq < ? AND kind = 'day_closed'",
        (kiosk, epoch, closed_seq),
    ).fetchone()
    span = (kiosk, epoch, row["seq"], closed_seq)

    def sums(group: str, account: str, sign: int) -> dict[str, dict[str, int]]:
        """`sign` 1: what the account gained, -1: what it lost."""
        rows = db.execute(
            f"SELECT {group} AS name, count(*) AS n, sum(amount_fen) AS fen FROM posting p"
            f" LEFT JOIN payment USING (kiosk, payment) WHERE p.kiosk = ? AND p.epoch = ? AND p.seq > ? AND p.seq < ?"
            f" AND p.account = ? AND p.amount_fen * ? > 0 GROUP BY name ORDER BY name",
            (*span, account, sign),
        )
        return {str(row["name"]): {"amount": sign * row["fen"], "count": row["n"]} for row in rows}

    def counted(kinds: str, where: str = "1") -> int:
        return int(
            db.execute(
                "SELECT count(*) FROM record WHERE kiosk = ? AND epoch = ? AND seq > ? AND seq < ?"
                f" AND kind IN ({kinds}) AND {where}",
                span,
            ).fetchone()[0]
        )

    def fen(found: dict[str, dict[str, int]]) -> int:
        return sum(part["amount"] for part in found.values())

    owed = sums("''", "doubtful", -1)
    voids = _voids(db, span)
    collections = db.execute(
        "SELECT count(*) AS n, coalesce(sum(counted_fen), 0) AS fen, coalesce(sum(difference_fen), 0) AS off"
        " FROM collection JOIN record ON record.kiosk = collection.kiosk AND record.epoch = collection.epoch"
        " AND record.kind = 'box_counted' AND json_extract(record.body, '$.collection') = collection.number"
        " WHERE record.kiosk = ? AND record.epoch = ? AND record.seq > ? AND record.seq < ?",
        span,
    ).fetchone()
    unknown = "json_extract(body, '$.value') IS NULL"
    return {
        "tenders": sums("tender", "customer", 1),
        "fees": sums("part", "fee", -1),
        "ahead": _ahead(db, span),
        "to_prepaid": fen(sums("''", "prepaid", -1)),
        "to_change": fen(sums("''", "change_owed", -1)) - voids,
        "notes": {part: found["count"] for part, found in _by_worth(sums("part", "cash_box", 1))},
        "unknown_notes": counted("'note_doubtful'", f"{unknown} AND json_extract(body, '$.in_box')"),
        "receipts": counted("'receipt_issued'"),
        "claims": counted("'claim_issued'"),
        "unprinted": _unprinted(db, span),
        "doubtful": {
            "amount": fen(owed),
            "count": counted("'note_doubtful', 'charge_doubtful'"),
        },
        "collections": collections["n"],
        "collected": collections["fen"],
        "difference": collections["off"],
        "handovers": counted("'bag_handed_over'"),
        "handed_over": _handed_over(db, span),
        **deeds.counted(db, span),
        "voids": {"amount": voids, "count": counted("'receipt_voided'")},
        "stock": numbers.of_day(db, *span),
    }


def _unprinted(db: sqlite3.Connection, span: tuple[str, int, int, int]) -> int:
    """Receipts and slips that were issued, and neither printed nor made void before the close."""
    row = db.execute(
        "WITH day AS (SELECT kind, body FROM record WHERE kiosk = ? AND epoch = ? AND seq > ? AND seq < ?)"
        " SELECT count(*) AS n FROM (SELECT json_extract(body, CASE kind WHEN 'receipt_issued' THEN '$.receipt'"
        " WHEN 'claim_issued' THEN '$.claim' WHEN 'box_counted' THEN '$.collection' ELSE '$.handover' END) AS number"
        " FROM day WHERE kind IN ('receipt_issued', 'claim_issued', 'box_counted', 'bag_handed_over')"
        " EXCEPT SELECT json_extract(body, '$.number') FROM day WHERE kind = 'print_done'"
        " EXCEPT SELECT json_extract(body, '$.receipt') FROM day WHERE kind = 'receipt_voided')",
        span,
    ).fetchone()
    return int(row["n"])


def _ahead(db: sqlite3.Connection, span: tuple[str, int, int, int]) -> dict[str, dict[str, int]]:
    """What topped balances up, without a bill, by fee."""
    rows = db.execute(
        "SELECT payment.fee AS fee, count(*) AS n, -sum(amount_fen) AS fen FROM posting p"
        " JOIN payment USING (kiosk, payment) WHERE p.kiosk = ? AND p.epoch = ? AND p.seq > ? AND p.seq < ?"
        " AND p.account = 'prepaid' AND p.amount_fen < 0 AND payment.bill = '' GROUP BY payment.fee",
        span,
    )
    return {row["fee"]: {"amount": row["fen"], "count": row["n"]} for row in rows}


def _voids(db: sqlite3.Connection, span: tuple[str, int, int, int]) -> int:
    """Fen that are owed back for receipts that were made void."""
    row = db.execute(
        "SELECT coalesce(-sum(amount_fen), 0) AS fen FROM posting JOIN record USING (kiosk, epoch, seq)"
        " WHERE kiosk = ? AND epoch = ? AND seq > ? AND seq < ? AND account = 'change_owed'"
        " AND kind = 'receipt_voided'",
        span,
    ).fetchone()
    return int(row["fen"])


def _handed_over(db: sqlite3.Connection, span: tuple[str, int, int, int]) -> int:
    """Fen: what was counted of the collections that are named, not what the slips say."""
    row = db.execute(
        "SELECT coalesce(sum(collection.counted_fen), 0) AS fen FROM record"
        " JOIN json_each(record.body, '$.collections') AS named"
        " JOIN collection ON collection.kiosk = record.kiosk AND collection.number = named.value"
        " WHERE record.kiosk = ? AND record.epoch = ? AND record.seq > ? AND record.seq < ?"
        " AND record.kind = 'bag_handed_over'",
        span,
    ).fetchone()
    return int(row["fen"])


def _by_worth(found: dict[str, dict[str, int]]) -> list[tuple[str, dict[str, int]]]:
    return sorted(found.items(), key=lambda part: int(part[0]))
