"""`POST /v1/{call}`: size, signature, JSON, then the call; every answer is signed (kiosk.parcels)."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from central.dock import charges, enrolment, journal, site
from central.dock.room import Caller, Room
from central.ledger import Closed
from central.limits import Disconnected, TooLarge, whole_body
from kiosk import codec
from kiosk.identity import signed_by
from kiosk.parcels import (
    AskBills,
    AskBundle,
    AskCharge,
    AskChargeState,
    AskNumbers,
    Enrol,
    Heartbeat,
    LeaveContact,
    UploadJournal,
    answer_bytes,
    is_training,
    request_bytes,
)

JOURNAL_LIMIT: Final = 2 * 1024 * 1024  # 500 records of 4 KB
LIMIT: Final = 32 * 1024  # the largest other call is a heartbeat with some ten devices
RETRY_AFTER_S: Final = 5
NOBODY: Final = "-"  # kiosk id of an enrolment
_SIGNATURE: Final = re.compile(r"[0-9a-f]{128}")
_PUBLIC_KEY: Final = re.compile(r"[0-9a-f]{64}")  # one spelling, so that one key is one kiosk


class Refusal(Exception):
    """An HTTP status that is not 200, with a text for the operator of the kiosk."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


Answer = Callable[[Room, Caller, Any], Awaitable[msgspec.Struct]]
CALLS: Final[dict[str, tuple[type, Answer]]] = {
    "bills": (AskBills, site.bills),
    "charge": (AskCharge, charges.charge),
    "charge_state": (AskChargeState, charges.state),
    "bundle": (AskBundle, site.bundle),
    "numbers": (AskNumbers, site.numbers),
    "contact": (LeaveContact, site.contact),
    "heartbeat": (Heartbeat, site.heartbeat),
}


def routes(room: Room) -> list[Route]:
    async def endpoint(request: Request) -> Response:
        call = request.path_params["call"]
        signature = request.headers.get("kiosk-signature", "")
        status, headers = 200, {"content-type": "application/json"}
        try:
            body = await _answer(room, request, call, signature)
        except Refusal as refusal:
            status, body = refusal.status, codec.encode({"error": refusal.why})
        except (Closed, sqlite3.Error) as error:
            # Nothing was committed: the kiosk keeps what it has and comes again.
            status, body = 503, codec.encode({"error": f"not now: {error}"})
            headers["retry-after"] = str(RETRY_AFTER_S)
        if _SIGNATURE.fullmatch(signature):
            headers["server-signature"] = room.signer.sign(answer_bytes(signature, body))
        return Response(body, status, headers)

    return [Route("/v1/{call}", endpoint, methods=["POST"])]


async def _answer(room: Room, request: Request, call: str, signature: str) -> bytes:
    raw = await _body(request, JOURNAL_LIMIT if call == "journal" else LIMIT)
    kiosk = request.headers.get("kiosk-id", "")
    if call == "enrol":
        return await _enrol(room, kiosk, raw, signature)
    if call != "journal" and call not in CALLS:
        raise Refusal(400, f"there is no call {call!r}")
    who, public_key = await _caller(room, kiosk, request_bytes(call, raw), signature)
    if call == "journal":
        return await _journal(room, who, public_key, raw)
    if not who.current:
        raise Refusal(401, f"epoch {who.epoch} of {kiosk} was closed by a newer enrolment")
    shape, answer = CALLS[call]
    return codec.encode(await answer(room, who, _decode(raw, shape)))


async def _body(request: Request, limit: int) -> bytes:
    try:
        return await whole_body(request.receive, limit)
    except TooLarge:
        raise Refusal(413, f"more than {limit} bytes") from None
    except Disconnected:
        raise Refusal(400, "the connection ended within the body") from None


def _decode(raw: bytes, shape: type) -> Any:
    try:
        return codec.decode(raw, shape)
    except codec.Malformed as error:
        raise Refusal(400, f"not understood: {error}") from error


async def _caller(room: Room, kiosk: str, signed: bytes, signature: str) -> tuple[Caller, str]:
    """Who signed this. A key of an older epoch is known too: a journal that comes late is not lost."""
    if kiosk != NOBODY and is_training(kiosk) != room.training:
        raise Refusal(403, f"{kiosk} {enrolment.wrong_world(room.training)}")
    keys = await room.ledger.read(
        lambda db: db.execute(
            "SELECT kiosk_key.epoch, kiosk_key.public_key, kiosk.site, kiosk.epoch AS newest FROM kiosk_key"
            " JOIN kiosk ON kiosk.id = kiosk_key.kiosk WHERE kiosk.id = ? ORDER BY kiosk_key.epoch DESC",
            (kiosk,),
        ).fetchall()
    )
    for key in keys:
        if signed_by(key["public_key"], signed, signature):
            who = Caller(kiosk, key["epoch"], key["site"], key["epoch"] == key["newest"])
            return who, key["public_key"]
    raise Refusal(401, "unknown kiosk, or the signature is not its own")


async def _enrol(room: Room, kiosk: str, raw: bytes, signature: str) -> bytes:
    ask: Enrol = _decode(raw, Enrol)
    if not _PUBLIC_KEY.fullmatch(ask.public_key):
        raise Refusal(400, "public_key is not 64 lower-case hexadecimal digits")
    if kiosk != NOBODY or not signed_by(ask.public_key, request_bytes("enrol", raw), signature):
        raise Refusal(401, "an enrolment is signed by the key that it brings, with the kiosk id -")
    now_ms, server_key = room.now_ms(), room.signer.public_key
    enrolled = await room.ledger.write(lambda db: enrolment.enrol(db, ask, server_key, now_ms, room.training))
    return codec.encode(enrolled)


async def _journal(room: Room, who: Caller, public_key: str, raw: bytes) -> bytes:
    now_ms = room.now_ms()
    try:
        upload: UploadJournal = codec.decode(raw, UploadJournal)
    except codec.Malformed as error:
        reason = f"not understood: {error}"
        await room.ledger.write(lambda db: journal.quarantine(db, who, raw, reason, now_ms))
        raise Refusal(400, reason) from error
    try:
        if upload.epoch != who.epoch:
            raise journal.BrokenBatch(f"epoch {upload.epoch} is not signed by the key of epoch {who.epoch}")
        await run_in_threadpool(journal.check, who.kiosk, public_key, upload)
    except journal.BrokenBatch as broken:
        reason = str(broken)
        head = await room.ledger.write(lambda db: journal.quarantine(db, who, raw, reason, now_ms))
    else:
        head = await room.ledger.write(lambda db: journal.take(db, who, upload, now_ms))
    return codec.encode(head)
