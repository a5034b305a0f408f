"""The rule of the line for all that is no bill acceptor: in trouble, its way of paying is offered no more within two
seconds, and again within ten of the end of it. (Acceptors: `acceptors/test_trouble_takes_cash_away_…`.)

The way of a card terminal is the tile for cards; of a scanner, where no other one is left, the tile for codes; of a
printer, receipts: the page says that there are none before anybody pays. Seconds of a world without time."""

from __future__ import annotations

import errno
import fcntl
import grp
import os
import shutil
import struct
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import cv2
import numpy as np
import pytest

from hardware.contracts import Event, Found, Lost, Trouble
from hardware.input_events import InputLine
from hardware.line import LineTrouble
from hardware.panel.contract import KeyPressed
from hardware.panel.evdev_driver import EvdevKeypad
from hardware.panel.evdev_sim import KeypadSim
from hardware.scanners import camera_pictures, camera_source
from kiosk import contract as c
from kiosk.facts import ChargeConfirmed, ReceiptIssued
from kiosk.flow import offers
from tests.hardware.house_without_time import BETWEEN_S, KINDS, House
from tests.hardware.without_time import Cable, Over, Stage, Thread

GONE_WITHIN_S = 2.0
BACK_WITHIN_S = 10.0
TOLD_AN_HOUR = 100  # noise now and then passes for something else
LONG_S = 40.0  # longer than every patience of a driver
MOMENTS = [0.13 * number for number in range(12)]  # after it came back: no phase of a driver is left out
ASKED = ("printer", "printer on USB", "card terminal")
TALKING = ("serial scanner", "typing scanner")


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    stage = Stage()
    stage.set_up(monkeypatch)
    yield stage
    stage.end()


class Situation(NamedTuple):
    begins: Callable[[House], Any]
    ends: Callable[[House], Any]
    told: frozenset[Trouble]
    kinds: tuple[str, ...] = tuple(KINDS)


def _does(action: str, **given: Any) -> Callable[[House], Any]:
    return lambda house: house.sim.do(action, **given)


def _pulled_without_a_word(house: House) -> None:
    house.cable.hangs_up = False
    house.sim.do("unplug")


def _answers(answer: Callable[[bytes], bytes]) -> Callable[[House], None]:
    def begin(house: House) -> None:
        house.real = house.cable.hear
        house.cable.hear = lambda data: house.cable.send(answer(data))

    return begin


def _babbles(house: House) -> None:
    """As many bytes as 9600 baud carry, without being asked; what is asked is not heard."""
    house.babbling, house.real = True, house.cable.hear
    house.cable.hear = lambda data: None

    def babble() -> None:
        random = Random(7)
        while house.babbling:
            house.cable.send(random.randbytes(480))
            house.stage.wait(lambda: False, 0.5)

    Thread(house.stage, babble, "babble").start()


def _says_no_more(house: House) -> None:
    house.babbling = False
    house.cable.hear = house.real


def _silent(house: House) -> None:
    if house.kind.device == "printer":
        house.sim.do("silent")
    else:
        house.sim.do("fault", ignore=1000)


def _speaks(house: House) -> None:
    if house.kind.device == "printer":
        house.sim.do("silent", on=False)
    else:
        house.sim.do("behave")


def _as_before(house: House) -> None:
    house.cable.hear = house.real


SITUATIONS = {
    "the cable is out": Situation(_does("unplug"), _does("plug"), frozenset({Trouble.NO_PORT})),
    "the cable is out and nothing hangs up": Situation(
        _pulled_without_a_word, _does("plug"), frozenset({Trouble.NO_PORT}), (*ASKED, *TALKING)
    ),
    "its mains are off": Situation(
        lambda house: house.sim.power_cut(),
        lambda house: house.sim.power_on(),
        frozenset({Trouble.NO_PORT, Trouble.SILENT}),
    ),
    "it is silent": Situation(_silent, _speaks, frozenset({Trouble.SILENT}), ASKED),
    "nonsense comes back": Situation(
        _answers(lambda data: bytes(b ^ 0xA5 for b in data * 3)),
        _as_before,
        frozenset({Trouble.GARBAGE}),
        ASKED,
    ),
    "the line echoes": Situation(
        _answers(lambda data: data), _as_before, frozenset({Trouble.ECHO, Trouble.GARBAGE}), ASKED
    ),
}
SITUATIONS["it babbles without end"] = Situation(
    _babbles, _says_no_more, frozenset({Trouble.GARBAGE, Trouble.WRONG_DEVICE}), (*ASKED, *TALKING)
)
ROWS = [(what, kind) for what, situation in SITUATIONS.items() for kind in situation.kinds]


@pytest.mark.parametrize(("what", "kind"), ROWS)
def test_it_goes_and_comes_back_at_any_moment(tmp_path: Path, stage: Stage, kind: str, what: str) -> None:
    house = House(tmp_path, stage, kind)
    begins, ends, told, _ = SITUATIONS[what]
    for moment_s in MOMENTS:
        house.for_s(moment_s)
        begins(house)
        began_s = stage.now_s
        house.until(house.gone, "it is offered no more")
        assert stage.now_s - began_s <= GONE_WITHIN_S + 2 * BETWEEN_S, f"after {moment_s} s"
        house.for_s(LONG_S if moment_s == MOMENTS[-1] else moment_s)
        ends(house)
        ended_s = stage.now_s
        house.until(house.offered, "it is offered again")
        assert stage.now_s - ended_s <= BACK_WITHIN_S, f"after {moment_s} s"
    assert {lost.trouble for lost in house.lost()} <= told
    assert len(house.lost()) == len(MOMENTS), "told once each time"


def test_codes_are_offered_for_as_long_as_one_of_two_can_read(tmp_path: Path, stage: Stage) -> None:
    house = House(tmp_path, stage, "camera")
    house.core.hear(Found(device="scanner", identity="sim"))
    house.sim.do("unplug")
    house.until(lambda: bool(house.lost()), "the camera is known to be away")
    assert house.offered()
    house.core.hear(Lost(device="scanner", trouble=Trouble.NO_PORT, detail="pulled out"))
    assert house.gone()
    (tile,) = (way for way in house.core.page.ways if way.tender is c.Tender.CODE)
    assert tile.off == c.Message("pay_by.no_scanner")
    house.sim.do("plug")
    house.until(house.offered, "the camera alone is enough")


@pytest.mark.parametrize("kind", ["printer", "card terminal", *TALKING])
def test_garbage_for_an_hour_takes_no_memory_and_makes_no_flood(
    tmp_path: Path, stage: Stage, kind: str
) -> None:
    house = House(tmp_path, stage, kind)
    _babbles(house)
    house.for_s(60.0)
    kept = held(house.driver)
    house.for_s(3540.0)
    assert held(house.driver) <= kept + 4096
    assert len(house.lost()) < TOLD_AN_HOUR, "told when it changes, not with every byte"
    _says_no_more(house)
    ended_s = stage.now_s
    house.until(house.offered, "it is offered again")
    assert stage.now_s - ended_s <= BACK_WITHIN_S


def test_a_number_pad_that_babbles_for_an_hour_works_after_it(tmp_path: Path, stage: Stage) -> None:
    heard: list[Event] = []
    sim, pad = KeypadSim("keypad", tmp_path / "keypad"), EvdevKeypad("keypad", str(tmp_path / "keypad"))
    sim.start()
    pad.start(heard.append)
    stage.wait(lambda: bool(heard), 10.0)
    random, kept = Random(7), 0
    for second in range(3600):
        stage.ports[str(tmp_path / "keypad")].send(random.randbytes(960))
        stage.wait(lambda: False, 1.0)
        kept = kept or (held(pad) if second > 60 else 0)
    assert held(pad) <= kept + 4096 and len(heard) < TOLD_AN_HOUR
    before = len(heard)
    stage.wait(lambda: any(isinstance(event, Found) for event in heard[before:]), BACK_WITHIN_S)
    sim.do("press", key="5")
    stage.wait(lambda: isinstance(heard[-1], KeyPressed), 10.0)
    assert heard[-1] == KeyPressed(device="keypad", key="5")


def held(thing: object, seen: set[int] | None = None) -> int:
    """Bytes, characters and items that are within reach of the project's own objects."""
    seen = set() if seen is None else seen
    if id(thing) in seen:
        return 0
    seen.add(id(thing))
    if isinstance(thing, bytes | bytearray | str):
        return len(thing)
    inside: list[object] = []
    if isinstance(thing, dict):
        inside = [*thing.keys(), *thing.values()]
    elif isinstance(thing, list | tuple | set | frozenset | deque):
        inside = [*thing]
    elif type(thing).__module__.startswith("hardware"):
        inside = [*getattr(thing, "__dict__", {}).values()]
    return len(inside) + sum(held(one, seen) for one in inside)


@pytest.mark.parametrize("hangs_up", [True, False])
def test_the_terminal_is_pulled_out_at_any_moment_of_a_payment(
    tmp_path: Path, stage: Stage, hangs_up: bool
) -> None:
    house = House(tmp_path, stage, "card terminal")
    house.cable.hangs_up = hangs_up
    house.sim.do("sale_by_hand", fen=1)  # its record is not empty: an empty one can decide nothing
    house.sim.do("unplug")
    house.until(house.gone, "it learns its record again")
    house.sim.do("plug")
    charged = 0
    for moment_s in MOMENTS:
        house.until(house.offered, "cards are taken")
        house.core.want(c.ChooseTender(c.Tender.CARD))
        house.until(lambda: house.sim.state()["shows"] == "insert card", "it asks for a card")
        house.sim.do("insert_card")
        house.for_s(moment_s)
        house.sim.do("unplug")
        pulled_s = stage.now_s
        house.until(house.broken, "cards are not taken")
        assert stage.now_s - pulled_s <= GONE_WITHIN_S + 2 * BETWEEN_S
        house.for_s(3.0)
        house.sim.do("plug")
        house.until(lambda: house.sim.state()["shows"] == "idle", "it is done with its own end of it")
        ready_s = stage.now_s
        house.until(lambda: not house.broken(), "it is settled, and cards are taken")
        assert stage.now_s - ready_s <= BACK_WITHIN_S
        paid = house.core.facts(ChargeConfirmed)
        assert len(paid) == len(house.sim.state()["charged_fen"]) - 1, "what the bank took, and only that"
        if len(paid) > charged:
            charged = len(paid)
            house.next_customer()
    assert 0 < charged < len(MOMENTS), "some moments lie before the bank's word, some behind it"


@pytest.mark.parametrize("what", ["the cable is out", "its mains are off", "it is silent"])
def test_the_printer_goes_at_any_moment_of_a_receipt(tmp_path: Path, stage: Stage, what: str) -> None:
    house = House(tmp_path, stage, "printer")
    house.sim.do("speed", mm_s=100)  # some seconds for a receipt
    begins, ends, _, _ = SITUATIONS[what]
    for moment_s in MOMENTS[::2]:
        house.core.want(c.ChooseTender(c.Tender.CASH))
        house.core.insert(20, 10, 5, 1, 1, 1)
        house.for_s(moment_s)
        begins(house)
        house.until(house.gone, "receipts are offered no more")
        house.for_s(5.0)
        ends(house)
        ended_s = stage.now_s
        house.until(house.offered, "receipts are offered again")
        assert stage.now_s - ended_s <= BACK_WITHIN_S, f"after {moment_s} s"
        house.until(lambda: house.core.engine.state.printing is None, "the job has its end")
        house.core.want(c.PrintAgain())
        house.until(lambda: house.core.engine.state.printing is None, "it is printed, perhaps once more")
        house.next_customer()
    numbers = [issued.number for issued in house.core.facts(ReceiptIssued)]
    printed = "".join(piece["text"] for piece in house.sim.pieces)
    assert all(number in printed for number in numbers)


class Hanging:
    """The part of cv2.VideoCapture that gives pictures; a camera that hangs keeps its reader waiting."""

    SELECT_S = 4.0  # as it is set for OpenCV

    def __init__(self, stage: Stage) -> None:
        self._stage, self.hangs = stage, False

    def __call__(self, *_: object) -> Hanging:
        return self

    def isOpened(self) -> bool:
        return True

    def set(self, *_: object) -> bool:
        return True

    def release(self) -> None: ...

    def read(self) -> tuple[bool, Any]:
        if self.hangs and not self._stage.wait(lambda: not self.hangs, self.SELECT_S):
            return False, None
        self._stage.wait(lambda: False, 1 / 30)
        return True, np.zeros((48, 64), np.uint8)


def test_a_camera_that_hangs_takes_codes_away(
    tmp_path: Path, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Known only while it is on: at rest a camera is off, and its light too."""
    camera = Hanging(stage)
    v4l2 = struct.pack("16s32s32sIII12x", b"uvcvideo", b"Camera", b"usb-1", 0, 1, 0)
    monkeypatch.setattr(camera_pictures, "cv2", Over(cv2, VideoCapture=camera))
    monkeypatch.setattr(camera_source, "fcntl", Over(fcntl, ioctl=lambda *_: v4l2))
    os.mkfifo(tmp_path / "camera")
    house = House(tmp_path, stage, "camera", sim=NoSim())
    house.core.want(c.ChooseTender(c.Tender.CODE))
    for moment_s in MOMENTS:
        house.for_s(moment_s)
        camera.hangs, began_s = True, stage.now_s
        house.until(lambda: offers.tender_broken(house.core.engine.state, c.Tender.CODE) is not None, "gone")
        assert stage.now_s - began_s <= GONE_WITHIN_S
        house.for_s(4 * moment_s)
        camera.hangs, ended_s = False, stage.now_s
        house.until(lambda: offers.tender_broken(house.core.engine.state, c.Tender.CODE) is None, "back")
        assert stage.now_s - ended_s <= BACK_WITHIN_S
    assert {lost.trouble for lost in house.lost()} == {Trouble.SILENT}
    assert len(house.lost()) == len(MOMENTS)


class NoSim:
    def start(self) -> None: ...


WHO_ELSE = {  # on the port of a device that is asked: what comes back, the trouble, a word of its sentence
    "silence": (
        lambda said: b"",
        {"printer": (Trouble.SILENT, "baud"), "terminal": (Trouble.SILENT, "power")},
    ),
    "noise": (
        lambda said: bytes(range(0x80, 0x100, 3)) * 4,
        {"printer": (Trouble.GARBAGE, "baud"), "terminal": (Trouble.GARBAGE, "speed")},
    ),
    "an echo": (
        lambda said: said,
        {"printer": (Trouble.ECHO, "loop-back"), "terminal": (Trouble.ECHO, "loop-back")},
    ),
    "a bill acceptor": (
        lambda said: bytes.fromhex("808f") * 8,
        {
            "printer": (Trouble.WRONG_DEVICE, "an ICT bill acceptor"),
            "terminal": (Trouble.GARBAGE, "an ICT bill acceptor"),
        },
    ),
}


@pytest.mark.parametrize("who", WHO_ELSE)
@pytest.mark.parametrize("kind", ASKED)
def test_who_is_there_at_the_start_is_named_and_the_right_one_is_found_behind_it(
    tmp_path: Path, stage: Stage, kind: str, who: str
) -> None:
    answer, expected = WHO_ELSE[who]
    trouble, word = expected[KINDS[kind].device]
    house = House(tmp_path, stage, kind, sim=NoSim(), found=False)
    house.until(lambda: bool(house.lost()), "it is missed")
    assert house.lost()[-1].trouble is Trouble.NO_PORT and "no such device file" in house.lost()[-1].detail
    stranger = Cable(stage, tmp_path / house.kind.device, lambda data: stranger.send(answer(data)))
    house.until(lambda: len(house.lost()) > 1, "it is named")
    assert house.lost()[-1].trouble is trouble and word in house.lost()[-1].detail
    stranger.close()
    house.kind.sim(tmp_path).start()
    house.until(house.offered, "the right one is found")


# What talks on the line of a scanner, and what staff are told of it.
STRANGERS = {
    "codes at another speed": (bytes.fromhex("ff00fe80c1f8e0ff0090ff00"), 9, "baud"),
    "a bill acceptor that powers up": (bytes.fromhex("808f"), 40, "an ICT bill acceptor"),
    "something that never ends a code": (b"\x55\xaa" * 400, 3, "which device"),
}


@pytest.mark.parametrize("who", STRANGERS)
def test_who_talks_on_the_line_of_a_scanner_is_named(tmp_path: Path, stage: Stage, who: str) -> None:
    said, times, word = STRANGERS[who]
    house = House(tmp_path, stage, "serial scanner")
    for _ in range(times):
        house.cable.send(said)
        house.for_s(0.3)
    house.until(house.gone, "codes are offered no more")
    (lost,) = house.lost()
    assert lost.trouble is Trouble.GARBAGE and word in lost.detail
    house.until(house.offered, "codes are offered again")
    house.sim.do("scan", text="W1002003001")
    house.for_s(2.0)
    assert len(house.lost()) == 1


def test_somebodys_odd_code_takes_no_scanner_away(tmp_path: Path, stage: Stage) -> None:
    house = House(tmp_path, stage, "serial scanner")
    house.sim.do("scan", text="W1002003001")
    for _ in range(10):
        house.sim.do("scan_bytes", hex="ff8041ff" * 8)
        house.for_s(0.5)
    assert house.offered() and not house.lost()


GROUPS = {"printer": "dialout", "printer on USB": "lp", "typing scanner": "input", "serial scanner": "dialout",
          "card terminal": "dialout", "camera": "video"}  # fmt: skip
REFUSALS = {
    "no permission": (errno.EACCES, Trouble.NO_PERMISSION, "group {group}"),
    "another program holds it": (errno.EBUSY, Trouble.BUSY_PORT, "fuser"),
    "no such file": (errno.ENOENT, Trouble.NO_PORT, "config/devices.toml"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_system_refuses_is_named_and_tried_again(tmp_path: Path, stage: Stage, kind: str) -> None:
    house = House(tmp_path, stage, kind)
    port = tmp_path / house.kind.device
    house.sim.do("unplug")
    house.until(house.gone, "it is away")
    os.mkfifo(port)
    group = a_group(port, GROUPS[kind])
    for code, trouble, words in REFUSALS.values():
        stage.refuses[str(port)] = code
        house.until(lambda told=trouble: house.lost()[-1].trouble is told, f"told: {trouble}")  # type: ignore[misc]
        assert words.format(group=group) in house.lost()[-1].detail
    stage.refuses.clear()
    port.unlink()
    house.sim.do("plug")
    house.until(house.offered, "it is offered again")


def a_group(port: Path, usual: str) -> str:
    """Of the file from now on: the one that Debian gives such devices; where that may not be set, the one it has."""
    try:
        shutil.chown(port, group=usual)
    except (LookupError, PermissionError):
        pass
    return grp.getgrgid(port.stat().st_gid).gr_name


@pytest.mark.parametrize("what", ["an ordinary file", "a device of another kind"])
def test_an_input_device_that_is_none(what: str, tmp_path: Path) -> None:
    port = tmp_path / "scanner"
    port.write_text("notes")
    line = InputLine(str(port) if what == "an ordinary file" else "/dev/null", grab=True)
    with pytest.raises(LineTrouble) as caught:
        line.open()
    assert caught.value.trouble is Trouble.WRONG_DEVICE
    assert what in caught.value.detail and "/dev/input/by-id" in caught.value.detail
