"""A running acceptor driver, whoever answers it, and what it told: for tests that wait for real threads."""

from __future__ import annotations

import os
import threading
import time
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from hardware.contracts import Event, Taken
from kiosk.money import Money

PATIENCE_S = 120.0  # only ever waited out when a test fails
NOTES = tuple(Money.yuan(yuan) for yuan in (1, 5, 10, 20, 50, 100))

E = TypeVar("E", bound=Event)


def wait_until(true: Callable[[], bool], what: str) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end_s, f"waited in vain until {what}"
        time.sleep(0.01)


class Kiosk:
    """A driver with everything it told. `automatic`: confirm each `Taken` as the core does."""

    def __init__(self, driver: Any, automatic: bool = True) -> None:
        self.told: list[Event] = []
        self._read = 0
        self._automatic = automatic
        self.driver = driver
        self.driver.start(self._hear)

    def _hear(self, event: Event) -> None:
        self.told.append(event)
        if self._automatic and isinstance(event, Taken):
            self.driver.confirm()

    def kill(self) -> None:
        """As a killed process: the port is free, and the unit was told nothing."""
        self.driver._closing_until_s = 0.0
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
    """A unit by script: `answer(frame)` gives the bytes that go back. Everything heard is kept.

    The byte at `length_at` of a frame counts the whole frame."""

    def __init__(self, link: Path, answer: Callable[[bytes], bytes], length_at: int = 1) -> None:
        self.heard: list[bytes] = []
        self.link = link
        self._answer = answer
        self._length_at = length_at
        self._device, self._host = os.openpty()
        tty.setraw(self._host)
        self.plug()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def line(self) -> int:
        """Descriptor of the end that the driver opens, to look at its settings."""
        return self._host

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
            while len(buffer) > self._length_at and len(buffer) >= buffer[self._length_at]:
                frame, buffer = buffer[: buffer[self._length_at]], buffer[buffer[self._length_at] :]
                self.heard.append(frame)
                os.write(self._device, self._answer(frame))
