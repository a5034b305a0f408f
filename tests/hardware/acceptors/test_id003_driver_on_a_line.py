"""The driver on a real line with a unit by script: frames, acknowledgements, parity, cables."""

from __future__ import annotations

import json
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware.acceptors.id003_driver import Id003Acceptor
from hardware.acceptors.id003_frames import encode
from hardware.contracts import AtRest, Capabilities, Found, Lost, Taken, Trouble
from hardware.line import Line, Settings
from tests.hardware.acceptors.acceptor_lobby import NOTES, Kiosk, Peer, wait_until
from tests.hardware.acceptors.id003_conversation import VERSION

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "id003_frames.json").read_text())
HOST = {name: bytes.fromhex(frame) for name, frame in VECTORS["host"].items()}
DEVICE = {name: bytes.fromhex(frame) for name, frame in VECTORS["device"].items()}
POLL, ACK, RESET = HOST["STATUS REQUEST"], HOST["ACK"], HOST["RESET"]
INHIBITED, VEND_VALID = DEVICE["DISABLE(INHIBIT)"], DEVICE["VEND VALID"]


class Script:
    """A unit that initialises for some polls after RESET; `state` is what it answers to a poll otherwise."""

    def __init__(self) -> None:
        self.state = INHIBITED
        self.initialising = 0
        self.mute = False

    def __call__(self, frame: bytes) -> bytes:
        if self.mute or frame == ACK:
            return b""
        if frame == RESET:
            self.initialising = 8
            return DEVICE["ACK"]
        if frame == POLL:
            self.initialising -= 1
            return DEVICE["INITIALIZE"] if self.initialising >= 0 else self.state
        return {
            HOST["VERSION REQ"]: encode(VERSION),
            HOST["CURRENCY ASSIGN REQ"]: DEVICE["CURRENCY ASSIGN CNY"],
        }.get(frame, frame)


def driver(link: Path) -> Id003Acceptor:
    return Id003Acceptor("acceptor", str(link), 9600, ["CNY"], NOTES)


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


def test_the_first_bytes_on_the_line_are_a_poll_and_the_unit_is_set_up_and_found(
    peer: Peer, kiosk: Kiosk
) -> None:
    assert kiosk.hears(Found).identity == VERSION[1:].decode()
    kiosk.hears(AtRest)
    assert kiosk.driver.capabilities == Capabilities(has_counter=False)
    assert peer.heard[:2] == [POLL, RESET]
    settings = ("ENABLE/DISABLE all enabled", "SECURITY normal", "COMM MODE polled", "DIRECTION all")
    assert {HOST[name] for name in settings} <= set(peer.heard)


def test_the_line_is_9600_8e1_each_time_it_is_opened(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[Any]] = []
    really = termios.tcsetattr

    def listen(fd: int, when: int, attributes: list[Any]) -> None:
        asked.append(attributes)  # a pseudo-terminal drops parity, so look at what was asked
        really(fd, when, attributes)

    monkeypatch.setattr(termios, "tcsetattr", listen)
    for _ in range(2):
        kiosk = Kiosk(driver(peer.link))
        kiosk.hears(AtRest)
        kiosk.driver.close()
        _, _, flags, _, speed, _, _ = asked[-2]  # the last one is about bytes that fail their parity
        assert flags & termios.CSIZE == termios.CS8
        assert flags & (termios.PARENB | termios.PARODD | termios.CSTOPB) == termios.PARENB
        assert speed == termios.B9600


def test_vend_valid_is_acknowledged_only_after_the_core_wrote_it_down(
    peer: Peer, script: Script, kiosk: Kiosk
) -> None:
    kiosk.hears(AtRest)
    script.state = VEND_VALID
    kiosk.hears(Taken)
    mark = len(peer.heard)
    wait_until(lambda: len(peer.heard) > mark + 4, "some polls more")
    assert set(peer.heard[mark:]) == {POLL}

    kiosk.driver.confirm()
    wait_until(lambda: ACK in peer.heard[mark:], "ACK")
    assert len(kiosk.all(Taken)) == 1


def test_answers_behind_noise_that_looks_like_a_beginning_are_read(script: Script, kiosk: Kiosk) -> None:
    kiosk.hears(AtRest)
    script.state = b"\x00\xfc\x40" + VEND_VALID
    kiosk.hears(Taken)
    assert not kiosk.all(Lost)


@pytest.mark.parametrize("unit", [None, INHIBITED], ids=["nobody there", "a unit behind it"])
def test_an_echoing_line_is_named(tmp_path: Path, script: Script, unit: bytes | None) -> None:
    peer = Peer(tmp_path / "port", lambda frame: frame + (script(frame) if unit else b""))
    kiosk = Kiosk(driver(peer.link))
    assert kiosk.hears(Lost).trouble is Trouble.ECHO
    kiosk.driver.close()
    peer.close()
    assert set(peer.heard) <= {POLL, HOST["VERSION REQ"]}, "no command that could move a note"


def test_a_unit_at_the_wrong_speed_is_named(tmp_path: Path) -> None:
    peer = Peer(tmp_path / "port", lambda frame: bytes(byte ^ 0xA5 for byte in frame * 3))
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


def test_a_port_that_another_program_holds(peer: Peer) -> None:
    other = Line(str(peer.link), Settings())
    other.open()
    kiosk = Kiosk(driver(peer.link))
    assert kiosk.hears(Lost).trouble is Trouble.BUSY_PORT
    other.close()
    kiosk.hears(AtRest)
    kiosk.driver.close()


def test_verbs_before_start_and_close_without_start_do_no_harm(tmp_path: Path) -> None:
    acceptor = driver(tmp_path / "nowhere")
    acceptor.take(1)
    acceptor.confirm()
    acceptor.close()
