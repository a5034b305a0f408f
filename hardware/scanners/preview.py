"""What the camera sees, small and grey, for the glass: a person who sees the phone in the frame holds it right.

One file in the runtime folder, which lives in memory: replaced whole, readable for the group of that folder, and there
only while somebody is asked for a code.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

Gray = npt.NDArray[np.uint8]

EVERY_S: Final = 0.1  # smoother costs more than it helps
MOST_PX: Final = (320, 240)
_QUALITY: Final = 70
_MODE: Final = 0o640  # it may show a face

_log = logging.getLogger(__name__)


class Preview:
    """Used by the one thread that takes pictures. Never raises: without a preview codes are read all the same."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._due_s = 0.0
        self._failed = False

    def show(self, gray: Gray, now_s: float) -> None:
        """Of the pictures that come faster than EVERY_S, some are left out."""
        if self._path is None or now_s < self._due_s:
            return
        self._due_s = now_s + EVERY_S
        try:
            self._replace(self._path, _small_jpeg(gray))
            self._failed = False
        except OSError as error:
            if not self._failed:
                _log.warning("no preview of the camera: %s; the screen shows a drawing", error)
            self._failed = True

    def clear(self) -> None:
        """Nobody looks: nobody is shown."""
        if self._path is None:
            return
        for path in (self._path, _fresh(self._path)):
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                _log.warning("the last preview of the camera stays: %s", error)

    @staticmethod
    def _replace(path: Path, data: bytes) -> None:
        fresh = _fresh(path)
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, _MODE)
        try:
            os.write(file, data)
        finally:
            os.close(file)
        fresh.replace(path)


def _fresh(path: Path) -> Path:
    return path.with_name(f".{path.name}")


def _small_jpeg(gray: Gray) -> bytes:
    import cv2  # slow: not in the path of the start

    height, width = gray.shape
    scale = min(1.0, MOST_PX[0] / width, MOST_PX[1] / height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    return bytes(cv2.imencode(".jpg", small, (cv2.IMWRITE_JPEG_QUALITY, _QUALITY))[1])
