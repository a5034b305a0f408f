"""The line to the core: a thread that reads views, and a way to send touches from Kivy's thread.

The core may die at any time. The link says so, tries again with growing pauses, and never blocks the glass."""

from __future__ import annotations

import logging
import socket
import struct
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final

from kiosk import codec
from kiosk.contract import MAX_LINE_BYTES, SPEAKS, FromCore, FromScreens, Hello, Keyed, View

log = logging.getLogger(__name__)

FIRST_PAUSE_S: Final = 0.2  # a restarted core listens again within a second
LONGEST_PAUSE_S: Final = 3.0  # nobody should wait longer for the page after the core is back
SEND_LIMIT_S: Final = 2.0  # a core that does not read for so long is as good as gone


class LinkBroken(ConnectionError):
    """The core went away or speaks differently; the text says which."""


class Link:
    """`on_view`, `on_lost` and `on_key` (with the key's name) are called from the link's own thread."""

    def __init__(
        self,
        path: Path,
        on_view: Callable[[View], None],
        on_lost: Callable[[], None],
        on_key: Callable[[str], None] = lambda key: None,
    ) -> None:
        self._path = path
        self._on_key = on_key
        self._on_view = on_view
        self._on_lost = on_lost
        self._socket: socket.socket | None = None
        self._sending = threading.Lock()
        self._closed = threading.Event()
        self._greeted = False  # this core has sent a view
        self._thread = threading.Thread(target=self._run, name="link", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Ends the thread; returns when it has ended."""
        self._closed.set()
        self._hang_up()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def send(self, message: FromScreens) -> None:
        """Dropped when the core is away: a touch on a page of a core that died is void anyway."""
        with self._sending:
            line = self._socket
            if line is None:
                return
            try:
                line.sendall(codec.encode(message) + b"\n")
            except OSError as error:
                log.warning(
                    "the core at %s does not listen (%s); the line is opened again", self._path, error
                )
                self._hang_up()

    def _hang_up(self) -> None:
        line = self._socket
        if line is not None:
            try:
                line.shutdown(socket.SHUT_RDWR)  # wakes the reading thread, which closes
            except OSError:
                pass

    def _run(self) -> None:
        pause = FIRST_PAUSE_S
        while not self._closed.is_set():
            try:
                self._converse()
            except OSError as error:
                log.info("no core at %s: %s", self._path, error)
            except codec.Malformed as error:
                log.error("the core at %s sent what is no view: %s", self._path, error)
            if self._greeted:
                pause = FIRST_PAUSE_S
                self._on_lost()
            self._closed.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)

    def _converse(self) -> None:
        """One connection, from the greeting to its end. Raises OSError or codec.Malformed."""
        self._greeted = False
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.connect(str(self._path))
            line.sendall(codec.encode(Hello("screens", SPEAKS)) + b"\n")
            _limit_sending(line)
            with self._sending:
                self._socket = line
            try:
                with line.makefile("rb") as lines:
                    while not self._closed.is_set():
                        self._take(_read_line(lines))
            finally:
                with self._sending:
                    self._socket = None

    def _take(self, data: bytes) -> None:
        message = codec.decode(data, FromCore)
        if isinstance(message, Hello):
            if message.speaks != SPEAKS:
                raise LinkBroken(
                    f"the core speaks version {message.speaks}, the screens speak {SPEAKS}:"
                    " install both from one release"
                )
            return
        if isinstance(message, Keyed):
            self._on_key(message.key)
            return
        self._greeted = True
        self._on_view(message)


def _limit_sending(line: socket.socket) -> None:
    """A time-out for writing only: reading waits as long as nothing changes."""
    limit = struct.pack("ll", int(SEND_LIMIT_S), 0)  # struct timeval
    line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)


def _read_line(lines: BinaryIO) -> bytes:
    data = lines.readline(MAX_LINE_BYTES + 1)
    if not data:
        raise LinkBroken("the core closed the line")
    if not data.endswith(b"\n"):
        raise LinkBroken(f"the core sent a line longer than {MAX_LINE_BYTES} bytes, or broke off inside one")
    return data
