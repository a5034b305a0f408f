"""Badges of the kiosks' staff: signed here, read at the kiosks, taken back through the site bundle."""

from __future__ import annotations

import secrets
import sqlite3
from typing import Final

from central import editions
from kiosk.badge import Badge, signed
from kiosk.identity import Signer

DAY_MS: Final = 86_400_000
DAYS: Final = 90  # unless told otherwise: a lost one that nobody reports is no badge for ever
MOST_DAYS: Final = 366
_ID_BYTES: Final = 6


def issue(db: sqlite3.Connection, signer: Signer, number: str, days: int, now_ms: int) -> Badge:
    """For the sites of this person. Raises LookupError for an unknown person, ValueError for days that are none."""
    if not 1 <= days <= MOST_DAYS:
        raise ValueError(f"a badge is good for 1 to {MOST_DAYS} days, not {days}")
    site = _site_of(db, number)
    return signed(Badge(number, site, now_ms, now_ms + days * DAY_MS, secrets.token_hex(_ID_BYTES)), signer)


def revoke(db: sqlite3.Connection, number: str, now_ms: int) -> None:
    """Every badge that was issued to this person up to now; the kiosks know with their next bundle."""
    _site_of(db, number)
    db.execute("UPDATE person SET badges_from_ms = ? WHERE number = ?", (now_ms + 1, number))
    editions.change(db)


def _site_of(db: sqlite3.Connection, number: str) -> str:
    row = db.execute("SELECT site FROM person WHERE number = ? AND roles <> '[]'", (number,)).fetchone()
    if row is None:
        raise LookupError(f"there is no person {number}: make one with `person`")
    return str(row["site"])
