"""A printer that is never heard (`status = false`): a file that is only written to, a line with one wire.

Whether a receipt came out is nobody's knowledge, and the driver never says that it did: each job ends as
`NotPrinted(unknown=True)`, so the customer is asked to look, and a second one is marked 补打."""

from __future__ import annotations

from typing import Final

from hardware.contracts import Paper, PrinterState
from hardware.line import LineTrouble
from hardware.printers.escpos import ending, way_out
from hardware.printers.one_thread import OneThread, chunks
from hardware.printers.profile import Profile
from hardware.printers.wire import Wire

TAKEN_ON_TRUST: Final = PrinterState(paper=Paper.OK)
UNHEARD: Final = "sent; this printer is never asked (status = false), so nobody knows whether it came out"


class BlindPrinter(OneThread):
    """`BlindPrinter("printer", FileWire("/dev/kiosk/printer", answers=False), profile)`."""

    def __init__(self, name: str, wire: Wire, profile: Profile) -> None:
        super().__init__(
            name, wire, profile, f"ESC/POS, {wire.kind}, {profile.described}, NO STATUS: taken on trust"
        )

    def _greet(self) -> PrinterState:
        return TAKEN_ON_TRUST

    def _look(self) -> PrinterState:
        self._wire.read(0)  # LineTrouble where it has gone
        return TAKEN_ON_TRUST

    def _put_on_paper(self, job: str, pieces: list[bytes], limit_s: float) -> None:
        sent = False
        try:
            self._look()
            sent = True
            if not self._clean:
                self._wire.write(way_out(self._profile.coverage))
            if self._hanging:
                self._wire.write(ending(self._profile.cutter))
            self._clean, self._hanging = False, True
            for chunk in chunks(pieces):
                self._wire.write(chunk)
            self._clean, self._hanging = True, False
        except LineTrouble as trouble:
            self._not_printed(job, trouble.detail, unknown=sent)
            raise
        self._not_printed(job, UNHEARD, unknown=True)
