"""A visit with cash: exact, overpaid, stopped; and every note that goes another way."""

import pytest

from hardware import contracts as hw
from kiosk import contract as c
from kiosk.facts import (
    Account,
    ClaimIssued,
    NoteCredited,
    NoteDoubtful,
    NoteHeld,
    NoteReturned,
    NoteStacking,
    PaymentAbandoned,
    PaymentCompleted,
    PrintDone,
    ReceiptIssued,
)
from kiosk.flow import commands as cmd
from kiosk.flow.delays import Delay
from tests.kiosk.world import Kiosk, bill, held, taken, yuan


@pytest.fixture
def kiosk(tmp_path):
    return Kiosk(tmp_path)


def test_exact_cash_gives_a_receipt_and_thanks(kiosk):
    kiosk.to_cash(bill("36.00"))
    kiosk.insert(20, 10, 5, 1)
    assert kiosk.page.stage is c.PaperStage.PRINTING
    kiosk.print_out()
    assert kiosk.page.stage is c.PaperStage.PRINTED
    assert all(tick.good for tick in kiosk.page.ticks) and len(kiosk.page.ticks) == 5
    kiosk.want(c.Done())
    assert isinstance(kiosk.page, c.ThankYou) and kiosk.page.amount == yuan(36)
    kiosk.time_is_up(Delay.THANKS)
    assert isinstance(kiosk.page, c.Home)
    assert kiosk.balance(Account.CASH_BOX) == yuan(36) == -kiosk.balance(Account.FEE)


def test_half_a_yuan_too_much_goes_to_the_prepaid_balance(kiosk):
    kiosk.to_cash(bill("37.50"))
    kiosk.insert(20, 10, 5, 1, 1, 1)
    assert (kiosk.page.prepaid, kiosk.page.change_owed) == (yuan("0.50"), None)
    [receipt] = kiosk.facts(ReceiptIssued)
    assert (receipt.paid, receipt.to_fee, receipt.to_prepaid) == (yuan(38), yuan("37.50"), yuan("0.50"))
    assert not kiosk.facts(ClaimIssued)


def test_where_change_is_owed_a_claim_slip_is_printed_beside_the_receipt(kiosk):
    kiosk.to_cash(bill("1280.00", "property"), fee="property")
    kiosk.insert(*[100] * 13)
    [claim] = kiosk.facts(ClaimIssued)
    assert claim.amount == yuan(20) and kiosk.page.claim == claim.claim
    kiosk.print_out()
    assert {d.number for d in kiosk.facts(PrintDone)} == {claim.claim, "K0001-00000001"}
    assert kiosk.balance(Account.CHANGE_OWED) == -yuan(20)


def test_a_fee_that_takes_only_the_exact_amount_gives_the_larger_note_back(kiosk):
    kiosk.to_cash(bill("200.00", "admin"), fee="admin")
    kiosk.insert(100, 50)
    kiosk.hold(100)
    assert isinstance(kiosk.commands[-1], cmd.GiveBackNote)
    assert kiosk.page.problem.key == "cash.too_large"
    kiosk.hear(hw.Returned(device="acceptor"))
    kiosk.insert(50)
    assert isinstance(kiosk.page, c.ReceiptPage) and kiosk.page.change_owed is None


def test_cash_is_not_offered_where_notes_can_never_make_the_exact_amount(kiosk):
    kiosk.to_check(bill("200.50", "admin"), fee="admin")
    kiosk.want(c.AllRight())
    cash = next(way for way in kiosk.page.ways if way.tender is c.Tender.CASH)
    assert cash.off.key == "pay_by.cash_exact_only"
    kiosk.want(c.ChooseTender(c.Tender.CASH))
    assert isinstance(kiosk.page, c.PayBy) and kiosk.page.problem.key == "pay_by.cash_exact_only"


def test_the_intent_is_on_disk_before_the_device_is_told_to_take_the_note(kiosk):
    kiosk.to_cash()
    seen = []
    kiosk.do = lambda command: seen.append((command, [type(f) for f in kiosk.facts()][-2:]))
    kiosk.hold(20)
    [(command, on_disk)] = seen
    assert isinstance(command, cmd.TakeNote) and on_disk == [NoteHeld, NoteStacking]


def test_the_credit_is_on_disk_before_the_device_is_acknowledged(kiosk):
    kiosk.to_cash()
    kiosk.hold(20)
    seen = []
    kiosk.do = lambda command: seen.append((command, type(kiosk.facts()[-1])))
    kiosk.hear(taken(20))
    assert [(type(command), fact) for command, fact in seen] == [(cmd.ConfirmTaken, NoteCredited)]


def test_the_same_taken_told_twice_credits_once(kiosk):
    kiosk.to_cash()
    kiosk.hold(20)
    kiosk.hear(taken(20), taken(20))
    assert kiosk.page.inserted == yuan(20)
    assert len(kiosk.facts(NoteCredited)) == 1
    # The second one has no intent: it is money of which nobody knows whose it is.
    assert kiosk.balance(Account.DOUBTFUL) == -yuan(20)


def test_another_type_at_stacking_than_in_escrow_is_doubtful_not_credited(kiosk):
    kiosk.to_cash()
    kiosk.hold(20)
    kiosk.hear(taken(50))
    [doubtful] = kiosk.facts(NoteDoubtful)
    assert (doubtful.value, doubtful.because, doubtful.in_box) == (yuan(50), "another_note", True)
    [claim] = kiosk.facts(ClaimIssued)
    assert claim.amount == yuan(50) and kiosk.page.inserted == yuan(0)
    assert kiosk.page.problem.values["claim"] == claim.claim


def test_a_note_of_a_type_that_is_not_in_our_table_is_kept_apart_without_a_value(kiosk):
    kiosk.to_cash()
    kiosk.hear(hw.Taken(device="acceptor", code=17, value=None))
    [doubtful] = kiosk.facts(NoteDoubtful)
    assert doubtful.value is None and kiosk.page.inserted == yuan(0)
    assert kiosk.facts(ClaimIssued)[0].amount is None


def test_a_note_that_nobody_asked_for_goes_back(kiosk):
    kiosk.hear(held(100))
    assert isinstance(kiosk.commands[-1], cmd.GiveBackNote)
    kiosk.hear(hw.Returned(device="acceptor"))
    assert kiosk.engine.state.note is None and len(kiosk.facts(NoteReturned)) == 1


def test_stopping_without_money_goes_back_and_leaves_nothing(kiosk):
    kiosk.to_cash()
    kiosk.want(c.Back())
    assert isinstance(kiosk.page, c.PayBy)
    assert len(kiosk.facts(PaymentAbandoned)) == 1 and kiosk.wanted.accept_up_to is None


def test_stopping_with_money_asks_first_and_then_pays_a_part_where_the_fee_allows_it(kiosk):
    kiosk.to_cash(bill("37.50"))
    kiosk.insert(20)
    kiosk.want(c.StopPaying())
    assert kiosk.page.asking_to_stop.key == "cash.stop_partial"
    kiosk.want(c.GoOnPaying())
    assert kiosk.page.asking_to_stop is None
    kiosk.want(c.StopPaying(), c.StopForSure())
    [completed] = kiosk.facts(PaymentCompleted)
    assert (completed.to_fee, completed.to_change) == (yuan(20), yuan(0))
    assert isinstance(kiosk.page, c.ReceiptPage)


def test_stopping_where_no_part_may_be_paid_gives_a_claim_slip_for_all_of_it(kiosk):
    kiosk.to_cash(bill("1280.00", "property"), fee="property")
    kiosk.insert(100)
    kiosk.want(c.StopPaying(), c.StopForSure())
    assert isinstance(kiosk.page, c.ClaimPage) and kiosk.page.amount == yuan(100)
    assert not kiosk.facts(ReceiptIssued) and kiosk.balance(Account.CHANGE_OWED) == -yuan(100)


def test_stopping_while_a_note_is_on_its_way_waits_for_the_note(kiosk):
    kiosk.to_cash(bill("37.50"))
    kiosk.insert(20)
    kiosk.hold(10)
    kiosk.want(c.StopPaying(), c.StopForSure())
    assert not kiosk.facts(PaymentCompleted)
    kiosk.hear(taken(10))
    [completed] = kiosk.facts(PaymentCompleted)
    assert completed.paid == yuan(30)


def test_nobody_is_sent_home_while_notes_are_inside_but_after_ten_minutes_the_rule_decides(kiosk):
    kiosk.to_cash(bill("37.50"))
    kiosk.insert(20)
    kiosk.time_is_up(Delay.IDLE)
    assert kiosk.engine.view.idle.leave is None
    assert Delay.IDLE_ANSWER not in {t.delay for t in kiosk.wanted.timers}
    kiosk.time_is_up(Delay.ABANDONED)
    assert kiosk.facts(PaymentCompleted)[0].to_fee == yuan(20)


def test_a_jam_closes_cash_with_a_reason_and_clearing_it_opens_it_again(kiosk):
    kiosk.to_cash()
    assert kiosk.wanted.accept_up_to == yuan(100)
    kiosk.hear(hw.Jammed(device="acceptor", where=hw.JamIn.VALIDATOR))
    assert kiosk.wanted.accept_up_to is None and kiosk.page.problem.key == "pay_by.acceptor_jammed"
    kiosk.hear(hw.Cleared(device="acceptor"))
    assert kiosk.wanted.accept_up_to == yuan(100) and kiosk.page.problem is None


def test_the_box_taken_out_ends_its_epoch_with_its_counts(kiosk):
    kiosk.to_cash(bill("30.00"))
    kiosk.insert(20, 10)
    kiosk.hear(hw.BoxOut(device="acceptor"), hw.BoxOut(device="acceptor"))
    assert [f.notes for f in kiosk.facts() if type(f).__name__ == "BoxRemoved"] == [{"2000": 1, "1000": 1}]
    assert kiosk.engine.state.box == 2 and kiosk.engine.state.notes_in_box == 0


def test_a_full_disk_gives_the_note_back_and_closes_the_kiosk_for_money(kiosk, monkeypatch):
    kiosk.to_cash()
    monkeypatch.setattr(kiosk.journal, "append", _full)
    kiosk.hold(20)
    assert [type(command) for command in kiosk.commands[-1:]] == [cmd.GiveBackNote]
    assert isinstance(kiosk.page, c.OutOfService) or kiosk.wanted.accept_up_to is None
    assert not kiosk.facts(NoteHeld)


def _full(facts):
    from kiosk.journal.store import NotWritten

    raise NotWritten("disk full")
