"""The driver on a real line with a unit by script: bytes, verbs from other threads, cables, line settings."""

from __future__ import annotations

import os
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.acceptors.ict_driver import IctAcceptor
from hardware.contracts import (
    AtRest,
    Capabilities,
    Found,
    Held,
    Lost,
    PoweredUp,
    Refused,
    Returned,
    Taken,
    Trouble,
)
from hardware.line import Line, Settings
from kiosk.money import Money
from tests.hardware.acceptors.ict_lobby import NOTES, Kiosk, Peer, wait_until

HUNDRED = Money.yuan(100)


class Script:
    """A unit that does as it is told and never loses power; `mute` switches it off."""

    def __init__(self) -> None:
        self.status = b"\x3e"
        self.mute = False

    def __call__(self, byte: int) -> bytes:
        if self.mute:
            return b""
        if byte in (0x3E, 0x5E):
            self.status = bytes([byte])
        return self.status if byte == 0x0C else b""


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
    kiosk = Kiosk(peer.link)
    yield kiosk
    kiosk.driver.close()


def opened(kiosk: Kiosk, script: Script) -> None:
    kiosk.hears(AtRest)
    kiosk.driver.enable(HUNDRED)
    wait_until(lambda: script.status == b"\x3e", "the unit is open for notes")


def test_the_status_is_asked_first_and_the_unit_is_inhibited(
    peer: Peer, script: Script, kiosk: Kiosk
) -> None:
    kiosk.hears(Found)
    kiosk.hears(AtRest)
    assert peer.heard.startswith(b"\x0c\x5e\x0c")
    assert script.status == b"\x5e"
    assert not {0x02, 0x30, 0x3E} & set(peer.heard)


def test_what_it_can_not_do() -> None:
    driver = IctAcceptor("acceptor", "/nowhere", 9600, NOTES)
    assert driver.capabilities == Capabilities(escrow=True, reports_denominations=False, has_counter=False)


def test_a_note_is_taken(peer: Peer, script: Script, kiosk: Kiosk) -> None:
    opened(kiosk, script)
    peer.says("81 42")
    assert kiosk.hears(Held).value == Money.yuan(10)
    kiosk.driver.take(1)
    wait_until(lambda: 0x02 in peer.heard, "accept")
    peer.says("10")
    assert kiosk.hears(Taken).value == Money.yuan(10)
    kiosk.driver.confirm()
    assert peer.heard.count(b"\x02") == 1


def test_a_note_is_given_back(peer: Peer, script: Script, kiosk: Kiosk) -> None:
    opened(kiosk, script)
    peer.says("81 44")
    kiosk.hears(Held)
    kiosk.driver.give_back(1)
    wait_until(lambda: 0x0F in peer.heard, "return")
    peer.says("11")
    assert kiosk.hears(Returned).code == 4


def test_nobody_decides_and_the_note_goes_back(peer: Peer, script: Script, kiosk: Kiosk) -> None:
    opened(kiosk, script)
    peer.says("81 42")
    kiosk.hears(Held)
    wait_until(lambda: 0x0F in peer.heard, "return")
    assert 0x02 not in peer.heard


def test_a_note_above_the_limit_goes_back_by_itself(peer: Peer, script: Script, kiosk: Kiosk) -> None:
    opened(kiosk, script)
    kiosk.driver.enable(Money.yuan(20))
    wait_until(lambda: not kiosk.driver._verbs, "the new limit")
    peer.says("81 45")
    kiosk.hears(Refused)
    wait_until(lambda: 0x0F in peer.heard, "return")
    assert kiosk.all(Held) == []


def test_power_up_is_answered_once(peer: Peer, script: Script, kiosk: Kiosk) -> None:
    kiosk.hears(AtRest)
    peer.says("80")
    peer.says("8F")
    kiosk.hears(PoweredUp)
    kiosk.hears(AtRest)
    assert peer.heard.count(b"\x02") == 1


def test_a_loop_back_plug_is_named(tmp_path: Path) -> None:
    peer = Peer(tmp_path / "port", lambda byte: bytes([byte]))
    kiosk = Kiosk(peer.link)
    assert kiosk.hears(Lost).trouble is Trouble.ECHO
    kiosk.driver.close()
    peer.close()
    assert kiosk.all(Found) == []


def test_a_unit_at_the_wrong_speed_is_named(tmp_path: Path) -> None:
    peer = Peer(tmp_path / "port", lambda byte: bytes([0xF3, 0xC0, byte ^ 0xA5]))
    kiosk = Kiosk(peer.link)
    assert kiosk.hears(Lost).trouble is Trouble.GARBAGE
    kiosk.driver.close()
    peer.close()


def test_a_line_that_babbles_without_end_is_named_and_can_be_closed(tmp_path: Path) -> None:
    peer = Peer(tmp_path / "port", lambda byte: b"\xc3" * 3000)
    kiosk = Kiosk(peer.link)
    assert kiosk.hears(Lost).trouble is Trouble.GARBAGE
    kiosk.driver.close()
    peer.close()


def test_a_unit_that_falls_silent_and_comes_back(script: Script, kiosk: Kiosk) -> None:
    kiosk.hears(AtRest)
    script.mute = True
    assert kiosk.hears(Lost).trouble is Trouble.SILENT
    script.mute = False
    kiosk.hears(Found)
    kiosk.hears(AtRest)


def test_a_missing_port_is_named_and_the_unit_found_when_it_is_plugged_in(peer: Peer) -> None:
    peer.unplug()
    kiosk = Kiosk(peer.link)
    assert kiosk.hears(Lost).trouble is Trouble.NO_PORT
    peer.plug()
    kiosk.hears(AtRest)
    kiosk.driver.close()
    assert len(kiosk.all(Lost)) == 1


def test_a_cable_pulled_after_accept_and_plugged_in_too_late(
    peer: Peer, script: Script, kiosk: Kiosk
) -> None:
    opened(kiosk, script)
    peer.says("81 42")
    kiosk.hears(Held)
    kiosk.driver.take(1)
    wait_until(lambda: 0x02 in peer.heard, "accept")
    peer.unplug()
    assert kiosk.hears(Lost).trouble is Trouble.NO_PORT
    peer.says("10")  # nobody hears it; opening the line drops it
    peer.plug()
    kiosk.hears(Found)
    assert kiosk.hears(AtRest).counter is None
    assert kiosk.all(Taken) == []


def test_a_port_that_another_program_holds(peer: Peer) -> None:
    other = Line(str(peer.link), Settings(baud=19200))
    other.open()
    kiosk = Kiosk(peer.link)
    assert kiosk.hears(Lost).trouble is Trouble.BUSY_PORT
    other.close()
    kiosk.hears(AtRest)
    kiosk.driver.close()


def test_the_line_is_set_to_9600_baud_even_parity(peer: Peer, kiosk: Kiosk) -> None:
    """The order that leaves, not what the pseudo-terminal keeps: that has no wire and drops the parity bit."""
    kiosk.hears(AtRest)
    assert kiosk.driver.line.settings == Settings(baud=9600, bytesize=8, parity="E", stopbits=1)
    fd = os.open(peer.link, os.O_RDWR | os.O_NOCTTY)
    _, _, cflag, _, ispeed, ospeed, _ = termios.tcgetattr(fd)
    os.close(fd)
    assert (ispeed, ospeed) == (termios.B9600, termios.B9600)
    assert cflag & termios.CSIZE == termios.CS8
    assert not cflag & termios.CSTOPB
    assert not cflag & termios.PARODD


def test_closing_gives_an_undecided_note_back_and_inhibits(peer: Peer, script: Script) -> None:
    kiosk = Kiosk(peer.link)
    opened(kiosk, script)
    peer.says("81 42")
    kiosk.hears(Held)
    kiosk.driver.close()
    assert 0x0F in peer.heard and 0x02 not in peer.heard
    assert script.status == b"\x5e"


def test_closing_waits_for_the_end_of_an_accepted_note(peer: Peer, script: Script) -> None:
    kiosk = Kiosk(peer.link)
    opened(kiosk, script)
    peer.says("81 42")
    kiosk.hears(Held)
    kiosk.driver.take(1)
    wait_until(lambda: 0x02 in peer.heard, "accept")
    kiosk.driver._soon(lambda: peer.says("10"))
    kiosk.driver.close()
    assert kiosk.hears(Taken).value == Money.yuan(10)
    assert script.status == b"\x5e"
