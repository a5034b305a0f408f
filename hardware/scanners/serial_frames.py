"""Bytes of a serial scanner to payloads. Pure; times come in.

Scanners send the bytes of the symbol as they are, then a suffix that a configuration code sets: CR, LF,
both, or nothing at all. So a code ends at CR or LF, or when the line falls silent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from hardware.scanners.text import MAX_CODE_BYTES

GAP_S: Final = 0.08  # within one code bytes follow each other without pause; a person is never that fast
SUFFIX_LATE_S: Final = 1.0  # a unit that is known to end its codes gets time: a half code is a wrong code

_SUFFIX: Final = re.compile(rb"[\r\n]")


class Chunk(msgspec.Struct, frozen=True):
    """One code as it came. `began_s`: time of its first byte. Too long a code comes cut to one byte above
    the limit, so that it is recognised as too long."""

    payload: bytes
    began_s: float


class Splitter:
    """`for chunk in splitter.feed(data, now_s)`; `splitter.silence(now_s)` when nothing came."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._began_s = 0.0
        self._last_s = 0.0
        self._has_suffix = False

    @property
    def has_part(self) -> bool:
        """Whether a code has begun and not ended."""
        return bool(self._bytes)

    @property
    def wait_s(self) -> float:
        """How long a silence ends a code now."""
        return SUFFIX_LATE_S if self._has_suffix else GAP_S

    def feed(self, data: bytes, now_s: float) -> Iterator[Chunk]:
        """What `data` completes. A pause before it means nothing here: the reader may have been slow."""
        *ended, rest = _SUFFIX.split(data)
        for piece in ended:
            self._add(piece, now_s)
            self._has_suffix = True
            yield from self._end()
        self._add(rest, now_s)

    def silence(self, now_s: float) -> Iterator[Chunk]:
        """To be called when the line gave nothing: the code that is thereby complete, if any."""
        if self._bytes and now_s - self._last_s >= self.wait_s:
            yield from self._end()

    def _add(self, piece: bytes, now_s: float) -> None:
        if not piece:
            return
        if not self._bytes:
            self._began_s = now_s
        self._bytes += piece[: MAX_CODE_BYTES + 1 - len(self._bytes)]
        self._last_s = now_s

    def _end(self) -> Iterator[Chunk]:
        if self._bytes:  # CR LF ends a code and then nothing
            yield Chunk(bytes(self._bytes), self._began_s)
            self._bytes.clear()
