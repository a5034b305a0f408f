"""The driver on a real line with a unit by script: frames, acknowledgements, cables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.acceptors.ccnet_frames import encode
from hardware.contracts import AtRest, Found, Lost, Taken, Trouble
from hardware.line import Line, Settings
from tests.hardware.acceptors.ccnet_conversation import IDENTITY
from tests.hardware.acceptors.ccnet_lobby import Kiosk, Peer, wait_until

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "ccnet_frames.json").read_text())
HOST = {name: bytes.fromhex(frame) for name, frame in VECTORS["host"].items()}
DEVICE = {name: bytes.fromhex(frame) for name, frame in VECTORS["device"].items()}
POLL, ACK, NAK = HOST["POLL"], HOST["ACK"], HOST["NAK"]


class Script:
    """A unit at rest; `state` is what it answers to POLL, `instead` overrides single answers, once each."""

    def __init__(self) -> None:
        self.state = DEVICE["UNIT DISABLED"]
        self.instead: list[bytes] = []
        self.mute = False
        self.after_ack = b""

    def __call__(self, frame: bytes) -> bytes:
        if self.mute or frame == NAK:
            return b""
        if frame == ACK:
            return self.after_ack
        if frame == POLL:
            return self.instead.pop(0) if self.instead else self.state
        return {
            HOST["IDENTIFICATION"]: encode(IDENTITY),
            HOST["GET BILL TABLE"]: DEVICE["BILL TABLE reply CNY 1,5,10,20,50,100"],
            HOST["GET COUNTER OF STACKED BILLS"]: DEVICE["COUNTER reply 258"],
        }.get(frame, DEVICE["ACK"])


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
    kiosk = Kiosk(peer.link, automatic=False)
    yield kiosk
    kiosk.driver.close()


def test_the_first_bytes_on_the_line_are_a_poll_and_the_unit_is_found(peer: Peer, kiosk: Kiosk) -> None:
    assert kiosk.hears(Found).serial_number == "21KC05001234"
    assert kiosk.hears(AtRest).counter == 258
    assert kiosk.driver.capabilities.has_counter
    assert peer.heard[:3] == [POLL, ACK, HOST["IDENTIFICATION"]]
    assert HOST["RESET"] not in peer.heard


def test_a_damaged_answer_gets_a_nak_and_is_asked_for_again(peer: Peer, script: Script, kiosk: Kiosk) -> None:
    kiosk.hears(AtRest)
    bad = DEVICE["UNIT DISABLED"][:-1] + b"\x00"
    script.instead = [bad]
    wait_until(lambda: NAK in peer.heard, "NAK")
    at = peer.heard.index(NAK)
    wait_until(lambda: len(peer.heard) > at + 2, "the next poll")
    assert peer.heard[at - 1 : at + 3] == [POLL, NAK, POLL, ACK]


def test_answers_behind_noise_that_looks_like_a_beginning_are_read(script: Script, kiosk: Kiosk) -> None:
    script.state = b"\x00\x02\x03\x40" + DEVICE["UNIT DISABLED"]
    assert kiosk.hears(AtRest).counter == 258
    assert not kiosk.all(Lost)


def test_bytes_that_come_after_an_answer_are_not_taken_for_the_next_one(script: Script, kiosk: Kiosk) -> None:
    script.after_ack = DEVICE["UNIT DISABLED"]
    assert kiosk.hears(AtRest).counter == 258
    assert not kiosk.all(Lost)


def test_a_stacked_note_is_acknowledged_only_after_the_core_wrote_it_down(
    peer: Peer, script: Script, kiosk: Kiosk
) -> None:
    kiosk.hears(AtRest)
    script.state = DEVICE["BILL STACKED type 5"]
    assert kiosk.hears(Taken).code == 5
    mark = len(peer.heard)
    wait_until(lambda: len(peer.heard) > mark + 4, "some polls more")
    assert set(peer.heard[mark:]) == {POLL}

    kiosk.driver.confirm()
    wait_until(lambda: ACK in peer.heard[mark:], "ACK")
    assert len(kiosk.all(Taken)) == 1


def test_an_echoing_line_is_named(tmp_path: Path) -> None:
    peer = Peer(tmp_path / "port", lambda frame: frame)
    kiosk = Kiosk(peer.link)
    assert kiosk.hears(Lost).trouble is Trouble.ECHO
    kiosk.driver.close()
    peer.close()


def test_a_unit_at_the_wrong_speed_is_named(tmp_path: Path) -> None:
    peer = Peer(tmp_path / "port", lambda frame: bytes(byte ^ 0xA5 for byte in frame * 3))
    kiosk = Kiosk(peer.link)
    assert kiosk.hears(Lost).trouble is Trouble.GARBAGE
    kiosk.driver.close()
    peer.close()


def test_a_unit_that_falls_silent_is_reset_and_found_again(peer: Peer, script: Script, kiosk: Kiosk) -> None:
    kiosk.hears(AtRest)
    script.mute = True
    assert kiosk.hears(Lost).trouble is Trouble.SILENT
    wait_until(lambda: HOST["RESET"] in peer.heard, "RESET")
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


def test_a_cable_pulled_and_plugged_in_again(peer: Peer, script: Script, kiosk: Kiosk) -> None:
    kiosk.hears(AtRest)
    script.mute = True
    peer.unplug()
    assert kiosk.hears(Lost).trouble is Trouble.NO_PORT
    script.mute = False
    peer.plug()
    kiosk.hears(Found)
    kiosk.hears(AtRest)


def test_a_port_that_another_program_holds(peer: Peer) -> None:
    other = Line(str(peer.link), Settings())
    other.open()
    kiosk = Kiosk(peer.link)
    assert kiosk.hears(Lost).trouble is Trouble.BUSY_PORT
    other.close()
    kiosk.hears(AtRest)
    kiosk.driver.close()
