"""From an account number to bills that were looked up, chosen and checked: the middle of the customer's way."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from kiosk.contract import AllRight, CheckItem, ChooseBill, Message, PayTicked, SomethingWrong
from kiosk.facts import Fact
from kiosk.facts.amount import AmountAsked, AmountFor
from kiosk.facts.check import ItemsChecked, SubmissionBlocked
from kiosk.facts.passing import (
    BillsChosen,
    BillsTicked,
    CustomerKnown,
    EntryRefused,
    ItemsConfirmed,
    LookupBegun,
)
from kiosk.flow import amount, bills, offers, six, stock
from kiosk.flow.commands import Command, FetchBills
from kiosk.flow.delays import Delay
from kiosk.flow.state import Stage, State, Visit
from kiosk.flow.stimuli import BillsCame, Given, LookupFailed, TimeIsUp
from kiosk.flow.table import Evolver, Facts, Machine, Row, stages
from kiosk.money import Money
from kiosk.parcels import Bill, Customer


def _visit(state: State) -> Visit:
    """The visit, where a row's stage guarantees that there is one."""
    assert state.visit is not None
    return state.visit


# ---------------------------------------------------------------------------------------------------
# Decide


def look_up(state: State, account: str, given: Given) -> Iterator[Fact]:
    yield LookupBegun(lookup=given.ids[0], account=account)
    if not state.house.online:
        yield from _from_bundle(state, account, given.now_ms)


def _from_bundle(state: State, account: str, now_ms: int) -> Iterator[Fact]:
    """Without network: the arrears that the last signed site bundle knows, with their age."""
    bundle = state.house.bundle
    if bundle is None:
        yield EntryRefused(Message("account.offline_no_data"))
        return
    visit = _visit(state)
    found = (k for k in bundle.customers if k.fee == visit.fee and k.customer.account == account)
    known = next(found, None)
    if known is None:
        yield EntryRefused(Message("account.offline_unknown"))
        return
    customer = bills.of_one_person(bundle, known)
    yield from _known(state, customer, "bundle", bundle.made_ms, now_ms)


def _bills_came(state: State, came: BillsCame, given: Given) -> Facts:
    if came.customer is None:
        yield EntryRefused(Message("account.unknown"))
        return
    yield from _known(state, came.customer, "server", given.now_ms, given.now_ms, came.used_number)


def _known(
    state: State, customer: Customer, data_from: str, data_ms: int, now_ms: int, used_number: str = ""
) -> Iterator[Fact]:
    customer = replace(customer, bills=_still_due(state, customer, data_from, data_ms))
    tops_up = amount.tops_up(state, customer)
    if not customer.bills and not tops_up:
        yield EntryRefused(Message("account.nothing_due", {"customer": customer.name}))
        return
    day = bills.reckoning_day(state, customer, data_from, data_ms, now_ms)
    known = CustomerKnown(customer, data_from, data_ms, used_number, day.isoformat())
    after = _known_now(state, known)
    if not customer.bills:
        yield known
        yield AmountAsked(AmountFor.AHEAD)
        return
    alone = customer.bills if len(customer.bills) == 1 and not tops_up else ()
    problem = offers.bills_off(after, alone, now_ms)
    if problem is not None:
        yield from six.refused(state, problem)
        return
    yield known
    if alone:
        yield BillsChosen((alone[0].number,))
    else:
        yield BillsTicked(_first_ticks(after, now_ms))


def _first_ticks(state: State, now_ms: int) -> tuple[str, ...]:
    """Everything that may be paid together with the first bill that may be paid at all: one touch pays all of it."""
    ticked: tuple[Bill, ...] = ()
    for bill in _customer(state).bills:
        if offers.bills_off(state, (*ticked, bill), now_ms) is None:
            ticked = (*ticked, bill)
    return tuple(bill.number for bill in ticked)


def _customer(state: State) -> Customer:
    customer = _visit(state).customer
    assert customer is not None
    return customer


def _still_due(state: State, customer: Customer, data_from: str, data_ms: int) -> tuple[Bill, ...]:
    """What was paid here counts at once, also while the server or the bundle do not know it yet."""
    since_ms = data_ms if data_from == "bundle" else math.inf
    unknown = [p for p in state.paid if p.sent_ms is None or p.sent_ms >= since_ms]
    due = []
    for bill in customer.bills:
        rest = bill.amount - Money.total(p.amount for p in unknown if p.bill == bill.number)
        if rest.fen > 0:
            due.append(bill if rest == bill.amount else replace(bill, amount=rest, total=None))
    return tuple(due)


def _is_this_lookup(state: State, came: BillsCame | LookupFailed) -> bool:
    return _visit(state).lookup == came.lookup


def _is_this_wait(state: State, up: TimeIsUp) -> bool:
    return up.delay is Delay.LOOKUP and _visit(state).lookup == up.key


def _lookup_failed(state: State, failed: LookupFailed | TimeIsUp, given: Given) -> Facts:
    yield from _from_bundle(state, _visit(state).typed, given.now_ms)


def _tick(state: State, want: ChooseBill, given: Given) -> Facts:
    """A second touch takes the tick off. A bill that can not be paid, or not with the others, says why."""
    ticked = _visit(state).bills
    if want.number in ticked:
        yield BillsTicked(tuple(number for number in ticked if number != want.number))
        return
    touched = next((bill for bill in _customer(state).bills if bill.number == want.number), None)
    if touched is None:
        return
    problem = offers.bills_off(state, (touched,), given.now_ms)
    if problem is None:
        problem = offers.bills_off(state, (*state.bills, touched), given.now_ms)
    if problem is None:
        yield BillsTicked((*ticked, want.number))
    else:
        yield from six.refused(state, problem)


def _pay_ticked(state: State, want: PayTicked, given: Given) -> Facts:
    problem = offers.bills_off(state, state.bills, given.now_ms)
    if problem is not None:
        yield from six.refused(state, problem)
    elif state.bills:
        yield BillsChosen(tuple(bill.number for bill in state.bills))


def _all_right(state: State, want: AllRight, given: Given) -> Facts:
    """Looked at once more: between the page and this touch the data, the stock or the fee may have changed."""
    problem = offers.bills_off(state, state.bills, given.now_ms)
    if problem is not None:
        yield from six.refused(state, problem)
        return
    yield six.checked(state)
    yield ItemsConfirmed(tuple(CheckItem))


def _something_wrong(state: State, want: SomethingWrong, given: Given) -> Facts:
    yield from six.refused(state, Message("account.something_wrong"))


ROWS = (
    Row(BillsCame, _bills_came, stages(Stage.LOOKING_UP), _is_this_lookup),
    Row(LookupFailed, _lookup_failed, stages(Stage.LOOKING_UP), _is_this_lookup),
    Row(TimeIsUp, _lookup_failed, stages(Stage.LOOKING_UP), _is_this_wait),
    Row(ChooseBill, _tick, stages(Stage.BILLS)),
    Row(PayTicked, _pay_ticked, stages(Stage.BILLS)),
    Row(AllRight, _all_right, stages(Stage.CHECK)),
    Row(SomethingWrong, _something_wrong, stages(Stage.CHECK)),
)


# ---------------------------------------------------------------------------------------------------
# Evolve


def _with(state: State, **changes: Any) -> State:
    return replace(state, visit=replace(_visit(state), **changes))


def _known_now(state: State, fact: CustomerKnown) -> State:
    return _with(
        state,
        customer=fact.customer,
        data_from=fact.data_from,
        data_ms=fact.data_ms,
        day=fact.day,
        used_number=fact.used_number,
        stage=Stage.BILLS,
        lookup="",
        problem=None,
    )


EVOLVE: dict[type[Fact], Evolver] = {
    LookupBegun: lambda s, f: _with(
        s, lookup=f.lookup, typed=f.account, stage=Stage.LOOKING_UP, problem=None
    ),
    CustomerKnown: _known_now,
    BillsTicked: lambda s, f: _with(s, bills=f.bills, problem=None),
    BillsChosen: lambda s, f: _with(
        s, bills=f.bills, stage=Stage.CHECK, part=None, amount=None, problem=None
    ),
    ItemsChecked: lambda s, f: s,
    SubmissionBlocked: lambda s, f: s,
    ItemsConfirmed: lambda s, f: _with(s, confirmed=f.items, stage=Stage.PAY_BY, problem=None),
}


# ---------------------------------------------------------------------------------------------------
# Commands


def _fetch(state: State, fact: LookupBegun) -> tuple[Command, ...]:
    if not state.house.online:
        return ()
    return (FetchBills(fact.lookup, _visit(state).fee, fact.account, stock.number(state)),)


MACHINE = Machine(ROWS, EVOLVE, {LookupBegun: _fetch})
