"""What the chosen bills come to: the same reckoning as the server's, and which bills may be paid together. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

import msgspec
from msgspec.structs import replace

from kiosk.facts import BillPart
from kiosk.flow.state import State, Visit
from kiosk.money import Money
from kiosk.parcels import Bill, Bundle, Customer, KnownCustomer
from kiosk.rules import masks, sums
from kiosk.rules.fee import Fee, Overpaid
from kiosk.rules.sums import Person, Reckoning

AHEAD: Final = ""  # number of what is no bill: an amount that tops a balance up
STRICTEST: Final = (Overpaid.REFUSE, Overpaid.CHANGE_OWED, Overpaid.PREPAID)


def is_ahead(bill: Bill) -> bool:
    return bill.number == AHEAD


class Terms(msgspec.Struct, frozen=True):
    """How the chosen bills are paid together. A part may be paid only of one bill to which nothing was added and of
    which nothing was waived: else nobody could say what the rest is."""

    due: Money
    overpaid: Overpaid
    overpaid_limit: Money
    partial: bool


def day_of(state: State, at_ms: int) -> date:
    """The day on the wall of this site."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(state.site.house.zone).date()


def reckoning_day(state: State, customer: Customer, data_from: str, data_ms: int, now_ms: int) -> date:
    """The server's own day where it answered: a kiosk's clock may be wrong. Offline ours, never before the data."""
    named = [bill.reckoned for bill in customer.bills if bill.reckoned]
    if data_from == "server" and named:
        return date.fromisoformat(named[0])
    return max(day_of(state, now_ms), day_of(state, data_ms))


def of_one_person(bundle: Bundle, known: KnownCustomer) -> Customer:
    """As the server would answer: the bills of the same person's other accounts after those of this one."""
    own = known.customer
    bills, marks = list(own.bills), dict(own.marks)
    for other in bundle.customers:
        if other is not known and known.person and other.person == known.person:
            masked = masks.account(other.customer.account)
            bills += [replace(bill, account=masked) for bill in other.customer.bills]
            marks = {**other.customer.marks, **marks}
    return replace(own, bills=tuple(bills), marks=marks)


def reckoned(state: State, bill: Bill, on: str = "") -> Reckoning:
    """`on`: another day than that of the visit."""
    visit = _visit(state)
    fee = state.fee_of(bill.fee)
    if fee is None or is_ahead(bill):  # what is paid ahead is not late, and no concession is given on it
        return Reckoning(bill.amount, sums.Late(), sums.Concessions())
    marks = visit.customer.marks if visit.customer else {}
    debt = sums.debt(fee, bill.amount, bill.period, bill.due_ms, state.site.house.zone)
    return sums.reckon(fee, Person(marks), debt, date.fromisoformat(on or visit.day))


def differs(state: State, bill: Bill) -> bool:
    """The server's sum is not ours. One of us has other rules: then nobody pays here."""
    return bill.total is not None and reckoned(state, bill, bill.reckoned).total != bill.total


def due(state: State, bills: tuple[Bill, ...]) -> Money:
    return Money.total(reckoned(state, bill).total for bill in bills)


def numbers(chosen: tuple[Bill, ...]) -> str:
    """One word for what was chosen, such as for an approval."""
    return "+".join(bill.number for bill in chosen)


def together(state: State, one: Bill, other: Bill) -> bool:
    """Whether the rules let these two be paid in one payment."""
    words = [fee.merge if (fee := state.fee_of(bill.fee)) else "" for bill in (one, other)]
    return bool(words[0]) and words[0] == words[1]


def terms(state: State) -> Terms | None:
    """None without a chosen bill, or where one of its fees is not known here any more."""
    bills = state.bills
    fees = [state.fee_of(bill.fee) for bill in bills]
    known: list[Fee] = [fee for fee in fees if fee is not None]
    if not bills or len(known) < len(bills):
        return None
    overpaid = min((fee.overpaid for fee in known), key=STRICTEST.index)
    limit = Money(0) if overpaid is Overpaid.REFUSE else min(fee.overpaid_limit for fee in known)
    alone = len(bills) == 1
    partial = alone and (is_ahead(bills[0]) or (known[0].partial and reckoned(state, bills[0]).plain))
    return Terms(_visit(state).part or due(state, bills), overpaid, limit, partial)


def parts(state: State, masked_account: str) -> tuple[BillPart, ...]:
    """Of the chosen bills, as the record of the payment has them. One that is waived whole stands last: the first
    names the payment, and what is above the amount stands on its receipt."""
    made = []
    for bill in state.bills:
        fee, sum_ = state.fee_of(bill.fee), reckoned(state, bill)
        assert fee is not None
        made.append(
            BillPart(
                bill=bill.number,
                fee=fee.id,
                fee_name=fee.name.zh,
                biller=fee.biller,
                account=bill.account or masked_account,
                period=bill.period,
                amount=_visit(state).part or sum_.amount,
                late=sum_.late.amount,
                off=sum_.concessions.amount,
            )
        )
    return tuple(sorted(made, key=lambda part: not part.due))


def _visit(state: State) -> Visit:
    assert state.visit is not None
    return state.visit
