"""The journal breaks while somebody's money is inside: a page that says so, a claim to take along, a way on."""

import pytest

from hardware import contracts as hw
from kiosk import contract as c
from kiosk.facts import ChargeConfirmed, ClaimIssued, NoteCredited, PaymentCompleted, VisitClosed
from kiosk.facts.office import ClaimClosed
from kiosk.flow import commands as cmd
from kiosk.flow.delays import Delay
from kiosk.journal.store import NotWritten
from kiosk.parcels import ChargeIs
from tests.kiosk.world import Kiosk, bill, held, taken, yuan


@pytest.fixture
def kiosk(tmp_path):
    return Kiosk(tmp_path)


def full(_facts):
    raise NotWritten("model: no space left")


def breaks(kiosk, monkeypatch):
    monkeypatch.setattr(kiosk.journal, "append", full)


def test_the_page_says_how_much_is_inside_and_gives_a_number_to_take_along(kiosk, monkeypatch):
    kiosk.to_cash(bill("50.00"))
    kiosk.insert(20)
    payment = kiosk.engine.state.payment.id
    breaks(kiosk, monkeypatch)
    kiosk.hold(10)  # goes back
    assert isinstance(kiosk.commands[-1], cmd.GiveBackNote)
    page = kiosk.page
    assert isinstance(page, c.OutOfService) and page.reason.key == "out.journal_with_money"
    assert page.amount == yuan(20) and page.number == payment[-8:].upper() and payment in page.qr
    assert kiosk.engine.view.back is None and kiosk.wanted.accept_up_to is None


def test_the_customer_goes_and_the_next_one_sees_nothing_of_it(kiosk, monkeypatch):
    kiosk.to_cash(bill("50.00"))
    kiosk.insert(20)
    breaks(kiosk, monkeypatch)
    kiosk.hear(taken(5))
    kiosk.want(c.Done())
    page = kiosk.page
    assert isinstance(page, c.OutOfService) and (page.amount, page.qr, page.number) == (None, "", "")
    assert kiosk.engine.state.visit.customer is None


def test_who_walks_away_leaves_no_amount_on_the_glass(kiosk, monkeypatch):
    kiosk.to_cash(bill("50.00"))
    kiosk.insert(20)
    breaks(kiosk, monkeypatch)
    kiosk.hear(hw.Returned(device="acceptor"), held(10))
    kiosk.time_is_up(Delay.STRANDED)
    assert kiosk.page.amount is None and Delay.STRANDED not in {t.delay for t in kiosk.wanted.timers}


def test_once_repaired_the_payment_closes_by_its_rule_with_a_paper(kiosk, monkeypatch):
    kiosk.to_cash(bill("50.00"))
    kiosk.insert(20)
    breaks(kiosk, monkeypatch)
    kiosk.hold(10)
    kiosk.want(c.Done())
    monkeypatch.undo()
    kiosk.restart()
    kiosk.open_for_business(counter=1)
    kiosk.time_is_up(Delay.ABANDONED)
    [completed] = kiosk.facts(PaymentCompleted)
    assert completed.paid == yuan(20) and len(kiosk.facts(NoteCredited)) == 1


def test_a_payment_by_code_that_can_not_be_written_is_named_too(kiosk, monkeypatch):
    kiosk.to_code(bill("12.30"))
    charge = kiosk.show_code()
    breaks(kiosk, monkeypatch)
    kiosk.charge_is(charge, ChargeIs.CONFIRMED, amount="12.30")
    page = kiosk.page
    assert page.reason.key == "out.journal_with_charge" and page.amount == yuan("12.30")
    monkeypatch.undo()
    kiosk.restart()
    kiosk.open_for_business()
    kiosk.charge_is(charge, ChargeIs.CONFIRMED, amount="12.30")
    assert kiosk.facts(ChargeConfirmed) and isinstance(kiosk.page, c.ReceiptPage)


# What the bank says at last about a charge that has a slip → the slip is closed, whoever still stands there.
@pytest.mark.parametrize("stays", [True, False], ids=["waits", "left"])
@pytest.mark.parametrize("said", [ChargeIs.CONFIRMED, ChargeIs.DECLINED, ChargeIs.NEVER])
def test_the_slip_of_an_unknown_charge_is_closed_by_its_answer(kiosk, said, stays):
    kiosk.to_code(bill("12.30"))
    charge = kiosk.show_code()
    kiosk.charge_is(charge, ChargeIs.UNKNOWN, amount="12.30")
    kiosk.time_is_up(Delay.CHARGE_LONG)
    [claim] = kiosk.facts(ClaimIssued)
    if not stays:
        kiosk.want(c.Done())
        assert kiosk.facts(VisitClosed)
    kiosk.restart()
    kiosk.open_for_business()
    assert not kiosk.facts(ClaimClosed)
    kiosk.charge_is(charge, said, amount="12.30")
    assert [fact.claim for fact in kiosk.facts(ClaimClosed)] == [claim.claim]
    kiosk.restart()
    assert len(kiosk.facts(ClaimClosed)) == 1 and not kiosk.engine.state.unknown_claims


# Only what the device told is acknowledged: what its counter showed, or nobody knows, waits for no confirmation.
@pytest.mark.parametrize("counter, confirms", [(8, 0), (7, 0), (None, 0), (3, 0)])
def test_a_note_that_the_counter_decides_is_not_acknowledged(kiosk, counter, confirms):
    kiosk.to_cash()
    kiosk.hold(20, counter=7)
    kiosk.restart()
    kiosk.hear(hw.Found(device="acceptor", identity="sim"), hw.AtRest(device="acceptor", counter=counter))
    assert kiosk.count(cmd.ConfirmTaken) == confirms


def test_a_doubtful_note_that_the_device_told_is_acknowledged(kiosk):
    kiosk.hear(hw.Taken(device="acceptor", code=4, value=yuan(50)))
    assert kiosk.count(cmd.ConfirmTaken) == 1
