"""An EBDS bill acceptor on a serial line: bytes between the line and the protocol."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import ClassVar

from hardware.acceptors.ebds import Ebds
from hardware.acceptors.ebds_frames import Decoder, encode
from hardware.acceptors.serial_acceptor import AskingAcceptor, Wire
from hardware.contracts import Capabilities
from hardware.line import Line, Settings
from kiosk.money import Money


class EbdsAcceptor(AskingAcceptor):
    """`Acceptor` of `hardware.contracts` for EBDS units (7E1, 9600 baud).

    `notes`: the denominations behind the indices 1 to 7 of the unit's dataset, in that order, None for one that is
    not taken; the unit does not tell them. It has no counter and no serial number."""

    TRANSACTION_S: ClassVar[float] = 1.0  # a reply of 11 bytes

    def __init__(
        self,
        name: str,
        port: str,
        baud: int,
        notes: Sequence[Money | None],
        line: Wire | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ebds = Ebds(name, notes)
        self._decoder = Decoder()
        line = line or Line(port, Settings(baud=baud, bytesize=7, parity="E"))
        super().__init__(name, line, self._ebds, Capabilities(reports_denominations=False), clock)

    def _due_s(self, now_s: float) -> float:
        return self._ebds.due_s(now_s)

    def _next(self, now_s: float) -> bytes:
        return encode(self._ebds.command(now_s))

    def _answered(self, answer: bytes) -> bytes:
        self._ebds.heard(self.clock(), answer)
        return b""

    def _missed(self, garbled: bool) -> bytes:
        self._ebds.missed(self.clock(), garbled)
        return b""
