"""Paying with a payment code: the page that waits for one, and what the server says of it (see `charge.py`).

shown ── intent flushed ── sent ── the server's word

The code itself is in memory for one step and never written.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from hardware.contracts import CodeRead
from kiosk.contract import Back, Message, StopPaying, Tender
from kiosk.facts import ChargeDeclined, ChargeRequested, ChargeUnknown, Fact, PaymentAbandoned
from kiosk.facts.passing import CodeForgotten, CodeShown, EntryRefused
from kiosk.flow import offers
from kiosk.flow.charge import NOT_SENT, Said, answered
from kiosk.flow.state import ChargeStage, Stage, State
from kiosk.flow.stimuli import ChargeCame, ChargeSilent, Given
from kiosk.flow.table import Evolver, Facts, Machine, Row, stages
from kiosk.parcels import ChargeIs

SHOW_CODE = stages(Stage.SHOW_CODE)


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


def _came(state: State, came: ChargeCame, given: Given) -> Facts:
    said = came.charge
    because = {ChargeIs.DECLINED: said.reason, ChargeIs.UNKNOWN: "provider", ChargeIs.NEVER: "never"}
    yield from answered(
        state,
        state.charges[said.charge],
        Said(said.state, because.get(said.state, ""), said.amount, said.provider, said.provider_reference),
        given,
    )


def _silent(state: State, silent: ChargeSilent, given: Given) -> Facts:
    charge = state.charges[silent.charge]
    if charge.stage is not ChargeStage.REQUESTED:
        return
    if silent.sent:
        yield ChargeUnknown(charge.id, "no_answer")  # not the detail: who knows what an error page repeats
    else:
        yield ChargeDeclined(charge.id, charge.payment, NOT_SENT)


def _stop(state: State, want: Any, given: Given) -> Facts:
    if state.payment is not None:
        yield PaymentAbandoned(state.payment.id, "customer_stopped")


def _by_code(state: State, charge: str) -> bool:
    return charge in state.charges and state.charges[charge].tender is Tender.CODE


ROWS = (
    Row(CodeRead, _shown, SHOW_CODE, lambda s, _c: s.payment is not None and s.charge is None),
    Row(ChargeCame, _came, when=lambda s, came: _by_code(s, came.charge.charge)),
    Row(ChargeSilent, _silent, when=lambda s, silent: _by_code(s, silent.charge)),
    Row(StopPaying, _stop, SHOW_CODE),
    Row(Back, _stop, SHOW_CODE),
)


def _code(state: State, code: str) -> State:
    return replace(state, visit=replace(state.visit, code=code)) if state.visit else state


EVOLVE: dict[type[Fact], Evolver] = {
    CodeShown: lambda s, f: _code(s, f.code),
    CodeForgotten: lambda s, f: _code(s, ""),
}


MACHINE = Machine(ROWS, EVOLVE)
