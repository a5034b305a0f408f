"""The days of a kiosk as a table: one line for each figure, added up here from the records by `central.totals`."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, Final

from central import facts_read, totals
from kiosk import codec
from kiosk.money import Money

HEAD: Final = ("kiosk", "day", "report", "closed_ms", "by", "late", "figure", "name", "count", "yuan")
SUMS: Final = ("tenders", "fees", "ahead")  # name → how many, and how much
PARTS: Final = ("visits", "unpaid", "calls", "stock")  # name → what is counted of it
ONE_SUM: Final = ("doubtful", "voids")
AMOUNTS: Final = ("to_prepaid", "to_change", "collected", "difference", "handed_over")


def closes(db: sqlite3.Connection, kiosk: str, day: int | None = None) -> Iterator[tuple[str, ...]]:
    """Rows under `HEAD`, oldest close first; of one day only, if `day` is given."""
    rows = db.execute(
        "SELECT epoch, seq, wall_ms, body FROM record WHERE kiosk = ? AND kind = 'day_closed' ORDER BY epoch, seq",
        (kiosk,),
    ).fetchall()
    for row in rows:
        fact = facts_read.read(facts_read.DayClosed, row["body"])
        assert isinstance(fact, facts_read.DayClosed)
        if day is not None and fact.day != day:
            continue
        issued_ms = codec.decode(row["body"], dict).get("issued_ms", row["wall_ms"])
        start = (kiosk, str(fact.day), fact.report, str(issued_ms), fact.by, "late" if fact.late else "")
        sums = lines(totals.day(db, kiosk, row["epoch"], row["seq"]))
        for line in (*sums, ("not_uploaded", "", str(fact.not_uploaded), "")):
            yield (*start, *line)


def not_uploaded(db: sqlite3.Connection, kiosk: str) -> dict[str, int]:
    """Close → records that the server lacked when it was made: only the kiosk could know."""
    rows = db.execute(
        "SELECT json_extract(body, '$.report') AS report, json_extract(body, '$.not_uploaded') AS lacking"
        " FROM record WHERE kiosk = ? AND kind = 'day_closed'",
        (kiosk,),
    )
    return {row["report"]: row["lacking"] or 0 for row in rows}


def lines(figures: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Figure, name, count, yuan; sorted, so that two tables of one day can be compared."""
    for figure in sorted(figures):
        value = figures[figure]
        if figure in SUMS:
            for name in sorted(value):
                yield (figure, name, str(value[name]["count"]), _yuan(value[name]["amount"]))
        elif figure in ONE_SUM:
            yield (figure, "", str(value["count"]), _yuan(value["amount"]))
        elif figure == "notes":
            for fen in sorted(value, key=int):
                yield (figure, _yuan(int(fen)), str(value[fen]), _yuan(int(fen) * value[fen]))
        elif figure == "deeds":
            for deed in sorted(value):
                for person in sorted(value[deed]):
                    yield (figure, f"{deed} {person}", str(value[deed][person]), "")
        elif figure in PARTS:
            for part in sorted(value):
                yield (figure, part, str(value[part]), "")
        elif figure in AMOUNTS:
            yield (figure, "", "", _yuan(value))
        else:
            yield (figure, "", str(value), "")


def _yuan(fen: int) -> str:
    return Money(fen).figures.replace("¥", "")


def write(rows: Iterable[tuple[str, ...]], out: Any) -> None:
    """`out`: whatever has a `write`."""
    sheet = csv.writer(out, lineterminator="\n")
    sheet.writerow(HEAD)
    sheet.writerows(rows)
