"""An EBDS bill acceptor on a serial line: one thread that carries bytes between the line and the protocol."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from hardware.acceptors.ebds import Ebds
from hardware.acceptors.ebds_frames import Decoder, encode
from hardware.acceptors.parity_line import ParityLine
from hardware.contracts import Capabilities, Sink
from hardware.line import REOPEN_S, LineTrouble, Settings
from kiosk.money import Money

REPLY_S: Final = 0.3  # to the first byte: far above what a unit needs, and USB adapters add 16 ms
GAP_S: Final = 0.1  # between bytes of a frame: the same adapters in between
TRANSACTION_S: Final = 1.0  # a reply of 11 bytes with 16 ms between any two; more is babble
DISCARD_READS: Final = 16  # buffers of old bytes dropped before a command; a line that babbles has more
CLOSE_S: Final = 3.0  # a unit at rest is disabled in two messages; a note on its way is left to the unit


class EbdsAcceptor:
    """`Acceptor` of `hardware.contracts` for EBDS units (7E1, 9600 baud).

    `notes`: the denominations behind the indices 1 to 7 of the unit's dataset, in that order; the unit does not
    tell them. It has no counter and no serial number."""

    def __init__(self, name: str, port: str, baud: int, notes: Sequence[Money]) -> None:
        self.name = name
        self.capabilities = Capabilities(reports_denominations=False)
        self._line = ParityLine(port, Settings(baud=baud, bytesize=7, parity="E"))
        self._ebds = Ebds(name, notes)
        self._decoder = Decoder()
        self._verbs: deque[Callable[[], None]] = deque()
        self._closing_until_s: float | None = None
        self._thread: threading.Thread | None = None

    def start(self, sink: Sink) -> None:
        self._sink = sink
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Give back an undecided note, disable the unit, let go of the port. Takes up to `CLOSE_S`."""
        self._soon(self._wind_up)
        if self._thread:
            self._thread.join()

    def enable(self, limit: Money) -> None:
        self._soon(lambda: self._ebds.enable(limit))

    def disable(self) -> None:
        self._soon(self._ebds.disable)

    def take(self) -> None:
        self._soon(self._ebds.take)

    def give_back(self) -> None:
        self._soon(self._ebds.give_back)

    def confirm(self) -> None:
        self._soon(self._ebds.confirm)

    # ---- everything below runs in the thread ------------------------------------------------------

    def _soon(self, verb: Callable[[], None]) -> None:
        self._verbs.append(verb)
        self._line.wake()

    def _wind_up(self) -> None:
        self._ebds.disable()
        self._ebds.give_back()
        self._closing_until_s = time.monotonic() + CLOSE_S

    def _run(self) -> None:
        while not self._obey():
            try:
                self._line.open()
                self._ebds.begin(time.monotonic())
                self._converse()
            except LineTrouble as trouble:
                self._line.close()
                self._ebds.broken(trouble.trouble, trouble.detail)
                self._tell()
                self._line.pause(REOPEN_S)
        self._line.close()

    def _obey(self) -> bool:
        """Carry out the verbs that came in. True: closing, and nothing is left to wait for."""
        while self._verbs:
            self._verbs.popleft()()
        if self._closing_until_s is None:
            return False
        return self._ebds.refuses_everything or time.monotonic() >= self._closing_until_s

    def _converse(self) -> None:
        while not self._obey():
            now_s = time.monotonic()
            wait_s = self._ebds.due_s(now_s) - now_s
            if wait_s > 0:
                self._line.pause(wait_s)
                continue
            self._transact(self._ebds.command(now_s))
            self._tell()

    def _transact(self, message: bytes) -> None:
        """One message and its reply."""
        self._discard()
        self._line.write(encode(message))
        reply, garbled = self._answer()
        if reply is None:
            self._ebds.missed(time.monotonic(), garbled)
        else:
            self._ebds.heard(time.monotonic(), reply)

    def _answer(self) -> tuple[bytes | None, bool]:
        """The first whole frame, and whether anything came at all."""
        now_s = time.monotonic()
        end_s, until_s, anything = now_s + TRANSACTION_S, now_s + REPLY_S, False
        while now_s < until_s:
            data = self._line.read(until_s - now_s)
            now_s = time.monotonic()
            if data:
                anything, until_s = True, min(end_s, now_s + GAP_S)
                frames = self._decoder.feed(data)
                if frames:
                    return frames[0], True
        hidden = self._decoder.give_up()
        return (hidden[0] if hidden else None), anything

    def _discard(self) -> None:
        """What comes late is no answer to what is asked next."""
        self._decoder.clear()
        for _ in range(DISCARD_READS):
            if not self._line.read(0):
                return

    def _tell(self) -> None:
        for event in self._ebds.drain():
            self._sink(event)
