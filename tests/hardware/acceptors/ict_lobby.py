"""A running ICT driver and what it told, and a unit by script: for tests that wait for real threads."""

from __future__ import annotations

import os
import select
import termios
import threading
import time
import tty
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from hardware.acceptors.ict_driver import IctAcceptor
from hardware.contracts import Event
from kiosk.money import Money

PATIENCE_S = 120.0  # only ever waited out when a test fails
NOTES = tuple(Money.yuan(yuan) for yuan in (1, 5, 10, 20, 50, 100))

E = TypeVar("E", bound=Event)


def wait_until(true: Callable[[], bool], what: str) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end_s, f"waited in vain until {what}"
        time.sleep(0.01)


def as_a_new_port(fd: int) -> None:
    """A port that was just plugged in has the speed of the system, not ours.

    A pseudo-terminal has no parity; the C library forgives that only if another setting changes with it."""
    settings = termios.tcgetattr(fd)
    settings[4] = settings[5] = termios.B38400
    termios.tcsetattr(fd, termios.TCSANOW, settings)


class Kiosk:
    """The driver with everything it told."""

    def __init__(self, port: Path, hold: int = 0x18) -> None:
        self.told: list[Event] = []
        self._read = 0
        self.driver = IctAcceptor("acceptor", str(port), 9600, NOTES, hold)
        self.driver.start(self.told.append)

    def kill(self) -> None:
        """As a killed process: the port is free, and the unit was told nothing."""
        self.driver._closing_until_s = 0.0
        self.driver.line.wake()
        assert self.driver._thread
        self.driver._thread.join()

    def hears(self, kind: type[E]) -> E:
        """The next event of this kind; those before it are skipped."""
        found: list[E] = []

        def search() -> bool:
            while self._read < len(self.told) and not found:
                event = self.told[self._read]
                self._read += 1
                if isinstance(event, kind):
                    found.append(event)
            return bool(found)

        try:
            wait_until(search, kind.__name__)
        except AssertionError as error:
            raise AssertionError(f"{error}; told: {self.told}") from None
        return found[0]

    def all(self, kind: type[E]) -> list[E]:
        return [event for event in self.told if isinstance(event, kind)]


class Peer:
    """A unit by script: `answer(byte)` gives what goes back. Everything heard is kept."""

    def __init__(self, link: Path, answer: Callable[[int], bytes]) -> None:
        self.heard = b""
        self._answer = answer
        self._device, self._host = os.openpty()
        tty.setraw(self._host)
        self.link = link
        self.plug()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def plug(self) -> None:
        as_a_new_port(self._host)
        self.link.symlink_to(os.ttyname(self._host))

    def unplug(self) -> None:
        self.link.unlink()

    def says(self, data: str) -> None:
        os.write(self._device, bytes.fromhex(data))

    def close(self) -> None:
        self._stopping = True
        self._thread.join()
        os.close(self._host)
        os.close(self._device)

    def _run(self) -> None:
        while not self._stopping:
            if not select.select([self._device], [], [], 0.05)[0]:
                continue
            for byte in os.read(self._device, 4096):
                self.heard += bytes([byte])
                os.write(self._device, self._answer(byte))
