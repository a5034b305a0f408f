"""The small picture for the glass: there while somebody is asked for a code, gone before and after."""

from __future__ import annotations

import io
import stat
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hardware.contracts import Found
from hardware.scanners.camera_driver import CameraScanner
from hardware.scanners.camera_sim import CameraSim
from hardware.scanners.preview import EVERY_S, MOST_PX, Preview
from tests.hardware.scanners.scanner_places import Heard, wait_until

PAYMENT_CODE = "134567890123456789"


@pytest.fixture
def sim(tmp_path: Path) -> Iterator[CameraSim]:
    sim = CameraSim("camera", tmp_path / "camera")
    sim.start()
    yield sim
    sim.stop()


def started(tmp_path: Path, heard: Heard, preview: Path) -> CameraScanner:
    driver = CameraScanner("camera", str(tmp_path / "camera"), 640, 480, 15, preview=preview)
    driver.start(heard)
    heard.until_kind(Found)
    return driver


def test_it_is_there_while_looking_and_at_no_other_time(tmp_path: Path, sim: CameraSim, heard: Heard) -> None:
    path = tmp_path / "preview.jpg"
    path.write_bytes(b"of a process that died while somebody stood there")
    driver = started(tmp_path, heard, path)
    assert not path.exists()
    driver.look()
    sim.do("show", text=PAYMENT_CODE)
    heard.until_code()
    wait_until(path.exists)
    driver.rest()
    wait_until(lambda: not path.exists())
    driver.look()
    wait_until(path.exists)
    driver.close()
    assert not path.exists()
    assert not (tmp_path / ".preview.jpg").exists()


def test_it_is_small_grey_and_for_the_kiosks_group_only(tmp_path: Path, sim: CameraSim, heard: Heard) -> None:
    path = tmp_path / "preview.jpg"
    driver = started(tmp_path, heard, path)
    driver.look()
    wait_until(path.exists)
    mode = stat.S_IMODE(path.stat().st_mode)
    picture = Image.open(io.BytesIO(path.read_bytes()))
    driver.close()
    assert (picture.mode, picture.size, mode & 0o137) == ("L", MOST_PX, 0)


def test_whoever_reads_it_meets_whole_pictures_only(tmp_path: Path) -> None:
    path, random = tmp_path / "preview.jpg", np.random.default_rng(1)
    preview = Preview(path)
    for number in range(30):
        preview.show(random.integers(0, 256, (480, 640), dtype=np.uint8), number * EVERY_S * 1.01)
        with path.open("rb") as reader:  # opened before the next one comes, read after it
            preview.show(random.integers(0, 256, (480, 640), dtype=np.uint8), (number + 0.5) * EVERY_S)
            Image.open(io.BytesIO(reader.read())).load()


def test_pictures_that_come_faster_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "preview.jpg"
    preview, seen = Preview(path), set()
    for number in range(60):  # one second of a quick camera
        preview.show(np.full((480, 640), 4 * number, np.uint8), number / 60)
        seen.add(path.stat().st_mtime_ns)
    assert len(seen) <= 10


def test_a_folder_that_can_not_be_written_costs_the_preview_and_no_code(
    tmp_path: Path, sim: CameraSim, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    driver = started(tmp_path, heard, tmp_path / "gone" / "preview.jpg")
    driver.look()
    sim.do("show", text=PAYMENT_CODE)
    heard.until_code()
    driver.close()
    assert heard.texts == [PAYMENT_CODE]
    assert sum("no preview of the camera" in line for line in caplog.messages) == 1
