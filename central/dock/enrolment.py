"""One-time codes from the office, and the kiosks that come with them."""

from __future__ import annotations

import hashlib
import re
import secrets
import sqlite3
from typing import Final

from kiosk.parcels import TRAINING, Enrol, Enrolled, is_training

CODE_LIFE_MS: Final = 10 * 60 * 1000  # long enough to walk from the office to the machine
CODE_LENGTH: Final = 10  # 50 bits: not to be guessed within its life
REAL: Final = "K"  # first letter of a kiosk id, where it is not practice
_ID: Final = re.compile(rf"[{REAL}{TRAINING}][0-9]{{4,9}}")
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


def enrol(
    db: sqlite3.Connection, ask: Enrol, server_key: str, now_ms: int, training: bool = False
) -> Enrolled:
    """A repeat by the same key gets the same answer: the first one may have been lost on its way. `training`: this
    server is for practice; it gives and takes T0001 where others give and take K0001."""

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
    known = db.execute("SELECT kiosk FROM kiosk_key WHERE public_key = ?", (ask.public_key,)).fetchone()
    if known is not None:
        return refuse(f"this key is enrolled already, as {known['kiosk']}; for a new epoch make a new one")
    if ask.kiosk and is_training(ask.kiosk) != training:
        return refuse(f"{ask.kiosk} {wrong_world(training)}")
    if ask.kiosk:
        why_not = _no_way_back(db, code, ask)
        if why_not:
            return refuse(why_not)
        kiosk, epoch = _back(db, code, ask, now_ms)
    else:
        kiosk, epoch = _kiosk_for(db, code, ask, now_ms, TRAINING if training else REAL)
    db.execute(
        "INSERT INTO kiosk_key (kiosk, epoch, public_key, made_ms) VALUES (?, ?, ?, ?)",
        (kiosk, epoch, ask.public_key, now_ms),
    )
    db.execute(
        "UPDATE enrolment_code SET used_by = ? WHERE code_hash = ?", (ask.public_key, code["code_hash"])
    )
    return Enrolled(kiosk, epoch, code["site"], server_key)


def wrong_world(training: bool) -> str:
    """Why a kiosk is refused that is for practice and this server is not, or the other way round."""
    if training:
        return "is a real kiosk, and this server is for practice only: it takes no real money into its books"
    return "is for practice, and this server is not: it belongs to the server that `kiosk train` starts"


def _no_way_back(db: sqlite3.Connection, code: sqlite3.Row, ask: Enrol) -> str:
    """Why a kiosk that this server forgot (restored from a backup) can not come back as who it was; or empty.

    Its journal is in its old name: it must never get another one by the way, or its records would be nobody's."""
    if not _ID.fullmatch(ask.kiosk) or not 0 < ask.epoch < 2**31:
        return f"{ask.kiosk!r}, epoch {ask.epoch}, is no kiosk of this server"
    row = db.execute("SELECT epoch FROM kiosk WHERE id = ?", (ask.kiosk,)).fetchone()
    if code["kiosk"] not in ("", ask.kiosk):
        return f"this code is for {code['kiosk']}, and this is {ask.kiosk}"
    if row is None:
        return ""
    if not code["kiosk"]:
        return f"{ask.kiosk} is known here with another key: ask the office for a code for {ask.kiosk}"
    if ask.epoch <= row["epoch"]:
        return f"epoch {ask.epoch} of {ask.kiosk} belongs to another key here: two machines have one name"
    return ""


def _back(db: sqlite3.Connection, code: sqlite3.Row, ask: Enrol, now_ms: int) -> tuple[str, int]:
    if db.execute("SELECT 1 FROM kiosk WHERE id = ?", (ask.kiosk,)).fetchone():
        _change(db, ask.kiosk, ask.epoch, code, ask, now_ms)
    else:
        _insert(db, ask.kiosk, ask.epoch, code, ask, now_ms)
    return ask.kiosk, ask.epoch


def _kiosk_for(
    db: sqlite3.Connection, code: sqlite3.Row, ask: Enrol, now_ms: int, letter: str
) -> tuple[str, int]:
    if code["kiosk"]:
        row = db.execute("SELECT epoch FROM kiosk WHERE id = ?", (code["kiosk"],)).fetchone()
        _change(db, code["kiosk"], row["epoch"] + 1, code, ask, now_ms)
        return code["kiosk"], row["epoch"] + 1
    last = db.execute("SELECT coalesce(max(CAST(substr(id, 2) AS INTEGER)), 0) AS n FROM kiosk").fetchone()[
        "n"
    ]
    kiosk = f"{letter}{last + 1:04d}"
    _insert(db, kiosk, 1, code, ask, now_ms)
    return kiosk, 1


def _change(
    db: sqlite3.Connection, kiosk: str, epoch: int, code: sqlite3.Row, ask: Enrol, now_ms: int
) -> None:
    db.execute(
        "UPDATE kiosk SET epoch = ?, site = ?, machine = ?, enrolled_ms = ? WHERE id = ?",
        (epoch, code["site"], ask.machine, now_ms, kiosk),
    )


def _insert(
    db: sqlite3.Connection, kiosk: str, epoch: int, code: sqlite3.Row, ask: Enrol, now_ms: int
) -> None:
    db.execute(
        "INSERT INTO kiosk (id, site, epoch, machine, enrolled_ms, last_seen_ms, beat_ms, version, beat_head_seq,"
        " beat_acked_seq, devices, staff_called, calls_since_ms) VALUES (?, ?, ?, ?, ?, ?, 0, '', 0, 0, '[]', 0, 0)",
        (kiosk, code["site"], epoch, ask.machine, now_ms, now_ms),
    )
