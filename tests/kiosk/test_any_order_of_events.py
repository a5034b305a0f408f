"""Whatever happens in whatever order, with the core dying anywhere: no fen is lost, none is counted twice.

The real engine and journal against honest models (`honest_world`). Hypothesis plays customer, devices, bank,
line, clock and death. The build plays the same games each time; for new and longer ones:

    ANY_ORDER=2000 pytest tests/kiosk/test_any_order_of_events.py
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hardware import contracts as hw
from hardware.terminals.contract import Step
from kiosk import contract as c
from kiosk import facts as f
from kiosk import site as site_module
from kiosk.engine import Engine
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from kiosk.flow.delays import Delay
from kiosk.flow.state import ChargeStage, Stage, State
from kiosk.flow.wanted import Timer, Wanted
from kiosk.identity import Identity, Signer
from kiosk.journal.store import Journal, NotWritten
from kiosk.money import Money
from kiosk.parcels import ChargeIs, ChargeState
from kiosk.simulation import simulated
from tests.kiosk.card_world import ENDS, Terminal
from tests.kiosk.honest_world import AcceptorDriver, Bank, Cut, PrinterDriver, Unit
from tests.kiosk.world import NO_PAPER, READY, WECHAT, Clock, account_of, bill, customer, own_numbers

logging.getLogger("kiosk.engine").setLevel(logging.CRITICAL)  # a full disk is part of the game
EXAMPLES = int(os.environ.get("ANY_ORDER", "0"))
SIGNER = Signer(b"sceptic!" * 4)
SITE = msgspec.structs.replace(own_numbers(simulated(site_module.load(None), Path("nowhere"))), kiosk="K0001")
BILLS = {"water": ("1.50", "30.00"), "property": ("7.30", "200.00"), "admin": ("6.00", "50.00")}
PAID = [*sorted(BILLS), "gas"]  # of the last one nothing is due: its balance is topped up
HIDDEN = (  # pressed although nothing on the page says so
    c.Back(), c.Done(), c.StopPaying(), c.StopForSure(), c.GoOnPaying(), c.PrintAgain(), c.PayAnother(), c.AllRight(),
    c.SomethingWrong(), c.SubmitAccount(), c.EraseKey(), c.StillHere(), c.ChooseFee("water"), c.ChooseBill("W1"),
    c.ChooseTender(c.Tender.CASH), c.ChooseTender(c.Tender.CODE), c.ChooseTender(c.Tender.CARD), c.PressKey("7"),
    c.PressKey("7\x1b"), c.SetLanguage(c.Language.EN), c.SetTextSize(c.TextSize.XLARGE), c.CallStaff(),
    c.StopCalling(), c.OpenHelp("topics"), c.OpenHelp("answer", "cash.change"), c.LeaveHelp(), c.Rate(c.Rating.BAD),
    c.OpenHelp("say_contact", "money"), c.SayIt(False), c.SayIt(True), c.ApproverHere(), c.Approve("bill_seen"),
)  # fmt: skip
ODD = (  # devices and answers that speak of nothing we know, or repeat themselves
    hw.Printed(device="printer", job="of before"),
    hw.NotPrinted(device="printer", job="of before", unknown=True, state=READY),
    hw.Refused(device="acceptor", because=hw.RefusedBecause.UNMAPPED),
    hw.Returned(device="acceptor"),
    hw.Jammed(device="acceptor", where=hw.JamIn.CASH_BOX),
    hw.BoxFull(device="acceptor"),
    hw.Cheated(device="acceptor"),
    hw.Cleared(device="acceptor"),
    hw.Found(device="camera", identity="model"),
    hw.Lost(device="camera", trouble=hw.Trouble.NO_PORT, detail="model"),
    hw.CodeRead(device="camera", text="JF:water:1002003001"),
    hw.CodeRefused(device="camera", because=hw.CodeRefusedBecause.TWO_CODES),
    st.ChargeCame(ChargeState("of another kiosk", ChargeIs.CONFIRMED, Money(100))),
    st.ChargeSilent("of another kiosk", True, "model"),
    st.BillsCame("of before", None),
    st.LookupFailed("of before"),
    st.Uploaded(1),
)

# One move is the name of a method below and its arguments.
OUTCOME = some.sampled_from((ChargeIs.CONFIRMED, ChargeIs.DECLINED, ChargeIs.UNKNOWN))
HOW = some.sampled_from(("answered", "answered", "not_sent", "lost_request", "lost_answer", "late", "lied"))
TRUTH, FEW = some.booleans(), some.integers(0, 5)


def move(name: str, *arguments: some.SearchStrategy[Any]) -> some.SearchStrategy[tuple[Any, ...]]:
    return some.tuples(some.just(name), *arguments)


Moves = list[some.SearchStrategy[tuple[Any, ...]]]
DEATH: Moves = [
    move("kill", TRUTH, TRUTH),
    move("arm", some.sampled_from(("before", "after", "command", "refuses"))),
]
COMMON: Moves = [
    move("events"),
    move("events"),
    move("one_event"),
    move("press", FEW),
    move("delay", FEW),
    *DEATH,
]
NOTE_MOVES: Moves = [
    move("insert", FEW),
    move("insert", FEW),
    move("unit_goes_on", some.just(True)),
    move("unit_goes_on", some.just(True)),
    move("unit_goes_on", some.just(False)),
    move("hidden", some.sampled_from((c.Back(), c.StopForSure()))),
    move("box"),
    move("plug"),
    move("unit_power", TRUTH, TRUTH),
    *COMMON,
]
CODE_MOVES: Moves = [
    move("show_code", FEW),
    move("ask"),
    move("ask"),
    move("call_ends", HOW, OUTCOME),
    move("call_ends", HOW, OUTCOME),
    move("late_request", OUTCOME),
    move("provider_decides", OUTCOME),
    move("answer_again", FEW),
    move("line"),
    *COMMON,
]
CARD_MOVES: Moves = [
    move("card_asks", some.sampled_from(Step)),
    move("card_ends", some.sampled_from(ENDS)),
    move("card_ends", some.sampled_from(ENDS)),
    move("hidden", some.just(c.StopPaying())),
    move("ask"),
    move("line"),
    *COMMON,
]
PAPER_MOVES: Moves = [
    move("printer_changes", some.sampled_from((READY, READY, NO_PAPER, None))),
    move(
        "printer_goes_on", some.sampled_from(("printed", "printed", "not_sent", "perhaps_out", "perhaps_in"))
    ),
    move("hidden", some.just(c.PrintAgain())),
    *COMMON,
]
ANY_MOVES: Moves = [
    move("hidden", some.sampled_from(HIDDEN)),
    move("odd", some.sampled_from(ODD)),
    move("line"),
]


def episode(moves: Moves) -> some.SearchStrategy[list[tuple[Any, ...]]]:
    return some.lists(some.one_of(moves), min_size=1, max_size=8)


class AnyOrder(RuleBasedStateMachine):
    @initialize(counts=some.booleans())
    def opens(self, counts: bool) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="any-order-"))
        self.identity = Identity("K0001", 1, "lobby", SIGNER.public_key, "00" * 32)
        self.clock = Clock()
        self.durable: list[f.Durable] = []
        self.sent: list[str] = []
        self.told: list[st.ChargeCame] = []
        self.paper: list[tuple[str, int]] = []
        self.bills = 0
        self.touching = None
        self.present_visit, self.gone = "", set[str]()
        self.unit = Unit(counts)
        self.cut = ""
        Journal.create(self.folder / "journal.db", self.identity)
        self.journal: Journal | None = None
        self.mail: list[st.Stimulus] = []
        self.bank = Bank(self.mail)
        self.terminal = Terminal()
        self.comes_up()
        self.deliver_all()

    # ---- the core's life

    def comes_up(self) -> None:
        self.mail.clear()
        self.fired: set[Timer] = set()
        self.wanted: Wanted | None = None
        self.online = False
        self.journal = Journal.open(self.folder / "journal.db", self.identity, SIGNER, self.clock)
        assert list(self.journal.replay()) == self.durable, "what was flushed is what is replayed"
        self.acceptor: AcceptorDriver | None = None
        self.engine = Engine(SITE, self, self, self.clock)
        try:
            self.engine.start()
        except Cut:
            self.dies(onward=False, forgets=False)
            return
        # Behind the core's back, as in `kiosk.core`: the devices are started after the engine.
        self.acceptor = AcceptorDriver(self.unit, self.mail)
        self.printer = PrinterDriver(self.mail, self.paper)
        self.mail.append(hw.Found(device="camera", identity="model"))
        self.terminal.comes_up(self.mail)
        self.follow()
        if not self.online:
            self.feed(st.LinkChanged(True))
            self.online = True

    def dies(self, onward: bool, forgets: bool) -> None:
        assert self.journal is not None
        self.journal.close()
        self.cut = ""
        self.bank.late += self.bank.calls
        self.bank.calls.clear()
        self.unit.alone(onward, forgets)
        self.terminal.core_dies(charged=onward)
        self.comes_up()

    def feed(self, stimulus: st.Stimulus) -> None:
        if isinstance(stimulus, st.ChargeCame) and stimulus.charge.charge in self.bank.orders:
            self.told.append(stimulus)
        try:
            self.engine.feed(stimulus)
        except Cut:
            self.dies(onward=True, forgets=False)

    def touch(self, intent: c.AnyIntent) -> None:
        view = self.engine.view
        assert view is not None
        self.touching: c.AnyIntent | None = intent
        try:
            self.engine.touched(c.Touched(view.number, intent))
        except Cut:
            self.dies(onward=True, forgets=False)
        finally:
            self.touching = None

    def deliver_all(self) -> None:
        while self.mail:
            self.feed(self.mail.pop(0))

    # ---- Ledger: the real journal, with death before and after each write

    def append(self, facts: Sequence[f.Durable]) -> list[f.Durable]:
        assert self.journal is not None
        if self.cut == "before":
            raise Cut
        if self.cut == "refuses":
            self.cut = ""
            raise NotWritten("disk full")
        written = self.journal.append(facts)
        self.durable += written
        if self.cut == "after":
            raise Cut
        return written

    def recover(self, empty: State) -> State:
        assert self.journal is not None
        return self.journal.recover(empty)

    # ---- Outside

    def do(self, command: cmd.Command) -> None:
        self.guard(command)
        if self.cut == "command":
            raise Cut
        acceptor = self.acceptor
        if isinstance(command, cmd.SendCharge | cmd.QueryCharge):
            self.bank.calls.append(command)
        elif isinstance(command, cmd.PayCard):
            self.terminal.pay(command.charge, command.amount, command.before)
        elif isinstance(command, cmd.CancelCard):
            self.terminal.cancel(command.charge)
        elif isinstance(command, cmd.QueryCard):
            self.terminal.query(command.charge, command.amount, command.before)
        elif isinstance(command, cmd.PrintPaper):
            self.printer.jobs.append((command.job, command.issued.number, command.attempt))
        elif acceptor is not None and isinstance(command, cmd.TakeNote):
            acceptor.take()
        elif acceptor is not None and isinstance(command, cmd.GiveBackNote):
            acceptor.give_back()
        elif acceptor is not None and isinstance(command, cmd.ConfirmTaken):
            acceptor.confirm()

    def guard(self, command: cmd.Command) -> None:
        """Written, then done."""
        if isinstance(command, cmd.TakeNote):
            assert f.NoteStacking(command.note) in self.durable
        elif isinstance(command, cmd.ConfirmTaken):
            assert any(
                isinstance(x, f.NoteCredited | f.NoteDoubtful) and x.note == command.note
                for x in self.durable
            )
        elif isinstance(command, cmd.SendCharge):
            assert command.charge not in self.sent, "a charge is sent once in its life"
            assert f.ChargeRequested(command.charge, command.payment, command.amount) in self.durable
            self.sent.append(command.charge)
        elif isinstance(command, cmd.PayCard):
            [intent] = [x for x in self.facts(f.ChargeRequested) if x.charge == command.charge]
            assert (intent.amount, intent.before) == (command.amount, command.before)
        elif isinstance(command, cmd.PrintPaper):
            assert command.issued in self.durable, "issued, then printed"
            assert any(isinstance(x, f.PrintStarted) and x.job == command.job for x in self.durable)
            out = any(number == command.issued.number for number, _ in self.paper)
            assert not out or isinstance(self.touching, c.PrintAgain), (
                "what came out comes again only if asked for"
            )

    def apply(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.fired &= set(wanted.timers)  # a delay that is not wanted any more and then again runs again
        self.follow()

    def follow(self) -> None:
        if self.acceptor is not None and self.wanted is not None:
            self.acceptor.limit = self.wanted.accept_up_to

    def show(self, view: c.View) -> None:
        """The engine keeps it."""

    # ---- single moves; each does nothing where it is not possible

    def events(self) -> None:
        self.deliver_all()

    def one_event(self) -> None:
        if self.mail:
            self.feed(self.mail.pop(0))

    def press(self, which: int = 0) -> None:
        buttons = self.pressable()
        if buttons and self.engine.state.stage is not Stage.HOME:
            self.touch(buttons[which % len(buttons)])

    def insert(self, which: int) -> None:
        takes = self.acceptor.takes
        if takes:
            self.acceptor.insert(takes[which % len(takes)])

    def unit_goes_on(self, well: bool) -> None:
        if self.unit.at in ("escrow", "stacking", "stacked"):
            self.acceptor.goes_on(well)

    def kill(self, onward: bool, forgets: bool) -> None:
        self.dies(onward, forgets)

    def arm(self, how: str) -> None:
        self.cut = how

    def box(self) -> None:
        if self.unit.at in ("idle", "box_out") and self.acceptor.connected:
            self.acceptor.box_out() if self.unit.at == "idle" else self.acceptor.box_in()

    def plug(self) -> None:
        if self.unit.at != "box_out":
            self.acceptor.pulled_out() if self.acceptor.connected else self.acceptor.plugged_in()

    def unit_power(self, onward: bool, forgets: bool) -> None:
        if self.unit.at != "box_out" and self.acceptor.connected:
            self.acceptor.power_cut(onward, forgets)

    def show_code(self, last: int) -> None:
        self.feed(hw.CodeRead(device="camera", text=WECHAT[:-1] + str(last)))

    def call_ends(self, how: str, outcome: ChargeIs) -> None:
        if self.bank.calls:
            self.bank.ends(self.bank.calls[0], how, outcome)

    def card_asks(self, step: Step) -> None:
        self.terminal.asks(step)

    def card_ends(self, how: str) -> None:
        self.terminal.ends(how)

    def late_request(self, outcome: ChargeIs) -> None:
        if self.bank.late:
            self.bank.arrives(self.bank.late.pop(0), outcome)

    def provider_decides(self, outcome: ChargeIs) -> None:
        if self.bank.undecided:
            self.bank.orders[self.bank.undecided[0]].state = outcome

    def answer_again(self, which: int) -> None:
        if self.told:
            answer = self.told[which % len(self.told)]
            now = self.bank.orders[answer.charge.charge].state
            if answer.charge.state in (ChargeIs.UNKNOWN, now):
                self.feed(answer)

    def line(self) -> None:
        self.online = not self.online
        self.feed(st.LinkChanged(self.online))

    def delay(self, which: int) -> None:
        timers = self.running()
        if timers:
            self.passes(timers[which % len(timers)])

    def ask(self) -> None:
        timer = next((t for t in self.running() if t.delay is Delay.ASK_CHARGE), None)
        if timer:
            self.passes(timer)

    def printer_changes(self, state: hw.PrinterState | None) -> None:
        self.printer.changes(state)

    def printer_goes_on(self, how: str) -> None:
        if self.printer.jobs:
            self.printer.goes_on(how)

    def hidden(self, intent: c.AnyIntent) -> None:
        self.touch(intent)

    def odd(self, stimulus: st.Stimulus) -> None:
        if not (
            isinstance(stimulus, hw.Returned) and self.engine.state.note
        ):  # that would be a lie about money
            self.feed(stimulus)

    # ---- what Hypothesis strings together: a customer, then episodes about notes, codes, paper, or anything

    def plays(self, moves: list[tuple[Any, ...]]) -> None:
        for name, *arguments in moves:
            getattr(self, name)(*arguments)
            self.everything_holds()

    @precondition(lambda self: self.engine.state.stage is Stage.HOME)
    @rule(fee=some.sampled_from(PAID), big=some.booleans(), tender=some.sampled_from(c.Tender))
    def a_customer_comes_to_pay(self, fee: str, big: bool, tender: c.Tender) -> None:
        self.deliver_all()
        account = account_of(SITE.fee(fee))
        self.touch(c.ChooseFee(fee))
        for digit in account:
            self.touch(c.PressKey(digit))
        self.touch(c.SubmitAccount())
        visit = self.engine.state.visit
        if visit is None or visit.stage is not Stage.LOOKING_UP:
            return
        self.bills += 1
        dues = [bill(BILLS[fee][big], fee, f"B{self.bills}")] if fee in BILLS else []
        if dues and self.bills % 3 == 0:
            dues.append(bill("2.50", "gas", f"B{self.bills}G"))
        self.feed(st.BillsCame(visit.lookup, customer(*dues, account=account, reference="7")))
        self.touch(c.PayTicked())
        self.touch(c.ChooseAmount(Money.yuan(100 if big else 50)))  # where a balance is topped up
        self.touch(c.AllRight())
        self.touch(c.ChooseTender(tender))

    @precondition(lambda self: self.engine.state.stage is Stage.CASH)
    @rule(notes=some.lists(some.integers(0, 5), min_size=1, max_size=5))
    def notes_go_all_the_way(self, notes: list[int]) -> None:
        for which in notes:
            self.events()
            self.insert(which)
            for _ in range(3):
                self.events()
                self.unit_goes_on(well=True)
        self.events()

    @precondition(lambda self: self.engine.state.stage in (Stage.HOME, Stage.CASH) or self.unit.at != "idle")
    @rule(moves=episode(NOTE_MOVES))
    def something_happens_to_a_note(self, moves: list[tuple[Any, ...]]) -> None:
        self.comes(c.Tender.CASH)
        self.plays(moves)

    def comes(self, tender: c.Tender) -> None:
        if self.engine.state.stage is Stage.HOME:
            self.a_customer_comes_to_pay("water", True, tender)
        self.events()

    @precondition(lambda self: self.engine.state.stage is Stage.HOME)
    @rule(fee=some.sampled_from(PAID), big=some.booleans())
    def a_whole_visit_with_cash(self, fee: str, big: bool) -> None:
        self.a_customer_comes_to_pay(fee, big, c.Tender.CASH)
        self.notes_go_all_the_way([-1] * 8)
        self.the_customer_is_served_to_the_end()

    @precondition(lambda self: self.engine.state.stage in (Stage.HOME, Stage.CASH))
    @rule(which=FEW, steps=some.sampled_from(range(7)), onward=TRUTH, forgets=TRUTH, unit_too=TRUTH)
    def the_core_dies_around_a_note(
        self, which: int, steps: int, onward: bool, forgets: bool, unit_too: bool
    ) -> None:
        """Each step is one that the note makes or one that the core hears of."""
        self.comes(c.Tender.CASH)
        self.insert(which)
        for step in range(steps):
            self.unit_goes_on(well=True) if step % 2 else self.one_event()
        if unit_too:
            self.unit_power(onward, forgets)
        self.kill(onward, forgets)
        self.events()

    @precondition(lambda self: self.engine.state.stage in (Stage.HOME, Stage.SHOW_CODE))
    @rule(last=some.integers(0, 9), how=HOW, outcome=OUTCOME, moves=episode(CODE_MOVES))
    def a_code_is_shown(self, last: int, how: str, outcome: ChargeIs, moves: list[tuple[Any, ...]]) -> None:
        self.comes(c.Tender.CODE)
        self.show_code(last)
        self.call_ends(how, outcome)
        self.plays(moves)

    @precondition(lambda self: self.engine.state.stage is Stage.HOME or self.terminal.running)
    @rule(moves=episode(CARD_MOVES))
    def a_card_is_used(self, moves: list[tuple[Any, ...]]) -> None:
        self.comes(c.Tender.CARD)
        self.plays(moves)

    @precondition(lambda self: self.engine.state.charges)
    @rule(moves=episode(CODE_MOVES))
    def something_happens_to_a_charge(self, moves: list[tuple[Any, ...]]) -> None:
        self.plays(moves)

    @precondition(lambda self: self.engine.state.visit_papers)
    @rule(moves=episode(PAPER_MOVES))
    def something_happens_to_a_paper(self, moves: list[tuple[Any, ...]]) -> None:
        self.plays(moves)

    @precondition(lambda self: self.engine.state.visit)
    @rule()
    def the_customer_is_served_to_the_end(self) -> None:
        for _ in range(12):
            self.events()
            self.printer_goes_on("printed")
            if isinstance(
                self.engine.view and self.engine.view.page, c.ReceiptPage | c.ClaimPage | c.ThankYou
            ):
                self.touch(c.Done())

    @rule(moves=episode(NOTE_MOVES + CODE_MOVES + CARD_MOVES + PAPER_MOVES + ANY_MOVES))
    def anything_happens(self, moves: list[tuple[Any, ...]]) -> None:
        self.plays(moves)

    def passes(self, timer: Timer) -> None:
        self.fired.add(timer)
        self.feed(st.TimeIsUp(timer.delay, timer.key))

    def running(self) -> list[Timer]:
        """A delay that has passed does not pass again as long as the same one is wanted."""
        assert self.wanted is not None
        return [timer for timer in self.wanted.timers if timer not in self.fired]

    def pressable(self) -> list[c.AnyIntent]:
        """What the page offers, apart from settings and typing."""
        view = self.engine.view
        assert view is not None
        if view.idle is not None:
            return list(_buttons(view.idle))
        page = view.page
        found = [*_buttons(page), *_buttons(view.back)]
        if isinstance(page, c.CashRunning) and page.asking_to_stop:
            found += [c.GoOnPaying(), c.StopForSure()]
        if isinstance(page, c.PayBy):
            found += [c.ChooseTender(way.tender) for way in page.ways if way.off is None]
        if isinstance(page, c.ChooseBills):
            found += [c.ChooseBill(row.number) for row in page.rows] + [c.PayTicked()]
        return found

    # ---- what must be true

    @invariant()
    def everything_holds(self) -> None:
        self.no_note_is_booked_that_is_not_in_the_box()
        self.no_charge_is_booked_that_the_provider_did_not_make()
        self.every_paper_has_its_payment_and_its_number()
        self.every_payment_ends_once_with_what_was_put_in()
        self.the_books_balance()
        self.nothing_personal_outlives_the_visit()
        self.no_page_is_a_dead_end()

    def facts(self, *kinds: type[Any]) -> list[Any]:
        return [fact for fact in self.durable if isinstance(fact, kinds)]

    @property
    def booked_fen(self) -> int:
        """Notes that the journal says are in the box."""
        doubtful = sum(x.value.fen for x in self.facts(f.NoteDoubtful) if x.in_box and x.value)
        settled = sum(x.value.fen for x in self.facts(f.DoubtSettled) if x.in_box)
        return doubtful + settled + sum(x.value.fen for x in self.facts(f.NoteCredited))

    @property
    def charged_fen(self) -> int:
        return self.charged_by(c.Tender.CODE)

    def charged_by(self, tender: c.Tender) -> int:
        charges = self.facts(f.ChargeConfirmed, f.ChargeDoubtful)
        return sum(x.amount.fen for x in charges if x.tender is tender)

    def no_note_is_booked_that_is_not_in_the_box(self) -> None:
        assert self.booked_fen <= 100 * sum(self.unit.box)

    def no_charge_is_booked_that_the_provider_did_not_make(self) -> None:
        assert self.charged_fen <= self.bank.taken_fen
        assert self.charged_by(c.Tender.CARD) <= self.terminal.taken_fen
        per_payment = Counter(x.payment for x in self.facts(f.ChargeConfirmed))
        assert all(count == 1 for count in per_payment.values())

    def every_paper_has_its_payment_and_its_number(self) -> None:
        completed = {x.payment: x for x in self.facts(f.PaymentCompleted)}
        receipts = self.facts(f.ReceiptIssued)
        assert [x.receipt for x in receipts] == [f"K0001-{n + 1:08d}" for n in range(len(receipts))]
        told: Counter[str] = Counter()
        for x in receipts:
            told[x.payment] += x.paid.fen
        assert all(fen == completed[payment].paid.fen for payment, fen in told.items())
        assert len({(x.payment, x.bill) for x in receipts}) == len(receipts)
        assert all(
            {p.bill for p in x.parts if p.to_fee} | ({""} if x.ahead else set())
            == {r.bill for r in receipts if r.payment == x.payment}
            for x in completed.values()
        )
        claims = self.facts(f.ClaimIssued)
        assert len({x.claim for x in claims}) == len(claims)
        assert len({(x.subject, x.because) for x in claims}) == len(claims), "one slip for one matter"
        assert all(count == 1 for count in Counter(self.paper).values()), "a second print is marked"

    def every_payment_ends_once_with_what_was_put_in(self) -> None:
        ended = Counter(x.payment for x in self.facts(f.PaymentCompleted, f.PaymentAbandoned))
        assert all(count == 1 for count in ended.values())
        paid: Counter[str] = Counter()
        for x in self.facts(f.NoteCredited):
            paid[x.payment] += x.value.fen
        for x in self.facts(f.ChargeConfirmed):
            paid[x.payment] += x.amount.fen
        for x in self.facts(f.PaymentCompleted):
            assert x.paid.fen == paid[x.payment] == (x.to_fee + x.to_prepaid + x.to_change).fen
        assert not any(paid[x.payment] for x in self.facts(f.PaymentAbandoned))

    def the_books_balance(self) -> None:
        assert self.journal is not None
        assert sum(self.journal.balances().values()) == 0

    def nothing_personal_outlives_the_visit(self) -> None:
        state = self.engine.state
        now = state.visit.id if state.visit else ""
        assert now not in self.gone, "a visit that ended does not come back"
        if now != self.present_visit:
            self.gone |= {self.present_visit} - {""}
            self.present_visit = now
        assert state.visit is None or not state.visit.code, "a payment code lives for one step"

    def no_page_is_a_dead_end(self) -> None:
        """A button, a delay, or something under way that will be heard of."""
        under_way = (
            self.mail
            or self.bank.calls
            or self.terminal.running
            or self.printer.jobs
            or self.unit.at != "idle"
        )
        if self.engine.state.stage is Stage.HOME or under_way or self.engine.state.house.broken:
            return
        assert self.pressable() or self.running() or not self.online or not self.acceptor.connected

    # ---- the end: everything gets well again, and everybody goes home

    def teardown(self) -> None:
        if getattr(self, "journal", None) is None:
            return
        try:
            self.gets_well()
            self.comes_to_rest()
            self.everything_is_accounted_for()
        finally:
            if self.journal is not None:
                self.journal.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def gets_well(self) -> None:
        self.cut = ""
        if self.engine.state.house.broken:
            self.dies(onward=True, forgets=False)
        if self.unit.at == "box_out":
            self.acceptor.box_in()
        if not self.acceptor.connected:
            self.acceptor.plugged_in()
        self.feed(st.LinkChanged(True))
        self.feed(hw.Cleared(device="acceptor"))
        self.printer.changes(READY)
        for call in self.bank.late:
            self.bank.arrives(call, ChargeIs.CONFIRMED)
        self.bank.late.clear()
        for charge in self.bank.undecided:
            self.bank.orders[charge].state = ChargeIs.CONFIRMED

    def comes_to_rest(self) -> None:
        for _ in range(200):
            self.deliver_all()
            if self.bank.calls:
                self.bank.ends(self.bank.calls[0], "answered", ChargeIs.DECLINED)
            elif self.terminal.running:
                self.terminal.ends("lost_with_money")
            elif self.printer.jobs:
                self.printer.goes_on("printed")
            elif self.unit.at != "idle":
                self.acceptor.goes_on(well=True)
            elif self.running():
                self.passes(min(self.running(), key=lambda timer: timer.seconds))
            else:
                return
        raise AssertionError(f"the kiosk does not come to rest: {self.engine.view}")

    def everything_is_accounted_for(self) -> None:
        state = self.engine.state
        assert state.stage is Stage.HOME, f"nobody leads home from {self.engine.view}"
        assert state.note is None and not state.charges
        assert not state.payments, "a payment of somebody who left is closed as well"
        unit = self.unit
        assert sum(unit.inserted) == sum(unit.box) + sum(unit.returned), "the model itself loses nothing"
        clear = {x.note for x in self.facts(f.DoubtSettled)}
        astray = [x for x in self.facts(f.NoteDoubtful) if not x.in_box and x.note not in clear]
        in_question = sum(x.value.fen for x in astray)
        assert self.booked_fen <= 100 * sum(unit.box) <= self.booked_fen + in_question
        assert not (unit.counts and in_question), "where the unit counts, its counter decides"
        unvalued = [x for x in self.facts(f.NoteDoubtful) if x.value is None]
        assert not unvalued, "the models know each note"
        back = {x.note for x in self.facts(f.NoteReturned)}
        came_back = sum(x.value.fen for x in self.facts(f.NoteHeld) if x.note in back)
        assert came_back <= 100 * sum(unit.returned)
        held = {x.note for x in self.facts(f.NoteHeld)}
        settled = Counter(x.note for x in self.facts(f.NoteCredited, f.NoteReturned, f.NoteDoubtful))
        assert held == set(settled) and set(settled.values()) <= {1}
        assert self.charged_fen == self.bank.taken_fen
        assert self.charged_by(c.Tender.CARD) == self.terminal.taken_fen
        assert not [x for x in self.facts(f.ChargeDoubtful) if x.tender is c.Tender.CARD], (
            "its record decides"
        )
        assert self.journal is not None
        balances = self.journal.balances()
        assert balances[f.Account.CUSTOMER] == 0, "nothing that was paid is without its place"
        assert balances[f.Account.CASH_BOX] + balances[f.Account.IN_QUESTION] == self.booked_fen + in_question
        assert balances[f.Account.CODE_CLEARING] == self.charged_fen
        assert balances[f.Account.CARD_CLEARING] == self.terminal.taken_fen
        assert self.journal.verify()[0] == len(self.durable)
        assert ChargeStage.NOT_SENT not in {charge.stage for charge in state.charges.values()}


def _buttons(part: Any) -> Iterator[c.AnyIntent]:
    if isinstance(part, c.Button):
        if part.off is None:
            yield part.intent
    elif isinstance(part, msgspec.Struct):
        for name in part.__struct_fields__:
            yield from _buttons(getattr(part, name))


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=EXAMPLES or 60,
    stateful_step_count=50 if EXAMPLES else 40,
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
