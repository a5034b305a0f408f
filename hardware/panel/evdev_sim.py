"""A simulated number pad and headphone jack: real `struct input_event` bytes on a pseudo-terminal.

Written from linux/input.h alone and sharing no code with the reader. uinput would be nearer to the real thing,
but needs root and a kernel module that containers lack."""

from __future__ import annotations

import struct
import threading
import time
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec

from hardware.actions import Actions, perform
from hardware.simulated import Json, NotPossible, Pty

EVENT: Final = struct.Struct("=qqHHi")  # 64-bit kernels: time as two longs, type, code, value
SYN, KEY, MSC, SW = 0, 1, 4, 5
SYN_REPORT, SYN_DROPPED = 0, 3
MSC_SCAN, HEADPHONE_INSERT = 4, 2
RELEASED, PRESSED, REPEATING = 0, 1, 2
NUM_LOCK: Final = 69
HID_KEYPAD_PAGE: Final = 0x70000

# What is printed on the keys of a USB number pad → code of linux/input-event-codes.h and HID usage.
PAD: Final = {
    "0": (82, 0x62), "1": (79, 0x59), "2": (80, 0x5A), "3": (81, 0x5B), "4": (75, 0x5C), "5": (76, 0x5D),
    "6": (77, 0x5E), "7": (71, 0x5F), "8": (72, 0x60), "9": (73, 0x61), ".": (83, 0x63), "/": (98, 0x54),
    "*": (55, 0x55), "-": (74, 0x56), "+": (78, 0x57), "enter": (96, 0x58), "backspace": (14, 0x2A),
}  # fmt: skip

Count = Annotated[int, msgspec.Meta(ge=1, le=1000)]
Bytes = Annotated[int, msgspec.Meta(ge=1, le=1000)]


class InputSim:
    """A USB input device: plugged in or not."""

    def __init__(self, name: str, link: Path) -> None:
        self.name = name
        self._link = link
        self._lock = threading.RLock()
        self._pty: Pty | None = None
        self._plugged = self._powered = True
        self._actions: Actions = {"unplug": self._unplug, "plug": self._plug, "garbage": self._garbage}

    def start(self) -> None:
        with self._lock:
            self._pty = Pty(self._link, lambda data: None)  # LEDs of the pad: nobody looks

    def stop(self) -> None:
        with self._lock:
            pty, self._pty = self._pty, None
        if pty is not None:
            pty.close()

    def do(self, action: str, **given: Any) -> Json:
        with self._lock:
            perform(self._actions, action, given)
            return self.state()

    def state(self) -> Json:
        with self._lock:
            return {"powered": self._powered, "plugged": self._plugged}

    def power_cut(self) -> None:
        with self._lock:
            self._powered = False
            self._port().unplug()

    def power_on(self) -> None:
        with self._lock:
            self._powered = True
            if self._plugged:
                self._port().plug()

    def _send(self, *events: tuple[int, int, int]) -> None:
        port = self._port()
        if not (self._powered and self._plugged):
            raise NotPossible(f"{self.name}: the cable is out, or there is no power")
        seconds, nanoseconds = divmod(time.time_ns(), 10**9)
        port.send(b"".join(EVENT.pack(seconds, nanoseconds // 1000, *event) for event in events))

    def _garbage(self, length: Bytes = 96) -> None:
        self._port().send(bytes((37 * n + 255) % 256 for n in range(length)))

    def _unplug(self) -> None:
        self._plugged = False
        self._port().unplug()

    def _plug(self) -> None:
        self._plugged = True
        if self._powered:
            self._port().plug()

    def _port(self) -> Pty:
        if self._pty is None:
            raise NotPossible(f"{self.name} is not started")
        return self._pty


class KeypadSim(InputSim):
    """`KeypadSim("keypad", Path("/tmp/x/keypad"))`: press(key) · hold(key, repeats) · type(text) · foreign(code) ·
    num_lock(on): a pad that wraps each key in Num Lock · drop(keys): the kernel's buffer was full ·
    garbage(length) · unplug, plug."""

    def __init__(self, name: str, link: Path) -> None:
        super().__init__(name, link)
        self._num_lock = False
        self._pressed = 0
        self._actions = {
            **self._actions,
            "press": self._press,
            "hold": self._hold,
            "type": self._type,
            "foreign": lambda code: self._key(code, 0),
            "num_lock": self._set_num_lock,
            "drop": self._drop,
        }

    def state(self) -> Json:
        with self._lock:
            return {**super().state(), "pressed": self._pressed}

    def _press(self, key: str) -> None:
        self._hold(key, 0)

    def _hold(self, key: str, repeats: Annotated[int, msgspec.Meta(ge=0, le=100)] = 10) -> None:
        code, usage = self._on_the_pad(key)
        if self._num_lock:
            self._key(NUM_LOCK, 0x53)
        self._send((MSC, MSC_SCAN, HID_KEYPAD_PAGE | usage), (KEY, code, PRESSED), (SYN, SYN_REPORT, 0))
        for _ in range(repeats):
            self._send((KEY, code, REPEATING), (SYN, SYN_REPORT, 1))
        self._send((MSC, MSC_SCAN, HID_KEYPAD_PAGE | usage), (KEY, code, RELEASED), (SYN, SYN_REPORT, 0))
        if self._num_lock:
            self._key(NUM_LOCK, 0x53)
        self._pressed += 1

    def _type(self, text: str) -> None:
        for key in text:
            self._press(key)

    def _key(self, code: Annotated[int, msgspec.Meta(ge=1, le=0x2FF)], usage: int) -> None:
        for value in (PRESSED, RELEASED):
            self._send((MSC, MSC_SCAN, usage), (KEY, code, value), (SYN, SYN_REPORT, 0))

    def _set_num_lock(self, on: bool = True) -> None:
        self._num_lock = on

    def _drop(self, keys: str) -> None:
        """Keys were pressed, but the reader was too slow: the rest of the last report is all that is left."""
        self._send((SYN, SYN_DROPPED, 0))
        for key in keys:
            code, _ = self._on_the_pad(key)
            self._send((KEY, code, PRESSED))
        self._send((SYN, SYN_REPORT, 0))

    def _on_the_pad(self, key: str) -> tuple[int, int]:
        if key not in PAD:
            raise NotPossible(f"there is no key {key!r} on the pad; there are: {' '.join(PAD)}")
        return PAD[key]


class JackSim(InputSim):
    """`JackSim("jack", Path("/tmp/x/jack"))`: insert · pull · unplug, plug (of the sound card) · garbage."""

    def __init__(self, name: str, link: Path) -> None:
        super().__init__(name, link)
        self._inserted = False
        self._actions = {
            **self._actions,
            "insert": lambda: self._headphones(True),
            "pull": lambda: self._headphones(False),
        }

    def state(self) -> Json:
        with self._lock:
            return {**super().state(), "inserted": self._inserted}

    def _headphones(self, inserted: bool) -> None:
        if inserted == self._inserted:
            raise NotPossible(f"headphones are {'in' if inserted else 'out'} already")
        self._send((SW, HEADPHONE_INSERT, int(inserted)), (SYN, SYN_REPORT, 0))
        self._inserted = inserted
