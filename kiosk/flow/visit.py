"""The customer's way: fee → account → bills → check → pay by, and home again. No money moves in this file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from msgspec.structs import replace

from hardware.contracts import CodeRead, CodeRefused
from kiosk.contract import (
    Back,
    CheckItem,
    ChooseFee,
    ChooseTender,
    Done,
    EraseAll,
    EraseKey,
    Intent,
    Message,
    PayAnother,
    PressKey,
    SubmitAccount,
    Tender,
)
from kiosk.facts import Fact, PaymentAbandoned, PaymentOpened, VisitClosed
from kiosk.facts.amount import AmountFor
from kiosk.facts.approval import ApproverLeft
from kiosk.facts.passing import (
    EntryRefused,
    IdleAsked,
    PutAway,
    Seen,
    ThanksSaid,
    Typed,
    VisitBegun,
    VisitEnded,
    WentBack,
)
from kiosk.flow import amount, bills, card, lookup, offers, six
from kiosk.flow.charge import NOT_CHARGED
from kiosk.flow.delays import Delay
from kiosk.flow.state import Payment, Stage, State, Visit, default_settings
from kiosk.flow.stimuli import Given, TimeIsUp
from kiosk.flow.table import Evolver, Facts, Machine, Row, stages
from kiosk.flow.visit_state import once_more
from kiosk.site import Fee

BACK, PAYS_ANOTHER = "back", "pays_another"
SAME_PERSON = frozenset((BACK, PAYS_ANOTHER))  # stands there yet, and reads on
BACK_TO = {
    Stage.LOOKING_UP: Stage.ACCOUNT,
    Stage.BILLS: Stage.ACCOUNT,
    Stage.PAY_BY: Stage.CHECK,
    Stage.APPROVING: Stage.CHECK,
}
PAYS_AT = {
    Tender.CASH: Stage.CASH,
    Tender.CODE: Stage.SHOW_CODE,
    Tender.CARD: Stage.CHARGING,  # the terminal is told at once
}


def _visit(state: State) -> Visit:
    """The visit, where a row's stage guarantees that there is one."""
    assert state.visit is not None
    return state.visit


# ---------------------------------------------------------------------------------------------------
# Decide


def _begin(state: State, want: ChooseFee, given: Given) -> Facts:
    yield VisitBegun(given.ids[0], want.fee, given.steady_ms)


def _fee_open(state: State, want: ChooseFee) -> bool:
    return state.fee_of(want.fee) is not None and offers.fee_off(state, want.fee) is None


def _type(state: State, want: PressKey, given: Given) -> Facts:
    visit, fee = _visit(state), state.fee
    if fee and want.key in "0123456789" and len(want.key) == 1 and len(visit.typed) < fee.account_digits[1]:
        typed = visit.typed + want.key
        yield Typed(typed)
        if len(typed) == fee.account_digits[1] and not fee.is_account(typed):
            yield EntryRefused(_mistyped(state, fee))


def _mistyped(state: State, fee: Fee) -> Message:
    """The check digit says that one digit is wrong, before anybody is asked."""
    return Message("account.mistyped", {"account_name": fee.account_name.in_(state.settings.language)})


def _erase(state: State, want: EraseKey, given: Given) -> Facts:
    yield Typed(_visit(state).typed[:-1])


def _erase_all(state: State, want: EraseAll, given: Given) -> Facts:
    yield Typed("")


def _submit(state: State, want: SubmitAccount, given: Given) -> Facts:
    fee, typed = state.fee, _visit(state).typed
    if fee is not None and fee.has_length(typed) and not fee.is_account(typed):
        yield EntryRefused(_mistyped(state, fee))
        return
    if fee is None or not fee.is_account(typed):
        least = fee.account_digits[0] if fee else 0
        yield EntryRefused(Message("account.too_short", {"digits": least, "typed": len(typed)}))
        return
    yield from lookup.look_up(state, typed, given)


def _scanned(state: State, code: CodeRead, given: Given) -> Facts:
    fee = state.fee
    account = fee.account_in(code.text) if fee else None
    if fee and account is not None and not fee.is_account(account):
        yield EntryRefused(Message("account.scanned_wrong"))
        return
    if account is not None:
        yield from lookup.look_up(state, account, given)
        return
    other = next((f for f in state.fees if f.account_in(code.text) is not None), None)
    if other is not None:
        name = other.name.in_(state.settings.language)
        yield EntryRefused(Message("account.other_fee", {"fee": name}))
    elif state.site.provider_of(code.text):
        yield EntryRefused(Message("account.payment_code_too_early"))
    else:
        yield EntryRefused(Message("account.not_a_bill"))


def _unreadable(state: State, code: CodeRefused, given: Given) -> Facts:
    yield EntryRefused(Message(f"code.{code.because.value}"))


def _choose_tender(state: State, want: ChooseTender, given: Given) -> Facts:
    visit, terms = _visit(state), bills.terms(state)
    problem = offers.bills_off(state, state.bills, given.now_ms)  # the office may have closed a fee meanwhile
    if problem is not None:
        yield from six.refused(state, problem)
        return
    off = offers.tender_off(state, want.tender)
    if off is not None or terms is None or visit.customer is None:
        yield EntryRefused(off or Message("pay_by.not_now"))
        return
    parts = bills.parts(state, offers.masked_account(visit.customer.account))
    first = parts[0]
    yield PaymentOpened(
        payment=given.ids[0],
        visit=visit.id,
        tender=want.tender,
        fee=first.fee,
        fee_name=first.fee_name,
        biller=first.biller,
        account=first.account,
        customer=visit.customer.name,
        identity=visit.customer.identity,
        bill=first.bill,
        period=first.period,
        due=terms.due,
        overpaid=terms.overpaid,
        overpaid_limit=terms.overpaid_limit,
        partial=terms.partial,
        checks={item.value: item in visit.confirmed for item in CheckItem},
        data_from=visit.data_from,
        data_ms=visit.data_ms,
        language=state.settings.language,
        text_size=state.settings.text_size,
        approved_by=visit.approved_by,
        parts=parts,
        ahead=first.bill == bills.AHEAD,
        reference=visit.customer.reference,
    )
    if want.tender is Tender.CARD:
        yield card.order(state, given.ids[1], given.ids[0], terms.due)


def _back(state: State, want: Back, given: Given) -> Facts:
    yield WentBack()


def _end(because: str) -> Callable[[State, Any, Given], Facts]:
    def end(state: State, stimulus: Any, given: Given) -> Facts:
        yield from leave(state, because, given)

    return end


def leave(state: State, because: str, given: Given) -> Iterator[Fact]:
    """The visit is over; a payment without money is closed with it."""
    visit = _visit(state)
    payment, paid = state.payment, bool(visit.payment)
    if payment is not None and not payment.credited and not state.note_inside and not state.charge:
        yield PaymentAbandoned(payment.id, because)
        paid = False
    if paid or not state.house.broken:
        yield closed(visit, because, given, paid)
    else:
        yield VisitEnded(because)


def closed(visit: Visit, because: str, given: Given, paid: bool) -> VisitClosed:
    lasted_ms = None if visit.begun_ms is None else given.steady_ms - visit.begun_ms
    return VisitClosed(visit.id, because, lasted_ms, paid)


def _may_leave(state: State, stimulus: Any) -> bool:
    return state.visit is not None and not state.money_inside


def _answers_idle(state: State, want: Intent) -> bool:
    return state.visit is not None and state.visit.idle and not isinstance(want, Done)


def _still_here(state: State, want: Intent, given: Given) -> Facts:
    yield Seen()


def _idle_ask(state: State, up: TimeIsUp, given: Given) -> Facts:
    """Who answers may be somebody else: whoever of the staff had proved who they are does it again."""
    if _visit(state).approval is not None:
        yield ApproverLeft()
    yield IdleAsked()


def _is(delay: Delay) -> Callable[[State, TimeIsUp], bool]:
    return lambda state, up: up.delay is delay and state.visit is not None


def _may_leave_after(delay: Delay) -> Callable[[State, TimeIsUp], bool]:
    return lambda state, up: up.delay is delay and _may_leave(state, up)


def _stranded(state: State, stimulus: Any) -> bool:
    """Nothing can be written and money of the person in front is inside: not even that the visit is over."""
    return bool(state.visit and state.house.broken and state.money_inside)


def _leave_stranded(state: State, stimulus: Any, given: Given) -> Facts:
    yield PutAway()


ROWS = (
    Row(Done, _leave_stranded, when=_stranded),
    Row(TimeIsUp, _leave_stranded, when=lambda s, up: up.delay is Delay.STRANDED and _stranded(s, up)),
    # The idle question covers the page: a touch answers it and does nothing else.
    Row(Intent, _still_here, when=_answers_idle),
    Row(Done, _end("left_at_idle_question"), when=lambda s, _w: _may_leave(s, _w) and _visit(s).idle),
    Row(ChooseFee, _begin, stages(Stage.HOME), _fee_open),
    Row(PressKey, _type, stages(Stage.ACCOUNT)),
    Row(EraseKey, _erase, stages(Stage.ACCOUNT)),
    Row(EraseAll, _erase_all, stages(Stage.ACCOUNT)),
    Row(SubmitAccount, _submit, stages(Stage.ACCOUNT)),
    Row(CodeRead, _scanned, stages(Stage.ACCOUNT)),
    Row(CodeRefused, _unreadable, stages(Stage.ACCOUNT, Stage.SHOW_CODE)),
    Row(ChooseTender, _choose_tender, stages(Stage.PAY_BY)),
    Row(Back, _back, stages(Stage.LOOKING_UP, Stage.BILLS, Stage.CHECK, Stage.PAY_BY)),
    Row(Back, _end(BACK), stages(Stage.ACCOUNT)),
    Row(PayAnother, _end(PAYS_ANOTHER), stages(Stage.THANKS)),
    Row(Done, _end("done"), stages(Stage.THANKS), _may_leave),
    Row(TimeIsUp, _end("thanked"), stages(Stage.THANKS), _is(Delay.THANKS)),
    Row(TimeIsUp, _idle_ask, when=_is(Delay.IDLE)),
    Row(TimeIsUp, _end("nobody_there"), when=_may_leave_after(Delay.IDLE_ANSWER)),
)


# ---------------------------------------------------------------------------------------------------
# Evolve


def _with(state: State, **changes: Any) -> State:
    return replace(state, visit=replace(_visit(state), **changes))


def _begun(state: State, fact: VisitBegun) -> State:
    visit = Visit(fact.visit, fact.fee, Stage.ACCOUNT, begun_ms=fact.steady_ms, fees=state.fees)
    return replace(state, visit=visit)


def _ended(state: State, fact: VisitEnded | VisitClosed) -> State:
    """Settings go back with the customer (VVSG 7.1-A); papers that came out are forgotten."""
    if isinstance(fact, VisitClosed) and (state.visit is None or state.visit.id != fact.visit):
        return state
    settings = state.settings if fact.because in SAME_PERSON else default_settings(state.site)
    return replace(state, visit=None, settings=settings, papers=offers.papers_to_keep(state.papers))


def _refused(state: State, fact: EntryRefused) -> State:
    """The page stays and says why; a wrong account or item goes back to where it was entered."""
    visit = _visit(state)
    problem = once_more(visit.problem, fact.problem)
    visit = replace(visit, problem=problem, wrong_entries=visit.wrong_entries + 1)
    if visit.stage is Stage.LOOKING_UP:
        visit = replace(visit, stage=Stage.ACCOUNT, lookup="")
    elif visit.stage is Stage.CHECK:
        visit = replace(visit, stage=Stage.ACCOUNT, typed="", bills=())
    return replace(state, visit=visit)


def _went_back(state: State, fact: WentBack) -> State:
    visit = _visit(state)
    if visit.stage is Stage.AMOUNT:
        return _back_from_amount(state, visit)
    if visit.stage is Stage.CHECK and visit.amount is not None and visit.customer is not None:
        customer = amount.without_ahead(visit.customer)
        return _with(state, stage=Stage.AMOUNT, customer=customer, bills=(), confirmed=(), problem=None)
    if visit.stage is Stage.CHECK:
        several = visit.customer is not None and len(visit.customer.bills) > 1
        if several:  # with the ticks as they were
            return _with(state, stage=Stage.BILLS, confirmed=(), problem=None)
        return _with(state, stage=Stage.ACCOUNT, bills=(), confirmed=(), problem=None)
    return _with(state, stage=BACK_TO[visit.stage], lookup="", part=None, approval=None, problem=None)


def _back_from_amount(state: State, visit: Visit) -> State:
    if visit.amount is not None and visit.amount.purpose is AmountFor.PART:
        return _with(state, stage=Stage.PAY_BY, amount=None, problem=None)
    stage = Stage.BILLS if visit.customer and visit.customer.bills else Stage.ACCOUNT
    return _with(state, stage=stage, amount=None, problem=None)


def _opened(state: State, fact: PaymentOpened) -> State:
    payment = Payment(
        id=fact.payment,
        visit=fact.visit,
        tender=fact.tender,
        fee=fact.fee,
        fee_name=fact.fee_name,
        biller=fact.biller,
        account=fact.account,
        customer=fact.customer,
        bill=fact.bill,
        period=fact.period,
        due=fact.due,
        overpaid=fact.overpaid,
        overpaid_limit=fact.overpaid_limit,
        partial=fact.partial,
        language=fact.language,
        parts=fact.parts,
        ahead=fact.ahead,
        offline=fact.data_from == "bundle",
    )
    stage = PAYS_AT[fact.tender]
    # After a restart the visit is not in memory: the payment is enough to stand on the right page again.
    visit = (
        state.visit if state.visit and state.visit.id == fact.visit else Visit(fact.visit, fact.fee, stage)
    )
    settings = replace(state.settings, language=fact.language, text_size=fact.text_size)
    return replace(
        state,
        payments={**state.payments, fact.payment: payment},
        visit=replace(visit, stage=stage, payment=fact.payment, problem=None),
        settings=settings,
        papers=offers.papers_to_keep(state.papers),
    )


def _abandoned(state: State, fact: PaymentAbandoned) -> State:
    payments = {k: v for k, v in state.payments.items() if k != fact.payment}
    visit = state.visit
    if visit and visit.payment == fact.payment:
        visit = replace(visit, approval=None)  # whoever was about to cancel it comes too late
        if state.visit_papers:  # nothing was credited, but there is a claim slip to take along
            return replace(state, payments=payments, visit=replace(visit, stage=Stage.PAPER, problem=None))
        if visit.customer is None:  # a payment of before a restart: there is no page to go back to
            return replace(state, payments=payments, visit=None, settings=default_settings(state.site))
        # Why a card was not charged stands above the other ways of paying.
        problem = visit.problem if fact.because == NOT_CHARGED else None
        visit = replace(visit, stage=Stage.PAY_BY, payment="", asking_to_stop=False, problem=problem, code="")
    return replace(state, payments=payments, visit=visit)


def _put_away(state: State, fact: PutAway) -> State:
    """The payment stays open as the journal has it; nothing else of the visit is kept."""
    visit = _visit(state)
    bare = Visit(
        visit.id, visit.fee, visit.stage, payment=visit.payment, waited_long=visit.waited_long, put_away=True
    )
    return replace(state, visit=bare, settings=default_settings(state.site))


EVOLVE: dict[type[Fact], Evolver] = {
    PutAway: _put_away,
    VisitBegun: _begun,
    VisitEnded: _ended,
    VisitClosed: _ended,
    Typed: lambda s, f: _with(s, typed=f.account, problem=None),
    EntryRefused: _refused,
    WentBack: _went_back,
    PaymentOpened: _opened,
    PaymentAbandoned: _abandoned,
    ThanksSaid: lambda s, f: _with(s, stage=Stage.THANKS),
    Seen: lambda s, f: _with(s, touches=_visit(s).touches + 1, idle=False) if s.visit else s,
    IdleAsked: lambda s, f: _with(s, idle=True),
}


MACHINE = Machine(ROWS, EVOLVE)
