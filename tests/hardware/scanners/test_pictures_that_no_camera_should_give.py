"""Hostile and broken pictures: the worker looks, finds nothing, and reads the next code all the same."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from hardware.contracts import CodeRead, Found, Lost, Trouble
from hardware.scanners.camera_driver import CameraScanner
from hardware.scanners.camera_sim_scene import Kind, Lobby, Shown, card
from hardware.scanners.decode import Code, Decoder
from tests.hardware.scanners.scanner_places import SOON_S, Heard

Gray = npt.NDArray[np.uint8]
HEIGHT, WIDTH = 480, 640
PAYMENT_CODE = "134567890123456789"
TAKEN_S = (
    0.5  # several times what the driver needs to take a picture up; too short makes a test weak, not wrong
)


def noise() -> Gray:
    return np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH), dtype=np.uint8)


def checkerboard() -> Gray:
    return (np.indices((HEIGHT, WIDTH)) // 8).sum(axis=0).astype(np.uint8) % 2 * 255


def finder_patterns() -> Gray:
    """A poster with hundreds of squares that look like the corners of a QR code."""
    picture = np.full((HEIGHT, WIDTH), 255, np.uint8)
    for top, left in np.random.default_rng(2).integers(0, (HEIGHT - 28, WIDTH - 28), (600, 2)):
        for rim, shade in ((0, 0), (4, 255), (8, 0)):
            picture[top + rim : top + 28 - rim, left + rim : left + 28 - rim] = shade
    return picture


def stripes() -> Gray:
    """Bars everywhere, in a dozen rows, none of which is a code."""
    random = np.random.default_rng(3)
    return np.kron(random.integers(0, 2, (HEIGHT // 40, WIDTH // 2)) * 255, np.ones((40, 2))).astype(np.uint8)


def black() -> Gray:
    return np.zeros((HEIGHT, WIDTH), np.uint8)


def tiny() -> Gray:
    return np.full((1, 1), 128, np.uint8)


HOSTILE = [noise, checkerboard, finder_patterns, stripes, black, tiny]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_there_is_no_code_in_it(hostile: Callable[[], Gray]) -> None:
    assert Decoder().read(hostile()) == ()


class Folder:
    """A folder that pictures are dropped into by hand, and a camera driver that watches it."""

    def __init__(self, path: Path, heard: Heard) -> None:
        self.path = path
        self.heard = heard
        self.driver = CameraScanner("camera", str(path), WIDTH, HEIGHT, 15)
        self._count = 0

    def drop(self, data: bytes, suffix: str = ".png") -> None:
        self._count += 1
        fresh = self.path / ".fresh"
        fresh.write_bytes(data)
        fresh.rename(self.path / f"{self._count:04d}{suffix}")

    def drop_picture(self, picture: Gray) -> None:
        self.drop(cv2.imencode(".png", picture)[1].tobytes())


@pytest.fixture
def folder(tmp_path: Path, heard: Heard) -> Iterator[Folder]:
    folder = Folder(tmp_path, heard)
    folder.driver.start(heard)
    heard.until_kind(Found)
    folder.driver.look()
    yield folder
    folder.driver.close()


def view_of(code: str, kind: Kind = "qr") -> Gray:
    held = card([Shown(code.encode(), kind)], "phone")
    return cv2.cvtColor(Lobby().picture(held, 0.0), cv2.COLOR_RGB2GRAY).astype(np.uint8)


def so_wide_that_the_search_fails() -> Gray:
    return np.full((22, 40_000), 128, np.uint8)


@pytest.mark.parametrize("hostile", [*HOSTILE, so_wide_that_the_search_fails])
def test_the_next_code_is_read_all_the_same(folder: Folder, hostile: Callable[[], Gray]) -> None:
    folder.drop_picture(hostile())
    time.sleep(TAKEN_S)
    folder.drop_picture(view_of(PAYMENT_CODE))
    folder.heard.until_code()
    assert folder.heard.texts == [PAYMENT_CODE]


@pytest.mark.parametrize(
    ("broken", "suffix"),
    [
        (b"", ".png"),
        (b"not a picture", ".jpg"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), ".png"),
        (b"notes", ".txt"),
    ],
    ids=["empty file", "text", "half a PNG", "another kind of file"],
)
def test_a_file_that_is_no_picture_is_passed_over(folder: Folder, broken: bytes, suffix: str) -> None:
    folder.drop(broken, suffix)
    time.sleep(TAKEN_S)
    folder.drop_picture(view_of(PAYMENT_CODE))
    folder.heard.until_code()
    assert folder.heard.texts == [PAYMENT_CODE]
    assert not any(isinstance(event, Lost) for event in folder.heard.events)


def test_bars_seen_in_a_single_picture_are_not_believed(folder: Folder) -> None:
    folder.drop_picture(view_of("1234567", "code128"))
    time.sleep(TAKEN_S)
    assert folder.heard.texts == []
    folder.drop_picture(view_of("1234567", "code128"))
    folder.heard.until_code()
    assert folder.heard.texts == ["1234567"]


def test_a_picture_that_is_still_being_searched_at_rest_says_nothing(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    searching, may_end = threading.Event(), threading.Event()
    really = Decoder.read

    def slow(self: Decoder, gray: Gray) -> tuple[Code, ...]:
        searching.set()
        may_end.wait(SOON_S)
        return really(self, gray)

    monkeypatch.setattr(Decoder, "read", slow)
    folder.drop_picture(view_of(PAYMENT_CODE))
    assert searching.wait(SOON_S)
    folder.driver.rest()
    may_end.set()
    folder.drop_picture(view_of("284512345678901234"))
    folder.driver.look()
    folder.heard.until(lambda _: "284512345678901234" in folder.heard.texts)
    assert folder.heard.texts == ["284512345678901234"]


def test_a_video_of_a_phone_is_read(tmp_path: Path, heard: Heard) -> None:
    file = tmp_path / "visit.avi"
    video = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"MJPG"), 15, (WIDTH, HEIGHT))
    room, held = Lobby(), card([Shown(PAYMENT_CODE.encode())], "phone")
    for at in range(10):
        video.write(cv2.cvtColor(room.picture(held, at / 15), cv2.COLOR_RGB2BGR))
    video.release()

    driver = CameraScanner("camera", str(file), WIDTH, HEIGHT, 15)
    driver.start(heard)
    driver.look()
    heard.until_code()
    driver.close()
    assert heard.codes == [CodeRead(device="camera", text=PAYMENT_CODE, symbology="QRCode")]


@pytest.mark.parametrize(
    ("source", "trouble"),
    [
        ("nothing-here", Trouble.NO_PORT),
        ("/dev/null", Trouble.WRONG_DEVICE),
        ("notes.avi", Trouble.WRONG_DEVICE),
    ],
)
def test_a_source_that_is_no_camera_is_named(
    tmp_path: Path, heard: Heard, source: str, trouble: Trouble
) -> None:
    (tmp_path / "notes.avi").write_text("no video")
    driver = CameraScanner("camera", str(tmp_path / source), WIDTH, HEIGHT, 15)
    driver.start(heard)
    heard.until_kind(Lost)
    driver.close()
    (lost,) = heard.events
    assert isinstance(lost, Lost)
    assert lost.trouble is trouble
    assert source in lost.detail
