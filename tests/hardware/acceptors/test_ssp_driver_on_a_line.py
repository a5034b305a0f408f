"""The driver on a real line with a unit by script: settings of the port, pieces, noise, repeats, cables."""

from __future__ import annotations

import json
import os
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.acceptors.ssp_codes import Command
from hardware.acceptors.ssp_frames import Decoder, Frame, encode
from hardware.contracts import AtRest, Found, Held, Lost, Taken, Trouble
from kiosk.money import Money
from tests.hardware.acceptors.ssp_conversation import ANSWERS
from tests.hardware.acceptors.ssp_lobby import Kiosk, Peer, wait_until

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "ssp_frames.json").read_text())["ssp"]


class Script:
    """A unit at rest; `polls` are what it says to the next polls, once each."""

    def __init__(self) -> None:
        self.polls: list[str] = []
        self.before = b""  # bytes in front of each answer
        self.lose = 0  # answers that do not arrive
        self.mute = self.echo = False
        self._last: tuple[bool, bytes] | None = None

    def __call__(self, frame: Frame) -> bytes:
        if self.echo:
            return encode(frame)
        if self.mute:
            return b""
        if self._last is None or self._last[0] != frame.flag or frame.data[0] == Command.SYNC:
            self._last = frame.flag, self._carry_out(frame)
        if self.lose:
            self.lose -= 1
            return b""
        return self.before + self._last[1]

    def _carry_out(self, frame: Frame) -> bytes:
        said = {
            Command.SETUP_REQUEST: ANSWERS["cny"],
            Command.SERIAL_NUMBER: ANSWERS["serial"],
            Command.GET_COUNTERS: ANSWERS["258"],
            Command.REJECT: "F5",
        }.get(Command(frame.data[0]), "F0")
        if frame.data[0] == Command.POLL:
            said = self.polls.pop(0) if self.polls else "F0 E8"
        return encode(Frame(frame.flag, bytes.fromhex(said)))


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


def frame(name: str) -> Frame:
    (whole,) = Decoder().feed(bytes.fromhex(VECTORS["host"][name]))
    return whole


def test_the_first_frames_are_sync_and_reject_and_the_unit_is_found(peer: Peer, kiosk: Kiosk) -> None:
    found = kiosk.hears(Found)
    assert found.serial_number == "2722470"
    assert kiosk.hears(AtRest).counter == 258
    assert kiosk.driver.capabilities.has_counter
    assert kiosk.driver.capabilities.escrow
    assert peer.heard[0] == frame("SYNC")
    assert peer.heard[1] == Frame(False, frame("REJECT").data)


def test_the_line_has_two_stop_bits_and_no_parity(peer: Peer, kiosk: Kiosk) -> None:
    """A pseudo-terminal takes any setting and enforces none, so it is looked up."""
    kiosk.hears(Found)
    _, _, flags, _, speed, _, _ = termios.tcgetattr(peer.line)
    assert flags & termios.CSTOPB
    assert flags & termios.CSIZE == termios.CS8
    assert not flags & termios.PARENB
    assert speed == termios.B9600


@pytest.mark.parametrize(
    "noise", [b"\x00\xff\x7f\x80\x05", b"\x7f\x00\x01\xf0\x00\x00", bytes.fromhex("7F 80 01")]
)
def test_noise_in_front_of_each_answer(script: Script, peer: Peer, kiosk: Kiosk, noise: bytes) -> None:
    script.before = noise
    assert kiosk.hears(AtRest).counter == 258


def test_the_credit_gets_lost_twice_and_comes_once(script: Script, peer: Peer, kiosk: Kiosk) -> None:
    kiosk.hears(AtRest)
    script.polls = ["F0 EF 05"]
    assert kiosk.hears(Held).value == Money.yuan(50)
    script.polls, script.lose = ["F0 EE 05 EB"], 2
    kiosk.driver.take(1)
    assert kiosk.hears(Taken).value == Money.yuan(50)
    wait_until(lambda: [f.data[0] for f in peer.heard[-8:]].count(Command.POLL) == 8, "polls")
    assert len(kiosk.all(Taken)) == 1


def test_a_held_note_is_never_polled(script: Script, peer: Peer, kiosk: Kiosk) -> None:
    kiosk.hears(AtRest)
    script.polls = ["F0 EF 05"]
    kiosk.hears(Held)
    at = len(peer.heard)
    wait_until(lambda: len(peer.heard) >= at + 2, "two HOLDs")
    assert {f.data for f in peer.heard[at:]} == {bytes((Command.HOLD,))}


def test_our_own_bytes_come_back(script: Script, peer: Peer) -> None:
    script.echo = True
    kiosk = Kiosk(peer.link)
    lost = kiosk.hears(Lost)
    assert lost.trouble is Trouble.ECHO
    script.echo = False
    kiosk.hears(Found)
    kiosk.driver.close()


def test_a_line_that_only_babbles(tmp_path: Path) -> None:
    peer = Peer(tmp_path / "port", lambda frame: b"\x55\xaa" * 20)
    kiosk = Kiosk(peer.link)
    assert kiosk.hears(Lost).trouble is Trouble.GARBAGE
    kiosk.driver.close()
    peer.close()


def test_no_device_file_and_then_one(tmp_path: Path, script: Script) -> None:
    kiosk = Kiosk(tmp_path / "port")
    assert kiosk.hears(Lost).trouble is Trouble.NO_PORT
    peer = Peer(tmp_path / "port", script)
    kiosk.hears(Found)
    script.mute = True  # the cable is out: neither name nor answers
    os.unlink(peer.link)
    assert kiosk.hears(Lost).trouble is Trouble.NO_PORT
    kiosk.driver.close()
    peer.close()


def test_closing_returns_while_nobody_answers(script: Script, peer: Peer) -> None:
    script.mute = True
    kiosk = Kiosk(peer.link)
    wait_until(lambda: bool(peer.heard), "SYNC")
    kiosk.driver.close()
    assert not kiosk.driver._thread or not kiosk.driver._thread.is_alive()
