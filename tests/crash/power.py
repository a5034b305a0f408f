"""What a medium may hold after the power went: every image that one recorded tape allows at one moment.

What was flushed is there. Each operation since then is there or not, in any combination, a write possibly
only in some of its 512-byte sectors, or with nonsense in them. Names and contents are apart (inodes): a name
comes or goes with a flush of the folder, in order. `Folder.JOURNALED` is ext4, whose next flush of any file
commits the names too; `Folder.STRICT` promises nothing but the folder's own flush.
"""

from __future__ import annotations

import enum
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.crash.disk import (
    Deleted,
    FolderSynced,
    Op,
    Opened,
    Promised,
    Renamed,
    Synced,
    SyncFailed,
    Truncated,
    Wrote,
)

SECTOR = 512  # bytes: the least that a medium writes at once

Image = dict[str, bytes]
Renaming = dict[str, int | None]  # names that change together: name → contents, or gone


class Folder(enum.Enum):
    STRICT = "strict"
    JOURNALED = "journaled"


class Kept(enum.Enum):
    """Which of the unflushed operations are on the medium."""

    NONE = "none"
    ALL = "all"
    PREFIX = "prefix"
    SUBSET = "subset"
    TORN = "torn"
    NONSENSE = "nonsense"


@dataclass(frozen=True, slots=True)
class Cut:
    """One power cut: after which operation, what was promised by then, what the medium holds."""

    at: int
    folder: Folder
    kept: Kept
    promised: Any
    image: Image

    def __str__(self) -> str:
        sizes = ", ".join(f"{name} {len(data)}" for name, data in sorted(self.image.items()))
        return f"cut after operation {self.at}, folder {self.folder.value}, unflushed {self.kept.value} ({sizes})"


class Medium:
    def __init__(self, folder: Folder, chance: random.Random, image: Mapping[str, bytes]) -> None:
        self._folder = folder
        self._chance = chance
        self._contents = {number: bytearray(data) for number, data in enumerate(image.values())}
        self._names = dict(zip(image, self._contents, strict=True))  # as running programs see them
        self._safe_names = dict(self._names)
        self._name_changes: list[Renaming] = []
        self._unflushed: list[tuple[int, Wrote | Truncated]] = []
        self._flush_folder_with: set[int] = set()

    def go(self, op: Op) -> None:
        match op:
            case Opened(name, new, flushes_folder):
                if new:
                    self._names[name] = number = len(self._contents)
                    self._contents[number] = bytearray()
                    self._name_changes.append({name: number})
                if flushes_folder:
                    self._flush_folder_with.add(self._names[name])
            case Wrote(name) | Truncated(name):
                self._unflushed.append((self._names[name], op))
            case Synced(name):
                self._flush(self._names[name])
            case SyncFailed(name):
                self._forget(self._names[name])
            case Deleted(name, flushes_folder):
                if self._names.pop(name, None) is not None:
                    self._name_changes.append({name: None})
                if flushes_folder:
                    self._flush_folder()
            case Renamed(name, to):
                self._names[to] = number = self._names.pop(name)
                self._name_changes.append({name: None, to: number})
            case FolderSynced():
                self._flush_folder()

    def _flush(self, number: int) -> None:
        for op in self._take(number):
            _apply(self._contents[number], op)
        if number in self._flush_folder_with or self._folder is Folder.JOURNALED:
            self._flush_folder_with.discard(number)
            self._flush_folder()

    def _forget(self, number: int) -> None:
        for op in self._take(number):
            if self._chance.random() < 0.5:
                _apply(self._contents[number], op)

    def _take(self, number: int) -> list[Wrote | Truncated]:
        taken = [op for of, op in self._unflushed if of == number]
        self._unflushed = [(of, op) for of, op in self._unflushed if of != number]
        return taken

    def _flush_folder(self) -> None:
        _rename(self._safe_names, self._name_changes)
        self._name_changes = []

    def image(self, kept: Kept) -> Image:
        names = dict(self._safe_names)
        count = {Kept.NONE: 0, Kept.ALL: len(self._name_changes)}.get(kept)
        if count is None:
            count = self._chance.randint(0, len(self._name_changes))
        _rename(names, self._name_changes[:count])
        contents = {number: bytearray(self._contents[number]) for number in names.values()}
        for number, op in self._survivors(kept):
            if number in contents:
                _apply(contents[number], op)
        return {name: bytes(contents[number]) for name, number in names.items()}

    def _survivors(self, kept: Kept) -> Iterator[tuple[int, Wrote | Truncated]]:
        chance, waiting = self._chance, self._unflushed
        match kept:
            case Kept.NONE:
                return
            case Kept.ALL:
                yield from waiting
            case Kept.PREFIX:
                yield from waiting[: chance.randint(0, len(waiting))]
            case Kept.SUBSET:
                yield from (each for each in waiting if chance.random() < 0.5)
            case Kept.TORN | Kept.NONSENSE:
                for number, op in waiting:
                    for part in _sectors(op):
                        if chance.random() < 0.5:
                            yield number, part
                        elif kept is Kept.NONSENSE and isinstance(part, Wrote) and chance.random() < 0.2:
                            yield number, Wrote(part.name, part.at, chance.randbytes(len(part.data)))


def _rename(names: dict[str, int], changes: Sequence[Renaming]) -> None:
    for change in changes:
        for name, number in change.items():
            if number is None:
                names.pop(name, None)
            else:
                names[name] = number


def _apply(content: bytearray, op: Wrote | Truncated) -> None:
    end = op.at if isinstance(op, Wrote) else op.size
    content.extend(bytes(max(0, end - len(content))))
    if isinstance(op, Wrote):
        content[op.at : op.at + len(op.data)] = op.data
    else:
        del content[op.size :]


def _sectors(op: Wrote | Truncated) -> Iterator[Wrote | Truncated]:
    if isinstance(op, Truncated):
        yield op
        return
    start = 0
    while start < len(op.data):
        length = SECTOR - (op.at + start) % SECTOR
        yield Wrote(op.name, op.at + start, op.data[start : start + length])
        start += length


def cuts(
    tape: Sequence[Op], kept: Sequence[Kept], seed: int, before: Mapping[str, bytes] | None = None
) -> Iterator[Cut]:
    """The power goes after each operation, in both kinds of folder, once for each of `kept`. Nothing is
    promised (None) until the tape says so. `before`: what lay on the medium at first."""
    for folder in Folder:
        chance = random.Random(seed)
        medium = Medium(folder, chance, before or {})
        promised = None
        for at, op in enumerate(tape):
            if isinstance(op, Promised):
                promised = op.what
            medium.go(op)
            for how in kept:
                yield Cut(at, folder, how, promised, medium.image(how))
