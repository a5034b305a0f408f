"""Staff end a payment at the machine: with number, PIN and a cause. What was put in is owed back, and no more."""

from __future__ import annotations

import pytest

from hardware import contracts as hw
from kiosk import contract as c
from kiosk.books import added_up
from kiosk.facts import Account, ClaimIssued, PaymentAbandoned, PaymentCompleted, ReceiptIssued
from kiosk.facts.approval import PaymentCancelled
from kiosk.facts.office import ItemSettled, Purpose, SignInFailed
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from kiosk.flow.delays import Delay
from kiosk.parcels import Bundle, ChargeIs, Person, Role
from tests.kiosk.office import ATTENDANT, SUPERVISOR, Office
from tests.kiosk.world import NOW_MS, WECHAT, bill, taken, yuan

RECORDER = Person("4001", "罗永强", (Role.RECORDER,), "verifier")


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path)
    office.hear(st.BundleCame(Bundle(1, NOW_MS, "lobby", (), (), (ATTENDANT, SUPERVISOR, RECORDER))))
    return office


def comes(office, person=ATTENDANT, good=True):
    office.want(c.OpenStaff())
    office.enter(person.number)
    office.try_pin(good=good)


def test_without_money_inside_the_payment_is_over_and_another_way_can_be_chosen(office):
    office.to_cash(bill("37.50"))
    comes(office)
    assert office.page.note.key == "cancel.nothing_inside"
    office.want(c.CancelPayment("wrong_bill"))
    [cancelled], [abandoned] = office.facts(PaymentCancelled), office.facts(PaymentAbandoned)
    assert (cancelled.by, cancelled.because) == (ATTENDANT.number, "wrong_bill")
    assert abandoned.because == "cancelled_by_staff" and isinstance(office.page, c.PayBy)
    assert not office.facts(ClaimIssued, ReceiptIssued)


@pytest.mark.parametrize("fee", ["water", "property"])
def test_all_notes_inside_are_owed_back_with_a_slip_and_no_receipt_is_issued(office, fee):
    """Also where a customer who stops would pay a part of the bill."""
    office.to_cash(bill("80.00", fee), fee=fee)
    office.insert(20, 5)
    comes(office)
    office.want(c.CancelPayment("customer_asks"))
    [done], [slip] = office.facts(PaymentCompleted), office.facts(ClaimIssued)
    assert (done.to_fee, done.to_prepaid, done.to_change) == (yuan(0), yuan(0), yuan(25)) and not done.parts
    assert (slip.because, slip.amount) == ("payment_cancelled", yuan(25)) and not office.facts(ReceiptIssued)
    assert isinstance(office.page, c.ClaimPage) and office.balance(Account.CHANGE_OWED) == -yuan(25)
    office.leave()
    office.to_check(bill("80.00", fee), fee=fee)
    assert office.page.amount == yuan(80), "the bill is as open as before"
    office.want(c.Back(), c.Back())
    office.sign_in(SUPERVISOR)
    office.settle(slip.payment, c.How.PAID)
    assert office.facts(ItemSettled) and not office.balance(Account.CHANGE_OWED)


def test_while_staff_are_at_it_no_note_and_no_code_is_taken(office):
    office.to_cash(bill("80.00"))
    office.want(c.OpenStaff())
    assert office.wanted.accept_up_to is None
    office.hold(20)
    assert isinstance(office.commands[-1], cmd.GiveBackNote)
    office.hear(hw.Returned(device="acceptor"))
    office.want(c.Back())
    assert isinstance(office.page, c.CashRunning) and office.wanted.accept_up_to is not None
    office.want(c.Back(), c.ChooseTender(c.Tender.CODE), c.OpenStaff())
    office.hear(hw.CodeRead(device="camera", text=WECHAT))
    office.enter(ATTENDANT.number)
    office.hear(hw.CodeRead(device="camera", text=WECHAT))
    assert not office.count(cmd.SendCharge)


def test_a_note_that_is_moving_is_owed_back_too(office):
    office.to_cash(bill("80.00"))
    office.hold(20)
    comes(office)
    office.want(c.CancelPayment("machine"))
    assert not office.facts(PaymentCompleted), "nothing is decided while a note moves"
    office.hear(taken(20))
    assert [done.to_change for done in office.facts(PaymentCompleted)] == [yuan(20)]


def test_what_may_have_been_charged_is_not_cancelled(office):
    office.to_code(bill("37.50"))
    charge = office.show_code()
    office.want(c.OpenStaff())
    assert isinstance(office.page, c.Working)
    office.charge_is(charge, ChargeIs.CONFIRMED)
    assert office.facts(ReceiptIssued) and not office.facts(PaymentCancelled)


@pytest.mark.parametrize(
    ("person", "good", "says"), [(ATTENDANT, False, "desk.wrong"), (RECORDER, True, "desk.not_allowed")]
)
def test_only_who_may_and_proves_it_cancels(office, person, good, says):
    office.to_cash(bill("80.00"))
    comes(office, person, good)
    assert office.page.problem.key == says
    office.want(c.CancelPayment("machine"))
    assert not office.facts(PaymentCancelled) and bool(office.facts(SignInFailed)) is not good


def test_a_cause_that_is_none_cancels_nothing(office):
    office.to_cash(bill("80.00"))
    comes(office)
    office.want(c.CancelPayment("because I can"))
    assert not office.facts(PaymentCancelled)


def test_a_restart_after_it_gives_the_money_back_all_the_same(office):
    office.to_cash(bill("80.00"))
    office.insert(20)
    office.hold(20)
    comes(office)
    office.want(c.CancelPayment("machine"))
    office.restart()
    office.open_for_business(counter=1)
    assert [(d.to_fee, d.to_change) for d in office.facts(PaymentCompleted)] == [(yuan(0), yuan(20))]


def test_whoever_leaves_the_screen_leaves_the_payment_as_it_was(office):
    office.to_cash(bill("80.00"))
    office.insert(20)
    comes(office)
    office.time_is_up(Delay.IDLE)
    assert office.engine.view.idle is not None
    office.want(c.StillHere(), c.CancelPayment("machine"))
    assert isinstance(office.page, c.CashRunning) and office.page.inserted == yuan(20)
    assert not office.facts(PaymentCancelled), "whoever answers may be somebody else"


def test_who_is_taken_off_the_list_meanwhile_cancels_nothing(office):
    office.to_cash(bill("80.00"))
    office.insert(20)
    comes(office)
    office.hear(st.BundleCame(Bundle(2, NOW_MS, "lobby", (), (), (SUPERVISOR, RECORDER))))
    office.want(c.CancelPayment("machine"))
    assert not office.facts(PaymentCancelled) and isinstance(office.page, c.CashRunning)


def test_it_is_counted_for_whom_did_it(office):
    office.to_cash(bill("80.00"))
    comes(office)
    office.want(c.CancelPayment("customer_left"))
    assert added_up(office.journal, Purpose.LOOK).figures.deeds["cancel"] == {ATTENDANT.number: 1}
