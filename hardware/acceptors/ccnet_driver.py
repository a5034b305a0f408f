"""A CCNET bill acceptor on a serial line: bytes between the line and the protocol."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from hardware.acceptors.ccnet import Ccnet
from hardware.acceptors.ccnet_frames import ACK, NAK, Decoder, encode
from hardware.acceptors.serial_acceptor import AskingAcceptor, Wire
from hardware.contracts import Capabilities, Event, Found
from hardware.line import Line, Settings
from kiosk.money import Money


class CcnetAcceptor(AskingAcceptor):
    """`Acceptor` of `hardware.contracts` for CCNET units (8N1; 9600 or 19200 baud by a switch in the unit).

    `currencies`: codes of the bill table that are taken, such as CNY; `notes`: denominations of this site."""

    def __init__(
        self,
        name: str,
        port: str,
        baud: int,
        currencies: Sequence[str],
        notes: Sequence[Money],
        line: Wire | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ccnet = Ccnet(name, currencies, notes)
        self._decoder = Decoder()
        line = line or Line(port, Settings(baud=baud))
        super().__init__(
            name, line, self._ccnet, Capabilities(), clock
        )  # `has_counter` is known with `Found`

    def _due_s(self, now_s: float) -> float:
        return self._ccnet.due_s(now_s)

    def _next(self, now_s: float) -> bytes:
        return encode(self._ccnet.command(now_s))

    def _answered(self, answer: bytes) -> bytes:
        return encode(ACK) if self._ccnet.heard(self.clock(), answer) else b""

    def _missed(self, garbled: bool) -> bytes:
        self._ccnet.missed(self.clock(), garbled)
        return encode(NAK) if garbled else b""

    def _before(self, event: Event) -> Event:
        if isinstance(event, Found):
            self.capabilities = Capabilities(has_counter=bool(self._ccnet.has_counter))
        return super()._before(event)
