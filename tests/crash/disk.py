"""A recording disk under SQLite: everything that a journal's files go through, in order, and faults on demand.

While `recording()` lasts, every file that apsw opens is real and each operation that matters for durability is
put on a `Tape`, and so is each call of `write_durably`, which makes an empty journal and snapshots. SQLite itself
never renames. The system's own VFS flushes the folder after the first flush of a new rollback journal or WAL and on
some deletes; `flushes_folder` says so, because a VFS above it can not see that flush.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import apsw

from kiosk import identity

NAME = "recording"
LOGS = apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_SUPER_JOURNAL | apsw.SQLITE_OPEN_WAL
FULL = apsw.SQLITE_FULL
FAILING = apsw.SQLITE_IOERR


@dataclass(frozen=True, slots=True)
class Opened:
    name: str
    new: bool
    flushes_folder: bool  # with its next flush


@dataclass(frozen=True, slots=True)
class Wrote:
    name: str
    at: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncated:
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Synced:
    name: str


@dataclass(frozen=True, slots=True)
class SyncFailed:
    """The kernel said EIO: what was not flushed may be there or not, and no later flush brings it back."""

    name: str


@dataclass(frozen=True, slots=True)
class Deleted:
    name: str
    flushes_folder: bool


@dataclass(frozen=True, slots=True)
class Renamed:
    """In one go; what had the name `to` before is gone."""

    name: str
    to: str


@dataclass(frozen=True, slots=True)
class FolderSynced:
    pass


@dataclass(frozen=True, slots=True)
class Promised:
    """From here on somebody relies on `what`: a power cut must not take it back."""

    what: Any


Op = Opened | Wrote | Truncated | Synced | SyncFailed | Deleted | Renamed | FolderSynced | Promised


@dataclass
class Fault:
    """Fails the write, truncate or flush number `after` from now (0 is the next); `lasting`: all later ones too."""

    after: int
    code: int
    lasting: bool = False
    struck: int = 0

    def due(self) -> bool:
        self.after -= 1
        if self.after == -1 or (self.lasting and self.after < 0):
            self.struck += 1
            return True
        return False

    def error(self, extended: int) -> Exception:
        return apsw.exception_for(self.code if self.code == FULL else extended)

    def system_error(self) -> OSError:
        number = errno.ENOSPC if self.code == FULL else errno.EIO
        return OSError(number, os.strerror(number))


@dataclass
class Tape:
    ops: list[Op] = field(default_factory=list)
    fault: Fault | None = None

    def promise(self, what: Any) -> None:
        self.ops.append(Promised(what))

    def failing(self) -> Fault | None:
        return self.fault if self.fault and self.fault.due() else None


class _File(apsw.VFSFile):
    def __init__(self, tape: Tape, base: str, name: Any, flags: list[int]) -> None:
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._tape = tape
        self._name = os.path.basename(path) if path else ""  # empty: a temporary file, gone after any cut
        new = bool(path) and not os.path.exists(path)
        log = bool(flags[0] & LOGS and flags[0] & apsw.SQLITE_OPEN_CREATE)
        super().__init__(base, name, flags)
        if self._name:
            tape.ops.append(Opened(self._name, new, log))

    def xWrite(self, data: bytes, offset: int) -> None:
        fault = self._tape.failing() if self._name else None
        if fault:
            data = data[: len(data) // 2]  # the part for which there was still room
        if self._name and data:
            self._tape.ops.append(Wrote(self._name, offset, bytes(data)))
        super().xWrite(data, offset)
        if fault:
            raise fault.error(apsw.SQLITE_IOERR_WRITE)

    def xTruncate(self, newsize: int) -> None:
        if self._name:
            if fault := self._tape.failing():
                raise fault.error(apsw.SQLITE_IOERR_TRUNCATE)
            self._tape.ops.append(Truncated(self._name, newsize))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:
        if self._name and (fault := self._tape.failing()):
            self._tape.ops.append(SyncFailed(self._name))
            raise fault.error(apsw.SQLITE_IOERR_FSYNC)
        super().xSync(flags)
        if self._name:
            self._tape.ops.append(Synced(self._name))


class _Disk(apsw.VFS):
    def __init__(self, tape: Tape, base: str) -> None:
        self._tape, self._base = tape, base
        super().__init__(NAME, base)

    def xOpen(self, name: Any, flags: list[int]) -> _File:
        return _File(self._tape, self._base, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        super().xDelete(filename, syncdir)
        self._tape.ops.append(Deleted(os.path.basename(filename), bool(syncdir)))


class _System:
    """`os` as `write_durably` uses it. A handle whose name is empty is the folder's."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._names: dict[int, str] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def open(self, path: os.PathLike[str], flags: int, mode: int = 0o777) -> int:
        name = os.path.basename(path) if flags & os.O_CREAT else ""
        new = bool(name) and not os.path.exists(path)
        handle = os.open(path, flags, mode)
        self._names[handle] = name
        if name:
            self._tape.ops += [Opened(name, new, flushes_folder=False), Truncated(name, 0)]
        return handle

    def write(self, handle: int, data: bytes) -> int:
        fault, name = self._tape.failing(), self._names[handle]
        data = data[: len(data) // 2] if fault else data
        at = os.lseek(handle, 0, os.SEEK_CUR)
        written = os.write(handle, data)
        self._tape.ops.append(Wrote(name, at, bytes(data[:written])))
        if fault:
            raise fault.system_error()
        return written

    def fsync(self, handle: int) -> None:
        name = self._names[handle]
        if fault := self._tape.failing():
            if name:
                self._tape.ops.append(SyncFailed(name))
            raise fault.system_error()
        os.fsync(handle)
        self._tape.ops.append(Synced(name) if name else FolderSynced())

    def replace(self, source: os.PathLike[str], target: os.PathLike[str]) -> None:
        os.replace(source, target)
        self._tape.ops.append(Renamed(os.path.basename(source), os.path.basename(target)))


@contextmanager
def recording() -> Iterator[Tape]:
    """Every apsw connection that is opened meanwhile is recorded; close them before it ends. So is `write_durably`."""
    base = apsw.vfs_names()[0]
    tape = Tape()
    disk = _Disk(tape, base)
    apsw.set_default_vfs(NAME)
    try:
        with patch.object(identity, "os", _System(tape)):
            yield tape
    finally:
        apsw.set_default_vfs(base)
        disk.unregister()
