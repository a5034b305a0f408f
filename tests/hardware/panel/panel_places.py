"""A cabinet with its wires, a number pad and a jack; and what the drivers say about them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hardware.contracts import Event
from hardware.panel.contract import Lamp
from hardware.panel.evdev_driver import EvdevJack, EvdevKeypad
from hardware.panel.evdev_sim import JackSim, KeypadSim
from hardware.panel.gpio_driver import GpioPanel
from hardware.panel.panel_sim import PanelSim
from hardware.panel.senses import Contact

SOON_S = 40.0  # generous: the machine may be ten times slower than usual
LAMPS = {Lamp.SLOT: 13, Lamp.PRINTER: 19, Lamp.SCANNER: 26, Lamp.CARD: 12, Lamp.BEACON: 16}
CONTACTS = {
    Contact.CALL: 5,
    Contact.DOOR: 6,
    Contact.CASH_BOX: 20,
    Contact.PRESENCE: 21,
    Contact.MAINS: 25,
}


def wait_until(happened: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + SOON_S
    while not happened():
        assert time.monotonic() < deadline_s, f"not within {SOON_S} s"
        time.sleep(0.01)


class Heard:
    """A sink that remembers, and that can be waited on."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.events: list[Event] = []

    def __call__(self, event: Event) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def of(self, kind: type[Any]) -> list[Any]:
        with self._changed:
            return [event for event in self.events if isinstance(event, kind)]

    def until(self, kind: type[Event], count: int = 1) -> list[Any]:
        """All events of this kind, once there are so many."""

        def enough() -> bool:
            return sum(isinstance(event, kind) for event in self.events) >= count

        with self._changed:
            assert self._changed.wait_for(enough, SOON_S), f"no {kind.__name__} number {count}: {self.events}"
        return self.of(kind)


class Place:
    """Something simulated, and the driver on its line."""

    def __init__(self, sim: Any, driver: Any) -> None:
        self.heard = Heard()
        self.sim, self.driver = sim, driver

    def do(self, *actions: str, **given: Any) -> None:
        for action in actions:
            self.sim.do(action, **given)


def cabinet(folder: Path) -> Place:
    port = folder / "panel"
    return Place(PanelSim("panel", port), GpioPanel("panel", str(port), LAMPS, CONTACTS))


def pad(folder: Path) -> Place:
    return Place(KeypadSim("keypad", folder / "keypad"), EvdevKeypad("keypad", str(folder / "keypad")))


def jack(folder: Path) -> Place:
    return Place(JackSim("jack", folder / "jack"), EvdevJack("jack", str(folder / "jack")))
