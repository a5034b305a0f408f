"""A receipt that is made void, as staff see it: which one, why, who signs besides, what the customer gets."""

from __future__ import annotations

from kiosk import contract as c
from kiosk.contract import Message, StaffLine
from kiosk.flow import void
from kiosk.flow.permits import May
from kiosk.flow.state import Desk, State
from kiosk.present.desk import line, press, print_button, problem, unless
from kiosk.receipts import time_text


def which(state: State, desk: Desk) -> c.StaffEntry:
    off = unless(state, May.VOID)
    return c.StaffEntry(
        Message("desk.void"),
        Message("desk.void_which"),
        desk.typed,
        press(c.EnterTyped(), "next", off),
        (),
        Message("desk.checking") if desk.lookup else problem(desk.problem, May.VOID),
    )


def why(state: State, desk: Desk) -> c.StaffBoard:
    """What stands on the paper, masked as it is there."""
    receipt, language = desk.receipt, state.settings.language
    assert receipt is not None
    lines = (
        line("receipt_number", receipt.receipt),
        StaffLine(Message("desk.fee", {"name": receipt.fee_name}), receipt.period),
        line("account", receipt.account),
        line("customer", receipt.customer),
        line("issued", time_text(state.site, receipt.issued_ms)),
        line("refund", void.refund(receipt).figures),
    )
    reasons = tuple(
        StaffLine(
            Message("desk.reason", {"name": reason.name.in_(language)}),
            button=press(c.VoidReceipt(reason.id), "choose"),
        )
        for reason in state.site.office.void
    )
    return c.StaffBoard(
        Message("desk.void"),
        (*lines, *reasons),
        note=Message("desk.void_how"),
        problem=problem(desk.problem, May.VOID),
    )


def voided(state: State, desk: Desk) -> c.StaffBoard:
    item = state.items.get(desk.result)
    lines = [line("receipt_number", desk.result)]
    if item is not None and item.amount is not None:
        lines += [line("refund", item.amount.figures), line("slip_number", item.claim)]
    paper = state.papers.get(item.claim) if item else None
    return c.StaffBoard(
        Message("desk.voided"),
        tuple(lines),
        main=press(c.Back(), "done"),
        second=print_button(state, paper) if paper else None,
        note=Message("desk.voided_how"),
    )
