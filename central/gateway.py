"""The one door to whoever charges payment codes. Merchant keys live behind it, never on a kiosk.

`SandboxProvider` is the default: a provider with a book of its own that behaves as the code tells it to.
"""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

import msgspec

from central.ledger import Ledger
from kiosk.money import Money
from kiosk.parcels import ChargeIs

CODE_HASH_DOMAIN: Final = b"central-payment-code-1\0"


class ChargeAnswer(msgspec.Struct, frozen=True):
    """`reason` of a decline: code_used, code_expired, no_funds, limit, wrong_code, other."""

    state: ChargeIs
    reference: str = ""
    reason: str = ""
    amount: Money = Money(0)  # as the provider booked it


class Gateway(Protocol):
    """Both calls may be repeated with the same `id` for ever and never charge twice."""

    name: str

    async def charge(self, id: str, amount: Money, code: str) -> ChargeAnswer:
        """Charge, or say what became of the earlier charge with this id."""
        ...

    async def query(self, id: str) -> ChargeAnswer:
        """What became of it? An id that the provider never saw is closed there for good: NEVER."""
        ...


def hash_code(code: str, secret: bytes) -> str:
    """Keyed, because a payment code is short enough to be guessed from a plain hash."""
    return hashlib.blake2b(CODE_HASH_DOMAIN + code.encode(), key=secret[:64], digest_size=16).hexdigest()


DECLINES: Final = {
    "9901": "no_funds",
    "9902": "code_expired",
    "9903": "code_used",
    "9904": "wrong_code",
    "9905": "limit",
}


class Manner(msgspec.Struct, frozen=True):
    """How the sandbox treats a code: what it ends as, from when on, and how late it answers."""

    ends: ChargeIs = ChargeIs.CONFIRMED
    reason: str = ""
    unknown_s: int = 0
    answers_after_s: int = 0


def manner(code: str) -> Manner:
    """The last four digits decide; every other code is confirmed at once.

    9901 no_funds · 9902 code_expired · 9903 code_used · 9904 wrong_code · 9905 limit: declined at once
    991n  unknown for n seconds, then confirmed
    992n  unknown for n seconds, then declined for no_funds
    993n  confirmed, but the answer comes n seconds late
    """
    suffix = code[-4:]
    if suffix in DECLINES:
        return Manner(ChargeIs.DECLINED, DECLINES[suffix])
    seconds = int(suffix[3]) if len(suffix) == 4 and suffix.isascii() and suffix.isdigit() else 0
    match suffix[:3]:
        case "991":
            return Manner(unknown_s=seconds)
        case "992":
            return Manner(ChargeIs.DECLINED, "no_funds", unknown_s=seconds)
        case "993":
            return Manner(answers_after_s=seconds)
    return Manner()


class SandboxProvider:
    """A provider for trying out and for tests, persisted in the server's own database. See `manner`.

    As with real ones, a code pays once: a second charge with it is declined as code_used."""

    name = "sandbox"

    def __init__(
        self,
        ledger: Ledger,
        secret: bytes,
        now_ms: Callable[[], int],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._ledger = ledger
        self._secret = secret
        self._now_ms = now_ms
        self._sleep = sleep

    async def charge(self, id: str, amount: Money, code: str) -> ChargeAnswer:
        how = manner(code)
        code_hash = hash_code(code, self._secret)
        now = self._now_ms()
        answer = await self._ledger.write(lambda db: _charge(db, id, amount, code_hash, how, now))
        if how.answers_after_s:
            await self._sleep(how.answers_after_s)
        return answer

    async def query(self, id: str) -> ChargeAnswer:
        now = self._now_ms()
        return await self._ledger.write(lambda db: _query(db, id, now))


_BOOK: Final = (
    "INSERT INTO sandbox_charge (id, code_hash, amount_fen, ends, reason, settles_ms, reference)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)


def _charge(
    db: sqlite3.Connection, id: str, amount: Money, code_hash: str, how: Manner, now: int
) -> ChargeAnswer:
    known = _find(db, id, now)
    if known is not None:
        return known
    spent = db.execute(
        "SELECT 1 FROM sandbox_charge WHERE code_hash = ? AND ends = ?", (code_hash, ChargeIs.CONFIRMED.value)
    ).fetchone()
    if spent:
        how = Manner(ChargeIs.DECLINED, "code_used")
    reference = "SBX" + hashlib.sha256(id.encode()).hexdigest()[:16].upper()
    settles = now + how.unknown_s * 1000
    db.execute(_BOOK, (id, code_hash, amount.fen, how.ends.value, how.reason, settles, reference))
    return _find(db, id, now) or ChargeAnswer(ChargeIs.UNKNOWN)


def _query(db: sqlite3.Connection, id: str, now: int) -> ChargeAnswer:
    known = _find(db, id, now)
    if known is None:
        db.execute(_BOOK, (id, "", 0, ChargeIs.NEVER.value, "", now, ""))
        return ChargeAnswer(ChargeIs.NEVER)
    return known


def _find(db: sqlite3.Connection, id: str, now: int) -> ChargeAnswer | None:
    row = db.execute(
        "SELECT ends, reason, settles_ms, reference, amount_fen FROM sandbox_charge WHERE id = ?", (id,)
    ).fetchone()
    if row is None:
        return None
    amount = Money(row["amount_fen"])
    if row["settles_ms"] > now:
        return ChargeAnswer(ChargeIs.UNKNOWN, amount=amount)
    return ChargeAnswer(ChargeIs(row["ends"]), row["reference"], row["reason"], amount)
