"""A whole visit, from the first touch to its end in each of the ways it can end: afterwards neither glass nor memory
holds anything of the person, and no log ever did. What the books must keep is in the journal, masked."""

import logging

import pytest

from kiosk import contract as c
from kiosk.contacts import Contacts
from kiosk.facts import PaymentOpened
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from kiosk.flow.delays import Delay
from kiosk.identity import sealed_for
from kiosk.journal.store import NotWritten
from kiosk.parcels import ChargeIs
from tests.kiosk.world import WECHAT, Kiosk, bill

ACCOUNT = "1111111111"  # as the world's customer types it
PHONE = "13800138000"
SHOWN = ("张*国", "110***********0013", "138****1234")  # as the server sends it
PERSONAL = (ACCOUNT, PHONE, WECHAT, *SHOWN)


@pytest.fixture
def kiosk(tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    return Kiosk(tmp_path)


def left_in(text):
    return [fragment for fragment in PERSONAL if fragment in text]


def paid_in_cash_and_complained(kiosk):
    kiosk.to_cash(bill("36.00"))
    kiosk.insert(20, 10, 5, 1)
    kiosk.print_out()
    kiosk.want(c.Done(), c.Rate(c.Rating.BAD), c.OpenHelp("say"))
    kiosk.want(kiosk.page.choices[0].button.intent)
    kiosk.type(PHONE)
    assert PHONE in str(kiosk.engine.state)
    kiosk.want(c.SayIt(True))
    order = kiosk.last(cmd.SealContact)
    sealed = sealed_for(kiosk.signer.public_key, order.contact)
    kiosk.hear(st.ContactSealed(order.attempt, Contacts(kiosk.folder).put(sealed)))
    kiosk.print_out()
    kiosk.want(c.LeaveHelp(), c.Done())


def paid_by_code(kiosk):
    kiosk.to_code(bill("37.50"))
    kiosk.charge_is(kiosk.show_code(), ChargeIs.CONFIRMED)
    kiosk.print_out()
    kiosk.want(c.Done(), c.Done())


def walked_away_at_the_check(kiosk):
    kiosk.to_check()
    assert left_in(str(kiosk.engine.view)) and left_in(str(kiosk.engine.state))
    kiosk.time_is_up(Delay.IDLE)
    kiosk.time_is_up(Delay.IDLE_ANSWER)


def said_that_something_is_wrong(kiosk):
    kiosk.to_check()
    kiosk.want(c.SomethingWrong(), c.Back())


def gave_up_with_money_inside(kiosk):
    kiosk.to_cash(bill("36.00"))
    kiosk.insert(20)
    kiosk.want(c.StopPaying(), c.StopForSure())
    kiosk.print_out()
    kiosk.want(c.Done(), c.Done())


VISITS = [
    paid_in_cash_and_complained,
    paid_by_code,
    walked_away_at_the_check,
    said_that_something_is_wrong,
    gave_up_with_money_inside,
]


@pytest.mark.parametrize("visit", VISITS, ids=lambda visit: visit.__name__)
def test_after_the_visit_glass_and_memory_hold_nothing_of_the_person(kiosk, visit):
    visit(kiosk)
    assert isinstance(kiosk.page, c.Home) and kiosk.engine.state.visit is None
    assert left_in(str(kiosk.engine.view)) == []
    assert left_in(str(kiosk.engine.state)) == []


@pytest.mark.parametrize("leaves", [walked_away_at_the_check, said_that_something_is_wrong])
def test_also_where_it_can_not_be_written_that_the_visit_is_over(kiosk, leaves, monkeypatch):
    def full(facts):
        raise NotWritten("the disk is full")

    monkeypatch.setattr(kiosk.journal, "append", full)
    leaves(kiosk)
    if kiosk.engine.state.visit is not None:  # a step back is not yet the end
        kiosk.want(c.Back())
    assert kiosk.engine.state.house.broken and kiosk.engine.state.visit is None
    assert left_in(str(kiosk.engine.view)) == [] and left_in(str(kiosk.engine.state)) == []


@pytest.mark.parametrize("visit", VISITS, ids=lambda visit: visit.__name__)
def test_no_log_of_the_visit_says_who_it_was(kiosk, visit, caplog):
    visit(kiosk)
    kiosk.hear(st.WriteFailed("the disk is full"))
    kiosk.restart()
    assert left_in(caplog.text) == []


@pytest.mark.parametrize("visit", VISITS, ids=lambda visit: visit.__name__)
def test_the_records_hold_what_the_books_need_and_only_masked(kiosk, visit):
    visit(kiosk)
    written = "".join(record.body for record in kiosk.journal.records())
    assert not [whole for whole in (ACCOUNT, PHONE, WECHAT) if whole in written]
    for opened in kiosk.facts(PaymentOpened):
        assert "*" in opened.account and "*" in opened.customer and "*" in opened.identity
