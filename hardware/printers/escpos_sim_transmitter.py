"""The simulated printer's way back to the host, with the ways in which it can go wrong."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable

UNSENT_AT_MOST = 99  # replies; a host that does not listen loses the rest, as with the real send buffer
SPLIT_PAUSE_S = 0.02  # between the bytes of a split reply: long enough to arrive in separate reads
GARBAGE = (0xFF, 0x00, 0xA5, 0x6D)  # none has the fixed bits of a status byte


class Transmitter:
    """Sends replies in order from a thread of its own, so that a host that does not read blocks nothing else."""

    def __init__(self, send: Callable[[bytes], None], name: str) -> None:
        self.plugged = True
        self.silent = False
        self.split = False
        self.delay_s = 0.0
        self.garbage = 0  # how many status bytes still to spoil
        self._send = send
        self._era = 0
        self._replies: queue.Queue[tuple[int, float, bytes] | None] = queue.Queue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name=f"{name} replies", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def status(self, byte: int) -> None:
        """A status byte, or garbage in its place."""
        if self.garbage > 0:
            self.garbage -= 1
            byte = GARBAGE[self.garbage % len(GARBAGE)]
        self.post(bytes([byte]))

    def post(self, data: bytes) -> None:
        if self.plugged and not self.silent and self._replies.qsize() < UNSENT_AT_MOST:
            self._replies.put((self._era, time.monotonic() + self.delay_s, data))

    def forget(self) -> None:
        """Power or cable gone: what was not sent is never sent."""
        self._era += 1

    def close(self) -> None:
        self._closing.set()
        self._replies.put(None)
        self._thread.join(1)

    def _work(self) -> None:
        while reply := self._replies.get():
            era, due, data = reply
            self._closing.wait(max(0.0, due - time.monotonic()))
            for piece in (bytes([byte]) for byte in data) if self.split else (data,):
                if era != self._era or self._closing.is_set():
                    break
                try:
                    self._send(piece)
                except OSError:  # the terminal was closed under us
                    return
                if self.split:
                    self._closing.wait(SPLIT_PAUSE_S)
