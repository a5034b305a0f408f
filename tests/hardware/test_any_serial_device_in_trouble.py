"""Printer, code scanner and card terminal on a real pseudo-terminal that somebody else holds, or on what is none.

All other trouble of a line, and how soon it is noticed: `test_trouble_takes_a_way_of_paying_away.py`."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware import shelf
from hardware.contracts import Device, Found, Lost, Trouble
from hardware.printers.sims import printer_sim
from hardware.scanners.serial_sim import SerialScannerSim
from hardware.terminals.zvt_sim import ZvtSim
from kiosk import site
from kiosk.simulation import simulated
from tests.hardware.panel.panel_places import Heard


def driver(name: str, folder: Path) -> Device:
    devices = shelf.build(simulated(site.load(None), folder).devices)
    return next(device for device in devices.all if device.name == name)


def simulator(name: str, folder: Path) -> Any:
    if name == "printer":
        return printer_sim(None, folder / name, folder / "paper")
    return SerialScannerSim(name, folder / name) if name == "scanner" else ZvtSim(name, folder / name)


class Place:
    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder, self.heard = name, folder, Heard()
        self.driver = driver(name, folder)
        self._there: list[Any] = []

    def begin(self) -> Place:
        self.driver.start(self.heard)
        return self

    def put(self, device: Any) -> Any:
        self._there.append(device)
        device.start()
        return device

    def take_away(self) -> None:
        self._there.pop().stop()

    def trouble(self, count: int = 1) -> Lost:
        lost: Lost = self.heard.until(Lost, count)[-1]
        return lost

    def close(self) -> None:
        self.driver.close()
        while self._there:
            self.take_away()


@pytest.fixture
def place_of(tmp_path: Path) -> Iterator[Callable[[str], Place]]:
    places: list[Place] = []

    def make(name: str) -> Place:
        places.append(Place(name, tmp_path))
        return places[-1]

    yield make
    for place in places:
        place.close()


ALL = ("printer", "scanner", "terminal")


@pytest.mark.parametrize("name", ALL)
def test_a_port_that_another_program_holds_is_waited_for(place_of, name: str) -> None:
    place = place_of(name)
    place.put(simulator(name, place.folder))
    other = os.open(place.folder / name, os.O_RDWR | os.O_NOCTTY)
    fcntl.flock(other, fcntl.LOCK_EX)
    place.begin()
    busy = place.trouble()
    assert busy.trouble is Trouble.BUSY_PORT and "fuser" in busy.detail
    os.close(other)
    place.heard.until(Found)


@pytest.mark.parametrize("name", ALL)
def test_a_file_that_is_no_serial_line(place_of, name: str) -> None:
    place = place_of(name)
    (place.folder / name).write_text("not a device")
    place.begin()
    assert "serial line" in place.trouble().detail
