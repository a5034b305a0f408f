"""A camera on the Raspberry Pi's ribbon cable, through picamera2: OpenCV can not open those.

picamera2 comes with the system (`apt install python3-picamera2`), not from PyPI: libcamera has to fit the kernel. It
is imported only where the configuration names such a camera. Written from the Picamera2 manual and tried against a
stand-in of it only; see docs/devices.md, "Not tried".
"""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hardware.contracts import Trouble
from hardware.scanners.camera_source import CSI, Kind, NoPicture, Source, Tuning

Gray = npt.NDArray[np.uint8]

_MANUAL_FOCUS: Final = 0  # libcamera.controls.AfModeEnum.Manual
_BUFFERS: Final = 2  # one being filled, one being read: what lies in a longer queue is the past
_NO_START: Final = "does not start ({}); stop the program that uses it, or check the ribbon cable"


def inspect_csi(path: Path) -> Source:
    """The camera of that number, as `rpicam-hello --list-cameras` counts them. Raises NoPicture."""
    number = _number(path)
    cameras = _picamera2(path).Picamera2.global_camera_info()
    if number >= len(cameras):
        detail = (
            f"{path}: there are {len(cameras)} cameras on ribbon cables; check the cable, with the power off"
        )
        raise NoPicture(Trouble.NO_PORT, detail)
    return Source(path, Kind.CSI, str(cameras[number].get("Model", "")), str(cameras[number].get("Id", "")))


class CsiPictures:
    """Newest pictures of a ribbon camera, the brightness plane of YUV 4:2:0, which costs nothing to take out."""

    def __init__(self, path: Path, width: int, height: int, frames_per_s: int, tuning: Tuning) -> None:
        self._path, self._width, self._height = path, width, height
        picamera2 = _picamera2(path)
        try:
            self._camera: Any = picamera2.Picamera2(_number(path))
        except (RuntimeError, IndexError) as error:
            raise NoPicture(Trouble.BUSY_PORT, f"{path}: {_NO_START.format(error)}") from error
        try:
            configuration = self._camera.create_video_configuration(
                main={"size": (width, height), "format": "YUV420"},
                controls={"FrameRate": frames_per_s, **_controls(tuning)},
                buffer_count=_BUFFERS,
                queue=False,
            )
            self._camera.configure(configuration)
            self._camera.start()
        except RuntimeError as error:
            self._camera.close()
            raise NoPicture(Trouble.BUSY_PORT, f"{path}: {_NO_START.format(error)}") from error

    def next(self) -> Gray | None:
        """Waits for the camera. Raises NoPicture."""
        try:
            planes = self._camera.capture_array("main")
        except RuntimeError as error:
            raise NoPicture(
                Trouble.SILENT, f"{self._path}: gives no pictures ({error}); check its cable"
            ) from error
        # Three planes in one array, brightness on top; its rows may be longer than the picture is wide.
        return np.ascontiguousarray(planes[: self._height, : self._width], dtype=np.uint8)

    def close(self) -> None:
        self._camera.stop()
        self._camera.close()


def _controls(tuning: Tuning) -> dict[str, Any]:
    controls: dict[str, Any] = {}
    if tuning.exposure_ms is not None:
        controls |= {"AeEnable": False, "ExposureTime": round(tuning.exposure_ms * 1000)}  # µs
    if tuning.focus is not None:
        controls |= {"AfMode": _MANUAL_FOCUS, "LensPosition": float(tuning.focus)}  # dioptres: 5 is 20 cm
    return controls


def _number(path: Path) -> int:
    number = str(path).removeprefix(CSI)
    if not (number.isascii() and number.isdigit()):
        raise NoPicture(
            Trouble.WRONG_DEVICE, f"{path}: write {CSI}0 for the first ribbon camera, {CSI}1 for the second"
        )
    return int(number)


def _picamera2(path: Path) -> ModuleType:
    try:
        return importlib.import_module("picamera2")
    except ImportError as error:
        detail = (
            f"{path}: picamera2 can not be loaded ({error}); `apt install python3-picamera2`, and make the environment "
            "with --system-site-packages, or use a USB camera"
        )
        raise NoPicture(Trouble.WRONG_DEVICE, detail) from error
