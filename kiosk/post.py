"""Calls to the central server, through the courier: signed here, verified here.

The courier never repeats; whether and when to repeat is decided by who calls (`kiosk.outbox`, `kiosk.upload`, the
flow), always with the same ids."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final

import msgspec

from kiosk import codec
from kiosk.identity import Identity, Signer, new_id, signed_by
from kiosk.links import Peer
from kiosk.parcels import Brought, Outcome, Send, answer_bytes, request_bytes

log = logging.getLogger(__name__)

CALL_S: Final = 10.0  # an answer that takes longer is of no use to the person in front
SPARE_S: Final = 5.0  # the courier keeps the time itself; this is for a courier that hangs


class Pace(msgspec.Struct, frozen=True):
    """How long the kiosk waits for the server, in seconds. Tests wait less."""

    answer: float = CALL_S
    heartbeat: float = 10.0  # how soon a pulled cable is noticed without any customer
    offline_heartbeat: float = 3.0  # how soon a cable that is back is noticed
    retry_first: float = 2.0  # after an upload that failed; then twice as long each time,
    retry_most: float = 60.0  # up to this


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
