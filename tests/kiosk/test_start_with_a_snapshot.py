"""A start with a snapshot is a start with all records, only faster; and the records are always right."""

import asyncio
import errno
import logging
import random
from contextlib import closing
from functools import reduce
from unittest.mock import patch

import msgspec
import pytest

from hardware import contracts as hw
from kiosk import contract as c
from kiosk.facts import KioskStarted, PrintFailed
from kiosk.flow.machine import evolve
from kiosk.flow.state import State, begin
from kiosk.flow.stimuli import WriteFailed
from kiosk.journal import audit as audit_module
from kiosk.journal import snapshot
from kiosk.journal.audit import Audit, audit_for_ever
from kiosk.journal.fold import Fold
from kiosk.journal.store import Damaged, Journal
from tests.kiosk.test_journal_that_was_tampered_with import CHANGES, change, run
from tests.kiosk.world import NO_PAPER, Kiosk, bill

VISITS = 3
PATIENCE_S = 30


@pytest.fixture
def kiosk(tmp_path):
    """Some paid visits, a snapshot of them, and one visit after it."""
    kiosk = Kiosk(tmp_path)
    for number in range(VISITS):
        visit(kiosk, number)
    take_snapshot(kiosk)
    visit(kiosk, VISITS)
    return kiosk


def visit(kiosk, number):
    kiosk.to_cash(bill("36.00", number=f"W{number}"))
    kiosk.insert(20, 10, 5, 1)
    kiosk.print_out()
    kiosk.want(c.Done(), c.Done())


def take_snapshot(kiosk):
    kiosk.journal.recover(empty_of(kiosk))
    kiosk.journal.keep(kiosk.journal.recovered)


def empty_of(kiosk):
    return begin(msgspec.structs.replace(kiosk.site, epoch=kiosk.identity.epoch))


def file_of(kiosk):
    return kiosk.folder / "journal.snapshot"


def reopened(kiosk, **changes):
    identity = msgspec.structs.replace(kiosk.identity, **changes)
    return closing(Journal.open(kiosk.folder / "journal.db", identity, kiosk.signer, kiosk.clock))


def whole(kiosk, journal):
    """The state as all records make it, and its text: the order inside counts too."""
    state = reduce(evolve, journal.replay(), empty_of(kiosk))
    return state, written(state)


def written(state):
    fields = [getattr(state, name) for name in snapshot._Kept.__struct_fields__]
    return msgspec.json.encode(fields, enc_hook=lambda money: money.fen)


def start(kiosk):
    """How a start reads now: the first record that it reads, and whether it knows all."""
    kiosk.journal.close()
    with reopened(kiosk) as journal:
        state = journal.recover(empty_of(kiosk))
        assert (state, written(state)) == whole(kiosk, journal)
        return journal.read_from.seq


def test_a_start_reads_only_the_records_after_the_snapshot_and_knows_all(kiosk):
    kiosk.journal.close()
    with reopened(kiosk) as journal:
        journal.recover(empty_of(kiosk))
        assert 0 < journal.read_from.seq < journal.head.seq == journal.recovered.head.seq
    assert start(kiosk) == journal.read_from.seq


def test_a_visit_goes_on_over_a_restart_as_it_does_without_a_snapshot(kiosk):
    kiosk.want(c.SetLanguage(c.Language.EN))
    kiosk.to_cash(bill("40.00", number="W9"))
    kiosk.insert(20)
    kiosk.hear(hw.BoxOut(device="acceptor"), hw.BoxIn(device="acceptor"))
    kiosk.restart()
    kiosk.open_for_business()
    assert kiosk.journal.read_from.seq > 0
    assert kiosk.page.inserted.fen == 2000 and kiosk.engine.view.language is c.Language.EN
    kiosk.insert(20)
    assert isinstance(kiosk.page, c.ReceiptPage)


# ---- what may be in it


def test_no_snapshot_is_made_while_somebody_is_served_and_nothing_of_the_house_is_in_it(kiosk):
    empty = empty_of(kiosk)
    kiosk.to_cash(bill("40.00", number="W9"))
    assert not snapshot.possible(kiosk.journal.recover(empty), empty)
    kept = msgspec.json.decode(file_of(kiosk).read_bytes()[snapshot.SIGNATURE :])["state"]
    assert not kept.keys() & {"site", "settings", "house", "visit"}
    assert kept.keys() | {"site", "settings", "house", "visit"} == set(State.__struct_fields__)


def test_what_only_lived_in_memory_is_not_known_after_a_start(kiosk):
    """The printer ran out; staff were called: neither is durable. The receipt that did not come out is."""
    kiosk.hear(hw.PrinterSays(device="printer", state=NO_PAPER))
    kiosk.to_cash(bill("36.00", number="W9"))
    kiosk.insert(20, 10, 5, 1)
    kiosk.want(c.CallStaff(), c.Done(), c.Done())
    take_snapshot(kiosk)
    kiosk.journal.append([KioskStarted("boot", "test", "clock")])
    kiosk.restart()
    assert kiosk.journal.read_from.seq > 0
    state = kiosk.engine.state
    assert state.visit is None and len(state.papers) == 1
    assert state.house == msgspec.structs.replace(empty_of(kiosk).house, clock="clock"), (
        "the clock is looked at anew"
    )


# ---- which ones are ignored


def test_a_snapshot_with_any_byte_flipped_is_ignored(kiosk, caplog):
    data = file_of(kiosk).read_bytes()
    chance = random.Random(7)
    caplog.set_level(logging.ERROR)
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1 << chance.randrange(8)
        assert read_back(kiosk, bytes(changed)) is None, f"byte {place}"


def read_back(kiosk, data):
    file_of(kiosk).write_bytes(data)
    return snapshot.read(file_of(kiosk), empty_of(kiosk), kiosk.identity)


@pytest.mark.parametrize("length", [0, 1, 127, 128, 129, 500, -1])
def test_a_torn_snapshot_is_ignored(kiosk, length):
    data = file_of(kiosk).read_bytes()
    assert read_back(kiosk, data[:length]) is None and start(kiosk) == 0


def test_a_snapshot_with_something_after_it_is_ignored(kiosk):
    assert read_back(kiosk, file_of(kiosk).read_bytes() + b" ") is None and start(kiosk) == 0


def test_a_snapshot_of_another_kiosk_epoch_or_key_is_ignored(kiosk):
    assert snapshot.read(file_of(kiosk), empty_of(kiosk), kiosk.identity) is not None
    for identity in (
        msgspec.structs.replace(kiosk.identity, kiosk="K0002"),
        msgspec.structs.replace(kiosk.identity, epoch=2),
        msgspec.structs.replace(kiosk.identity, public_key="00" * 32),
    ):
        assert snapshot.read(file_of(kiosk), empty_of(kiosk), identity) is None


def test_a_snapshot_of_other_software_is_ignored_and_replaced_by_its_own(kiosk, monkeypatch):
    monkeypatch.setattr(snapshot, "rules", lambda: "the next release")
    assert start(kiosk) == 0
    with reopened(kiosk) as journal:
        journal.recover(empty_of(kiosk))
        journal.keep(journal.recovered)
    assert start(kiosk) > 0


def test_every_line_of_the_sources_that_make_the_state_is_part_of_the_rules(tmp_path):
    before = snapshot.rules()
    with patch.object(snapshot, "SOFTWARE", "9.9.9"):
        assert snapshot.rules.__wrapped__() != before
    with patch.object(snapshot.contracts, "__file__", str(tmp_path / "contracts.py")):
        (tmp_path / "contracts.py").write_text("# a line more")
        assert snapshot.rules.__wrapped__() != before
    assert snapshot.rules.__wrapped__() == before


def test_a_snapshot_from_the_future_of_an_older_journal_is_ignored(kiosk, tmp_path):
    """The journal was put back from a backup."""
    backup = tmp_path / "backup.db"
    kiosk.journal.close()
    backup.write_bytes((kiosk.folder / "journal.db").read_bytes())
    with reopened(kiosk) as journal:
        journal.append([KioskStarted("later", "test", "clock")])
        journal.recover(empty_of(kiosk))
        journal.keep(journal.recovered)
    (kiosk.folder / "journal.db").write_bytes(backup.read_bytes())
    assert start(kiosk) == 0


def test_a_snapshot_of_records_that_are_others_now_is_ignored(kiosk):
    """Same kiosk, same epoch, same length, other records under the same numbers."""
    kiosk.journal.close()
    path = kiosk.folder / "journal.db"
    path.rename(kiosk.folder / "first.db")
    Journal.create(path, kiosk.identity)
    with reopened(kiosk) as journal:
        for number in range(100):
            journal.append([KioskStarted(f"boot {number}", "test", "clock")])
    assert start(kiosk) == 0


def test_a_disk_that_is_full_costs_the_snapshot_and_nothing_else(kiosk, caplog):
    before = file_of(kiosk).read_bytes()

    def full(handle, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    with patch("kiosk.identity.os.write", full):
        take_snapshot(kiosk)
    assert "was not written" in caplog.text and file_of(kiosk).read_bytes() == before
    visit(kiosk, 9)
    assert kiosk.journal.verify() and start(kiosk) > 0


# ---- and what is found in the background


def audited(kiosk, journal):
    journal.recover(empty_of(kiosk))
    audit = Audit(journal, empty_of(kiosk))
    while audit.slice():
        pass
    return audit


@pytest.mark.parametrize("statement, named", CHANGES)
def test_a_record_before_the_snapshot_that_was_changed_is_found_by_both_checks(kiosk, statement, named):
    kiosk.journal.close()
    change(kiosk, statement)
    with reopened(kiosk) as journal:
        journal.recover(empty_of(kiosk))
        assert journal.read_from.seq > 8, "the start itself did not read it"
        with pytest.raises(Damaged, match=named):
            journal.verify()
        with pytest.raises(Damaged, match=named):
            audited(kiosk, journal)


def test_a_posting_too_many_is_found_by_both_checks(kiosk):
    kiosk.journal.close()
    run(kiosk, "INSERT INTO posting VALUES (3, 'fee', -100)")
    with reopened(kiosk) as journal:
        with pytest.raises(Damaged, match="posting of record 3"):
            journal.verify()
        with pytest.raises(Damaged, match="posting of record 3"):
            audited(kiosk, journal)


def test_a_snapshot_that_says_more_than_the_records_closes_money_and_is_gone(kiosk):
    """Signed by this very kiosk, so the start believes it: as if a rule had been wrong when it was made."""
    path, identity = file_of(kiosk), kiosk.identity
    fold = snapshot.read(path, empty_of(kiosk), identity)
    richer = msgspec.structs.replace(fold.state, receipts=fold.state.receipts + 1)
    snapshot.write(path, Fold(fold.head, richer), identity, kiosk.signer)
    kiosk.restart()
    kiosk.open_for_business()
    kiosk.to_cash(bill("40.00", number="W9"))
    assert kiosk.engine.state.receipts == VISITS + 2 and kiosk.wanted.accept_up_to is not None

    audit = Audit(kiosk.journal, empty_of(kiosk))
    task = audit_for_ever(audit, lambda why: kiosk.hear(WriteFailed(why)))
    asyncio.run(asyncio.wait_for(task, PATIENCE_S))
    assert kiosk.wanted.accept_up_to is None and "snapshot" in kiosk.engine.state.house.broken
    assert not path.exists() and start(kiosk) == 0


def test_the_next_snapshot_is_made_of_what_was_checked_and_a_start_never_reads_much(kiosk, monkeypatch):
    monkeypatch.setattr(audit_module, "SNAPSHOT_EVERY", 30)
    monkeypatch.setattr(audit_module, "SLICE", 7)
    audit = Audit(kiosk.journal, empty_of(kiosk))
    made = set()
    for number in range(10, 20):
        visit(kiosk, number)
        while audit.slice():
            pass
        asyncio.run(audit.keep_what_is_due())
        made.add(file_of(kiosk).read_bytes())
    assert len(made) > 3
    head = kiosk.journal.head.seq
    assert head - 30 - head // 14 <= start(kiosk) <= head


def test_a_start_that_had_to_read_everything_leaves_a_snapshot_at_once(kiosk, monkeypatch):
    monkeypatch.setattr(audit_module, "SNAPSHOT_EVERY", 30)
    file_of(kiosk).unlink()
    kiosk.journal.close()
    with reopened(kiosk) as journal:
        journal.recover(empty_of(kiosk))
        asyncio.run(Audit(journal, empty_of(kiosk)).keep_what_is_due())
        assert start_of(kiosk) == journal.head.seq


def start_of(kiosk):
    return snapshot.read(file_of(kiosk), empty_of(kiosk), kiosk.identity).head.seq


def test_the_check_goes_through_an_empty_journal_and_through_what_comes_later(tmp_path):
    kiosk = Kiosk(tmp_path, ready=False)
    audit = Audit(kiosk.journal, empty_of(kiosk))
    assert not audit.slice()
    kiosk.journal.append([PrintFailed("job", "K0001-00000001", False, "test")])
    assert not audit.slice()
