"""The whole world around the real engine, without time: customer, devices, bank, line, disk, clock, death.

`point` is called at every place where the core could die: before a stimulus is heard, before and after each
journal write, before and after each command, and when a thing outside moves. Whoever explores hooks in there.
"""

from __future__ import annotations

import logging
import random
import traceback
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from hardware import contracts as hw
from kiosk import contract as c
from kiosk import facts as f
from kiosk.engine import Engine, NoLedger
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from kiosk.flow.state import Stage, State
from kiosk.flow.wanted import Timer, Wanted
from kiosk.journal.store import NotWritten
from kiosk.parcels import Bundle, ChargeIs, KnownCustomer
from tests.crash import truth
from tests.crash.books import DoesNotAddUp, require
from tests.crash.people import PEOPLE, PIN, SITE
from tests.crash.things import AcceptorDriver, Things
from tests.kiosk import world as lobby
from tests.kiosk.honest_world import Cut, PrinterDriver
from tests.kiosk.world import DAY_MS, NOW_MS, READY, bill, customer

logging.getLogger("kiosk.engine").setLevel(logging.CRITICAL)  # a full disk is part of the game
BILLS = {"water": ("1.50", "30.00"), "property": ("7.30", "200.00"), "admin": ("6.00", "50.00")}
UNREADABLE = "unreadable"  # what the disk does at the next start
MOST_ROUNDS = 200  # an honest world comes to rest in far fewer

Hook = Callable[["World", str], None]


class Drawer(Engine):
    """Draws its page when somebody looks at it: most recoveries have nobody in front of the screen."""

    always = True

    def _show(self, now_ms: int) -> None:
        if self.always:
            super()._show(now_ms)

    def draw(self, now_ms: int) -> None:
        super()._show(now_ms)


class World:
    """One line of events. `hook` sees each cut point; `deaths` are points at which this world dies itself."""

    def __init__(
        self, things: Things, chance: random.Random, hook: Hook | None = None, deaths: Iterable[int] = ()
    ) -> None:
        self.things, self.chance, self.hook = things, chance, hook
        self.deaths = sorted(deaths)
        self.points = self.died = 0
        self.known: Any = None  # what the core knew when it died between two steps; to be known again
        self.mail: list[st.Stimulus] = []
        self.touching: c.AnyIntent | None = None
        self.acceptor: AcceptorDriver | None = None
        self.online = False
        self.dark: Callable[[World], None] | None = None  # what happens before the core comes up again
        self.open = True  # customers may come: camera and arrears data are there
        self.draws = True  # the page at every step; else when somebody looks
        self.counted: tuple[int, ...] = ()
        self.slow = 0  # so many commits take long from now on
        self.meanwhile: Callable[[World], None] | None = None  # what moves during a slow commit

    # ---- the core's life

    def comes_up(self) -> None:
        things = self.things
        things.clock.starts_again()
        self.mail = things.bank.mail = []
        self.fired: set[Timer] = set()
        self.wanted: Wanted | None = None
        self.acceptor = None
        damage = "model: the disk can not be read" if things.ledger.fault == UNREADABLE else ""
        if not damage:
            things.ledger.start(self.chance.random() < 0.5, things.clock)
        self.engine = Drawer(SITE, NoLedger(damage) if damage else self, self, things.clock, self.new_id)
        self.engine.always = self.draws
        self.fresh = True
        if not self.lives(lambda: self.engine.start(damage)):
            return
        self.acceptor = AcceptorDriver(things.unit, self.mail)
        self.printer = PrinterDriver(self.mail, things.paper)
        self.printer.jobs = things.jobs
        things.terminal.comes_up(self.mail)
        self.follow()
        if self.open:
            self.mail.append(hw.Found(device="camera", identity="model"))
            self.feed(st.BundleCame(BUNDLE))
        if self.online:
            self.feed(st.LinkChanged(True))

    def dies(self, why: str, *, patience: str = "", forgets: bool = False) -> None:
        """`patience` of the unit that nobody speaks to: "" at once found as it is; else "onward" or "back"."""
        things = self.things
        self.died += 1
        things.story.tell("CUT", f"{why}; the unit at {things.unit.at!r} {patience or 'stays so'}"
                          f"{', says stacked only once' if forgets else ''}")  # fmt: skip
        for number, attempt in [(number, attempt) for _, number, attempt in things.jobs]:
            if self.chance.random() < 0.5:
                things.paper.append((number, attempt))
        things.jobs.clear()
        things.bank.late += things.bank.calls
        things.bank.calls.clear()
        if things.terminal.running:
            things.terminal.core_dies(charged=self.chance.random() < 0.5)
        if patience:
            things.unit.alone(patience == "onward", forgets)
        if self.dark is not None:
            dark, self.dark = self.dark, None
            dark(self)
        self.comes_up()

    def dies_somehow(self, why: str) -> None:
        patience = self.chance.choice(("", "onward", "back"))
        self.dies(why, patience=patience, forgets=bool(patience) and self.chance.random() < 0.5)

    def lives(self, step: Callable[[], None]) -> bool:
        """False: the core died on the way, and came back. Anything it raises is a violation."""
        try:
            step()
        except Cut as cut:
            self.dies_somehow(str(cut))
            return False
        except DoesNotAddUp:
            raise
        except Exception as error:
            raise DoesNotAddUp(f"the core raised {error!r}\n{traceback.format_exc(limit=-4)}") from error
        truth.holds(self)
        return True

    def feed(self, stimulus: st.Stimulus) -> None:
        def step() -> None:
            self.point("before it is heard: ", stimulus)
            self.things.story.tell("core hears", stimulus)
            self.engine.feed(stimulus)

        if isinstance(stimulus, st.ChargeCame) and stimulus.charge.charge in self.things.bank.orders:
            self.things.told.append(stimulus)
        self.lives(step)

    def touch(self, intent: c.AnyIntent) -> None:
        def step() -> None:
            self.point("before the touch: ", intent)
            self.things.story.tell("customer", intent)
            self.looks()
            assert self.engine.view is not None
            self.engine.touched(c.Touched(self.engine.view.number, intent))

        self.touching = intent
        self.lives(step)
        self.touching = None

    def point(self, where: str, what: Any = "") -> None:
        self.points += 1
        if self.hook is not None:
            self.hook(self, where + name_of(what))
        if self.deaths and self.points >= self.deaths[0]:
            self.deaths.pop(0)
            raise Cut(where + name_of(what))

    def moves(self, who: str, what: str) -> None:
        """A thing outside moved, before anybody was told."""
        self.things.story.tell(who, what)
        self.lives(lambda: self.point("after ", f"{who} {what}"))

    def happens(self, who: str, what: str) -> None:
        """The same while the core is in the middle of a step: a cut here goes through that step."""
        self.things.story.tell(who, what)
        self.point("after ", f"{who} {what}")

    def new_id(self, now_ms: int) -> str:
        self.things.ids += 1
        return f"id{self.things.ids}"

    # ---- Ledger

    def append(self, facts: Sequence[f.Durable]) -> list[f.Durable]:
        if self.fresh:
            self.fresh = False
            self.knows_what_it_knew()
        self.point("before the write of ", facts)
        slow, early = self.slow > 0, self.chance.random() < 0.5
        if slow and early:
            self.takes_long(facts)
        try:
            written = self.things.ledger.append(facts)
        except NotWritten as error:
            self.things.story.tell("disk", f"refuses {name_of(facts)}: {error}")
            raise
        if slow and not early:
            self.takes_long(facts)
        self.things.story.tell("journal", facts)
        self.point("after the write of ", facts)
        for fact in facts:
            if isinstance(fact, f.ClaimIssued):
                truth.says_all(fact)
        return written

    def takes_long(self, facts: Sequence[f.Durable]) -> None:
        """The core stands still in a commit, and nobody else does."""
        self.slow -= 1
        self.things.story.tell("disk", f"is slow with {name_of(facts)}")
        if self.meanwhile is not None and self.acceptor is not None:
            self.meanwhile(self)
        self.point("during the slow write of ", facts)

    def recover(self, empty: State) -> State:
        return self.things.ledger.recover(empty)

    def knows_what_it_knew(self) -> None:
        known, self.known = self.known, None
        now = durable_part(self.engine.state)
        require(known is None or known == now, f"known before the cut {known}, after replay {now}")

    # ---- Outside

    def do(self, command: cmd.Command) -> None:
        truth.written_before(self, command)
        self.point("before the command ", command)
        self.things.story.tell("core does", command)
        self._carry_out(command)
        self.point("after the command ", command)

    def _carry_out(self, command: cmd.Command) -> None:
        acceptor = self.acceptor
        if isinstance(command, cmd.SendCharge | cmd.QueryCharge):
            self.things.bank.calls.append(command)
        elif isinstance(command, cmd.PayCard):
            self.things.terminal.pay(command.charge, command.amount, command.before)
        elif isinstance(command, cmd.CancelCard):
            self.things.terminal.cancel(command.charge)
        elif isinstance(command, cmd.QueryCard):
            self.things.terminal.query(command.charge, command.amount, command.before)
        elif isinstance(command, cmd.PrintPaper):
            self.things.jobs.append((command.job, command.issued.number, command.attempt))
        elif isinstance(command, cmd.CheckPin):
            self.mail.append(st.PinChecked(command.attempt, bool(command.verifier) and command.pin == PIN))
        elif isinstance(command, cmd.SealContact):
            self.mail.append(st.ContactSealed(command.attempt, "5e" * 32))
        elif isinstance(command, cmd.AddUpDay):
            self.engine.feed(
                self.things.ledger.added_up(command.purpose)
            )  # as the core does: it waits for no one
        elif isinstance(command, cmd.FindReceipt):
            found = self.things.ledger.books.receipts.get(command.number)
            self.engine.feed(st.ReceiptFound(command.lookup, found))
        elif acceptor is not None and isinstance(command, cmd.TakeNote):
            acceptor.take()
        elif acceptor is not None and isinstance(command, cmd.GiveBackNote):
            acceptor.give_back()
        elif acceptor is not None and isinstance(command, cmd.ConfirmTaken):
            acceptor.confirm()

    def apply(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.fired &= set(wanted.timers)
        self.follow()

    def follow(self) -> None:
        if self.acceptor is not None and self.wanted is not None:
            self.acceptor.limit = self.wanted.accept_up_to

    def show(self, view: c.View) -> None:
        """The engine keeps it."""

    # ---- what can be seen and done

    def running(self) -> list[Timer]:
        """A delay that has passed does not pass again as long as the same one is wanted."""
        assert self.wanted is not None
        return [timer for timer in self.wanted.timers if timer not in self.fired]

    def passes(self, timer: Timer) -> None:
        self.fired.add(timer)
        self.feed(st.TimeIsUp(timer.delay, timer.key))

    def events(self) -> None:
        """Everything that was told is heard; the list is the one of this life."""
        while self.mail:
            self.feed(self.mail.pop(0))

    @property
    def stage(self) -> Stage:
        return self.engine.state.stage

    @property
    def unit(self) -> Any:
        return self.things.unit

    def looks(self) -> None:
        """Somebody is in front of the screen."""
        if not self.engine.always:
            self.engine.draw(self.things.clock.now().wall_ms)

    def life(self) -> AcceptorDriver:
        assert self.acceptor is not None, "the core is up"
        return self.acceptor

    def gets_well(self) -> None:
        """Staff came: everything is repaired, and everybody who owes an answer gives it."""
        self.deaths.clear()
        things, bank = self.things, self.things.bank
        things.story.tell("staff", "repair everything")
        things.ledger.fault = ""
        if self.engine.state.house.broken:
            self.dies("switched off by staff")
        acceptor = self.life()
        if self.unit.at == "box_out":
            acceptor.box_in()
        if not acceptor.connected:
            acceptor.plugged_in()
        house = self.engine.state.house
        if not house.online:
            self.online = True
            self.feed(st.LinkChanged(True))
        if house.acceptor.obstacle:
            self.feed(hw.Cleared(device="acceptor"))
        if house.printer is None or not house.printer.ready:
            self.printer.changes(READY)
        for call in bank.late:
            bank.arrives(call, ChargeIs.CONFIRMED)
        bank.late.clear()
        for charge in bank.undecided:
            bank.orders[charge].state = ChargeIs.CONFIRMED

    def comes_to_rest(self) -> None:
        bank = self.things.bank
        for _ in range(MOST_ROUNDS):
            self.events()
            if bank.calls:
                bank.ends(bank.calls[0], "answered", ChargeIs.DECLINED)
            elif self.things.terminal.running:
                self.things.terminal.ends("lost_with_money")
            elif self.things.jobs:
                self.printer.goes_on("printed")
            elif self.unit.at != "idle":
                self.life().goes_on(well=True)
            elif self.running():
                self.passes(min(self.running(), key=lambda timer: timer.seconds))
            else:
                return
        raise DoesNotAddUp(f"the kiosk does not come to rest: {self.engine.view}")


def account_of(fee: str) -> str:
    return lobby.account_of(SITE.fee(fee))


KNOWN = [KnownCustomer(x, customer(bill(BILLS[x][1], x, f"O-{x}"), account=account_of(x))) for x in BILLS]
METER = KnownCustomer("gas", customer(account=account_of("gas"), reference="7"))
BUNDLE = Bundle(1, NOW_MS - DAY_MS, "lobby", (), (*KNOWN, METER), PEOPLE)


def durable_part(state: State) -> Any:
    note = state.note and (state.note.id, state.note.stage)
    return (
        {x.id: x.credited for x in state.payments.values()}, note, state.astray and state.astray.id,
        set(state.charges), state.receipts, state.claims, state.box, state.box_notes, state.boxes, state.bags,
        state.collections, state.handovers, set(state.items), state.void, state.day.number, state.day.open,
        state.opinions, {number: matter.kind for number, matter in state.exceptions.items()},
    )  # fmt: skip


def name_of(what: Any) -> str:
    if isinstance(what, list | tuple):
        return ", ".join(name_of(part) for part in what)
    return what if isinstance(what, str) else type(what).__name__
