"""A printer on a serial line.

The way is python-escpos' connection; what this adds is what that lacks: it never blocks for ever, it obeys a
printer that says stop (XOFF), it shares its port with nobody, and its errors are `LineTrouble`."""

from __future__ import annotations

import select
import termios
import time
from pathlib import Path
from typing import Final

import serial

from hardware.contracts import Trouble
from hardware.line import LineTrouble, trouble_of
from hardware.printers import wire
from hardware.printers.python_escpos import DeviceNotFoundError, Serial

_BITS_PER_BYTE: Final = 10  # 8N1


class SerialWire:
    def __init__(self, port: str, baud: int) -> None:
        self.port = port
        self.kind = f"{baud} baud"
        self.byte_s = _BITS_PER_BYTE / baud
        self._connection = Serial(devfile=port, baudrate=baud, timeout=0)
        self._device: serial.Serial | None = None
        self._left_at = 0.0  # when all that was handed over has left, if nobody stops it

    @property
    def is_open(self) -> bool:
        return self._device is not None

    def open(self) -> None:
        try:
            self._connection.open()
            device = self._connection.device
            device.exclusive = True
            device.write_timeout = wire.WRITE_LIMIT_S
            device.xonxoff = True  # switched on here, not above: so a stop left by the last user is undone
        except DeviceNotFoundError as error:
            cause = error.__context__
            raise trouble_of(self.port, cause if isinstance(cause, Exception) else error) from error
        except (OSError, termios.error) as error:
            self._shut()
            raise trouble_of(self.port, error) from error
        self._device = device

    def write(self, data: bytes) -> None:
        self._opened()
        self._left_at = max(self._left_at, time.monotonic()) + len(data) * self.byte_s
        try:
            self._connection._raw(data)
        except serial.SerialTimeoutException as error:
            detail = f"{self.port}: took no bytes for {wire.WRITE_LIMIT_S:g} s; check paper, cover and power"
            raise LineTrouble(Trouble.SILENT, detail) from error
        except OSError as error:
            raise trouble_of(self.port, error) from error

    def read(self, limit_s: float) -> bytes:
        device = self._opened()
        data = b""
        try:
            while select.select([device], [], [], 0 if data else limit_s)[0]:
                data += self._connection._read()
        except (OSError, termios.error) as error:
            raise trouble_of(self.port, error) from error
        if not data and not Path(self.port).exists():
            raise LineTrouble(Trouble.NO_PORT, f"{self.port}: vanished while in use; check cable and power")
        return data

    def backlog_s(self) -> float:
        try:
            waiting = self._opened().out_waiting  # held back by the printer, perhaps
        except (OSError, termios.error) as error:
            raise trouble_of(self.port, error) from error
        return float(max(self._left_at - time.monotonic(), waiting * self.byte_s, 0.0))

    def drop_output(self) -> None:
        self._left_at = 0.0
        try:
            self._opened().reset_output_buffer()
        except (OSError, termios.error) as error:
            raise trouble_of(self.port, error) from error

    def close(self) -> None:
        self._device = None
        self._shut()

    def _shut(self) -> None:
        """python-escpos waits on close until all has left: a stopped printer would hold it for ever."""
        device = self._connection._device
        if device:
            for step in (device.reset_output_buffer, device.close):
                try:
                    step()
                except (OSError, termios.error):
                    pass  # it is gone already
        self._connection.close()

    def _opened(self) -> serial.Serial:
        if self._device is None:
            raise LineTrouble(Trouble.NO_PORT, f"{self.port}: not open")
        return self._device
