"""What can not be believed or understood is refused by name, kept, and listed for staff."""

import sqlite3
from collections.abc import Callable

import pytest

from central import projections
from central.dock import journal
from central.dock.room import Caller
from kiosk import codec
from kiosk.identity import Signer, new_id
from kiosk.journal.chain import GENESIS
from kiosk.money import MAX_FEN, Money
from kiosk.parcels import UploadJournal, request_bytes
from tests.central.support import Journal, PaperKiosk, altered, batch, sealed


@pytest.fixture
def paid(kiosk: PaperKiosk) -> PaperKiosk:
    kiosk.pay_cash("gas", "3002003001", "G-none", Money(2000), ("20",))
    return kiosk


def _changed_body(kiosk: PaperKiosk) -> UploadJournal:
    first, *rest = kiosk.journal.records
    return batch(kiosk.signer, [altered(first, body=first.body.replace("2000", "1000")), *rest])


def _changed_and_sealed_again(kiosk: PaperKiosk) -> UploadJournal:
    first, *rest = kiosk.journal.records
    return batch(kiosk.signer, [sealed(altered(first, body="{}")), *rest])


def _left_one_out(kiosk: PaperKiosk) -> UploadJournal:
    records = kiosk.journal.records
    return batch(kiosk.signer, [records[0], *records[2:]])


def _put_one_in(kiosk: PaperKiosk) -> UploadJournal:
    first, second, *rest = kiosk.journal.records
    forged = sealed(altered(second, prev=first.hash, body=second.body.replace("2000", "9000")))
    return batch(kiosk.signer, [first, forged, second, *rest])


def _swapped(kiosk: PaperKiosk) -> UploadJournal:
    first, second, *rest = kiosk.journal.records
    return batch(kiosk.signer, [second, first, *rest])


def _swapped_and_numbered_anew(kiosk: PaperKiosk) -> UploadJournal:
    first, second, *rest = kiosk.journal.records
    one = sealed(altered(second, seq=1, prev=first.prev))
    two = sealed(altered(first, seq=2, prev=one.hash))
    return batch(kiosk.signer, [one, two, *rest])


def _of_another_kiosk(kiosk: PaperKiosk) -> UploadJournal:
    return batch(kiosk.signer, [sealed(altered(kiosk.journal.records[0], kiosk="K9999"))])


def _signed_by_another(kiosk: PaperKiosk) -> UploadJournal:
    return batch(Signer(b"\7" * 32), kiosk.journal.records)


def _no_beginning(kiosk: PaperKiosk) -> UploadJournal:
    return batch(kiosk.signer, [sealed(altered(kiosk.journal.records[0], prev="cd" * 32))])


def _too_many(kiosk: PaperKiosk) -> UploadJournal:
    for _ in range(501):
        kiosk.journal.write_raw("box_returned", '{"box":1}')
    return batch(kiosk.signer, kiosk.journal.records)


def _another_epoch(kiosk: PaperKiosk) -> UploadJournal:
    return batch(kiosk.signer, [sealed(altered(kiosk.journal.records[0], epoch=7))], epoch=7)


@pytest.mark.parametrize(
    "broken",
    [
        _changed_body, _changed_and_sealed_again, _left_one_out, _put_one_in, _swapped,
        _swapped_and_numbered_anew, _of_another_kiosk, _signed_by_another,
        _no_beginning, _too_many, _another_epoch,
    ],
)  # fmt: skip
def test_a_broken_batch_is_quarantined_and_moves_nothing(paid: PaperKiosk, broken) -> None:
    body = codec.encode(broken(paid))

    for _ in range(2):  # it will be sent again
        answer = paid.send("journal", body)
        assert answer.status == 200
        head = answer.json()
        assert (head["seq"], head["hash"]) == (0, GENESIS)
        assert head["problems"]

    kept = paid.server.rows("SELECT raw, times FROM quarantine WHERE kiosk = ?", paid.id)
    assert [(row["raw"], row["times"]) for row in kept] == [(body, 2)]
    assert paid.server.problems(paid.id) == {"broken_batch"}
    assert not paid.server.rows("SELECT 1 FROM record WHERE kiosk = ?", paid.id)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b'{"epoch":1}', b'{"epoch":1,"records":[{"seq":"x"}],"head_signature":""}', b"\xff\xfe"],
)
def test_a_signed_body_that_is_no_upload_is_kept_as_it_came(kiosk: PaperKiosk, body: bytes) -> None:
    assert kiosk.send("journal", body).status == 400
    assert kiosk.server.rows("SELECT raw FROM quarantine WHERE kiosk = ?", kiosk.id)[0]["raw"] == body


@pytest.mark.parametrize(
    ("kind", "body", "listed"),
    [
        ("drone_landed", '{"pad":3}', "unknown_kind"),
        ("note_credited", '{"note":"n1"}', "not_understood"),
        ("note_credited", '{"note":"n1","payment":"p","value":-500}', "not_understood"),
        ("note_credited", "no json", "not_understood"),
        ("payment_completed", "[" * 5000, "not_understood"),
        ("note_held", '{"note":"n","payment":"p","value":100,"box":99999999999999999999}', "not_understood"),
    ],
)
def test_a_record_that_is_not_understood_is_stored_and_listed(
    kiosk: PaperKiosk, kind: str, body: str, listed: str
) -> None:
    kiosk.journal.write_raw(kind, body)
    kiosk.journal.write_raw("box_returned", '{"box":2}')

    head = kiosk.upload()

    assert (head.seq, head.hash) == kiosk.journal.head()
    assert (
        kiosk.server.rows("SELECT body FROM record WHERE kiosk = ? AND seq = 1", kiosk.id)[0]["body"] == body
    )
    assert kiosk.server.problems(kiosk.id) == {listed}


def test_a_record_of_a_newer_version_is_stored_and_not_read_as_if_it_were_old(kiosk: PaperKiosk) -> None:
    kiosk.journal.write("note_credited", note="n1", payment="", value=500, by="device")
    kiosk.journal.records[-1] = sealed(altered(kiosk.journal.records[-1], version=2))
    kiosk.journal.write("note_credited", note="n2", payment="", value=700, by="device")

    head = kiosk.upload()

    assert (head.seq, head.hash) == kiosk.journal.head()
    booked = kiosk.server.rows("SELECT note, value_fen FROM note WHERE kiosk = ?", kiosk.id)
    assert [tuple(row) for row in booked] == [("n2", 700)]
    [listed] = kiosk.server.rows("SELECT kind, subject FROM problem WHERE kiosk = ?", kiosk.id)
    assert tuple(listed) == ("unknown_kind", "note_credited version 2")


def test_a_record_that_breaks_its_reader_keeps_nothing_behind_it_from_being_booked(kiosk: PaperKiosk) -> None:
    """Each of these amounts is allowed, their sum is not: nobody thought of that when the reader was written."""
    payment = new_id()
    kiosk.open(payment, "gas", "3002003001", "G-none", Money(2000))
    for note in ("n1", "n2"):
        kiosk.journal.write("note_credited", note=note, payment=payment, value=Money(MAX_FEN), by="device")
    parts = {"paid": 2000, "to_fee": 2000, "to_prepaid": 0, "to_change": 0}
    kiosk.journal.write("payment_completed", payment=payment, bill="G-none", **parts)
    good = kiosk.pay_cash("gas", "3002003001", "G-none", Money(2000), ("20",))

    head = kiosk.upload()

    assert (head.seq, head.hash) == kiosk.journal.head()
    states = {
        row["payment"]: row["state"]
        for row in kiosk.server.rows("SELECT payment, state FROM payment WHERE kiosk = ?", kiosk.id)
    }
    assert states == {payment: "open", good: "paid"}
    assert "not_understood" in kiosk.server.problems(kiosk.id)


def test_later_software_reads_again_what_an_older_one_could_not(
    empty_copy: Callable[[], sqlite3.Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a server that does not know notes yet
    db, notes = empty_copy(), Journal("K0001")
    notes.write("note_credited", note="n1", payment="", value=500, by="device")
    notes.write_raw("drone_landed", "{}")
    with monkeypatch.context() as old:
        old.delitem(projections.READERS, "note_credited")
        upload = batch(Signer(b"k" * 32), notes.records)
        journal.take(db, Caller("K0001", 1, "lobby", True), upload, 1)
    assert {row["subject"] for row in db.execute("SELECT subject FROM problem")} == {
        "note_credited",
        "drone_landed",
    }
    # when a newer one makes the projections anew, twice
    for _ in range(2):
        projections.rebuild(db, 2)
    # then the note is booked, once, and only what is still not understood is on the staff's list
    assert [row["value_fen"] for row in db.execute("SELECT value_fen FROM note")] == [500]
    assert [row["subject"] for row in db.execute("SELECT subject FROM problem")] == ["drone_landed"]


def test_money_that_a_kiosk_states_is_compared_and_never_trusted(kiosk: PaperKiosk) -> None:
    kiosk.pay_cash("gas", "3002003001", "G-none", Money(2000), ("20",))
    completed = next(r for r in kiosk.journal.records if r.kind == "payment_completed")
    kiosk.journal.records = kiosk.journal.records[: completed.seq - 1]
    kiosk.journal.write_raw("payment_completed", completed.body.replace(":2000", ":9000"))

    kiosk.upload()

    assert "sum_differs" in kiosk.server.problems(kiosk.id)


def test_strangers_and_forgers_are_turned_away_and_nothing_of_theirs_is_kept(paid: PaperKiosk) -> None:
    body = codec.encode(batch(paid.signer, paid.journal.records))
    right = paid.signer.sign(request_bytes("journal", body))

    assert paid.server.post("journal", body, "K9999", right).status == 401
    assert paid.server.post("journal", body, paid.id, "00" * 64).status == 401
    assert paid.server.post("journal", body, paid.id, "").status == 401
    assert paid.server.post("journal", body + b" ", paid.id, right).status == 401
    assert paid.server.post("bills", body, paid.id, right).status == 401  # a signature is for one call
    assert not paid.server.rows("SELECT 1 FROM quarantine WHERE kiosk = ?", paid.id)


@pytest.mark.parametrize(
    ("call", "size"), [("journal", 3 * 1024 * 1024), ("bills", 40 * 1024), ("enrol", 40 * 1024)]
)
def test_a_body_beyond_the_limit_is_not_read(kiosk: PaperKiosk, call: str, size: int) -> None:
    body = b" " * size
    answer = kiosk.server.post(call, body, kiosk.id, kiosk.signer.sign(request_bytes(call, body)))
    assert answer.status == 413


def test_an_unknown_call_is_not_understood(kiosk: PaperKiosk) -> None:
    assert kiosk.send("bribe", b"{}").status == 400
