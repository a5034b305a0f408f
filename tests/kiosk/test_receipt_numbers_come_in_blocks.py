"""Receipt numbers come from the server in blocks: each is used once and in order, and without one nobody pays."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from kiosk import contract as c
from kiosk import site as site_module
from kiosk.facts import PaymentCompleted, ReceiptIssued
from kiosk.facts.office import DayClosed
from kiosk.facts.stock import NumbersReceived, NumbersRefused
from kiosk.flow import stimuli as st
from kiosk.flow import stock
from kiosk.office_papers import office_document
from tests.kiosk.office import Office
from tests.kiosk.world import Kiosk, bill

ASK_BELOW = 40
FROM_SERVER = site_module.Receipts("server", ASK_BELOW)


@pytest.fixture
def kiosk(tmp_path):
    kiosk = Kiosk(tmp_path, ready=False)
    kiosk.site = replace(kiosk.site, house=replace(kiosk.site.house, receipts=FROM_SERVER))
    kiosk.restart()
    kiosk.open_for_business()
    return kiosk


def came(block, first, last, series="A"):
    return st.NumbersCame(block, series, first, last)


def pay(kiosk, number):
    kiosk.to_cash(bill("20.00", number=f"W{number}"))
    kiosk.insert(20)
    kiosk.print_out()
    kiosk.want(c.Done(), c.Done())


def test_without_numbers_every_way_of_paying_is_closed_with_the_reason_and_opens_when_they_come(kiosk):
    assert kiosk.wanted.numbers == 1
    assert {tile.off.key for tile in kiosk.page.fees} == {"home.no_receipt_numbers"}
    kiosk.hear(came(1, 101, 200))
    assert not any(tile.off for tile in kiosk.page.fees) and kiosk.wanted.numbers is None


def test_each_receipt_has_the_next_number_of_the_block_also_after_a_restart(kiosk):
    kiosk.hear(came(1, 101, 200))
    pay(kiosk, 1)
    kiosk.restart()
    kiosk.open_for_business()
    pay(kiosk, 2)
    assert [fact.receipt for fact in kiosk.facts(ReceiptIssued)] == ["A00000101", "A00000102"]
    assert stock.count(kiosk.engine.state) == stock.Stock(received=100, used=2, void=0, left=98)


def test_each_close_says_what_came_what_was_used_and_what_is_left(tmp_path):
    office = Office(tmp_path)
    office.site = replace(office.site, house=replace(office.site.house, receipts=FROM_SERVER))
    office.restart()
    office.open_for_business()
    office.hear(came(1, 1, ASK_BELOW), came(1, 1, ASK_BELOW))
    for bills, expected in ((("A", "B"), stock.Stock(40, 2, 0, 38)), (("C",), stock.Stock(100, 1, 0, 137))):
        for number in bills:
            pay(office, number)
        office.sign_in()
        office.close_day()
        office.print_out()
        office.sign_out()
        [*_, closed] = office.facts(DayClosed)
        assert closed.figures.stock == expected
        office.hear(came(2, 501, 600))
    assert closed.fee_names == {"water": "水费"}
    ahead = closed.standing.blocks
    assert [(block.next, block.last) for block in ahead] == [(4, ASK_BELOW), (501, 600)]
    text = str(office_document(office.site, closed, 1))
    assert "A00000004 - A00000040" in text and "137" in text


def test_the_next_block_is_asked_for_in_time_and_begun_where_the_first_one_ends(kiosk):
    kiosk.hear(came(1, 1, ASK_BELOW))
    assert kiosk.wanted.numbers is None
    pay(kiosk, 1)
    assert kiosk.wanted.numbers == 2
    kiosk.hear(came(2, 901, 1000))
    for number in range(2, ASK_BELOW + 2):
        pay(kiosk, number)
        kiosk.hear(*empty_box())
    numbers = [fact.receipt for fact in kiosk.facts(ReceiptIssued)]
    assert numbers[-2:] == [f"A{ASK_BELOW:08d}", "A00000901"] and len(set(numbers)) == len(numbers)


def empty_box():
    from hardware import contracts as hw

    return hw.BoxOut(device="acceptor"), hw.BoxIn(device="acceptor")


def test_a_payment_under_way_gets_its_number_although_the_stock_is_low(kiosk):
    kiosk.hear(came(1, 1, stock.ONE_VISIT))
    kiosk.to_cash(bill("40.00"))
    assert stock.empty(kiosk.engine.state), "nobody else begins"
    kiosk.insert(20, 20)
    [completed] = kiosk.facts(PaymentCompleted)
    assert [fact.receipt for fact in kiosk.facts(ReceiptIssued)] == ["A00000001"] and completed.paid


def test_the_same_answer_twice_is_one_block(kiosk):
    kiosk.hear(came(1, 1, 30), came(1, 1, 30), came(3, 61, 90))
    assert len(kiosk.facts(NumbersReceived)) == 1 and kiosk.wanted.numbers == 2


@pytest.mark.parametrize(
    ("second", "because"),
    [
        (came(2, 30, 60), "overlap"),
        (came(2, 1, 30), "overlap"),
        (came(2, 10, 20), "overlap"),
        (came(2, 60, 31), "no_range"),
        (came(2, 0, 30), "no_range"),
        (came(2, 31, 10**8), "no_range"),
        (came(2, 31, 60, series=""), "no_range"),
    ],
)
def test_a_block_that_can_not_be_is_refused_on_record_and_not_asked_for_again(kiosk, second, because):
    kiosk.hear(came(1, 1, 30), second)
    [refused] = kiosk.facts(NumbersRefused)
    assert refused.because == because and len(kiosk.facts(NumbersReceived)) == 1
    assert kiosk.wanted.numbers is None
    kiosk.restart()
    kiosk.open_for_business()
    assert kiosk.wanted.numbers is None, "a restart does not ask for what was refused"


def test_the_same_numbers_of_another_series_are_other_numbers(kiosk):
    kiosk.hear(came(1, 1, 30), came(2, 1, 30, series="B"))
    assert len(kiosk.facts(NumbersReceived)) == 2
