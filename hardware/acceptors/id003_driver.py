"""An ID-003 bill acceptor on a serial line: bytes between the line and the protocol."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from hardware.acceptors.id003 import Id003
from hardware.acceptors.id003_codes import ACK
from hardware.acceptors.id003_frames import Decoder, encode
from hardware.acceptors.serial_acceptor import AskingAcceptor, Wire
from hardware.contracts import Capabilities
from hardware.line import Line, Settings
from kiosk.money import Money


class Id003Acceptor(AskingAcceptor):
    """`Acceptor` of `hardware.contracts` for ID-003 units (8E1; 9600 or 19200 baud by a switch in the unit).

    `currencies`: what the unit's table may name: CNY (also CHN, RMB), or a country byte as two hexadecimal
    digits; `notes`: denominations of this site. The unit has no counter and no serial number."""

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
        self._id003 = Id003(name, currencies, notes)
        self._decoder = Decoder()
        line = line or Line(port, Settings(baud=baud, parity="E"))
        super().__init__(name, line, self._id003, Capabilities(), clock)

    def _due_s(self, now_s: float) -> float:
        return self._id003.due_s(now_s)

    def _next(self, now_s: float) -> bytes:
        return encode(self._id003.command(now_s))

    def _answered(self, answer: bytes) -> bytes:
        return encode(ACK) if self._id003.heard(self.clock(), answer) else b""

    def _missed(self, garbled: bool) -> bytes:
        self._id003.missed(self.clock(), garbled)
        return b""
