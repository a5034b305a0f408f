"""An ICT bill acceptor on a serial line: one thread that carries bytes between the line and the protocol."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from hardware.acceptors.ict import Ict
from hardware.acceptors.ict_frames import Tell
from hardware.acceptors.parity_line import ParityLine
from hardware.contracts import Capabilities, Sink
from hardware.line import REOPEN_S, LineTrouble, Settings
from kiosk.money import Money

CLOSE_S: Final = 8.0  # a note needs 3 s to its end, which is told only once; the system waits 10 s for us
DRAIN_READS: Final = 16  # buffers heard before the next byte leaves; a line that babbles has more


class IctAcceptor:
    """`Acceptor` of `hardware.contracts` for ICT-104U, 106 and 002 (9600 baud 8E1; nothing acknowledges).

    `notes`: value of each type code from 40h on, as the sheet of the ROM has them, None for a type that is
    not taken. `hold`: the byte that keeps a note in escrow, 18h or (some 104U) 5Ah. ValueError without notes."""

    def __init__(
        self, name: str, port: str, baud: int, notes: Sequence[Money | None], hold: int = Tell.HOLD
    ) -> None:
        self.name = name
        self.capabilities = Capabilities(reports_denominations=False, has_counter=False)
        self._line = ParityLine(port, Settings(baud=baud, parity="E"))
        self._ict = Ict(name, notes, hold)
        self._verbs: deque[Callable[[], None]] = deque()
        self._closing_until_s: float | None = None
        self._thread: threading.Thread | None = None

    def start(self, sink: Sink) -> None:
        self._sink = sink
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Give back an undecided note, hear the end of an accepted one, inhibit, let go of the port.

        A second as a rule; `CLOSE_S` at most."""
        self._soon(self._wind_up)
        if self._thread:
            self._thread.join()

    def enable(self, limit: Money) -> None:
        self._soon(lambda: self._ict.enable(limit))

    def disable(self) -> None:
        self._soon(self._ict.disable)

    def take(self) -> None:
        self._soon(self._ict.take)

    def give_back(self) -> None:
        self._soon(self._ict.give_back)

    def confirm(self) -> None:
        """The protocol knows no acknowledgement: a `Taken` is told once, whatever becomes of it."""

    # ---- everything below runs in the thread ------------------------------------------------------

    def _soon(self, verb: Callable[[], None]) -> None:
        self._verbs.append(verb)
        self._line.wake()

    def _wind_up(self) -> None:
        self._ict.disable()
        self._ict.give_back()
        self._closing_until_s = time.monotonic() + CLOSE_S

    def _run(self) -> None:
        while not self._obey():
            try:
                self._line.open()
                self._ict.begin(time.monotonic())
                self._converse()
            except LineTrouble as trouble:
                self._line.close()
                self._ict.broken(time.monotonic(), trouble.trouble, trouble.detail)
                self._tell()
                self._line.pause(REOPEN_S)
        self._line.close()

    def _obey(self) -> bool:
        """Carry out the verbs that came in. True: closing, and nothing is left to wait for."""
        while self._verbs:
            self._verbs.popleft()()
        if self._closing_until_s is None:
            return False
        return self._ict.refuses_everything or time.monotonic() >= self._closing_until_s

    def _converse(self) -> None:
        """Whatever lies in the line is heard before anything is said: 02h must not meet another note."""
        while not self._obey():
            now_s = time.monotonic()
            self._listen(self._ict.due_s(now_s) - now_s)
            byte = self._ict.send(time.monotonic())
            self._tell()
            if byte is not None:
                self._line.write(bytes((byte,)))

    def _listen(self, wait_s: float) -> None:
        for _ in range(DRAIN_READS):
            data = self._line.read(wait_s)
            self._ict.heard(time.monotonic(), data)
            self._tell()
            if not data:
                return
            wait_s = 0.0

    def _tell(self) -> None:
        for event in self._ict.drain():
            self._sink(event)
