"""Customers at the real engine with its real journal on an ext4 file system, remembered moment by moment.

A moment is what is physically true outside (notes, box, bank, paper) and what the journal has acknowledged, with the
place on the drive's tape. After a cut at any place the journal that is left must be that of the moment, or with the
one commit that was under way; and the world that comes up on it must settle to the last fen.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from kiosk import facts as f
from kiosk.clock import Clock
from kiosk.journal.store import Damaged, Journal
from tests.crash import stories
from tests.crash.books import DoesNotAddUp
from tests.crash.ledgers import IDENTITY, SIGNER, Ledger, OnDisk
from tests.crash.things import Things, Unit
from tests.crash.world import World
from tests.kiosk.honest_world import Bank


class Lost(Exception):
    """What was acknowledged is not there, or what is there is not what was written; the text says what."""


@dataclass
class OnExt4(OnDisk):
    """Its folder is mounted from elsewhere and stays. A fork remembers what was acknowledged, without the files."""

    def fork(self) -> Any:
        return Ledger(self.facts.copy(), self.ends.copy(), self.books.fork(), self.fault, self.perhaps)

    def gone(self) -> None:
        if self.journal is not None:
            self.journal.close()
            self.journal = None


@dataclass(frozen=True, slots=True)
class Moment:
    position: int
    where: str
    things: Things  # as they are; their ledger holds what was acknowledged


@dataclass
class Day:
    """One story. What it needs is in its seed; what it leaves are moments, and the facts of the whole day."""

    seed: int
    moments: list[Moment] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)

    def happens(self, folder: Path, visits: int, position: Callable[[], int]) -> None:
        """`position`: how far the tape is. Raises DoesNotAddUp without any cut: then the story itself is wrong."""
        chance = stories.begins(self.seed)
        things = Things(Unit(counts=chance.random() < 0.5), Bank([]), OnExt4(home=folder))
        last: Any = None

        def remember(world: World, where: str) -> None:
            nonlocal last
            now = world.things.fingerprint()
            if now != last:
                last = now
                self.moments.append(Moment(position(), where, world.things.fork()))

        world = World(things, chance, remember)
        world.online = True
        with closed_at_the_end(things):
            world.comes_up()
            world.events()
            for _ in range(visits):
                stories.visit(world)
            stories.ending(world)
            remember(world, "at the end")
        self.ledger = things.ledger.fork()

    # ---- after a cut

    def moment_at(self, position: int) -> int:
        """The last one that had come when the tape was there."""
        return bisect_right(self.moments, position, key=lambda moment: moment.position) - 1

    def recovers(self, folder: Path, number: int, chance: random.Random) -> None:
        """On what a cut at moment `number`, or after it, left in `folder`. Raises Lost or DoesNotAddUp."""
        moment, following = self.moments[number], self.moments[min(number + 1, len(self.moments) - 1)]
        found = _what_is_there(folder, moment.things.clock)
        acknowledged, under_way = len(moment.things.ledger.facts), len(following.things.ledger.facts)
        if len(found) < acknowledged:
            raise Lost(f"{acknowledged} records were acknowledged, {len(found)} are there")
        if len(found) not in (acknowledged, under_way):
            raise Lost(f"{len(found)} records are there, {acknowledged} or {under_way} were written by then")
        if found != self.ledger.facts[: len(found)]:
            raise Lost(f"the {len(found)} records are not those that were written")
        things = moment.things.fork()
        things.ledger = self._reopened(folder, len(found))
        world = World(things, chance)
        world.online = True
        with closed_at_the_end(things):
            world.dies_somehow(moment.where)
            world.events()
            stories.ending(world)

    def _reopened(self, folder: Path, records: int) -> OnExt4:
        """The journal in `folder`, and the books by hand of its records, commit by commit."""
        facts = self.ledger.facts[:records]
        ends = [end for end in self.ledger.ends if end <= records]
        ledger = OnExt4(facts, ends, home=folder)
        for begin, end in pairwise([0, *ends]):
            ledger.books.commit(facts[begin:end])
        return ledger


def _what_is_there(folder: Path, clock: Clock) -> list[f.Durable]:
    try:
        journal = Journal.open(OnExt4(home=folder).path, IDENTITY, SIGNER, clock)
    except Damaged as damaged:
        raise Lost(f"the journal does not open: {damaged}") from None  # and with it the files that it holds
    try:
        journal.verify()
        return list(journal.replay())
    except Damaged as damaged:
        raise Lost(f"the journal does not verify: {damaged}") from None
    finally:
        journal.close()


@contextmanager
def closed_at_the_end(things: Things) -> Iterator[None]:
    """Whatever happens in between: an open file keeps its file system mounted."""
    try:
        yield
    except DoesNotAddUp as wrong:
        story = "\n".join(f"  {who}: {what}" for who, what in things.story.lines()[-12:])
        raise DoesNotAddUp(f"{wrong}; after\n{story}") from wrong
    finally:
        things.ledger.gone()
