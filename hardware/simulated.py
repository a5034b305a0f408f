"""What all simulated devices share: a pseudo-terminal whose master end they hold, and how they are told
to misbehave.

A simulator talks bytes and knows nothing of the driver. Its verbs come through `do`, from the control
channel of `hardware.simulators`, exactly as a person would use the real thing: insert a note, pull the
cash box, tear off the paper.
"""

from __future__ import annotations

import errno
import os
import threading
import time
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

Json = dict[str, Any]


class NotPossible(Exception):
    """The simulated thing can not do that now; the text is for the person at the control panel."""


class Simulator(Protocol):
    name: str

    def start(self) -> None: ...
    def stop(self) -> None: ...

    def do(self, action: str, **given: Any) -> Json:
        """Carry out one action and return the state. Raises NotPossible with a reason a person can read."""

    def state(self) -> Json:
        """JSON-able picture of the device, for the cabinet and for tests."""

    def power_cut(self) -> None:
        """Mains gone: volatile state is lost, the port is silent."""

    def power_on(self) -> None: ...


class Port(Protocol):
    """The device's end of a cable."""

    def plug(self) -> None: ...
    def unplug(self) -> None: ...
    def send(self, data: bytes) -> None: ...

    def pause(self, seconds: float) -> None:
        """Before the next byte that is sent."""

    def close(self) -> None: ...


PortMaker = Callable[[Path, Callable[[bytes], None], int | None], Port]


class Pty:
    """The device's end of a serial cable: a pseudo-terminal in raw mode behind a stable name.

    `baud` paces output at one byte per 10 bit times when given (a pseudo-terminal itself has no speed).
    The slave stays open here so that a closing driver gives no EIO (acceptors.md §9)."""

    def __init__(self, link: Path, on_bytes: Callable[[bytes], None], baud: int | None = None) -> None:
        self.link = link
        self._on_bytes = on_bytes
        self._byte_s = 10 / baud if baud else 0.0
        self._master, self._slave = os.openpty()
        tty.setraw(self._master)
        tty.setraw(self._slave)
        link.parent.mkdir(parents=True, exist_ok=True)
        self.plug()
        self._stopping = False
        self._thread = threading.Thread(target=self._read, name=f"pty {link.name}", daemon=True)
        self._thread.start()

    def plug(self) -> None:
        """The cable is in: the device file exists."""
        fresh = self.link.with_name(self.link.name + ".new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(self._slave))
        fresh.replace(self.link)

    def unplug(self) -> None:
        """The cable is out: the name is gone (an already open driver hears nothing any more)."""
        self.link.unlink(missing_ok=True)

    def send(self, data: bytes) -> None:
        if not self._byte_s:
            os.write(self._master, data)
            return
        for byte in data:
            os.write(self._master, bytes([byte]))
            time.sleep(self._byte_s)

    def pause(self, seconds: float) -> None:
        time.sleep(seconds)

    def close(self) -> None:
        self._stopping = True
        self.unplug()
        os.close(self._slave)
        self._thread.join(1)
        os.close(self._master)

    def _read(self) -> None:
        while not self._stopping:
            try:
                data = os.read(self._master, 4096)
            except OSError as error:
                if error.errno in (errno.EIO, errno.EBADF):
                    return
                raise
            if data:
                self._on_bytes(data)
