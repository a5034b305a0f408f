"""State → view: what the customer sees and may press. Pure; decides nothing."""

from __future__ import annotations

from collections.abc import Callable

from hardware.terminals.contract import Step
from kiosk import contract as c
from kiosk import present_amount, present_approval, present_check, present_help, present_staff
from kiosk.cabinet_facts import Power
from kiosk.contract import Message
from kiosk.facts import ClaimIssued, ReceiptIssued
from kiosk.flow import amount, bills, cabinet, offers, papers
from kiosk.flow.delays import Delay
from kiosk.flow.state import ApprovalStep, Charge, ChargeStage, HelpRoom, Paper, PaperState, Stage, State
from kiosk.money import Money
from kiosk.receipts import five_checks, paper_qr

CLOSING = (Power.LEAVING, Power.DOWN)
STEPS = 5  # choose, say for what, check, pay, take the receipt: `poster.step_<n>`
STEP_OF = {
    Stage.HOME: 1,
    Stage.ACCOUNT: 2,
    Stage.LOOKING_UP: 2,
    Stage.BILLS: 2,
    Stage.AMOUNT: 2,
    Stage.CHECK: 3,
    Stage.APPROVING: 3,
    Stage.PAY_BY: 4,
    Stage.CASH: 4,
    Stage.SHOW_CODE: 4,
    Stage.CHARGING: 4,
    Stage.PAPER: 5,
}


def present(state: State, number: int, now_ms: int) -> c.View:
    signing = state.visit is not None and state.visit.approval is not None
    page = present_approval.page(state, now_ms) if signing else PAGES[state.stage](state, now_ms)
    if state.aside is not None:
        page = present_help.page(state, state.aside)
    if state.house.broken and state.stage not in (Stage.PAPER, Stage.STAFF):
        page = _out_of_service(state)
    if not state.house.broken and state.stage is Stage.HOME and state.cabinet.power in CLOSING:
        page = c.OutOfService(Message("out.power"), "", state.site.house.service_phone)
    step = STEP_OF.get(state.stage) if not isinstance(page, c.OutOfService) else None
    return c.View(
        number=number,
        page=page,
        language=state.settings.language,
        text_size=state.settings.text_size,
        contrast=state.settings.contrast,
        step=(step, STEPS) if step else None,
        back=_back(state),
        staff_called=state.staff_wanted,
        banners=_banners(state),
        idle=_idle(state),
        help=_help(state),
        headset=state.cabinet.headset and cabinet.JACK not in state.house.troubles,
        asleep=state.cabinet.asleep,
    )


def _button(intent: c.AnyIntent, key: str, off: Message | None = None) -> c.Button:
    return c.Button(intent, Message(f"button.{key}"), off)


def _back(state: State) -> c.Button | None:
    """The way back, as long as it costs nobody anything."""
    if state.aside is not None:
        return None if state.aside.room is HelpRoom.OFFER else _button(c.Back(), "back")
    if state.stage in (Stage.HOME, Stage.CHARGING, Stage.PAPER, Stage.THANKS):
        return None
    if state.house.broken and state.money_inside:
        return None
    signing = state.visit is not None and state.visit.approval is not None
    if state.stage is Stage.CASH and state.money_inside and not signing:
        if state.visit and state.visit.asking_to_stop:  # the page itself asks: stop or go on
            return None
        return _button(c.StopPaying(), "stop_paying")
    return _button(c.Back(), "back")


def _banners(state: State) -> tuple[c.Banner, ...]:
    found = [c.Banner.TRAINING] if state.site.training else []
    if not state.house.online:
        found.append(c.Banner.OFFLINE)
    if state.house.printer is None or not state.house.printer.ready:
        found.append(c.Banner.NO_RECEIPTS)
    if state.staff_wanted:
        coming = state.call is not None and state.call.answered_by
        found.append(c.Banner.STAFF_COMING if coming else c.Banner.STAFF_CALLED)
    if state.site.simulated and not state.site.training:
        found.append(c.Banner.SIMULATED)
    return tuple(found)


def _help(state: State) -> c.Button | None:
    """Everywhere for a customer; while a note moves, its page is the one to look at."""
    if state.stage is Stage.STAFF or state.house.broken or state.aside is not None or state.cabinet.asleep:
        return None
    approval = state.visit.approval if state.visit else None
    if approval is not None and approval.step is not ApprovalStep.WAIT:
        return None
    off = Message("help.not_now") if state.note is not None else None
    return _button(c.OpenHelp(HelpRoom.TOPICS.value), "help", off)


def _idle(state: State) -> c.IdleQuestion | None:
    if state.visit is None or not state.visit.idle:
        return None
    leave = None if state.money_inside else _button(c.Done(), "leave")
    return c.IdleQuestion(int(Delay.IDLE_ANSWER.seconds), _button(c.StillHere(), "stay"), leave)


# ---------------------------------------------------------------------------------------------------
# Pages


def _home(state: State, now_ms: int) -> c.AnyPage:
    language = state.settings.language
    tiles = tuple(
        c.FeeTile(fee.id, fee.name.in_(language), fee.icon, offers.fee_off(state, fee.id))
        for fee in state.fees
    )
    ways = tuple(c.TenderTile(tender, offers.tender_shut(state, tender)) for tender in offers.tenders(state))
    privacy = _button(c.OpenHelp(HelpRoom.PRIVACY.value), "privacy")
    return c.Home(tiles, ways, state.site.house.service_phone, privacy)


def _account(state: State, now_ms: int) -> c.AnyPage:
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
        submit=_button(c.SubmitAccount(), "submit_account", off),
    )


def _looking_up(state: State, now_ms: int) -> c.AnyPage:
    visit, fee = state.visit, state.fee
    assert visit is not None and fee is not None
    return c.LookingUp(fee.name.in_(state.settings.language), offers.masked_account(visit.typed))


def _bills(state: State, now_ms: int) -> c.AnyPage:
    visit = state.visit
    assert visit is not None and visit.customer is not None
    rows = tuple(
        c.BillRow(
            bill.number,
            present_check.fee_name(state, bill.fee),
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
    ahead = _button(c.PayAhead(), "pay_ahead") if amount.tops_up(state, visit.customer) else None
    return c.ChooseBills(visit.customer.name, rows, total, pay, visit.problem, ahead)


# Why a tile is off, said to somebody who stands there with the phone in the hand.
NO_CODE_NOW = {"pay_by.no_scanner": "code.not_read_now", "pay_by.code_offline": "code.not_without_network"}


def _pay_by(state: State, now_ms: int) -> c.AnyPage:
    visit, terms = state.visit, bills.terms(state)
    assert visit is not None and terms is not None
    note = Message(f"pay_by.overpaid_{terms.overpaid.value}")
    ways = tuple(
        c.TenderTile(tender, offers.tender_off(state, tender), note if tender is c.Tender.CASH else None)
        for tender in offers.tenders(state)
    )
    plan = state.site.devices.acceptor
    part = _button(c.PayPart(), "pay_part") if amount.part_of(state) is not None else None
    return c.PayBy(terms.due, ways, plan.notes if plan else (), visit.problem, part)


def _cash(state: State, now_ms: int) -> c.AnyPage:
    visit, payment = state.visit, state.payment
    assert visit is not None and payment is not None
    broken = offers.tender_broken(state, c.Tender.CASH)
    asking = None
    if visit.asking_to_stop:
        key = "cash.stop_partial" if payment.partial else "cash.stop_change"
        key = "cash.stop_ahead" if payment.ahead else key
        asking = Message(key, {"inserted_fen": payment.credited.fen})
    return c.CashRunning(
        due=payment.due,
        inserted=payment.credited,
        remaining=payment.remaining,
        notes=offers.notes_taken(state),
        status=_cash_status(state, broken),
        problem=visit.problem if broken is None else broken,
        asking_to_stop=asking,
    )


def _cash_status(state: State, broken: Message | None) -> Message:
    payment = state.payment
    assert payment is not None
    if payment.stopping:
        return Message("cash.closing")
    if state.train is not None:
        return Message("cash.note_counting")
    if state.note is not None:
        return Message(f"cash.note_{state.note.stage.value}", {"note_fen": state.note.value.fen})
    if broken is not None:
        return Message("cash.out_of_order", {"inserted_fen": payment.credited.fen})
    return Message("cash.insert" if not payment.credited else "cash.insert_more")


def _show_code(state: State, now_ms: int) -> c.AnyPage:
    visit, payment = state.visit, state.payment
    assert visit is not None and payment is not None
    broken = offers.tender_broken(state, c.Tender.CODE)
    problem = Message(NO_CODE_NOW.get(broken.key, broken.key)) if broken else visit.problem
    return c.ShowCode(payment.remaining, problem)


def _charging(state: State, now_ms: int) -> c.AnyPage:
    visit, charge = state.visit, state.charge
    assert visit is not None and charge is not None
    if charge.stage is ChargeStage.REQUESTED:
        if charge.tender is c.Tender.CARD:
            return _card(charge)
        return c.Working(charge.amount, Message("working.charging"))
    claim = next((p.number for p in state.visit_papers if isinstance(p.issued, ClaimIssued)), "")
    leave = _button(c.Done(), "leave_with_slip") if visit.waited_long else None
    status = "unknown.long" if visit.waited_long else "unknown.asking"
    return c.Unknown(charge.amount, claim or charge.id[-8:].upper(), Message(status), leave)


def _card(charge: Charge) -> c.AnyPage:
    if charge.cancelling or charge.step is Step.WAIT:
        status = "working.cancelling" if charge.cancelling else "working.charging"
        return c.Working(charge.amount, Message(status))
    stop = _button(c.StopPaying(), "cancel") if charge.may_cancel else None
    return c.UseCard(charge.amount, Message(f"card.{charge.step.value if charge.step else 'starting'}"), stop)


def _paper_page(state: State, now_ms: int) -> c.AnyPage:
    of_visit = state.visit_papers
    receipt = next((p for p in of_visit if isinstance(p.issued, ReceiptIssued)), None)
    claim = next((p for p in of_visit if isinstance(p.issued, ClaimIssued)), None)
    if receipt is not None and isinstance(receipt.issued, ReceiptIssued):
        return _receipt(state, receipt.issued, claim)
    assert claim is not None and isinstance(claim.issued, ClaimIssued)
    return c.ClaimPage(
        number=claim.number,
        amount=claim.issued.amount or Money(0),
        reason=offers.claim_because(claim.issued),
        stage=_stage(state, claim),
        status=_paper_status(state, claim),
        qr=_proofs(state),
        again=_again(state, of_visit),
        done=_done(state),
    )


def _receipt(state: State, issued: ReceiptIssued, claim: Paper | None) -> c.ReceiptPage:
    worst = _worst(state)
    return c.ReceiptPage(
        number=issued.receipt,
        amount=_received(state),
        stage=_stage(state, worst),
        ticks=_ticks(state, issued),
        status=_paper_status(state, worst),
        qr=_proofs(state),
        prepaid=issued.to_prepaid or None,
        change_owed=issued.to_change or None,
        claim=claim.number if claim else "",
        again=_again(state, state.visit_papers),
        done=_done(state),
    )


def _ticks(state: State, issued: ReceiptIssued) -> tuple[c.Tick, ...]:
    checks = state.papers[issued.receipt].checks or five_checks(state.site, issued)
    names = ("seal", "figures_capitals", "customer", "fee", "stub")
    return tuple(c.Tick(name, getattr(checks, name)) for name in names)


def _received(state: State) -> Money:
    """All of this visit: with several bills there is a receipt for each."""
    return Money.total(p.issued.paid for p in state.visit_papers if isinstance(p.issued, ReceiptIssued))


def _proofs(state: State) -> str:
    """To photograph: of everything that is not on paper, a line each."""
    page = state.site.house.receipts.page
    return "\n".join(
        paper_qr(p.issued, page) for p in state.visit_papers if p.stage is not PaperState.PRINTED
    )


def _worst(state: State) -> Paper:
    """The paper that the customer still has to care about; else the first."""
    order = (
        PaperState.PRINTING,
        PaperState.HELD_BACK,
        PaperState.PERHAPS,
        PaperState.NOT_PRINTED,
        PaperState.ISSUED,
    )
    of_visit = state.visit_papers
    for stage in order:
        for paper in of_visit:
            if paper.stage is stage:
                return paper
    return of_visit[0]


def _stage(state: State, paper: Paper) -> c.PaperStage:
    if paper.stage is PaperState.HELD_BACK:
        return c.PaperStage.NOT_PRINTED
    if paper.stage is PaperState.ISSUED:
        return c.PaperStage.PRINTING if papers.can_print(state) else c.PaperStage.NOT_PRINTED
    return c.PaperStage(paper.stage.value)


def _paper_status(state: State, paper: Paper) -> Message:
    stage = _stage(state, paper)
    kind = "receipt" if isinstance(paper.issued, ReceiptIssued) else "claim"
    values: dict[str, str | int] = {"number": paper.number}
    if paper.stage is PaperState.HELD_BACK:
        return Message("receipt.held_back", values)
    if stage is c.PaperStage.NOT_PRINTED:
        return Message(f"{kind}.not_printed_{_printer_trouble(state)}", values)
    return Message(f"{kind}.{stage.value}", values)


def _printer_trouble(state: State) -> str:
    printer = state.house.printer
    if printer is None:
        return "away"
    if printer.paper.value == "out":
        return "no_paper"
    if printer.cover_open:
        return "cover"
    return "ready" if printer.ready else "failed"


def _again(state: State, of_visit: tuple[Paper, ...]) -> c.Button | None:
    if not any(p.stage in (PaperState.NOT_PRINTED, PaperState.PERHAPS) for p in of_visit):
        return None
    off = None if papers.can_print(state) else Message("receipt.printer_not_ready")
    return _button(c.PrintAgain(), "print_again", off)


def _done(state: State) -> c.Button | None:
    return None if state.printing else _button(c.Done(), "done")


FACES: dict[c.Rating, str] = {
    c.Rating.VERY_GOOD: "very_good",
    c.Rating.GOOD: "smile",
    c.Rating.FAIR: "fair",
    c.Rating.BAD: "sad",
}


def _thanks(state: State, now_ms: int) -> c.AnyPage:
    rated = state.visit is not None and state.visit.rated
    faces = tuple(
        c.Choice(c.Button(c.Rate(rating), Message(f"thanks.rating_{rating.value}")), icon)
        for rating, icon in FACES.items()
    )
    receipt = next((p.issued for p in state.visit_papers if isinstance(p.issued, ReceiptIssued)), None)
    return c.ThankYou(
        amount=_received(state) if receipt else None,
        number=receipt.receipt if receipt else "",
        message=Message("thanks.paid" if receipt else "thanks.claim"),
        another=_button(c.PayAnother(), "pay_another"),
        done=_button(c.Done(), "finish"),
        faces=() if rated else faces,
        rated=Message("thanks.rated") if rated else None,
        say=_button(c.OpenHelp(HelpRoom.SAY.value), "say") if rated else None,
    )


def _out_of_service(state: State) -> c.OutOfService:
    """With money inside, its claim stands on the screen alone: nothing can be written, so nothing can be issued
    or printed. The number is that of the payment, which is in the journal with each note that was credited."""
    phone = state.site.house.service_phone
    payment, visit = state.payment, state.visit
    if payment is None or not state.money_inside or (visit is not None and visit.put_away):
        return c.OutOfService(Message("out.journal"), "", phone)
    inside = payment.credited + (state.note.value if state.note else Money(0))
    inside += state.charge.amount if state.charge else Money(0)
    number = payment.id[-8:].upper()
    return c.OutOfService(
        reason=Message("out.journal_with_charge") if state.charge else Message("out.journal_with_money"),
        number=number,
        service_phone=phone,
        amount=inside,
        qr=f"X1;{state.site.kiosk};{payment.id};{inside.fen}",
        done=_button(c.Done(), "noted"),
    )


PAGES: dict[Stage, Callable[[State, int], c.AnyPage]] = {
    Stage.HOME: _home,
    Stage.ACCOUNT: _account,
    Stage.LOOKING_UP: _looking_up,
    Stage.BILLS: _bills,
    Stage.AMOUNT: present_amount.page,
    Stage.CHECK: present_check.page,
    Stage.APPROVING: present_approval.page,
    Stage.PAY_BY: _pay_by,
    Stage.CASH: _cash,
    Stage.SHOW_CODE: _show_code,
    Stage.CHARGING: _charging,
    Stage.PAPER: _paper_page,
    Stage.THANKS: _thanks,
    Stage.STAFF: present_staff.page,
}
