"""Two machines run from one card. Both were given real money: neither branch may vanish."""

from kiosk.money import Money
from tests.central.support import PaperKiosk, altered, sealed


def test_both_branches_are_kept_and_the_kiosk_is_flagged(kiosk: PaperKiosk) -> None:
    # given a kiosk whose card was copied
    kiosk.pay_cash("gas", "3002003001", "G-none", Money(2000), ("20",))
    shared = len(kiosk.journal.records)
    kiosk.upload()
    clone = PaperKiosk.__new__(PaperKiosk)
    clone.__dict__.update(kiosk.__dict__, journal=kiosk.journal.copy())

    # when both go on and both upload
    kiosk.pay_cash("gas", "3002003001", "G-none", Money(1000), ("10",))
    clone.pay_cash("gas", "3002003001", "G-none", Money(5000), ("50",))
    kiosk.upload()
    head = clone.upload(*clone.journal.records[shared:])

    # then the server names its own head, says so, and holds both
    assert head.fork and head.problems
    assert (head.seq, head.hash) == kiosk.journal.head()
    kept = {
        row["hash"] for row in kiosk.server.rows("SELECT hash FROM fork_record WHERE kiosk = ?", kiosk.id)
    }
    assert kept == {record.hash for record in clone.journal.records[shared:]}
    assert head.kept == clone.journal.head()[0]
    [line] = kiosk.server.rows("SELECT detail FROM problem WHERE kiosk = ? AND kind = 'fork'", kiosk.id)
    for branch in (kiosk, clone):
        assert branch.journal.records[shared].hash[:12] in line["detail"]

    # and the clone's branch goes on being kept, once each, also where the server's own head is shorter
    for _ in range(2):
        before = len(clone.journal.records)
        clone.pay_cash("gas", "3002003001", "G-none", Money(2000), ("20",))
        for _ in range(2):
            clone.upload(*clone.journal.records[before:])
    count = kiosk.server.rows("SELECT count(*) AS n FROM fork_record WHERE kiosk = ?", kiosk.id)[0]["n"]
    assert count == len(clone.journal.records) - shared
    lines = kiosk.server.rows("SELECT 1 FROM problem WHERE kiosk = ? AND kind = 'fork'", kiosk.id)
    assert len(lines) == 1, "one branch is one matter for staff, however often it comes"
    assert kiosk.upload().hash == kiosk.journal.head()[1]


def test_a_restored_card_that_continues_behind_the_head_is_a_fork_too(kiosk: PaperKiosk) -> None:
    kiosk.pay_cash("gas", "3002003001", "G-none", Money(2000), ("20",))
    kiosk.upload()
    last = kiosk.journal.records[-1]
    stranger = sealed(altered(last, seq=last.seq + 1, prev="ab" * 32))

    head = kiosk.upload(stranger)

    assert head.fork and not head.kept, "where this branch begins is not here: it is asked for"
    assert (head.seq, head.hash) == kiosk.journal.head()
    assert kiosk.server.rows("SELECT 1 FROM fork_record WHERE hash = ?", stranger.hash)
