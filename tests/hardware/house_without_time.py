"""A kiosk without time: real core and journal, one real driver on its wire, its simulator, one customer and the server.

What is asked of it: is this way of paying offered to the customer who stands before the choice?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.structs import replace

from hardware import contracts as hw
from hardware import shelf
from hardware.printers.sims import printer_sim
from hardware.scanners.camera_sim import CameraSim
from hardware.scanners.serial_sim import SerialScannerSim
from hardware.scanners.wedge_sim import WedgeSim
from hardware.terminals.zvt_sim import ZvtSim
from kiosk import contract as c
from kiosk.flow import commands as cmd
from kiosk.flow import offers
from kiosk.flow import stimuli as st
from kiosk.flow.wanted import Timer, Wanted
from kiosk.receipts import document
from tests.hardware.without_time import Cable, Stage
from tests.kiosk import world as core_world
from tests.kiosk.world import bill

PATIENCE_S = 240.0  # of this world's time; only ever waited out when a test fails
BETWEEN_S = 0.02  # how exactly a moment is known


class Kind(NamedTuple):
    """`device`: its table in the configuration. `offered`: what a customer sees while it works."""

    device: str
    plan: Callable[[shelf.Shelf], shelf.Shelf]
    sim: Callable[[Path], Any]
    offered: Callable[[c.View], bool]
    tender: c.Tender | None = None


def _as_it_is(plan: shelf.Shelf) -> shelf.Shelf:
    return plan


def _typing(plan: shelf.Shelf) -> shelf.Shelf:
    assert plan.scanner
    return replace(plan, scanner=replace(plan.scanner, driver="evdev", baud=None))


def _on_usb(plan: shelf.Shelf) -> shelf.Shelf:
    assert plan.printer
    return replace(plan, printer=replace(plan.printer, transport="usb", baud=None))


def _tile(tender: c.Tender) -> Callable[[c.View], bool]:
    def there(view: c.View) -> bool:
        assert isinstance(view.page, c.PayBy), view.page
        return any(way.tender is tender and way.off is None for way in view.page.ways)

    return there


def _receipts(view: c.View) -> bool:
    return c.Banner.NO_RECEIPTS not in view.banners


def _printer(folder: Path) -> Any:
    return printer_sim(None, folder / "printer", folder / "paper")


KINDS = {
    "printer": Kind("printer", _as_it_is, _printer, _receipts),
    "printer on USB": Kind("printer", _on_usb, _printer, _receipts),
    "camera": Kind("camera", _as_it_is, lambda f: CameraSim("camera", f / "camera"), _tile(c.Tender.CODE)),
    "serial scanner": Kind(
        "scanner", _as_it_is, lambda f: SerialScannerSim("scanner", f / "scanner"), _tile(c.Tender.CODE)
    ),
    "typing scanner": Kind(
        "scanner", _typing, lambda f: WedgeSim("scanner", f / "scanner"), _tile(c.Tender.CODE)
    ),
    "card terminal": Kind(
        "terminal",
        _as_it_is,
        lambda f: ZvtSim("terminal", f / "terminal"),
        _tile(c.Tender.CARD),
        c.Tender.CARD,
    ),
}


class Core(core_world.Kiosk):
    """As `kiosk.core`: commands go to the driver, time passes for the flow's delays."""

    driver: Any = None
    stage: Stage
    looking = False

    def do(self, command: cmd.Command) -> None:
        super().do(command)
        match command:
            case cmd.PayCard():
                self.driver.pay(command.charge, command.amount, command.before)
            case cmd.QueryCard():
                self.driver.query(command.charge, command.amount, command.before)
            case cmd.CancelCard():
                self.driver.cancel(command.charge)
            case cmd.PrintPaper() if self.driver.name == "printer":
                self.driver.print(command.job, document(self.site, command.issued, command.attempt))

    def apply(self, wanted: Wanted) -> None:
        super().apply(wanted)
        if hasattr(self.driver, "look") and wanted.looking != self.looking:
            self.looking = wanted.looking
            self.driver.look() if wanted.looking else self.driver.rest()


class House:
    """`House(tmp_path, stage, "printer")` offers what it can, and a customer looks at the ways of paying."""

    _bills = 0
    babbling = False
    real: Callable[[bytes], None]  # what the device does with bytes, while something else answers

    def __init__(self, folder: Path, stage: Stage, kind: str, sim: Any = None, found: bool = True) -> None:
        self.stage, self.kind, self.folder = stage, KINDS[kind], folder
        self.heard: list[tuple[float, hw.Event]] = []
        self._mail: list[hw.Event] = []
        self._timers: dict[Timer, float] = {}
        self.core = Core(folder, ready=False)
        self._others_are_there()
        self.sim = sim or self.kind.sim(folder)
        self.sim.start()
        plan = self.kind.plan(self.core.site.devices)
        self.driver = next(d for d in shelf.build(plan).all if d.name == self.kind.device)
        self.core.driver = self.driver
        self.driver.start(self._hear)
        if found:
            self.until(lambda: any(isinstance(event, hw.Found) for event in self.events), "it is found")
        self.at_the_choice()
        if found:
            self.until(self.offered, "all is well")

    def at_the_choice(self) -> None:
        """A customer stands before the ways of paying."""
        self._bills += 1
        self.core.to_check(bill(number=f"W{self._bills}"))
        self.core.want(c.AllRight())

    def next_customer(self) -> None:
        self.core.print_out()
        self.core.want(c.Done())
        if not isinstance(self.core.page, c.Home):
            self.core.want(c.Done())
        self.at_the_choice()

    def _hear(self, event: hw.Event) -> None:
        self.heard.append((self.stage.now_s, event))
        self._mail.append(event)

    def _others_are_there(self) -> None:
        me = self.kind.device
        self.core.hear(st.LinkChanged(True))
        self.core.hear(hw.Found(device="acceptor", identity="sim"), hw.AtRest(device="acceptor", counter=0))
        if me != "printer":
            self.core.hear(hw.Found(device="printer", identity="sim"))
            self.core.hear(hw.PrinterSays(device="printer", state=core_world.READY))
        if me not in ("camera", "scanner"):
            self.core.hear(hw.Found(device="camera", identity="sim"))

    # ---- time

    def until(
        self,
        true: Callable[[], bool],
        what: str,
        patience_s: float = PATIENCE_S,
        between_s: float = BETWEEN_S,
    ) -> None:
        end_s = self.stage.now_s + patience_s
        while not self._true(true):
            assert self.stage.now_s < end_s, f"waited in vain until {what}; heard {self.heard[-12:]}"
            self.stage.wait(lambda: bool(self._mail), between_s)

    def for_s(self, seconds: float) -> None:
        end_s = self.stage.now_s + seconds
        between_s = max(BETWEEN_S, seconds / 1000)
        self.until(lambda: self.stage.now_s >= end_s, f"{seconds} s have passed", seconds + 10, between_s)

    def _true(self, true: Callable[[], bool]) -> bool:
        while self._mail:
            event = self._mail.pop(0)
            self.core.hear(event)
            if isinstance(event, hw.Found):
                self.core.looking = False
                self.core.engine.apply_again()
        self._let_delays_pass()
        return true()

    def _let_delays_pass(self) -> None:
        assert self.core.wanted is not None
        wanted = [t for t in self.core.wanted.timers if "ASK" in t.delay.name]
        self._timers = {t: self._timers.get(t, self.stage.now_s + t.seconds) for t in wanted}
        for timer, due_s in list(self._timers.items()):
            if self.stage.now_s >= due_s:
                del self._timers[timer]
                self.core.hear(st.TimeIsUp(timer.delay, timer.key))

    # ---- what can be seen

    @property
    def events(self) -> list[hw.Event]:
        return [event for _, event in self.heard]

    @property
    def cable(self) -> Cable:
        return self.stage.ports[str(self.folder / self.kind.device)]

    def offered(self) -> bool:
        view = self.core.engine.view
        assert view is not None
        return self.kind.offered(view)

    def broken(self) -> bool:
        """On any page: this way of paying does not work."""
        assert self.kind.tender
        return offers.tender_broken(self.core.engine.state, self.kind.tender) is not None

    def gone(self) -> bool:
        return not self.offered()

    def lost(self) -> list[hw.Lost]:
        return [event for event in self.events if isinstance(event, hw.Lost)]
