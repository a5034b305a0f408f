"""One bit of the file on the card turned: the journal never goes on as if nothing were, and names the record."""

import random
import re
from contextlib import closing

import apsw
import pytest

from kiosk.facts import Account
from kiosk.journal.store import Damaged, Journal
from tests.crash.counts import COUNTS
from tests.crash.tour import travel
from tests.crash.witness import DB

pytestmark = pytest.mark.slow

FLIPS_PER_RECORD = 6
HEADER = 15  # bytes before a row's first text: its number, and the types of its 13 columns
DIGEST = 64  # characters of hex
FLIPS_IN_FILE = 300


@pytest.fixture
def tour(tmp_path):
    return travel(tmp_path / "kiosk")


@pytest.fixture
def clean(tour, tmp_path):
    """The whole file after an orderly shutdown."""
    return tmp_path.joinpath("kiosk", DB).read_bytes()


def complaint(images, data, tour):
    """What the journal says of this file; empty if it finds nothing."""
    path = images / DB
    path.write_bytes(data)
    try:
        with closing(Journal.open(path, tour.identity, tour.signer, tour.clock)) as journal:
            journal.verify()
    except Damaged as damaged:
        return str(damaged)
    return ""


def flipped(data, *places, bit):
    changed = bytearray(data)
    for place in places:
        changed[place] ^= 1 << bit
    return bytes(changed)


def copies_of(record, data):
    """Where the row lies: in its page, and perhaps in what an older, split page left behind."""
    return [match.start() for match in re.finditer(re.escape(f"{record.body}{record.prev}".encode()), data)]


def test_one_flipped_byte_in_each_record_is_found_and_the_record_named(tour, clean, images, record_property):
    assert not complaint(images, clean, tour)
    with closing(apsw.Connection(str(images / DB))) as db:  # signed, sealed or empty
        proofs = dict(db.execute("SELECT seq, length(signature) FROM record"))
    chance, flips = random.Random(3), 0
    for record in tour.records:
        bodies = copies_of(record, clean)
        begin = clean.rindex(record.kiosk.encode(), 0, bodies[0]) - bodies[0]
        end = len(record.body.encode()) + 2 * DIGEST + proofs[record.seq]
        for place in chance.sample(range(begin, end), FLIPS_PER_RECORD):
            data = flipped(clean, *(body + place for body in bodies), bit=chance.randrange(8))
            said = complaint(images, data, tour)
            assert re.search(rf"record {record.seq}\b", said), (
                f"byte {place} of record {record.seq}: {said!r}"
            )
            flips += 1
    record_property(COUNTS, f"{flips} flips in {len(tour.records)} records, each found and named")


def test_a_flipped_byte_in_the_row_header_is_never_taken_for_good(tour, clean, images):
    """There the row may become unreadable as such: the record or its neighbour is named, or SQLite says so."""
    chance = random.Random(4)
    for record in tour.records:
        bodies = copies_of(record, clean)
        first = clean.rindex(record.kiosk.encode(), 0, bodies[0]) - bodies[0]
        place = first - chance.randint(1, HEADER)
        data = flipped(clean, *(body + place for body in bodies), bit=chance.randrange(8))
        assert complaint(images, data, tour), f"byte {place} before the body of record {record.seq}"


def test_wherever_a_byte_is_flipped_the_balances_are_right_or_the_journal_complains(
    tour, clean, images, record_property
):
    path = images / DB
    path.write_bytes(clean)
    right = balances(path, tour)
    chance, found = random.Random(5), 0
    for _ in range(FLIPS_IN_FILE):
        data = flipped(clean, chance.randrange(len(clean)), bit=chance.randrange(8))
        if complaint(images, data, tour):
            found += 1
        else:  # in space that holds nothing
            assert balances(path, tour) == right
    record_property(COUNTS, f"{FLIPS_IN_FILE} flips anywhere, {found} found, the others without effect")
    assert found


def balances(path, tour):
    with closing(Journal.open(path, tour.identity, tour.signer, tour.clock)) as journal:
        found = journal.balances()
        assert set(found) == set(Account)
        return found, list(journal.records()), journal.uploaded
