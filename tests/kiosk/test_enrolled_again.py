"""Enrolling again begins a new journal and keeps every old one."""

from kiosk.courier.enrol import _put_aside
from kiosk.identity import save_identity
from kiosk.journal.store import Journal
from tests.kiosk.world import Kiosk, bill


def test_old_journals_are_kept_beside_the_new_one_and_never_written_over(tmp_path):
    kiosk = Kiosk(tmp_path)
    save_identity(tmp_path, kiosk.identity)
    kiosk.to_cash(bill("1.00"))
    kiosk.insert(1)
    kiosk.journal.close()
    path = tmp_path / "journal.db"
    _put_aside(tmp_path, path)
    for _ in range(2):
        Journal.create(path, kiosk.identity)
        _put_aside(tmp_path, path)
    assert not path.exists()
    assert {p.name for p in tmp_path.glob("journal-*.db")} == {
        "journal-epoch-1.db",
        "journal-epoch-1-2.db",
        "journal-epoch-1-3.db",
    }
    old = Journal.open(tmp_path / "journal-epoch-1.db", kiosk.identity, kiosk.signer, kiosk.clock)
    assert old.verify()[0] > 5
