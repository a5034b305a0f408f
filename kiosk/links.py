"""Unix sockets between the processes: typed JSON lines, the peer's user checked.

A line that is no JSON, of another type or too long is answered with a sentence that says so and counts for
nothing; it never stops the core."""

from __future__ import annotations

import asyncio
import logging
import os
import pwd
import socket
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec

from kiosk import codec
from kiosk.contract import MAX_LINE_BYTES

log = logging.getLogger(__name__)

PEER: Final = struct.Struct("3i")  # pid, uid, gid of SO_PEERCRED
BACKLOG_BYTES: Final = 4 * MAX_LINE_BYTES  # a peer that does not read is let go rather than waited for


class LineRefused(msgspec.Struct, frozen=True, tag_field="type", tag="refused"):
    why: str


class Peer:
    """One connected process."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    def send(self, message: Any) -> None:
        transport = self._writer.transport
        if transport.is_closing():
            return
        if transport.get_write_buffer_size() > BACKLOG_BYTES:
            transport.abort()
            return
        self._writer.write(codec.encode(message) + b"\n")


class Link:
    """A listening socket at `path` for processes of the allowed users.

    `on_open(peer)`, `on_line(peer, message)` and `on_close(peer)` run in the event loop."""

    def __init__(
        self,
        path: Path,
        kind: Any,
        on_line: Callable[[Peer, Any], None],
        on_open: Callable[[Peer], None],
        on_close: Callable[[Peer], None],
        users: frozenset[int],
        line_bytes: int = MAX_LINE_BYTES,
    ) -> None:
        self.path = path
        self._line_bytes = line_bytes
        self._kind = kind
        self._on_line = on_line
        self._on_open = on_open
        self._on_close = on_close
        self._users = users
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(
            self._serve, str(self.path), limit=self._line_bytes + 1
        )
        os.chmod(self.path, 0o660)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self.path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(writer)
        uid = _peer_uid(writer)
        if uid not in self._users:
            log.warning("%s: user %s may not connect", self.path.name, uid)
            peer.send(LineRefused(f"user {uid} may not use this socket"))
            writer.close()
            return
        self._on_open(peer)
        try:
            await self._read(reader, peer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the peer went away, or we are closing
        finally:
            self._on_close(peer)
            writer.close()

    async def _read(self, reader: asyncio.StreamReader, peer: Peer) -> None:
        while True:
            try:
                line = await reader.readline()
            except ValueError:  # longer than the limit: where the next line begins is not known any more
                peer.send(LineRefused(f"a line may have {self._line_bytes} bytes"))
                log.warning(
                    "%s: a line of more than %s bytes; connection closed", self.path.name, self._line_bytes
                )
                return
            if not line:
                return
            try:
                message = codec.decode(line, self._kind)
            except codec.Malformed as error:
                log.warning("%s: a line was refused: %s", self.path.name, error)
                peer.send(LineRefused(str(error)))
                continue
            self._on_line(peer, message)


def _peer_uid(writer: asyncio.StreamWriter) -> int:
    channel: socket.socket = writer.get_extra_info("socket")
    _pid, uid, _gid = PEER.unpack(channel.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, PEER.size))
    return int(uid)


def allowed_users(user: str) -> frozenset[int]:
    """Ourselves, root, and the one user whose process the socket is for: whoever gets hold of the courier, which has
    the network, sees no page and presses no button."""
    users = {os.getuid(), 0}
    try:
        users.add(pwd.getpwnam(user).pw_uid)
    except KeyError:
        pass  # not an installed kiosk
    return frozenset(users)
