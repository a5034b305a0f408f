"""The server reads leniently and on its own; here it is held against the kiosk's own facts of this version."""

from pathlib import Path

import pytest

from central.projections import READERS
from kiosk.clock import SystemClock
from kiosk.facts import DURABLE, ChargeConfirmed, DoubtSettled, KioskStarted, NoteCredited, NoteDoubtful
from kiosk.identity import Identity, new_id
from kiosk.journal.store import Journal
from kiosk.money import Money
from kiosk.parcels import JournalHead, UploadJournal
from tests.central.support import PaperKiosk


def test_every_kind_is_known() -> None:
    assert set(DURABLE) <= set(READERS)


@pytest.mark.parametrize("kind", DURABLE)
def test_what_the_server_reads_is_a_field_of_the_fact(kind: str) -> None:
    shape, _ = READERS[kind]
    # One shape may serve several kinds: what has a default may be missing, nothing else.
    optional = shape.__struct_fields__[len(shape.__struct_fields__) - len(shape.__struct_defaults__) :]
    required = set(shape.__struct_fields__) - set(optional)
    assert required <= set(DURABLE[kind].__struct_fields__)


def test_the_kiosks_own_journal_arrives_and_both_sides_add_up_the_same(
    kiosk: PaperKiosk, tmp_path: Path
) -> None:
    # given a journal as the core keeps it
    identity = Identity(kiosk.id, kiosk.epoch, "lobby", kiosk.signer.public_key, kiosk.server_key)
    Journal.create(tmp_path / "journal.db", identity)
    journal = Journal.open(tmp_path / "journal.db", identity, kiosk.signer, SystemClock())
    payment, charge, ten, fifty = (new_id() for _ in range(4))
    confirmed = ChargeConfirmed(
        charge=charge, payment=payment, amount=Money(700), provider="sandbox", reference="x"
    )
    journal.append([KioskStarted(boot="b", software="s", time_quality="ntp")])
    journal.append([NoteCredited(note=ten, payment=payment, value=Money(1000), by="device")])
    journal.append(
        [
            NoteDoubtful(
                note=fifty, payment="", code=5, value=Money(5000), in_box=False, because="power cut"
            ),
            confirmed,
        ]
    )
    journal.append([DoubtSettled(note=fifty, value=Money(5000), in_box=True, by="counter")])

    # when it is uploaded
    records = tuple(journal.records())
    head = kiosk.ask(
        "journal",
        UploadJournal(kiosk.epoch, records, journal.head_signature(journal.head.seq, journal.head.hash)),
        JournalHead,
    )

    # then the kiosk finds the server's head in its journal, and every account has one balance
    assert journal.move_uploaded(head.seq, head.hash)
    assert journal.uploaded == journal.head
    ours = {
        row["account"]: row["fen"]
        for row in kiosk.server.rows(
            "SELECT account, sum(amount_fen) AS fen FROM posting WHERE kiosk = ? GROUP BY account", kiosk.id
        )
    }
    assert {account: fen for account, fen in ours.items() if fen} == {
        account.value: fen for account, fen in journal.balances().items() if fen
    }
    journal.close()
