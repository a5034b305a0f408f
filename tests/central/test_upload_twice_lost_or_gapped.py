"""The journal arrives once in effect, whatever the line does."""

from kiosk.money import Money
from kiosk.parcels import WireRecord
from tests.central.support import PaperKiosk


def _stored(kiosk: PaperKiosk) -> list[WireRecord]:
    names = ", ".join(WireRecord.__struct_fields__)
    return [
        WireRecord(*row)
        for row in kiosk.server.rows(f"SELECT {names} FROM record WHERE kiosk = ? ORDER BY seq", kiosk.id)
    ]


def test_the_same_batch_twice_is_stored_once(kiosk: PaperKiosk) -> None:
    kiosk.pay_cash("gas", "3002003001", "G-none", Money(2000), ("20",))
    first = kiosk.upload()
    assert (first.seq, first.hash) == kiosk.journal.head()

    second = kiosk.upload()

    assert (second.seq, second.hash, second.fork) == (first.seq, first.hash, False)
    assert _stored(kiosk) == kiosk.journal.records


def test_after_a_lost_answer_a_longer_batch_overlaps(kiosk: PaperKiosk) -> None:
    kiosk.pay_cash("gas", "3002003001", "G-none", Money(2000), ("20",))
    kiosk.upload()  # the answer is lost: the kiosk's cursor does not move
    kiosk.pay_cash("gas", "3002003001", "G-none", Money(1000), ("10",))

    head = kiosk.upload()

    assert (head.seq, head.hash) == kiosk.journal.head()
    assert _stored(kiosk) == kiosk.journal.records


def test_a_gap_is_answered_with_the_servers_head_and_stores_nothing(kiosk: PaperKiosk) -> None:
    kiosk.pay_cash("gas", "3002003001", "G-none", Money(2000), ("20",))
    records = kiosk.journal.records
    kiosk.upload(*records[:2])

    head = kiosk.upload(*records[3:])

    assert (head.seq, head.hash) == (2, records[1].hash)
    assert not head.fork
    assert _stored(kiosk) == records[:2]
    assert kiosk.upload(*records[2:]).hash == records[-1].hash


def test_an_older_batch_that_comes_late_changes_nothing(kiosk: PaperKiosk) -> None:
    kiosk.pay_cash("gas", "3002003001", "G-none", Money(2000), ("20",))
    head = kiosk.upload()

    late = kiosk.upload(*kiosk.journal.records[:2])

    assert (late.seq, late.hash) == (head.seq, head.hash)
    assert _stored(kiosk) == kiosk.journal.records


def test_a_journal_that_starts_anew_after_re_enrolment_is_another_epoch(kiosk: PaperKiosk) -> None:
    """The card was replaced; the old one turns up later with records that nobody had."""
    from kiosk.identity import Signer
    from tests.central.support import enrol

    kiosk.pay_cash("gas", "3002003001", "G-none", Money(2000), ("20",))
    kiosk.upload(*kiosk.journal.records[:2])
    signer = Signer(bytes(range(32)))
    replaced = PaperKiosk(
        kiosk.server, signer, enrol(kiosk.server, signer, kiosk.server.code("lobby", kiosk.id))
    )
    assert (replaced.id, replaced.epoch) == (kiosk.id, 2)
    replaced.pay_cash("gas", "3002003001", "G-none", Money(1000), ("10",))
    assert replaced.upload().hash == replaced.journal.head()[1]

    late = kiosk.upload()

    assert (late.epoch, late.seq, late.hash) == (1, *kiosk.journal.head())
    assert "old_epoch" in kiosk.server.problems(kiosk.id)
    assert kiosk.send("bills", b'{"fee":"gas","account":"3002003001"}').status == 401
