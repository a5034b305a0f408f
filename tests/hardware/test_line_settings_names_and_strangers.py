"""What a line is set to, which name it keeps, and who else may sit on it."""

from __future__ import annotations

import os
import termios
import tty
from pathlib import Path

import pytest

from hardware.acceptors import ccnet_frames, ebds_frames, id003_frames, ssp_frames
from hardware.contracts import Trouble
from hardware.line import Line, LineTrouble, Settings
from hardware.recognise import looks_like

SOON_S = 20.0


def pty_at(name: Path) -> tuple[int, int]:
    device, host = os.openpty()
    tty.setraw(host)
    name.unlink(missing_ok=True)
    name.symlink_to(os.ttyname(host))
    return device, host


@pytest.mark.parametrize(
    ("settings", "dropping"),
    [(Settings(), False), (Settings(parity="E"), True), (Settings(bytesize=7, parity="O"), True)],
)
def test_bytes_that_fail_their_parity_are_dropped_by_the_kernel(
    tmp_path: Path, settings: Settings, dropping: bool
) -> None:
    device, host = pty_at(tmp_path / "port")
    line = Line(str(tmp_path / "port"), settings)
    for _ in range(3):  # also when it is opened again, where a pseudo-terminal keeps no parity
        line.open()
        iflag = termios.tcgetattr(host)[0]
        assert bool(iflag & termios.INPCK) is dropping and bool(iflag & termios.IGNPAR) is dropping
        assert not iflag & termios.PARMRK
        line.close()
    os.close(device)
    os.close(host)


def test_a_name_stays_while_the_device_behind_it_gets_another_number(tmp_path: Path) -> None:
    """ttyUSB0 is pulled and comes back as ttyUSB1: the link of udev is the name that lasts."""
    name = tmp_path / "by-id-acceptor"
    old = pty_at(name)
    line = Line(str(name), Settings(parity="E"))
    line.open()
    new = pty_at(name)
    with pytest.raises(LineTrouble) as caught:
        line.read(0.01)
    assert caught.value.trouble is Trouble.NO_PORT
    line.close()
    line.open()
    os.write(new[0], b"here")
    assert line.read(SOON_S) == b"here"
    line.close()
    for fd in (*old, *new):
        os.close(fd)


@pytest.mark.parametrize(
    ("heard", "who"),
    [
        (ccnet_frames.encode(b"\x14"), "a CCNET bill acceptor"),
        (id003_frames.encode(b"\x11"), "an ID-003 bill acceptor"),
        (ssp_frames.encode(ssp_frames.Frame(True, b"\xf0\xe8")), "an SSP bill acceptor"),
        (ebds_frames.encode(bytes.fromhex("21 01 10 00 00 01 02")), "an EBDS bill acceptor"),
        (b"\x80\x8f", "an ICT bill acceptor"),
        (b"\x81\x42\x10", "an ICT bill acceptor"),
        (b"\x16\x12", "a receipt printer"),
        (b"6901234567892\r\n", "a code scanner"),
        (b"", ""),
        (bytes.fromhex("a7 58 00 f3 91 0c"), ""),
    ],
)
def test_a_stranger_is_recognised_by_what_it_says(heard: bytes, who: str) -> None:
    assert looks_like(heard) == who
    if heard and who and who != "a receipt printer":
        assert looks_like(b"\x00\x99" + heard) == who, "also behind noise"
