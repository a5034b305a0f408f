"""Somebody with the card in another machine rewrites a record, with a hash that fits it. What follows gives it away."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.flow.state import begin
from kiosk.journal.chain import record_hash
from kiosk.journal.store import Damaged, Journal
from tests.kiosk.world import Kiosk, bill

BEFORE, AFTER = '"value":2000', '"value":9000'


@pytest.fixture
def kiosk(tmp_path: Path) -> Kiosk:
    kiosk = Kiosk(tmp_path)
    kiosk.to_cash(bill("36.00"))
    kiosk.insert(20, 10, 5, 1)
    kiosk.journal.close()
    return kiosk


def rewrite(kiosk: Kiosk, *, hash_too: bool) -> int:
    """Makes 90 yuan of the first held note of 20; gives the record's number."""
    with closing(reopened(kiosk)) as journal:
        record = next(r for r in journal.records() if r.kind == "note_held" and BEFORE in r.body)
    record = replace(record, body=record.body.replace(BEFORE, AFTER))
    hash_ = record_hash(record) if hash_too else record.hash
    with closing(sqlite3.connect(kiosk.folder / "journal.db")) as db:
        db.execute("DROP TRIGGER record_stays")
        db.execute("UPDATE record SET body = ?, hash = ? WHERE seq = ?", (record.body, hash_, record.seq))
        db.commit()
    return record.seq


def reopened(kiosk: Kiosk) -> Journal:
    return Journal.open(kiosk.folder / "journal.db", kiosk.identity, kiosk.signer, kiosk.clock)


@pytest.mark.parametrize(("hash_too", "named"), [(False, 0), (True, 1)])
def test_start_and_verify_both_name_the_place(kiosk: Kiosk, hash_too: bool, named: int) -> None:
    seq = rewrite(kiosk, hash_too=hash_too)
    with closing(reopened(kiosk)) as journal:
        with pytest.raises(Damaged, match=f"record {seq + named} "):
            journal.verify()
        with pytest.raises(Damaged, match=f"record {seq + named} "):
            journal.recover(begin(kiosk.site))
