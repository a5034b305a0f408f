"""PINs of the staff: only a verifier is kept (scrypt, RFC 7914), and weak ones are refused when they are set.

A six-digit PIN is guessed from a stolen verifier sooner or later; scrypt makes it expensive, the pause after
failures makes it slow at the screen, and every failure is in the journal."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import os
from typing import Final

DIGITS: Final = (6, 12)
SCRYPT: Final = (2**14, 8, 1)  # N, r, p: 16 MiB, some 50 ms on a laptop, some 200 ms on a Raspberry Pi 4
_SALT_BYTES: Final = 16
_LINES: Final = ("123", "456", "789", "147", "258", "369", "159", "357")
_KEYPAD_LINES: Final = {line[::way] for line in _LINES for way in (1, -1)}
NOBODY: Final = "scrypt$16384$8$1$00000000000000000000000000000000$00"  # matches no PIN, and takes as long


def weak(pin: str, number: str = "") -> str:
    """Why this PIN is refused; empty: it may be used. `number`: the person's own."""
    least, most = DIGITS
    if not (pin.isascii() and pin.isdigit() and least <= len(pin) <= most):
        return f"a PIN has {least} to {most} digits"
    steps = {(int(b) - int(a)) % 10 for a, b in itertools.pairwise(pin)}
    if len(steps) == 1:
        return "the digits are all the same, or count up or down"
    for part in range(2, len(pin) // 2 + 1):
        if len(pin) % part == 0 and pin == pin[:part] * (len(pin) // part):
            return "it repeats itself"
    if len(set(pin)) < 3:
        return "it has only two different digits"
    if pin == pin[::-1] or pin[::2] == pin[1::2]:
        return "it reads the same from both ends, or is made of pairs"
    if len(pin) % 3 == 0 and {pin[at : at + 3] for at in range(0, len(pin), 3)} <= _KEYPAD_LINES:
        return "it is drawn along the lines of the keypad"
    if len(pin) == 6 and 1 <= int(pin[2:4]) <= 12 and 1 <= int(pin[4:]) <= 31:
        return "it looks like a date of birth"
    if len(pin) == 8 and pin[:2] in ("19", "20") and 1 <= int(pin[4:6]) <= 12 and 1 <= int(pin[6:]) <= 31:
        return "it looks like a date of birth"
    if number and (number in pin or pin in number):
        return "it contains the person's number"
    return ""


def verifier(pin: str, salt: bytes | None = None) -> str:
    """`scrypt$N$r$p$salt$hash`, hex. Raises ValueError for a weak PIN."""
    why = weak(pin)
    if why:
        raise ValueError(f"weak PIN: {why}")
    salt = os.urandom(_SALT_BYTES) if salt is None else salt
    n, r, p = SCRYPT
    return f"scrypt${n}${r}${p}${salt.hex()}${_hash(pin, salt, n, r, p).hex()}"


def matches(pin: str, verifier: str) -> bool:
    """False also for a verifier that can not be read; it never raises."""
    try:
        name, n, r, p, salt, hash_ = (verifier or NOBODY).split("$")
        if name != "scrypt":
            return False
        found = _hash(pin, bytes.fromhex(salt), int(n), int(r), int(p))
        return hmac.compare_digest(found, bytes.fromhex(hash_))
    except (ValueError, OverflowError, MemoryError):
        return False


def _hash(pin: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=n, r=r, p=p, maxmem=64 * 1024 * 1024, dklen=32)
