"""A kiosk that was offline for weeks: its records go up in small pieces, between the steps of a customer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kiosk.facts import KioskStarted
from kiosk.parcels import UploadJournal
from kiosk.post import CALL_S
from kiosk.upload import BATCH, BATCH_BYTES
from tests.sync.terminal import Terminal

BACKLOG = 5_000
COMMIT = 500


class Watch:
    """Every upload of a terminal, with the turn of the event loop in which it was put together."""

    def __init__(self, terminal: Terminal) -> None:
        self.turn = self.under_way = self.most_under_way = 0
        self.batches: list[tuple[int, UploadJournal]] = []
        self._call = terminal.post.call
        terminal.post.call = self  # type: ignore[method-assign,assignment]

    def __call__(self, call: str, body: Any, answer: Any, then: Any, timeout_s: float = CALL_S) -> None:
        if call != "journal":
            self._call(call, body, answer, then, timeout_s)
            return
        self.batches.append((self.turn, body))
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)

        def done(result: Any) -> None:
            self.under_way -= 1
            then(result)

        self._call(call, body, answer, done, timeout_s)

    async def count(self) -> None:
        while True:
            self.turn += 1
            await asyncio.sleep(0)


@pytest.mark.slow
def test_a_customer_pays_while_five_thousand_records_go_up(terminal: Terminal) -> None:
    # given a backlog
    started = KioskStarted(boot="b", software="s" * 200, time_quality="none")
    for _ in range(BACKLOG // COMMIT):
        terminal.journal.append([started] * COMMIT)
    terminal.start()
    watch = Watch(terminal)

    # when a customer pays, visit after visit, while it goes up
    async def pay() -> int:
        counting = asyncio.create_task(watch.count())
        visits = 0
        while terminal.journal.uploaded.seq < BACKLOG:
            terminal.pay()
            terminal.outbox.upload()
            visits += 1
            seen = len(watch.batches)
            while len(watch.batches) < seen + 10 and terminal.journal.uploaded.seq < BACKLOG:
                await asyncio.sleep(0)
        counting.cancel()
        return visits

    visits = terminal.run(asyncio.wait_for(pay(), 120))
    terminal.settle()

    # then no turn of the loop had more to do than one small batch, and never was a second one under way
    sizes = [len(body.records) for _, body in watch.batches]
    assert max(sizes) <= BATCH and sum(sizes) >= BACKLOG
    assert all(sum(len(r.body) for r in body.records) <= BATCH_BYTES for _, body in watch.batches)
    turns = [turn for turn, _ in watch.batches]
    assert len(set(turns)) == len(turns) and watch.most_under_way == 1
    assert visits >= 4
    terminal.agree()


@pytest.mark.slow
def test_large_records_make_small_batches(terminal: Terminal) -> None:
    large = KioskStarted(boot="b", software="s" * (BATCH_BYTES // 3), time_quality="none")
    terminal.journal.append([large] * 10)
    watch = Watch(terminal)
    terminal.start()
    terminal.settle()
    sizes = [sum(len(record.body) for record in body.records) for _, body in watch.batches]
    assert max(sizes) <= BATCH_BYTES and len(sizes) >= 5
    terminal.agree()
