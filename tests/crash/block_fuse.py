"""One file that is a recording drive: the kernel's own FUSE protocol, spoken without any library.

A loop device over that file is a block device, and a file system on it is a real one whose every write and flush
lies on a tape, in the order in which they arrived. A process of its own serves it, so that nobody who waits for
the file system can be who should answer it.
"""

from __future__ import annotations

import ctypes
import enum
import errno
import mmap
import os
import signal
import stat
import struct
from collections.abc import Iterator
from pathlib import Path

from tests.crash.block_drive import PAGE, Block, Flushed, Pages, Step

_IN = struct.Struct("<IIQQIII4x")  # length, opcode, unique, node, uid, gid, pid
_OUT = struct.Struct("<IiQ")  # length, -errno, unique
_IO = struct.Struct("<QQII16x")  # handle, offset, size, flags; in front of what READ and WRITE carry
_ATTR = struct.Struct("<QI4x6Q10I")  # valid for s and ns; then struct fuse_attr
_INIT = struct.Struct("<IIIIHHII36x")
_OPENED = struct.Struct("<QII")

_MINOR, _BIG_WRITES = 31, 1 << 5
_MOST = 128 << 10  # bytes of one write
_FOREVER_S = 1 << 30
_TAPE = struct.Struct("<BQI")  # is a flush; where; how many bytes follow


class _Op(enum.IntEnum):
    """Of linux/fuse.h; any other is refused with ENOSYS and never asked again."""

    FORGET = 2
    GETATTR = 3
    SETATTR = 4
    OPEN = 14
    READ = 15
    WRITE = 16
    RELEASE = 18
    FSYNC = 20
    FLUSH = 25
    INIT = 26
    INTERRUPT = 36
    DESTROY = 38
    BATCH_FORGET = 42


_UNANSWERED = (_Op.FORGET, _Op.INTERRUPT, _Op.BATCH_FORGET)

_libc = ctypes.CDLL(None, use_errno=True)


def check(result: int, what: str) -> None:
    """Raises OSError where a call of the C library failed."""
    if result:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


class RecordedFile:
    """`path` becomes a file of `size` bytes with that content; what is done to it goes onto `tape`."""

    def __init__(self, path: Path, pages: Pages, size: int, tape: Path) -> None:
        self._path, self._tape = path, tape
        path.touch()
        device = os.open("/dev/fuse", os.O_RDWR)
        options = f"fd={device},rootmode={stat.S_IFREG | 0o600:o},user_id=0,group_id=0"
        mounted = _libc.mount(b"recorded", bytes(path), b"fuse", 0, options.encode())
        check(mounted, f"mount a FUSE file at {path}")
        self._server = os.fork()
        if not self._server:
            try:
                _libc.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: the mount must not outlive who made it
                content = mmap.mmap(-1, size)
                for number, page in pages.items():
                    content[number * PAGE : (number + 1) * PAGE] = page
                _serve(device, content, os.open(tape, os.O_WRONLY | os.O_CREAT | os.O_APPEND))
            finally:
                os._exit(0)
        os.close(device)

    @property
    def position(self) -> int:
        """Of the tape. All that has returned to its caller by now lies before it."""
        return self._tape.stat().st_size if self._tape.exists() else 0

    def close(self) -> None:
        check(_libc.umount2(bytes(self._path), 0), f"unmount {self._path}")
        os.waitpid(self._server, 0)


def steps(tape: Path) -> Iterator[tuple[int, Step]]:
    """Each with its position on the tape, that is, where it ends."""
    data, at = tape.read_bytes(), 0
    while at < len(data):
        flush, offset, size = _TAPE.unpack_from(data, at)
        at += _TAPE.size + size
        yield at, Flushed() if flush else Block(offset, data[at - size : at])


def _serve(device: int, content: mmap.mmap, tape: int) -> None:
    """Until the file is unmounted."""
    while True:
        try:
            request = memoryview(os.read(device, _MOST + 4096))
        except OSError as gone:
            if gone.errno == errno.ENODEV:
                return
            raise
        _, opcode, unique, *_ = _IN.unpack_from(request)
        if opcode in _UNANSWERED:
            continue
        answer = _answer(opcode, request[_IN.size :], content, tape)
        if isinstance(answer, int):
            os.write(device, _OUT.pack(_OUT.size, -answer, unique))
        else:
            os.writev(device, [_OUT.pack(_OUT.size + len(answer), 0, unique), answer])


def _answer(opcode: int, body: memoryview, content: mmap.mmap, tape: int) -> bytes | int:
    """An int is the number of an error; 0 is an answer without content."""
    match opcode:
        case _Op.INIT:
            major, _, readahead, _ = struct.unpack_from("<4I", body)
            return _INIT.pack(major, _MINOR, readahead, _BIG_WRITES, 16, 12, _MOST, 1)
        case _Op.GETATTR | _Op.SETATTR:
            return _ATTR.pack(_FOREVER_S, 0, 1, len(content), len(content) // 512, 0, 0, 0, 0, 0, 0,
                              stat.S_IFREG | 0o600, 1, 0, 0, 0, 4096, 0)  # fmt: skip
        case _Op.OPEN:
            return _OPENED.pack(0, 0, 0)
        case _Op.READ:
            _, at, size, _ = _IO.unpack_from(body)
            return content[at : at + size]
        case _Op.WRITE:
            _, at, size, _ = _IO.unpack_from(body)
            data = body[_IO.size : _IO.size + size]
            os.writev(tape, [_TAPE.pack(0, at, size), data])
            content[at : at + size] = data
            return struct.pack("<II", size, 0)
        case _Op.FSYNC:
            os.write(tape, _TAPE.pack(1, 0, 0))
            return 0
        case _Op.RELEASE | _Op.FLUSH | _Op.DESTROY:
            return 0
    return errno.ENOSYS
