"""`python -m central purge`: each kind of data goes when its time is over and not before, once, in pieces, and the run
stands on record. Nothing that the books need is touched."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from central import owed, purge
from central.ledger import DATABASE_FILE, connect
from central.totals import totals
from kiosk.rules.load import BadConfiguration
from kiosk.rules.retention import DAY_MS, PACKAGED_RETENTION, AtServer, load_retention
from tests.central.support import TIMEOUT_S

NOW_MS = 1_900_000_000_000
RULES = AtServer(contact_answered=30, contact=180, customer=1095, broken_batch=365)
SEALED = "5e" * 60


class Books:
    """A state folder with the seed in it."""

    def __init__(self, state: Path) -> None:
        self.state = state

    def do(self, sql: str, *values: object) -> Any:
        with sqlite3.connect(self.state / DATABASE_FILE) as db:
            return db.execute(sql, values).fetchall()

    def purge(self, now_ms: int = NOW_MS, said: Any = lambda kind, count: None) -> dict[str, int]:
        return purge.run(self.state, RULES, "clerk", lambda: now_ms, said)

    def due(self) -> dict[str, int]:
        db = connect(self.state / DATABASE_FILE, writes=False)
        try:
            return purge.due(db, RULES, NOW_MS)
        finally:
            db.close()

    def audit(self) -> list[tuple[str, dict[str, int], int]]:
        rows = self.do("SELECT by, counts, ended_ms FROM purge ORDER BY id")
        return [(by, json.loads(counts), ended) for by, counts, ended in rows]

    def bytes(self) -> bytes:
        return b"".join(path.read_bytes() for path in self.state.iterdir() if path.is_file())


@pytest.fixture
def books(schema: Path, tmp_path: Path) -> Iterator[Books]:
    made = Books(shutil.copytree(schema, tmp_path / "state"))
    made.do("UPDATE bill SET due_ms = ?", NOW_MS - DAY_MS)  # nobody's time is over yet
    made.do("DELETE FROM edition")
    yield made


def left_a_number(books: Books, days: float, settled_days: float | None = None, digest: str = "d1") -> None:
    came_ms = NOW_MS - int(days * DAY_MS)
    settled_ms = 0 if settled_days is None else NOW_MS - int(settled_days * DAY_MS)
    books.do(
        "INSERT INTO contact (kiosk, digest, sealed, came_ms) VALUES ('K0001', ?, ?, ?)",
        digest,
        SEALED,
        came_ms,
    )
    books.do(
        "INSERT INTO opinion (kiosk, epoch, number, visit, topic, topic_name, contact_digest, at_ms)"
        " VALUES ('K0001', 1, ?, '', 'money', '', ?, ?)", f"V-{digest}", digest, came_ms,
    )  # fmt: skip
    books.do(
        "INSERT INTO problem (kiosk, kind, subject, detail, at_ms, settled_ms, settled_by)"
        " VALUES ('K0001', 'opinion', ?, '', ?, ?, '')", f"V-{digest}", came_ms, settled_ms,
    )  # fmt: skip


def all_paid(books: Books, days: float, paid_days: float, short_fen: int = 0, prepaid_fen: int = 0) -> None:
    """刘志强's two bills: their last day, and when they were paid."""
    [(customer,)] = books.do("SELECT id FROM customer WHERE account = '2002003001'")
    books.do("UPDATE bill SET due_ms = ? WHERE customer = ?", NOW_MS - int(days * DAY_MS), customer)
    for number, fen in books.do("SELECT number, amount_fen FROM bill WHERE customer = ?", customer):
        books.do("INSERT INTO settlement (kiosk, payment, bill, amount_fen) VALUES ('K0001', ?, ?, ?)",
                 f"P-{number}", number, fen - short_fen)  # fmt: skip
        books.do(
            "INSERT INTO payment (kiosk, payment, epoch, fee, account, bill, due_fen, tender, customer, state,"
            " paid_fen, started_ms, ended_ms)"
            " VALUES ('K0001', ?, 1, 'electricity', '2*', ?, ?, 'cash', '刘*强', 'paid', ?, 1, ?)",
            f"P-{number}", number, fen, fen, NOW_MS - int(paid_days * DAY_MS),
        )  # fmt: skip
    if prepaid_fen:
        books.do(
            "INSERT INTO posting (kiosk, epoch, seq, leg, payment, account, part, amount_fen)"
            " VALUES ('K0001', 1, 1, 0, '', 'prepaid', 'electricity/2002003001', ?)", -prepaid_fen,
        )  # fmt: skip


def broke(books: Books, days: float) -> None:
    books.do(
        "INSERT INTO quarantine (kiosk, digest, reason, raw, first_ms, last_ms, times)"
        " VALUES ('K0001', 'q1', '', ?, 1, ?, 1)", b"what came", NOW_MS - int(days * DAY_MS),
    )  # fmt: skip


def bundled(books: Books, version: int) -> None:
    books.do("INSERT INTO edition (number) VALUES (7)")
    books.do("INSERT INTO bundle (site, version, text, signature) VALUES ('lobby', ?, '刘*强', '')", version)


NOTHING = dict.fromkeys(purge.KINDS, 0)
TIMES = {  # what is there → what goes
    "a number that came yesterday": (lambda b: left_a_number(b, 1), {}),
    "a number just before its time": (lambda b: left_a_number(b, 179.9), {}),
    "a number whose time is over": (lambda b: left_a_number(b, 180.1), {"contact": 1}),
    "a number, answered a week ago": (lambda b: left_a_number(b, 60, 7), {}),
    "a number, answered long ago": (lambda b: left_a_number(b, 60, 30.1), {"contact": 1}),
    "a customer who paid last year": (lambda b: all_paid(b, 1200, 365), {}),
    "a bill of last year, paid before": (lambda b: all_paid(b, 365, 1200), {}),
    "a customer who paid long ago": (lambda b: all_paid(b, 1096, 1095.1), {"customer": 1}),
    "a customer who still owes one fen": (lambda b: all_paid(b, 1200, 1200, short_fen=1), {}),
    "a customer with a balance": (lambda b: all_paid(b, 1200, 1200, prepaid_fen=1), {}),
    "a batch of last month": (lambda b: broke(b, 30), {}),
    "a batch of long ago": (lambda b: broke(b, 366), {"broken_batch": 1}),
    "the newest bundle": (lambda b: bundled(b, 7), {}),
    "a bundle of before": (lambda b: bundled(b, 6), {"bundle": 1}),
}


@pytest.mark.parametrize("there, goes", TIMES.values(), ids=TIMES)
def test_it_goes_when_its_time_is_over_and_only_once(books: Books, there: Any, goes: dict[str, int]) -> None:
    there(books)
    assert books.due() == {**NOTHING, **goes}
    assert books.audit() == [], "looking changes nothing"
    assert books.purge() == {**NOTHING, **goes}
    assert books.purge() == NOTHING == books.due()
    assert books.audit() == [("clerk", {**NOTHING, **goes}, NOW_MS), ("clerk", NOTHING, NOW_MS)]


def test_of_a_customer_the_bills_stay_and_a_new_bundle_is_made(books: Books) -> None:
    all_paid(books, 1200, 1200)
    bundled(books, 7)
    db = connect(books.state / DATABASE_FILE, writes=False)
    before, bills = totals(db), books.do("SELECT * FROM bill")
    assert books.purge() == {**NOTHING, "customer": 1, "bundle": 1}
    assert totals(db) == before and books.do("SELECT * FROM bill") == bills
    found = owed.of_account(db, "electricity", "2002003001", NOW_MS)
    assert found is not None and (found.name, found.identity, found.contact, found.marks) == ("", "", "", {})
    db.close()
    assert books.do("SELECT number FROM edition") == [(8,)]
    kept = books.bytes()
    assert "刘志强".encode() not in kept and "刘*强".encode() in kept, (
        "the payment says with stars who it was"
    )


def test_no_number_of_a_bill_says_whose_account_it_is(books: Books) -> None:
    """It stands in the records for ever, where the account itself has stars."""
    rows = books.do("SELECT b.number, c.account FROM bill b JOIN customer c ON c.id = b.customer")
    assert rows and not [number for number, account in rows if account in number]


class PowerCut(Exception):
    pass


@pytest.mark.parametrize("pieces", [1, 2, 3])
def test_a_run_that_was_cut_off_is_finished_by_the_next(
    books: Books, pieces: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge, "PIECE", 2)
    for number in range(5):
        left_a_number(books, 200, digest=f"d{number}")
    told: list[int] = []

    def cut(kind: str, count: int) -> None:
        told.append(count)
        if len(told) == pieces:
            raise PowerCut

    with pytest.raises(PowerCut):
        books.purge(said=cut)
    gone = min(5, 2 * pieces)
    assert told == [min(5, 2 * n) for n in range(1, pieces + 1)]
    assert books.audit() == [("clerk", {**NOTHING, "contact": gone}, 0)], "what is gone is on record"
    assert len(books.do("SELECT 1 FROM contact")) == 5 - gone
    assert books.purge() == {**NOTHING, "contact": 5 - gone}
    assert SEALED.encode() not in books.bytes(), "also what the first run left on free pages"
    assert [ended for _, _, ended in books.audit()] == [NOW_MS, NOW_MS]


def test_the_server_does_it_once_a_day_by_itself(books: Books) -> None:
    left_a_number(books, 181)

    def daily(now_ms: int) -> dict[str, int] | None:
        return purge.daily(books.state, lambda: now_ms)

    assert daily(NOW_MS) == {**NOTHING, "contact": 1}
    assert daily(NOW_MS + DAY_MS - 1) is None
    books.purge(NOW_MS + DAY_MS)  # somebody did it by hand
    assert daily(NOW_MS + 2 * DAY_MS - 1) is None
    assert daily(NOW_MS + 2 * DAY_MS) == NOTHING
    assert [by for by, _, _ in books.audit()] == ["server", "clerk", "server"]
    books.do("UPDATE purge SET ended_ms = 0 WHERE id = (SELECT max(id) FROM purge)")  # cut off
    assert daily(NOW_MS + 2 * DAY_MS + 1) == NOTHING, "finished without waiting for a day"


def test_the_command_says_what_it_would_do_then_does_it(books: Books) -> None:
    left_a_number(books, 10)
    books.do("UPDATE contact SET came_ms = 1")

    def central(*more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "central", "purge", "--state", str(books.state), *more]
        return subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S)

    own = books.state / purge.RULES_FILE
    own.write_text(PACKAGED_RETENTION.read_text().replace("contact = 180", "contact = 36500"))
    assert "contact: 0 would" in central("--dry-run").stdout, "a site's own times hold"
    own.unlink()
    dry = central("--dry-run")
    assert "contact: 1 would be let go" in dry.stdout and not books.audit()
    done = central("--by", "林晓梅")
    assert "contact: 1 let go" in done.stdout and "contact: 1 so far" in done.stderr
    [(by, counts, ended)] = books.audit()
    assert (by, counts["contact"]) == ("林晓梅", 1) and ended


@pytest.mark.parametrize(
    "line, says", [("customer = 0", "customer"), ("letters = 3", "letters"), ("", "customer")]
)
def test_a_time_that_can_not_be_is_named(tmp_path: Path, line: str, says: str) -> None:
    text = PACKAGED_RETENTION.read_text()
    kept = [old for old in text.splitlines() if not old.startswith("customer")]
    (tmp_path / "retention.toml").write_text("\n".join([*kept, line]))
    with pytest.raises(BadConfiguration, match=says):
        load_retention(tmp_path / "retention.toml")
