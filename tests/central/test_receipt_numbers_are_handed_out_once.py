"""Receipt numbers: no two kiosks get the same, a question asked twice has one answer, and no number is unexplained."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from central import numbers
from kiosk import codec
from kiosk.parcels import AskNumbers, NumbersAre
from tests.central.support import PaperKiosk, Server


def test_a_block_asked_for_twice_is_the_same_and_nobody_elses(new_kiosk: Callable[[], PaperKiosk]) -> None:
    kiosk, other = new_kiosk(), new_kiosk()
    first = kiosk.ask("numbers", AskNumbers(1), NumbersAre)
    assert kiosk.ask("numbers", AskNumbers(1, "again"), NumbersAre) == first
    theirs = other.ask("numbers", AskNumbers(1), NumbersAre)
    second = kiosk.ask("numbers", AskNumbers(2), NumbersAre)
    ranges = sorted((block.first, block.last) for block in (first, theirs, second))
    assert all(before[1] < after[0] for before, after in pairwise(ranges))


def received(kiosk: PaperKiosk, block: NumbersAre) -> None:
    fact = {"block": block.block, "series": block.series, "first": block.first, "last": block.last}
    kiosk.upload(kiosk.journal.write("numbers_received", **fact))


def receipt(kiosk: PaperKiosk, series: str, number: int) -> None:
    kiosk.upload(
        kiosk.journal.write(
            "receipt_issued", receipt=f"{series}{number:08d}", payment=f"p{number}", paid=100, to_fee=100
        )
    )


def test_each_number_is_used_left_or_a_gap_that_is_shown(server: Server, kiosk: PaperKiosk) -> None:
    block = kiosk.ask("numbers", AskNumbers(1), NumbersAre)
    received(kiosk, block)
    for number in (block.first, block.first + 1, block.first + 3):
        receipt(kiosk, block.series, number)
    [found] = standing(server, kiosk)
    assert (found.used, found.gaps, found.left) == (3, 1, numbers.BLOCK - 4)
    assert found.used + found.gaps + found.left == numbers.BLOCK

    kiosk.upload(kiosk.journal.write("day_closed", report="D1", day=1, by="1001", late=False, figures={}))
    [row] = server.rows("SELECT figures FROM day WHERE kiosk = ?", kiosk.id)
    stock = {"received": numbers.BLOCK, "used": 3, "void": 0, "gaps": 1, "left": numbers.BLOCK - 4}
    assert codec.decode(row["figures"], dict)["stock"] == stock
    assert "numbers_gap" in server.problems(kiosk.id), "somebody has to explain it"


def test_a_server_that_lost_its_records_learns_which_numbers_are_out(
    new_kiosk: Callable[[], PaperKiosk],
) -> None:
    kiosk, other = new_kiosk(), new_kiosk()
    out = 70_000_001  # more than the tests beside this one use up
    received(kiosk, NumbersAre(1, numbers.SERIES, out, out + 999))
    assert other.ask("numbers", AskNumbers(1), NumbersAre).first == out + 1000
    assert kiosk.ask("numbers", AskNumbers(1), NumbersAre).first == out


def test_a_block_that_was_handed_out_as_another_one_is_on_the_list(server: Server, kiosk: PaperKiosk) -> None:
    kiosk.ask("numbers", AskNumbers(1), NumbersAre)
    received(kiosk, NumbersAre(1, numbers.SERIES, 80_000_001, 80_001_000))
    assert "numbers_differ" in server.problems(kiosk.id)


def standing(server: Server, kiosk: PaperKiosk) -> tuple[numbers.Standing, ...]:
    from central.ledger import DATABASE_FILE, connect

    db = connect(server.state / DATABASE_FILE, writes=False)
    try:
        return numbers.standing(db, kiosk.id)
    finally:
        db.close()
