"""Above 5,000 yuan a customer does not pay alone: a supervisor comes, signs with number and PIN, says why, and the
visit goes on where it was. Who and why is on record; a refusal is too."""

import pytest
from msgspec.structs import replace

from kiosk import contract as c
from kiosk.facts import PaymentOpened
from kiosk.facts.approval import AmountDecided
from kiosk.facts.office import SignInFailed
from kiosk.facts.visitor import CallAnswered, CallEnded, StaffCalled
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from kiosk.flow.delays import Delay
from tests.kiosk.office import ATTENDANT, PIN, STAFF, SUPERVISOR, Office
from tests.kiosk.world import bill, yuan

LIMIT = "5000.00"


@pytest.fixture
def kiosk(tmp_path):
    return Office(tmp_path)


def to_approval(kiosk, amount="12500.00", number="T1"):
    kiosk.to_check(bill(amount, fee="tuition", number=number), fee="tuition")
    kiosk.want(c.AllRight())


def prove(kiosk, person=SUPERVISOR, good=True):
    kiosk.want(c.ApproverHere())
    kiosk.enter(person.number)
    kiosk.enter(PIN)
    check = kiosk.last(cmd.CheckPin)
    assert check.verifier == person.pin
    kiosk.hear(st.PinChecked(check.attempt, good))


@pytest.mark.parametrize("amount, waits", [(LIMIT, False), ("5000.01", True)])
def test_exactly_the_limit_needs_nobody_and_a_fen_above_does(kiosk, amount, waits):
    to_approval(kiosk, amount)
    assert isinstance(kiosk.page, c.Approving if waits else c.PayBy)


def test_a_supervisor_is_called_approves_with_a_reason_and_the_payment_names_who(kiosk):
    to_approval(kiosk)
    assert kiosk.page.amount == yuan("12500.00") and kiosk.page.above == yuan(LIMIT)
    [call] = kiosk.facts(StaffCalled)
    assert (call.where, call.because) == ("approving", "kiosk")
    visit = kiosk.engine.state.visit.id
    prove(kiosk)
    board = kiosk.page
    shown = " ".join(line.value for line in board.lines)
    assert "¥12500.00" in shown and "张*国" in shown and "1" * 12 not in shown
    kiosk.want(next(line.button.intent for line in board.lines if line.button))
    [decided] = kiosk.facts(AmountDecided)
    assert decided == AmountDecided(visit, "T1", yuan("12500.00"), True, SUPERVISOR.number, "bill_seen")
    assert isinstance(kiosk.page, c.PayBy) and not kiosk.engine.view.staff_called
    assert kiosk.facts(CallAnswered)[0].by == SUPERVISOR.number and kiosk.facts(CallEnded)
    kiosk.want(c.ChooseTender(c.Tender.CODE))
    assert kiosk.facts(PaymentOpened)[0].approved_by == SUPERVISOR.number


def test_refused_means_nothing_is_charged_and_the_customer_is_told_where_to_go(kiosk):
    to_approval(kiosk)
    prove(kiosk)
    kiosk.want(c.RefuseApproval())
    [decided] = kiosk.facts(AmountDecided)
    assert (decided.granted, decided.by, decided.reason) == (False, SUPERVISOR.number, "")
    assert kiosk.page.problem.key == "approve.refused" and kiosk.facts(PaymentOpened) == []


def test_an_attendant_may_not_approve_and_that_is_no_wrong_pin(kiosk):
    to_approval(kiosk)
    prove(kiosk, ATTENDANT)
    assert kiosk.page.problem == c.Message("desk.not_allowed", {"roles_keys": "desk.role_supervisor"})
    assert kiosk.facts(AmountDecided, SignInFailed) == []


def test_wrong_pins_are_written_and_slow_down_as_at_the_staff_page(kiosk):
    to_approval(kiosk)
    prove(kiosk, good=False)
    for _ in range(2):
        kiosk.enter(PIN)
        kiosk.hear(st.PinChecked(kiosk.last(cmd.CheckPin).attempt, False))
    assert len(kiosk.facts(SignInFailed)) == 3
    assert kiosk.page.problem.key == "desk.wait" and kiosk.page.submit.off is not None
    checks = kiosk.count(cmd.CheckPin)
    kiosk.enter(PIN)
    assert kiosk.count(cmd.CheckPin) == checks, "while it waits no PIN is even looked at"
    kiosk.time_is_up(Delay.SIGN_IN)
    kiosk.enter(PIN)
    kiosk.hear(st.PinChecked(kiosk.last(cmd.CheckPin).attempt, True))
    assert isinstance(kiosk.page, c.StaffBoard)


@pytest.mark.parametrize(
    "intent",
    [c.Approve("bill_seen"), c.RefuseApproval(), c.ChooseTender(c.Tender.CASH), c.AllRight()],
    ids=lambda intent: type(intent).__name__,
)
def test_nobody_gets_past_it_without_a_supervisor(kiosk, intent):
    to_approval(kiosk)
    kiosk.want(intent)
    assert isinstance(kiosk.page, c.Approving) and kiosk.facts(AmountDecided, PaymentOpened) == []


def test_a_reason_that_is_not_on_the_list_is_none(kiosk):
    to_approval(kiosk)
    prove(kiosk)
    kiosk.want(c.Approve("because I say so"))
    assert kiosk.facts(AmountDecided) == [] and isinstance(kiosk.page, c.StaffBoard)


def test_an_answer_to_an_older_pin_approves_nothing(kiosk):
    to_approval(kiosk)
    prove(kiosk, good=False)
    old = kiosk.last(cmd.CheckPin).attempt
    kiosk.hear(st.PinChecked(old, True))
    assert isinstance(kiosk.page, c.StaffEntry)


def test_the_approval_is_for_this_bill_and_this_amount_only(kiosk):
    two = (
        bill("6000.00", fee="tuition", number="A"),
        bill("7000.00", fee="tuition", number="B"),
    )
    kiosk.to_check(*two, fee="tuition")
    kiosk.want(c.PayTicked(), c.AllRight())
    prove(kiosk)
    kiosk.want(c.Approve("bill_seen"))
    assert isinstance(kiosk.page, c.PayBy)
    kiosk.want(c.Back(), c.AllRight())
    assert isinstance(kiosk.page, c.PayBy), "approved once is enough for the same bill"
    kiosk.want(c.Back(), c.Back(), c.ChooseBill("A"), c.ChooseBill("B"), c.PayTicked(), c.AllRight())
    assert isinstance(kiosk.page, c.Approving)


def test_going_back_ends_the_call_and_leaves_nothing_of_the_approver(kiosk):
    to_approval(kiosk)
    kiosk.want(c.ApproverHere())
    kiosk.enter(SUPERVISOR.number)
    kiosk.want(c.Back())
    assert isinstance(kiosk.page, c.Approving)
    kiosk.want(c.Back())
    assert isinstance(kiosk.page, c.CheckItems) and not kiosk.engine.view.staff_called
    kiosk.want(c.AllRight(), c.ApproverHere())
    assert kiosk.page.typed == "" and kiosk.page.asks.key == "desk.number"


@pytest.mark.parametrize("taken_off", [True, False], ids=["taken off the list", "gone away"])
def test_what_a_supervisor_proved_is_not_left_behind_for_the_customer(kiosk, taken_off):
    to_approval(kiosk)
    prove(kiosk)
    if taken_off:
        kiosk.hear(st.BundleCame(replace(STAFF, version=2, people=(ATTENDANT,))))
    else:
        kiosk.time_is_up(Delay.IDLE)
        kiosk.want(c.StillHere())
    kiosk.want(c.Approve("bill_seen"), c.RefuseApproval())
    assert isinstance(kiosk.page, c.Approving) and not kiosk.facts(AmountDecided)


def test_the_customer_who_waits_is_not_sent_home_after_two_minutes(kiosk):
    to_approval(kiosk)
    idle = next(t for t in kiosk.wanted.timers if t.delay is Delay.IDLE)
    assert idle.seconds == Delay.APPROVAL.seconds > Delay.IDLE.seconds


def test_nothing_that_was_typed_is_ever_written(kiosk):
    to_approval(kiosk)
    prove(kiosk)
    kiosk.want(c.Approve("bill_seen"))
    assert all(PIN not in record.body for record in kiosk.journal.records())
