"""One-time codes from the office, and the kiosks that come with them."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from typing import Final

from kiosk.parcels import Enrol, Enrolled

CODE_LIFE_MS: Final = 10 * 60 * 1000  # long enough to walk from the office to the machine
CODE_LENGTH: Final = 10  # 50 bits: not to be guessed within its life
_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
_READ_AS: Final = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})


def _hash(code: str) -> str:
    return hashlib.sha256(code.upper().translate(_READ_AS).encode()).hexdigest()


def issue(db: sqlite3.Connection, site: str, kiosk: str, now_ms: int) -> str:
    """A new code, such as 7K3F9-A0QXW. With `kiosk`, it opens a new epoch of that kiosk (a new card).

    Raises LookupError when there is no such kiosk."""
    if kiosk and not db.execute("SELECT 1 FROM kiosk WHERE id = ?", (kiosk,)).fetchone():
        raise LookupError(f"there is no kiosk {kiosk}; leave it out to enrol a new one")
    code = "".join(secrets.choice(_LETTERS) for _ in range(CODE_LENGTH))
    db.execute(
        "INSERT INTO enrolment_code (code_hash, site, kiosk, made_ms, expires_ms, used_by)"
        " VALUES (?, ?, ?, ?, ?, '')",
        (_hash(code), site, kiosk, now_ms, now_ms + CODE_LIFE_MS),
    )
    return f"{code[:5]}-{code[5:]}"


def enrol(db: sqlite3.Connection, ask: Enrol, server_key: str, now_ms: int) -> Enrolled:
    """A repeat by the same key gets the same answer: the first one may have been lost on its way."""

    def refuse(why: str) -> Enrolled:
        return Enrolled("", 0, "", server_key, refused=why)

    code = db.execute("SELECT * FROM enrolment_code WHERE code_hash = ?", (_hash(ask.code),)).fetchone()
    if code is None:
        return refuse("unknown code: check it, or ask the office for a new one")
    if code["used_by"] == ask.public_key:
        row = db.execute(
            "SELECT kiosk.id, kiosk_key.epoch, kiosk.site FROM kiosk_key JOIN kiosk ON kiosk.id = kiosk_key.kiosk"
            " WHERE public_key = ?",
            (ask.public_key,),
        ).fetchone()
        return Enrolled(row["id"], row["epoch"], row["site"], server_key)
    if code["used_by"]:
        return refuse("this code was used already: ask the office for a new one")
    if code["expires_ms"] <= now_ms:
        return refuse("this code has expired: ask the office for a new one")
    if db.execute("SELECT 1 FROM kiosk_key WHERE public_key = ?", (ask.public_key,)).fetchone():
        return refuse("this key is enrolled already: make a new one")
    kiosk, epoch = _kiosk_for(db, code, ask, now_ms)
    db.execute(
        "INSERT INTO kiosk_key (kiosk, epoch, public_key, made_ms) VALUES (?, ?, ?, ?)",
        (kiosk, epoch, ask.public_key, now_ms),
    )
    db.execute(
        "UPDATE enrolment_code SET used_by = ? WHERE code_hash = ?", (ask.public_key, code["code_hash"])
    )
    return Enrolled(kiosk, epoch, code["site"], server_key)


def _kiosk_for(db: sqlite3.Connection, code: sqlite3.Row, ask: Enrol, now_ms: int) -> tuple[str, int]:
    if code["kiosk"]:
        db.execute(
            "UPDATE kiosk SET epoch = epoch + 1, site = ?, machine = ?, enrolled_ms = ? WHERE id = ?",
            (code["site"], ask.machine, now_ms, code["kiosk"]),
        )
        epoch = db.execute("SELECT epoch FROM kiosk WHERE id = ?", (code["kiosk"],)).fetchone()["epoch"]
        return code["kiosk"], epoch
    count = db.execute("SELECT count(*) AS n FROM kiosk").fetchone()["n"]
    kiosk = f"K{count + 1:04d}"
    db.execute(
        "INSERT INTO kiosk (id, site, epoch, machine, enrolled_ms, last_seen_ms, beat_ms, version, beat_head_seq,"
        " beat_acked_seq, devices, staff_called, calls_since_ms) VALUES (?, ?, 1, ?, ?, ?, 0, '', 0, 0, '[]', 0, 0)",
        (kiosk, code["site"], ask.machine, now_ms, now_ms),
    )
    return kiosk, 1
