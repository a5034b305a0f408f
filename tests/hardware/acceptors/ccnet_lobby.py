"""A running driver, whoever answers it, and what it told: for tests that wait for real threads."""

from __future__ import annotations

import os
import threading
import time
import tty
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from hardware.acceptors.ccnet_driver import CcnetAcceptor
from hardware.contracts import Event
from kiosk.money import Money

PATIENCE_S = 60.0  # only ever waited out when a test fails
NOTES = tuple(Money.yuan(yuan) for yuan in (1, 5, 10, 20, 50, 100))

E = TypeVar("E", bound=Event)


def wait_until(true: Callable[[], bool], what: str) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end_s, f"waited in vain until {what}"
        time.sleep(0.01)


class Kiosk:
    """The driver with everything it told. `automatic`: confirm each `Taken` as the core does."""

    def __init__(self, port: Path, automatic: bool = True) -> None:
        self.told: list[Event] = []
        self._read = 0
        self._automatic = automatic
        self.driver = CcnetAcceptor("acceptor", str(port), 9600, ["CNY"], NOTES)
        self.driver.start(self._hear)

    def _hear(self, event: Event) -> None:
        self.told.append(event)
        if self._automatic and type(event).__name__ == "Taken":
            self.driver.confirm()

    def kill(self) -> None:
        """As a killed process: the port is free, and the unit was told nothing."""
        self.driver._closing_until_s = 0.0
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
    """A unit by script: `answer(frame)` gives the bytes that go back. Everything heard is kept."""

    def __init__(self, link: Path, answer: Callable[[bytes], bytes]) -> None:
        self.heard: list[bytes] = []
        self._answer = answer
        self._device, self._host = os.openpty()
        tty.setraw(self._host)
        self.link = link
        self.plug()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def plug(self) -> None:
        self.link.symlink_to(os.ttyname(self._host))

    def unplug(self) -> None:
        self.link.unlink()

    def close(self) -> None:
        os.close(self._host)
        self._thread.join()
        os.close(self._device)

    def _run(self) -> None:
        buffer = b""
        while True:
            try:
                buffer += os.read(self._device, 4096)
            except OSError:
                return
            while len(buffer) > 2 and len(buffer) >= buffer[2]:
                frame, buffer = buffer[: buffer[2]], buffer[buffer[2] :]
                self.heard.append(frame)
                os.write(self._device, self._answer(frame))
