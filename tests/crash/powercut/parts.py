"""What a virtual machine is made of: Debian's kernel, an initial RAM file system, and a root file system that holds
this Python, this checkout's core and nothing else. Built from what this machine has; only the kernel is fetched."""

from __future__ import annotations

import compileall
import gzip
import json
import lzma
import os
import platform
import py_compile
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
PROJECT: Final = HERE.parents[2]
GUEST: Final = "guest"  # folder of the machine that holds our own files
SITE: Final = "/site-packages/"
PICKLES: Final = f"/{GUEST}/pickles"
PACKAGES: Final = "/packages"
MODULES: Final = ("virtio_blk", "virtio_pci")  # ext4 and the serial ports are in the kernel itself
LEFT_OUT: Final = shutil.ignore_patterns(
    "test", "tests", "idlelib", "tkinter", "turtledemo", "ensurepip", "lib2to3", "site-packages", "dist-packages",
    "config-*", "*.a", "__pycache__",
)  # fmt: skip
ZONES: Final = Path("/usr/share/zoneinfo")
ROOM: Final = 48 << 20  # bytes for what a file system needs beside its files
TOOLS: Final = {
    "qemu-system-x86_64": "qemu-system-x86",
    "busybox": "busybox-static",
    "mkfs.ext4": "e2fsprogs",
    "e2fsck": "e2fsprogs",
    "debugfs": "e2fsprogs",
    "setpriv": "util-linux",
    "ldd": "libc-bin",
    "apt-get": "apt",
    "dpkg-deb": "dpkg",
}
PATH: Final = "/usr/sbin:/sbin:/usr/bin:/bin"

# What the core loads, found by building the very devices that it will have.
_LOADED: Final = """
import json, sys
from pathlib import Path
import kiosk.core, kiosk.site, kiosk.receipts
from hardware.shelf import build
build(kiosk.site.load(Path(sys.argv[1])).devices)
print(json.dumps([module.__file__ for module in sys.modules.values() if getattr(module, "__file__", None)]))
"""


class Lacking(Exception):
    """What this machine lacks, and what to do."""


def check_tools(search: str = PATH) -> None:
    """Raises Lacking."""
    if platform.machine() != "x86_64":
        raise Lacking(
            f"the virtual machine is an x86-64 one with this machine's Python; this is {platform.machine()}"
        )
    packages = [package for name, package in TOOLS.items() if not shutil.which(name, path=search)]
    if packages:
        names = " ".join(dict.fromkeys(packages))
        raise Lacking(f"missing: {names}. Install: apt-get install --no-install-recommends {names}")


def tool(name: str) -> str:
    return shutil.which(name, path=PATH) or name


class Parts:
    """Built once into `folder`; the kernel is kept there for the next time."""

    def __init__(self, folder: Path, config: Path) -> None:
        """`config`: site files of the core in the machine. Raises Lacking."""
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        kernel = self._kernel()
        self.kernel = next((kernel / "boot").glob("vmlinuz-*"))
        self.initrd = folder / "initrd"
        self.initrd.write_bytes(b"".join(_archive(_initial_files(kernel))))
        self.root = folder / "root.img"
        self._make_root(config)

    def _kernel(self) -> Path:
        kept = self._folder / "kernel"
        if kept.exists():
            return kept
        fresh = self._folder / "kernel.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        try:
            depends = _output("apt-cache", "depends", "--important", "linux-image-cloud-amd64")
            names = re.findall(r"Depends: (linux-image-\S+)", depends)
            _output("apt-get", "download", *names[:1], cwd=fresh)
            [package] = fresh.glob("*.deb")
            _output("dpkg-deb", "-x", str(package), str(fresh))
            package.unlink()
        except (subprocess.CalledProcessError, ValueError) as error:
            words = getattr(error, "stderr", "") or str(error)
            raise Lacking(
                f"the kernel package linux-image-cloud-amd64 could not be fetched ({words.strip()[-200:]}). "
                "Run: apt-get update, and see that Debian's archive can be reached"
            ) from error
        fresh.rename(kept)
        return kept

    def _make_root(self, config: Path) -> None:
        stage = self._folder / "root"
        shutil.rmtree(stage, ignore_errors=True)
        for name in ("run", "tmp", "proc", "dev", "bin", "var/lib/kiosk", PACKAGES[1:], GUEST):
            (stage / name).mkdir(parents=True)
        for file in (HERE / GUEST).iterdir():
            shutil.copy(file, stage / GUEST)
        shutil.copytree(config, stage / GUEST / "config")
        shutil.copy(tool("busybox"), stage / "bin")
        python, library = Path(os.path.realpath(sys.executable)), Path(os.__file__).parent
        modules = _loaded(config, stage / PICKLES[1:])
        binaries = [tool("e2fsck"), str(python), *(file for file in modules if ".so" in file)]
        libraries = _libraries([*binaries, *map(str, library.glob("lib-dynload/*.so"))])
        packages = stage / PACKAGES[1:]
        for source in _tops({*modules, *libraries}):
            _copy(source, packages / source.name)
        for name in ("kiosk", "hardware", "config"):
            _copy(PROJECT / name, packages / name)
        _copy(library, stage / str(library)[1:])
        for binary in (*binaries[:2], *(file for file in libraries if SITE not in file)):
            target = stage / binary[1:]
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(binary, target)
        _copy(ZONES, stage / str(ZONES)[1:])
        (stage / "sbin").mkdir(exist_ok=True)
        shutil.copy(tool("e2fsck"), stage / "sbin")
        environment = f"PYTHON={python}\nPYTHONPATH={PACKAGES}\nESCPOS_CAPABILITIES_PICKLE_DIR={PICKLES}\n"
        (stage / GUEST / "environment").write_text(environment)
        for folder in (packages, stage / str(library)[1:]):
            compileall.compile_dir(folder, quiet=2, stripdir=str(stage), prependdir="/", workers=0,
                                   invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)  # fmt: skip
        size = sum(file.lstat().st_size for file in stage.rglob("*")) * 5 // 4 + ROOM
        self.root.unlink(missing_ok=True)
        with self.root.open("wb") as image:
            image.truncate(size)
        _output("mkfs.ext4", "-q", "-d", str(stage), str(self.root))
        shutil.rmtree(stage)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, ignore=LEFT_OUT)
    else:
        shutil.copy(source, target)


def _loaded(config: Path, pickles: Path) -> list[str]:
    """The files of all modules that the core loads. python-escpos leaves its printer database in `pickles`: parsing
    it anew takes an emulated processor seconds."""
    pickles.mkdir()
    done = subprocess.run([sys.executable, "-c", _LOADED, str(config)], cwd=PROJECT, check=True,
                          capture_output=True, text=True,
                          env={**os.environ, "ESCPOS_CAPABILITIES_PICKLE_DIR": str(pickles)})  # fmt: skip
    return [str(file) for file in json.loads(done.stdout)]


def _tops(files: Iterable[str]) -> set[Path]:
    """The files and folders in site-packages that hold them."""
    found = set()
    for file in files:
        before, inside, rest = file.partition(SITE)
        if inside:
            found.add(Path(before + inside) / rest.split("/")[0])
    return found


def _libraries(binaries: Iterable[str]) -> set[str]:
    """The shared libraries that the loader takes for them, and the loader itself."""
    listed = subprocess.run([tool("ldd"), *binaries], capture_output=True, text=True, check=False).stdout
    return {os.path.normpath(path) for path in re.findall(r"(/\S+) \(0x", listed)}


def _initial_files(kernel: Path) -> Iterator[tuple[str, int, bytes]]:
    """Name, mode, content."""
    for name in ("bin", "dev", "proc", "root", "modules"):
        yield name, 0o40755, b""
    yield "bin/busybox", 0o100755, Path(tool("busybox")).read_bytes()
    yield "bin/sh", 0o120777, b"busybox"
    yield "init", 0o100755, (HERE / GUEST / "init").read_bytes()
    modules: dict[str, bytes] = {}
    for name in MODULES:
        _with_its_needs(kernel, name, modules)
    for name, content in modules.items():
        yield f"modules/{name}", 0o100644, content
    yield "modules/order", 0o100644, "\n".join(modules).encode()


def _with_its_needs(kernel: Path, name: str, found: dict[str, bytes]) -> None:
    """Each module after those that it needs, as it says itself."""
    name = name.replace("-", "_")
    if name in found:
        return
    [path] = [file for file in kernel.glob("lib/modules/*/kernel/**/*.ko*")
              if file.name.split(".")[0].replace("-", "_") == name]  # fmt: skip
    content = path.read_bytes()
    content = {".xz": lzma.decompress, ".gz": gzip.decompress}.get(path.suffix, bytes)(content)
    needs = re.search(rb"\0depends=([^\0]*)\0", content)
    for needed in needs[1].decode().split(",") if needs and needs[1] else ():
        _with_its_needs(kernel, needed, found)
    found[name] = content


def _archive(files: Iterable[tuple[str, int, bytes]]) -> Iterator[bytes]:
    """A cpio archive as the kernel unpacks it (Documentation/driver-api/early-userspace/buffer-format.rst)."""
    for inode, (name, mode, content) in enumerate((*files, ("TRAILER!!!", 0, b"")), 1):
        path = name.encode() + b"\0"
        numbers = (inode, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(path), 0)
        head = b"070701" + b"".join(b"%08x" % number for number in numbers) + path
        yield head + bytes(-len(head) % 4)
        yield content + bytes(-len(content) % 4)


def _output(name: str, *arguments: str, cwd: Path | None = None) -> str:
    done = subprocess.run([tool(name), *arguments], cwd=cwd, check=True, capture_output=True, text=True)
    return done.stdout
