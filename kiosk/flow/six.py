"""The six-step check: name, ID number or credit code, fee, amount, period, contact. What the kiosk finds wrong blocks,
is said, and is counted; what it finds right is shown masked, confirmed by the customer, and recorded item by item."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kiosk.contract import CheckItem, Message
from kiosk.facts import Fact
from kiosk.facts.check import Answer, Found, ItemsChecked, SubmissionBlocked
from kiosk.facts.passing import EntryRefused
from kiosk.flow import bills, stock
from kiosk.flow.state import State
from kiosk.parcels import Bill, Customer
from kiosk.rules.fee import Fee, Verify

PAID_AHEAD: Final = "ahead"  # in place of a period

# Phrase that the customer sees → what is counted. Whatever else a page says is a mistake to correct, not a block.
COUNTED: Final = {
    "bills.over_limit": "over_limit",
    "bills.sum_differs": "sum_differs",
    "check.receipt_used": "receipt_used",
    "account.something_wrong": "customer_disagrees",
    **{f"check.wrong_{item.value}": f"wrong_{item.value}" for item in Verify},
    **{f"check.unknown_{item.value}": f"unknown_{item.value}" for item in Verify},
}


def values(customer: Customer, bill: Bill) -> dict[Verify, str]:
    """What the office has on record, masked."""
    return {
        Verify.NAME: customer.name,
        Verify.IDENTITY: customer.identity,
        Verify.PERIOD: bill.period,
        Verify.CONTACT: customer.contact,
    }


def wrong(state: State, fee: Fee, bill: Bill) -> Message | None:
    """Why the check can not succeed, whatever the customer says.

    A name that does not belong to its number, or a number that can not be one, blocks for every fee; what is only not
    on record blocks where the fee asks for it."""
    customer = state.visit.customer if state.visit else None
    if customer is None:
        return None
    known = values(customer, bill)
    for item in Verify:
        optional = item is Verify.CONTACT and item not in fee.verify
        if item.value in customer.doubts and not optional:
            return Message(f"check.wrong_{item.value}")
        if item is Verify.PERIOD and bills.is_ahead(bill):
            continue
        if item in fee.verify and not known[item]:
            return Message(f"check.unknown_{item.value}")
    return Message("check.receipt_used") if receipt_used(state) else None


def receipt_used(state: State) -> bool:
    """The next receipt number is on a paper already: here, or as the server has it of a kiosk that was copied."""
    number = stock.number(state)
    used_there = state.visit is not None and state.visit.used_number == number
    return used_there or number in state.papers


def refused(state: State, problem: Message) -> Iterator[Fact]:
    """The page says why; what the check itself stopped is on record."""
    visit, because = state.visit, COUNTED.get(problem.key)
    if because and visit is not None and not state.house.broken:
        yield SubmissionBlocked(visit.id, visit.fee, because)
    yield EntryRefused(problem)


def checked(state: State) -> ItemsChecked:
    """All six were shown and confirmed."""
    visit, chosen = state.visit, state.bills
    assert visit is not None and visit.customer is not None and chosen
    customer, due = visit.customer, bills.due(state, chosen)
    shown = {
        CheckItem.NAME: customer.name,
        CheckItem.IDENTITY: customer.identity,
        CheckItem.FEE: "+".join(dict.fromkeys(bill.fee for bill in chosen)),
        CheckItem.AMOUNT: due.figures,
        CheckItem.PERIOD: "+".join(
            dict.fromkeys(PAID_AHEAD if bills.is_ahead(bill) else bill.period for bill in chosen)
        ),
        CheckItem.CONTACT: "" if "contact" in customer.doubts else customer.contact,
    }
    answers = tuple(
        Answer(item, shown[item], Found.RIGHT if shown[item] else Found.UNKNOWN, True) for item in CheckItem
    )
    numbers = tuple(bill.number for bill in chosen)
    return ItemsChecked(visit.id, numbers, answers, stock.number(state), visit.data_from)
