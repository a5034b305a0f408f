"""What a seed makes happen: customers one after another, in front of everything that may go wrong (`faults`)."""

from __future__ import annotations

import random
from typing import Final

from msgspec.structs import replace

from hardware import contracts as hw
from hardware.terminals.contract import Step
from kiosk import contract as c
from kiosk.flow import stimuli as st
from kiosk.flow.delays import Delay
from kiosk.flow.state import Stage
from kiosk.money import Money
from tests.crash import faults, truth, twists
from tests.crash.people import PIN, SITE
from tests.crash.world import BILLS, World, account_of
from tests.kiosk.card_world import ENDS as CARD_ENDS
from tests.kiosk.honest_world import NOTES_YUAN
from tests.kiosk.office import ATTENDANT
from tests.kiosk.world import WECHAT, bill, customer

MOST_NOTES: Final = 8  # in one visit


# ---- customers

SEVERAL = 3  # every third one owes two bills, of two fees
CANCELLED = 2  # of every other one who stops, staff cancel the payment
STOPS_AT_CARD = 5  # of every fifth story whoever pays by card thinks better of it
NOBODY_LEFT = 4  # of every fourth story the office changes its rules while staff cancel
ONE = ("1.00", "1.00")  # of a fee whose bill is told by its twist
AHEAD, METER = 4, "gas"  # the second, sixth, … owes nothing and tops a balance up


def comes(w: World, fee: str, big: bool, tender: c.Tender) -> None:
    w.events()
    ahead = (w.things.bills + 1) % AHEAD == AHEAD // 2
    twist = twists.Twist.NONE if ahead else twists.of(w)
    fee = METER if ahead else fee
    fee = twists.LARGE_FEE if twist is twists.Twist.LARGE else fee
    w.touch(c.ChooseFee(fee))
    for digit in account_of(fee):
        if w.stage is Stage.ACCOUNT:
            w.touch(c.PressKey(digit))
    w.touch(c.SubmitAccount())
    visit = w.engine.state.visit
    if visit is not None and visit.stage is Stage.LOOKING_UP:
        w.things.bills += 1
        number = f"B{w.things.bills}"
        dues = [] if ahead else twists.owes(w, twist, bill(BILLS.get(fee, ONE)[big], fee, number))
        if len(dues) == 1 and w.things.bills % SEVERAL == 0:
            dues.append(bill("2.50", "gas", f"{number}G"))
        known = customer(*dues, account=account_of(fee), reference="7")
        w.feed(st.BillsCame(visit.lookup, replace(known, marks=twists.marks(twist))))
        twists.chooses(w, twist, number)
        w.touch(c.ChooseAmount(SITE.fee(METER).prepay.amounts[big]) if ahead else c.PayTicked())
    faults.perhaps(w)
    w.touch(c.AllRight())
    twists.before_paying(w, twist)
    w.touch(c.ChooseTender(tender))
    w.events()


def pays_in_notes(w: World, how: str) -> None:
    """`how`: exact, overpaid or stopped."""
    for number in range(MOST_NOTES):
        faults.perhaps(w)
        w.events()
        payment, takes = w.engine.state.payment, w.life().takes
        if payment is None or not takes:
            break
        if how == "stopped" and number == 2 and w.things.bills % CANCELLED == 0:
            staff_cancel(w)
            break
        if how == "stopped" and number == 2:
            w.touch(c.StopPaying())
            w.touch(c.StopForSure())
            break
        small = [code for code in takes if Money.yuan(NOTES_YUAN[code]) <= payment.remaining]
        code = takes[-1] if how == "overpaid" else (small or takes[:1])[-1]
        if how == "stopped":
            code = takes[0]
        w.unit.owner = payment.id
        w.life().insert(code)
        w.moves("customer", f"puts in {NOTES_YUAN[code]} yuan")
        one_note(w)


def staff_cancel(w: World) -> None:
    w.touch(c.OpenStaff())
    for typed in (ATTENDANT.number, PIN):
        faults.perhaps(w)
        for digit in typed:
            w.touch(c.PressKey(digit))
        w.touch(c.EnterTyped())
    w.events()  # the PIN was checked
    faults.perhaps(w)
    if w.things.number % NOBODY_LEFT == 0:
        twists.office_changes(w)
    w.touch(c.CancelPayment("machine"))


def one_note(w: World) -> None:
    for _ in range(4):
        faults.perhaps(w)
        w.events()
        if w.unit.at in ("escrow", "stacking", "stacked"):
            w.life().goes_on(well=w.chance.random() < 0.93)
            w.moves("acceptor", f"now has its note at {w.unit.at!r}")
    w.events()


def pays_by_code(w: World) -> None:
    bank = w.things.bank
    for _ in range(2):
        if w.stage is Stage.SHOW_CODE:
            w.feed(hw.CodeRead(device="camera", text=WECHAT[:-1] + str(w.chance.randrange(10))))
        for _ in range(4):
            faults.perhaps(w)
            w.events()
            if bank.calls:
                call = w.chance.choice(bank.calls)
                how, outcome = w.chance.choice(faults.ENDINGS), w.chance.choice(faults.OUTCOMES)
                bank.ends(call, how, outcome)
                w.moves("network", f"{how} {outcome.value}: {type(call).__name__} {call.charge}")
            ask = next((t for t in w.running() if t.delay in (Delay.ASK_CHARGE, Delay.CHARGE_LONG)), None)
            if ask is not None and w.chance.random() < 0.6:
                w.passes(ask)
        w.events()


def pays_by_card(w: World) -> None:
    terminal = w.things.terminal
    for _ in range(2):
        if w.stage is Stage.PAY_BY:
            w.touch(c.ChooseTender(c.Tender.CARD))
        if w.things.number % STOPS_AT_CARD == 0:
            w.touch(c.StopPaying())
        for _ in range(4):
            faults.perhaps(w)
            w.events()
            if terminal.running and w.chance.random() < 0.5:
                terminal.asks(w.chance.choice(tuple(Step)))
            elif terminal.running:
                how = w.chance.choice(CARD_ENDS)
                terminal.ends(how)
                w.moves("terminal", how)
            ask = next((t for t in w.running() if t.delay in (Delay.ASK_CHARGE, Delay.CHARGE_LONG)), None)
            if ask is not None and w.chance.random() < 0.6:
                w.passes(ask)
        w.events()


def takes_the_paper(w: World) -> None:
    for _ in range(6):
        faults.perhaps(w)
        w.events()
        if w.things.jobs:
            how = w.chance.choice(faults.PAPER_ENDS)
            w.printer.goes_on(how)
            w.moves("printer", how)
        elif w.stage is Stage.PAPER and w.chance.random() < 0.3:
            w.touch(c.PrintAgain())
        elif w.stage in (Stage.PAPER, Stage.THANKS, Stage.CHARGING):
            w.touch(c.Done())


def visit(w: World) -> None:
    says_something = twists.of(w) is twists.Twist.OPINION
    kind = w.chance.choice(("exact", "overpaid", "stopped", "code", "code", "card"))
    w.things.story.tell("-----", f"a customer comes: {kind}")
    fee, big = w.chance.choice(sorted(BILLS)), w.chance.random() < 0.7
    comes(w, fee, big, {"code": c.Tender.CODE, "card": c.Tender.CARD}.get(kind, c.Tender.CASH))
    if kind == "code":
        pays_by_code(w)
    elif kind == "card":
        pays_by_card(w)
    else:
        pays_in_notes(w, kind)
    takes_the_paper(w)
    if says_something:
        twists.says_something(w)


def ending(w: World) -> None:
    """From wherever a world stands: it gets well, everybody goes home, and everything is accounted for."""
    w.gets_well()
    w.comes_to_rest()
    truth.everything_is_accounted_for(w)


def begins(seed: object) -> random.Random:
    return random.Random(f"crash/{seed}")
