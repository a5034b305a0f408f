"""State → view while the customer chooses how much: tiles, or the keys."""

from __future__ import annotations

from kiosk import contract as c
from kiosk.contract import Message
from kiosk.facts.amount import AmountFor
from kiosk.flow import amount, bills
from kiosk.flow.state import AmountEntry, State


def page(state: State, now_ms: int) -> c.AnyPage:
    visit = state.visit
    assert visit is not None and visit.amount is not None
    if visit.amount.keys:
        return _keys(state, visit.amount)
    return c.ChooseHowMuch(
        about=_about(state, visit.amount),
        choices=tuple(
            c.Button(c.ChooseAmount(offered), Message("amount.yuan", {"amount_fen": offered.fen}))
            for offered in amount.choices(state)
        ),
        other=c.Button(c.OtherAmount(), Message("amount.other")),
        problem=visit.problem,
    )


def _keys(state: State, entry: AmountEntry) -> c.AnyPage:
    assert state.visit is not None
    off = None if entry.typed else Message("amount.empty")
    submit = c.Button(c.SubmitAmount(), Message("button.submit_amount"), off)
    return c.TypeHowMuch(_about(state, entry), entry.typed, submit, state.visit.problem)


def _about(state: State, entry: AmountEntry) -> Message:
    visit, fee = state.visit, state.fee
    assert visit is not None and visit.customer is not None
    least, most = amount.span(state)
    name = fee.name.in_(state.settings.language) if fee else visit.fee
    values: dict[str, str | int] = {"fee": name, "customer": visit.customer.name}
    if entry.purpose is AmountFor.PART:
        return Message("amount.part", {"due_fen": bills.due(state, state.bills).fen})
    return Message("amount.ahead", {**values, "least_fen": least.fen, "most_fen": most.fen})
