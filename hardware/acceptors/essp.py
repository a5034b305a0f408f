"""eSSP: agreeing on a key, and encrypted packets inside SSP frames (ITL GA138 2.2; acceptors.md §5.6).

Pay-in needs none of this; a unit that is set to encryption wants it for everything. The block cipher is AES-128 of
`cryptography`; packets, counts and key exchange are here.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Final, Protocol

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from hardware.acceptors.ssp_frames import crc16

FIXED_KEY: Final = 0x0123456701234567  # the lower half of the key as units leave the factory
ENCRYPTED: Final = 0x7E  # first byte of an encrypted data field
BLOCK: Final = 16
MAX_DATA: Final = 233  # 15 blocks are the most that a frame carries; 7 bytes are around the data
_SET_GENERATOR: Final = 0x4A
_SET_MODULUS: Final = 0x4B
_REQUEST_KEY_EXCHANGE: Final = 0x4C


class BlockCipher(Protocol):
    """AES-128 in ECB mode under one key, over whole blocks of 16 bytes, without padding of its own."""

    def encrypt(self, blocks: bytes) -> bytes: ...
    def decrypt(self, blocks: bytes) -> bytes: ...


class Aes:
    """`BlockCipher` under a key of 16 bytes."""

    def __init__(self, key: bytes) -> None:
        self._cipher = Cipher(AES(key), ECB())

    def encrypt(self, blocks: bytes) -> bytes:
        encryptor = self._cipher.encryptor()
        return encryptor.update(blocks) + encryptor.finalize()

    def decrypt(self, blocks: bytes) -> bytes:
        decryptor = self._cipher.decryptor()
        return decryptor.update(blocks) + decryptor.finalize()


class KeyExchange:
    """Diffie-Hellman with 64-bit numbers: three commands, each answered F0, the last with the slave's key.

    `generator` and `modulus` are primes; `secret` is random and below the modulus."""

    def __init__(self, generator: int, modulus: int, secret: int) -> None:
        if not 2 < modulus < generator < 1 << 64:
            raise ValueError(
                f"of two primes of at most 64 bits, the generator {generator} must be the larger"
            )
        if not 0 < secret < modulus:
            raise ValueError("the secret must lie between 0 and the modulus")
        self._generator = generator
        self._modulus = modulus
        self._secret = secret

    @property
    def commands(self) -> tuple[bytes, bytes, bytes]:
        """Data of SET GENERATOR, SET MODULUS and REQUEST KEY EXCHANGE, in the order in which they go."""
        host_key = pow(self._generator, self._secret, self._modulus)
        return (
            bytes((_SET_GENERATOR,)) + _number(self._generator),
            bytes((_SET_MODULUS,)) + _number(self._modulus),
            bytes((_REQUEST_KEY_EXCHANGE,)) + _number(host_key),
        )

    def session_key(self, slave_key: bytes, fixed_key: int = FIXED_KEY) -> bytes:
        """16 bytes for the cipher, from the 8 bytes behind F0 in the answer to REQUEST KEY EXCHANGE.

        Raises ValueError on a slave key that is none, or that would make the shared number known to anybody."""
        slave = int.from_bytes(slave_key, "little")
        if len(slave_key) != 8 or not 1 < slave < self._modulus:
            raise ValueError(f"{slave_key.hex(' ')!r} is no key of a slave under the modulus {self._modulus}")
        return _number(fixed_key) + _number(pow(slave, self._secret, self._modulus))


class Packets:
    """`seal` a command, `open` its answer. The host sends the count n, the answer carries n + 1, and so does the
    host's next packet. A packet that is repeated is repeated as it was: seal once, send the frame again."""

    def __init__(self, cipher: BlockCipher, padding: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._cipher = cipher
        self._padding = padding
        self._count = 0

    def seal(self, data: bytes) -> bytes:
        """The data field of the frame for this command. Raises ValueError unless it has 1 to 233 bytes."""
        if not 1 <= len(data) <= MAX_DATA:
            raise ValueError(f"an encrypted packet carries 1 to {MAX_DATA} bytes, not {len(data)}")
        body = bytes((len(data),)) + self._count.to_bytes(4, "little") + data
        body += self._padding(-(len(body) + 2) % BLOCK)
        return bytes((ENCRYPTED,)) + self._cipher.encrypt(body + crc16(body).to_bytes(2, "little"))

    def open(self, field: bytes) -> bytes | None:
        """The answer inside a data field; None when it is damaged, in clear, or not the next one."""
        if len(field) <= BLOCK or field[0] != ENCRYPTED or (len(field) - 1) % BLOCK:
            return None
        plain = self._cipher.decrypt(field[1:])
        body, crc, size = plain[:-2], plain[-2:], plain[0]
        count = self._count + 1 & 0xFFFF_FFFF
        if crc16(body) != int.from_bytes(crc, "little") or not 1 <= size <= len(body) - 5:
            return None
        if int.from_bytes(body[1:5], "little") != count:
            return None
        self._count = count
        return body[5 : 5 + size]


def fresh_exchange() -> KeyExchange:
    """With new primes and a new secret, as each connection should have."""
    modulus, generator = sorted((_prime(), _prime()))
    while modulus == generator:
        generator = max(_prime(), modulus)
    return KeyExchange(generator, modulus, 1 + secrets.randbelow(modulus - 1))


PRIME_BITS: Final = 62  # below the 64 bits of the wire, whatever a unit does with the highest
# Miller-Rabin with these bases is no guess but a proof for numbers of up to 64 bits.
_BASES: Final = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)


def _prime() -> int:
    while True:
        candidate = secrets.randbits(PRIME_BITS) | 1 << (PRIME_BITS - 1) | 1
        if is_prime(candidate):
            return candidate


def is_prime(number: int) -> bool:
    """Of a number of at most 64 bits."""
    if number < 2 or any(number % base == 0 for base in _BASES):
        return number in _BASES
    odd, halvings = number - 1, 0
    while odd % 2 == 0:
        odd, halvings = odd // 2, halvings + 1
    return all(_passes(number, base, odd, halvings) for base in _BASES)


def _passes(number: int, base: int, odd: int, halvings: int) -> bool:
    power = pow(base, odd, number)
    if power in (1, number - 1):
        return True
    for _ in range(halvings - 1):
        power = power * power % number
        if power == number - 1:
            return True
    return False


def _number(value: int) -> bytes:
    return value.to_bytes(8, "little")
