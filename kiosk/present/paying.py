"""How it is paid: the ways to choose from, notes, a payment code, a card, and what nobody knows yet."""

from __future__ import annotations

from hardware.terminals.contract import Step
from kiosk import contract as c
from kiosk.contract import Message
from kiosk.facts import ClaimIssued
from kiosk.flow import amount, bills, offers
from kiosk.flow.state import Charge, ChargeStage, State
from kiosk.present.buttons import button

# Why a tile is off, said to somebody who stands there with the phone in the hand.
NO_CODE_NOW = {"pay_by.no_scanner": "code.not_read_now", "pay_by.code_offline": "code.not_without_network"}


def pay_by(state: State, now_ms: int) -> c.AnyPage:
    visit, terms = state.visit, bills.terms(state)
    assert visit is not None and terms is not None
    note = Message(f"pay_by.overpaid_{terms.overpaid.value}")
    ways = tuple(
        c.TenderTile(tender, offers.tender_off(state, tender), note if tender is c.Tender.CASH else None)
        for tender in offers.tenders(state)
    )
    plan = state.site.devices.acceptor
    part = button(c.PayPart(), "pay_part") if amount.part_of(state) is not None else None
    return c.PayBy(terms.due, ways, plan.notes if plan else (), visit.problem, part)


def cash(state: State, now_ms: int) -> c.AnyPage:
    visit, payment = state.visit, state.payment
    assert visit is not None and payment is not None
    broken = offers.tender_broken(state, c.Tender.CASH)
    asking = None
    if visit.asking_to_stop:
        key = "cash.stop_partial" if payment.partial else "cash.stop_change"
        key = "cash.stop_ahead" if payment.ahead else key
        asking = Message(key, {"inserted_fen": payment.credited.fen})
    return c.CashRunning(
        due=payment.due,
        inserted=payment.credited,
        remaining=payment.remaining,
        notes=offers.notes_taken(state),
        status=_cash_status(state, broken),
        problem=visit.problem if broken is None else broken,
        asking_to_stop=asking,
    )


def _cash_status(state: State, broken: Message | None) -> Message:
    payment = state.payment
    assert payment is not None
    if payment.stopping:
        return Message("cash.closing")
    if state.train is not None:
        return Message("cash.note_counting")
    if state.note is not None:
        return Message(f"cash.note_{state.note.stage.value}", {"note_fen": state.note.value.fen})
    if broken is not None:
        return Message("cash.out_of_order", {"inserted_fen": payment.credited.fen})
    return Message("cash.insert" if not payment.credited else "cash.insert_more")


def show_code(state: State, now_ms: int) -> c.AnyPage:
    visit, payment = state.visit, state.payment
    assert visit is not None and payment is not None
    broken = offers.tender_broken(state, c.Tender.CODE)
    problem = Message(NO_CODE_NOW.get(broken.key, broken.key)) if broken else visit.problem
    return c.ShowCode(payment.remaining, problem)


def charging(state: State, now_ms: int) -> c.AnyPage:
    visit, charge = state.visit, state.charge
    assert visit is not None and charge is not None
    if charge.stage is ChargeStage.REQUESTED:
        if charge.tender is c.Tender.CARD:
            return _card(charge)
        return c.Working(charge.amount, Message("working.charging"))
    claim = next((p.number for p in state.visit_papers if isinstance(p.issued, ClaimIssued)), "")
    leave = button(c.Done(), "leave_with_slip") if visit.waited_long else None
    status = "unknown.long" if visit.waited_long else "unknown.asking"
    return c.Unknown(charge.amount, claim or charge.id[-8:].upper(), Message(status), leave)


def _card(charge: Charge) -> c.AnyPage:
    if charge.cancelling or charge.step is Step.WAIT:
        status = "working.cancelling" if charge.cancelling else "working.charging"
        return c.Working(charge.amount, Message(status))
    stop = button(c.StopPaying(), "cancel") if charge.may_cancel else None
    return c.UseCard(charge.amount, Message(f"card.{charge.step.value if charge.step else 'starting'}"), stop)
