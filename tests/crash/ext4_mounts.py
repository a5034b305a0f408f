"""Real ext4 file systems in files, mounted where nobody else sees them, gone with this process."""

from __future__ import annotations

import ctypes
import gc
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from tests.crash.block_drive import Pages, pages_of
from tests.crash.block_fuse import check

SIZE: Final = 144 << 20  # bytes; more than one block group, so that there is a second superblock
OPTIONS: Final = "noatime,nodev,nosuid,noexec"
NODES: Final = ("/dev/fuse", "/dev/loop-control")
TOOLS: Final = {"mkfs.ext4": "e2fsprogs", "e2fsck": "e2fsprogs", "mount": "mount", "umount": "mount"}
_CAP_SYS_ADMIN: Final = 21
_CLONE_NEWNS: Final = 0x20000
_PATH: Final = "/usr/sbin:/sbin:/usr/bin:/bin"
_MENDED: Final = 1  # exit code of e2fsck: errors were found and corrected

_libc = ctypes.CDLL(None, use_errno=True)


class Unmountable(Exception):
    """Not even e2fsck could make a file system of what the cut left."""


def missing() -> str:
    """What this machine lacks for such file systems, and what to do; empty when it has all."""
    if os.geteuid():
        return "needs root to mount ext4 (run as root, as CI does)"
    effective = re.search(r"^CapEff:\s*(\w+)", Path("/proc/self/status").read_text(), re.MULTILINE)
    if effective is None or not int(effective[1], 16) >> _CAP_SYS_ADMIN & 1:
        return "needs CAP_SYS_ADMIN to mount ext4 (this container's root has it not)"
    lacking = [f"{node} (a container must be given it)" for node in NODES if not os.path.exists(node)]
    lacking += [f"{tool} (apt-get install {package})" for tool, package in TOOLS.items() if not _tool(tool)]
    return "needs " + ", ".join(lacking) if lacking else ""


def alone() -> None:
    """From here on the mounts of this process are its own. Raises OSError without CAP_SYS_ADMIN."""
    check(_libc.unshare(_CLONE_NEWNS), "a mount namespace of our own (CAP_SYS_ADMIN)")
    _run("mount", "--make-rprivate", "/")


def make(content: Path | None = None) -> Pages:
    """A fresh file system with the files of a folder, and with block size and features of a partition on a card.
    Needs no root."""
    image = os.memfd_create("ext4")
    os.truncate(image, SIZE)
    files = [] if content is None else ["-d", str(content)]
    _run("mkfs.ext4", "-q", "-b", "4096", "-J", "size=4", "-E", "lazy_itable_init=0,lazy_journal_init=0", *files,
         f"/proc/self/fd/{image}", pass_fds=[image])  # fmt: skip
    os.lseek(image, 0, os.SEEK_SET)
    with os.fdopen(image, "rb") as file:
        return pages_of(file)


@contextmanager
def mounted(image: Path, at: Path) -> Iterator[Path]:
    """Through a loop device, which goes with the mount. Raises CalledProcessError."""
    _run("mount", "-t", "ext4", "-o", f"loop,{OPTIONS}", str(image), str(at))
    try:
        yield at
    finally:
        _unmount(at)


@contextmanager
def mounted_as_at_boot(image: Path, at: Path, on_mended: Callable[[], None]) -> Iterator[Path]:
    """As a kiosk with `fsck.repair=yes`: if it does not mount, after `e2fsck -y`. Raises Unmountable."""
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(mounted(image, at))
        except subprocess.CalledProcessError as refused:
            mended = subprocess.run(
                [_tool("e2fsck"), "-f", "-y", str(image)], capture_output=True, check=False
            )
            if mended.returncode != _MENDED:
                raise Unmountable(f"{refused.stderr.strip()}; e2fsck -y: {mended.returncode}") from refused
            on_mended()
            folder = stack.enter_context(mounted(image, at))
        yield folder


def _unmount(at: Path) -> None:
    """A journal that refused to open may still hold its file until it is swept away."""
    try:
        _run("umount", str(at))
    except subprocess.CalledProcessError:
        gc.collect()
        _run("umount", str(at))


def _tool(name: str) -> str:
    return shutil.which(name, path=_PATH) or ""


def _run(tool: str, *arguments: str, pass_fds: list[int] | None = None) -> None:
    command = [_tool(tool) or tool, *arguments]
    subprocess.run(command, check=True, capture_output=True, text=True, pass_fds=pass_fds or ())
