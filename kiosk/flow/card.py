"""Paying by card: the terminal is told at once, its display leads the customer, its record decides (see `charge.py`).

chosen ── intent with `before` flushed ── told to pay ── card, PIN, bank ── the terminal's word
             │
             └── the customer stops, or the power goes: told to cancel; what comes of it is told as ever

While one charge is open nobody else pays by card: the record would stand one further and could decide nothing.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from hardware.terminals.contract import (
    CardApproved,
    CardAsks,
    CardDeclined,
    CardDoubtful,
    CardEvent,
    CardUnknown,
    Step,
    TerminalAtRest,
)
from kiosk.contract import StopPaying, Tender
from kiosk.facts import ChargeRequested, Fact
from kiosk.facts.cabinet import Power
from kiosk.facts.passing import CardCancelled, CardStep, TerminalRests
from kiosk.flow.charge import CHARGING, Said, answered, change
from kiosk.flow.commands import CancelCard, Command
from kiosk.flow.state import Charge, ChargeStage, State
from kiosk.flow.stimuli import Given
from kiosk.flow.table import Consequence, Evolver, Facts, Machine, Row
from kiosk.money import Money
from kiosk.parcels import ChargeIs

SHOWN_DIGITS = 4  # of a card, whatever a terminal may tell us
SOMEBODY_ELSES = ("another_terminal", "several_since")  # the last amount in the record says nothing of ours


def order(state: State, charge: str, payment: str, amount: Money) -> ChargeRequested:
    """The intent. `offers` saw to it that the terminal rests."""
    assert state.house.terminal_rests is not None
    return ChargeRequested(charge, payment, amount, state.house.terminal_rests)


def at_terminal(state: State) -> bool:
    """Whether the customer's hand is wanted there."""
    charge = state.charge
    if charge is None or charge.tender is not Tender.CARD or charge.stage is not ChargeStage.REQUESTED:
        return False
    return charge.step is not Step.WAIT and not charge.cancelling


# ---------------------------------------------------------------------------------------------------
# Decide


def _said(event: CardEvent) -> Said:
    match event:
        case CardApproved():
            reference = f"{event.mark.terminal}/{event.mark.trace}"
            masked = _masked(event.card)
            return Said(ChargeIs.CONFIRMED, "", event.amount, event.scheme, reference, masked)
        case CardDeclined():
            return Said(ChargeIs.DECLINED, event.because.value)
        case CardDoubtful():
            amount = None if event.because in SOMEBODY_ELSES else event.amount
            return Said(ChargeIs.CONFIRMED, event.because, amount)
        case _:
            return Said(ChargeIs.UNKNOWN, "terminal")


def _masked(card: str) -> str:
    digits = "".join(sign for sign in card if sign.isdigit())
    return f"****{digits[-SHOWN_DIGITS:]}" if digits else ""


def _came(state: State, event: CardEvent, given: Given) -> Facts:
    yield from answered(state, state.charges[event.payment], _said(event), given)


def _asks(state: State, asks: CardAsks, given: Given) -> Facts:
    yield CardStep(asks.payment, asks.step)


def _ours(state: State, event: CardEvent) -> bool:
    charge = state.charges.get(event.payment)
    return charge is not None and charge.tender is Tender.CARD


def _rests(state: State, rest: TerminalAtRest, given: Given) -> Facts:
    yield TerminalRests(rest.mark)


def _may_cancel(state: State, want: StopPaying) -> bool:
    return state.charge is not None and state.charge.may_cancel


def _cancel(state: State, want: StopPaying, given: Given) -> Facts:
    assert state.charge is not None
    yield CardCancelled(state.charge.id)


ROWS = (
    Row(TerminalAtRest, _rests),
    Row(CardAsks, _asks, when=_ours),
    Row(CardApproved, _came, when=_ours),
    Row(CardDeclined, _came, when=_ours),
    Row(CardUnknown, _came, when=_ours),
    Row(CardDoubtful, _came, when=_ours),
    Row(StopPaying, _cancel, CHARGING, _may_cancel),
)


# ---------------------------------------------------------------------------------------------------
# Evolve, commands, consequences


def _rests_now(state: State, fact: TerminalRests) -> State:
    return replace(state, house=replace(state.house, terminal_rests=fact.mark))


EVOLVE: dict[type[Fact], Evolver] = {
    CardStep: lambda s, f: change(s, f.charge, step=f.step),
    CardCancelled: lambda s, f: change(s, f.charge, cancelling=True),
    TerminalRests: _rests_now,
}


def _tell_cancel(state: State, fact: CardCancelled) -> tuple[Command, ...]:
    return (CancelCard(fact.charge),)


def _nobody_comes(state: State) -> Charge | None:
    """The power goes: nobody is asked for a card any more."""
    if state.cabinet.power is not Power.LEAVING:
        return None
    return next((charge for charge in state.charges.values() if charge.may_cancel), None)


def _call_off(state: State, given: Given) -> Facts:
    charge: Any = _nobody_comes(state)
    yield CardCancelled(charge.id)


MACHINE = Machine(
    ROWS,
    EVOLVE,
    {CardCancelled: _tell_cancel},
    (Consequence(lambda state: _nobody_comes(state) is not None, _call_off),),
)
