"""Keys and switches of the kernel's input devices (`/dev/input/event*`), read without a library.

Own code because the `evdev` package is offered as source only, to be compiled against kernel headers on every
kiosk, and all that is needed of it is one struct and four ioctls (linux/input.h, linux/input-event-codes.h).

`InputLine` belongs to one thread, as `hardware.line.Line` does, and raises the same `LineTrouble`. It reads
from any file that gives `struct input_event`: a device, or a pseudo-terminal of a simulator.
"""

from __future__ import annotations

import enum
import errno
import fcntl
import os
import select
import stat
import struct
import weakref
from typing import Final, NamedTuple

from hardware.contracts import Trouble
from hardware.line import LineTrouble, trouble_of

STRUCT: Final = struct.Struct("@llHHi")  # seconds, microseconds, type, code, value
LONGEST_NAME: Final = 256  # bytes; the kernel cuts longer ones
_CHUNK: Final = 64 * STRUCT.size  # what the kernel keeps for one reader of a keyboard

EV_SYN: Final = 0x00
EV_KEY: Final = 0x01
EV_SW: Final = 0x05
EV_MAX: Final = 0x1F
CODE_MAX: Final = 0x2FF
SYN_REPORT: Final = 0
SYN_DROPPED: Final = 3
SW_MAX: Final = 0x10
SW_HEADPHONE_INSERT: Final = 0x02

UP, DOWN, REPEATED = 0, 1, 2  # values of EV_KEY


class Key(enum.IntEnum):
    """Codes of the keys of a US keyboard and of its number pad, by their names in input-event-codes.h.

    The code tells the place of a key, whatever Num Lock or a layout makes of it."""

    ESC = 1
    N1 = 2
    N2 = 3
    N3 = 4
    N4 = 5
    N5 = 6
    N6 = 7
    N7 = 8
    N8 = 9
    N9 = 10
    N0 = 11
    MINUS = 12
    EQUAL = 13
    BACKSPACE = 14
    TAB = 15
    Q = 16
    W = 17
    E = 18
    R = 19
    T = 20
    Y = 21
    U = 22
    I = 23  # noqa: E741 - the kernel's name
    O = 24  # noqa: E741
    P = 25
    LEFTBRACE = 26
    RIGHTBRACE = 27
    ENTER = 28
    LEFTCTRL = 29
    A = 30
    S = 31
    D = 32
    F = 33
    G = 34
    H = 35
    J = 36
    K = 37
    L = 38
    SEMICOLON = 39
    APOSTROPHE = 40
    GRAVE = 41
    LEFTSHIFT = 42
    BACKSLASH = 43
    Z = 44
    X = 45
    C = 46
    V = 47
    B = 48
    N = 49
    M = 50
    COMMA = 51
    DOT = 52
    SLASH = 53
    RIGHTSHIFT = 54
    KPASTERISK = 55
    LEFTALT = 56
    SPACE = 57
    CAPSLOCK = 58
    NUMLOCK = 69
    KP7 = 71
    KP8 = 72
    KP9 = 73
    KPMINUS = 74
    KP4 = 75
    KP5 = 76
    KP6 = 77
    KPPLUS = 78
    KP1 = 79
    KP2 = 80
    KP3 = 81
    KP0 = 82
    KPDOT = 83
    KPENTER = 96
    RIGHTCTRL = 97
    KPSLASH = 98
    RIGHTALT = 100
    UP = 103
    LEFT = 105
    RIGHT = 106
    DOWN = 108
    DELETE = 111
    MUTE = 113
    VOLUMEDOWN = 114
    VOLUMEUP = 115
    HELP = 138


class InputEvent(NamedTuple):
    """`kind` is EV_KEY, EV_SW, …; `value` of a key is UP, DOWN or REPEATED, of a switch 0 or 1."""

    kind: int
    code: int
    value: int

    @property
    def dropped(self) -> bool:
        """The kernel's buffer was full: events before this one are missing."""
        return self.kind == EV_SYN and self.code == SYN_DROPPED


class NotInputEvents(ValueError):
    """The bytes make no input events: this is no input device."""


class InputDecoder:
    """Bytes as they come → events. After SYN_DROPPED, what stands before the next SYN_REPORT is left out, for it
    belongs to a report of which the beginning is missing."""

    def __init__(self) -> None:
        self._rest = b""
        self._skipping = False

    def feed(self, data: bytes) -> list[InputEvent]:
        """Raises NotInputEvents; the decoder is of no use after that."""
        data = self._rest + data
        whole = len(data) - len(data) % STRUCT.size
        self._rest = data[whole:]
        return [event for fields in STRUCT.iter_unpack(data[:whole]) if (event := self._event(*fields))]

    def _event(self, _seconds: int, microseconds: int, kind: int, code: int, value: int) -> InputEvent | None:
        if kind > EV_MAX or code > CODE_MAX or not 0 <= microseconds < 1_000_000:
            raise NotInputEvents(f"type {kind}, code {code}, {microseconds} µs")
        event = InputEvent(kind, code, value)
        if event.dropped:
            self._skipping = True
            return event
        if self._skipping:
            self._skipping = (kind, code) != (EV_SYN, SYN_REPORT)
            return None
        return event


class InputLine:
    """`InputLine("/dev/kiosk/keypad", grab=True)`; opens nothing until `open`.

    Only `wake` may be called from other threads. `grab`: nobody else gets its keys, the screens above all."""

    def __init__(self, port: str, grab: bool) -> None:
        self.port = port
        self._grab = grab
        self._device: int | None = None
        self._decoder = InputDecoder()
        self._wake_r, self._wake_w = os.pipe()
        for fd in (self._wake_r, self._wake_w):
            os.set_blocking(fd, False)
            weakref.finalize(self, os.close, fd)

    @property
    def is_open(self) -> bool:
        return self._device is not None

    def open(self) -> None:
        """Does nothing when open. Raises LineTrouble NO_PORT, NO_PERMISSION, BUSY_PORT (grabbed), or WRONG_DEVICE
        for a file that is no input device."""
        if self._device is not None:
            return
        self._decoder = InputDecoder()
        device: int | None = None
        try:
            device = os.open(self.port, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
            if self._grab:
                _ask(device, _EVIOCGRAB, 1)
            _drain(device)
            other = _what_else(device)
        except OSError as error:
            if device is not None:
                os.close(device)
            raise trouble_of(self.port, error) from error
        if other:
            os.close(device)
            raise LineTrouble(Trouble.WRONG_DEVICE, f"{self.port}: is {other}; {_WHICH}")
        self._device = device

    def close(self) -> None:
        """Never raises; may be called twice. A grab ends with it."""
        device, self._device = self._device, None
        if device is not None:
            os.close(device)

    @property
    def name(self) -> str:
        """What the device calls itself, such as "Logitech USB Keypad"; empty where it is no real device."""
        answer = _ask(self._open_device(), _read_request(0x06, LONGEST_NAME), bytes(LONGEST_NAME))
        return answer.partition(b"\0")[0].decode("utf-8", "replace") if answer else ""

    def switches(self) -> frozenset[int] | None:
        """Codes of the switches that are on now, such as SW_HEADPHONE_INSERT; None: nobody can tell."""
        size = SW_MAX // 8 + 1
        answer = _ask(self._open_device(), _read_request(0x1B, size), bytes(size))
        if answer is None:
            return None
        return frozenset(code for code in range(SW_MAX + 1) if answer[code // 8] >> code % 8 & 1)

    def read(self, limit_s: float) -> list[InputEvent]:
        """What has arrived, waiting up to `limit_s`; nothing at the deadline, when woken, or for half an event.

        Raises LineTrouble NO_PORT when the device has vanished, GARBAGE when it is no input device."""
        device = self._open_device()
        try:
            if device not in self._wait([device], limit_s):
                self._check_presence(device)
                return []
            data = os.read(device, _CHUNK)
        except BlockingIOError:
            return []
        except OSError as error:
            raise trouble_of(self.port, error) from error
        if not data:  # readable and empty: hung up
            raise LineTrouble(Trouble.NO_PORT, f"{self.port}: vanished while in use; check its cable")
        try:
            return self._decoder.feed(data)
        except NotInputEvents as error:
            detail = f"{self.port}: gives no input events ({error}); {_WHICH}"
            raise LineTrouble(Trouble.GARBAGE, detail) from error

    def pause(self, limit_s: float) -> None:
        """Wait without reading, until `limit_s` has passed or `wake` is called; also on a closed line."""
        self._wait([], limit_s)

    def wake(self) -> None:
        """End a running `read` or `pause` of the owner, or the next one. From any thread."""
        try:
            os.write(self._wake_w, b"w")
        except BlockingIOError:
            pass  # thousands of wakes are waiting already

    def _open_device(self) -> int:
        if self._device is None:
            raise LineTrouble(Trouble.NO_PORT, f"{self.port}: not open")
        return self._device

    def _wait(self, fds: list[int], limit_s: float) -> list[int]:
        ready, _, _ = select.select([*fds, self._wake_r], [], [], max(0.0, limit_s))
        if self._wake_r in ready:
            os.read(self._wake_r, _CHUNK)
        return ready

    def _check_presence(self, device: int) -> None:
        """A simulated cable that is pulled does not hang up: its name is gone, or leads elsewhere."""
        try:
            same = os.stat(self.port).st_rdev == os.fstat(device).st_rdev
        except OSError:
            same = False
        if not same:
            raise LineTrouble(Trouble.NO_PORT, f"{self.port}: vanished while in use; check its cable")


_EVIOCGRAB: Final = 0x40044590  # _IOW('E', 0x90, int)
_WHICH: Final = "name one of /dev/input/by-id in config/devices.toml"
_PSEUDO_TERMINALS: Final = range(136, 144)  # major numbers; simulators type on these


def _what_else(device: int) -> str:
    """What it is, if it can be no input device; empty where it is one, or a simulator's line."""
    there = os.fstat(device)
    if stat.S_ISREG(there.st_mode) or stat.S_ISDIR(there.st_mode):
        return "an ordinary file"
    if not stat.S_ISCHR(there.st_mode) or os.major(there.st_rdev) in _PSEUDO_TERMINALS:
        return ""
    if _ask(device, _read_request(0x06, LONGEST_NAME), bytes(LONGEST_NAME)) is not None:
        return ""
    return "a serial line" if os.isatty(device) else "a device of another kind"


def _drain(device: int) -> None:
    """What was pressed before somebody listened means nothing; a pseudo-terminal keeps it."""
    try:
        while os.read(device, _CHUNK):
            pass
    except BlockingIOError:
        pass


def _read_request(number: int, size: int) -> int:
    """_IOC(_IOC_READ, 'E', number, size), the same on x86-64 and aarch64."""
    return 2 << 30 | size << 16 | ord("E") << 8 | number


def _ask(device: int, request: int, argument: int | bytes) -> bytes | None:
    """The ioctl's answer; None: this file is no input device of the kernel's."""
    try:
        answer = fcntl.ioctl(device, request, argument)
    except OSError as error:
        if error.errno in (errno.ENOTTY, errno.EINVAL):
            return None
        raise
    return answer if isinstance(answer, bytes) else b""
