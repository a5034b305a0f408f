"""An SSP bill acceptor on a serial line: one thread that carries bytes between the line and the protocol."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from hardware.acceptors.ssp import REPLY_S, Ssp
from hardware.acceptors.ssp_frames import Decoder
from hardware.contracts import Capabilities, Found, Sink
from hardware.line import REOPEN_S, Line, LineTrouble, Settings
from kiosk.money import Money

CLOSE_S: Final = 3.0  # a unit at rest is disabled in two polls; a note on its way is left to the unit


class SspAcceptor:
    """`Acceptor` of `hardware.contracts` for SSP units such as NV9USB+ or NV200 (9600 8N2, no encryption).

    `currencies`: countries of the dataset that are taken, such as CNY; `notes`: denominations of this site."""

    def __init__(
        self, name: str, port: str, baud: int, currencies: Sequence[str], notes: Sequence[Money]
    ) -> None:
        self.name = name
        self.capabilities = Capabilities()  # `has_counter` is known with `Found`
        self._line = Line(port, Settings(baud=baud, stopbits=2))
        self._ssp = Ssp(name, currencies, notes)
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
        self._soon(lambda: self._ssp.enable(limit))

    def disable(self) -> None:
        self._soon(self._ssp.disable)

    def take(self) -> None:
        self._soon(self._ssp.take)

    def give_back(self) -> None:
        self._soon(self._ssp.give_back)

    def confirm(self) -> None:
        """Plain SSP knows no acknowledgement: the counter tells of a note that was not written down."""

    # ---- everything below runs in the thread ------------------------------------------------------

    def _soon(self, verb: Callable[[], None]) -> None:
        self._verbs.append(verb)
        self._line.wake()

    def _wind_up(self) -> None:
        self._ssp.disable()
        self._ssp.give_back()
        self._closing_until_s = time.monotonic() + CLOSE_S

    def _run(self) -> None:
        while not self._obey():
            try:
                self._line.open()
                self._decoder.clear()
                self._ssp.begin(time.monotonic())
                self._converse()
            except LineTrouble as trouble:
                self._line.close()
                self._ssp.broken(trouble.trouble, trouble.detail)
                self._tell()
                self._line.pause(REOPEN_S)
        self._line.close()

    def _obey(self) -> bool:
        """Carry out the verbs that came in. True: closing, and nothing is left to wait for."""
        while self._verbs:
            self._verbs.popleft()()
        if self._closing_until_s is None:
            return False
        return self._ssp.refuses_everything or time.monotonic() >= self._closing_until_s

    def _converse(self) -> None:
        while not self._obey():
            now_s = time.monotonic()
            wait_s = self._ssp.due_s(now_s) - now_s
            if wait_s > 0:
                self._line.pause(min(wait_s, CLOSE_S))
                continue
            self._line.write(self._ssp.packet(now_s))
            self._await_answer()
            self._tell()

    def _await_answer(self) -> None:
        """Frames go to the protocol until one is the answer; old ones show by their flag."""
        now_s = time.monotonic()
        until_s, anything = now_s + REPLY_S, False
        while now_s < until_s:
            data = self._line.read(until_s - now_s)
            now_s = time.monotonic()
            anything = anything or bool(data)
            for frame in self._decoder.feed(data):
                if self._ssp.heard(now_s, frame):
                    return
        self._decoder.clear()
        self._ssp.missed(now_s, anything)

    def _tell(self) -> None:
        for event in self._ssp.drain():
            if isinstance(event, Found):
                self.capabilities = Capabilities(has_counter=bool(self._ssp.has_counter))
            self._sink(event)
