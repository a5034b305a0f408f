"""State → view while a large amount waits for a supervisor: the customer's page, and what the supervisor sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kiosk import contract as c
from kiosk.contract import Message, StaffLine
from kiosk.flow import approve, badges, bills, offers
from kiosk.flow.delays import sign_in_pause_s
from kiosk.flow.state import Approval, ApprovalStep, State
from kiosk.present.desk import problem

DOT: Final = "●"


def page(state: State, now_ms: int) -> c.AnyPage:
    assert state.visit is not None and state.visit.approval is not None
    return STEPS[state.visit.approval.step](state, state.visit.approval)


def _press(intent: c.AnyIntent, key: str, off: str = "") -> c.Button:
    return c.Button(intent, Message(key), Message(off) if off else None)


def _wait(state: State, approval: Approval) -> c.AnyPage:
    coming = state.call is not None and state.call.answered_by
    return c.Approving(
        amount=bills.due(state, state.bills),
        above=state.site.office.approval.above,
        status=Message("approve.coming" if coming else "approve.wait"),
        here=_press(c.ApproverHere(), "approve.here"),
    )


def _title(approval: Approval) -> Message:
    return Message("cancel.title" if approval.cancels else "approve.title")


def _number(state: State, approval: Approval) -> c.AnyPage:
    return c.StaffEntry(
        _title(approval),
        Message("desk.number"),
        approval.typed,
        _press(
            c.EnterTyped(),
            "desk.do_next",
            "" if badges.number_may_be_typed(state) else "desk.badge_needed",
        ),
        (),
        problem(approval.problem, approve.asked_for(approval)),
    )


def _pin(state: State, approval: Approval) -> c.AnyPage:
    wrong = problem(approval.problem, approve.asked_for(approval))
    off = ""
    if state.sign_in_waits:
        wrong = Message("desk.wait", {"seconds": int(sign_in_pause_s(state.sign_in_failures))})
        off = "desk.wait_short"
    elif approval.attempt:
        wrong = Message("desk.checking")
    return c.StaffEntry(
        _title(approval),
        Message("desk.pin"),
        DOT * len(approval.typed),
        _press(c.EnterTyped(), "desk.do_next", off),
        (StaffLine(Message("desk.number"), approval.number),),
        wrong,
    )


def _reason(state: State, approval: Approval) -> c.AnyPage:
    """What is approved, as the customer confirmed it, and why it is."""
    if approval.cancels:
        return _why_cancelled(state)
    visit, chosen, language = state.visit, state.bills, state.settings.language
    assert visit is not None and visit.customer is not None and chosen
    fees = dict.fromkeys(fee.name.in_(language) for b in chosen if (fee := state.fee_of(b.fee)) is not None)
    facts = (
        StaffLine(Message("check.name"), visit.customer.name),
        StaffLine(Message("check.fee"), "、".join(fees)),
        StaffLine(Message("desk.account"), offers.masked_account(visit.customer.account)),
        StaffLine(Message("check.amount"), bills.due(state, chosen).figures),
    )
    reasons = tuple(
        StaffLine(
            Message("desk.data", {"text": reason.name.in_(language)}),
            "",
            _press(c.Approve(reason.id), "approve.do"),
        )
        for reason in state.site.office.approval.reason
    )
    return c.StaffBoard(
        Message("approve.title"),
        (*facts, *reasons),
        second=_press(c.RefuseApproval(), "approve.refuse"),
        note=Message("approve.how"),
    )


def _why_cancelled(state: State) -> c.AnyPage:
    payment, language = state.payment, state.settings.language
    assert payment is not None
    facts = (
        StaffLine(Message("check.amount"), payment.due.figures),
        StaffLine(Message("cash.inserted"), payment.credited.figures, look=bool(payment.credited)),
    )
    reasons = tuple(
        StaffLine(
            Message("desk.data", {"text": reason.name.in_(language)}),
            "",
            _press(c.CancelPayment(reason.id), "cancel.do"),
        )
        for reason in state.site.office.cancel
    )
    note = Message("cancel.owed_back" if payment.credited else "cancel.nothing_inside")
    return c.StaffBoard(Message("cancel.title"), (*facts, *reasons), note=note)


STEPS: Final[dict[ApprovalStep, Callable[[State, Approval], c.AnyPage]]] = {
    ApprovalStep.WAIT: _wait,
    ApprovalStep.NUMBER: _number,
    ApprovalStep.PIN: _pin,
    ApprovalStep.REASON: _reason,
}
