"""A stand-in for picamera2, which exists on a Raspberry Pi only: the calls that its manual describes, and no others.

It is no proof about the real one. Pictures are as libcamera gives them for YUV420: three planes in one array, padded.
"""

from __future__ import annotations

import types
from typing import Any

import numpy as np
import numpy.typing as npt

PADDING = 64  # bytes that libcamera adds to a row so that it is aligned
KNOWN_CONTROLS = {"FrameRate", "AeEnable", "ExposureTime", "AfMode", "LensPosition"}


class Rig:
    """The cameras that are plugged in, and what was asked of them."""

    def __init__(self) -> None:
        self.models = ["imx708"]
        self.view: npt.NDArray[np.uint8] = np.zeros((480, 640), np.uint8)
        self.taken = self.dead = False
        self.running = 0
        self.configuration: dict[str, Any] = {}

    def module(self) -> types.ModuleType:
        module = types.ModuleType("picamera2")
        rig = self

        class Picamera2:
            def __init__(self, camera_num: int = 0) -> None:
                if rig.taken:
                    raise RuntimeError("Failed to acquire camera: Device or resource busy")
                rig.models[camera_num]

            @staticmethod
            def global_camera_info() -> list[dict[str, Any]]:
                return [{"Model": m, "Id": f"/base/i2c/{m}@1a", "Num": n} for n, m in enumerate(rig.models)]

            def create_video_configuration(
                self, main: dict[str, Any], controls: dict[str, Any], buffer_count: int, queue: bool
            ) -> dict[str, Any]:
                assert set(controls) <= KNOWN_CONTROLS
                return {"main": main, "controls": controls, "buffer_count": buffer_count, "queue": queue}

            def configure(self, configuration: dict[str, Any]) -> None:
                rig.configuration = configuration

            def start(self) -> None:
                rig.running += 1

            def capture_array(self, name: str) -> npt.NDArray[np.uint8]:
                assert name == "main" and rig.configuration["main"]["format"] == "YUV420"
                if rig.dead:
                    raise RuntimeError("Camera frontend has timed out!")
                height, width = rig.view.shape
                planes = np.full((height * 3 // 2, width + PADDING), 128, np.uint8)
                planes[:height, :width] = rig.view
                return planes

            def stop(self) -> None:
                rig.running -= 1

            def close(self) -> None:
                pass

        module.Picamera2 = Picamera2  # type: ignore[attr-defined]
        return module
