"""The journal goes up: everything after the last record that the server acknowledged, one batch at a time.

The cursor moves to a head that the server named only if that head is in this journal. Where it is not, two
histories of one epoch exist (a cloned or restored card): ours still goes up, the server keeps it as a branch."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from typing import Final

from kiosk.journal.chain import GENESIS
from kiosk.journal.store import Damaged, Head, Journal, NotWritten
from kiosk.parcels import HeartbeatSeen, JournalHead, UploadJournal, WireRecord
from kiosk.post import Pace, Post, Silence

log = logging.getLogger(__name__)

BATCH: Final = 100  # records: some 100 KB, and a few milliseconds of work between two steps of a customer
BATCH_BYTES: Final = 256 * 1024  # of bodies; far below what the server takes at once
NOWHERE: Final = Head(0, GENESIS)


class Upload:
    """`parted` is empty, or says why the server's journal of this kiosk is not this one."""

    def __init__(
        self,
        post: Post,
        journal: Journal,
        pace: Pace,
        on_uploaded: Callable[[int], None],
        on_parted: Callable[[str], None],
    ) -> None:
        self.parted = ""
        self._post = post
        self._journal = journal
        self._pace = pace
        self._on_uploaded = on_uploaded
        self._on_parted = on_parted
        self._records = BATCH  # of the next batch: fewer on a line that is too slow for more
        self._under_way = False
        self._pause: asyncio.TimerHandle | None = None
        self._failures = 0
        self._began_again = False
        self._server_ms = 0  # the server's clock when it last spoke

    def stop(self) -> None:
        if self._pause is not None:
            self._pause.cancel()

    def go_on(self) -> None:
        """Send the next batch, if there is one, none is on its way, and no failure is being waited out."""
        if self._under_way or self._pause is not None:
            return
        try:
            records = self._next()
        except Damaged as error:
            self.part(f"upload stopped, nothing is lost: {error}")
            return
        if not records:
            if self._server_ms:
                self._on_uploaded(self._server_ms)
            return
        self._under_way = True
        last = Head(records[-1].seq, records[-1].hash)
        body = UploadJournal(
            epoch=self._journal.identity.epoch,
            records=records,
            head_signature=self._journal.head_signature(last.seq, last.hash),
        )
        self._post.call("journal", body, JournalHead, lambda head: self._came(head, last), self._pace.answer)

    def _next(self) -> tuple[WireRecord, ...]:
        """At least one record, if there is any."""
        batch: list[WireRecord] = []
        room = BATCH_BYTES
        for record in self._journal.records(self._journal.uploaded.seq, self._records):
            room -= len(record.body)
            if batch and room < 0:
                break
            batch.append(record)
        return tuple(batch)

    def server_holds(self, seen: HeartbeatSeen, acked: int) -> None:
        """What a heartbeat brought back; `acked`: our cursor when it left, less than that is less than was promised."""
        self._server_ms = max(self._server_ms, seen.server_ms)
        head = Head(seen.head_seq, seen.head_hash)
        if not self._ours(head):
            self.part(self._how_it_parts(head))
        elif head.seq < acked:
            log.warning(
                "the server was restored from an older backup: it gets again what follows %s", head.seq
            )
            self._move(head)
        self.go_on()

    def _came(self, answer: JournalHead | Silence, last: Head) -> None:
        self._under_way = False
        if isinstance(answer, Silence):
            if answer.sent:  # else the heartbeat finds out when the line is back
                self._records = max(1, self._records // 2)
                self._later()
            return
        self._server_ms = max(self._server_ms, answer.server_ms)
        self._records = min(BATCH, 2 * self._records)
        for problem in answer.problems:
            log.error("the server about our journal: %s", problem)
        before = self._journal.uploaded
        self._move(self._after(answer, last))
        if self._journal.uploaded == before:
            self._later()  # it took nothing: a batch that it refuses, or a cursor that can not be written
            return
        self._failures = 0
        self.go_on()

    def _after(self, answer: JournalHead, last: Head) -> Head:
        """Where the next batch begins."""
        head = Head(answer.seq, answer.hash)
        if self._ours(head):
            return head
        self.part(self._how_it_parts(head))
        if answer.kept == last.seq:
            return last
        if not self._began_again:
            # It lacks what comes before this batch, and its own head says nothing about our branch.
            self._began_again = True
            return NOWHERE
        return self._journal.uploaded

    def _ours(self, head: Head) -> bool:
        return head.seq == 0 or self._journal.hash_at(head.seq) == head.hash

    def _move(self, head: Head) -> None:
        try:
            self._journal.move_uploaded(head.seq, head.hash)
        except NotWritten as error:
            log.error("upload cursor: %s", error)

    def _later(self) -> None:
        self._failures += 1
        pause = min(self._pace.retry_most, self._pace.retry_first * 2.0 ** min(self._failures - 1, 8))
        loop = asyncio.get_running_loop()
        self._pause = loop.call_later(pause * random.uniform(0.5, 1.0), self._again)

    def _again(self) -> None:
        self._pause = None
        self.go_on()

    # ---- two histories -------------------------------------------------------------------------------

    def part(self, why: str) -> None:
        """Say it once: a person has to decide, and must not be called every ten seconds."""
        if not self.parted:
            self.parted = why
            log.critical("%s; no money is taken, call the supervisor", why)
            self._on_parted(why)

    def _how_it_parts(self, head: Head) -> str:
        ours = self._journal.head.seq
        if head.seq > ours:
            return (
                f"the server acknowledged {head.seq} records of this journal, which ends at {ours}: its tail was "
                "cut off, or an old copy of the card was put back"
            )
        return (
            f"the server's record {head.seq} is not the one in this journal: a second machine uses our key, or an "
            "old copy of the card was put back and went on"
        )
