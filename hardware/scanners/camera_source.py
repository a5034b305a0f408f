"""What the configured camera is, found out without switching it on: a V4L2 device, a ribbon camera, a folder, a video.

Imports no cv2, so that it may run while the kiosk starts.
"""

from __future__ import annotations

import enum
import errno
import fcntl
import os
import struct
from pathlib import Path
from typing import Final

import msgspec

from hardware.contracts import Trouble
from hardware.line import trouble_of

# linux/videodev2.h: VIDIOC_QUERYCAP = _IOR('V', 0, struct v4l2_capability): driver, card, bus, version,
# capabilities of the whole device, capabilities of this node, three reserved words.
_QUERYCAP: Final = 0x80685600
_CAPABILITY: Final = struct.Struct("16s32s32sIII12x")
_CAP_VIDEO_CAPTURE: Final = 0x00000001
_CAP_DEVICE_CAPS: Final = 0x80000000  # the word for this node is filled in


CSI: Final = "csi:"  # with a number: a ribbon camera of a Raspberry Pi


class Tuning(msgspec.Struct, frozen=True):
    """How the camera is set; None leaves it to the camera.

    `exposure_ms`: fixed, so that a bright phone in a dim lobby does not bloom. `focus`: fixed, autofocus off; in the
    camera's own steps (`v4l2-ctl -L`), of a ribbon camera in dioptres. `region`: left, top, right, bottom of what is
    searched, as parts of the picture: the rest may show a poster, or the next queue."""

    exposure_ms: float | None = None
    focus: int | None = None
    region: tuple[float, float, float, float] | None = None


class Kind(enum.Enum):
    CAMERA = "camera"
    CSI = "csi"
    FOLDER = "folder"
    VIDEO = "video"


class Source(msgspec.Struct, frozen=True):
    """A source that is there. `serial_number` is the bus path of a camera: UVC gives V4L2 nothing better."""

    path: Path
    kind: Kind
    identity: str
    serial_number: str = ""


class NoPicture(Exception):
    """No pictures come from the source. `detail` is for the operator: what happened and what to do."""

    def __init__(self, trouble: Trouble, detail: str) -> None:
        super().__init__(detail)
        self.trouble = trouble
        self.detail = detail


def inspect(path: Path) -> Source:
    """What is at `path`. A camera is asked for its name; it need not stream for that and its light stays off.

    Raises NoPicture: NO_PORT, NO_PERMISSION, BUSY_PORT, or WRONG_DEVICE for a node that captures no video."""
    if str(path).startswith(CSI):
        from hardware.scanners.camera_csi import inspect_csi  # loads picamera2, where it is asked for

        return inspect_csi(path)
    if path.is_dir():
        return Source(path, Kind.FOLDER, f"folder of pictures {path}")
    if path.is_file():
        return Source(path, Kind.VIDEO, f"video file {path}")
    try:
        node = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    except OSError as error:
        raise _trouble(path, error) from error
    try:
        answer = fcntl.ioctl(node, _QUERYCAP, bytes(_CAPABILITY.size))
    except OSError as error:
        raise _wrong(path, "is no video device") from error
    finally:
        os.close(node)
    _, card, bus, _, of_device, of_node = _CAPABILITY.unpack(answer)
    if not (of_node if of_device & _CAP_DEVICE_CAPS else of_device) & _CAP_VIDEO_CAPTURE:
        # A UVC camera has two nodes, and the second one carries only metadata.
        raise _wrong(path, "gives no video; use the other node of this camera (`v4l2-ctl --list-devices`)")
    return Source(path, Kind.CAMERA, _text(card), _text(bus))


def _trouble(path: Path, error: OSError) -> NoPicture:
    if error.errno in (errno.EACCES, errno.EPERM):
        return NoPicture(Trouble.NO_PERMISSION, trouble_of(str(path), error).detail)
    if error.errno == errno.EBUSY:
        return NoPicture(Trouble.BUSY_PORT, f"{path}: another program holds it (`fuser -v {path}` names it)")
    return NoPicture(
        Trouble.NO_PORT, f"{path}: {error.strerror}; check the cable, and the name in config/devices.toml"
    )


def _wrong(path: Path, why: str) -> NoPicture:
    return NoPicture(
        Trouble.WRONG_DEVICE, f"{path}: {why}; set the source of the camera in config/devices.toml"
    )


def _text(field: bytes) -> str:
    return field.split(b"\0")[0].decode("utf-8", "replace")
