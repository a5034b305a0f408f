"""The driver on a real line with a unit by script: bytes, toggles, parity, cables."""

from __future__ import annotations

import termios
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware.acceptors.ebds_driver import EbdsAcceptor
from hardware.acceptors.ebds_frames import encode
from hardware.contracts import AtRest, Found, Lost, Taken, Trouble
from tests.hardware.acceptors.acceptor_lobby import NOTES, Kiosk, Peer, wait_until
from tests.hardware.acceptors.ebds_conversation import reply


class Script:
    """A unit that shows `state` for each new toggle, and repeats its reply for the same one."""

    def __init__(self) -> None:
        self.state = "IDLE"
        self.mute = False
        self.noise = b""
        self._toggle = -1
        self._said = b""

    def __call__(self, frame: bytes) -> bytes:
        if self.mute:
            return b""
        if frame[2] & 1 != self._toggle:
            self._toggle = frame[2] & 1
            self._said = encode(reply(self.state, self._toggle))
        return self.noise + self._said


def driver(link: Path) -> EbdsAcceptor:
    return EbdsAcceptor("acceptor", str(link), 9600, NOTES)


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def peer(tmp_path: Path, script: Script) -> Iterator[Peer]:
    peer = Peer(tmp_path / "port", script)
    yield peer
    peer.close()


@pytest.fixture
def kiosk(peer: Peer) -> Iterator[Kiosk]:
    kiosk = Kiosk(driver(peer.link), automatic=False)
    yield kiosk
    kiosk.driver.close()


def test_a_unit_is_found_and_what_it_can_not_do_is_known(peer: Peer, kiosk: Kiosk) -> None:
    assert kiosk.hears(Found).identity == "EBDS model 54h revision 05h"
    kiosk.hears(AtRest)
    assert not kiosk.driver.capabilities.reports_denominations
    assert not kiosk.driver.capabilities.has_counter
    assert kiosk.driver.capabilities.escrow
    assert [frame[:6].hex(" ") for frame in peer.heard[:2]] == ["02 08 10 00 1c 04", "02 08 11 00 1c 04"]


def test_the_line_is_9600_7e1_each_time_it_is_opened(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[Any]] = []
    really = termios.tcsetattr

    def listen(fd: int, when: int, attributes: list[Any]) -> None:
        asked.append(attributes)  # a pseudo-terminal drops parity and size, so look at what was asked
        really(fd, when, attributes)

    monkeypatch.setattr(termios, "tcsetattr", listen)
    for _ in range(2):
        kiosk = Kiosk(driver(peer.link))
        kiosk.hears(AtRest)
        kiosk.driver.close()
        _, _, flags, _, speed, _, _ = asked[-2]  # the last one is about bytes that fail their parity
        assert flags & termios.CSIZE == termios.CS7
        assert flags & (termios.PARENB | termios.PARODD | termios.CSTOPB) == termios.PARENB
        assert speed == termios.B9600


def test_the_toggle_stands_still_until_the_core_wrote_the_note_down(
    peer: Peer, script: Script, kiosk: Kiosk
) -> None:
    kiosk.hears(AtRest)
    script.state = "STACKED IDLE 5"
    assert kiosk.hears(Taken).code == 5
    script.state = "IDLE"
    mark = len(peer.heard)
    wait_until(lambda: len(peer.heard) > mark + 4, "some messages more")
    assert len(set(peer.heard[mark:])) == 1

    kiosk.driver.confirm()
    wait_until(lambda: len(set(peer.heard[mark:])) == 2, "the other toggle")
    assert len(kiosk.all(Taken)) == 1


def test_replies_behind_noise_that_looks_like_a_beginning_are_read(script: Script, kiosk: Kiosk) -> None:
    kiosk.hears(AtRest)
    script.noise = b"\x00\x02\x40"
    script.state = "STACKED IDLE 5"
    assert kiosk.hears(Taken).code == 5
    assert not kiosk.all(Lost)


def test_an_echoing_line_is_named(tmp_path: Path) -> None:
    peer = Peer(tmp_path / "port", lambda frame: frame)
    kiosk = Kiosk(driver(peer.link))
    assert kiosk.hears(Lost).trouble is Trouble.ECHO
    kiosk.driver.close()
    peer.close()


def test_a_unit_at_the_wrong_speed_is_named(tmp_path: Path) -> None:
    peer = Peer(tmp_path / "port", lambda frame: bytes(byte ^ 0x5A for byte in frame * 3))
    kiosk = Kiosk(driver(peer.link))
    assert kiosk.hears(Lost).trouble is Trouble.GARBAGE
    kiosk.driver.close()
    peer.close()


def test_a_unit_that_falls_silent_is_lost_and_found_again(script: Script, kiosk: Kiosk) -> None:
    kiosk.hears(AtRest)
    script.mute = True
    assert kiosk.hears(Lost).trouble is Trouble.SILENT
    script.mute = False
    kiosk.hears(Found)
    kiosk.hears(AtRest)


def test_a_cable_pulled_and_plugged_in_again(peer: Peer, kiosk: Kiosk) -> None:
    kiosk.hears(AtRest)
    peer.unplug()
    assert kiosk.hears(Lost).trouble is Trouble.NO_PORT
    peer.plug()
    kiosk.hears(Found)
    kiosk.hears(AtRest)
