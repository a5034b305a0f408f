"""A running SSP driver, whoever answers it, and what it told: for tests that wait for real threads."""

from __future__ import annotations

import os
import threading
import time
import tty
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from hardware.acceptors.ssp_driver import SspAcceptor
from hardware.acceptors.ssp_frames import Decoder, Frame
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
    """The driver with everything it told."""

    def __init__(self, port: Path) -> None:
        self.told: list[Event] = []
        self._read = 0
        self.driver = SspAcceptor("acceptor", str(port), 9600, ["CNY"], NOTES)
        self.driver.start(self.told.append)

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

    def __init__(self, link: Path, answer: Callable[[Frame], bytes]) -> None:
        self.heard: list[Frame] = []
        self._answer = answer
        self._device, self.line = os.openpty()
        tty.setraw(self.line)
        self.link = link
        link.symlink_to(os.ttyname(self.line))
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        os.close(self.line)
        self._thread.join()
        os.close(self._device)

    def _run(self) -> None:
        decoder = Decoder()
        while True:
            try:
                data = os.read(self._device, 4096)
            except OSError:
                return
            for frame in decoder.feed(data):
                self.heard.append(frame)
                os.write(self._device, self._answer(frame))
