"""Above a limit a customer does not pay alone: a supervisor looks at the bill and approves on the spot.

items confirmed ── above the limit ── staff called ── number ── PIN ──┬─ reason chosen ── pay by
                                                                      └─ refused ── account
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from msgspec.structs import replace

from hardware.contracts import CodeRead
from kiosk.contract import (
    Approve,
    ApproverHere,
    Back,
    EnterTyped,
    EraseAll,
    EraseKey,
    Message,
    PressKey,
    RefuseApproval,
)
from kiosk.facts import Fact
from kiosk.facts.approval import (
    AmountDecided,
    ApprovalAsked,
    ApproverCame,
    ApproverLeft,
    ApproverNumber,
    ApproverPin,
    ApproverProved,
    ApproverRefused,
    ApproverTyped,
)
from kiosk.facts.office import SignInFailed
from kiosk.facts.passing import StaffWanted, WentBack
from kiosk.facts.visitor import CallAnswered, CallEnded
from kiosk.flow import badges, bills
from kiosk.flow.commands import CheckPin, Command
from kiosk.flow.permits import May, granted, why_not
from kiosk.flow.state import Approval, ApprovalStep, Stage, State, Visit
from kiosk.flow.stimuli import Given, PinChecked
from kiosk.flow.table import Consequence, Evolver, Facts, Machine, Row, stages

APPROVING = stages(Stage.APPROVING)
SIGNING = stages(Stage.APPROVING, Stage.CASH, Stage.SHOW_CODE)  # the latter two to cancel: see `cancel.py`
MOST_TYPED: Final = {ApprovalStep.NUMBER: 8, ApprovalStep.PIN: 12}


def _visit(state: State) -> Visit:
    assert state.visit is not None
    return state.visit


def _approval(state: State) -> Approval:
    approval = _visit(state).approval
    assert approval is not None
    return approval


def needed(state: State) -> bool:
    """Whether the chosen bills are above what a customer may pay alone, and nobody has approved them."""
    visit = state.visit
    if visit is None or not state.bills:
        return False
    due = bills.due(state, state.bills)
    return due > state.site.office.approval.above and visit.approved != (bills.numbers(state.bills), due)


# ---------------------------------------------------------------------------------------------------
# Decide


def _at(*steps: ApprovalStep) -> Callable[[State, Any], bool]:
    return lambda state, _want: _visit(state).approval is not None and _approval(state).step in steps


def _here(state: State, want: ApproverHere, given: Given) -> Facts:
    yield ApproverCame()


def _type(state: State, want: PressKey, given: Given) -> Facts:
    approval = _approval(state)
    if want.key in "0123456789" and len(want.key) == 1 and len(approval.typed) < MOST_TYPED[approval.step]:
        yield ApproverTyped(approval.typed + want.key)


def _erase(state: State, want: EraseKey, given: Given) -> Facts:
    yield ApproverTyped(_approval(state).typed[:-1])


def _erase_all(state: State, want: EraseAll, given: Given) -> Facts:
    yield ApproverTyped("")


def _number(state: State, want: EnterTyped, given: Given) -> Facts:
    if not badges.number_may_be_typed(state):
        yield ApproverRefused("desk.badge_needed")
    elif _approval(state).typed:
        yield ApproverNumber(_approval(state).typed)


def _badge(state: State, code: CodeRead, given: Given) -> Facts:
    held = badges.shown(state, code.text, given.now_ms)
    yield ApproverRefused(held.problem) if held.problem else ApproverNumber(held.person)


def _pin(state: State, want: EnterTyped, given: Given) -> Facts:
    approval = _approval(state)
    if state.sign_in_waits:
        yield ApproverTyped("")
    elif approval.typed and not approval.attempt:
        yield ApproverPin(given.ids[0], approval.typed)


def _checked(state: State, checked: PinChecked, given: Given) -> Facts:
    """Somebody who may not approve is told so; that is no wrong PIN."""
    person = state.person_of(_approval(state).number)
    if not checked.good or person is None:
        yield SignInFailed(person.number if person else "")
        yield ApproverRefused("desk.wrong")
    elif problem := why_not(person, asked_for(_approval(state))):
        yield ApproverRefused(problem)
    else:
        yield ApproverProved(person.number)


def _this_attempt(state: State, checked: PinChecked) -> bool:
    return _visit(state).approval is not None and _approval(state).attempt == checked.attempt


def still_may(state: State) -> bool:
    """Whoever proved who they are may have been taken off the list since."""
    person = state.person_of(_approval(state).by)
    return person is not None and granted(person, asked_for(_approval(state)))


def asked_for(approval: Approval) -> May:
    return May.CANCEL if approval.cancels else May.APPROVE


def _approve(state: State, want: Approve, given: Given) -> Facts:
    yield from _decided(state, want.reason, given)


def _reason_exists(state: State, want: Approve) -> bool:
    known = any(reason.id == want.reason for reason in state.site.office.approval.reason)
    return known and _at(ApprovalStep.REASON)(state, want)


def _refuse(state: State, want: RefuseApproval, given: Given) -> Facts:
    yield from _decided(state, "", given)


def _decided(state: State, reason: str, given: Given) -> Iterator[Fact]:
    visit, chosen, by = _visit(state), state.bills, _approval(state).by
    if not still_may(state):
        yield ApproverLeft()
        return
    due = bills.due(state, chosen)
    yield AmountDecided(visit.id, bills.numbers(chosen), due, bool(reason), by, reason)
    yield from _nobody_wanted(state, by, given)


def _nobody_wanted(state: State, by: str, given: Given) -> Iterator[Fact]:
    """Whoever decided has answered the call."""
    yield StaffWanted(False)
    call = state.call
    if call is None or state.house.broken:
        return
    if by and not call.answered_by:
        yield CallAnswered(call.id, by, max(0, given.now_ms - call.since_ms))
    yield CallEnded(call.id, by)


def _leave(state: State, want: Back, given: Given) -> Facts:
    yield ApproverLeft()


def _back(state: State, want: Back, given: Given) -> Facts:
    yield WentBack()
    yield from _nobody_wanted(state, "", given)


TYPING = (ApprovalStep.NUMBER, ApprovalStep.PIN)
ROWS = (
    Row(ApproverHere, _here, APPROVING, _at(ApprovalStep.WAIT)),
    Row(PressKey, _type, SIGNING, _at(*TYPING)),
    Row(EraseKey, _erase, SIGNING, _at(*TYPING)),
    Row(EraseAll, _erase_all, SIGNING, _at(*TYPING)),
    Row(CodeRead, _badge, SIGNING, _at(ApprovalStep.NUMBER)),
    Row(EnterTyped, _number, SIGNING, _at(ApprovalStep.NUMBER)),
    Row(EnterTyped, _pin, SIGNING, _at(ApprovalStep.PIN)),
    Row(PinChecked, _checked, SIGNING, _this_attempt),
    Row(Approve, _approve, APPROVING, _reason_exists),
    Row(RefuseApproval, _refuse, APPROVING, _at(ApprovalStep.REASON)),
    Row(Back, _leave, APPROVING, _at(*TYPING, ApprovalStep.REASON)),
    Row(Back, _back, APPROVING),
)


# ---------------------------------------------------------------------------------------------------
# Evolve


def _with(state: State, **changes: Any) -> State:
    changes = {"typed": "", "problem": "", "attempt": "", **changes}
    return replace(state, visit=replace(_visit(state), approval=replace(_approval(state), **changes)))


def _asked(state: State, fact: ApprovalAsked) -> State:
    return replace(state, visit=replace(_visit(state), stage=Stage.APPROVING, approval=Approval()))


def _left(state: State, fact: ApproverLeft) -> State:
    if _approval(state).cancels:
        return replace(state, visit=replace(_visit(state), approval=None))
    return _with(state, step=ApprovalStep.WAIT, number="", by="")


def _is_decided(state: State, fact: AmountDecided) -> State:
    """A replay finds nobody there."""
    visit = state.visit
    if visit is None or visit.id != fact.visit:
        return state
    if fact.granted:
        visit = replace(
            visit,
            stage=Stage.PAY_BY,
            approval=None,
            approved=(fact.bill, fact.amount),
            approved_by=fact.by,
        )
    else:
        refused = Message("approve.refused")
        visit = replace(visit, stage=Stage.ACCOUNT, approval=None, typed="", bills=(), problem=refused)
    return replace(state, visit=visit)


EVOLVE: dict[type[Fact], Evolver] = {
    ApprovalAsked: _asked,
    ApproverCame: lambda s, f: _with(s, step=ApprovalStep.NUMBER),
    ApproverTyped: lambda s, f: _with(s, typed=f.typed),
    ApproverNumber: lambda s, f: _with(s, step=ApprovalStep.PIN, number=f.person),
    ApproverPin: lambda s, f: _with(s, attempt=f.attempt),
    ApproverRefused: lambda s, f: _with(s, problem=f.problem),
    ApproverProved: lambda s, f: _with(s, step=ApprovalStep.REASON, by=f.person),
    ApproverLeft: _left,
    AmountDecided: _is_decided,
}


# ---------------------------------------------------------------------------------------------------
# Commands and consequences


def _check(state: State, fact: ApproverPin) -> tuple[Command, ...]:
    person = state.person_of(_approval(state).number)
    return (CheckPin(fact.attempt, fact.pin, person.pin if person else ""),)


def _too_much_alone(state: State) -> bool:
    return state.stage is Stage.PAY_BY and needed(state)


def _ask(state: State, given: Given) -> Facts:
    yield ApprovalAsked()
    yield StaffWanted(True)


MACHINE = Machine(ROWS, EVOLVE, {ApproverPin: _check}, (Consequence(_too_much_alone, _ask),))
