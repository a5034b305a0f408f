"""Nobody is left alone: help after the third wrong entry or a minute without a step forward, and a call that is
answered. It never stands in the way of money, and nothing of the visit is lost by it."""

import pytest

from hardware import contracts as hw
from kiosk import contract as c
from kiosk.facts.visitor import CallAnswered, CallEnded, StaffCalled
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from kiosk.flow.delays import Delay
from tests.kiosk.office import Office
from tests.kiosk.world import bill, taken, yuan

NO_BILL = hw.CodeRead(device="camera", text="https://example.invalid/")


@pytest.fixture
def kiosk(tmp_path):
    return Office(tmp_path)


def delays(kiosk):
    return {timer.delay for timer in kiosk.wanted.timers}


# ---- the kiosk offers


def test_the_third_wrong_entry_brings_help_and_going_on_loses_nothing(kiosk):
    kiosk.want(c.ChooseFee("water"))
    kiosk.type("123")
    kiosk.hear(NO_BILL, NO_BILL)
    assert isinstance(kiosk.page, c.EnterAccount)
    kiosk.hear(NO_BILL)
    assert isinstance(kiosk.page, c.HelpOffer)
    assert kiosk.page.reason.key == "help.because_wrong_entries" and kiosk.page.call is not None
    kiosk.want(c.LeaveHelp())
    assert isinstance(kiosk.page, c.EnterAccount)
    assert kiosk.page.typed == "123" and kiosk.page.problem.key == "account.not_a_bill"
    kiosk.hear(NO_BILL, NO_BILL)
    assert isinstance(kiosk.page, c.EnterAccount), "not after each further one"
    kiosk.hear(NO_BILL)
    assert isinstance(kiosk.page, c.HelpOffer)


def test_the_same_problem_once_more_is_a_new_page_for_who_hears_it(kiosk):
    kiosk.want(c.ChooseFee("water"))
    seen = []
    for _ in range(2):
        kiosk.hear(NO_BILL)
        seen.append(
            (kiosk.engine.view.number, kiosk.page.problem.key, kiosk.page.problem.values.get(c.AGAIN))
        )
    (first, key, never), (second, same, once) = seen
    assert key == same and (never, once) == (None, 1) and second > first


def test_a_note_that_comes_back_twice_is_told_twice(kiosk):
    kiosk.to_cash(bill("70.00"))
    refused = hw.Refused(device="acceptor", because=hw.RefusedBecause.NOT_RECOGNISED)
    kiosk.hear(refused)
    first = kiosk.page.problem
    kiosk.hear(refused)
    assert kiosk.page.problem.key == first.key and kiosk.page.problem != first


def test_an_unknown_account_asked_three_times_is_a_wrong_entry_too(kiosk):
    kiosk.want(c.ChooseFee("water"))
    kiosk.type("1" * 10)
    for _ in range(3):
        kiosk.want(c.SubmitAccount())
        kiosk.hear(st.BillsCame(kiosk.last(cmd.FetchBills).lookup, None))
    assert isinstance(kiosk.page, c.HelpOffer)


def test_a_minute_without_a_step_forward_brings_help_once_on_each_page(kiosk):
    kiosk.to_check()
    kiosk.want(c.SetTextSize(c.TextSize.XLARGE), c.StillHere())  # looking around is no step forward
    kiosk.time_is_up(Delay.STUCK)
    assert kiosk.page.reason.key == "help.because_no_progress"
    kiosk.want(c.LeaveHelp())
    assert Delay.STUCK not in delays(kiosk)
    kiosk.want(c.AllRight())
    assert Delay.STUCK in delays(kiosk)


def test_a_digit_is_a_step_forward(kiosk):
    kiosk.want(c.ChooseFee("water"))
    before = next(t for t in kiosk.wanted.timers if t.delay is Delay.STUCK)
    kiosk.type("1")
    after = next(t for t in kiosk.wanted.timers if t.delay is Delay.STUCK)
    assert before.key != after.key


def test_shown_how_and_back(kiosk):
    kiosk.to_check()
    kiosk.time_is_up(Delay.STUCK)
    kiosk.want(kiosk.page.how.intent)
    assert isinstance(kiosk.page, c.HelpHow)
    assert [step.key for step in kiosk.page.steps] == [f"help.how_check_{n}" for n in (1, 2, 3)]
    kiosk.want(c.AllRight())  # a touch for the page below, which is not on the glass
    assert isinstance(kiosk.page, c.HelpHow)
    kiosk.want(c.Back())
    assert isinstance(kiosk.page, c.CheckItems)


def test_it_says_how_much_is_inside_and_a_note_is_taken_as_ever(kiosk):
    kiosk.to_cash(bill("37.50"))
    kiosk.insert(20)
    kiosk.time_is_up(Delay.STUCK)
    assert isinstance(kiosk.page, c.HelpOffer) and kiosk.page.inside == yuan(20)
    assert kiosk.wanted.accept_up_to, "help does not stop the machine from taking notes"
    kiosk.hold(10)
    assert isinstance(kiosk.page, c.CashRunning), "while a note moves its page is the one to look at"
    assert isinstance(kiosk.commands[-1], cmd.TakeNote)
    kiosk.hear(taken(10))
    assert kiosk.page.inserted == yuan(30)


def test_it_is_not_offered_while_a_note_moves_or_a_code_is_charged(kiosk):
    kiosk.to_cash()
    kiosk.hold(20)
    assert Delay.STUCK not in delays(kiosk)
    kiosk.hear(taken(20))
    assert Delay.STUCK in delays(kiosk)


def test_a_payment_that_is_decided_below_the_help_is_shown(kiosk):
    kiosk.to_code()
    kiosk.time_is_up(Delay.STUCK)
    assert isinstance(kiosk.page, c.HelpOffer)
    kiosk.show_code()
    assert isinstance(kiosk.page, c.Working)


def test_the_idle_question_stands_above_the_help_and_ends_both(kiosk):
    kiosk.to_check()
    kiosk.time_is_up(Delay.STUCK)
    kiosk.time_is_up(Delay.IDLE)
    assert kiosk.engine.view.idle is not None
    kiosk.time_is_up(Delay.IDLE_ANSWER)
    assert isinstance(kiosk.page, c.Home)


def test_who_has_called_is_not_asked_whether_to_call(kiosk):
    kiosk.to_check()
    kiosk.want(c.CallStaff())
    assert Delay.STUCK not in delays(kiosk)


# ---- the call


def test_a_call_is_on_record_with_the_page_and_without_the_person(kiosk):
    kiosk.to_check()
    kiosk.want(c.CallStaff())
    [call] = kiosk.facts(StaffCalled)
    assert (call.where, call.because) == ("check", "caller")
    assert call.visit == kiosk.engine.state.visit.id
    kiosk.want(c.CallStaff())
    assert len(kiosk.facts(StaffCalled)) == 1


def test_the_caller_is_told_that_somebody_is_coming(kiosk):
    kiosk.want(c.CallStaff())
    assert c.Banner.STAFF_CALLED in kiosk.engine.view.banners
    kiosk.clock.ms += 40_000
    kiosk.hear(st.CallSeen(kiosk.engine.state.call.id, "1001"), st.CallSeen("another", "1002"))
    assert c.Banner.STAFF_COMING in kiosk.engine.view.banners
    [answer] = kiosk.facts(CallAnswered)
    assert answer.by == "1001" and answer.waited_ms >= 40_000
    kiosk.want(c.StopCalling())
    assert not kiosk.engine.view.staff_called and len(kiosk.facts(CallEnded)) == 1


def test_a_call_outlives_a_restart(kiosk):
    kiosk.want(c.CallStaff())
    kiosk.restart()
    assert kiosk.engine.view.staff_called and kiosk.engine.state.call.where == "home"


def test_staff_at_the_kiosk_see_who_waits_and_since_when(kiosk):
    kiosk.to_check()
    kiosk.want(c.CallStaff(), c.Back(), c.Back())
    kiosk.sign_in()
    line = next(line for line in kiosk.page.lines if line.label.key == "desk.waits_check")
    assert len(line.value) == len("10:32") and line.look
    kiosk.want(line.button.intent)
    assert kiosk.facts(CallAnswered)[0].by == kiosk.engine.state.signed_in
    line = next(line for line in kiosk.page.lines if line.label.key == "desk.waits_check")
    kiosk.want(line.button.intent)
    assert kiosk.facts(CallEnded)[0].by == kiosk.engine.state.signed_in
    assert not kiosk.engine.view.staff_called


def test_nobody_answers_a_call_without_signing_in(kiosk):
    kiosk.want(c.CallStaff(), c.AnswerCall(), c.EndCall())
    assert kiosk.facts(CallAnswered, CallEnded) == [] and kiosk.engine.view.staff_called


def test_when_the_flow_calls_by_itself_that_is_on_record_too(kiosk):
    kiosk.to_code()
    kiosk.show_code()
    kiosk.hear(st.ChargeSilent(kiosk.last(cmd.SendCharge).charge, True, "no answer"))
    kiosk.time_is_up(Delay.CHARGE_LONG)
    [call] = kiosk.facts(StaffCalled)
    assert (call.where, call.because) == ("charging", "kiosk")
