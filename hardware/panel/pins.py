"""Where gpiozero gets its pins from: the header of the board through lgpio, or the wires of a simulator.

Wires of a simulator are a line that carries one text line per change, `<BCM number>=<0, 1 or z>`: from the
simulator what it connects the pin to (z: nothing, so the pull-up or pull-down decides), to it what we drive.
`?` asks for all of them; `.` says that these were all.
"""

from __future__ import annotations

import importlib
import os
import re
import tempfile
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol

from gpiozero import PinInvalidPin
from gpiozero.pins import Factory
from gpiozero.pins.mock import MockFactory, MockPin

from hardware.contracts import Trouble
from hardware.line import Line, LineTrouble, Settings

BOARD: Final = "lgpio"  # the one word in the configuration that is no path
WIRE: Final = re.compile(rb"([0-9]{1,2})=([01z])")
ALL_TOLD: Final = b"."
LONGEST_WIRE: Final = 16  # bytes of one text line; more without an end is no wire
LISTEN_S: Final = 1.0  # how long until a pulled cable is noticed
ANSWER_S: Final = 2.0  # for all wires to be told; a simulator answers in a few ms


class Pins(Protocol):
    factory: Factory

    def check(self) -> None:
        """Raises LineTrouble when the pins do not work any more."""

    def close(self) -> None: ...


def open_pins(source: str, changed: Callable[[], None]) -> Pins:
    """Raises LineTrouble. `changed` is called, from any thread, when something may have changed beyond a pin."""
    return BoardPins() if source == BOARD else WiredPins(source, changed)


class BoardPins:
    """The header of the Raspberry Pi."""

    def __init__(self) -> None:
        chips = sorted(Path("/dev").glob("gpiochip*"))
        if not chips:
            raise LineTrouble(
                Trouble.NO_PORT,
                "no /dev/gpiochip*: this is no Raspberry Pi; take [panel] out of devices.toml",
            )
        if not any(os.access(chip, os.R_OK | os.W_OK) for chip in chips):
            raise LineTrouble(
                Trouble.NO_PERMISSION, f"{chips[0]}: no permission; add this user to the group gpio"
            )
        try:
            load_lgpio()
            from gpiozero.pins.lgpio import LGPIOFactory

            self.factory: Factory = LGPIOFactory()
        except Exception as error:  # lgpio's error class can not be named without importing it
            raise LineTrouble(Trouble.FAILED, f"lgpio gives no pins: {error}") from error

    def check(self) -> None:
        pass

    def close(self) -> None:
        self.factory.close()


def load_lgpio() -> None:
    """Only where it is used: it starts a thread, makes a FIFO in the folder LG_WD, without it in the working folder
    (which may be anybody's when a person calls the doctor), and makes that the working folder of the process."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory(
        prefix="kiosk-gpio-"
    ) as folder:  # both ends stay open when its name is gone
        os.environ["LG_WD"] = folder
        try:
            importlib.import_module("lgpio")
        finally:
            os.chdir(before)


class WiredPin(MockPin):  # type: ignore[misc]
    """gpiozero's mock pin at the end of a wire."""

    _connected = b"z"

    def _change_state(self, value: bool) -> bool:
        changed = bool(super()._change_state(value))
        if changed and self._function == "output":
            self.factory.tell(self)
        return changed

    def _set_pull(self, value: str) -> None:
        super()._set_pull(value)
        self.connect(self._connected)

    def connect(self, level: bytes) -> None:
        """What the other end of the wire does: pull to ground, pull up, or leave it to our pull resistor."""
        self._connected = level
        if self.function == "input":
            high = level == b"1" or (level == b"z" and self.pull == "up")
            self.drive_high() if high else self.drive_low()


class WiredFactory(MockFactory):  # type: ignore[misc]
    def __init__(self, tell: Callable[[WiredPin], None]) -> None:
        super().__init__(pin_class=WiredPin)
        self.tell = tell


class WiredPins:
    """One thread owns the line to the simulator."""

    def __init__(self, port: str, changed: Callable[[], None]) -> None:
        self.factory: Factory = WiredFactory(self._driven)
        self._changed = changed
        self._line = Line(port, Settings())
        self._line.open()
        self._out: deque[bytes] = deque([b"?\n"])
        self._trouble: LineTrouble | None = None
        self._closing = threading.Event()
        self._answered = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"wires {port}", daemon=True)
        self._thread.start()
        answered = self._answered.wait(ANSWER_S)
        if not answered or self._trouble is not None:
            self.close()
            self.check()
            raise LineTrouble(
                Trouble.SILENT, f"{port}: nobody tells how the wires stand; is the simulator up?"
            )

    def check(self) -> None:
        if self._trouble is not None:
            raise self._trouble

    def close(self) -> None:
        self._closing.set()
        self._line.wake()
        self._thread.join()
        self.factory.close()

    def _driven(self, pin: WiredPin) -> None:
        self._out.append(b"%s=%d\n" % (pin.info.name.removeprefix("GPIO").encode(), pin.state))
        self._line.wake()

    def _run(self) -> None:
        try:
            rest = b""
            while not self._closing.is_set():
                self._flush()
                *whole, rest = (rest + self._line.read(LISTEN_S)).split(b"\n")
                for wire in whole:
                    self._connect(wire)
                if len(rest) > LONGEST_WIRE:
                    raise self._garbage(rest)
            self._flush()
        except LineTrouble as trouble:
            self._trouble = trouble
            self._answered.set()
            self._changed()
        finally:
            self._line.close()

    def _flush(self) -> None:
        while self._out:
            self._line.write(self._out.popleft())

    def _connect(self, wire: bytes) -> None:
        if wire == ALL_TOLD:
            self._answered.set()
            return
        match = WIRE.fullmatch(wire)
        if match is None:
            raise self._garbage(wire)
        try:
            pin: Any = self.factory.pin(f"GPIO{int(match[1])}")
        except PinInvalidPin:
            raise self._garbage(wire) from None
        pin.connect(match[2])

    def _garbage(self, wire: bytes) -> LineTrouble:
        return LineTrouble(
            Trouble.GARBAGE,
            f"{self._line.port}: {wire[:LONGEST_WIRE]!r} says nothing of a wire; is it [panel]'s?",
        )
