"""Paying with a payment code: charged by the server, never twice.

shown ── intent flushed ── sent ──┬─ confirmed ── credited
                                  ├─ declined ─── another code, another id
                                  ├─ not sent ─── nothing happened; the server closes the id when it is back
                                  └─ anything else ── unknown: asked by the same id until somebody knows

"Failed" is never said while the truth is unknown. The code itself is in memory for one step and never written.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from hardware.contracts import CodeRead
from kiosk.contract import Back, Done, Message, StopPaying, Tender
from kiosk.facts import (
    ChargeAsked,
    ChargeClosed,
    ChargeConfirmed,
    ChargeDeclined,
    ChargeDoubtful,
    ChargeRequested,
    ChargeUnknown,
    ClaimIssued,
    CodeForgotten,
    CodeShown,
    EntryRefused,
    Fact,
    PaymentAbandoned,
    StaffWanted,
    VisitClosed,
)
from kiosk.flow import offers, papers
from kiosk.flow.commands import Command, QueryCharge, SendCharge
from kiosk.flow.delays import Delay
from kiosk.flow.state import Charge, ChargeStage, Item, Payment, Stage, State
from kiosk.flow.stimuli import ChargeCame, ChargeSilent, Given, Started, TimeIsUp
from kiosk.flow.table import Consequence, Evolver, Facts, Machine, Row, stages
from kiosk.office_facts import ClaimClosed, Sort
from kiosk.parcels import ChargeIs

SHOW_CODE = stages(Stage.SHOW_CODE)
CHARGING = stages(Stage.CHARGING)
NOT_SENT = "not_sent"


# ---------------------------------------------------------------------------------------------------
# Decide


def _shown(state: State, code: CodeRead, given: Given) -> Facts:
    payment = state.payment
    assert payment is not None
    if state.site.provider_of(code.text) is None:
        yield EntryRefused(Message("code.not_a_payment_code"))
    elif (broken := offers.tender_broken(state, Tender.CODE)) is not None:
        yield EntryRefused(broken)
    else:
        yield CodeShown(code.text)
        yield ChargeRequested(given.ids[0], payment.id, payment.remaining)
        yield CodeForgotten()


def _known(state: State, came: ChargeCame | ChargeSilent | TimeIsUp) -> bool:
    return _id(came) in state.charges


def _id(came: ChargeCame | ChargeSilent | TimeIsUp) -> str:
    if isinstance(came, ChargeCame):
        return came.charge.charge
    return came.charge if isinstance(came, ChargeSilent) else came.key.partition(":")[0]


def _answered(state: State, came: ChargeCame, given: Given) -> Facts:
    """The server's word about a charge of ours, whenever it comes."""
    charge, said = state.charges[came.charge.charge], came.charge
    if charge.stage is ChargeStage.NOT_SENT:
        yield from _answered_late(state, charge, came, given)
    elif said.state is ChargeIs.CONFIRMED and said.amount != charge.amount:
        yield from _doubtful(state, charge, came, "another_amount", given)
    elif said.state is ChargeIs.CONFIRMED:
        yield ChargeConfirmed(
            charge.id, charge.payment, charge.amount, said.provider, said.provider_reference
        )
    elif said.state is ChargeIs.UNKNOWN:
        if charge.stage is ChargeStage.REQUESTED:
            yield ChargeUnknown(charge.id, "provider")
    else:
        because = said.reason if said.state is ChargeIs.DECLINED else "never"
        yield ChargeDeclined(charge.id, charge.payment, because)


def _answered_late(state: State, charge: Charge, came: ChargeCame, given: Given) -> Iterator[Fact]:
    """We told the customer that nothing happened. If the provider took the money all the same, it is owed."""
    if came.charge.state is ChargeIs.CONFIRMED:
        yield from _doubtful(state, charge, came, "charged_although_not_sent", given)
    elif came.charge.state is not ChargeIs.UNKNOWN:
        yield ChargeClosed(charge.id)


def _doubtful(state: State, charge: Charge, came: ChargeCame, because: str, given: Given) -> Iterator[Fact]:
    taken = came.charge.amount
    yield ChargeDoubtful(charge.id, charge.payment, taken, because)
    yield _claim(state, replace(charge, amount=taken), "charge_doubtful", given)
    yield StaffWanted(True)


def _claim(state: State, charge: Charge, because: str, given: Given) -> ClaimIssued:
    return ClaimIssued(
        claim=papers.claim_number(state),
        kiosk=state.site.kiosk,
        payment=charge.payment,
        subject=charge.id,
        amount=charge.amount,
        because=because,
        issued_ms=given.now_ms,
        language=state.settings.language,
    )


def _silent(state: State, silent: ChargeSilent, given: Given) -> Facts:
    charge = state.charges[silent.charge]
    if charge.stage is not ChargeStage.REQUESTED:
        return
    if silent.sent:
        yield ChargeUnknown(charge.id, "no_answer")  # not the detail: who knows what an error page repeats
    else:
        yield ChargeDeclined(charge.id, charge.payment, NOT_SENT)


def _no_answer_in_time(state: State, up: TimeIsUp, given: Given) -> Facts:
    yield ChargeUnknown(_id(up), "no_answer_in_time")


def _ask(state: State, up: TimeIsUp, given: Given) -> Facts:
    yield ChargeAsked(_id(up))


def _waited_long(state: State, up: TimeIsUp, given: Given) -> Facts:
    yield _claim(state, state.charges[_id(up)], "charge_unknown", given)
    yield StaffWanted(True)


def _is(delay: Delay) -> Any:
    return lambda state, up: up.delay is delay and _known(state, up)


def _has_no_slip(state: State, up: TimeIsUp) -> bool:
    return up.delay is Delay.CHARGE_LONG and _known(state, up) and _id(up) not in state.unknown_claims


def _stop(state: State, want: Any, given: Given) -> Facts:
    if state.payment is not None:
        yield PaymentAbandoned(state.payment.id, "customer_stopped")


def _leave_unknown(state: State, want: Done, given: Given) -> Facts:
    assert state.visit is not None
    yield VisitClosed(state.visit.id, "left_while_unknown")


def _still_asking(state: State, started: Started, given: Given) -> Facts:
    """The core died after the intent: the request may have left. It is asked for, never sent again."""
    for charge in state.charges.values():
        if charge.stage is ChargeStage.REQUESTED:
            yield ChargeUnknown(charge.id, "kiosk_restarted")


ROWS = (
    Row(CodeRead, _shown, SHOW_CODE, lambda s, _c: s.payment is not None and s.charge is None),
    Row(ChargeCame, _answered, when=_known),
    Row(ChargeSilent, _silent, when=_known),
    Row(TimeIsUp, _no_answer_in_time, when=_is(Delay.CHARGE)),
    Row(TimeIsUp, _ask, when=_is(Delay.ASK_CHARGE)),
    Row(TimeIsUp, _waited_long, CHARGING, _has_no_slip),
    Row(StopPaying, _stop, SHOW_CODE),
    Row(Back, _stop, SHOW_CODE),
    Row(Done, _leave_unknown, CHARGING, lambda s, _w: s.visit is not None and s.visit.waited_long),
)
AT_START = (_still_asking,)


# ---------------------------------------------------------------------------------------------------
# Evolve


def _visit(state: State, payment: str, **changes: Any) -> State:
    """Change the visit, if this payment is that of the person in front."""
    if state.visit is None or state.visit.payment != payment:
        return state
    return replace(state, visit=replace(state.visit, **changes))


def _code(state: State, code: str) -> State:
    return replace(state, visit=replace(state.visit, code=code)) if state.visit else state


def _requested(state: State, fact: ChargeRequested) -> State:
    charge = Charge(fact.charge, fact.payment, fact.amount)
    state = replace(state, charges={**state.charges, charge.id: charge})
    return _visit(state, fact.payment, stage=Stage.CHARGING, problem=None, waited_long=False)


def _change(state: State, charge_id: str, **changes: Any) -> State:
    charge = state.charges.get(charge_id)
    if charge is None:
        return state
    return replace(state, charges={**state.charges, charge_id: replace(charge, **changes)})


def _without(state: State, charge_id: str) -> State:
    return replace(state, charges={k: v for k, v in state.charges.items() if k != charge_id})


def _confirmed(state: State, fact: ChargeConfirmed) -> State:
    state = replace(_without(state, fact.charge), day=replace(state.day, used=True))
    payment = state.payments.get(fact.payment)
    if payment is None:
        return state
    payment = replace(payment, credited=payment.credited + fact.amount)
    return replace(state, payments={**state.payments, payment.id: payment})


def _declined(state: State, fact: ChargeDeclined) -> State:
    if fact.because == NOT_SENT:
        state = _change(state, fact.charge, stage=ChargeStage.NOT_SENT)
    else:
        state = _without(state, fact.charge)
    problem = Message(f"code.declined_{fact.because or 'other'}")
    return _visit(state, fact.payment, stage=Stage.SHOW_CODE, problem=problem, waited_long=False)


def _charge_doubtful(state: State, fact: ChargeDoubtful) -> State:
    """The customer's money is with the provider: the payment closes, the claim slip says the rest."""
    item = Item(fact.charge, Sort.CHARGE, fact.amount, fact.because)
    state = replace(_without(state, fact.charge), items={**state.items, item.id: item})
    payment = state.payments.get(fact.payment)
    if payment is None:
        return state
    payment = replace(payment, stopping=True)
    state = replace(state, payments={**state.payments, payment.id: payment})
    return _visit(state, fact.payment, stage=Stage.PAPER)


def _asked(state: State, fact: ChargeAsked) -> State:
    charge = state.charges.get(fact.charge)
    return _change(state, fact.charge, asked=charge.asked + 1) if charge else state


EVOLVE: dict[type[Fact], Evolver] = {
    CodeShown: lambda s, f: _code(s, f.code),
    CodeForgotten: lambda s, f: _code(s, ""),
    ChargeRequested: _requested,
    ChargeUnknown: lambda s, f: _change(s, f.charge, stage=ChargeStage.UNKNOWN),
    ChargeConfirmed: _confirmed,
    ChargeDeclined: _declined,
    ChargeClosed: lambda s, f: _without(s, f.charge),
    ChargeDoubtful: _charge_doubtful,
    ChargeAsked: _asked,
}


# ---------------------------------------------------------------------------------------------------
# Commands


def _send(state: State, fact: ChargeRequested) -> tuple[Command, ...]:
    payment = state.payments[fact.payment]
    code = state.visit.code if state.visit else ""
    return (SendCharge(fact.charge, fact.payment, payment.bill, fact.amount, code),)


def _query(state: State, fact: ChargeAsked) -> tuple[Command, ...]:
    return (QueryCharge(fact.charge),) if fact.charge in state.charges else ()


# ---------------------------------------------------------------------------------------------------
# Consequences


def _left_behind(state: State) -> Payment | None:
    """A payment by code whose customer is gone and of which nobody is asked any more."""
    here = state.visit.payment if state.visit else ""
    asked = {c.payment for c in state.charges.values() if c.stage is not ChargeStage.NOT_SENT}
    for payment in state.payments.values():
        if payment.tender is Tender.CODE and payment.id != here and payment.id not in asked:
            return None if payment.credited else payment
    return None


def _abandon(state: State, given: Given) -> Facts:
    payment = _left_behind(state)
    assert payment is not None
    yield PaymentAbandoned(payment.id, "declined_after_the_customer_left")


def _answered_claim(state: State) -> str | None:
    """A charge with a slip of which somebody has said what became of it."""
    return next((charge for charge in state.unknown_claims if charge not in state.charges), None)


def _close_claim(state: State, given: Given) -> Facts:
    charge = _answered_claim(state)
    assert charge is not None
    yield ClaimClosed(state.unknown_claims[charge], "charge_answered")


def _claim_closed(state: State, fact: ClaimClosed) -> State:
    left = {charge: claim for charge, claim in state.unknown_claims.items() if claim != fact.claim}
    return replace(state, unknown_claims=left)


MACHINE = Machine(
    ROWS,
    {**EVOLVE, ClaimClosed: _claim_closed},
    {ChargeRequested: _send, ChargeAsked: _query},
    (
        Consequence(lambda state: _left_behind(state) is not None, _abandon),
        Consequence(lambda state: _answered_claim(state) is not None, _close_claim),
    ),
)
