"""Whatever write the power cut falls on, every acknowledged record is there, and the chain holds.

The project's own journal with its own pragmas, over all writes of a kiosk's day: enrolment, a visit with notes,
one with a code, a core that dies with a note in flight, uploads, two snapshots, shutdown. Then the same with
weaker pragmas.
"""

import random
from contextlib import closing
from dataclasses import replace

import pytest

from kiosk.facts import KioskStarted
from kiosk.journal import store
from kiosk.journal.store import Damaged, Journal
from tests.crash.counts import COUNTS
from tests.crash.disk import recording
from tests.crash.power import Kept, cuts
from tests.crash.tour import Promise, promises_of, travel
from tests.crash.witness import DB, Witness, lay_out

pytestmark = pytest.mark.slow

EVERY_KIND = [Kept.NONE, Kept.ALL, Kept.PREFIX, Kept.SUBSET, Kept.TORN, Kept.TORN, Kept.NONSENSE]
FIRST_CUTS = 8


def with_pragmas(monkeypatch, *changes):
    pragmas = dict(store.PRAGMAS) | dict(changes)
    monkeypatch.setattr(store, "PRAGMAS", tuple(pragmas.items()))


@pytest.mark.parametrize("commits", [store.COMMITS_PER_CHECKPOINT, 3], ids=["as it is", "many checkpoints"])
def test_every_cut_of_a_kiosk_day_leaves_all_that_was_acknowledged(
    commits, tmp_path, images, monkeypatch, record_property
):
    monkeypatch.setattr(store, "COMMITS_PER_CHECKPOINT", commits)
    tour = travel(tmp_path / "kiosk")
    witness = Witness(tour, images)
    tally = witness.sweep(cuts(tour.ops, EVERY_KIND, seed=1))
    record_property(COUNTS, f"{tally.line()}; {witness.by_snapshot} starts by a snapshot")
    assert not tally.violations, "\n".join(tally.violations[:5])
    assert tally.cuts == len(tour.ops) > 200 and tally.different > 500
    assert 100 < witness.by_snapshot < tally.different


WEAKER = [
    pytest.param(("synchronous", "NORMAL"), id="WAL, NORMAL"),
    pytest.param(("synchronous", "OFF"), id="WAL, OFF"),
    pytest.param(("locking_mode", "NORMAL"), ("journal_mode", "DELETE"), id="DELETE, FULL"),
]


@pytest.mark.parametrize("changes", [p.values for p in WEAKER], ids=[p.id for p in WEAKER])
def test_the_same_day_with_weaker_pragmas_loses_records(
    changes, tmp_path, images, monkeypatch, record_property
):
    with_pragmas(monkeypatch, *changes)
    tour = travel(tmp_path / "kiosk")
    tally = Witness(tour, images).sweep(cuts(tour.ops, [Kept.NONE, Kept.SUBSET], seed=1))
    record_property(COUNTS, tally.line())
    assert any("were acknowledged" in violation for violation in tally.violations)


def test_a_second_cut_while_the_first_is_being_repaired_loses_nothing_either(
    tmp_path, images, record_property
):
    tour = travel(tmp_path / "kiosk")
    witness = Witness(tour, images)
    first = [cut for cut in cuts(tour.ops, [Kept.TORN], seed=2) if cut.promised is not None]
    seen, violations = 0, []
    for cut in random.Random(2).sample(first, FIRST_CUTS):
        again = tmp_path / f"again-{seen}"
        again.mkdir()
        tape, repaired = goes_on_after(cut, witness.look(cut.image), tour, again)
        tally = Witness(repaired, images).sweep(cuts(tape, EVERY_KIND, 3, cut.image))
        seen += tally.images
        violations += tally.violations
    record_property(COUNTS, f"{FIRST_CUTS} first cuts, {seen} images, {len(violations)} violations")
    assert seen > 1000 and not violations, "\n".join(violations[:5])


def goes_on_after(cut, found, tour, folder):
    """The tape of a start after this cut with two more commits and a shutdown, and what is written by then."""
    lay_out(folder, cut.image)
    with recording() as tape, promises_of(tape) as ends:
        tape.promise(Promise(found.records, found.uploaded))
        journal = Journal.open(folder / DB, tour.identity, tour.signer, tour.clock)
        for boot in ("second", "third"):
            journal.append([KioskStarted(boot, "test", "clock")])
        records = list(journal.records())
        journal.close()
    return tape.ops, replace(tour, records=records, ends=frozenset(ends | tour.ends))


def test_an_enrolment_that_was_cut_off_leaves_a_whole_journal_or_none(tmp_path, images):
    """Before `create` returned nothing is promised. What a cut leaves never stands in the way of another enrolment."""
    tour = travel(tmp_path / "kiosk")
    whole = none = 0
    for cut in cuts(tour.ops, EVERY_KIND, seed=5):
        if cut.promised is not None:
            continue
        lay_out(images, cut.image)
        if DB in cut.image:
            whole += 1
            with pytest.raises(FileExistsError):
                Journal.create(images / DB, tour.identity)
        else:
            none += 1
            with pytest.raises(Damaged, match="is missing although"):
                Journal.open(images / DB, tour.identity, tour.signer, tour.clock)
            Journal.create(images / DB, tour.identity)
        with closing(Journal.open(images / DB, tour.identity, tour.signer, tour.clock)) as journal:
            assert journal.verify() == (0, 0)
    assert whole and none
