"""An ICT bill acceptor on a serial line: bytes between the line and the protocol."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from hardware.acceptors.ict import Ict
from hardware.acceptors.ict_frames import Tell
from hardware.acceptors.serial_acceptor import DISCARD_READS, SerialAcceptor, Wire
from hardware.contracts import Capabilities
from hardware.line import Line, Settings
from kiosk.money import Money


class IctAcceptor(SerialAcceptor):
    """`Acceptor` of `hardware.contracts` for ICT-104U, 106 and 002 (9600 baud 8E1; nothing acknowledges).

    `notes`: value of each type code from 40h on, as the sheet of the ROM has them, None for a type that is
    not taken. `hold`: the byte that keeps a note in escrow, 18h or (some 104U) 5Ah. ValueError without notes."""

    def __init__(
        self,
        name: str,
        port: str,
        baud: int,
        notes: Sequence[Money | None],
        hold: int = Tell.HOLD,
        line: Wire | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ict = Ict(name, notes, hold)
        line = line or Line(port, Settings(baud=baud, parity="E"))
        super().__init__(name, line, self._ict, Capabilities(reports_denominations=False), clock)

    def _step(self) -> None:
        """Whatever lies in the line is heard before anything is said: 02h must not meet another note."""
        now_s = self.clock()
        self._listen(self._ict.due_s(now_s) - now_s)
        byte = self._ict.send(self.clock())
        self._tell()
        if byte is not None:
            self.line.write(bytes((byte,)))

    def _listen(self, wait_s: float) -> None:
        for _ in range(DISCARD_READS):
            data = self._hear(wait_s)
            self._ict.heard(self.clock(), data)
            self._tell()
            if not data:
                return
            wait_s = 0.0
