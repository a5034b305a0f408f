"""A charge: asked for once, by an intent that is on disk before; then somebody is asked until somebody knows.

requested ──┬─ confirmed ── credited
            ├─ declined ─── nothing was charged; another try is another charge
            ├─ not sent ─── nothing happened (codes only); the server closes the id when it is back
            ├─ doubtful ─── something was charged that was not asked for, or nobody can decide: slip, staff
            └─ anything else ── unknown: asked again, never ordered again

            who is asked                        how                             when it can be asked
code        the server                          by the charge's id              the line is good
card        the terminal's own record           by how it stood before (Mark)   the terminal rests

"Failed" is never said while the truth is unknown. What a code or a card says is turned into `Said`
(`code.py`, `card.py`); everything after that is the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec.structs import replace

from kiosk.contract import Done, Message, Tender
from kiosk.facts import (
    ChargeClosed,
    ChargeConfirmed,
    ChargeDeclined,
    ChargeDoubtful,
    ChargeRequested,
    ChargeUnknown,
    ClaimIssued,
    Fact,
    PaymentAbandoned,
    VisitClosed,
)
from kiosk.facts.office import ClaimClosed, Sort
from kiosk.facts.passing import ChargeAsked, StaffWanted
from kiosk.flow import papers
from kiosk.flow.commands import Command, PayCard, QueryCard, QueryCharge, SendCharge
from kiosk.flow.delays import Delay
from kiosk.flow.state import Charge, ChargeStage, Item, Payment, Stage, State
from kiosk.flow.stimuli import Given, Started, TimeIsUp
from kiosk.flow.table import Consequence, Evolver, Facts, Machine, Row, stages
from kiosk.money import Money
from kiosk.parcels import ChargeIs

CHARGING = stages(Stage.CHARGING)
NOT_SENT = "not_sent"
NOT_CHARGED = "not_charged"  # why a payment by card ends: the customer chooses anew


class Said(msgspec.Struct, frozen=True):
    """What whoever was asked says of a charge. `amount`: what was taken; None: nobody can tell."""

    state: ChargeIs
    because: str = ""
    amount: Money | None = None
    provider: str = ""
    reference: str = ""
    card: str = ""  # masked


# ---------------------------------------------------------------------------------------------------
# Decide


def answered(state: State, charge: Charge, said: Said, given: Given) -> Iterator[Fact]:
    """The word about a charge of ours, whenever it comes."""
    if charge.stage is ChargeStage.NOT_SENT:
        yield from _answered_late(state, charge, said, given)
    elif said.state is ChargeIs.CONFIRMED and said.amount != charge.amount:
        yield from _doubtful(state, charge, said, said.because or "another_amount", given)
    elif said.state is ChargeIs.CONFIRMED:
        yield ChargeConfirmed(
            charge.id,
            charge.payment,
            charge.amount,
            said.provider,
            said.reference,
            charge.tender,
            said.card,
        )
    elif said.state is ChargeIs.UNKNOWN:
        if charge.stage is ChargeStage.REQUESTED:
            yield ChargeUnknown(charge.id, said.because)
    else:
        yield ChargeDeclined(charge.id, charge.payment, said.because)


def _answered_late(state: State, charge: Charge, said: Said, given: Given) -> Iterator[Fact]:
    """We told the customer that nothing happened. If the provider took the money all the same, it is owed."""
    if said.state is ChargeIs.CONFIRMED:
        yield from _doubtful(state, charge, said, "charged_although_not_sent", given)
    elif said.state is not ChargeIs.UNKNOWN:
        yield ChargeClosed(charge.id)


def _doubtful(state: State, charge: Charge, said: Said, because: str, given: Given) -> Iterator[Fact]:
    yield ChargeDoubtful(charge.id, charge.payment, said.amount, because, charge.tender)
    yield _claim(state, charge, said.amount, "charge_doubtful", given)
    yield StaffWanted(True)


def _claim(state: State, charge: Charge, amount: Money | None, because: str, given: Given) -> ClaimIssued:
    return ClaimIssued(
        claim=papers.claim_number(state),
        kiosk=state.site.kiosk,
        payment=charge.payment,
        subject=charge.id,
        amount=amount,
        because=because,
        issued_ms=given.now_ms,
        language=state.settings.language,
    )


def _id(up: TimeIsUp) -> str:
    return up.key.partition(":")[0]


def _is(*delays: Delay) -> Any:
    return lambda state, up: up.delay in delays and _id(up) in state.charges


def _no_answer_in_time(state: State, up: TimeIsUp, given: Given) -> Facts:
    yield ChargeUnknown(_id(up), "no_answer_in_time")


def _ask(state: State, up: TimeIsUp, given: Given) -> Facts:
    yield ChargeAsked(_id(up))


def _waited_long(state: State, up: TimeIsUp, given: Given) -> Facts:
    charge = state.charges[_id(up)]
    yield _claim(state, charge, charge.amount, "charge_unknown", given)
    yield StaffWanted(True)


def _has_no_slip(state: State, up: TimeIsUp) -> bool:
    return bool(_is(Delay.CHARGE_LONG)(state, up)) and _id(up) not in state.unknown_claims


def _leave_unknown(state: State, want: Done, given: Given) -> Facts:
    visit = state.visit
    assert visit is not None
    lasted_ms = None if visit.begun_ms is None else given.steady_ms - visit.begun_ms
    yield VisitClosed(visit.id, "left_while_unknown", lasted_ms)


def _still_asking(state: State, started: Started, given: Given) -> Facts:
    """The core died after the intent: the request may have left. It is asked for, never sent again."""
    for charge in state.charges.values():
        if charge.stage is ChargeStage.REQUESTED:
            yield ChargeUnknown(charge.id, "kiosk_restarted")


ROWS = (
    Row(TimeIsUp, _no_answer_in_time, when=_is(Delay.CHARGE, Delay.CARD)),
    Row(TimeIsUp, _ask, when=_is(Delay.ASK_CHARGE)),
    Row(TimeIsUp, _waited_long, CHARGING, _has_no_slip),
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


def change(state: State, charge_id: str, **changes: Any) -> State:
    charge = state.charges.get(charge_id)
    if charge is None:
        return state
    return replace(state, charges={**state.charges, charge_id: replace(charge, **changes)})


def _without(state: State, charge_id: str) -> State:
    return replace(state, charges={k: v for k, v in state.charges.items() if k != charge_id})


def _busy_terminal(state: State, charge: Charge | None) -> State:
    """It was given something to do: until it says that it rests, nobody knows how its record stands."""
    if charge is None or charge.before is None:
        return state
    return replace(state, house=replace(state.house, terminal_rests=None))


def _requested(state: State, fact: ChargeRequested) -> State:
    charge = Charge(fact.charge, fact.payment, fact.amount, fact.before)
    state = _busy_terminal(replace(state, charges={**state.charges, charge.id: charge}), charge)
    return _visit(state, fact.payment, stage=Stage.CHARGING, problem=None, waited_long=False)


def _confirmed(state: State, fact: ChargeConfirmed) -> State:
    state = replace(_without(state, fact.charge), day=replace(state.day, used=True))
    payment = state.payments.get(fact.payment)
    if payment is None:
        return state
    offline = state.offline_taken + (fact.amount if payment.offline else Money(0))
    payment = replace(payment, credited=payment.credited + fact.amount)
    if fact.tender is Tender.CARD:
        payment = replace(payment, card=f"{fact.provider} {fact.card}".strip(), reference=fact.reference)
    return replace(state, payments={**state.payments, payment.id: payment}, offline_taken=offline)


def _declined(state: State, fact: ChargeDeclined) -> State:
    charge = state.charges.get(fact.charge)
    by_card = charge is not None and charge.tender is Tender.CARD
    if fact.because == NOT_SENT:
        state = change(state, fact.charge, stage=ChargeStage.NOT_SENT)
    else:
        state = _without(state, fact.charge)
    problem = Message(f"{'card' if by_card else 'code'}.declined_{fact.because or 'other'}")
    # With another code the page goes on; a payment by card is closed at once (`_abandon`).
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
    return _visit(state, fact.payment, stage=Stage.PAPER, approval=None)  # nobody cancels it any more


def _asked(state: State, fact: ChargeAsked) -> State:
    charge = state.charges.get(fact.charge)
    if charge is None:
        return state
    return _busy_terminal(change(state, fact.charge, asked=charge.asked + 1), charge)


def _claim_closed(state: State, fact: ClaimClosed) -> State:
    left = {charge: claim for charge, claim in state.unknown_claims.items() if claim != fact.claim}
    return replace(state, unknown_claims=left)


EVOLVE: dict[type[Fact], Evolver] = {
    ChargeRequested: _requested,
    ChargeUnknown: lambda s, f: change(s, f.charge, stage=ChargeStage.UNKNOWN),
    ChargeConfirmed: _confirmed,
    ChargeDeclined: _declined,
    ChargeClosed: lambda s, f: _without(s, f.charge),
    ChargeDoubtful: _charge_doubtful,
    ChargeAsked: _asked,
    ClaimClosed: _claim_closed,
}


# ---------------------------------------------------------------------------------------------------
# Commands and consequences


def _order(state: State, fact: ChargeRequested) -> tuple[Command, ...]:
    """The intent is on disk: whoever is asked may hear of it, once."""
    if fact.before is not None:
        return (PayCard(fact.charge, fact.amount, fact.before),)
    payment = state.payments[fact.payment]
    code = state.visit.code if state.visit else ""
    return (SendCharge(fact.charge, fact.payment, payment.bill, fact.amount, code),)


def _query(state: State, fact: ChargeAsked) -> tuple[Command, ...]:
    charge = state.charges.get(fact.charge)
    if charge is None:
        return ()
    if charge.before is None:
        return (QueryCharge(charge.id),)
    return (QueryCard(charge.id, charge.amount, charge.before),)


def _nobody_asked(state: State) -> Payment | None:
    """A payment without money of which nobody is asked any more: its customer is gone, or has to choose anew,
    because only on the page of codes one can try again."""
    here = state.visit.payment if state.visit else ""
    asked = {c.payment for c in state.charges.values() if c.stage is not ChargeStage.NOT_SENT}
    for payment in state.payments.values():
        tries_again = payment.id == here and payment.tender is Tender.CODE
        settled = payment.tender is Tender.CASH or payment.credited or payment.stopping
        if not (settled or tries_again or payment.id in asked):
            return payment
    return None


def _abandon(state: State, given: Given) -> Facts:
    payment = _nobody_asked(state)
    assert payment is not None
    here = state.visit is not None and state.visit.payment == payment.id
    yield PaymentAbandoned(payment.id, NOT_CHARGED if here else "declined_after_the_customer_left")


def _answered_claim(state: State) -> str | None:
    """A charge with a slip of which somebody has said what became of it."""
    return next((charge for charge in state.unknown_claims if charge not in state.charges), None)


def _close_claim(state: State, given: Given) -> Facts:
    charge = _answered_claim(state)
    assert charge is not None
    yield ClaimClosed(state.unknown_claims[charge], "charge_answered")


MACHINE = Machine(
    ROWS,
    EVOLVE,
    {ChargeRequested: _order, ChargeAsked: _query},
    (
        Consequence(lambda state: _nobody_asked(state) is not None, _abandon),
        Consequence(lambda state: _answered_claim(state) is not None, _close_claim),
    ),
)
