"""What is on offer now, and the honest reason where something is not. Shared by what decides and what shows."""

from __future__ import annotations

from hardware.contracts import Trouble
from kiosk.contract import Message, Tender
from kiosk.facts import ClaimIssued
from kiosk.facts.office import Sort, worth
from kiosk.flow import bills, six, stock
from kiosk.flow.state import ChargeStage, Paper, PaperState, State
from kiosk.money import Money
from kiosk.parcels import Bill
from kiosk.rules.fee import Overpaid
from kiosk.site import Fee

DAY_MS = 86_400_000


def tenders(state: State) -> tuple[Tender, ...]:
    """The ways of paying that this kiosk was built for; a card terminal is not in every one."""
    return tuple(t for t in Tender if t is not Tender.CARD or state.site.devices.terminal is not None)


def fee_off(state: State, fee_id: str) -> Message | None:
    """Why this fee can not be paid here now."""
    if state.site.office.day.must_be_opened and not state.day.open:
        return Message("home.day_not_opened")
    if stock.empty(state):
        return Message("home.no_receipt_numbers")
    if all(tender_shut(state, tender) for tender in tenders(state)):
        return Message("home.no_tender")
    fee = state.fee_of(fee_id)
    return Message("home.fee_closed") if fee is None or _closed(state, fee) else None


def _closed(state: State, fee: Fee) -> bool:
    bundle = state.house.bundle
    return bundle is not None and any(s.fee == fee.id and not s.open for s in bundle.fees)


def fee_limit(state: State, fee: Fee) -> Money:
    """The smaller of what the configuration and the site bundle allow for one payment."""
    switches = state.house.bundle.fees if state.house.bundle else ()
    limits = [s.limit for s in switches if s.fee == fee.id and s.limit is not None]
    return min([fee.limit, *limits])


def bills_off(state: State, chosen: tuple[Bill, ...], now_ms: int) -> Message | None:
    """Why these bills of the visit can not be paid here now; together, if there are several."""
    due: dict[str, Money] = {}
    if len(chosen) > stock.ONE_VISIT:
        return Message("bills.too_many", {"count": stock.ONE_VISIT})
    for bill in chosen:
        fee = state.fee_of(bill.fee)
        if fee is None or _closed(state, fee):
            return Message("home.fee_closed")
        if not bills.together(state, chosen[0], bill) and bill is not chosen[0]:
            return Message("bills.not_together")
        if not bills.is_ahead(bill) and any(
            bill.number in p.bills and p.id in _asked_about(state) for p in state.payments.values()
        ):
            return Message("bills.still_asking")
        problem = six.wrong(state, fee, bill)
        if problem is not None:
            return problem
        if bills.differs(state, bill):
            return Message("bills.sum_differs", {"bill": bill.number})
        due[fee.id] = due.get(fee.id, Money(0)) + bills.reckoned(state, bill).total
        limit = fee_limit(state, fee)
        if due[fee.id] > limit:
            return Message("bills.over_limit", {"amount_fen": due[fee.id].fen, "limit_fen": limit.fen})
    total = Money.total(due.values())
    if chosen and not total:
        return Message("bills.nothing_left")
    return _offline_off(state, total, now_ms)


def _offline_off(state: State, total: Money, now_ms: int) -> Message | None:
    visit, limits = state.visit, state.site.house.limits
    if visit is None or visit.data_from != "bundle":
        return None
    if (
        visit.data_ms - now_ms > DAY_MS
    ):  # our clock stands before the data was made: nobody knows how old it is
        return Message("account.offline_clock")
    if now_ms - visit.data_ms > limits.offline_data_age_days * DAY_MS:
        return Message("account.offline_too_old", {"days": limits.offline_data_age_days})
    if total > limits.offline_per_visit:
        return Message("bills.over_offline_limit", {"limit_fen": limits.offline_per_visit.fen})
    if state.offline_taken + total > limits.offline_total:
        return Message("bills.over_offline_total")
    return None


def _asked_about(state: State) -> set[str]:
    """Payments whose charge may have gone through: nobody pays them a second time meanwhile."""
    return {c.payment for c in state.charges.values() if c.stage is not ChargeStage.NOT_SENT}


def tender_broken(state: State, tender: Tender) -> Message | None:
    """Why this way of paying does not work at all now, whatever is to be paid."""
    house = state.house
    if house.broken:
        return Message("pay_by.journal")
    if not state.cabinet.takes_money:
        return Message("pay_by.power")
    if tender is Tender.CODE:
        if not house.online:
            return Message("pay_by.code_offline")
        return None if house.scanners else Message("pay_by.no_scanner")
    if tender is Tender.CARD:
        return _card_broken(state)
    acceptor = house.acceptor
    plan = state.site.devices.acceptor
    if plan is None:
        return Message("pay_by.no_acceptor")
    if state.box_out or acceptor.obstacle == "box_out":
        return Message("pay_by.box_out")
    if acceptor.obstacle == "box_full" or state.notes_in_box >= plan.box_notes:
        return Message("pay_by.box_full")
    if acceptor.obstacle:
        return Message("pay_by.acceptor_jammed")
    if acceptor.trouble is Trouble.WRONG_DEVICE:
        return Message("pay_by.acceptor_wrong")
    return None if acceptor.usable else Message("pay_by.acceptor_away")


def _card_broken(state: State) -> Message | None:
    if state.site.devices.terminal is None:
        return Message("pay_by.no_terminal")
    if any(charge.tender is Tender.CARD for charge in state.charges.values()):
        # One more transaction, and the terminal's record could not decide the open one any more.
        return Message("pay_by.card_asking")
    return Message("pay_by.terminal_away") if state.house.terminal_rests is None else None


def tender_shut(state: State, tender: Tender) -> Message | None:
    """Why nobody can begin to pay this way now: it is broken, or a limit of the site is reached. Who has begun
    is not stopped by a limit: there is room for one more customer below each of them."""
    return tender_broken(state, tender) or _capped(state, tender)


def _capped(state: State, tender: Tender) -> Message | None:
    if stock.empty(state):
        return Message("pay_by.no_receipt_numbers")
    limits = state.site.house.limits
    sort = Sort.NOTE if tender is Tender.CASH else Sort.CHARGE
    if sum(item.sort is sort for item in state.items.values()) >= limits.open_doubtful:
        return Message("pay_by.too_many_doubtful")
    if tender is Tender.CASH and box_full(state):
        return Message("pay_by.box_full")
    if tender is not Tender.CODE and not state.house.online and state.offline_taken >= limits.offline_total:
        return Message("pay_by.offline_total")
    return None


def box_full(state: State) -> bool:
    """Whether one more customer may find no room for the notes."""
    limits, plan = state.site.house.limits, state.site.devices.acceptor
    if plan is None:
        return False
    return (
        state.notes_in_box + limits.box_spare_notes > plan.box_notes or worth(state.box_notes) >= limits.box
    )


def tender_off(state: State, tender: Tender) -> Message | None:
    """Why the chosen bills can not be paid this way."""
    shut = tender_shut(state, tender)
    terms = bills.terms(state)
    if shut or tender is not Tender.CASH or terms is None:
        return shut
    if worth(state.box_notes) + terms.due + terms.overpaid_limit > state.site.house.limits.box:
        return Message("pay_by.box_room")
    smallest = min(state.site.devices.acceptor.notes) if state.site.devices.acceptor else Money(0)
    if terms.overpaid is Overpaid.REFUSE and not terms.partial and terms.due.fen % smallest.fen:
        return Message("pay_by.cash_exact_only")
    return None


def highest_note(state: State) -> Money | None:
    """The largest note that the open cash payment may take now; None: none at all."""
    payment = state.payment
    plan = state.site.devices.acceptor
    if payment is None or plan is None or payment.tender is not Tender.CASH or payment.stopping:
        return None
    if state.visit is not None and state.visit.approval is not None:  # staff are about to cancel
        return None
    if not payment.remaining or tender_broken(state, Tender.CASH):
        return None
    above = Money(0)
    if payment.overpaid is not Overpaid.REFUSE:
        above = payment.overpaid_limit
    fitting = [note for note in plan.notes if note <= payment.remaining + above]
    return max(fitting, default=None)


def notes_taken(state: State) -> tuple[Money, ...]:
    """Which notes may be inserted now."""
    plan = state.site.devices.acceptor
    limit = highest_note(state)
    return tuple(note for note in plan.notes if note <= limit) if plan and limit else ()


def masked_account(account: str) -> str:
    """First four and last four (house rule, accessibility.md §2.5); short ones keep the last two."""
    if len(account) >= 12:
        return account[:4] + "*" * (len(account) - 8) + account[-4:]
    if len(account) >= 8:
        return account[:3] + "*" * (len(account) - 6) + account[-3:]
    return "*" * max(len(account) - 2, 0) + account[-2:]


def papers_to_keep(papers: dict[str, Paper]) -> dict[str, Paper]:
    """Papers that came out are done; the others stay on the list of what was never printed."""
    return {number: paper for number, paper in papers.items() if paper.stage is not PaperState.PRINTED}


def claim_because(claim: ClaimIssued) -> Message:
    return Message(f"claim.because_{claim.because}")
