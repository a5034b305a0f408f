"""What must be true in the world that is cut: before each command, after each step, and when everything is at rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hardware import contracts as hw
from kiosk import contract as c
from kiosk import facts as f
from kiosk import printing
from kiosk.facts.office import Sort
from kiosk.flow import commands as cmd
from kiosk.flow.state import PaperState, Stage
from kiosk.receipts import REASONS, document, paper_qr
from kiosk.rules.exceptions import ExceptionKind
from tests.crash.books import require
from tests.crash.people import SITE
from tests.kiosk.world import NOW_MS

if TYPE_CHECKING:
    from tests.crash.world import World

OF_MONEY = (ExceptionKind.PAYMENT, ExceptionKind.DIFFERENCE)


def written_before(world: World, command: cmd.Command) -> None:
    """Written, then done."""
    things, facts = world.things, world.things.ledger.facts
    if isinstance(command, cmd.TakeNote):
        require(f.NoteStacking(command.note) in facts, f"{command.note} is taken and nothing is written")
    elif isinstance(command, cmd.ConfirmTaken):
        how = things.ledger.books.settled.get(command.note, "")
        require(how in ("credited", "doubtful"), f"{command.note} is acknowledged and nothing is written")
    elif isinstance(command, cmd.SendCharge):
        require(command.charge not in things.sent, f"charge {command.charge} is sent a second time")
        intent = f.ChargeRequested(command.charge, command.payment, command.amount)
        require(intent in facts, f"charge {command.charge} is sent and nothing is written")
        things.sent.add(command.charge)
    elif isinstance(command, cmd.PayCard):
        require(command.charge not in things.sent, f"charge {command.charge} is ordered a second time")
        asked = [x for x in facts if isinstance(x, f.ChargeRequested) and x.charge == command.charge]
        require([x.before for x in asked] == [command.before], f"{command.charge} without its mark on disk")
        things.sent.add(command.charge)
    elif isinstance(command, cmd.PrintPaper):
        number = command.issued.number
        require(command.issued in facts, f"{number} is printed and not issued")
        require(command.job in things.ledger.books.jobs, f"job {command.job} is printed and not written")
        out = any(printed == number for printed, _ in things.paper)
        wanted = not out or isinstance(world.touching, c.PrintAgain | c.PrintNumber)
        require(wanted, f"{number} came out already and comes again unasked")
        marked = command.attempt == 1 or "补打" in text_of(command) or "Reprint" in text_of(command)
        require(marked, f"{number} comes again and is not marked as a reprint")


def holds(world: World) -> None:
    """After each step."""
    unit = world.unit
    now = (len(unit.inserted), len(unit.box), len(unit.returned), len(world.things.ledger.facts))
    if now != world.counted:  # else nothing moved, neither money nor what is written about it
        world.counted = now
        adds_up(world)
    state = world.engine.state
    require(state.visit is None or not state.visit.code, "a payment code lives for one step")
    on_top = state.aside is not None
    if state.stage is Stage.PAPER and world.engine.always and not (state.house.broken or on_top):
        can_be_seen(world)
    broken = state.house.broken and world.wanted is not None and world.wanted.accept_up_to is not None
    require(not broken, "nothing can be written and notes are taken")


def adds_up(world: World) -> None:
    books, unit = world.things.ledger.books, world.unit
    inserted, box, back = 100 * sum(unit.inserted), 100 * sum(unit.box), 100 * sum(unit.returned)
    assert inserted == box + back + 100 * unit.inside, "the model itself loses nothing"
    require(books.in_box <= box, f"booked in the box: {books.in_box} fen; lying there: {box} fen")
    known = books.in_box + sum(books.astray.values()) + books.moving
    require(box <= known, f"{box} fen lie in the box, the journal knows of {known}")
    taken = world.things.bank.taken_fen
    require(books.charged <= taken, f"booked {books.charged} fen, the provider took {taken}")
    by_card = world.things.terminal.taken_fen
    require(books.carded <= by_card, f"booked {books.carded} fen, cards paid {by_card}")


def can_be_seen(world: World) -> None:
    """What is not on paper can be photographed from the screen."""
    view = world.engine.view
    assert view is not None
    assert isinstance(view.page, c.ReceiptPage | c.ClaimPage)
    for paper in world.engine.state.visit_papers:
        qr = paper_qr(paper.issued, SITE.house.receipts.page)
        shown = paper.stage is PaperState.PRINTED or qr in view.page.qr
        require(shown, f"{paper.number} is neither printed nor on the screen: {view.page}")


def everything_is_accounted_for(world: World) -> None:
    """At rest: inserted = credited + returned + doubtful, held against what is physically true."""
    state, things, unit = world.engine.state, world.things, world.unit
    books = things.ledger.books
    require(state.stage is Stage.HOME, f"nobody leads home from {state.stage}")
    open_ones = [*state.payments, *state.charges, *([state.note.id] if state.note else [])]
    require(not open_ones, f"still open: {open_ones}")
    inserted, box, back = (100 * sum(notes) for notes in (unit.inserted, unit.box, unit.returned))
    assert inserted == box + back, "the model itself loses nothing"
    in_question = sum(books.astray.values())
    require(
        books.in_box <= box <= books.in_box + in_question,
        f"inserted {inserted}, came back {back}, in the box {box}; "
        f"booked in the box {books.in_box}, in question {in_question}",
    )
    require(books.returned <= back, f"booked as returned {books.returned}, came back {back}")
    require(set(books.held) <= set(books.settled), f"never settled: {set(books.held) - set(books.settled)}")
    for payment, fen in books.notes_paid.items():
        put_in = 100 * unit.box_of[payment]
        require(fen <= put_in, f"{payment} is credited {fen}, its customer's notes in the box are {put_in}")
    require(
        books.charged == things.bank.taken_fen, f"charged {things.bank.taken_fen}, booked {books.charged}"
    )
    by_card = things.terminal.taken_fen
    require(books.carded == by_card, f"cards paid {by_card}, booked {books.carded}")
    require(not books.balances[f.Account.CUSTOMER], "paid and without its place")
    twice = [paper for paper in set(things.paper) if things.paper.count(paper) > 1]
    require(not twice, f"printed twice without being marked: {twice}")
    office = books.office
    issued = {*books.receipts, *books.claims, *office.papers} - office.void
    gone = {n for n in issued if n not in state.papers}
    printed = {x.number for x in things.ledger.facts if isinstance(x, f.PrintDone)}
    require(gone <= printed, f"neither printed nor on a list: {gone - printed}")
    here = (office.days, office.is_open, office.collections, office.handovers, office.items, office.void)
    day = state.day
    there = (
        day.number - day.open,
        day.open,
        state.collections,
        state.handovers,
        {*state.items},
        state.void,
    )
    require(here == there, f"the staff's books by hand: {here}; the kiosk's: {there}")
    about = {matter.subject for matter in state.exceptions.values() if matter.kind in OF_MONEY}
    unsure = {item.id for item in state.items.values() if item.sort is not Sort.CHANGE}
    require(about == unsure, f"open money {unsure}, and somebody is asked to look at {about}")
    things.ledger.verify()


def says_all(claim: f.ClaimIssued) -> None:
    """Amount, reason and who follows it up are on the slip."""
    values = [block.value for block in document(SITE, claim, 1).blocks if isinstance(block, hw.Pair)]
    figures = claim.amount.figures if claim.amount else claim.claim  # of a note that nobody knows: no amount
    expected = (claim.claim, figures, REASONS[claim.because].in_(claim.language),
                SITE.house.claims.follow_up.in_(claim.language))  # fmt: skip
    for value in expected:
        require(bool(value) and value in values, f"{value!r} is missing on slip {claim.claim}")


def text_of(command: cmd.PrintPaper) -> str:
    blocks = printing.paper(SITE, command.issued, command.attempt, c.TextSize.STANDARD, NOW_MS).blocks
    return " ".join(block.text for block in blocks if isinstance(block, hw.Text))
