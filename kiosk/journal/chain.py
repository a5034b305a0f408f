"""How a record is hashed and signed. Pure; the server checks uploads with the very same definition.

A record's hash covers its body as bytes, its header and the previous hash, so that a changed, removed,
inserted or reordered record breaks the chain at a place that can be named. A signature over a hash covers
everything before it (design §5).
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Final, Protocol

import msgspec

RECORD_DOMAIN: Final = b"kiosk-record-1\0"
HEAD_DOMAIN: Final = b"kiosk-head-1\0"
_header: Final = msgspec.json.Encoder()
GENESIS: Final = "0" * 64  # `prev` of the first record of an epoch


class Header(Protocol):
    """The fields of a record that are hashed, in this order, then the body."""

    @property
    def kiosk(self) -> str: ...
    @property
    def epoch(self) -> int: ...
    @property
    def seq(self) -> int: ...
    @property
    def wall_ms(self) -> int: ...
    @property
    def boot(self) -> str: ...
    @property
    def boot_ms(self) -> int: ...
    @property
    def quality(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def body(self) -> str: ...
    @property
    def prev(self) -> str: ...


def record_hash(record: Header) -> str:
    """SHA-256, hex. The body goes in as the text that was written, never re-encoded."""
    head = (
        record.kiosk,
        record.epoch,
        record.seq,
        record.wall_ms,
        record.boot,
        record.boot_ms,
        record.quality,
    )
    return hash_of((*head, record.kind, record.version, record.prev), record.body.encode())


def hash_of(header: tuple[Any, ...], body: bytes) -> str:
    """As `record_hash`, of the fields in its order."""
    return sha256(RECORD_DOMAIN + _header.encode(header) + b"\0" + body).hexdigest()


def head_bytes(kiosk: str, epoch: int, seq: int, hash_: str) -> bytes:
    """What the kiosk signs for a head: everything up to `seq` is mine and is this."""
    return HEAD_DOMAIN + f"{kiosk}\n{epoch}\n{seq}\n{hash_}".encode()
