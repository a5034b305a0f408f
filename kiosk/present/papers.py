"""Receipt and claim slip as they come out of the printer, and the thanks."""

from __future__ import annotations

from typing import Final

from kiosk import contract as c
from kiosk.contract import Message
from kiosk.facts import ClaimIssued, ReceiptIssued
from kiosk.flow import offers, papers
from kiosk.flow.state import HelpRoom, Paper, PaperState, State
from kiosk.money import Money
from kiosk.present.buttons import button
from kiosk.receipts import five_checks, paper_qr


def page(state: State, now_ms: int) -> c.AnyPage:
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
    return button(c.PrintAgain(), "print_again", off)


def _done(state: State) -> c.Button | None:
    return None if state.printing else button(c.Done(), "done")


NO_PAPER_YET: Final = (PaperState.ISSUED, PaperState.NOT_PRINTED, PaperState.HELD_BACK)
FACES: dict[c.Rating, str] = {
    c.Rating.VERY_GOOD: "very_good",
    c.Rating.GOOD: "smile",
    c.Rating.FAIR: "fair",
    c.Rating.BAD: "sad",
}


def thanks(state: State, now_ms: int) -> c.AnyPage:
    rated = state.visit is not None and state.visit.rated
    faces = tuple(
        c.Choice(c.Button(c.Rate(rating), Message(f"thanks.rating_{rating.value}")), icon)
        for rating, icon in FACES.items()
    )
    receipt = next((p.issued for p in state.visit_papers if isinstance(p.issued, ReceiptIssued)), None)
    return c.ThankYou(
        amount=_received(state) if receipt else None,
        number=receipt.receipt if receipt else "",
        message=Message(_take_along(state, receipt is not None)),
        another=button(c.PayAnother(), "pay_another"),
        done=button(c.Done(), "finish"),
        faces=() if rated else faces,
        rated=Message("thanks.rated") if rated else None,
        say=button(c.OpenHelp(HelpRoom.SAY.value), "say") if rated else None,
    )


def _take_along(state: State, paid: bool) -> str:
    """What to remember: no paper where none came out."""
    if all(paper.stage in NO_PAPER_YET for paper in state.visit_papers):
        return "thanks.things"
    return "thanks.paid" if paid else "thanks.claim"
