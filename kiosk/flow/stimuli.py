"""What can reach the core, besides intents (`kiosk.contract`) and device events (`hardware.contracts`)."""

from __future__ import annotations

import msgspec

from hardware.contracts import Event
from kiosk.contract import Intent
from kiosk.facts import ReceiptIssued
from kiosk.facts.office import Figures, Purpose, Standing
from kiosk.flow.delays import Delay
from kiosk.parcels import Bundle, ChargeState, Customer


class Input(msgspec.Struct, frozen=True):
    pass


class Started(Input, frozen=True):
    """After replay: settle what was open when the core stopped."""

    boot: str
    software: str
    time_quality: str
    back_ms: int = 0  # how far the clock stands before the last record


class BillsCame(Input, frozen=True):
    lookup: str
    customer: Customer | None
    used_number: str = ""  # a receipt number that the server has seen; empty: the next one is unused


class LookupFailed(Input, frozen=True):
    lookup: str


class ChargeCame(Input, frozen=True):
    charge: ChargeState


class ChargeSilent(Input, frozen=True):
    """No answer to a charge. `sent` False: no connection was made, the server can not have seen it."""

    charge: str
    sent: bool
    detail: str


class LinkChanged(Input, frozen=True):
    online: bool


class ClockSaid(Input, frozen=True):
    """How far the clock can be trusted changed (`kiosk.clock.Instant.quality`), or it was set back by `back_ms`."""

    time_quality: str
    back_ms: int = 0


class BundleCame(Input, frozen=True):
    bundle: Bundle


class CallSeen(Input, frozen=True):
    """Somebody in the office answered the call: `by` is on the way."""

    call: str
    by: str


class OfficeCloses(Input, frozen=True):
    """Somebody at the office closed an exception; may be heard more than once."""

    exception: str
    cause: str
    by: str


class ContactSealed(Input, frozen=True):
    """`digest` of the sealed number, which is kept beside the journal; empty: it could not be kept."""

    attempt: str
    digest: str


class NumbersCame(Input, frozen=True):
    """The server's answer to the wish for a block of receipt numbers."""

    block: int
    series: str
    first: int
    last: int


class Uploaded(Input, frozen=True):
    """The server holds the whole journal; `server_ms` is its own clock, ours may be slow by years."""

    server_ms: int


class TimeIsUp(Input, frozen=True):
    """`key` names what was waited for; a delay whose key is no longer wanted never fires."""

    delay: Delay
    key: str


class PinChecked(Input, frozen=True):
    attempt: str
    good: bool


class DayAddedUp(Input, frozen=True):
    """The records since the last close, added up apart from the state (`kiosk.day_report`)."""

    purpose: Purpose
    figures: Figures
    standing: Standing
    not_uploaded: int


class ReceiptFound(Input, frozen=True):
    """`receipt` None: the records have none of this number."""

    lookup: str
    receipt: ReceiptIssued | None


class WriteFailed(Input, frozen=True):
    detail: str


Stimulus = Input | Intent | Event


class Given(msgspec.Struct, frozen=True):
    """What a decision needs from outside: the time, and fresh ids (UUIDv7)."""

    now_ms: int
    ids: tuple[str, ...]
    steady_ms: int = 0  # since the machine was switched on: nobody sets it
