"""While the kiosk runs, all records are checked and folded once more from the first one, a slice at a time.

A start believes a snapshot because it is signed; this does not believe it at all. Only what it found itself becomes
the next snapshot.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from kiosk.flow.state import State
from kiosk.journal import snapshot
from kiosk.journal.check import Damaged
from kiosk.journal.fold import BEGINNING, Fold
from kiosk.journal.store import Journal

log = logging.getLogger(__name__)

SLICE: Final = 50  # records: 5 ms on a PC, well below one frame's notice on a Raspberry Pi
SNAPSHOT_EVERY: Final = (
    5_000  # records, some 300 visits: replayed in a fraction of a second, written once a day
)

BETWEEN_SLICES_S: Final = (
    0.05  # the loop is free for a customer nine tenths of the time: a million in half an hour
)
AT_THE_END_S: Final = 60.0  # new records wait this long for their second look


async def audit_for_ever(audit: Audit, stop_money: Callable[[str], None]) -> None:
    """A task of the core's loop. Ends only when the records are found damaged, after `stop_money(why)`."""
    try:
        while True:
            more = audit.slice()
            await audit.keep_what_is_due()
            await asyncio.sleep(BETWEEN_SLICES_S if more else AT_THE_END_S)
    except Damaged as error:
        log.critical("journal: %s; no money is taken", error)
        stop_money(str(error))


class Audit:
    """Of a journal from which the running state was recovered. `slice` at rest, again and again."""

    def __init__(self, journal: Journal, empty: State) -> None:
        assert journal.recovered is not None, "the running state is what is audited"
        self._journal = journal
        self._empty = empty
        self._check = journal.check()
        self._fold = Fold(BEGINNING, empty)
        self._claimed: Fold | None = journal.recovered
        self._kept = journal.read_from.seq
        self._due: Fold | None = None  # of which a snapshot should be written
        self._offer(journal.recovered)  # a start that had to read this much shall not have to do so again

    def slice(self) -> bool:
        """Check the next records. False: there are no more for now. Raises Damaged: the kiosk may not go on."""
        count = 0
        for head, fact in self._check.go_on(SLICE):
            count += 1
            self._fold = self._fold.after(head, fact)
            if self._claimed is not None and head == self._claimed.head:
                self._compare(self._claimed)
                self._claimed = None
            self._offer(self._fold)
        if count == SLICE:
            return True
        self._check.ends_at(self._journal.head)
        return False

    async def keep_what_is_due(self) -> None:
        """In a thread: neither the signing of some megabytes nor the disk holds up the loop."""
        due, self._due = self._due, None
        if due is not None:
            await asyncio.to_thread(self._journal.keep, due)

    def _compare(self, claimed: Fold) -> None:
        if self._fold.state != claimed.state:
            self._journal.forget_snapshot()
            raise Damaged(
                f"{self._journal.path}: up to record {claimed.head.seq} the records say something else than the "
                "snapshot with which this kiosk started. It is removed; a restart reads all records"
            )

    def _offer(self, fold: Fold) -> None:
        if fold.head.seq >= self._kept + SNAPSHOT_EVERY and snapshot.possible(fold.state, self._empty):
            self._kept = fold.head.seq
            self._due = fold
