"""A person with codes before a camera or a scanner, and what the driver says about it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from hardware.contracts import CodeRead, CodeRefused, Event
from hardware.scanners.camera_driver import CameraScanner
from hardware.scanners.camera_sim import CameraSim
from hardware.scanners.serial_driver import SerialScanner
from hardware.scanners.serial_sim import SerialScannerSim
from hardware.scanners.wedge_driver import WedgeScanner
from hardware.scanners.wedge_sim import WedgeSim

SOON_S = 60.0  # generous: the machine may be ten times slower than usual


def wait_until(happened: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + SOON_S
    while not happened():
        assert time.monotonic() < deadline_s, f"not within {SOON_S} s"
        time.sleep(0.02)


class Heard:
    """A sink that remembers, and that can be waited on."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.events: list[Event] = []

    def __call__(self, event: Event) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    @property
    def codes(self) -> list[Event]:
        """What was said about codes, without the device's own coming and going."""
        with self._changed:
            return [event for event in self.events if isinstance(event, CodeRead | CodeRefused)]

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.codes if isinstance(event, CodeRead)]

    def until(self, happened: Callable[[list[Event]], bool]) -> None:
        with self._changed:
            came = self._changed.wait_for(lambda: happened(self.events), SOON_S)
        assert came, f"not within {SOON_S} s; heard: {self.events}"

    def until_code(self, count: int = 1) -> None:
        self.until(lambda _: len(self.codes) >= count)

    def until_kind(self, kind: type[Event], count: int = 1) -> None:
        self.until(lambda events: sum(isinstance(event, kind) for event in events) >= count)


class Lobby:
    """A camera in its place, running, with somebody before it."""

    def __init__(self, folder: Path) -> None:
        self.heard = Heard()
        self.sim = CameraSim("camera", folder)
        self.driver = CameraScanner("camera", str(folder), 640, 480, 15)

    def wait_pictures(self, count: int) -> None:
        """Until the camera has written so many more pictures."""
        goal = self.sim.state()["frames"] + count
        wait_until(lambda: self.sim.state()["frames"] >= goal)


class Counter:
    """A serial scanner in its place, running."""

    def __init__(self, link: Path) -> None:
        self.heard = Heard()
        self.sim = SerialScannerSim("scanner", link)
        self.driver = SerialScanner("scanner", str(link), 9600)


class Desk:
    """A scanner that types like a keyboard in its place, running."""

    def __init__(self, link: Path, name: str = "scanner") -> None:
        self.heard = Heard()
        self.sim = WedgeSim(name, link)
        self.driver = WedgeScanner(name, str(link))
