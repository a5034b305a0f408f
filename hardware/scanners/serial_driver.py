"""A scanner on a serial line: TTL or RS-232 engine, or USB in its virtual-COM mode (GM65, GM60 and kin)."""

from __future__ import annotations

from hardware.line import Line, Settings
from hardware.scanners.talking_driver import TalkingScanner


class _SerialLine(Line):
    @property
    def identity(self) -> str:
        return f"serial scanner on {self.port}"


class SerialScanner(TalkingScanner):
    """`SerialScanner("scanner", "/dev/kiosk/scanner", 9600)`."""

    def __init__(self, name: str, port: str, baud: int) -> None:
        super().__init__(name, _SerialLine(port, Settings(baud)))
