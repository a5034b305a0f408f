"""How much: a balance is topped up without a bill, or a part of one bill is paid.

nothing is open, the fee has [fee.prepay] ── tiles ⇄ keys ── check
one bill of a fee with `partial` ── pay by ── keys ── pay by, with less

What is owed comes first: an account with an open bill is not topped up.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from msgspec.structs import replace

from kiosk.contract import (
    Back,
    ChooseAmount,
    EraseAll,
    EraseKey,
    Message,
    OtherAmount,
    PayAhead,
    PayPart,
    PressKey,
    SubmitAmount,
)
from kiosk.facts import Fact
from kiosk.facts.amount import AmountAsked, AmountChosen, AmountFor, AmountTyped
from kiosk.facts.passing import EntryRefused, WentBack
from kiosk.flow import bills, offers, six
from kiosk.flow.state import AmountEntry, Stage, State, Visit
from kiosk.flow.stimuli import Given
from kiosk.flow.table import Evolver, Facts, Machine, Row, stages
from kiosk.money import Money
from kiosk.parcels import Bill, Customer
from kiosk.rules.fee import Fee

AMOUNT = stages(Stage.AMOUNT)
MOST_DIGITS: Final = 6  # whole yuan
ONE_YUAN: Final = Money.yuan(1)


def _visit(state: State) -> Visit:
    assert state.visit is not None
    return state.visit


def _entry(state: State) -> AmountEntry:
    entry = _visit(state).amount
    assert entry is not None
    return entry


# ---------------------------------------------------------------------------------------------------
# What is offered


def tops_up(state: State, customer: Customer) -> bool:
    """Whether this account may be topped up: its fee says so, the least amount may be paid here now, the office will
    find the account again, and nothing is owed."""
    fee = state.fee
    if fee is None or fee.prepay is None or offers.fee_limit(state, fee) < fee.prepay.least:
        return False
    owes = any(not bill.account and not bills.is_ahead(bill) for bill in customer.bills)
    return bool(customer.reference) and not owes


def part_of(state: State) -> Money | None:
    """The most that a part of the chosen bill may be; None: it is paid whole or not at all."""
    terms, chosen = bills.terms(state), state.bills
    if terms is None or not terms.partial or bills.is_ahead(chosen[0]):
        return None
    most = Money((bills.due(state, chosen).fen - 1) // ONE_YUAN.fen * ONE_YUAN.fen)
    return most if most >= ONE_YUAN else None


def choices(state: State) -> tuple[Money, ...]:
    """As tiles; those above what may be paid here now are left out."""
    fee, entry = state.fee, _entry(state)
    if entry.purpose is AmountFor.PART or fee is None or fee.prepay is None:
        return ()
    return tuple(amount for amount in fee.prepay.amounts if amount <= offers.fee_limit(state, fee))


def span(state: State) -> tuple[Money, Money]:
    """Least and most."""
    if _entry(state).purpose is AmountFor.PART:
        return ONE_YUAN, part_of(state) or ONE_YUAN
    fee = _prepaid_fee(state)
    assert fee.prepay is not None
    return fee.prepay.least, offers.fee_limit(state, fee)


def _prepaid_fee(state: State) -> Fee:
    assert state.fee is not None
    return state.fee


# ---------------------------------------------------------------------------------------------------
# Decide


def _ahead(state: State, want: PayAhead, given: Given) -> Facts:
    yield AmountAsked(AmountFor.AHEAD)


def _may_top_up(state: State, want: PayAhead) -> bool:
    customer = _visit(state).customer
    return customer is not None and tops_up(state, customer)


def _part(state: State, want: PayPart, given: Given) -> Facts:
    yield AmountAsked(AmountFor.PART)


def _may_be_part(state: State, want: PayPart) -> bool:
    return part_of(state) is not None


def _tile(state: State, want: ChooseAmount, given: Given) -> Facts:
    yield from _chosen(state, want.amount, given)


def _is_offered(state: State, want: ChooseAmount) -> bool:
    return not _entry(state).keys and want.amount in choices(state)


def _other(state: State, want: OtherAmount, given: Given) -> Facts:
    yield AmountTyped("")


def _type(state: State, want: PressKey, given: Given) -> Facts:
    typed = _entry(state).typed
    digit = len(want.key) == 1 and want.key in "0123456789"
    if digit and len(typed) < MOST_DIGITS and (typed or want.key != "0"):
        yield AmountTyped(typed + want.key)


def _erase(state: State, want: EraseKey, given: Given) -> Facts:
    yield AmountTyped(_entry(state).typed[:-1])


def _erase_all(state: State, want: EraseAll, given: Given) -> Facts:
    yield AmountTyped("")


def _submit(state: State, want: SubmitAmount, given: Given) -> Facts:
    if _entry(state).typed:
        yield from _chosen(state, Money.yuan(_entry(state).typed), given)


def _chosen(state: State, amount: Money, given: Given) -> Iterator[Fact]:
    least, most = span(state)
    if not least <= amount <= most:
        key = "amount.too_little" if amount < least else "amount.too_much"
        yield EntryRefused(Message(key, {"least_fen": least.fen, "most_fen": most.fen}))
        return
    chosen = AmountChosen(amount)
    after = _is_chosen(state, chosen)
    problem = offers.bills_off(after, after.bills, given.now_ms)
    if problem is not None:
        yield from six.refused(state, problem)
    else:
        yield chosen


def _back_to_tiles(state: State, want: Back, given: Given) -> Facts:
    yield AmountAsked(_entry(state).purpose)


def _has_tiles(state: State, want: Back) -> bool:
    return _entry(state).keys and bool(choices(state))


def _back(state: State, want: Back, given: Given) -> Facts:
    yield WentBack()


def _by_keys(state: State, want: Any) -> bool:
    return _entry(state).keys


ROWS = (
    Row(PayAhead, _ahead, stages(Stage.BILLS), _may_top_up),
    Row(PayPart, _part, stages(Stage.PAY_BY), _may_be_part),
    Row(ChooseAmount, _tile, AMOUNT, _is_offered),
    Row(OtherAmount, _other, AMOUNT),
    Row(PressKey, _type, AMOUNT, _by_keys),
    Row(EraseKey, _erase, AMOUNT, _by_keys),
    Row(EraseAll, _erase_all, AMOUNT, _by_keys),
    Row(SubmitAmount, _submit, AMOUNT, _by_keys),
    Row(Back, _back_to_tiles, AMOUNT, _has_tiles),
    Row(Back, _back, AMOUNT),
)


# ---------------------------------------------------------------------------------------------------
# Evolve


def _with(state: State, **changes: Any) -> State:
    return replace(state, visit=replace(_visit(state), problem=None, **changes))


def _asked(state: State, fact: AmountAsked) -> State:
    """Of a part there is nothing to choose from."""
    by_keys = fact.purpose is AmountFor.PART
    return _with(state, stage=Stage.AMOUNT, amount=AmountEntry(fact.purpose, by_keys), part=None)


def _typed(state: State, fact: AmountTyped) -> State:
    return _with(state, amount=replace(_entry(state), keys=True, typed=fact.typed))


def _is_chosen(state: State, fact: AmountChosen) -> State:
    visit = _visit(state)
    if _entry(state).purpose is AmountFor.PART:
        return _with(state, stage=Stage.PAY_BY, part=fact.amount, amount=None)
    assert visit.customer is not None
    others = without_ahead(visit.customer).bills
    ahead = Bill(bills.AHEAD, visit.fee, "", fact.amount, 0)
    customer = replace(visit.customer, bills=(*others, ahead))
    return _with(state, stage=Stage.CHECK, customer=customer, bills=(bills.AHEAD,), confirmed=())


def without_ahead(customer: Customer) -> Customer:
    return replace(customer, bills=tuple(bill for bill in customer.bills if not bills.is_ahead(bill)))


EVOLVE: dict[type[Fact], Evolver] = {
    AmountAsked: _asked,
    AmountTyped: _typed,
    AmountChosen: _is_chosen,
}
MACHINE = Machine(ROWS, EVOLVE)
