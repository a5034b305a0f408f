"""A ZVT card terminal on a serial line: one thread that carries bytes between the line and the protocol."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from hardware.contracts import Sink, Trouble
from hardware.line import REOPEN_S, Line, LineTrouble, Settings
from hardware.recognise import looks_like
from hardware.terminals.contract import Mark
from hardware.terminals.zvt import Zvt
from kiosk.money import Money

LISTEN_S: Final = 0.5  # at a time, so that a pulled cable is noticed while nothing is due
KEPT_BYTES: Final = 512  # of what was heard last, to say who else may be talking there
CLOSE_S: Final = 3.0  # for a payment that is cancelled because the kiosk stops; later it is unknown


class ZvtTerminal:
    """`Terminal` of `hardware.terminals.contract`, 8N2. `currency`: ISO 4217 number, 156 for yuan."""

    def __init__(self, name: str, port: str, baud: int, currency: int) -> None:
        self.name = name
        self._line = Line(port, Settings(baud=baud, stopbits=2))
        self._zvt = Zvt(name, currency)
        self._verbs: deque[Callable[[], None]] = deque()
        self._closing_until_s: float | None = None
        self._running: str | None = None
        self._heard_last = b""
        self._sink: Sink = lambda event: None
        self._thread: threading.Thread | None = None

    def start(self, sink: Sink) -> None:
        self._sink = sink
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Cancel a payment that runs, let go of the port. Takes up to `CLOSE_S`."""
        self._soon(self._wind_up)
        if self._thread:
            self._thread.join()

    def pay(self, payment: str, amount: Money, before: Mark) -> None:
        self._soon(lambda: self._pay(payment, amount, before))

    def cancel(self, payment: str) -> None:
        self._soon(lambda: self._zvt.cancel(time.monotonic(), payment))

    def query(self, payment: str, amount: Money, before: Mark) -> None:
        self._soon(lambda: self._zvt.query(time.monotonic(), payment, amount, before))

    # ---- everything below runs in the thread ------------------------------------------------------

    def _soon(self, verb: Callable[[], None]) -> None:
        self._verbs.append(verb)
        self._line.wake()

    def _pay(self, payment: str, amount: Money, before: Mark) -> None:
        self._running = payment
        self._zvt.pay(time.monotonic(), payment, amount, before)

    def _wind_up(self) -> None:
        if self._running is not None:
            self._zvt.cancel(time.monotonic(), self._running)
        self._closing_until_s = time.monotonic() + CLOSE_S

    def _run(self) -> None:
        while not self._obey():
            try:
                self._line.open()
                self._zvt.begin(time.monotonic())
                self._converse()
            except LineTrouble as trouble:
                self._line.close()
                self._zvt.broken(time.monotonic(), trouble.trouble, trouble.detail)
                self._tell()
                self._line.pause(REOPEN_S)
        self._line.close()

    def _obey(self) -> bool:
        """Carry out the verbs that came in. True: closing, and nothing is left to wait for."""
        while self._verbs:
            self._verbs.popleft()()
        self._tell()
        if self._closing_until_s is None:
            return False
        return not self._zvt.paying or time.monotonic() >= self._closing_until_s

    def _converse(self) -> None:
        """Raises LineTrouble."""
        while not self._obey():
            out = self._zvt.take_out()
            if out:
                self._line.write(out)
            wait_s = min(LISTEN_S, self._zvt.due_s - time.monotonic())
            data = self._line.read(wait_s) if wait_s > 0 else b""
            if data:
                self._heard_last = (self._heard_last + data)[-KEPT_BYTES:]
                self._zvt.heard(time.monotonic(), data)
            self._zvt.tick(time.monotonic())
            self._tell()
            if self._zvt.trouble is not None:
                raise LineTrouble(*self._named(*self._zvt.trouble))

    def _named(self, trouble: Trouble, detail: str) -> tuple[Trouble, str]:
        """With the device that it may be instead, where that is known."""
        other = looks_like(self._heard_last) if trouble is Trouble.GARBAGE else ""
        self._heard_last = b""
        return trouble, f"{detail}; it looks like {other}" if other else detail

    def _tell(self) -> None:
        for event in self._zvt.drain():
            self._sink(event)
