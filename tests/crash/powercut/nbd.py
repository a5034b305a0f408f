"""A drive for a virtual machine, over the NBD protocol on a Unix socket. It has a volatile cache and knows it.

NBD as far as QEMU needs it (github.com/NetworkBlockDevice/nbd, doc/proto.md): fixed newstyle, one export, simple
replies; reads, writes and flushes, carried out in the order in which they come.
"""

from __future__ import annotations

import mmap
import random
import socket
import struct
import threading
from pathlib import Path
from typing import Final, Protocol

from tests.crash.block_drive import PAGE, Block, Drive, Flushed, Pages
from tests.crash.power import Kept

_MAGIC: Final = 0x4E42444D41474943
_HAVE_OPTION: Final = 0x49484156454F5054
_OPTION_REPLY: Final = 0x3E889045565A9
_REQUEST: Final = struct.Struct(">IHHQQI")  # magic, flags, type, cookie, offset, length
_REQUEST_MAGIC: Final = 0x25609513
_REPLY: Final = struct.Struct(">IIQ")  # magic, error, cookie
_REPLY_MAGIC: Final = 0x67446698
_FIXED_NEWSTYLE, _NO_ZEROES = 1, 2
_GO, _ABORT = 7, 2
_REP_ACK, _REP_INFO, _REP_UNSUPPORTED = 1, 3, 0x80000001
_HAS_FLAGS, _HAS_FLUSH = 1, 4
_READ, _WRITE, _DISCONNECT, _FLUSH = 0, 1, 2, 3
_INVALID: Final = 22  # EINVAL


class NetworkDrive:
    """From `power_on` to `power_off` one machine may use it. What was flushed outlives the power, and only that
    for certain."""

    def __init__(self, address: Path, pages: Pages, size: int, *, lying: bool = False) -> None:
        self.pages = pages
        self.dead = threading.Event()
        self._address, self._size, self._lying = address, size, lying

    def power_on(self) -> None:
        self._until_death = 0
        self.dead.clear()
        self._drive = Drive(self.pages, lying=self._lying)
        self._content = mmap.mmap(-1, self._size)
        for number, page in self.pages.items():
            self._content[number * PAGE : (number + 1) * PAGE] = page
        self._address.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._address))
        self._listener.listen(1)
        self._server = threading.Thread(target=self._serve, name="drive", daemon=True)
        self._server.start()

    def dies_at_write(self, number: int) -> None:
        """That write from now on is the last thing that it does: it lies in the cache, and is never answered."""
        self._until_death = number

    def power_off(self, kept: Kept, chance: random.Random) -> int:
        """After the machine is dead. Gives how many writes had not been flushed."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._server.join()
        self._listener.close()
        self._content.close()
        self.pages = self._drive.image(kept, chance)
        return len(self._drive.cache)

    def _serve(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:
            return  # switched off before anybody came
        with connection, connection.makefile("rwb") as stream:
            try:
                if self._greet(stream):
                    while self._one_request(stream):
                        stream.flush()
                    stream.read(1)  # dead or not, the line stays up until the machine goes
            except (EOFError, ConnectionError):
                pass  # the machine died in the middle of a sentence

    def _greet(self, stream: Stream) -> bool:
        stream.write(struct.pack(">QQH", _MAGIC, _HAVE_OPTION, _FIXED_NEWSTYLE | _NO_ZEROES))
        stream.flush()
        _read(stream, 4)
        while True:
            _, option, length = struct.unpack(">QII", _read(stream, 16))
            _read(stream, length)
            if option == _GO:
                info = struct.pack(">HQH", 0, self._size, _HAS_FLAGS | _HAS_FLUSH)
                _answer(stream, option, _REP_INFO, info)
                _answer(stream, option, _REP_ACK)
                return True
            _answer(stream, option, _REP_ACK if option == _ABORT else _REP_UNSUPPORTED)
            if option == _ABORT:
                return False

    def _one_request(self, stream: Stream) -> bool:
        magic, _, kind, cookie, at, length = _REQUEST.unpack(_read(stream, _REQUEST.size))
        if magic != _REQUEST_MAGIC:
            raise ConnectionError(f"not a request: magic {magic:#x}")
        content, error = b"", 0
        if kind == _READ:
            content = self._content[at : at + length]
        elif kind == _WRITE:
            data = _read(stream, length)
            self._content[at : at + length] = data
            self._drive.go(Block(at, data))
            if self._until_death:
                self._until_death -= 1
                if not self._until_death:
                    self.dead.set()
                    return False
        elif kind == _FLUSH:
            self._drive.go(Flushed())
        elif kind == _DISCONNECT:
            return False
        else:
            error = _INVALID
        stream.write(_REPLY.pack(_REPLY_MAGIC, error, cookie) + content)
        return True


class Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...
    def write(self, data: bytes, /) -> int: ...
    def flush(self) -> None: ...


def _read(stream: Stream, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


def _answer(stream: Stream, option: int, reply: int, data: bytes = b"") -> None:
    stream.write(struct.pack(">QIII", _OPTION_REPLY, option, reply, len(data)) + data)
    stream.flush()
