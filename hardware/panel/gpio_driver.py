"""Lamps, call button, switches, presence sensor and mains line on GPIO, through gpiozero.

gpiozero's callbacks come in a thread of its backend, which an exception would kill, and its mock pins know no
debouncing. So a callback here only wakes our own thread; that reads the levels and `senses` judges them."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Final

from gpiozero import DigitalInputDevice, DigitalOutputDevice

from hardware.contracts import Found, Lost, Sink, Trouble
from hardware.line import REOPEN_S, LineTrouble
from hardware.panel.contract import Lamp
from hardware.panel.pins import BOARD, Pins, open_pins
from hardware.panel.senses import Contact, Senses

LOOK_AGAIN_S: Final = 0.5  # an edge that was lost is seen at the latest after this
CLOSE_LIMIT_S: Final = 3.0
PULLED_DOWN: Final = frozenset({Contact.PRESENCE})  # drives the line high; all others connect it to ground


class GpioPanel:
    """`GpioPanel("panel", "lgpio", {Lamp.SLOT: 13}, {Contact.DOOR: 6})`; numbers are BCM's.

    `source`: "lgpio" for the header of the board, else the line of a simulator (`hardware.panel.pins`)."""

    def __init__(
        self, name: str, source: str, lamps: Mapping[Lamp, int], contacts: Mapping[Contact, int]
    ) -> None:
        self.name = name
        self._source = source
        self._lamps = lamps
        self._contacts = contacts
        self._wanted: frozenset[Lamp] = frozenset()
        self._sink: Sink = lambda event: None
        self._told: Trouble | None = None
        self._awake = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self, sink: Sink) -> None:
        self._sink = sink
        self._thread.start()

    def close(self) -> None:
        """All lamps off, all pins given back."""
        self._closing.set()
        self._awake.set()
        self._thread.join(CLOSE_LIMIT_S)

    def light(self, lamps: frozenset[Lamp]) -> None:
        self._wanted = lamps
        self._awake.set()

    # ---- everything below runs in the thread ------------------------------------------------------

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                pins = open_pins(self._source, self._awake.set)
                try:
                    with ExitStack() as opened:
                        self._serve(pins, opened)
                finally:
                    pins.close()
            except LineTrouble as trouble:
                if trouble.trouble is not self._told:
                    self._told = trouble.trouble
                    self._sink(Lost(device=self.name, trouble=trouble.trouble, detail=trouble.detail))
                self._closing.wait(REOPEN_S)

    def _serve(self, pins: Pins, opened: ExitStack) -> None:
        """Raises LineTrouble."""
        try:
            lamps = {
                lamp: opened.enter_context(DigitalOutputDevice(pin, pin_factory=pins.factory))
                for lamp, pin in self._lamps.items()
            }
            contacts = {
                contact: opened.enter_context(self._input(contact, pin, pins))
                for contact, pin in self._contacts.items()
            }
            self._found()
            senses = Senses(self.name)
            while not self._closing.is_set():
                self._awake.clear()
                pins.check()
                for lamp, output in lamps.items():
                    output.value = lamp in self._wanted
                now_s = time.monotonic()
                for event in senses.see(now_s, {c: bool(made.value) for c, made in contacts.items()}):
                    self._sink(event)
                due_s = senses.due_s
                self._awake.wait(
                    LOOK_AGAIN_S if due_s is None else max(0.0, min(LOOK_AGAIN_S, due_s - now_s))
                )
            for output in lamps.values():  # a pin that is only let go may keep its level
                output.off()
        except LineTrouble:
            raise
        except Exception as error:  # each backend of gpiozero has error classes of its own
            trouble = Trouble.BUSY_PORT if "busy" in str(error).lower() else Trouble.FAILED
            detail = (
                f"{self.name}: {error}; check the pin numbers in config/devices.toml and who else uses them"
            )
            raise LineTrouble(trouble, detail) from error

    def _input(self, contact: Contact, pin: int, pins: Pins) -> DigitalInputDevice:
        made = DigitalInputDevice(pin, pull_up=contact not in PULLED_DOWN, pin_factory=pins.factory)
        made.when_activated = made.when_deactivated = self._wake
        return made

    def _wake(self) -> None:
        self._awake.set()

    def _found(self) -> None:
        self._told = None
        where = "GPIO header" if self._source == BOARD else f"wires on {self._source}"
        self._sink(
            Found(
                device=self.name,
                identity=f"{len(self._lamps)} lamps, {len(self._contacts)} contacts, {where}",
            )
        )
