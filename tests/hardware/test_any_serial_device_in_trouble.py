"""Printer, code scanner and card terminal on a line that lacks, lies, echoes or belongs to somebody else.

On real pseudo-terminals; how soon it is noticed, and what comes of an hour of noise, is in
`test_trouble_takes_a_way_of_paying_away.py`."""

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
from hardware.simulated import Pty
from hardware.terminals.zvt_sim import ZvtSim
from kiosk import site
from kiosk.core import simulated
from tests.hardware.panel.panel_places import Heard

NOISE = bytes(range(0x80, 0x100, 3)) * 4
ICT = bytes.fromhex("808f") * 8


def driver(name: str, folder: Path) -> Device:
    devices = shelf.build(simulated(site.load(None), folder).devices)
    return next(device for device in devices.all if device.name == name)


def simulator(name: str, folder: Path) -> Any:
    if name == "printer":
        return printer_sim(None, folder / name, folder / "paper")
    return SerialScannerSim(name, folder / name) if name == "scanner" else ZvtSim(name, folder / name)


def nobody(said: bytes) -> bytes:
    return b""


def noise(said: bytes) -> bytes:
    return NOISE


def echo(said: bytes) -> bytes:
    return said


def acceptor(said: bytes) -> bytes:
    return ICT


class Stranger:
    """Whatever is said, `answer` comes back."""

    def __init__(self, link: Path, answer: Callable[[bytes], bytes]) -> None:
        self.pty = Pty(link, lambda data: self.pty.send(answer(data)))

    def start(self) -> None: ...

    def stop(self) -> None:
        self.pty.close()


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
# What answers → for each device the trouble, and a word of its sentence. A scanner can not be asked: it only talks.
STRANGERS = {
    "silence": (nobody, {"printer": (Trouble.SILENT, "baud"), "terminal": (Trouble.SILENT, "power")}),
    "wrong speed": (noise, {"printer": (Trouble.GARBAGE, "baud"), "terminal": (Trouble.GARBAGE, "speed")}),
    "an echo": (echo, {"printer": (Trouble.ECHO, "loop-back"), "terminal": (Trouble.ECHO, "loop-back")}),
    "another device": (
        acceptor,
        {
            "printer": (Trouble.WRONG_DEVICE, "an ICT bill acceptor"),
            "terminal": (Trouble.GARBAGE, "an ICT bill acceptor"),
        },
    ),
}
ROWS = [(what, name) for what, (_, expected) in STRANGERS.items() for name in expected]


@pytest.mark.parametrize(("what", "name"), ROWS)
def test_a_stranger_is_named_and_the_right_one_is_found_behind_it(place_of, what: str, name: str) -> None:
    answer, expected = STRANGERS[what]
    place = place_of(name)
    place.put(Stranger(place.folder / name, answer))
    place.begin()
    trouble, word = expected[name]
    lost = place.trouble()
    assert lost.trouble is trouble and word in lost.detail, lost
    place.take_away()
    place.put(simulator(name, place.folder))
    place.heard.until(Found)


@pytest.mark.parametrize("name", ALL)
def test_no_such_port_then_it_is_plugged_in_and_pulled_out_and_plugged_in(place_of, name: str) -> None:
    place = place_of(name).begin()
    missing = place.trouble()
    assert missing.trouble is Trouble.NO_PORT and "no such device file" in missing.detail
    sim = place.put(simulator(name, place.folder))
    place.heard.until(Found)
    for times in (1, 2):
        sim.do("unplug")
        assert place.trouble(1 + times).trouble in (Trouble.NO_PORT, Trouble.SILENT)
        sim.do("plug")
        place.heard.until(Found, 1 + times)


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
