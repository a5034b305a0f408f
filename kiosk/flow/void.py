"""A receipt is made void: its number stays used, its money is owed to the customer, its bill can be paid again.

which one ──┬─ QR code held to the scanner ──┬─ looked up in the records ── why ── second person ── void, refund slip
            └─ last digits of its number ────┘   (second.py)
"""

from __future__ import annotations

from msgspec.structs import replace

from hardware.contracts import CodeRead
from kiosk.contract import EnterTyped, VoidReceipt
from kiosk.facts import ClaimIssued, Fact, ReceiptIssued, ReceiptLookedUp
from kiosk.facts.office import SecondWanted, StaffRefused, StaffWent
from kiosk.facts.stock import RECEIPT_VOID, ReceiptAsked, ReceiptVoided, VoidReasoned
from kiosk.flow import papers, stock
from kiosk.flow.commands import Command, FindReceipt
from kiosk.flow.desk import at, desk_of, in_room, proved
from kiosk.flow.permits import May, may
from kiosk.flow.state import Act, Paid, PaperState, Room, Stage, State
from kiosk.flow.stimuli import Given, ReceiptFound
from kiosk.flow.table import Evolver, Facts, Machine, Row, stages
from kiosk.money import Money
from kiosk.parcels import Person
from kiosk.receipt_proof import NoProof, read

STAFF = stages(Stage.STAFF)


def refund(receipt: ReceiptIssued) -> Money:
    """What goes back to the customer; change that is owed has a slip of its own."""
    return receipt.to_fee + receipt.to_prepaid


def _scanned(state: State, code: CodeRead, given: Given) -> Facts:
    try:
        proof = read(code.text)
    except NoProof:
        yield StaffRefused("desk.void_no_receipt")
        return
    if stock.is_used(state, proof.receipt):
        yield ReceiptAsked(given.ids[0], proof.receipt, f"{proof.signed};{proof.signature}")
    else:
        yield StaffRefused("desk.void_elsewhere")


def _typed(state: State, want: EnterTyped, given: Given) -> Facts:
    digits = desk_of(state).typed
    numbers = stock.used_with(state, int(digits)) if digits else ()
    if len(numbers) == 1:
        yield ReceiptAsked(given.ids[0], numbers[0])
    elif digits:
        yield StaffRefused("desk.void_several" if numbers else "desk.void_unknown")


def _found(state: State, found: ReceiptFound, given: Given) -> Facts:
    receipt, asked = found.receipt, desk_of(state).lookup
    assert asked is not None
    if receipt is None:
        yield StaffRefused("desk.void_unknown")
    elif asked.code and asked.code != f"{receipt.proof};{receipt.signature}":
        yield StaffRefused("desk.void_forged")
    elif problem := _why_not(state, receipt.receipt):
        yield StaffRefused(problem)
    else:
        yield ReceiptLookedUp(receipt)


def _why_not(state: State, number: str) -> str:
    if number in state.void:
        return "desk.void_already" if number in state.items else "desk.void_refunded"
    paper = state.papers.get(number)
    return "desk.void_printing" if paper and paper.stage is PaperState.PRINTING else ""


def _because(state: State, want: VoidReceipt, given: Given) -> Facts:
    yield VoidReasoned(want.reason)
    yield SecondWanted(Act.VOID.value)


def _reason_exists(state: State, want: VoidReceipt) -> bool:
    known = any(reason.id == want.reason for reason in state.site.office.void)
    return known and desk_of(state).room is Room.VOID_WHY and may(state, May.VOID)


def signed(state: State, second: Person, given: Given) -> Facts:
    desk = desk_of(state)
    receipt = desk.receipt
    assert receipt is not None
    if problem := _why_not(state, receipt.receipt):  # its paper has gone to the printer meanwhile
        yield StaffWent(Room.VOID.value)
        yield StaffRefused(problem)
        return
    yield ReceiptVoided(
        receipt=receipt.receipt,
        payment=receipt.payment,
        bill=receipt.bill,
        fee=receipt.fee,
        to_fee=receipt.to_fee,
        to_prepaid=receipt.to_prepaid,
        settles=receipt.to_fee - receipt.late + receipt.off,
        because=desk.because,
        by=desk.person,
        second=second.number,
    )
    yield ClaimIssued(
        claim=papers.claim_number(state),
        kiosk=state.site.kiosk,
        payment=receipt.payment,
        subject=receipt.receipt,
        amount=refund(receipt),
        because=RECEIPT_VOID,
        issued_ms=given.now_ms,
        language=receipt.language,
    )


def _may_choose(state: State, stimulus: CodeRead | EnterTyped) -> bool:
    return in_room(Room.VOID)(state, stimulus) and may(state, May.VOID) and desk_of(state).lookup is None


def _is_looked_up(state: State, found: ReceiptFound) -> bool:
    return bool(state.desk and state.desk.lookup and state.desk.lookup.lookup == found.lookup)


ROWS = (
    Row(CodeRead, _scanned, STAFF, _may_choose),
    Row(EnterTyped, _typed, STAFF, _may_choose),
    Row(ReceiptFound, _found, STAFF, _is_looked_up),
    Row(VoidReceipt, _because, STAFF, _reason_exists),
)


def _voided(state: State, fact: ReceiptVoided) -> State:
    """One that was never printed is not printed any more."""
    state = replace(
        proved(state, fact.second),
        void=state.void | {fact.receipt},
        papers={number: paper for number, paper in state.papers.items() if number != fact.receipt},
        paid=(*state.paid, Paid(fact.bill, -fact.settles)),
    )
    return at(state, room=Room.VOIDED, result=fact.receipt, receipt=None, number="", attempt="")


EVOLVE: dict[type[Fact], Evolver] = {
    ReceiptAsked: lambda s, f: at(s, lookup=f),
    ReceiptLookedUp: lambda s, f: at(s, room=Room.VOID_WHY, lookup=None, receipt=f.receipt),
    VoidReasoned: lambda s, f: at(s, because=f.because),
    ReceiptVoided: _voided,
}


def _find(state: State, fact: ReceiptAsked) -> tuple[Command, ...]:
    return (FindReceipt(fact.lookup, fact.number),)


MACHINE = Machine(ROWS, EVOLVE, {ReceiptAsked: _find})
