"""Calls to the central server, through the courier: signed here, verified here.

`Post` knows parcels; `Outbox` keeps the server up to date by them: journal upload, site bundle, heartbeat.
The courier never repeats; whether and when to repeat is decided here, always with the same ids."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec

from kiosk import codec
from kiosk.clock import Clock
from kiosk.identity import Identity, Signer, new_id, signed_by, write_durably
from kiosk.journal.store import Damaged, Journal, NotWritten
from kiosk.links import Peer
from kiosk.parcels import (
    BUNDLE_DOMAIN,
    AskBundle,
    Brought,
    Bundle,
    BundleIs,
    DeviceHealth,
    Heartbeat,
    HeartbeatSeen,
    JournalHead,
    Outcome,
    Send,
    UploadJournal,
    answer_bytes,
    request_bytes,
)

log = logging.getLogger(__name__)

CALL_S: Final = 10.0  # an answer that takes longer is of no use to the person in front
SPARE_S: Final = 5.0  # the courier keeps the time itself; this is for a courier that hangs
HEARTBEAT_S: Final = 10.0  # how soon a pulled cable is noticed without any customer
OFFLINE_HEARTBEAT_S: Final = 3.0  # how soon a cable that is back is noticed
RETRY_MOST_S: Final = 60.0
BATCH: Final = 200  # records per upload: some 100 KB, a second on a slow line
BUNDLE_FILE: Final = "bundle.json"


class Silence(msgspec.Struct, frozen=True):
    """No usable answer. `sent` False: no connection was made, the server can not have seen it."""

    sent: bool
    detail: str


Then = Callable[[Any], None]


class _Call(msgspec.Struct):
    kind: Any
    signature: str
    then: Then
    timer: asyncio.TimerHandle


class Post:
    """At most one courier is connected; without one every call is `Silence(sent=False)`."""

    def __init__(self, identity: Identity, signer: Signer, on_reached: Callable[[bool], None]) -> None:
        self.identity = identity
        self._signer = signer
        self._on_reached = on_reached
        self._courier: Peer | None = None
        self._calls: dict[str, _Call] = {}

    def connected(self, courier: Peer) -> None:
        self._courier = courier

    def gone(self, courier: Peer) -> None:
        if courier is not self._courier:
            return
        self._courier = None
        for parcel in list(self._calls):
            self._end(parcel, Silence(True, "the courier went away"))
        self._on_reached(False)

    def call(
        self, call: str, body: msgspec.Struct, answer: Any, then: Then, timeout_s: float = CALL_S
    ) -> None:
        """`then` gets the answer (of type `answer`) or a Silence, once, never before this returns."""
        loop = asyncio.get_running_loop()
        if self._courier is None:
            loop.call_soon(then, Silence(False, "the courier is not running"))
            return
        text = codec.encode(body)
        signature = self._signer.sign(request_bytes(call, text))
        parcel = new_id()
        late = loop.call_later(timeout_s + SPARE_S, self._end, parcel, Silence(True, "the courier hangs"))
        self._calls[parcel] = _Call(answer, signature, then, late)
        self._courier.send(
            Send(
                parcel=parcel,
                call=call,
                body=text.decode(),
                kiosk=self.identity.kiosk,
                signature=signature,
                timeout_s=timeout_s,
            )
        )

    def brought(self, brought: Brought) -> None:
        call = self._calls.get(brought.parcel)
        if call is not None:
            self._end(brought.parcel, self._opened(call, brought))

    def _opened(self, call: _Call, brought: Brought) -> Any:
        if brought.outcome is not Outcome.ANSWERED:
            return Silence(brought.outcome is Outcome.NO_ANSWER, brought.detail)
        if brought.status != 200:
            return Silence(True, f"the server answered {brought.status}")
        data = answer_bytes(call.signature, brought.body.encode())
        if not signed_by(self.identity.server_key, data, brought.signature):
            return Silence(True, "the answer is not signed by our server")
        try:
            return codec.decode(brought.body, call.kind)
        except codec.Malformed as error:
            return Silence(True, f"the answer is not understood: {error}")

    def _end(self, parcel: str, result: Any) -> None:
        call = self._calls.pop(parcel, None)
        if call is None:
            return
        call.timer.cancel()
        if isinstance(result, Silence):
            log.info("call to the server: %s", result.detail)
            if not result.sent:
                self._on_reached(False)
        else:
            self._on_reached(True)
        call.then(result)


class Outbox:
    """Uploads everything after the last record that the server acknowledged; fetches bundles; says we live."""

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
        software: str,
    ) -> None:
        self._post = post
        self._journal = journal
        self._bundle_path = state / BUNDLE_FILE
        self._clock = clock
        self._health = health
        self._on_uploaded = on_uploaded
        self._on_bundle = on_bundle
        self._on_offline = on_offline
        self._software = software
        self._bundle = 0
        self._uploading = False
        self._failures = 0
        self._server_ms = 0  # the server's clock when it last spoke
        self._beat: asyncio.TimerHandle | None = None

    def start(self) -> None:
        bundle = self._kept_bundle()
        if bundle is not None:
            self._bundle = bundle.version
            self._on_bundle(bundle)
        self.beat()

    def stop(self) -> None:
        if self._beat is not None:
            self._beat.cancel()

    # ---- heartbeat ------------------------------------------------------------------------------------

    def beat(self) -> None:
        """Say now that we live, and again later: soon after a failure, seldom while all is well."""
        if self._beat is not None:
            self._beat.cancel()
        self._beat = asyncio.get_running_loop().call_later(CALL_S + SPARE_S + HEARTBEAT_S, self.beat)
        devices, called = self._health()
        now_ms = self._clock.now().wall_ms
        body = Heartbeat(
            at_ms=now_ms,
            version=self._software,
            head_seq=self._journal.head.seq,
            acked_seq=self._journal.uploaded.seq,
            devices=devices,
            staff_called=called,
        )
        self._post.call("heartbeat", body, HeartbeatSeen, self._seen)

    def _seen(self, seen: HeartbeatSeen | Silence) -> None:
        if self._beat is not None:
            self._beat.cancel()
        alive = isinstance(seen, HeartbeatSeen)
        pause = HEARTBEAT_S if alive else OFFLINE_HEARTBEAT_S
        self._beat = asyncio.get_running_loop().call_later(pause, self.beat)
        if isinstance(seen, Silence):
            self._on_offline()
            return
        self._server_ms = max(self._server_ms, seen.server_ms)
        if seen.bundle > self._bundle:
            self._post.call("bundle", AskBundle(self._bundle, new_id()), BundleIs, self._bundle_came)
        if seen.head_seq < self._journal.uploaded.seq:
            # The server was restored from an older backup: offer again what it lacks (money-and-sync.md §3.7).
            self._upload_from(seen.head_seq)
        self.upload()

    # ---- journal --------------------------------------------------------------------------------------

    def upload(self) -> None:
        """Send the next batch, if there is one and none is on its way."""
        if self._uploading:
            return
        after = self._journal.uploaded.seq
        try:
            records = tuple(self._journal.records(after, BATCH))
        except Damaged as error:
            log.critical("upload stopped, nothing is lost: %s; call the supervisor", error)
            return
        if not records:
            if self._server_ms:
                self._on_uploaded(self._server_ms)
            return
        self._uploading = True
        last = records[-1]
        body = UploadJournal(
            epoch=self._journal.identity.epoch,
            records=records,
            head_signature=self._journal.head_signature(last.seq, last.hash),
        )
        self._post.call("journal", body, JournalHead, self._head_came)

    def _head_came(self, head: JournalHead | Silence) -> None:
        self._uploading = False
        if isinstance(head, Silence):
            self._failures += 1
            pause = min(RETRY_MOST_S, 2.0 ** min(self._failures, 8)) * random.uniform(0.5, 1.0)
            asyncio.get_running_loop().call_later(pause, self.upload)
            return
        self._server_ms = max(self._server_ms, head.server_ms)
        for problem in head.problems:
            log.error("the server about our journal: %s", problem)
        before = self._journal.uploaded.seq
        try:
            ours = not head.fork and self._journal.move_uploaded(head.seq, head.hash)
        except NotWritten as error:
            log.error("upload cursor: %s", error)
            return
        if not ours:
            log.error(
                "fork: the server holds record %s with hash %s, which is not in our journal; another kiosk "
                "uses our key or an old card was put back. Nothing is lost; call the supervisor",
                head.seq,
                head.hash[:16],
            )
            return
        if head.seq != before:
            self._failures = 0
            self.upload()

    def _upload_from(self, seq: int) -> None:
        hash_ = self._journal.hash_at(seq) if seq else ""
        if hash_ is not None:
            self._journal.move_uploaded(seq, hash_)

    # ---- site bundle ----------------------------------------------------------------------------------

    def _bundle_came(self, came: BundleIs | Silence) -> None:
        if isinstance(came, Silence) or not came.bundle:
            return
        bundle = self._verified(came)
        if bundle is not None and bundle.version > self._bundle:
            write_durably(self._bundle_path, codec.encode(came))
            self._bundle = bundle.version
            self._on_bundle(bundle)

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
