"""What every call of the dock works with."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from central.gateway import Gateway
from central.ledger import Ledger
from kiosk.identity import Signer


class Room(msgspec.Struct, frozen=True):
    """`secret`: key for hashes of payment codes. `now_ms`: UTC milliseconds. `training`: serves practice alone."""

    ledger: Ledger
    signer: Signer
    gateway: Gateway
    secret: bytes
    now_ms: Callable[[], int]
    training: bool = False


class Caller(msgspec.Struct, frozen=True):
    """A kiosk whose signature was right. `current`: its key is the one of its newest epoch."""

    kiosk: str
    epoch: int
    site: str
    current: bool
