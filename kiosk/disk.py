"""Is the disk fit for a money journal: a real one, with room?"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

SPACE_NEEDED: Final = 16 * 1024 * 1024  # bytes free before money is taken: a visit writes some 20 KiB
IN_RAM: Final = frozenset(
    {"tmpfs", "ramfs", "overlay"}
)  # an overlay's upper layer is RAM on a read-only root


def disk_trouble(folder: Path, *, may_be_ram: bool = False) -> str:
    """Why no money may be taken with the journal in `folder`; empty when all is well."""
    kind = file_system(folder)
    if kind in IN_RAM and not may_be_ram:
        return (
            f"{folder} lies on {kind}: the journal would be gone after a power cut. With an overlay root, "
            "exclude the data partition (overlayroot=tmpfs:recurse=0)"
        )
    disk = os.statvfs(_existing(folder))
    free = disk.f_bavail * disk.f_frsize
    if free < SPACE_NEEDED:
        return f"{folder}: {free >> 20} MiB free, {SPACE_NEEDED >> 20} MiB needed"
    return ""


def file_system(folder: Path) -> str:
    """The type of the file system that `folder` lies on, as /proc/mounts names it."""
    best, kind = "", "unknown"
    path = str(_existing(folder).resolve())
    for line in Path("/proc/mounts").read_text().splitlines():
        _device, mount, found, *_ = line.split()
        inside = path == mount or path.startswith(mount.rstrip("/") + "/")
        if inside and len(mount) >= len(best):
            best, kind = mount, found
    return kind


def _existing(folder: Path) -> Path:
    return next((f for f in (folder, *folder.parents) if f.exists()), Path("/"))
