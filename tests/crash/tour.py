"""One kiosk day with a journal on a recorded disk: every kind of visit, a restart, an upload, a shutdown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

import msgspec

from kiosk import contract as c
from kiosk.facts import Durable
from kiosk.flow.delays import Delay
from kiosk.flow.state import State, begin
from kiosk.identity import Identity, Signer
from kiosk.journal import snapshot
from kiosk.journal.store import Journal, fact_of
from kiosk.parcels import ChargeIs, WireRecord
from tests.crash.disk import Op, Tape, recording
from tests.kiosk.world import Clock, Kiosk, bill, held, taken

Row = tuple[object, ...]  # the columns of one record, as they were written


@dataclass(frozen=True, slots=True)
class Promise:
    """What whoever asked the journal now relies on: so many records, and how far the server holds them."""

    records: int
    uploaded: int


@dataclass(frozen=True)
class Tour:
    """What was written, and on which operations of the disk. `ends` are the last records of the commits, `empty`
    is the state before all of them."""

    identity: Identity
    signer: Signer
    clock: Clock
    ops: list[Op]
    records: list[WireRecord]
    ends: frozenset[int]
    empty: State

    @property
    def rows(self) -> list[Row]:
        return [msgspec.structs.astuple(record) for record in self.records]

    def steps(self) -> list[list[Durable]]:
        """The facts of each commit."""
        marks = sorted(self.ends | {0})
        facts = [fact_of(record) for record in self.records]
        return [facts[begin:end] for begin, end in pairwise(marks)]


@contextmanager
def promises_of(tape: Tape) -> Iterator[set[int]]:
    """Each return of the journal's own `create`, `append` and `move_uploaded` is a promise on the tape."""
    ends = {0}
    create, append, move = Journal.create, Journal.append, Journal.move_uploaded

    def promise(journal: Journal) -> None:
        ends.add(journal.head.seq)
        tape.promise(Promise(journal.head.seq, journal.uploaded.seq))

    def created(path: Path, identity: Identity) -> None:
        create(path, identity)
        tape.promise(Promise(0, 0))

    def appended(journal: Journal, facts: list[Durable]) -> list[Durable]:
        written = append(journal, facts)
        promise(journal)
        return written

    def moved(journal: Journal, seq: int, hash_: str) -> bool:
        done = move(journal, seq, hash_)
        promise(journal)
        return done

    with (
        patch.object(Journal, "create", staticmethod(created)),
        patch.object(Journal, "append", appended),
        patch.object(Journal, "move_uploaded", moved),
    ):
        yield ends


def travel(folder: Path) -> Tour:
    folder.mkdir()
    with recording() as tape, promises_of(tape) as ends:
        kiosk = Kiosk(folder)
        pay_with_notes(kiosk)
        upload_everything(kiosk)
        take_snapshot(kiosk)
        pay_by_code(kiosk)
        take_snapshot(kiosk)
        note_in_flight_when_the_core_dies(kiosk)
        upload_everything(kiosk)
        records = list(kiosk.journal.records())
        kiosk.journal.close()
    return Tour(
        kiosk.identity, kiosk.signer, kiosk.clock, tape.ops, records, frozenset(ends), empty_of(kiosk)
    )


def pay_with_notes(kiosk: Kiosk) -> None:
    kiosk.to_cash(bill("37.50"))
    kiosk.insert(20, 10, 5, 1, 1, 1)
    leave_with_paper(kiosk)


def pay_by_code(kiosk: Kiosk) -> None:
    kiosk.to_code(bill(number="W2"))
    kiosk.charge_is(kiosk.show_code(), ChargeIs.CONFIRMED)
    leave_with_paper(kiosk)


def note_in_flight_when_the_core_dies(kiosk: Kiosk) -> None:
    """After one that was another note than it seemed. Both are doubtful and get a claim slip."""
    kiosk.to_cash(bill(number="W3"))
    kiosk.hear(held(20), taken(50))
    kiosk.hold(20)
    kiosk.restart()
    kiosk.open_for_business(counter=None)


def leave_with_paper(kiosk: Kiosk) -> None:
    kiosk.print_out()
    kiosk.want(c.Done())
    kiosk.time_is_up(Delay.THANKS)


def take_snapshot(kiosk: Kiosk) -> None:
    journal, empty = kiosk.journal, empty_of(kiosk)
    state = journal.recover(empty)
    assert journal.recovered is not None and snapshot.possible(state, empty)
    journal.keep(journal.recovered)


def empty_of(kiosk: Kiosk) -> State:
    return begin(msgspec.structs.replace(kiosk.site, epoch=kiosk.identity.epoch))


def upload_everything(kiosk: Kiosk) -> None:
    head = kiosk.journal.head
    assert kiosk.journal.move_uploaded(head.seq, head.hash)
