"""Customers for work without network stay on a kiosk as long as the server says that they are the newest, and some
weeks after that: a machine in a storeroom knows nobody any more."""

from kiosk import codec
from kiosk.contacts import Contacts
from kiosk.parcels import BUNDLE_DOMAIN, BundleIs
from kiosk.rules.retention import DAY_MS
from tests.kiosk.test_a_courier_that_lies import SERVER, with_outbox
from tests.kiosk.world import bill, bundle


def given_one(sent):
    text = codec.encode(bundle(bill())).decode()
    sent.beats(0, "0" * 64, bundle=1)
    sent.answer("bundle", BundleIs(text, SERVER.sign(BUNDLE_DOMAIN + text.encode())))
    assert sent.bundles[-1].customers


def test_without_a_server_they_go_when_their_time_is_over(tmp_path):
    def story(sent):
        given_one(sent)
        days = sent.kiosk.site.retention.kiosk.bundle
        sent.kiosk.clock.ms += (days - 1) * DAY_MS
        sent.outbox.beat()
        assert (tmp_path / "bundle.json").exists() and len(sent.bundles) == 1
        sent.kiosk.clock.ms += 2 * DAY_MS
        sent.kiosk.clock.quality = "none"
        sent.outbox.beat()
        assert (tmp_path / "bundle.json").exists(), "a clock that knows nothing is no reason"
        sent.kiosk.clock.quality = "ntp"
        sent.outbox.beat()
        assert not (tmp_path / "bundle.json").exists() and sent.bundles[-1].customers == ()
        sent.outbox.beat()
        assert len(sent.bundles) == 2, "told once"

    with_outbox(tmp_path, story)


def test_while_the_server_says_that_nothing_is_newer_they_stay(tmp_path):
    def story(sent):
        given_one(sent)
        for _ in range(4):
            sent.kiosk.clock.ms += (sent.kiosk.site.retention.kiosk.bundle - 1) * DAY_MS
            sent.beats(0, "0" * 64, bundle=1)
        assert (tmp_path / "bundle.json").exists() and len(sent.bundles) == 1

    with_outbox(tmp_path, story)


def test_after_they_went_the_server_is_asked_for_them_again(tmp_path):
    def story(sent):
        given_one(sent)
        sent.kiosk.clock.ms += 100 * DAY_MS
        sent.outbox.beat()
        assert sent.bundles[-1].customers == ()
        given_one(sent)

    with_outbox(tmp_path, story)


def test_a_card_that_can_not_be_written_stops_no_heartbeat(tmp_path, monkeypatch):
    def failing(*given, **more):
        raise OSError("read-only file system")

    def story(sent):
        given_one(sent)
        monkeypatch.setattr("pathlib.Path.unlink", failing)
        monkeypatch.setattr("os.utime", failing)
        Contacts(tmp_path).put("5e" * 60)
        sent.kiosk.clock.ms += 100 * DAY_MS
        sent.beats(0, "0" * 64, bundle=1)
        sent.kiosk.clock.ms += 2 * DAY_MS
        sent.beats(0, "0" * 64, bundle=1)
        assert not sent.offline and sent.bundles[-1].customers == (), "forgotten, though the file stays"

    with_outbox(tmp_path, story)
