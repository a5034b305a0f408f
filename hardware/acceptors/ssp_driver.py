"""An SSP bill acceptor on a serial line: bytes between the line and the protocol."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from hardware.acceptors.acceptor_life import CLOSE_S
from hardware.acceptors.serial_acceptor import SerialAcceptor, Wire
from hardware.acceptors.ssp import REPLY_S, Ssp
from hardware.acceptors.ssp_frames import Decoder
from hardware.contracts import Capabilities, Event, Found
from hardware.line import Line, Settings
from kiosk.money import Money


class SspAcceptor(SerialAcceptor):
    """`Acceptor` of `hardware.contracts` for SSP units such as NV9USB+ or NV200 (9600 8N2).

    `currencies`: countries of the dataset that are taken, such as CNY; `notes`: denominations of this site;
    `fixed_key`: of a unit that is set to encryption (eSSP)."""

    def __init__(
        self,
        name: str,
        port: str,
        baud: int,
        currencies: Sequence[str],
        notes: Sequence[Money],
        fixed_key: int | None = None,
        line: Wire | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ssp = Ssp(name, currencies, notes, fixed_key)
        self._decoder = Decoder()
        line = line or Line(port, Settings(baud=baud, stopbits=2))
        super().__init__(name, line, self._ssp, Capabilities(), clock)  # `has_counter` is known with `Found`

    def _opened(self) -> None:
        self._decoder.clear()

    def _step(self) -> None:
        now_s = self.clock()
        wait_s = self._ssp.due_s(now_s) - now_s
        if wait_s > 0:
            self.line.pause(min(wait_s, CLOSE_S))
            return
        self.line.write(self._ssp.packet(now_s))
        self._await_answer()
        self._tell()

    def _await_answer(self) -> None:
        """Frames go to the protocol until one is the answer; old ones show by their flag."""
        now_s = self.clock()
        until_s, anything = now_s + REPLY_S, False
        while now_s < until_s:
            data = self._hear(until_s - now_s)
            now_s = self.clock()
            anything = anything or bool(data)
            for frame in self._decoder.feed(data):
                if self._ssp.heard(now_s, frame):
                    return
        self._decoder.clear()
        self._ssp.missed(now_s, anything)

    def _before(self, event: Event) -> Event:
        if isinstance(event, Found):
            self.capabilities = Capabilities(has_counter=bool(self._ssp.has_counter))
        return super()._before(event)
