"""A drive with a volatile cache: what was written to it, what it was told to flush, and what a power cut leaves.

What was flushed is on it. Of each write since then the cut leaves all, nothing, or some of its 512-byte sectors,
and where writes overlap, an earlier one may be what stays. A `lying` drive says "flushed" and keeps everything in
its cache. Content is kept as pages that are not all zero: most of a fresh file system is.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tests.crash.power import SECTOR, Kept

PAGE = 4096
NOTHING = bytes(PAGE)
Pages = dict[int, bytes]  # by number

CACHED = (Kept.NONE, Kept.ALL, Kept.PREFIX, Kept.SUBSET, Kept.TORN)  # of a real drive: it writes no nonsense


@dataclass(frozen=True, slots=True)
class Block:
    """Bytes written at a place of the drive."""

    at: int
    data: bytes

    def sectors(self) -> Iterator[Block]:
        for start in range(0, len(self.data), SECTOR):
            yield Block(self.at + start, self.data[start : start + SECTOR])


class Flushed:
    """Everything before it is on the drive."""


Step = Block | Flushed


class Drive:
    """`go` takes what the machine does to it; `image` is what the next power-on finds."""

    def __init__(self, content: Pages, *, lying: bool = False) -> None:
        self.safe = content.copy()
        self.cache: list[Block] = []
        self._lying = lying

    def go(self, step: Step) -> None:
        if isinstance(step, Block):
            self.cache.append(step)
        elif not self._lying:
            for block in self.cache:
                _put(self.safe, block)
            self.cache.clear()

    def image(self, kept: Kept, chance: random.Random) -> Pages:
        image = self.safe.copy()
        for block in self._survivors(kept, chance):
            _put(image, block)
        return image

    def _survivors(self, kept: Kept, chance: random.Random) -> list[Block]:
        cache = self.cache
        match kept:
            case Kept.NONE:
                return []
            case Kept.ALL:
                return cache
            case Kept.PREFIX:
                return cache[: chance.randint(0, len(cache))]
            case Kept.SUBSET:
                left = [block for block in cache if chance.random() < 0.5]
            case Kept.TORN:
                left = [part for block in cache for part in block.sectors() if chance.random() < 0.5]
            case _:
                raise ValueError(f"a drive does not leave {kept.value}")
        chance.shuffle(left)
        return left


def _put(pages: Pages, block: Block) -> None:
    at, data = block.at, block.data
    while data:
        number, start = divmod(at, PAGE)
        part, data = data[: PAGE - start], data[PAGE - start :]
        at += len(part)
        if len(part) < PAGE:
            old = pages.get(number, NOTHING)
            part = old[:start] + part + old[start + len(part) :]
        pages[number] = part


def pages_of(file: BinaryIO) -> Pages:
    """What is not zero in it."""
    found, number = {}, 0
    while page := file.read(PAGE):
        if page != NOTHING:
            found[number] = page
        number += 1
    return found


def lay_out(pages: Pages, path: Path, size: int) -> None:
    """A file of that content; holes where it is zero."""
    with path.open("wb", buffering=0) as file:
        file.truncate(size)
        for number, page in pages.items():
            os.pwrite(file.fileno(), page, number * PAGE)
