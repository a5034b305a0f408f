"""The journal names the first record that is not as it was written, and is never replaced by an empty one."""

import sqlite3

import pytest

from kiosk.engine import Engine, NoLedger
from kiosk.facts import NoteCredited
from kiosk.flow.stimuli import LinkChanged
from kiosk.journal.chain import GENESIS
from kiosk.journal.store import Damaged, Journal, NotWritten
from tests.kiosk.world import Kiosk, bill


@pytest.fixture
def written(tmp_path):
    """A kiosk with one paid visit, its journal closed."""
    kiosk = Kiosk(tmp_path)
    kiosk.to_cash(bill("36.00"))
    kiosk.insert(20, 10, 5, 1)
    kiosk.print_out()
    kiosk.journal.move_uploaded(6, kiosk.journal.hash_at(6))
    kiosk.journal.close()
    return kiosk


def change(kiosk, *statements):
    """As somebody with the card in another machine would."""
    connection = sqlite3.connect(kiosk.folder / "journal.db")
    with connection:
        for statement in ("DROP TRIGGER record_stays", "DROP TRIGGER record_kept", *statements):
            connection.execute(statement)
    connection.close()


def reopened(kiosk):
    return Journal.open(kiosk.folder / "journal.db", kiosk.identity, kiosk.signer, kiosk.clock)


def test_an_untouched_journal_verifies(written):
    records, signatures = reopened(written).verify()
    assert records == len(list(reopened_records(written))) and signatures > 0


def reopened_records(kiosk):
    connection = sqlite3.connect(kiosk.folder / "journal.db")
    rows = connection.execute("SELECT seq FROM record").fetchall()
    connection.close()
    return rows


CHANGES = [
    pytest.param(
        "UPDATE record SET body = replace(body, '2000', '9000') WHERE seq = 4", "record 4", id="one value"
    ),
    pytest.param("UPDATE record SET kind = 'note_returned' WHERE seq = 5", "record 5", id="kind"),
    pytest.param("UPDATE record SET wall_ms = wall_ms + 1 WHERE seq = 4", "record 4", id="time"),
    pytest.param(["DELETE FROM posting", " DELETE FROM record WHERE seq = 6"][1], "record 7", id="removed"),
    pytest.param("UPDATE record SET prev = hash WHERE seq = 8", "record 8", id="link"),
    pytest.param("UPDATE posting SET fen = fen * 2 WHERE seq = 6", "record 6", id="posting"),
    pytest.param("UPDATE record SET signature = hash || hash WHERE seq = 5", "record 5", id="signature"),
]


@pytest.mark.parametrize("statement, named", CHANGES)
def test_a_change_is_found_and_the_record_named(written, statement, named):
    change(written, statement)
    with pytest.raises(Damaged, match=named):
        reopened(written).verify()


def test_each_single_changed_byte_of_a_body_is_found(written):
    [(length,)] = query(written, "SELECT length(body) FROM record WHERE seq = 3")
    for at in range(1, length + 1, 7):
        changed = f"substr(body, 1, {at} - 1) || '~' || substr(body, {at} + 1)"
        before = query(written, "SELECT body FROM record WHERE seq = 3")[0][0]
        run(
            written,
            "DROP TRIGGER IF EXISTS record_stays",
            f"UPDATE record SET body = {changed} WHERE seq = 3",
        )
        with pytest.raises(Damaged, match="record 3"):
            list(reopened(written).replay())
        run(written, f"UPDATE record SET body = '{before}' WHERE seq = 3")
    assert reopened(written).verify()


def run(kiosk, *statements):
    connection = sqlite3.connect(kiosk.folder / "journal.db")
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def query(kiosk, statement):
    connection = sqlite3.connect(kiosk.folder / "journal.db")
    rows = connection.execute(statement).fetchall()
    connection.close()
    return rows


def test_a_tail_that_was_cut_off_below_what_the_server_acknowledged_is_found(written):
    change(
        written,
        "PRAGMA foreign_keys = OFF",
        "DELETE FROM record WHERE seq > 5",
        "DELETE FROM posting WHERE seq > 5",
    )
    with pytest.raises(Damaged, match="acknowledged 6"):
        reopened(written).verify()


def test_records_are_neither_changed_nor_deleted_by_the_program_itself(written):
    for statement in ("UPDATE record SET body = ''", "DELETE FROM record"):
        with pytest.raises(sqlite3.IntegrityError):
            run(written, statement)


def test_a_missing_or_unreadable_journal_is_never_replaced_by_an_empty_one(written):
    path = written.folder / "journal.db"
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(Damaged):
        reopened(written)
    path.write_bytes(b"")
    with pytest.raises(Damaged, match="is empty although"):
        reopened(written)
    assert not path.read_bytes(), "it is left as it was found"
    path.unlink()
    with pytest.raises(Damaged, match="is missing although"):
        reopened(written)
    assert not path.exists()
    with pytest.raises(FileExistsError):
        path.write_bytes(b"")
        Journal.create(path, written.identity)


def test_a_mode_that_sqlite_does_not_grant_is_no_mode_to_take_money_in(written, monkeypatch):
    asked = (("locking_mode", "EXCLUSIVE"), ("journal_mode", "WAL4"))
    monkeypatch.setattr("kiosk.journal.store.PRAGMAS", asked)
    with pytest.raises(Damaged, match="journal_mode wal instead of WAL4"):
        reopened(written)


def test_a_journal_of_another_kiosk_is_refused(written):
    other = type(written.identity)("K0002", 1, "lobby", written.identity.public_key, "00" * 32)
    journal = Journal.open(written.folder / "journal.db", other, written.signer, written.clock)
    with pytest.raises(Damaged, match="K0001"):
        list(journal.replay())


def test_a_kiosk_whose_journal_is_damaged_is_out_of_service_and_takes_no_money(written):
    views, wants = [], []

    class Outside:
        do = staticmethod(lambda command: None)
        apply = staticmethod(wants.append)
        show = staticmethod(views.append)

    engine = Engine(written.site, NoLedger("record 3 was changed"), Outside(), written.clock)
    engine.start("record 3 was changed")
    engine.feed(LinkChanged(True))
    assert type(views[-1].page).__name__ == "OutOfService"
    assert wants[-1].accept_up_to is None


def test_the_cursor_of_the_server_moves_only_to_a_head_of_our_own(written):
    journal = reopened(written)
    assert not journal.move_uploaded(7, "ab" * 32)
    assert journal.uploaded.seq == 6
    assert journal.move_uploaded(8, journal.hash_at(8))
    assert journal.move_uploaded(0, GENESIS) and journal.uploaded.seq == 0


def test_a_commit_that_fails_leaves_nothing_of_it(tmp_path, monkeypatch):
    kiosk = Kiosk(tmp_path)
    kiosk.to_cash()
    kiosk.insert(20)
    facts = kiosk.facts(NoteCredited) * 2
    before, books = kiosk.journal.head, kiosk.journal.balances()
    monkeypatch.setattr("kiosk.journal.store._INSERT_POSTING", "INSERT INTO nowhere VALUES (?,?,?)")
    with pytest.raises(NotWritten):
        kiosk.journal.append(facts)
    assert (kiosk.journal.head, kiosk.journal.balances()) == (before, books)
    monkeypatch.undo()
    kiosk.journal.append(facts)
    assert kiosk.journal.verify()
