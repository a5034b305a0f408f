"""A printer behind a device file: /dev/usb/lp*, which the kernel's usblp makes of a USB printer, or any other file.

Not python-escpos' Usb: it resets the printer at each opening, reads 16 bytes at a time and needs libusb, which does
not start where the core lives (it wants a netlink socket; `RestrictAddressFamilies=AF_UNIX`). Not its File either:
that can not read, and writes without a limit."""

from __future__ import annotations

import errno
import fcntl
import os
import select
import time
from typing import Final

from hardware.contracts import Trouble
from hardware.line import LineTrouble, trouble_of
from hardware.printers import wire

_CHUNK: Final = 4096
_EMPTY_S: Final = 0.02  # some printers send USB packets of no length for as long as they have nothing to say


class FileWire:
    """`answers`: the printer is heard, too (usblp); else the file is only written to."""

    byte_s = 0.0  # a receipt is gone in milliseconds

    def __init__(self, port: str, *, answers: bool) -> None:
        self.port = port
        self.kind = "USB" if answers else "a file that does not answer"
        self._answers = answers
        self._fd: int | None = None

    @property
    def is_open(self) -> bool:
        return self._fd is not None

    def open(self) -> None:
        # Never O_CREAT: a printer that is not plugged in must not become a file that takes receipts.
        way = os.O_RDWR if self._answers else os.O_WRONLY | os.O_APPEND
        try:
            self._fd = os.open(self.port, way | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.close()
            raise self._trouble(error) from error

    def write(self, data: bytes) -> None:
        fd = self._opened()
        until = time.monotonic() + wire.WRITE_LIMIT_S
        at = 0
        try:
            while at < len(data):
                if not select.select([], [fd], [], max(0.0, until - time.monotonic()))[1]:
                    detail = (
                        f"{self.port}: took {at} of {len(data)} bytes in {wire.WRITE_LIMIT_S:g} s;"
                        " check paper, cover and power"
                    )
                    raise LineTrouble(Trouble.SILENT, detail, at)
                try:
                    at += os.write(fd, data[at : at + _CHUNK])
                except BlockingIOError:
                    continue
        except OSError as error:
            raise self._trouble(error) from error

    def read(self, limit_s: float) -> bytes:
        fd = self._opened()
        until = time.monotonic() + limit_s
        data = b""
        try:
            while self._answers and not data:
                if not select.select([fd], [], [], max(0.0, until - time.monotonic()))[0]:
                    break
                data = self._read(fd)
                if not data:
                    time.sleep(_EMPTY_S)
                    if time.monotonic() >= until:
                        break
        except OSError as error:
            raise self._trouble(error) from error
        if not data:
            self._check_presence(fd)
        return data

    def backlog_s(self) -> float:
        return 0.0  # `write` itself waits until the printer fetches

    def drop_output(self) -> None:
        """The kernel takes back what the printer has not fetched when the file is closed."""
        self.close()
        self.open()

    def close(self) -> None:
        fd, self._fd = self._fd, None
        if fd is not None:
            try:
                os.close(fd)
            except OSError:
                pass  # it is gone already

    def _read(self, fd: int) -> bytes:
        try:
            return os.read(fd, _CHUNK)
        except BlockingIOError:
            return b""

    def _check_presence(self, fd: int) -> None:
        """A pulled cable does not always hang up: the name may be gone, or lead to another printer."""
        try:
            same = os.path.samestat(os.stat(self.port), os.fstat(fd))
        except OSError:
            same = False
        if not same:
            raise LineTrouble(Trouble.NO_PORT, f"{self.port}: vanished while in use; check cable and power")

    def _opened(self) -> int:
        if self._fd is None:
            raise LineTrouble(Trouble.NO_PORT, f"{self.port}: not open")
        return self._fd

    def _trouble(self, error: OSError) -> LineTrouble:
        known = trouble_of(self.port, error)
        if known.trouble is not Trouble.NO_PORT or error.errno == errno.ENOENT:
            return known
        return LineTrouble(Trouble.NO_PORT, f"{self.port}: {error.strerror}; check cable and power")
