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


def batch(journal: Journal, most: int = BATCH) -> UploadJournal | None:
    """The next records after the cursor, with a signed head: at least one, unless the server has everything.

    Raises Damaged."""
    records: list[WireRecord] = []
    room = BATCH_BYTES
    for record in journal.records(journal.uploaded.seq, most):
        room -= len(record.body)
        if records and room < 0:
            break
        records.append(record)
    if not records:
        return None
    last = records[-1]
    return UploadJournal(
        epoch=journal.identity.epoch,
        records=tuple(records),
        head_signature=journal.head_signature(last.seq, last.hash),
    )


def ours(journal: Journal, head: Head) -> bool:
    return head.seq == 0 or journal.hash_at(head.seq) == head.hash


def after_answer(journal: Journal, answer: JournalHead, sent: UploadJournal) -> Head | None:
    """Where the cursor belongs now. None: the server's head is not ours, and it lacks what comes before `sent`."""
    head = Head(answer.seq, answer.hash)
    if ours(journal, head):
        return head
    last = sent.records[-1]
    return Head(last.seq, last.hash) if answer.kept == last.seq else None


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
            body = batch(self._journal, self._records)
        except Damaged as error:
            self.part(f"upload stopped, nothing is lost: {error}")
            return
        if body is None:
            if self._server_ms:
                self._on_uploaded(self._server_ms)
            return
        self._under_way = True
        self._post.call("journal", body, JournalHead, lambda head: self._came(head, body), self._pace.answer)

    def server_holds(self, seen: HeartbeatSeen, acked: int) -> None:
        """What a heartbeat brought back; `acked`: our cursor when it left, less than that is less than was promised."""
        self._server_ms = max(self._server_ms, seen.server_ms)
        head = Head(seen.head_seq, seen.head_hash)
        if not ours(self._journal, head):
            self.part(self._how_it_parts(head))
        elif head.seq < acked:
            log.warning("the server was restored from a backup: it gets again what follows %s", head.seq)
            self._move(head)
        elif head.seq > self._journal.uploaded.seq:
            self._move(head)  # an acknowledgement was lost
        self.go_on()

    def _came(self, answer: JournalHead | Silence, body: UploadJournal) -> None:
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
        to = after_answer(self._journal, answer, body)
        if not ours(self._journal, Head(answer.seq, answer.hash)):
            self.part(self._how_it_parts(Head(answer.seq, answer.hash)))
        if to is None and not self._began_again:
            to, self._began_again = NOWHERE, True
        if to is not None:
            self._move(to)
        if self._journal.uploaded == before:
            self._later()  # it took nothing: a batch that it refuses, or a cursor that can not be written
            return
        self._failures = 0
        self.go_on()

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
        end = self._journal.head.seq
        if head.seq > end:
            return (
                f"the server acknowledged {head.seq} records of this journal, which ends at {end}: its tail was "
                "cut off, or an old copy of the card was put back"
            )
        return (
            f"the server's record {head.seq} is not the one in this journal: a second machine uses our key, or an "
            "old copy of the card was put back and went on"
        )
