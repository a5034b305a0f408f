"""Keeps the server up to date and the kiosk with it: heartbeat, journal upload, site bundle."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from kiosk import codec, witness
from kiosk.clock import Clock
from kiosk.contacts import ContactPost, Contacts
from kiosk.identity import new_id, signed_by, write_durably
from kiosk.journal.store import Damaged, Journal
from kiosk.parcels import (
    BUNDLE_DOMAIN,
    AskBundle,
    AskNumbers,
    Bundle,
    BundleIs,
    Closing,
    DeviceHealth,
    Heartbeat,
    HeartbeatSeen,
    NumbersAre,
)
from kiosk.post import SPARE_S, Pace, Post, Silence
from kiosk.rules.retention import DAY_MS, AtKiosk
from kiosk.upload import Upload

log = logging.getLogger(__name__)

BUNDLE_FILE: Final = "bundle.json"


class Outbox:
    """`on_uploaded(server_ms)`: the server has everything. `on_parted(why)`: it holds another journal than this.
    `on_call_answered(call, by)`: somebody in the office is on the way; `on_closing`: somebody there closed an
    exception; both may be told more than once. `broken()`: why nothing can be written, or empty."""

    def __init__(
        self,
        post: Post,
        journal: Journal,
        state: Path,
        clock: Clock,
        health: Callable[[], tuple[tuple[DeviceHealth, ...], bool]],
        on_uploaded: Callable[[int], None],
        on_bundle: Callable[[Bundle], None],
        on_offline: Callable[[], None],
        on_parted: Callable[[str], None],
        software: str,
        keep: AtKiosk,
        pace: Pace = Pace(),  # noqa: B008 -- frozen
        on_call_answered: Callable[[str, str], None] = lambda call, by: None,
        on_numbers: Callable[[NumbersAre], None] = lambda numbers: None,
        on_closing: Callable[[Closing], None] = lambda closing: None,
        broken: Callable[[], str] = lambda: "",
    ) -> None:
        self._post = post
        self._journal = journal
        self._state = state
        self._bundle_path = state / BUNDLE_FILE
        self._clock = clock
        self._health = health
        self._on_bundle = on_bundle
        self._on_offline = on_offline
        self._on_parted = on_parted
        self._software = software
        self._pace = pace
        self._on_call_answered = on_call_answered
        self._on_numbers = on_numbers
        self._on_closing = on_closing
        self._broken = broken
        self._wanted_numbers: int | None = None
        self._asking_numbers = False
        self._keep = keep
        self._contacts = Contacts(state)
        self._contact_post = ContactPost(post, self._contacts, lambda: journal.head.seq)
        self._on_uploaded = on_uploaded
        self._upload = Upload(post, journal, pace, self._all_up, self._parted)
        self._bundle = 0
        self._known: Bundle | None = None
        self._beat: asyncio.TimerHandle | None = None

    def start(self) -> None:
        bundle = self._kept_bundle()
        if bundle is not None:
            self._take(bundle)
        try:
            witness.check(self._state, self._journal)
        except Damaged as error:
            self._upload.part(str(error))
        self.beat()

    def stop(self) -> None:
        self._upload.stop()
        if self._beat is not None:
            self._beat.cancel()

    def want_numbers(self, block: int | None) -> None:
        """Asks for this block of receipt numbers now, and again at each heartbeat until it is not wanted any more."""
        new = block != self._wanted_numbers
        self._wanted_numbers = block
        if new:
            self._ask_numbers()

    def _ask_numbers(self) -> None:
        if self._wanted_numbers is None or self._asking_numbers:
            return
        self._asking_numbers = True
        self._post.call("numbers", AskNumbers(self._wanted_numbers, new_id()), NumbersAre, self._numbers_came)

    def _numbers_came(self, came: NumbersAre | Silence) -> None:
        self._asking_numbers = False
        if not isinstance(came, Silence):
            self._on_numbers(came)

    def upload(self) -> None:
        """New records may be there."""
        self._upload.go_on()

    def _all_up(self, server_ms: int) -> None:
        self._on_uploaded(server_ms)
        self._contact_post.go_on()

    def _parted(self, why: str) -> None:
        self._on_parted(why)
        self._beat_in(0)  # the office hears of it at once

    # ---- heartbeat ------------------------------------------------------------------------------------

    def beat(self) -> None:
        """Say now that we live, and again later: soon after a failure, seldom while all is well."""
        self._let_go()
        pace = self._pace
        self._beat_in(pace.answer + SPARE_S + pace.heartbeat)
        devices, called = self._health()
        acked = self._journal.uploaded.seq
        body = Heartbeat(
            at_ms=self._clock.now().wall_ms,
            version=self._software,
            head_seq=self._journal.head.seq,
            acked_seq=acked,
            devices=devices,
            staff_called=called,
            parted=self._upload.parted,
            broken="" if self._upload.parted else self._broken(),
        )
        self._post.call("heartbeat", body, HeartbeatSeen, lambda seen: self._seen(seen, acked), pace.answer)

    def _beat_in(self, seconds: float) -> None:
        if self._beat is not None:
            self._beat.cancel()
        self._beat = asyncio.get_running_loop().call_later(seconds, self.beat)

    def _seen(self, seen: HeartbeatSeen | Silence, acked: int) -> None:
        if isinstance(seen, Silence):
            self._beat_in(self._pace.offline_heartbeat)
            self._on_offline()
            return
        self._beat_in(self._pace.heartbeat)
        if seen.bundle != self._bundle:  # also lower: a server that was restored from a backup counts anew
            self._post.call("bundle", AskBundle(self._bundle, new_id()), BundleIs, self._bundle_came)
        elif self._known is not None:
            self._still_newest()
        if seen.call:
            self._on_call_answered(seen.call, seen.answered_by)
        for closing in seen.closings:
            self._on_closing(closing)
        self._ask_numbers()
        self._keep_witness(seen)
        self._upload.server_holds(seen, acked)

    def _keep_witness(self, seen: HeartbeatSeen) -> None:
        us = self._journal.identity
        said = witness.Witness(us.kiosk, us.epoch, seen.head_seq, seen.head_hash, seen.head_signature)
        try:
            witness.keep(self._state, us, said)
        except OSError as error:  # a full disk: the journal says so itself, and the server tells it again
            log.error("%s: %s", witness.WITNESS_FILE, error)

    # ---- site bundle ----------------------------------------------------------------------------------

    def _bundle_came(self, came: BundleIs | Silence) -> None:
        if isinstance(came, Silence) or not came.bundle:
            return
        bundle = self._verified(came)
        if bundle is not None and bundle.version != self._bundle:
            write_durably(self._bundle_path, codec.encode(came))
            self._still_newest()
            self._take(bundle)

    def _take(self, bundle: Bundle) -> None:
        self._bundle, self._known = bundle.version, bundle
        self._on_bundle(bundle)

    def _let_go(self) -> None:
        """Of what this machine knows about people longer than the site keeps it. Not while it has no time at all."""
        now = self._clock.now()
        if now.quality == "none":
            return
        try:
            self._forget_customers(now.wall_ms)
            self._contacts.expire(now.wall_ms, self._keep.contact)
        except OSError as error:  # a failing card: the office hears of that, and heartbeats go on
            log.error("what is kept too long could not be removed: %s", error)

    def _forget_customers(self, now_ms: int) -> None:
        known = self._known
        if known is not None and self._unconfirmed_ms(now_ms) > self._keep.bundle * DAY_MS:
            log.warning(
                "the customers of %s were not confirmed for %d days and are forgotten",
                BUNDLE_FILE,
                self._keep.bundle,
            )
            self._bundle, self._known = 0, None
            self._on_bundle(replace(known, customers=()))
            self._bundle_path.unlink(missing_ok=True)

    def _unconfirmed_ms(self, now_ms: int) -> int:
        """How long ago the server last said that this bundle is the newest: the file's own time says it."""
        try:
            return now_ms - self._bundle_path.stat().st_mtime_ns // 1_000_000
        except FileNotFoundError:
            return 0

    def _still_newest(self) -> None:
        now_ms = self._clock.now().wall_ms
        try:
            if abs(self._unconfirmed_ms(now_ms)) > DAY_MS:
                os.utime(self._bundle_path, (now_ms / 1000, now_ms / 1000))
        except OSError as error:
            log.error("%s: %s", BUNDLE_FILE, error)

    def _kept_bundle(self) -> Bundle | None:
        try:
            return self._verified(codec.decode(self._bundle_path.read_bytes(), BundleIs))
        except FileNotFoundError:
            return None
        except codec.Malformed as error:
            log.error("%s: damaged (%s); a fresh one is fetched from the server", self._bundle_path, error)
            return None

    def _verified(self, came: BundleIs) -> Bundle | None:
        if not signed_by(
            self._post.identity.server_key, BUNDLE_DOMAIN + came.bundle.encode(), came.signature
        ):
            log.error("site bundle: not signed by our server; ignored")
            return None
        try:
            bundle: Bundle = codec.decode(came.bundle, Bundle)
        except codec.Malformed as error:
            log.error("site bundle: not understood: %s", error)
            return None
        return bundle
