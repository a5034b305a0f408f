"""A visit with a payment code: confirmed, declined, unknown; and never two charges for one payment."""

import pytest

from hardware import contracts as hw
from kiosk import contract as c
from kiosk.facts import (
    Account,
    ChargeClosed,
    ChargeConfirmed,
    ChargeDoubtful,
    ChargeRequested,
    ClaimIssued,
    PaymentAbandoned,
    PaymentCompleted,
    ReceiptIssued,
)
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from kiosk.flow.delays import Delay
from kiosk.parcels import ChargeIs
from tests.kiosk.world import WECHAT, Kiosk, yuan


@pytest.fixture
def kiosk(tmp_path):
    kiosk = Kiosk(tmp_path)
    kiosk.to_code()
    return kiosk


def test_a_confirmed_code_gives_a_receipt(kiosk):
    assert kiosk.wanted.looking
    charge = kiosk.show_code()
    assert isinstance(kiosk.page, c.Working) and not kiosk.wanted.looking
    kiosk.charge_is(charge, ChargeIs.CONFIRMED)
    assert isinstance(kiosk.page, c.ReceiptPage) and kiosk.page.amount == yuan("37.50")
    assert kiosk.balance(Account.CODE_CLEARING) == yuan("37.50") == -kiosk.balance(Account.FEE)


def test_the_intent_is_written_before_the_code_leaves_and_the_code_never_is(kiosk):
    seen = []
    kiosk.do = lambda command: seen.append((command, [type(f) for f in kiosk.facts()][-1]))
    kiosk.hear(hw.CodeRead(device="camera", text=WECHAT))
    [(command, on_disk)] = seen
    assert command.code == WECHAT and on_disk is ChargeRequested
    assert not any(WECHAT in record.body for record in kiosk.journal.records())
    assert kiosk.engine.state.visit.code == ""


def test_something_else_than_a_payment_code_is_refused_with_a_hint(kiosk):
    for text in ("JF:water:1002003001", "https://evil.example/", "1" * 17, "６２" + "1" * 17, "99" * 9):
        kiosk.hear(hw.CodeRead(device="camera", text=text))
        assert kiosk.engine.state.visit.problem.key == "code.not_a_payment_code"
    kiosk.hear(hw.CodeRefused(device="camera", because=hw.CodeRefusedBecause.TWO_CODES))
    kiosk.want(c.LeaveHelp())  # it is offered after the third
    assert kiosk.page.problem.key == "code.two_codes"
    assert kiosk.count(cmd.SendCharge) == 0


def test_a_declined_code_says_why_and_another_code_is_another_charge(kiosk):
    first = kiosk.show_code()
    kiosk.charge_is(first, ChargeIs.DECLINED, reason="no_funds")
    assert isinstance(kiosk.page, c.ShowCode) and kiosk.page.problem.key == "code.declined_no_funds"
    second = kiosk.show_code("134567890123456780")
    assert second != first
    kiosk.charge_is(second, ChargeIs.CONFIRMED)
    assert isinstance(kiosk.page, c.ReceiptPage)


def test_a_second_code_while_one_is_being_charged_means_nothing(kiosk):
    kiosk.show_code()
    kiosk.hear(hw.CodeRead(device="camera", text="134567890123456780"))
    assert kiosk.count(cmd.SendCharge) == 1


def test_an_answer_that_does_not_come_is_unknown_and_asked_for_by_the_same_id(kiosk):
    charge = kiosk.show_code()
    kiosk.hear(st.ChargeSilent(charge, True, "read timed out"))
    assert isinstance(kiosk.page, c.Unknown) and kiosk.engine.view.back is None
    kiosk.time_is_up(Delay.ASK_CHARGE)
    assert kiosk.last(cmd.QueryCharge).charge == charge and kiosk.count(cmd.SendCharge) == 1
    kiosk.charge_is(charge, ChargeIs.UNKNOWN)
    kiosk.time_is_up(Delay.ASK_CHARGE)
    kiosk.charge_is(charge, ChargeIs.CONFIRMED)
    assert isinstance(kiosk.page, c.ReceiptPage)
    assert len(kiosk.facts(ChargeConfirmed)) == 1


def test_after_a_minute_of_not_knowing_there_is_a_slip_staff_and_a_way_out(kiosk):
    charge = kiosk.show_code()
    kiosk.charge_is(charge, ChargeIs.UNKNOWN)
    assert kiosk.page.leave is None
    kiosk.time_is_up(Delay.CHARGE_LONG)
    [claim] = kiosk.facts(ClaimIssued)
    assert kiosk.page.number == claim.claim and kiosk.engine.view.staff_called
    kiosk.want(c.Done())
    assert isinstance(kiosk.page, c.Home)
    # The customer is gone, the question is not: the answer comes an hour later.
    kiosk.time_is_up(Delay.ASK_CHARGE)
    kiosk.charge_is(charge, ChargeIs.CONFIRMED)
    assert isinstance(kiosk.page, c.Home)
    assert kiosk.facts(PaymentCompleted) and kiosk.facts(ReceiptIssued)
    assert kiosk.balance(Account.CUSTOMER) == yuan(0)
    assert [p.number for p in kiosk.engine.state.papers.values() if p.attempt == 0] == ["K0001-00000001"]


def test_what_was_never_sent_is_said_to_be_not_charged_and_the_id_is_closed_later(kiosk):
    charge = kiosk.show_code()
    kiosk.hear(st.ChargeSilent(charge, False, "connection refused"))
    assert kiosk.page.problem.key == "code.declined_not_sent"
    kiosk.want(c.Back())
    assert kiosk.facts(PaymentAbandoned)
    kiosk.time_is_up(Delay.ASK_CHARGE)
    kiosk.charge_is(charge, ChargeIs.NEVER)
    assert len(kiosk.facts(ChargeClosed)) == 1 and not kiosk.engine.state.charges


def test_money_taken_for_a_charge_that_was_said_not_to_have_happened_is_owed(kiosk):
    charge = kiosk.show_code()
    kiosk.hear(st.ChargeSilent(charge, False, "connection refused"))
    kiosk.want(c.Back())
    kiosk.time_is_up(Delay.ASK_CHARGE)
    kiosk.charge_is(charge, ChargeIs.CONFIRMED)
    assert kiosk.facts(ChargeDoubtful)[0].amount == yuan("37.50")
    assert kiosk.facts(ClaimIssued)[0].because == "charge_doubtful"
    assert kiosk.balance(Account.DOUBTFUL) == -yuan("37.50") and kiosk.engine.view.staff_called


def test_a_charge_of_another_amount_than_asked_is_doubtful(kiosk):
    charge = kiosk.show_code()
    kiosk.charge_is(charge, ChargeIs.CONFIRMED, amount="3750.00")
    assert kiosk.facts(ChargeDoubtful)[0].because == "another_amount"
    assert isinstance(kiosk.page, c.ClaimPage) and not kiosk.facts(ReceiptIssued)


def test_an_answer_to_a_charge_that_is_settled_changes_nothing(kiosk):
    charge = kiosk.show_code()
    kiosk.charge_is(charge, ChargeIs.CONFIRMED)
    records = len(kiosk.facts())
    kiosk.charge_is(charge, ChargeIs.CONFIRMED)
    kiosk.charge_is(charge, ChargeIs.DECLINED)
    kiosk.charge_is("a charge of another kiosk", ChargeIs.CONFIRMED)
    assert len(kiosk.facts()) == records


def test_without_network_codes_are_not_offered_and_say_so(kiosk):
    kiosk.hear(st.LinkChanged(False))
    kiosk.hear(hw.CodeRead(device="camera", text=WECHAT))
    assert kiosk.page.problem.key == "code.not_without_network" and kiosk.count(cmd.SendCharge) == 0
    kiosk.want(c.Back())
    assert next(w for w in kiosk.page.ways if w.tender is c.Tender.CODE).off.key == "pay_by.code_offline"


@pytest.mark.parametrize(
    ("goes", "comes", "said"),
    [
        (
            hw.Lost(device="camera", trouble=hw.Trouble.NO_PORT, detail="pulled out"),
            hw.Found(device="camera", identity="sim"),
            "code.not_read_now",
        ),
        (st.LinkChanged(False), st.LinkChanged(True), "code.not_without_network"),
    ],
    ids=["the only camera", "the network"],
)
def test_what_goes_away_while_the_phone_is_in_the_hand_is_said_at_once(kiosk, goes, comes, said):
    kiosk.to_code()
    assert kiosk.page.problem is None
    kiosk.hear(goes)
    assert kiosk.page.problem.key == said
    kiosk.hear(comes)
    assert isinstance(kiosk.page, c.ShowCode) and kiosk.page.problem is None
