"""The whole way of a note without time: real core and journal, real driver, simulated unit, one customer.

What the journal says is held against where the paper physically is, after every story."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from hardware import contracts as hw
from hardware.acceptors.ccnet_driver import CcnetAcceptor
from hardware.acceptors.ccnet_sim import CcnetSim
from hardware.acceptors.ebds_driver import EbdsAcceptor
from hardware.acceptors.ebds_sim import EbdsSim
from hardware.acceptors.ict_driver import IctAcceptor
from hardware.acceptors.ict_sim import IctSim
from hardware.acceptors.id003_driver import Id003Acceptor
from hardware.acceptors.id003_sim import Id003Sim
from hardware.acceptors.ssp_driver import SspAcceptor
from hardware.acceptors.ssp_sim import SspSim
from hardware.simulated import NotPossible
from kiosk.facts import Durable, NoteCredited, NoteDoubtful, NoteHeld, NoteReturned
from kiosk.flow import commands as cmd
from kiosk.flow.stimuli import LinkChanged
from kiosk.flow.wanted import Wanted
from tests.hardware.acceptors.no_time import NOTES, STEPS_MOST, TICK_S, Cable, Clock, World
from tests.kiosk import world as core_world
from tests.kiosk.world import bill


class Kind(NamedTuple):
    sim: Callable[[Clock, Cable], Any]
    driver: Callable[[World], Any]


def _by_currency(driver: Any) -> Callable[[World], Any]:
    return lambda world: driver("acceptor", "", 9600, ["CNY"], NOTES, line=world.cable, clock=world.clock)


def _by_sheet(driver: Any) -> Callable[[World], Any]:
    return lambda world: driver("acceptor", "", 9600, NOTES, line=world.cable, clock=world.clock)


def _sim(sim: Any, **more: Any) -> Callable[[Clock, Cable], Any]:
    return lambda clock, cable: sim("acceptor", Path(), clock=clock, port=cable.make, **more)


KINDS = {
    "ccnet": Kind(_sim(CcnetSim), _by_currency(CcnetAcceptor)),
    "ssp": Kind(_sim(SspSim), _by_currency(SspAcceptor)),
    "id003": Kind(_sim(Id003Sim), _by_currency(Id003Acceptor)),
    "ict": Kind(_sim(IctSim, alone=False), _by_sheet(IctAcceptor)),
    "ebds": Kind(_sim(EbdsSim), _by_sheet(EbdsAcceptor)),
}
# The states through which a note goes that is taken; each protocol has some of them.
ON_ITS_WAY = ("accepting", "escrow", "holding", "stacking", "past_lever", "vend_valid", "stacked")
ONLY = {"holding": ("ssp",), "vend_valid": ("id003",)}  # others enter it only when the core is slow, or never


def states_of(kind: str) -> list[str]:
    """Those in which this kind can be interfered with while a note is taken."""
    sim = KINDS[kind].sim(Clock(), Cable(Clock()))
    return [state for state in ON_ITS_WAY if state in sim._moments and kind in ONLY.get(state, KINDS)]


def everywhere() -> list[tuple[str, str]]:
    """Each kind in each of its states."""
    return [(kind, state) for kind in KINDS for state in states_of(kind)]


class Died(BaseException):
    """The core's process is gone at this very point."""


class Core(core_world.Kiosk):
    """As `kiosk.core`: commands go to the driver, events to the engine, and money is taken when it is wanted."""

    driver: Any = None
    number = 0
    dies_at: Any = None  # a kind of fact or command, at which the process ends

    def _open(self) -> None:
        self._accepting: object = None
        super()._open()
        append = self.journal.append

        def written(facts: Any) -> list[Durable]:
            self._may_die([*facts], before=True)
            done = append(facts)
            self._may_die([*facts], before=False)
            return done

        self.journal.append = written  # type: ignore[method-assign]

    def _may_die(self, things: list[Any], before: bool) -> None:
        if self.dies_at is None:
            return
        kind, when = self.dies_at
        if when == ("before" if before else "after") and any(isinstance(thing, kind) for thing in things):
            self.dies_at = None
            raise Died

    def do(self, command: cmd.Command) -> None:
        super().do(command)
        if self.driver is None:
            return
        match command:
            case cmd.TakeNote():
                self.driver.take(self.number)
            case cmd.GiveBackNote():
                self.driver.give_back(self.number)
            case cmd.ConfirmTaken():
                self.driver.confirm()

    def apply(self, wanted: Wanted) -> None:
        super().apply(wanted)
        if self.driver is not None and wanted.accept_up_to != self._accepting:
            self._accepting = wanted.accept_up_to
            self.driver.disable() if wanted.accept_up_to is None else self.driver.enable(wanted.accept_up_to)

    def from_device(self, event: hw.Event) -> None:
        if isinstance(event, hw.Held):
            self.number = event.note
        self.engine.feed(event)
        if isinstance(event, hw.Found):
            self._accepting = None
            self.engine.apply_again()


class House:
    """`House(tmp_path, "ccnet")` is open and a customer is asked for notes."""

    def __init__(self, folder: Path, kind: str, due: str = "1000", **setup: Any) -> None:
        self.kind = kind
        self.world = World(KINDS[kind].sim)
        self.sim = self.world.sim
        if setup:
            self.sim.do("setup", **setup)
        self.told: list[hw.Event] = []
        self.core = Core(folder, ready=False)
        self.core.hear(
            hw.Found(device="printer", identity="sim"),
            hw.PrinterSays(device="printer", state=core_world.READY),
            hw.Found(device="camera", identity="sim"),
            LinkChanged(True),
        )
        self.start_driver()
        self.until(self.usable, "cash can be paid")
        self.core.to_cash(bill(due))

    # ---- lives

    def start_driver(self) -> None:
        driver = self.driver = KINDS[self.kind].driver(self.world)

        def hear(event: hw.Event) -> None:
            if driver is self.driver:  # a dead process tells nobody
                self.told.append(event)
                self.core.from_device(event)

        driver._sink = hear
        self.core.driver = driver

    def die_in(self, state: str) -> None:
        """The process ends as soon as the unit comes into this state."""

        def tick() -> None:
            self.sim.tick()
            if self.driver is not None and self.sim.state()["state"] == state:
                raise Died

        self.world.cable.tick = tick

    def die(self) -> None:
        """Core and driver are gone; the unit goes on."""
        self.driver = None
        self.core.driver = None
        self.world.cable.tick = self.sim.tick
        self.world.cable.close()

    def come_back(self) -> None:
        """A fresh core replays its journal, and a fresh driver asks the unit."""
        self.core.restart()
        self.start_driver()

    # ---- time

    def step(self) -> None:
        if self.driver is None:
            self.world.cable.pause(TICK_S)
            return
        try:
            self.driver.run_once()
        except Died:
            self.die()

    def until(self, true: Callable[[], bool], what: str) -> None:
        end_s = self.world.clock.now_s + 240
        for _ in range(STEPS_MOST):
            if true():
                return
            story = f"{self.kind}: waited in vain until {what}; {self.sim.state()}; told {self.told[-12:]}"
            assert self.world.clock.now_s < end_s, story
            self.step()
        raise AssertionError(f"{self.kind}: time stands still; waiting until {what}")

    def for_s(self, seconds: float) -> None:
        end_s = self.world.clock.now_s + seconds
        while self.world.clock.now_s < end_s:
            self.step()

    # ---- what can be seen

    def usable(self) -> bool:
        """Cash is offered."""
        acceptor = self.core.engine.state.house.acceptor
        return bool(acceptor.usable and not acceptor.obstacle)

    def settled(self) -> bool:
        """Nothing is open, and the unit waits for the next note."""
        state = self.sim.state()
        return (
            self.core.engine.state.note is None
            and self.usable()
            and not state["inside"]
            and state["state"] in ("idle", "disabled")
        )

    # ---- who does what

    def insert(self, fen: int) -> None:
        """A customer who waits for the slot to take it."""

        def drawn_in() -> bool:
            if fen not in self.sim.state()["enabled"] or not self.usable():
                return False
            try:
                self.sim.do("insert", fen=fen)
            except NotPossible:
                return False
            return True

        self.until(drawn_in, "the note is drawn in")

    def take_out(self) -> None:
        """The customer takes what looks out of the mouth."""
        if self.sim.state()["mouth"]:
            self.sim.do("pull_note")

    def pay(self, fen: int) -> None:
        """A whole note that is taken and paid."""
        paid = self.credited()
        self.insert(fen)
        self.until(lambda: self.credited() == paid + fen and self.settled(), "the note is paid")

    def became(self) -> str:
        """What the books say of the notes so far."""
        facts = self.core.facts(NoteCredited, NoteReturned, NoteDoubtful)
        names = {NoteCredited: "credited", NoteReturned: "returned", NoteDoubtful: "doubtful"}
        return " ".join(names[type(fact)] for fact in facts) or "nothing"

    # ---- the books

    def credited(self) -> int:
        return sum(fact.value.fen for fact in self.core.facts(NoteCredited))

    def books_fit(self) -> None:
        """Every note is where the journal says, or the journal says that it is in doubt."""
        state = self.sim.state()
        kept = sum(state["box"]) + state["collected_fen"]
        inside = state["inside_fen"] + state["returned_fen"]
        assert state["inserted_fen"] == kept + inside, state
        assert not state["missed"], state["missed"]
        kept += state["inside_fen"] if state["past_lever"] else 0  # it can only go into the box
        credited, doubts = self.credited(), self.core.facts(NoteDoubtful)
        story = f"{self.kind}: box {kept}, credited {credited}, doubtful {doubts}, told {self.told}"
        assert credited <= kept, f"money out of nothing: {story}"
        if all(doubt.value is not None for doubt in doubts):
            assert kept <= credited + sum(d.value.fen for d in doubts if d.value), f"money lost: {story}"
        ended = [*self.core.facts(NoteCredited), *self.core.facts(NoteReturned), *doubts]
        ids = [fact.note for fact in ended]
        assert len(ids) == len(set(ids)), f"settled twice: {story}"
        assert {fact.note for fact in self.core.facts(NoteHeld)} <= set(ids), f"left open: {story}"
