"""Staff cancel a payment that runs, at the machine and with a cause; the customer stands beside it.

title held ── number ── PIN ── cause ──┬─ nothing is inside: the payment is over
                                       └─ notes are inside: all of it is owed back, with a refund slip

Never while somebody is asked about a charge: what may have been charged can not be cancelled here.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from hardware.contracts import CodeRead
from kiosk.contract import Back, CancelPayment, OpenStaff
from kiosk.facts import Fact
from kiosk.facts.approval import ApproverLeft, CancelAsked, PaymentCancelled
from kiosk.flow import approve
from kiosk.flow.state import Approval, ApprovalStep, Stage, State, Visit
from kiosk.flow.stimuli import Given
from kiosk.flow.table import Evolver, Facts, Machine, Row, stages

RUNNING = stages(Stage.CASH, Stage.SHOW_CODE)


def _visit(state: State) -> Visit:
    assert state.visit is not None
    return state.visit


def _asked(state: State, want: OpenStaff, given: Given) -> Facts:
    yield CancelAsked()


def _may_begin(state: State, want: OpenStaff) -> bool:
    payment = state.payment
    runs = payment is not None and not payment.stopping and state.charge is None
    return runs and _visit(state).approval is None and not state.house.broken


def _is_open(state: State, _stimulus: Any) -> bool:
    return _visit(state).approval is not None


def _back(state: State, want: Back, given: Given) -> Facts:
    yield ApproverLeft()


def _nothing(state: State, code: CodeRead, given: Given) -> Facts:
    return ()


def _cancel(state: State, want: CancelPayment, given: Given) -> Facts:
    payment, approval = state.payment, _visit(state).approval
    assert payment is not None and approval is not None
    if approve.still_may(state):
        yield PaymentCancelled(payment.id, want.reason, approval.by)
    else:
        yield ApproverLeft()


def _may_cancel(state: State, want: CancelPayment) -> bool:
    approval, payment = _visit(state).approval, state.payment
    proved = approval is not None and approval.step is ApprovalStep.REASON and payment is not None
    return proved and any(reason.id == want.reason for reason in state.site.office.cancel)


ROWS = (
    Row(OpenStaff, _asked, RUNNING, _may_begin),
    Row(CodeRead, _nothing, RUNNING, _is_open),  # no payment code while somebody is about to cancel
    Row(CancelPayment, _cancel, RUNNING, _may_cancel),
    Row(Back, _back, RUNNING, _is_open),
)


def _begun(state: State, fact: CancelAsked) -> State:
    approval = Approval(ApprovalStep.NUMBER, cancels=True)
    return replace(state, visit=replace(_visit(state), approval=approval, asking_to_stop=False))


def _cancelled(state: State, fact: PaymentCancelled) -> State:
    """It closes as soon as nothing is moving, like one that its customer stops."""
    visit, payment = state.visit, state.payments.get(fact.payment)
    if visit is not None and visit.payment == fact.payment:
        state = replace(state, visit=replace(visit, approval=None))
    if payment is None:
        return state
    payment = replace(payment, stopping=True, cancelled=True)
    return replace(state, payments={**state.payments, payment.id: payment})


EVOLVE: dict[type[Fact], Evolver] = {CancelAsked: _begun, PaymentCancelled: _cancelled}
MACHINE = Machine(ROWS, EVOLVE)
