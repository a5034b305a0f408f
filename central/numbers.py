"""Receipt numbers (票据): handed out to kiosks in blocks, and what became of each block, from the records."""

from __future__ import annotations

import sqlite3
from typing import Final

import msgspec

from kiosk.parcels import NUMBER_DIGITS, TRAINING, NumbersAre, is_training, spelled

SERIES: Final = "A"  # of this server; letters only, so that no number of it looks like one of a kiosk's own
BLOCK: Final = 1000  # numbers: some days of a busy kiosk


def hand_out(db: sqlite3.Connection, kiosk: str, epoch: int, block: int, now_ms: int) -> NumbersAre:
    """Block `block` of this epoch of this kiosk: always the same one, and no number of it is anybody else's."""
    row = db.execute(
        "SELECT series, first, last FROM number_block WHERE kiosk = ? AND epoch = ? AND block = ?",
        (kiosk, epoch, block),
    ).fetchone()
    if row is None:
        series = TRAINING if is_training(kiosk) else SERIES
        sql = "SELECT coalesce(max(last), 0) FROM number_block WHERE series = ?"
        first = int(db.execute(sql, (series,)).fetchone()[0]) + 1
        row = {"series": series, "first": first, "last": first + BLOCK - 1}
        note(db, kiosk, epoch, block, series, first, first + BLOCK - 1, now_ms)
    return NumbersAre(block, row["series"], row["first"], row["last"])


def note(
    db: sqlite3.Connection,
    kiosk: str,
    epoch: int,
    block: int,
    series: str,
    first: int,
    last: int,
    now_ms: int,
) -> bool:
    """False: this block, or a number of it, is known as another one."""
    known = db.execute(
        "SELECT kiosk, epoch, block, first, last FROM number_block WHERE series = ? AND"
        " ((first <= ? AND last >= ?) OR (kiosk = ? AND epoch = ? AND block = ?))",
        (series, last, first, kiosk, epoch, block),
    ).fetchone()
    if known is not None:
        return tuple(known) == (kiosk, epoch, block, first, last)
    db.execute(
        "INSERT INTO number_block (kiosk, epoch, block, series, first, last, given_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (kiosk, epoch, block, series, first, last, now_ms),
    )
    return True


class Standing(msgspec.Struct, frozen=True):
    """One block: `used` of its numbers are receipts, `void` of those are void. `gaps`: numbers below the highest one
    used that no record explains. `closed`: its epoch is over, what is left is never used."""

    epoch: int
    block: int
    first: str
    last: str
    used: int
    void: int
    gaps: int
    left: int
    closed: bool


_NUMBERED: Final = """
SELECT seq, kind, json_extract(body, '$.series') AS series, json_extract(body, '$.first') AS first,
       json_extract(body, '$.last') AS last, json_extract(body, '$.receipt') AS receipt FROM record
WHERE kind IN ('numbers_received', 'receipt_issued', 'receipt_voided') AND kiosk = ? AND epoch = ? AND seq < ?
ORDER BY seq
"""


def of_day(db: sqlite3.Connection, kiosk: str, epoch: int, since_seq: int, closed_seq: int) -> dict[str, int]:
    """The numbers of blocks between two closes, from the records alone: the names of `kiosk.facts.stock.Stock`."""
    blocks: list[_Reached] = []
    day = {"received": 0, "used": 0, "void": 0, "gaps": 0}
    for row in db.execute(_NUMBERED, (kiosk, epoch, closed_seq)):
        today = int(row["seq"] > since_seq)
        if row["kind"] == "numbers_received":
            blocks.append(_Reached(row["series"], row["first"], row["last"], row["first"] - 1))
            day["received"] += today * (row["last"] - row["first"] + 1)
            continue
        block = next((b for b in blocks if b.holds(row["receipt"])), None)
        if block is None:
            continue  # one of the kiosk's own
        if row["kind"] == "receipt_voided":
            day["void"] += today
            continue
        number = int(row["receipt"][-NUMBER_DIGITS:])
        day["used"] += today
        day["gaps"] += today * max(number - block.highest - 1, 0)
        block.highest = max(number, block.highest)
    return {**day, "left": sum(block.last - block.highest for block in blocks)}


class _Reached(msgspec.Struct):
    """A block, and the highest number of it that is on a receipt."""

    series: str
    first: int
    last: int
    highest: int

    def holds(self, receipt: str) -> bool:
        return (
            receipt[:-NUMBER_DIGITS] == self.series
            and self.first <= int(receipt[-NUMBER_DIGITS:]) <= self.last
        )


_WIDE: Final = f"'%0{NUMBER_DIGITS}d'"
_STANDING: Final = f"""
SELECT number_block.*, kiosk.epoch AS newest, count(paper.number) AS used,
       coalesce(sum(paper.state = 'void'), 0) AS void,
       coalesce(max(cast(substr(paper.number, length(series) + 1) AS INTEGER)), first - 1) AS highest
FROM number_block JOIN kiosk ON kiosk.id = number_block.kiosk
LEFT JOIN paper ON paper.kiosk = number_block.kiosk AND paper.sort = 'receipt'
     AND paper.number BETWEEN series || printf({_WIDE}, first) AND series || printf({_WIDE}, last)
WHERE number_block.kiosk = ? GROUP BY number_block.id ORDER BY number_block.epoch, block
"""


def standing(db: sqlite3.Connection, kiosk: str) -> tuple[Standing, ...]:
    found = []
    for row in db.execute(_STANDING, (kiosk,)):
        size, reached = row["last"] - row["first"] + 1, row["highest"] - row["first"] + 1
        found.append(
            Standing(
                row["epoch"],
                row["block"],
                spelled(row["series"], row["first"]),
                spelled(row["series"], row["last"]),
                row["used"],
                row["void"],
                reached - row["used"],
                size - reached,
                row["epoch"] != row["newest"],
            )
        )
    return tuple(found)
