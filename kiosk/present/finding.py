"""What is to be paid: home, the number on the bill, what is open."""

from __future__ import annotations

from kiosk import contract as c
from kiosk.contract import Message
from kiosk.flow import amount, bills, offers
from kiosk.flow.state import HelpRoom, State
from kiosk.present import check
from kiosk.present.buttons import button


def home(state: State, now_ms: int) -> c.AnyPage:
    language = state.settings.language
    tiles = tuple(
        c.FeeTile(fee.id, fee.name.in_(language), fee.icon, offers.fee_off(state, fee.id))
        for fee in state.fees
    )
    ways = tuple(c.TenderTile(tender, offers.tender_shut(state, tender)) for tender in offers.tenders(state))
    privacy = button(c.OpenHelp(HelpRoom.PRIVACY.value), "privacy")
    return c.Home(tiles, ways, state.site.house.service_phone, privacy)


def account(state: State, now_ms: int) -> c.AnyPage:
    visit, fee = state.visit, state.fee
    assert visit is not None and fee is not None
    missing = fee.account_digits[0] - len(visit.typed)
    off = Message("account.digits_missing", {"digits": missing}) if missing > 0 else None
    return c.EnterAccount(
        fee_name=fee.name.in_(state.settings.language),
        icon=fee.icon,
        account_name=fee.account_name.in_(state.settings.language),
        typed=visit.typed,
        groups=fee.account_groups,
        can_scan=bool(state.house.scanners),
        problem=visit.problem,
        submit=button(c.SubmitAccount(), "submit_account", off),
    )


def looking_up(state: State, now_ms: int) -> c.AnyPage:
    visit, fee = state.visit, state.fee
    assert visit is not None and fee is not None
    return c.LookingUp(fee.name.in_(state.settings.language), offers.masked_account(visit.typed))


def choose_bills(state: State, now_ms: int) -> c.AnyPage:
    visit = state.visit
    assert visit is not None and visit.customer is not None
    rows = tuple(
        c.BillRow(
            bill.number,
            check.fee_name(state, bill.fee),
            bill.period,
            bills.reckoned(state, bill).total,
            overdue=bill.due_ms < now_ms,
            ticked=bill.number in visit.bills,
            region=bill.region,
        )
        for bill in visit.customer.bills
    )
    total = bills.due(state, state.bills)
    off = None if state.bills else Message("bills.none_ticked")
    pay = c.Button(
        c.PayTicked(), Message("bills.pay", {"count": len(state.bills), "amount_fen": total.fen}), off
    )
    ahead = button(c.PayAhead(), "pay_ahead") if amount.tops_up(state, visit.customer) else None
    return c.ChooseBills(visit.customer.name, rows, total, pay, visit.problem, ahead)
