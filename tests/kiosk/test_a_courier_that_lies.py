"""What the courier brings counts only with the server's signature over this very question."""

import asyncio

import msgspec
import pytest

from kiosk import codec, witness
from kiosk.facts import ReceiptIssued
from kiosk.identity import Identity, Signer, signed_by
from kiosk.outbox import Outbox
from kiosk.parcels import (
    BUNDLE_DOMAIN,
    AskBills,
    BillsFound,
    Brought,
    BundleIs,
    HeartbeatSeen,
    JournalHead,
    Outcome,
    UploadJournal,
    answer_bytes,
    request_bytes,
    witness_bytes,
)
from kiosk.post import Post, Silence
from tests.kiosk.world import Kiosk, bill, bundle, customer

SERVER, KIOSK, STRANGER = Signer(b"s" * 32), Signer(b"k" * 32), Signer(b"x" * 32)
IDENTITY = Identity("K0001", 1, "lobby", KIOSK.public_key, SERVER.public_key)


class Courier:
    """Holds every parcel until the test answers it."""

    def __init__(self):
        self.parcels = []

    def send(self, parcel):
        self.parcels.append(parcel)

    def of(self, call):
        return next(p for p in reversed(self.parcels) if p.call == call)


def brought(parcel, answer, signer=SERVER, question=None, **changes):
    body = codec.encode(answer).decode()
    signature = signer.sign(answer_bytes(question or parcel.signature, body.encode()))
    honest = Brought(parcel.parcel, Outcome.ANSWERED, 200, body, signature)
    return msgspec.structs.replace(honest, **changes)


def asked(story):
    """Run `story(post, courier, answers)` with one question about a bill on its way."""

    async def run():
        answers = []
        post, courier = Post(IDENTITY, KIOSK, lambda online: None), Courier()
        post.connected(courier)
        post.call("bills", AskBills("water", "1"), BillsFound, answers.append)
        story(post, courier, answers)
        await asyncio.sleep(0)

    asyncio.run(run())


FOUND = BillsFound(customer(bill()))


def test_the_question_is_signed_by_the_kiosk_and_an_honest_answer_counts():
    def story(post, courier, answers):
        parcel = courier.parcels[0]
        assert signed_by(KIOSK.public_key, request_bytes("bills", parcel.body.encode()), parcel.signature)
        post.brought(brought(parcel, FOUND))
        assert answers == [FOUND]
        post.brought(brought(parcel, FOUND))  # brought twice counts once
        assert len(answers) == 1

    asked(story)


LIES = {
    "signed by somebody else": {"signer": STRANGER},
    "an answer to another question": {"question": "00" * 64},
    "altered on the way": {"body": codec.encode(BillsFound(None)).decode()},
    "not signed": {"signature": ""},
    "no signature but rubbish": {"signature": "zz"},
    "an error page": {"status": 502, "body": "<html>"},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_lie_is_no_answer_and_may_have_reached_the_server(lie):
    def story(post, courier, answers):
        post.brought(brought(courier.parcels[0], FOUND, **lie))
        [silence] = answers
        assert isinstance(silence, Silence) and silence.sent

    asked(story)


def test_a_signed_answer_that_is_not_understood_is_no_answer():
    def story(post, courier, answers):
        post.brought(brought(courier.parcels[0], {"customer": "everybody"}))
        assert isinstance(answers[0], Silence)

    asked(story)


def test_a_courier_that_goes_away_with_a_parcel_may_have_delivered_it():
    def story(post, courier, answers):
        post.gone(courier)
        assert answers[0].sent

    asked(story)


def test_without_a_courier_nothing_was_sent():
    async def run():
        answers = []
        post = Post(IDENTITY, KIOSK, lambda online: None)
        post.call("bills", AskBills("water", "1"), BillsFound, answers.append)
        await asyncio.sleep(0)
        assert answers == [Silence(False, "the courier is not running")]

    asyncio.run(run())


# ---- the outbox


class Sent:
    """An outbox over a real journal with one paid visit; the test is the server."""

    def __init__(self, folder):
        self.kiosk = Kiosk(folder)
        self.kiosk.to_cash(bill("36.00"))
        self.kiosk.insert(20, 10, 5, 1)
        self.journal = self.kiosk.journal
        self.bundles, self.offline, self.parted, self.courier = [], [], [], Courier()
        self.post = Post(IDENTITY, KIOSK, lambda online: None)
        self.post.connected(self.courier)
        self.outbox = Outbox(
            self.post,
            self.journal,
            folder,
            self.kiosk.clock,
            lambda: ((), False),
            lambda server_ms: None,
            self.bundles.append,
            lambda: self.offline.append(True),
            self.parted.append,
            "test",
            self.kiosk.site.retention.kiosk,
        )

    def answer(self, call, answer):
        self.post.brought(brought(self.courier.of(call), answer))

    def beats(self, seq, hash_, bundle=0):
        """A heartbeat, and the server names its head."""
        self.outbox.beat()
        signature = SERVER.sign(witness_bytes("K0001", 1, seq, hash_))
        self.answer("heartbeat", HeartbeatSeen(1, bundle, seq, hash_, signature))

    def uploaded(self):
        return codec.decode(self.courier.of("journal").body, UploadJournal).records


def with_outbox(folder, story):
    async def run():
        sent = Sent(folder)
        story(sent)
        sent.outbox.stop()

    asyncio.run(run())


def test_everything_after_the_servers_head_is_sent_and_the_cursor_follows_its_answer(tmp_path):
    def story(sent):
        sent.outbox.upload()
        records = sent.uploaded()
        assert [r.seq for r in records] == list(range(1, sent.journal.head.seq + 1))
        assert any(r.kind == "receipt_issued" for r in records) and sent.kiosk.facts(ReceiptIssued)
        sent.answer("journal", JournalHead(1, 5, records[4].hash))
        assert sent.journal.uploaded.seq == 5
        assert next(r.seq for r in sent.uploaded()) == 6

    with_outbox(tmp_path, story)


def test_a_head_that_is_not_ours_does_not_move_the_cursor_and_stops_the_money(tmp_path):
    def story(sent):
        sent.outbox.upload()
        sent.answer("journal", JournalHead(1, 5, "ab" * 32))
        assert sent.journal.uploaded.seq == 0
        assert len(sent.parted) == 1 and "record 5" in sent.parted[0]

    with_outbox(tmp_path, story)


def test_our_branch_of_a_forked_journal_goes_up_as_far_as_the_server_keeps_it(tmp_path):
    def story(sent):
        head = sent.journal.head
        sent.outbox.upload()
        sent.answer("journal", JournalHead(1, 5, "ab" * 32, fork=True, kept=head.seq))
        assert sent.journal.uploaded == head
        sent.beats(5, "ab" * 32)
        assert sent.journal.uploaded == head, "the other branch is no reason to send ours again"
        assert len(sent.parted) == 1, "said once"

    with_outbox(tmp_path, story)


def test_a_server_that_was_restored_from_a_backup_gets_again_what_it_lacks(tmp_path):
    def story(sent):
        head = sent.journal.head
        sent.outbox.upload()
        sent.answer("journal", JournalHead(1, head.seq, head.hash))
        assert sent.journal.uploaded.seq == head.seq
        sent.beats(3, sent.journal.hash_at(3))
        assert next(r.seq for r in sent.uploaded()) == 4
        assert not sent.parted

    with_outbox(tmp_path, story)


def test_a_heartbeat_that_was_overtaken_by_an_upload_moves_nothing_back(tmp_path):
    def story(sent):
        head = sent.journal.head
        sent.outbox.beat()
        sent.outbox.upload()
        sent.answer("journal", JournalHead(1, head.seq, head.hash))
        sent.answer("heartbeat", HeartbeatSeen(1, 0, 0, "0" * 64, ""))
        assert sent.journal.uploaded == head

    with_outbox(tmp_path, story)


def test_a_bundle_counts_only_with_the_servers_signature_and_is_kept_for_the_next_start(tmp_path):
    def story(sent):
        text = codec.encode(bundle(bill())).decode()
        forged = BundleIs(text, STRANGER.sign(BUNDLE_DOMAIN + text.encode()))
        honest = BundleIs(text, SERVER.sign(BUNDLE_DOMAIN + text.encode()))
        for came in (forged, honest):
            sent.beats(0, "0" * 64, bundle=1)
            sent.answer("bundle", came)
        assert len(sent.bundles) == 1
        kept = tmp_path / "bundle.json"
        sent.outbox.start()
        assert len(sent.bundles) == 2
        kept.write_bytes(kept.read_bytes().replace(b"3750", b"1750"))
        sent.outbox.start()
        assert len(sent.bundles) == 2, "a bundle that was changed on disk is not believed"

    with_outbox(tmp_path, story)


def test_what_the_server_once_held_is_remembered_whatever_it_says_later(tmp_path):
    def said(seq, signer=SERVER):
        signature = signer.sign(witness_bytes("K0001", 1, seq, "ab" * 32))
        witness.keep(tmp_path, IDENTITY, witness.Witness("K0001", 1, seq, "ab" * 32, signature))
        return witness.load(tmp_path, IDENTITY).seq

    assert [said(10), said(3), said(12), said(20, STRANGER)] == [10, 10, 12, 12]
