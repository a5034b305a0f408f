"""Grey pictures out of a source, newest first: three readers behind one `next`.

Slow to import (cv2): the camera driver imports it in its own thread.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Final, Protocol

# Read by OpenCV when it is loaded. Its own ten seconds for a picture that does not come are too long for a customer.
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "4")

import cv2
import numpy as np
import numpy.typing as npt

from hardware.contracts import Trouble
from hardware.scanners.camera_csi import CsiPictures
from hardware.scanners.camera_source import Kind, NoPicture, Source, Tuning

Gray = npt.NDArray[np.uint8]

_MANUAL_EXPOSURE: Final = 1  # V4L2_EXPOSURE_MANUAL; times are then in units of 100 µs

_log = logging.getLogger(__name__)

_PICTURES: Final = frozenset({".png", ".jpg", ".jpeg"})


class Pictures(Protocol):
    """Read by one thread; `close` gives the camera back."""

    def next(self) -> Gray | None:
        """The newest picture, uint8 of shape (height, width); None when there is no new one yet.

        Raises NoPicture when the source is gone or gives nothing."""

    def close(self) -> None: ...


def open_pictures(source: Source, width: int, height: int, frames_per_s: int, tuning: Tuning) -> Pictures:
    """Start the source. `width`, `height`, `frames_per_s` and `tuning` are what a camera is asked for; the region is
    for `in_region`.

    Raises NoPicture."""
    match source.kind:
        case Kind.CAMERA:
            return _Camera(source.path, width, height, frames_per_s, tuning)
        case Kind.CSI:
            return CsiPictures(source.path, width, height, frames_per_s, tuning)
        case Kind.FOLDER:
            return _Folder(source.path)
        case Kind.VIDEO:
            return _Video(source.path)


def in_region(picture: Gray, region: tuple[float, float, float, float] | None) -> Gray:
    """The part of the picture that is searched."""
    if region is None:
        return picture
    height, width = picture.shape
    left, top, right, bottom = region
    part = picture[round(top * height) : round(bottom * height), round(left * width) : round(right * width)]
    return np.ascontiguousarray(part)


def tune(capture: Settable, tuning: Tuning) -> list[str]:
    """Set what is to be fixed, each after the automatic that would undo it; the names of what the camera refused."""
    wanted: list[tuple[str, int, float]] = []
    if tuning.exposure_ms is not None:
        wanted += [
            ("auto_exposure", cv2.CAP_PROP_AUTO_EXPOSURE, _MANUAL_EXPOSURE),
            ("exposure_time_absolute", cv2.CAP_PROP_EXPOSURE, round(tuning.exposure_ms * 10)),
        ]
    if tuning.focus is not None:
        wanted += [
            ("focus_automatic_continuous", cv2.CAP_PROP_AUTOFOCUS, 0),
            ("focus_absolute", cv2.CAP_PROP_FOCUS, tuning.focus),
        ]
    return [control for control, setting, value in wanted if not capture.set(setting, value)]


class Settable(Protocol):
    """What `tune` needs of cv2.VideoCapture."""

    def set(self, propId: int, value: float, /) -> bool: ...


class _Folder:
    """Each time the newest file of a folder, by time, then name; each file once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last: tuple[int, str] = (0, "")

    def next(self) -> Gray | None:
        newest = max(self._files(), default=self._last)
        if newest <= self._last:
            return None
        self._last = newest
        try:
            data = (self._path / newest[1]).read_bytes()
        except FileNotFoundError:
            return None  # tidied away meanwhile: a newer one is there
        if not data:
            return None
        return _gray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE))

    def _files(self) -> list[tuple[int, str]]:
        found = []
        try:
            for file in self._path.iterdir():
                if file.suffix.lower() in _PICTURES and not file.name.startswith("."):
                    try:
                        found.append((file.stat().st_mtime_ns, file.name))
                    except FileNotFoundError:
                        continue
        except OSError as error:
            raise NoPicture(Trouble.NO_PORT, f"{self._path}: {error.strerror}; the folder is gone") from error
        return found

    def close(self) -> None:
        pass


class _Video:
    """A video file, over and over."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._capture = cv2.VideoCapture(str(path))
        if not self._capture.isOpened():
            raise NoPicture(Trouble.WRONG_DEVICE, f"{path}: is no video that OpenCV can read")

    def next(self) -> Gray | None:
        there, picture = self._capture.read()
        if not there:
            self._capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
            there, picture = self._capture.read()
        if not there:
            raise NoPicture(Trouble.SILENT, f"{self._path}: the video has no pictures")
        return _gray(picture)

    def close(self) -> None:
        self._capture.release()


class _Camera:
    """A USB camera through V4L2. MJPG first: uncompressed video does not fit two cameras on one USB 2 bus."""

    def __init__(self, path: Path, width: int, height: int, frames_per_s: int, tuning: Tuning) -> None:
        self._path = path
        self._capture = cv2.VideoCapture(str(path), cv2.CAP_V4L2)
        if not self._capture.isOpened():
            self._capture.release()
            raise NoPicture(
                Trouble.BUSY_PORT,
                f"{path}: answers but does not start; stop the program that uses it (`fuser -v {path}`)",
            )
        for setting, value in (
            (cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")),  # before the size, which resets it
            (cv2.CAP_PROP_FRAME_WIDTH, width),
            (cv2.CAP_PROP_FRAME_HEIGHT, height),
            (cv2.CAP_PROP_FPS, frames_per_s),
            (cv2.CAP_PROP_BUFFERSIZE, 1),  # what lies in a queue is the past
        ):
            self._capture.set(setting, value)
        if refused := tune(self._capture, tuning):
            _log.warning("%s: has no %s (`v4l2-ctl -L` lists what it has)", path, " and no ".join(refused))

    def next(self) -> Gray | None:
        there, picture = self._capture.read()  # waits for the camera, up to the limit that is set above
        if not there:
            raise NoPicture(
                Trouble.SILENT, f"{self._path}: gives no pictures; check the cable, or plug it in again"
            )
        return _gray(picture)

    def close(self) -> None:
        self._capture.release()


def _gray(picture: object) -> Gray | None:
    if not isinstance(picture, np.ndarray):
        return None  # a file that is no whole picture
    if picture.ndim == 3:
        picture = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return np.ascontiguousarray(picture, dtype=np.uint8)
