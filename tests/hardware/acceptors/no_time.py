"""A world in which time passes only while somebody waits: driver and simulator on one cable, in one thread.

The driver's own loop, frames and machine, and the whole simulator, with a cable and a clock of the test between
them: an hour of a lobby takes a moment, and the same story goes the same way each time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from hardware.acceptors.serial_acceptor import SerialAcceptor
from hardware.contracts import Event, Held, Taken, Trouble
from hardware.line import LineTrouble
from kiosk.money import Money

NOTES = tuple(Money.yuan(yuan) for yuan in (1, 5, 10, 20, 50, 100))
TICK_S = 0.02  # how far time goes at a time while nothing is on the cable
BYTE_S = 0.00104  # 9600 baud
PATIENCE_S = 240.0  # of this world's time; only ever waited out when a test fails
STEPS_MOST = 60_000

E = TypeVar("E", bound=Event)


class Clock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


class Cable:
    """`Port` of the simulator and `Wire` of the driver: bytes, each with the moment at which it arrives."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._to_host: deque[tuple[float, bytes]] = deque()
        self._hear: Callable[[bytes], None] = lambda data: None
        self._paused_s = 0.0
        self._awake = False
        self.tick: Callable[[], None] = lambda: None
        self.plugged = True
        self.is_open = False

    def make(self, link: Path, hear: Callable[[bytes], None], baud: int | None) -> Cable:
        """The simulator's end."""
        self._hear = hear
        return self

    # ---- the device's end

    def plug(self) -> None:
        self.plugged = True

    def unplug(self) -> None:
        self.plugged = False

    def send(self, data: bytes) -> None:
        due_s = self._clock() + self._paused_s + BYTE_S * len(data)
        if self._to_host:
            due_s = max(due_s, self._to_host[-1][0])
        if self.is_open:
            self._to_host.append((due_s, data))

    # `pause` is both ends': the device delays what it says next, the host lets time pass.

    def pause(self, seconds: float) -> None:
        if self._talking:
            self._paused_s += seconds
        else:
            self._pass(self._clock.now_s + seconds, lambda: False)

    _talking = False

    # ---- the host's end

    def open(self) -> None:
        if self.is_open:
            return
        if not self.plugged:
            raise LineTrouble(Trouble.NO_PORT, "no such device file")
        self._to_host.clear()
        self.is_open = True

    def close(self) -> None:
        self.is_open = False
        self._to_host.clear()

    def write(self, data: bytes) -> None:
        self._check()
        self._talking = True
        self._hear(data)
        self._talking = False
        self._paused_s = 0.0

    def read(self, limit_s: float) -> bytes:
        self._pass(self._clock.now_s + max(0.0, limit_s), lambda: self._due() > 0)
        data = b"".join(self._to_host.popleft()[1] for _ in range(self._due()))
        if not data:
            self._check()
        return data

    def wake(self) -> None:
        self._awake = True

    def _check(self) -> None:
        if not self.plugged:
            raise LineTrouble(Trouble.NO_PORT, "vanished while in use")

    def _due(self) -> int:
        return sum(due_s <= self._clock.now_s for due_s, _ in self._to_host)

    def _pass(self, until_s: float, enough: Callable[[], bool]) -> None:
        """Time passes in small steps, so that the device acts at its own moments."""
        self.tick()
        while self._clock.now_s < until_s and not enough() and not self._awake:
            coming = [due_s for due_s, _ in self._to_host if due_s > self._clock.now_s]
            self._clock.now_s = min([until_s, self._clock.now_s + TICK_S, *coming[:1]])
            self.tick()
        self._awake = False


class World:
    """A simulator on its cable, and the drivers that were started on it. Acts and looks like the simulator."""

    def __init__(self, make_sim: Callable[[Clock, Cable], Any]) -> None:
        self.clock = Clock()
        self.cable = Cable(self.clock)
        self.sim = make_sim(self.clock, self.cable)
        self.cable.tick = self.sim.tick
        self.kiosks: list[Kiosk] = []
        self.sim.start()
        self.cable.pause(0.1)  # it ran before us

    def do(self, action: str, **given: Any) -> Any:
        return self.sim.do(action, **given)

    def state(self) -> Any:
        return self.sim.state()

    def until(self, true: Callable[[], bool], what: str = "it is so") -> None:
        """Let everybody go on until something is so."""
        end_s = self.clock.now_s + PATIENCE_S
        for _ in range(STEPS_MOST):
            if true():
                return
            told = [kiosk.told for kiosk in self.kiosks]
            assert self.clock.now_s < end_s, f"waited in vain until {what}; told: {told}; {self.state()}"
            alive = [kiosk for kiosk in self.kiosks if kiosk.alive]
            for kiosk in alive:
                kiosk.alive = kiosk.driver.run_once()
            if not alive:
                self.cable.pause(TICK_S)
        raise AssertionError(f"nobody lets time pass; waiting until {what}")

    def for_s(self, seconds: float) -> None:
        end_s = self.clock.now_s + seconds
        self.until(lambda: self.clock.now_s >= end_s, f"{seconds} s have passed")


class Kiosk:
    """A driver with everything it told. `automatic`: confirm each `Taken` as the core does."""

    def __init__(self, world: World, driver: SerialAcceptor, automatic: bool = True) -> None:
        self.world, self.driver = world, driver
        self.told: list[Event] = []
        self.note = 0
        self.alive = True
        self._read = 0
        self._automatic = automatic
        driver._sink = self._hear
        world.kiosks.append(self)

    def _hear(self, event: Event) -> None:
        self.told.append(event)
        if isinstance(event, Held):
            self.note = event.note
        if self._automatic and isinstance(event, Taken):
            self.driver.confirm()

    # ---- verbs

    def take(self) -> None:
        self.driver.take(self.note)

    def give_back(self) -> None:
        self.driver.give_back(self.note)

    def close(self) -> None:
        self.driver.close()
        self.world.until(lambda: not self.alive, "the driver is closed")

    def kill(self) -> None:
        """As a killed process: the port is free, and the unit was told nothing."""
        self.alive = False
        self.world.cable.close()

    # ---- what it told

    def hears(self, kind: type[E]) -> E:
        """The next event of this kind; those before it are skipped."""
        found: list[E] = []

        def search() -> bool:
            while self._read < len(self.told) and not found:
                event = self.told[self._read]
                self._read += 1
                if isinstance(event, kind):
                    found.append(event)
            return bool(found)

        self.world.until(search, kind.__name__)
        return found[0]

    def all(self, kind: type[E]) -> list[E]:
        return [event for event in self.told if isinstance(event, kind)]
