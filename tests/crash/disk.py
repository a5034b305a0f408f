"""A recording disk under SQLite: everything that a journal's files go through, in order, and faults on demand.

While `recording()` lasts, every file that apsw opens is real and each operation that matters for durability is
put on a `Tape`. SQLite never renames, so the operations below are all that there are. The system's own VFS
flushes the folder after the first flush of a new rollback journal or WAL and on some deletes; `flushes_folder`
says so, because a VFS above it can not see that flush.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import apsw

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
class Promised:
    """From here on somebody relies on `what`: a power cut must not take it back."""

    what: Any


Op = Opened | Wrote | Truncated | Synced | SyncFailed | Deleted | Promised


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


@contextmanager
def recording() -> Iterator[Tape]:
    """Every apsw connection that is opened meanwhile is recorded; close them before it ends."""
    base = apsw.vfs_names()[0]
    tape = Tape()
    disk = _Disk(tape, base)
    apsw.set_default_vfs(NAME)
    try:
        yield tape
    finally:
        apsw.set_default_vfs(base)
        disk.unregister()
