"""State → view: the check page. Six items, and how the amount came about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from kiosk import contract as c
from kiosk.contract import Language, Message
from kiosk.flow import bills, offers
from kiosk.flow.state import State
from kiosk.parcels import Bill
from kiosk.receipts import LABELS
from kiosk.rules.sums import Because

AND: Final = {Language.ZH: "、", Language.EN: ", "}
# Nothing that this customer could do or could have done.
NOT_WORTH_A_LINE: Final = (Because.NOTHING_LATE, Because.OVER)


def fee_name(state: State, fee_id: str) -> str:
    fee = state.fee_of(fee_id)
    return fee.name.in_(state.settings.language) if fee else fee_id


def page(state: State, now_ms: int) -> c.AnyPage:
    visit, chosen = state.visit, state.bills
    assert visit is not None and chosen and visit.customer is not None
    customer, due = visit.customer, bills.due(state, chosen)
    names = dict.fromkeys(fee_name(state, bill.fee) for bill in chosen)
    rows = (
        c.CheckRow(c.CheckItem.NAME, customer.name),
        c.CheckRow(c.CheckItem.IDENTITY, customer.identity),
        c.CheckRow(c.CheckItem.FEE, _listed(state, names), offers.masked_account(customer.account)),
        c.CheckRow(c.CheckItem.AMOUNT, due.figures, due.capital),
        c.CheckRow(c.CheckItem.PERIOD, *_what_for(state, chosen)),
        c.CheckRow(c.CheckItem.CONTACT, customer.contact),
    )
    age = None
    if visit.data_from == "bundle":
        days = max(0, (now_ms - visit.data_ms) // offers.DAY_MS)
        age = Message("check.data_age", {"days": days}) if days else None
    right = c.Button(c.AllRight(), Message("button.all_right"))
    wrong = c.Button(c.SomethingWrong(), Message("button.wrong"))
    return c.CheckItems(rows, due, right, wrong, age, tuple(_sums(state)))


def _what_for(state: State, chosen: tuple[Bill, ...]) -> tuple[str, str]:
    """The periods, and the first day on which one of the bills is due."""
    if bills.is_ahead(chosen[0]):
        return LABELS["ahead"].in_(state.settings.language), ""
    periods = _periods([bill.period for bill in chosen])
    return _listed(state, periods), _day(state, min(bill.due_ms for bill in chosen))


def _listed(state: State, items: Iterable[str]) -> str:
    return AND[state.settings.language].join(items)


def _periods(periods: Sequence[str]) -> list[str]:
    """Each once; the year only where it changes: 2026-09, 10, 2027-01."""
    shown: list[str] = []
    before = ""
    for period in dict.fromkeys(periods):
        year, _, month = period.rpartition("-")
        shown.append(month if year and year == before else period)
        before = year
    return shown


def _sums(state: State) -> Iterator[c.SumLine]:
    """How the amount came about, unless it is what the bills of one fee say, which the page before has shown: each
    bill, what was added, what was taken off. Last, and once for all of them, what was not given and why."""
    language, chosen = state.settings.language, state.bills
    hints: dict[tuple[str, str], c.SumLine] = {}
    fees = {bill.fee for bill in chosen}
    every = len(fees) > 1 or any(not bills.reckoned(state, bill).plain for bill in chosen)
    for bill in chosen:
        sum_ = bills.reckoned(state, bill)
        if every:
            values: dict[str, str | int] = {"fee": fee_name(state, bill.fee), "period": bill.period}
            yield c.SumLine(Message("check.sum_bill", values), sum_.amount)
        if sum_.late.amount:
            yield c.SumLine(Message("check.sum_late", {"days": sum_.late.days}), sum_.late.amount)
        for given in sum_.concessions.applied:
            name = given.concession.name.in_(language)
            why = given.concession.why.in_(language)
            yield c.SumLine(Message("check.sum_off", {"name": name}), -given.amount, why)
        for lacking in sum_.concessions.missing:
            if lacking.because not in NOT_WORTH_A_LINE:
                label = Message(
                    f"check.lacks_{lacking.because.value}", {"name": lacking.concession.name.in_(language)}
                )
                hint = c.SumLine(label, None, lacking.concession.missing.in_(language))
                hints[(lacking.concession.id, label.key)] = hint
    yield from hints.values()


def _day(state: State, at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(state.site.house.zone).strftime("%Y-%m-%d")
