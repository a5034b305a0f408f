"""A day added up once more by whoever has nothing but the server's table of records and SQL: no projection, no
posting, no code of kiosk or server. One statement for each figure of the close, in the words of the record kinds.

`:kiosk`, `:after` and `:before` are the kiosk and the numbers of the closes around the day. Money is in whole fen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from tests.central.support import Server

ALL: Final = """
WITH ever AS (SELECT seq, kind, body FROM record WHERE kiosk = :kiosk AND seq < :before),
     today AS (SELECT * FROM ever WHERE seq > :after),
     done AS (SELECT body, body ->> '$.fee' AS fee, body ->> '$.tender' AS tender, body ->> '$.paid' AS paid,
                     body ->> '$.to_fee' AS to_fee, body ->> '$.to_prepaid' AS to_prepaid,
                     body ->> '$.to_change' AS to_change, coalesce(body ->> '$.ahead', 0) AS ahead
              FROM today WHERE kind = 'payment_completed'),
     note AS (SELECT seq, body ->> '$.value' AS fen FROM ever
              WHERE kind = 'note_credited' OR kind IN ('note_doubtful', 'doubt_settled') AND body ->> '$.in_box'),
     boxed AS (SELECT note.*, 1 + (SELECT count(*) FROM ever WHERE kind = 'box_removed' AND seq < note.seq) AS box
               FROM note),
     counted AS (SELECT seq, body ->> '$.collection' AS number, body -> '$.boxes' AS boxes,
                        (SELECT coalesce(sum(key * value), 0) FROM json_each(body, '$.counted')) AS fen
                 FROM ever WHERE kind = 'box_counted'),
     block AS (SELECT seq, body ->> '$.series' AS series, body ->> '$.first' AS low, body ->> '$.last' AS high
               FROM ever WHERE kind = 'numbers_received'),
     receipt AS (SELECT seq, series, low, high, CAST(substr(number, -8) AS INTEGER) AS n
                 FROM (SELECT seq, body ->> '$.receipt' AS number FROM ever WHERE kind = 'receipt_issued')
                 JOIN (SELECT series, low, high FROM block)
                 ON number LIKE series || '________' AND substr(number, -8) + 0 BETWEEN low AND high),
     desk AS (SELECT seq, CASE kind WHEN 'signed_in' THEN body ->> '$.person' ELSE '' END AS person
              FROM ever WHERE kind IN ('signed_in', 'signed_out', 'kiosk_started')),
     paper AS (SELECT seq, kind, CASE kind WHEN 'receipt_issued' THEN body ->> '$.receipt'
                      WHEN 'claim_issued' THEN body ->> '$.claim'
                      WHEN 'box_counted' THEN body ->> '$.collection' WHEN 'bag_handed_over' THEN body ->> '$.handover'
                      ELSE body ->> '$.report' END AS number
               FROM ever WHERE kind IN
               ('receipt_issued', 'claim_issued', 'box_counted', 'bag_handed_over', 'day_closed'))
"""
DEED: Final = """
SELECT deed, CASE WHEN deed IN ('blocked', 'call', 'opinion', 'exception') THEN '-'
                  ELSE coalesce(nullif(by, ''), nullif(signed_in, ''), '-') END AS person, count(*) AS n
FROM (SELECT CASE kind WHEN 'submission_blocked' THEN 'blocked' WHEN 'day_opened' THEN 'override'
             WHEN 'amount_decided' THEN 'approval' WHEN 'item_settled' THEN 'correction'
             WHEN 'payment_cancelled' THEN 'cancel' WHEN 'receipt_voided' THEN 'void'
             WHEN 'print_started' THEN 'reprint' WHEN 'staff_called' THEN 'call' WHEN 'call_answered' THEN 'answer'
             WHEN 'opinion_given' THEN 'opinion' WHEN 'sign_in_failed' THEN 'sign_in_failed'
             WHEN 'exception_opened' THEN 'exception' WHEN 'exception_closed' THEN 'exception_closed' END AS deed,
             CASE kind WHEN 'sign_in_failed' THEN coalesce(nullif(body ->> '$.person', ''), '-')
             ELSE body ->> '$.by' END AS by,
             (SELECT person FROM desk WHERE desk.seq < today.seq ORDER BY seq DESC LIMIT 1) AS signed_in
      FROM today
      WHERE CASE kind WHEN 'day_opened' THEN coalesce(body ->> '$.override', '') != ''
                      WHEN 'amount_decided' THEN body ->> '$.granted'
                      WHEN 'print_started' THEN body ->> '$.attempt' > 1 ELSE 1 END)
WHERE deed IS NOT NULL GROUP BY 1, 2
"""
TIMES: Final = """,
     took AS (SELECT body ->> '$.{ms}' AS ms, row_number() OVER (ORDER BY body ->> '$.{ms}') AS place,
                     count(*) OVER () AS n FROM today WHERE {which} AND body ->> '$.{ms}' IS NOT NULL)
SELECT count(*) AS count, coalesce(sum(ms) / count(*), 0) AS mean_ms,
       coalesce(min(CASE WHEN 10 * place >= 9 * n THEN ms END), 0) AS p90_ms,
       coalesce(sum(ms <= {target}), 0) AS in_time
FROM took
"""
VISIT: Final = {"ms": "lasted_ms", "target": 120_000}


def _one(rows: list[Any]) -> Any:
    [row] = rows
    return row[0]


def _table(rows: list[Any]) -> dict[str, Any]:
    return {str(row[0]): row[1] for row in rows}


def _sums(rows: list[Any]) -> dict[str, Any]:
    return {str(row[0]): {"count": row[1], "amount": row[2]} for row in rows}


def _named(rows: list[Any]) -> dict[str, Any]:
    [row] = rows
    return dict(row)


def _deeds(rows: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row in rows:
        found.setdefault(row["deed"], {})[row["person"]] = row["n"]
    return found


FIGURES: Final[dict[str, tuple[str, Callable[[list[Any]], Any]]]] = {
    "tenders": ("SELECT tender, count(*), sum(paid) FROM done GROUP BY 1", _sums),
    "fees": (
        "SELECT fee, count(*), sum(fen) FROM ("
        " SELECT part.value ->> '$.fee' AS fee, part.value ->> '$.to_fee' AS fen"
        " FROM done, json_each(body, '$.parts') part"
        " UNION ALL SELECT fee, to_fee FROM done WHERE coalesce(json_array_length(body, '$.parts'), 0) = 0)"
        " WHERE fen > 0 GROUP BY 1",
        _sums,
    ),
    "ahead": (
        "SELECT fee, count(*), sum(to_prepaid) FROM done WHERE ahead AND to_prepaid > 0 GROUP BY 1",
        _sums,
    ),
    "to_prepaid": ("SELECT coalesce(sum(to_prepaid), 0) FROM done", _one),
    "to_change": ("SELECT coalesce(sum(to_change), 0) FROM done", _one),
    "notes": (
        "SELECT fen, count(*) FROM note WHERE seq > :after AND fen IS NOT NULL GROUP BY 1 ORDER BY 1",
        _table,
    ),
    "unknown_notes": ("SELECT count(*) FROM note WHERE seq > :after AND fen IS NULL", _one),
    "receipts": ("SELECT count(*) FROM today WHERE kind = 'receipt_issued'", _one),
    "claims": ("SELECT count(*) FROM today WHERE kind = 'claim_issued'", _one),
    "unprinted": (
        "SELECT count(*) FROM paper WHERE seq > :after AND kind != 'day_closed' AND number NOT IN"
        " (SELECT body ->> '$.number' FROM today WHERE kind = 'print_done') AND number NOT IN"
        " (SELECT body ->> '$.receipt' FROM today WHERE kind = 'receipt_voided')",
        _one,
    ),
    "doubtful": (
        "SELECT count(*) AS count, coalesce(sum(coalesce(body ->> '$.value', body ->> '$.amount', 0)), 0) AS amount"
        " FROM today WHERE kind IN ('note_doubtful', 'charge_doubtful')",
        _named,
    ),
    "collections": ("SELECT count(*) FROM counted WHERE seq > :after", _one),
    "collected": ("SELECT coalesce(sum(fen), 0) FROM counted WHERE seq > :after", _one),
    "difference": (
        "SELECT coalesce(sum(fen), 0) - (SELECT coalesce(sum(fen), 0) FROM boxed WHERE box IN ("
        " SELECT value FROM counted, json_each(boxes) WHERE counted.seq > :after)) FROM counted WHERE seq > :after",
        _one,
    ),
    "handovers": ("SELECT count(*) FROM today WHERE kind = 'bag_handed_over'", _one),
    "handed_over": (
        "SELECT coalesce(sum(fen), 0) FROM counted WHERE number IN (SELECT value FROM today,"
        " json_each(body, '$.collections') WHERE kind = 'bag_handed_over')",
        _one,
    ),
    "voids": (
        "SELECT count(*) AS count, coalesce(sum((body ->> '$.to_fee') + (body ->> '$.to_prepaid')), 0) AS amount"
        " FROM today WHERE kind = 'receipt_voided'",
        _named,
    ),
    "stock": (
        "SELECT (SELECT coalesce(sum(high - low + 1), 0) FROM block WHERE seq > :after) AS received,"
        " (SELECT count(*) FROM receipt WHERE seq > :after) AS used,"
        " (SELECT count(*) FROM today WHERE kind = 'receipt_voided') AS void,"
        " (SELECT coalesce(sum(high - coalesce((SELECT max(n) FROM receipt WHERE receipt.low = block.low),"
        "  low - 1)), 0) FROM block) AS left,"
        " (SELECT coalesce(sum(n - before - 1), 0) FROM (SELECT seq, n, lag(n, 1, low - 1) OVER (PARTITION BY low"
        "  ORDER BY seq) AS before FROM receipt) WHERE seq > :after) AS gaps",
        _named,
    ),
    "deeds": (DEED, _deeds),
    "visits": (TIMES.format(which="kind = 'visit_closed' AND coalesce(body ->> '$.paid', 1)", **VISIT), _named),
    "unpaid": (TIMES.format(which="kind = 'visit_closed' AND NOT coalesce(body ->> '$.paid', 1)", **VISIT), _named),
    "calls": (TIMES.format(which="kind = 'call_answered'", ms="waited_ms", target=180_000), _named),
}  # fmt: skip
STANDING: Final[dict[str, tuple[str, Callable[[list[Any]], Any]]]] = {
    "notes": (
        "SELECT fen, count(*) FROM boxed WHERE fen IS NOT NULL"
        " AND box = 1 + (SELECT count(*) FROM ever WHERE kind = 'box_removed') GROUP BY 1 ORDER BY 1",
        _table,
    ),
    "receipts": ("SELECT count(*) FROM ever WHERE kind = 'receipt_issued'", _one),
    "unprinted": (
        "SELECT group_concat(number, ' ') FROM (SELECT number FROM paper WHERE number NOT IN"
        " (SELECT body ->> '$.number' FROM ever WHERE kind = 'print_done') AND number NOT IN"
        " (SELECT body ->> '$.receipt' FROM ever WHERE kind = 'receipt_voided') ORDER BY number)",
        lambda rows: sorted((rows[0][0] or "").split()),
    ),
    "bags": (
        "SELECT group_concat(number, ' ') FROM counted WHERE number NOT IN (SELECT value FROM ever,"
        " json_each(body, '$.collections') WHERE kind = 'bag_handed_over')",
        lambda rows: (rows[0][0] or "").split(),
    ),
}


def recounted(server: Server, kiosk: str, after: int, before: int, what: dict[str, Any]) -> dict[str, Any]:
    span = {"kiosk": kiosk, "after": after, "before": before}
    return {name: read(server.rows_of(ALL + sql, span)) for name, (sql, read) in what.items()}
