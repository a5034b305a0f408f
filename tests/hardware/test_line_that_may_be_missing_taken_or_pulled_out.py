"""A serial line in a lobby: the cable is out, another program sits on it, somebody pulls it while we talk."""

from __future__ import annotations

import errno
import grp
import os
import pwd
import stat
import termios
import threading
import tty
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware.contracts import Trouble
from hardware.line import Line, LineTrouble, Settings, trouble_of

SOON_S = 20.0  # generous: the machine may be ten times slower than usual


class Cable:
    """Both ends of a pseudo-terminal; the driver's end has a stable name, as udev gives it."""

    def __init__(self, name: Path) -> None:
        self.name = name
        self.device, self.host = os.openpty()
        tty.setraw(self.host)
        name.symlink_to(os.ttyname(self.host))

    def pull(self) -> None:
        self.name.unlink()

    def hang_up(self) -> None:
        os.close(self.host)
        os.close(self.device)
        self.device = self.host = -1

    def close(self) -> None:
        for fd in (self.device, self.host):
            if fd >= 0:
                os.close(fd)


@pytest.fixture
def cable(tmp_path: Path) -> Iterator[Cable]:
    cable = Cable(tmp_path / "port")
    yield cable
    cable.close()


@pytest.fixture
def line(cable: Cable) -> Iterator[Line]:
    line = Line(str(cable.name), Settings())
    line.open()
    yield line
    line.close()


def test_bytes_go_both_ways_unchanged(cable: Cable, line: Line) -> None:
    every_byte = bytes(range(256))
    line.write(every_byte)
    heard = b""
    while len(heard) < 256:
        heard += os.read(cable.device, 256)
    assert heard == every_byte

    os.write(cable.device, every_byte)
    heard = b""
    while len(heard) < 256:
        heard += line.read(SOON_S)
    assert heard == every_byte


def test_what_arrived_before_opening_is_not_taken_for_an_answer(cable: Cable) -> None:
    os.write(cable.device, b"old")
    line = Line(str(cable.name), Settings())
    line.open()
    os.write(cable.device, b"new")
    assert line.read(SOON_S) == b"new"
    line.close()


def test_a_missing_device_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(LineTrouble) as caught:
        Line(str(tmp_path / "nothing"), Settings()).open()
    assert caught.value.trouble is Trouble.NO_PORT
    assert str(tmp_path / "nothing") in caught.value.detail


def test_a_file_that_is_no_serial_line_is_no_port(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("not a tty")
    with pytest.raises(LineTrouble) as caught:
        Line(str(tmp_path / "text"), Settings()).open()
    assert caught.value.trouble is Trouble.NO_PORT


def test_a_second_opener_is_told_that_the_port_is_taken(cable: Cable, line: Line) -> None:
    second = Line(str(cable.name), Settings())
    with pytest.raises(LineTrouble) as caught:
        second.open()
    assert caught.value.trouble is Trouble.BUSY_PORT

    line.close()
    second.open()
    assert second.is_open
    second.close()


DIALOUT, LODGERS, HERE = 20, 4711, 1000
# The file's group and mode · groups of this program · members of the group, by its file → what helps.
PERMISSIONS = {
    "not in the group": (DIALOUT, 0o660, [HERE], [], "group dialout: add this user"),
    "added after the start": (DIALOUT, 0o660, [HERE], ["kiosk"], "restart the service"),
    "in the group, and refused all the same": (DIALOUT, 0o660, [HERE, DIALOUT], ["kiosk"], "DeviceAllow="),
    "its group has no rights": (
        DIALOUT,
        0o600,
        [HERE],
        [],
        "group dialout with mode -rw-------: let a udev rule",
    ),
    "nobody but root": (0, 0o660, [HERE], [], "udev rule"),
    "a group without a name": (LODGERS, 0o660, [HERE], [], f"group {LODGERS}: add this user"),
}


@pytest.mark.parametrize(("gid", "mode", "ours", "members", "helps"), PERMISSIONS.values(), ids=PERMISSIONS)
def test_who_has_no_permission_reads_what_helps(
    monkeypatch: pytest.MonkeyPatch, gid: int, mode: int, ours: list[int], members: list[str], helps: str
) -> None:
    def group_of(number: int) -> grp.struct_group:
        names = {DIALOUT: "dialout", 0: "root"}
        return grp.struct_group((names[number], "x", number, members))

    port = "/dev/ttyUSB9"
    status = os.stat_result((stat.S_IFREG | mode, 0, 0, 1, 0, gid, 0, 0, 0, 0))
    monkeypatch.setattr(os, "stat", lambda path: status)
    monkeypatch.setattr(os, "getegid", lambda: HERE)
    monkeypatch.setattr(os, "getgroups", lambda: ours)
    monkeypatch.setattr(
        pwd, "getpwuid", lambda uid: pwd.struct_passwd(("kiosk", "x", HERE, HERE, "", "/", ""))
    )
    monkeypatch.setattr(grp, "getgrgid", group_of)
    trouble = trouble_of(port, PermissionError(errno.EACCES, "Permission denied"))
    monkeypatch.undo()
    assert trouble.trouble is Trouble.NO_PERMISSION
    assert helps in trouble.detail


def test_a_port_in_a_folder_that_is_closed(tmp_path: Path) -> None:
    hidden = tmp_path / "nowhere" / "port"
    trouble = trouble_of(str(hidden), PermissionError(errno.EACCES, "Permission denied"))
    assert "a folder on the way" in trouble.detail


def test_a_cable_pulled_without_hanging_up_is_noticed_when_silence_falls(cable: Cable, line: Line) -> None:
    cable.pull()
    with pytest.raises(LineTrouble) as caught:
        line.read(0.01)
    assert caught.value.trouble is Trouble.NO_PORT


def test_a_line_that_hangs_up_is_noticed_and_can_be_opened_again(tmp_path: Path) -> None:
    first = Cable(tmp_path / "port")
    line = Line(str(first.name), Settings())
    line.open()
    first.hang_up()
    with pytest.raises(LineTrouble) as caught:
        line.read(SOON_S)
    assert caught.value.trouble is Trouble.NO_PORT
    line.close()
    first.pull()

    second = Cable(tmp_path / "port")
    line.open()
    os.write(second.device, b"back")
    assert line.read(SOON_S) == b"back"
    line.close()
    second.close()


def test_a_device_that_takes_no_more_bytes_does_not_hold_the_driver(cable: Cable) -> None:
    line = Line(str(cable.name), Settings(), write_limit_s=0.05)
    line.open()
    with pytest.raises(LineTrouble) as caught:
        line.write(b"x" * 1_000_000)
    assert caught.value.trouble is Trouble.SILENT
    assert 0 < caught.value.sent < 1_000_000
    line.close()


def test_wake_ends_a_long_read_and_a_long_pause(line: Line) -> None:
    for wait in (line.read, line.pause):
        waker = threading.Timer(0.05, line.wake)
        waker.start()
        result: list[Any] = []
        reader = threading.Thread(target=lambda wait=wait, result=result: result.append(wait(3600.0)))
        reader.start()
        reader.join(SOON_S)
        assert not reader.is_alive()
        assert not result[0]


@pytest.mark.parametrize(
    ("settings", "speed", "size", "parity", "two_stop"),
    [
        (Settings(9600), termios.B9600, termios.CS8, 0, False),
        (Settings(19200, stopbits=2), termios.B19200, termios.CS8, 0, True),
        (Settings(9600, 8, "E"), termios.B9600, termios.CS8, termios.PARENB, False),
        (Settings(115200, 7, "O"), termios.B115200, termios.CS7, termios.PARENB | termios.PARODD, False),
    ],
)
def test_the_kernel_is_asked_for_the_settings_given(
    cable: Cable,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    speed: int,
    size: int,
    parity: int,
    two_stop: bool,
) -> None:
    asked: list[list[Any]] = []
    really = termios.tcsetattr

    def listen(fd: int, when: int, attributes: list[Any]) -> None:
        asked.append(attributes)  # a pseudo-terminal drops parity and size, so look at what was asked
        really(fd, when, attributes)

    monkeypatch.setattr(termios, "tcsetattr", listen)
    line = Line(str(cable.name), settings)
    line.open()
    line.close()
    iflag, _, cflag, lflag, ispeed, ospeed, _ = asked[
        -1 if settings.parity == "N" else -2
    ]  # then one is about bad parity
    assert cflag & termios.CSIZE == size
    assert cflag & (termios.PARENB | termios.PARODD) == parity
    assert bool(cflag & termios.CSTOPB) is two_stop
    assert ispeed == ospeed == speed
    assert not lflag & (termios.ECHO | termios.ICANON)
    assert not iflag & (termios.IXON | termios.IXOFF | termios.ICRNL)
    assert not cflag & termios.CRTSCTS
