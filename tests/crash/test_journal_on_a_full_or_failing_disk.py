"""The disk is full, or fails, at each write and each flush in turn: a step is refused as a whole, and said so.

Afterwards, with space again, the journal goes on where it stood. A flush that failed is never believed later:
what it covered may be gone, although the system's cache still shows it (the medium in `power` does just that).
"""

from contextlib import closing
from dataclasses import replace
from itertools import count

import pytest

from kiosk.facts import KioskStarted
from kiosk.journal.store import Damaged, Journal, NotWritten
from tests.crash.counts import COUNTS
from tests.crash.disk import FAILING, FULL, Fault, recording
from tests.crash.power import Kept, cuts
from tests.crash.tour import promises_of, travel
from tests.crash.witness import DB, Witness, lay_out

pytestmark = pytest.mark.slow

STEPS = 12  # of the day: up to the third note
FAULTS = [
    pytest.param(FULL, False, id="full once"),
    pytest.param(FULL, True, id="full until cleared"),
    pytest.param(FAILING, False, id="fails once"),
    pytest.param(FAILING, True, id="fails until replaced"),
]


class StandingClock:
    """So that a step that is tried again makes the very same records."""

    def __init__(self, clock):
        self._now = clock.now()

    def now(self):
        return self._now


@pytest.fixture
def tour(tmp_path):
    tour = travel(tmp_path / "kiosk")
    return replace(tour, clock=StandingClock(tour.clock))


@pytest.fixture
def folder(tmp_path):
    tmp_path.joinpath("faults").mkdir()
    return tmp_path / "faults"


@pytest.mark.parametrize("code, lasting", FAULTS)
def test_a_refused_step_leaves_nothing_and_the_next_one_goes_on(
    code, lasting, tour, folder, images, monkeypatch, record_property
):
    monkeypatch.setattr("kiosk.journal.store.COMMITS_PER_CHECKPOINT", 2)
    refusals = 0
    with recording() as tape, promises_of(tape) as ends:
        Journal.create(folder / DB, tour.identity)
        journal = Journal.open(folder / DB, tour.identity, tour.signer, tour.clock)
        for step in tour.steps()[:STEPS]:
            for after in count():
                tape.fault = Fault(after, code, lasting)
                if written(journal, step):
                    break
                refusals += 1
                if lasting:
                    assert not written(journal, step)
                tape.fault = None
                assert [record.seq for record in journal.records()] == list(range(1, journal.head.seq + 1))
        tape.fault = None
        assert journal.verify()[0] == journal.head.seq == sum(map(len, tour.steps()[:STEPS]))
        records = list(journal.records())
        journal.close()
    done = replace(tour, records=records, ends=frozenset(ends))
    tally = Witness(done, images).sweep(cuts(tape.ops, [Kept.ALL, Kept.TORN], seed=6))
    record_property(COUNTS, f"{refusals} refusals; {tally.line()}")
    assert not tally.violations, "\n".join(tally.violations[:5])
    assert refusals > 3 * STEPS


def written(journal, step):
    """False: refused, with the head where it stood."""
    before = journal.head
    try:
        journal.append(step)
    except NotWritten as refused:
        assert DB in str(refused) and journal.head == before
        return False
    assert journal.head.seq == before.seq + len(step)
    return True


@pytest.mark.parametrize("code, lasting", FAULTS)
def test_the_cursor_of_the_server_stays_where_it_was_when_it_can_not_be_written(code, lasting, tour, folder):
    with recording() as tape:
        Journal.create(folder / DB, tour.identity)
        journal = Journal.open(folder / DB, tour.identity, tour.signer, tour.clock)
        journal.append(tour.steps()[0])
        for after in count():
            tape.fault = Fault(after, code, lasting)
            try:
                assert journal.move_uploaded(journal.head.seq, journal.head.hash)
                break
            except NotWritten:
                tape.fault = None
                assert journal.uploaded.seq == 0
        tape.fault = None
        assert after >= 3 and journal.uploaded == journal.head
        journal.close()


@pytest.mark.parametrize("code, lasting", FAULTS)
def test_a_start_on_a_failing_disk_opens_everything_or_refuses_and_touches_nothing(
    code, lasting, tour, folder, images
):
    cut = next(cut for cut in cuts(tour.ops, [Kept.ALL], 0) if cut.promised and cut.promised.records > 20)
    witness = Witness(tour, images)
    for after in count():
        lay_out(folder, cut.image)
        with recording() as tape:
            tape.fault = Fault(after, code, lasting)
            try:
                journal = Journal.open(folder / DB, tour.identity, tour.signer, tour.clock)
                records = journal.verify()[0]
                written(journal, [KioskStarted("second", "test", "clock")])
            except Damaged as damaged:
                records = None
                assert DB in str(damaged)
            struck = end_of(tape)
            if records is not None:
                journal.close()
        assert records in (None, cut.promised.records)
        left = {path.name: path.read_bytes() for path in folder.iterdir()}
        assert records is not None or not witness.violation(replace(cut, image=left))
        if not struck:
            return


@pytest.mark.parametrize("code, lasting", FAULTS)
def test_an_enrolment_on_a_failing_disk_says_so_and_leaves_a_whole_journal_or_none(
    code, lasting, tour, folder
):
    for after in count():
        lay_out(folder, {})
        with recording() as tape:
            tape.fault = Fault(after, code, lasting)
            said = ""
            try:
                Journal.create(folder / DB, tour.identity)
            except OSError as error:
                said = str(error)
            struck = end_of(tape)
        assert bool(said) == bool(struck)
        if not folder.joinpath(DB).exists():
            assert said
            Journal.create(folder / DB, tour.identity)
        with closing(Journal.open(folder / DB, tour.identity, tour.signer, tour.clock)) as journal:
            assert journal.verify() == (0, 0)
        if not struck:
            assert after >= 3
            return


@pytest.mark.parametrize("code, lasting", FAULTS)
def test_a_snapshot_that_can_not_be_written_leaves_the_one_of_before_and_the_journal(
    code, lasting, tour, folder
):
    Journal.create(folder / DB, tour.identity)
    with closing(Journal.open(folder / DB, tour.identity, tour.signer, tour.clock)) as journal:
        journal.append([KioskStarted("first", "test", "clock")])
        journal.recover(tour.empty)
        journal.keep(journal.recovered)
        journal.append([KioskStarted("second", "test", "clock")])
        journal.recover(tour.empty)
        assert journal.read_from.seq == 1
        for after in count():
            with recording() as tape:
                tape.fault = Fault(after, code, lasting)
                journal.keep(journal.recovered)
                struck = end_of(tape)
            assert journal.recover(tour.empty) and journal.verify()[0] == 2
            if not struck:
                assert after >= 3 and journal.read_from.seq == 2
                return
            assert journal.read_from.seq in (1, 2)


def end_of(tape):
    """How often the fault struck; the disk is sound again, also for connections that are still to be closed."""
    struck, tape.fault = tape.fault.struck, None
    return struck
