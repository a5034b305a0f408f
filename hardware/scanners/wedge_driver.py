"""A scanner that types like a keyboard (HID keyboard wedge): read from its input device, which it has for itself.

Its keys reach nobody else: not the screens, not a console. Unplugged and plugged in again it begins afresh.
"""

from __future__ import annotations

from hardware.input_events import InputLine
from hardware.scanners.talking_driver import TalkingScanner
from hardware.scanners.wedge_keys import WedgeKeys


class _WedgeLine:
    """The keys of an input device as the bytes of a serial scanner."""

    def __init__(self, port: str) -> None:
        self.port = port
        self._events = InputLine(port, grab=True)
        self._keys = WedgeKeys()

    @property
    def identity(self) -> str:
        return self._events.name or f"keyboard scanner on {self._events.port}"

    def open(self) -> None:
        if not self._events.is_open:
            self._keys = WedgeKeys()
        self._events.open()

    def close(self) -> None:
        self._events.close()

    def read(self, limit_s: float) -> bytes:
        return self._keys.typed(self._events.read(limit_s))

    def pause(self, limit_s: float) -> None:
        self._events.pause(limit_s)

    def wake(self) -> None:
        self._events.wake()


class WedgeScanner(TalkingScanner):
    """`WedgeScanner("scanner", "/dev/kiosk/scanner")`, an input device with the keys of a US keyboard."""

    def __init__(self, name: str, port: str) -> None:
        super().__init__(name, _WedgeLine(port))
