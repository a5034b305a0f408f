"""Looks at what a power cut left: first with another SQLite (the one inside Python), then with the journal itself."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path

from kiosk.facts import KioskStarted
from kiosk.flow.machine import evolve
from kiosk.journal.store import Damaged, Journal
from tests.crash.power import Cut, Image
from tests.crash.tour import Row, Tour

DB = "journal.db"
COLUMNS = "kiosk, epoch, seq, wall_ms, boot, boot_ms, quality, kind, version, body, prev, hash"


@dataclass(frozen=True, slots=True)
class Found:
    """`refused`: the journal's words, if it does not open. `wrong`: what can be excused by no promise."""

    records: int = 0
    uploaded: int = 0
    refused: str = ""
    wrong: str = ""


@dataclass
class Tally:
    """Counts of one sweep. `cuts` are different moments; `images` what was looked at, `different` of them."""

    cuts: int = 0
    images: int = 0
    different: int = 0
    violations: list[str] = field(default_factory=list)

    def line(self) -> str:
        return (
            f"{self.cuts} cut points, {self.images} images ({self.different} different), "
            f"{len(self.violations)} violations"
        )


class Witness:
    """`records` may be there, in this order, up to one of `ends`: nothing else and nothing between."""

    def __init__(self, tour: Tour, folder: Path) -> None:
        self._tour = tour
        self._rows = tour.rows
        self._folder = folder
        self._seen: dict[bytes, Found] = {}
        self.by_snapshot = 0  # images with which a start reads only the records after a snapshot

    def sweep(self, cuts: Iterable[Cut]) -> Tally:
        tally, moments = Tally(), set()
        for cut in cuts:
            moments.add(cut.at)
            tally.images += 1
            violation = self.violation(cut)
            if violation:
                tally.violations.append(f"{cut}: {violation}")
        tally.cuts, tally.different = len(moments), len(self._seen)
        return tally

    def violation(self, cut: Cut) -> str:
        found = self.look(cut.image)
        if found.wrong or cut.promised is None:
            return found.wrong
        if found.refused:
            return f"the journal refuses: {found.refused}"
        if found.records < cut.promised.records:
            return f"{cut.promised.records} records were acknowledged, {found.records} are there"
        if found.uploaded < cut.promised.uploaded:
            return f"the server's cursor was at {cut.promised.uploaded}, now at {found.uploaded}"
        return ""

    def look(self, image: Image) -> Found:
        key = _digest(image)
        if key not in self._seen:
            self._seen[key] = self._look(image)
        return self._seen[key]

    def _look(self, image: Image) -> Found:
        try:
            rows = self._with_other_sqlite(image)
        except sqlite3.Error as error:
            rows = str(error)
        lay_out(self._folder, image)
        try:
            found = self._with_the_journal()
        except Damaged as damaged:
            wrong = ""
            if self._folder.joinpath(DB).exists() != (DB in image):
                wrong = "a journal that does not open was replaced or removed"
            return Found(refused=str(damaged), wrong=wrong)
        if isinstance(rows, str):
            return Found(wrong=f"the journal opens, another SQLite says: {rows}")
        if rows != self._rows[: len(rows)]:
            return Found(wrong=f"the {len(rows)} records are not the first that were written")
        if len(rows) not in self._tour.ends:
            return Found(wrong=f"ends with record {len(rows)}, in the middle of a commit")
        if len(rows) != found.records:
            return Found(wrong=f"another SQLite sees {len(rows)} records, the journal {found.records}")
        return found

    def _with_other_sqlite(self, image: Image) -> list[Row] | str:
        """The records, or what is wrong with the file."""
        lay_out(self._folder, image)
        with closing(sqlite3.connect(self._folder / DB)) as db:
            verdict = db.execute("PRAGMA integrity_check").fetchall()
            if verdict != [("ok",)]:
                return str(verdict)
            uneven = db.execute("SELECT seq FROM posting GROUP BY seq HAVING sum(fen)").fetchall()
            if uneven:
                return f"the postings of records {uneven} do not sum to zero"
            return db.execute(f"SELECT {COLUMNS} FROM record ORDER BY seq").fetchall()

    def _with_the_journal(self) -> Found:
        """Opens, verifies, goes on with one more record. Raises Damaged."""
        tour = self._tour
        journal = Journal.open(self._folder / DB, tour.identity, tour.signer, tour.clock)
        with closing(journal):
            records, _ = journal.verify()
            uploaded = journal.uploaded.seq
            if sum(journal.balances().values()):
                return Found(wrong="the balances do not sum to zero")
            state = journal.recover(tour.empty)
            self.by_snapshot += journal.read_from.seq > 0
            if state != reduce(evolve, journal.replay(), tour.empty):
                return Found(wrong="the snapshot says something else than the records")
            journal.append([KioskStarted("after the cut", "test", "clock")])
            if journal.head.seq != records + 1:
                return Found(wrong=f"holds {records} records and goes on with {journal.head.seq}")
            return Found(records, uploaded)


def lay_out(folder: Path, image: Image) -> None:
    """Exactly these files lie in the folder."""
    for path in folder.iterdir():
        path.unlink()
    for name, data in image.items():
        folder.joinpath(name).write_bytes(data)


def _digest(image: Image) -> bytes:
    digest = hashlib.sha256()
    for name, data in sorted(image.items()):
        digest.update(f"{name} {len(data)} ".encode())
        digest.update(data)
    return digest.digest()
