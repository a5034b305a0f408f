"""A serial line: a device file that may be missing, taken or pulled out at any moment.

`Line` belongs to one thread, which alone calls `open`, `read`, `write`, `pause` and `close`. Only `wake`
may be called from anywhere: it ends a running (or the next) `read` or `pause` early, so that a driver
hears a verb at once and need not spin. Everything that can go wrong is one exception, `LineTrouble`,
that a driver turns into `Lost`.

The usual loop of a driver:

    while not stopping:
        try:
            line.open()
            converse(line)
        except LineTrouble as trouble:
            line.close()
            tell(trouble)          # once per kind
            line.pause(REOPEN_S)
"""

from __future__ import annotations

import errno
import grp
import os
import pwd
import select
import stat
import termios
import time
import weakref
from functools import partial
from typing import Final, Literal

import msgspec
import serial

from hardware.contracts import Trouble

REOPEN_S: Final = (
    1.0  # between attempts to open: a person who plugs a cable waits no longer, and it costs nothing
)
CALM_S: Final = 3.0  # silent for so long after nonsense: what makes it is gone, or has stopped
WRITE_LIMIT_S: Final = 2.0  # a live line takes a buffer of 4 KiB at 9600 in less; longer means blocked
_CHUNK: Final = 4096  # the kernel's own tty buffer
_INPUT, _SPEEDS = 0, slice(4, 6)  # in the list that termios gives

_TROUBLE_OF_ERRNO: Final = {
    errno.EACCES: Trouble.NO_PERMISSION,
    errno.EPERM: Trouble.NO_PERMISSION,
    errno.EBUSY: Trouble.BUSY_PORT,
    errno.EAGAIN: Trouble.BUSY_PORT,  # flock of another program
}


class LineTrouble(Exception):
    """The line can not be used now. `detail` is for the operator: what happened and what to do.

    `sent`: bytes of the failed `write` that had left already (0 elsewhere)."""

    def __init__(self, trouble: Trouble, detail: str, sent: int = 0) -> None:
        super().__init__(detail)
        self.trouble = trouble
        self.detail = detail
        self.sent = sent


class Settings(msgspec.Struct, frozen=True):
    """How bytes stand on the wire. The default is 9600 8N1. With a parity, bytes that fail it are dropped."""

    baud: int = 9600
    bytesize: Literal[7, 8] = 8
    parity: Literal["N", "E", "O"] = "N"
    stopbits: Literal[1, 2] = 1


class Line:
    """`Line("/dev/kiosk/acceptor", Settings(9600))`; opens nothing until `open`.

    Modem lines are never relied on: a pseudo-terminal and many three-wire harnesses have none."""

    def __init__(self, port: str, settings: Settings, write_limit_s: float = WRITE_LIMIT_S) -> None:
        self.port = port
        self.settings = settings
        self._write_limit_s = write_limit_s
        self._serial: serial.Serial | None = None
        self._wake_r, self._wake_w = os.pipe()
        for fd in (self._wake_r, self._wake_w):
            os.set_blocking(fd, False)
            weakref.finalize(self, os.close, fd)

    @property
    def is_open(self) -> bool:
        return self._serial is not None

    def open(self) -> None:
        """Open for this program alone; what lay in the input buffer is dropped. Does nothing when open.

        Raises LineTrouble NO_PORT, NO_PERMISSION or BUSY_PORT."""
        if self._serial is not None:
            return
        try:
            self._serial = self._opened()
            if self.settings.parity != "N":
                _drop_bad_bytes(self._fd())
        except (OSError, ValueError, termios.error) as error:  # SerialException is an OSError
            self.close()
            raise trouble_of(self.port, error) from error

    def _opened(self) -> serial.Serial:
        make = partial(
            serial.Serial,
            self.port,
            baudrate=self.settings.baud,
            bytesize=self.settings.bytesize,
            parity=self.settings.parity,
            stopbits=self.settings.stopbits,
            exclusive=True,  # flock: a second opener gets BUSY_PORT, a crash releases it
            rtscts=False,
            dsrdtr=False,
            xonxoff=False,
        )
        try:
            return make()
        except termios.error as error:
            if self.settings.parity == "N" or error.args[0] != errno.EINVAL:
                raise
        # A pseudo-terminal keeps no parity, and says EINVAL when that was all there was to change.
        _leave_at_unused_speed(self.port)
        return make()

    def close(self) -> None:
        """Give the port back. Never raises; may be called twice."""
        if self._serial is None:
            return
        port, self._serial = self._serial, None
        try:
            port.close()
        except OSError:
            pass  # it is gone already, and that is what was wanted

    def read(self, limit_s: float, most: int = _CHUNK) -> bytes:
        """What has arrived, at least one byte, waiting up to `limit_s`; b"" at the deadline or when woken.

        Raises LineTrouble NO_PORT when the device has vanished."""
        fd = self._fd()
        try:
            if fd not in self._wait([fd], limit_s):
                self._check_presence(fd)
                return b""
            data = os.read(fd, most)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise trouble_of(self.port, error) from error
        if not data:  # readable and empty: hung up
            raise _vanished(self.port)
        return data

    def write(self, data: bytes) -> None:
        """Hand all of `data` to the kernel within the write limit.

        Raises LineTrouble: NO_PORT when the device has vanished, SILENT when it takes no more bytes;
        `sent` says how many had left."""
        fd = self._fd()
        deadline = time.monotonic() + self._write_limit_s
        sent = 0
        while sent < len(data):
            try:
                _, ready, _ = select.select([], [fd], [], max(0.0, deadline - time.monotonic()))
                if not ready:
                    detail = (
                        f"{self.port}: took {sent} of {len(data)} bytes in {self._write_limit_s:g} s, then"
                        " no more; check that the device is on and that flow control is off"
                    )
                    raise LineTrouble(Trouble.SILENT, detail, sent)
                sent += os.write(fd, data[sent : sent + _CHUNK])
            except BlockingIOError:
                continue
            except OSError as error:
                trouble = trouble_of(self.port, error)
                raise LineTrouble(trouble.trouble, trouble.detail, sent) from error

    def pause(self, limit_s: float) -> None:
        """Wait without reading, until `limit_s` has passed or `wake` is called; also on a closed line."""
        self._wait([], limit_s)

    def wake(self) -> None:
        """End a running `read` or `pause` of the owner, or the next one. From any thread."""
        try:
            os.write(self._wake_w, b"w")
        except BlockingIOError:
            pass  # thousands of wakes are waiting already

    def _fd(self) -> int:
        if self._serial is None:
            raise LineTrouble(Trouble.NO_PORT, f"{self.port}: not open")
        return int(self._serial.fd)

    def _wait(self, fds: list[int], limit_s: float) -> list[int]:
        ready, _, _ = select.select([*fds, self._wake_r], [], [], max(0.0, limit_s))
        if self._wake_r in ready:
            os.read(self._wake_r, _CHUNK)
        return ready

    def _check_presence(self, fd: int) -> None:
        """A pulled cable does not always hang up: the name may be gone, or lead to another device."""
        try:
            same = os.stat(self.port).st_rdev == os.fstat(fd).st_rdev
        except OSError:
            same = False
        if not same:
            raise _vanished(self.port)


def trouble_of(port: str, error: Exception) -> LineTrouble:
    """The operator's words for an error of the operating system on `port`."""
    code = error.args[0] if isinstance(error, termios.error) else getattr(error, "errno", None)
    trouble = _TROUBLE_OF_ERRNO.get(code or 0, Trouble.NO_PORT)
    if trouble is Trouble.NO_PERMISSION:
        detail = f"{port}: no permission; {_who_may(port)}"
    elif trouble is Trouble.BUSY_PORT:
        detail = f"{port}: another program holds it; stop that program (`fuser -v {port}` names it)"
    elif code == errno.ENOENT:
        detail = f"{port}: no such device file; check cable and power, and the name in config/devices.toml"
    else:
        detail = f"{port}: {error}; check cable and power, and that the name is that of a serial line"
    return LineTrouble(trouble, detail)


def _drop_bad_bytes(fd: int) -> None:
    """A byte with a wrong parity never reaches us: on some lines parity is the only check there is."""
    settings = termios.tcgetattr(fd)
    settings[_INPUT] |= termios.INPCK | termios.IGNPAR
    termios.tcsetattr(fd, termios.TCSANOW, settings)


def _leave_at_unused_speed(port: str) -> None:
    """So that opening has something to change. The port is ours: it was locked before it was set up."""
    fd = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        settings = termios.tcgetattr(fd)
        settings[_SPEEDS] = [termios.B50, termios.B50]
        termios.tcsetattr(fd, termios.TCSANOW, settings)
    finally:
        os.close(fd)


def _vanished(port: str) -> LineTrouble:
    return LineTrouble(Trouble.NO_PORT, f"{port}: vanished while in use; check cable and power")


def _who_may(port: str) -> str:
    """To join its group helps only where the group has rights, is not root's, and this user is not in it."""
    try:
        status = os.stat(port)
    except OSError:
        return "a folder on the way to it is closed to this user: open that (chmod o+x)"
    name, members = _group(status.st_gid)
    belongs, mode = f"it belongs to group {name}", stat.filemode(status.st_mode)
    if status.st_gid == 0 or not status.st_mode & (stat.S_IRGRP | stat.S_IWGRP):
        return (
            f"{belongs} with mode {mode}: let a udev rule give it its own group (systemd/udev/99-kiosk.rules)"
        )
    if status.st_gid in (os.getegid(), *os.getgroups()):
        return f"{belongs} with mode {mode}, this program is in it: look for DeviceAllow= in the systemd unit"
    if _user() in members:
        return f"{belongs}, this user joined it since: log in again, or restart the service"
    return f"{belongs}: add this user to that group"


def _group(gid: int) -> tuple[str, list[str]]:
    try:
        group = grp.getgrgid(gid)
    except KeyError:
        return str(gid), []
    return group.gr_name, group.gr_mem


def _user() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return ""
