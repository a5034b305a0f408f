"""eSSP in the simulated validator: its half of the key exchange, and packets with a count (acceptors.md §5.6).

The block cipher is a library's; everything else is written from the facts and shared with nobody."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from hardware.acceptors.ssp_sim_wire import crc

GENERATOR, MODULUS, EXCHANGE = 0x4A, 0x4B, 0x4C
ENCRYPTED: Final = 0x7E
OK, FAILED = b"\xf0", b"\xf8"
BLOCK: Final = 16


def _any(modulus: int) -> int:
    return random.SystemRandom().randrange(2, modulus - 1)


class Vault:
    """What a unit knows of keys; power takes all of it but the fixed one.

    `secret`: its own number below a modulus; `padding`: bytes that fill a block. Both are anything, unless published
    packets are to be made again."""

    def __init__(
        self, secret: Callable[[int], int] = _any, padding: Callable[[int], bytes] = os.urandom
    ) -> None:
        self._own_secret, self._padding = secret, padding
        self.forget()

    def forget(self) -> None:
        self._generator = self._modulus = 0
        self._cipher: Cipher[modes.ECB] | None = None
        self._expected = 0

    @property
    def has_key(self) -> bool:
        return self._cipher is not None

    def slip(self) -> None:
        """Lose count."""
        self._expected += 1

    def exchange(self, data: bytes, fixed_key: int) -> bytes:
        """The answer to one of the three commands that agree on a key."""
        value = int.from_bytes(data[1:9], "little")
        if data[0] == GENERATOR:
            self._generator = value
        elif data[0] == MODULUS:
            self._modulus = value
        elif not 1 < self._modulus < self._generator:
            return FAILED
        else:
            secret = self._own_secret(self._modulus)
            shared = pow(value, secret, self._modulus)
            key = fixed_key.to_bytes(8, "little") + shared.to_bytes(8, "little")
            self._cipher = Cipher(algorithms.AES(key), modes.ECB())
            self._expected = 0
            return OK + pow(self._generator, secret, self._modulus).to_bytes(8, "little")
        return OK

    def opened(self, field: bytes) -> bytes | None:
        """The command inside; None for one that is damaged, under another key, or not the next."""
        blocks = field[1:]
        if self._cipher is None or not blocks or len(blocks) % BLOCK:
            return None
        way = self._cipher.decryptor()
        clear = way.update(blocks) + way.finalize()
        length, count = clear[0], int.from_bytes(clear[1:5], "little")
        if int.from_bytes(clear[-2:], "little") != crc(clear[:-2]) or count != self._expected:
            return None
        return clear[5 : 5 + length] if 0 < length <= len(clear) - 7 else None

    def sealed(self, reply: bytes) -> bytes:
        """The next count goes with the answer, and is what the host has to say next."""
        assert self._cipher is not None
        self._expected = self._expected + 1 & 0xFFFF_FFFF
        clear = bytes([len(reply)]) + self._expected.to_bytes(4, "little") + reply
        clear += self._padding((BLOCK - (len(clear) + 2) % BLOCK) % BLOCK)
        clear += crc(clear).to_bytes(2, "little")
        way = self._cipher.encryptor()
        return bytes([ENCRYPTED]) + way.update(clear) + way.finalize()
