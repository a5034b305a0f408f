"""Who this kiosk is: its Ed25519 key, its id, and the server's public key. Made at enrolment, kept in the
state folder, readable by the core alone."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
import uuid
from pathlib import Path
from typing import Final

import msgspec
from nacl.bindings import (
    crypto_box_seal,
    crypto_box_seal_open,
    crypto_scalarmult_base,
    crypto_sign,
    crypto_sign_BYTES,
    crypto_sign_ed25519_pk_to_curve25519,
    crypto_sign_ed25519_sk_to_curve25519,
    crypto_sign_seed_keypair,
)
from nacl.exceptions import BadSignatureError, CryptoError
from nacl.signing import VerifyKey

from kiosk import codec

KEY_FILE: Final = "key.seed"
IDENTITY_FILE: Final = "identity.json"
SEAL_DOMAIN: Final = b"kiosk-seal-1"
SEAL_BYTES: Final = 32


class NotEnrolled(Exception):
    """The state folder holds no usable identity; the text says what to do."""


class Identity(msgspec.Struct, frozen=True):
    kiosk: str
    epoch: int
    site: str
    public_key: str
    server_key: str


class Signer:
    """The kiosk's private key; signs and seals bytes, gives hex."""

    def __init__(self, seed: bytes) -> None:
        public, self._secret = crypto_sign_seed_keypair(seed)
        self.public_key = public.hex()
        self._seal = hashlib.blake2b(
            key=hashlib.blake2b(seed, person=SEAL_DOMAIN).digest(), digest_size=SEAL_BYTES
        )

    def sign(self, data: bytes) -> str:
        return crypto_sign(data, self._secret)[:crypto_sign_BYTES].hex()

    def opened(self, sealed: str) -> str:
        """What was `sealed_for` this key. Raises ValueError."""
        secret = crypto_sign_ed25519_sk_to_curve25519(self._secret)
        try:
            text: str = crypto_box_seal_open(
                bytes.fromhex(sealed), crypto_scalarmult_base(secret), secret
            ).decode()
        except CryptoError as error:
            raise ValueError("this was not sealed for this key") from error
        return text

    def seal(self, data: bytes) -> str:
        """As hard to forge as a signature, ten times quicker to make, but only this kiosk can check it."""
        seal = self._seal.copy()
        seal.update(data)
        return seal.hexdigest()


def signed_by(public_key: str, data: bytes, signature: str) -> bool:
    """Whether `signature` (hex) over `data` was made by the owner of `public_key` (hex)."""
    try:
        VerifyKey(bytes.fromhex(public_key)).verify(data, bytes.fromhex(signature))
    except (BadSignatureError, ValueError, TypeError):
        return False
    return True


def sealed_for(public_key: str, text: str) -> str:
    """Hex that only the owner of `public_key` can open (an X25519 sealed box; the key is its Ed25519 form)."""
    public = crypto_sign_ed25519_pk_to_curve25519(bytes.fromhex(public_key))
    return crypto_box_seal(text.encode(), public).hex()


def sealed_digest(sealed: str) -> str:
    """SHA-256, hex, of what `sealed_for` gave, which is another each time: it says nothing of the text."""
    return hashlib.sha256(sealed.encode()).hexdigest()


def load_signer(state: Path, *, create: bool = False) -> Signer:
    """Raises NotEnrolled. With `create`, makes and flushes a new key when there is none."""
    path = state / KEY_FILE
    try:
        seed = path.read_bytes()
    except FileNotFoundError:
        if not create:
            raise NotEnrolled(f"{path} is missing: enrol this kiosk with `kiosk enrol`") from None
        seed = secrets.token_bytes(32)
        write_durably(path, seed)
    if len(seed) != 32:
        raise NotEnrolled(f"{path} holds {len(seed)} bytes instead of 32: enrol this kiosk again")
    return Signer(seed)


def load_identity(state: Path) -> Identity:
    """Raises NotEnrolled."""
    path = state / IDENTITY_FILE
    try:
        identity: Identity = codec.decode(path.read_bytes(), Identity)
    except FileNotFoundError:
        raise NotEnrolled(
            f"{path} is missing: this kiosk is not enrolled yet; ask the office for a one-time code "
            "and run `kiosk enrol`"
        ) from None
    except codec.Malformed as error:
        raise NotEnrolled(f"{path} is damaged ({error}): enrol this kiosk again") from error
    return identity


def save_identity(state: Path, identity: Identity) -> None:
    write_durably(state / IDENTITY_FILE, codec.encode(identity))


def write_durably(path: Path, data: bytes) -> None:
    """All or nothing, also through a power cut: new file, flush, rename, flush the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        rest = memoryview(data)
        while rest:  # a disk that is nearly full takes a part of it first
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    finally:
        os.close(handle)
    os.replace(fresh, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def new_id(now_ms: int | None = None) -> str:
    """A UUIDv7 (RFC 9562 §5.7): sorts by time of making, unique without asking anybody."""
    millis = int(time.time() * 1000) if now_ms is None else now_ms
    value = (max(millis, 0) & (2**48 - 1)) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))
