"""Receipts and claim slips: issued in the same commit as the payment, printed afterwards, and printed only
when the printer itself says so. What never came out stays on a list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from hardware.contracts import NotPrinted, Printed, PrinterSays
from kiosk.contract import Done, PrintAgain
from kiosk.facts import (
    BillPart,
    ClaimIssued,
    Fact,
    Issued,
    PartPaid,
    PaymentCompleted,
    PrintDone,
    PrintFailed,
    PrintStarted,
    ReceiptIssued,
)
from kiosk.facts.office import Sort
from kiosk.facts.passing import PrinterIs, ThanksSaid
from kiosk.facts.stock import PAYMENT_CANCELLED, RECEIPT_VOID, ReceiptChecked
from kiosk.flow import stock
from kiosk.flow.commands import Command, PrintPaper
from kiosk.flow.delays import Delay
from kiosk.flow.state import Item, Paid, Paper, PaperState, Payment, Stage, State
from kiosk.flow.stimuli import Given, Started, TimeIsUp
from kiosk.flow.table import Consequence, Evolver, Facts, Machine, Row, stages
from kiosk.money import Money
from kiosk.receipt_proof import payer
from kiosk.receipts import five_checks
from kiosk.rules.fee import Overpaid

PAPER = stages(Stage.PAPER)


def claim_number(state: State) -> str:
    return f"{stock.issuer(state)}-C{state.claims + 1:06d}"


def case_number(state: State) -> str:
    return f"{stock.issuer(state)}-V{state.opinions + 1:06d}"


# ---------------------------------------------------------------------------------------------------
# Decide


def completed(state: State, payment: Payment, given: Given) -> Iterator[Fact]:
    """Every fen of the payment finds its place: fees, prepaid balance, or owed in change. A receipt for each bill, or
    for what was paid ahead; what is above the amount stands on the first."""
    enough = payment.credited >= payment.due
    parts = payment.parts or (_of_before(payment),)
    paid = _paid(payment, parts)
    to_fee = Money.total(part.to_fee for part in paid)
    to_prepaid = _to_prepaid(payment)
    to_change = payment.credited - to_fee - to_prepaid
    yield PaymentCompleted(
        payment.id,
        payment.bill,
        payment.credited,
        to_fee,
        to_prepaid,
        to_change,
        payment.tender.value,
        payment.fee,
        paid,
        payment.ahead,
    )
    nothing = PartPaid(payment.bill, payment.fee, Money(0), Money(0))
    topped_up = payment.ahead and bool(to_prepaid)
    for number, (part, done) in enumerate(_on_paper(parts, paid or (nothing,), topped_up)):
        first = number == 0
        fee = state.fee_of(part.fee)
        receipt = ReceiptIssued(
            receipt=stock.number(state, number),
            payment=payment.id,
            kiosk=state.site.kiosk,
            issued_ms=given.now_ms,
            fee=part.fee,
            fee_name=part.fee_name,
            biller=part.biller,
            account=part.account,
            customer=payment.customer,
            period=part.period,
            bill=part.bill,
            tender=payment.tender,
            paid=done.to_fee + (to_prepaid + to_change if first else Money(0)),
            to_fee=done.to_fee,
            to_prepaid=to_prepaid if first else Money(0),
            to_change=to_change if first else Money(0),
            language=payment.language,
            card=payment.card,
            reference=payment.reference,
            seal=fee.seal if fee else "",
            payer=payer(part.account, payment.customer),
            late=part.late if enough else Money(0),
            off=part.off if enough else Money(0),
            type=fee.receipt.value if fee else "",
            account_name=fee.account_name.in_(payment.language) if fee else "",
        )
        yield receipt
        yield five_checks(state.site, receipt)
    if to_change:
        yield ClaimIssued(
            claim=claim_number(state),
            kiosk=state.site.kiosk,
            payment=payment.id,
            subject=payment.id,
            amount=to_change,
            because=PAYMENT_CANCELLED if payment.cancelled else "change_owed",
            issued_ms=given.now_ms,
            language=payment.language,
        )


def _on_paper(
    parts: tuple[BillPart, ...], paid: tuple[PartPaid, ...], topped_up: bool
) -> Iterator[tuple[BillPart, PartPaid]]:
    """Those that get a receipt; one that was waived whole gets none, and so no number."""
    for part, done in zip(parts, paid, strict=False):
        if done.to_fee or topped_up:
            yield part, done


def _paid(payment: Payment, parts: tuple[BillPart, ...]) -> tuple[PartPaid, ...]:
    """What became of each bill; nothing where a balance is topped up."""
    if payment.ahead or payment.cancelled:
        return ()
    if payment.credited >= payment.due:
        return tuple(PartPaid(part.bill, part.fee, part.due, part.amount) for part in parts)
    to_fee = payment.credited if payment.partial else Money(0)
    return (PartPaid(payment.bill, payment.fee, to_fee, to_fee),)


def _to_prepaid(payment: Payment) -> Money:
    above = max(payment.credited - payment.due, Money(0))
    if payment.cancelled:
        return Money(0)
    wanted = payment.credited - above if payment.ahead else Money(0)
    return wanted + (above if payment.overpaid is Overpaid.PREPAID else Money(0))


def _of_before(payment: Payment) -> BillPart:
    """A payment that was opened before parts were recorded is one bill."""
    return BillPart(
        payment.bill,
        payment.fee,
        payment.fee_name,
        payment.biller,
        payment.account,
        payment.period,
        payment.due,
    )


def _printed(state: State, event: Printed, given: Given) -> Facts:
    paper = _by_job(state, event.job)
    if paper is not None:
        yield PrintDone(event.job, paper.number)


def _not_printed(state: State, event: NotPrinted, given: Given) -> Facts:
    paper = _by_job(state, event.job)
    if paper is not None:
        yield PrintFailed(event.job, paper.number, event.unknown, event.detail)


def _by_job(state: State, job: str) -> Paper | None:
    return next((p for p in state.papers.values() if p.job == job), None)


def _again(state: State, want: PrintAgain, given: Given) -> Facts:
    paper = next(
        (p for p in state.visit_papers if p.stage in (PaperState.NOT_PRINTED, PaperState.PERHAPS)), None
    )
    if paper is not None:
        yield start(paper, given)


def start(paper: Paper, given: Given) -> PrintStarted:
    return PrintStarted(job=given.ids[-1], number=paper.number, attempt=paper.attempt + 1)


def can_print(state: State) -> bool:
    printer = state.house.printer
    return printer is not None and printer.ready and state.printing is None


def _printer_says(state: State, event: PrinterSays, given: Given) -> Facts:
    yield PrinterIs(event.state)


def _no_word(state: State, up: TimeIsUp, given: Given) -> Facts:
    paper = _by_job(state, up.key)
    if paper is not None and paper.stage is PaperState.PRINTING:
        yield PrintFailed(up.key, paper.number, True, "no_word_from_the_printer")


def _still_printing(state: State, started: Started, given: Given) -> Facts:
    """The core died with a job in the printer: it may be on paper, so it is not simply printed again."""
    for paper in state.papers.values():
        if paper.stage is PaperState.PRINTING:
            yield PrintFailed(paper.job, paper.number, True, "the kiosk restarted while printing")


def _thanks(state: State, stimulus: Any, given: Given) -> Facts:
    yield ThanksSaid()


def _nothing_in_printer(state: State, stimulus: Any) -> bool:
    return state.printing is None


ROWS = (
    Row(Printed, _printed),
    Row(NotPrinted, _not_printed),
    Row(PrinterSays, _printer_says),
    Row(PrintAgain, _again, when=lambda s, _w: can_print(s)),
    Row(Done, _thanks, PAPER, _nothing_in_printer),
    Row(TimeIsUp, _thanks, PAPER, lambda s, up: up.delay is Delay.PAPER_TAKEN),
    Row(TimeIsUp, _no_word, when=lambda s, up: up.delay is Delay.PRINT),
)
AT_START = (_still_printing,)


# ---------------------------------------------------------------------------------------------------
# Evolve


def _completed(state: State, fact: PaymentCompleted) -> State:
    payments = {k: v for k, v in state.payments.items() if k != fact.payment}
    paid = state.paid
    parts = fact.parts or (PartPaid(fact.bill, fact.fee, fact.to_fee, fact.to_fee),)
    paid = (*paid, *(Paid(part.bill, part.settles) for part in parts if part.settles))
    visit = state.visit
    if visit is not None and visit.payment == fact.payment:
        visit = replace(
            visit, stage=Stage.PAPER, asking_to_stop=False, approval=None, problem=None, idle=False
        )
    return replace(state, payments=payments, paid=paid, visit=visit)


def issued(state: State, fact: Issued) -> State:
    return replace(state, papers={**state.papers, fact.number: Paper(fact)})


def _receipt_issued(state: State, fact: ReceiptIssued) -> State:
    return issued(stock.used(replace(state, receipts=state.receipts + 1), fact), fact)


def _checked(state: State, fact: ReceiptChecked) -> State:
    stage = PaperState.ISSUED if fact.good else PaperState.HELD_BACK
    return _paper(state, fact.receipt, stage=stage, checks=fact)


def _claim_issued(state: State, fact: ClaimIssued) -> State:
    visit, items = state.visit, state.items
    if fact.because == "charge_unknown":
        state = replace(state, unknown_claims={**state.unknown_claims, fact.subject: fact.claim})
        if visit and visit.payment == fact.payment:
            state = replace(state, visit=replace(visit, waited_long=True))
    elif fact.because in ("change_owed", RECEIPT_VOID, PAYMENT_CANCELLED):
        item = Item(fact.subject, Sort.CHANGE, fact.amount, fact.because, fact.claim)
        state = replace(state, items={**items, item.id: item})
    elif fact.subject in items:
        item = replace(items[fact.subject], claim=fact.claim)
        state = replace(state, items={**items, item.id: item})
    return issued(replace(state, claims=state.claims + 1), fact)


def _paper(state: State, number: str, **changes: Any) -> State:
    paper = state.papers.get(number)
    if paper is None:
        return state
    return replace(state, papers={**state.papers, number: replace(paper, **changes)})


def _started(state: State, fact: PrintStarted) -> State:
    return _paper(state, fact.number, stage=PaperState.PRINTING, job=fact.job, attempt=fact.attempt)


def _failed(state: State, fact: PrintFailed) -> State:
    paper = state.papers.get(fact.number)
    perhaps = fact.perhaps or (paper is not None and paper.perhaps)
    stage = PaperState.PERHAPS if perhaps else PaperState.NOT_PRINTED
    return _paper(state, fact.number, stage=stage, perhaps=perhaps)


def _printer_is(state: State, fact: PrinterIs) -> State:
    """Paper was put in while the customer waits: what was not sent at all comes out now, unasked."""
    was_ready = state.house.printer is not None and state.house.printer.ready
    state = replace(state, house=replace(state.house, printer=fact.state))
    if fact.state.ready and not was_ready:
        for paper in state.visit_papers:
            if paper.stage is PaperState.NOT_PRINTED:
                state = _paper(state, paper.number, stage=PaperState.ISSUED)
    return state


EVOLVE: dict[type[Fact], Evolver] = {
    PaymentCompleted: _completed,
    ReceiptIssued: _receipt_issued,
    ReceiptChecked: _checked,
    ClaimIssued: _claim_issued,
    PrintStarted: _started,
    PrintDone: lambda s, f: _paper(s, f.number, stage=PaperState.PRINTED),
    PrintFailed: _failed,
    PrinterIs: _printer_is,
}


# ---------------------------------------------------------------------------------------------------
# Commands and consequences


def _print(state: State, fact: PrintStarted) -> tuple[Command, ...]:
    return (PrintPaper(fact.job, state.papers[fact.number].issued, fact.attempt),)


def _issued(state: State) -> Paper | None:
    """What waits to be printed: of the customer in front, else of the office."""
    waiting = (*(state.visit_papers if state.visit else state.office_papers), *state.opinion_papers)
    return next((p for p in waiting if p.stage is PaperState.ISSUED), None)


def _may_start(state: State) -> bool:
    return _issued(state) is not None and can_print(state)


def _start_first(state: State, given: Given) -> Facts:
    paper = _issued(state)
    assert paper is not None
    yield start(paper, given)


MACHINE = Machine(ROWS, EVOLVE, {PrintStarted: _print}, (Consequence(_may_start, _start_first),))
