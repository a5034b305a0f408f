"""The tactile keypad and the headphone jack: input devices of the kernel, read by one thread each."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from typing import Final

from hardware.contracts import Event, Found, Lost, Sink, Trouble
from hardware.input_events import DOWN, EV_KEY, EV_SW, SW_HEADPHONE_INSERT, InputEvent, InputLine, Key
from hardware.line import CALM_S, REOPEN_S, LineTrouble
from hardware.panel import contract
from hardware.panel.contract import Headphones, KeyPressed

PRESENCE_S: Final = 1.0  # between looks whether the device is still there
CLOSE_LIMIT_S: Final = 3.0

# Number pads and the tactile keypads that look like one (accessibility.md §4.3). The key 00 types 0 twice by itself.
KEYS: Final = {
    **{Key[f"KP{digit}"]: digit for digit in contract.DIGITS},
    **{Key[f"N{digit}"]: digit for digit in contract.DIGITS},
    Key.KPENTER: contract.ENTER,
    Key.ENTER: contract.ENTER,
    Key.BACKSPACE: contract.ERASE,
    Key.DELETE: contract.ERASE,
    Key.UP: contract.UP,
    Key.DOWN: contract.DOWN,
    Key.KPASTERISK: contract.HELP,
    Key.HELP: contract.HELP,
    Key.KPPLUS: contract.LOUDER,
    Key.VOLUMEUP: contract.LOUDER,
    Key.KPMINUS: contract.SOFTER,
    Key.VOLUMEDOWN: contract.SOFTER,
    Key.KPDOT: contract.DOT,
    Key.KPSLASH: contract.SLASH,
}


class EvdevDevice:
    """Opens, tells `Found`, listens, tells `Lost` once per kind of trouble, and tries again."""

    def __init__(self, name: str, port: str, grab: bool) -> None:
        self.name = name
        self._line = InputLine(port, grab)
        self._sink: Sink = lambda event: None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self, sink: Sink) -> None:
        self._sink = sink
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._line.wake()
        self._thread.join(CLOSE_LIMIT_S)

    def first(self, line: InputLine) -> Iterable[Event]:
        """What is to be said of a device that was just opened."""
        return ()

    def heard(self, events: Iterable[InputEvent]) -> Iterator[Event]:
        raise NotImplementedError

    def _run(self) -> None:
        told: Trouble | None = None
        while not self._closing.is_set():
            try:
                self._line.open()
                if told is Trouble.GARBAGE:
                    self._line.read(CALM_S)  # raises if it goes on
                first = list(self.first(self._line))
                told = None
                self._tell([Found(device=self.name, identity=self._line.name or self._line.port), *first])
                while not self._closing.is_set():
                    self._tell(self.heard(self._line.read(PRESENCE_S)))
            except LineTrouble as trouble:
                self._line.close()
                if trouble.trouble is not told:
                    told = trouble.trouble
                    self._sink(Lost(device=self.name, trouble=trouble.trouble, detail=trouble.detail))
                self._line.pause(REOPEN_S)
        self._line.close()

    def _tell(self, events: Iterable[Event]) -> None:
        for event in events:
            self._sink(event)


class EvdevKeypad(EvdevDevice):
    """`EvdevKeypad("keypad", "/dev/kiosk/keypad")`. Grabbed: its keys reach the core and nobody else."""

    def __init__(self, name: str, port: str) -> None:
        super().__init__(name, port, grab=True)

    def heard(self, events: Iterable[InputEvent]) -> Iterator[Event]:
        for event in events:
            if event.kind == EV_KEY and event.value == DOWN and event.code in KEYS:
                yield KeyPressed(device=self.name, key=KEYS[Key(event.code)])


class EvdevJack(EvdevDevice):
    """`EvdevJack("jack", "/dev/kiosk/jack")`: the input device that ALSA makes of a jack with a sensing contact."""

    def __init__(self, name: str, port: str) -> None:
        super().__init__(name, port, grab=False)
        self._plugged: bool | None = None

    def first(self, line: InputLine) -> Iterable[Event]:
        on = line.switches()
        self._plugged = None
        return [] if on is None else list(self._is(SW_HEADPHONE_INSERT in on))

    def heard(self, events: Iterable[InputEvent]) -> Iterator[Event]:
        for event in events:
            if event.kind == EV_SW and event.code == SW_HEADPHONE_INSERT:
                yield from self._is(bool(event.value))

    def _is(self, plugged: bool) -> Iterator[Event]:
        if plugged is not self._plugged:
            self._plugged = plugged
            yield Headphones(device=self.name, plugged=plugged)
