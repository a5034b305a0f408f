"""Exposure, focus and region from the configuration; and ribbon cameras, here only a stand-in of one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
import pytest

from hardware.contracts import CodeRead, Found, Lost, Trouble
from hardware.scanners.camera_driver import CameraScanner
from hardware.scanners.camera_pictures import tune
from hardware.scanners.camera_sim_scene import Lobby, Shown, card
from hardware.scanners.camera_source import Tuning
from hardware.shelf import CameraPlan
from tests.hardware.scanners.picamera2_stand_in import Rig
from tests.hardware.scanners.scanner_places import Heard, wait_until

PAYMENT_CODE = "134567890123456789"
OTHER_CODE = "284512345678901234"


def view_of(code: str) -> Any:
    return cv2.cvtColor(Lobby().picture(card([Shown(code.encode())], "phone"), 0.0), cv2.COLOR_RGB2GRAY)


# --- V4L2


class Camera:
    """The part of cv2.VideoCapture that sets; it lacks what it was made without."""

    def __init__(self, lacks: set[int]) -> None:
        self._lacks = lacks
        self.was_set: list[tuple[int, float]] = []

    def set(self, setting: int, value: float) -> bool:
        self.was_set.append((setting, value))
        return setting not in self._lacks


def test_what_would_be_undone_by_an_automatic_is_set_after_that_is_off() -> None:
    camera = Camera(set())
    assert tune(camera, Tuning(exposure_ms=8, focus=60)) == []
    assert camera.was_set == [
        (cv2.CAP_PROP_AUTO_EXPOSURE, 1),
        (cv2.CAP_PROP_EXPOSURE, 80),  # V4L2 counts in 100 µs
        (cv2.CAP_PROP_AUTOFOCUS, 0),
        (cv2.CAP_PROP_FOCUS, 60),
    ]


def test_nothing_is_set_that_was_not_asked_for() -> None:
    camera = Camera(set())
    assert tune(camera, Tuning()) == []
    assert camera.was_set == []


def test_a_camera_without_focus_is_named_by_the_kernels_word() -> None:
    lacks = {cv2.CAP_PROP_AUTOFOCUS, cv2.CAP_PROP_FOCUS}
    assert tune(Camera(lacks), Tuning(focus=60)) == ["focus_automatic_continuous", "focus_absolute"]


# --- the region


def test_only_the_region_is_searched(tmp_path: Path, heard: Heard) -> None:
    both = np.full((480, 640), 60, np.uint8)
    for code, left in ((PAYMENT_CODE, 0), (OTHER_CODE, 320)):
        both[:, left : left + 320] = cv2.resize(view_of(code)[:, 160:480], (320, 480))
    cv2.imwrite(str(tmp_path / "1.png"), both)
    driver = CameraScanner("camera", str(tmp_path), 640, 480, 15, Tuning(region=(0.5, 0.0, 1.0, 1.0)))
    driver.start(heard)
    driver.look()
    heard.until_code()
    driver.close()
    assert heard.codes == [CodeRead(device="camera", text=OTHER_CODE, symbology="QRCode")]


@pytest.mark.parametrize("region", [[0.5, 0, 0.5, 1], [0, 0.9, 1, 0.2], [0, 0, 1, 1.2]])
def test_a_region_that_is_none_is_refused(region: list[float]) -> None:
    fields = {
        "driver": "camera",
        "source": "x",
        "width": 640,
        "height": 480,
        "frames_per_s": 15,
        "region": region,
    }
    with pytest.raises(msgspec.ValidationError, match="region"):
        msgspec.convert(fields, CameraPlan)


# --- a ribbon camera


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    rig = Rig()
    monkeypatch.setitem(sys.modules, "picamera2", rig.module())
    yield rig


def driven(heard: Heard, source: str = "csi:0", tuning: Tuning | None = None) -> CameraScanner:
    driver = CameraScanner("camera", source, 640, 480, 15, tuning or Tuning())
    driver.start(heard)
    return driver


def test_a_code_before_a_ribbon_camera_is_read_and_at_rest_it_is_off(rig: Rig, heard: Heard) -> None:
    rig.view = view_of(PAYMENT_CODE)
    driver = driven(heard, tuning=Tuning(exposure_ms=8, focus=5))
    heard.until_kind(Found)
    wait_until(lambda: rig.running == 0)
    driver.look()
    heard.until_code()
    assert rig.running == 1
    driver.rest()
    wait_until(lambda: rig.running == 0)
    driver.close()
    assert heard.events[0] == Found(device="camera", identity="imx708", serial_number="/base/i2c/imx708@1a")
    assert heard.texts == [PAYMENT_CODE]
    assert rig.configuration["controls"] == {
        "FrameRate": 15, "AeEnable": False, "ExposureTime": 8000, "AfMode": 0, "LensPosition": 5.0,
    }  # fmt: skip


def lost(heard: Heard) -> Lost:
    heard.until_kind(Lost)
    return next(event for event in heard.events if isinstance(event, Lost))


def test_a_ribbon_camera_that_dies_is_lost_and_found_again(rig: Rig, heard: Heard) -> None:
    driver = driven(heard)
    heard.until_kind(Found)
    driver.look()
    rig.dead = True
    assert lost(heard).trouble is Trouble.SILENT
    rig.dead = False
    heard.until_kind(Found, 2)
    driver.close()


@pytest.mark.parametrize(
    ("source", "taken", "trouble", "says"),
    [
        ("csi:0", True, Trouble.BUSY_PORT, "stop the program"),
        ("csi:1", False, Trouble.NO_PORT, "there are 1 cameras"),
        ("csi:left", False, Trouble.WRONG_DEVICE, "csi:0"),
    ],
)
def test_what_is_wrong_with_a_ribbon_camera_is_said(
    rig: Rig, heard: Heard, source: str, taken: bool, trouble: Trouble, says: str
) -> None:
    rig.taken = taken
    driver = driven(heard, source)
    told = lost(heard)
    driver.close()
    assert (told.trouble, says in told.detail) == (trouble, True)


def test_without_picamera2_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch, heard: Heard) -> None:
    monkeypatch.setitem(sys.modules, "picamera2", None)
    driver = driven(heard)
    told = lost(heard)
    driver.close()
    assert (told.trouble, "apt install python3-picamera2" in told.detail) == (Trouble.WRONG_DEVICE, True)
