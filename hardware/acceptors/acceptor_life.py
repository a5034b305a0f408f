"""The life of a bill acceptor's driver, whatever it is connected by: a thread, verbs, events, reconnection.

Notes are numbered here, in the order in which they were told, so that a verb that comes late never acts on the
note after the one that it was for.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

from msgspec.structs import replace

from hardware.contracts import Capabilities, Event, Held, Sink, Trouble
from hardware.line import REOPEN_S, LineTrouble
from kiosk.money import Money

CLOSE_S: Final = 7.0  # at rest two polls do; a note needs 3 s to its end, or its way back; systemd waits 10 s


class Access(Protocol):
    """What connects to the unit. Belongs to the driver's thread; only `wake` may be called from anywhere."""

    def open(self) -> None:
        """Raises LineTrouble."""

    def close(self) -> None: ...
    def pause(self, limit_s: float) -> None: ...
    def wake(self) -> None: ...
    @property
    def is_open(self) -> bool: ...


class Machine(Protocol):
    """A host of one protocol without I/O."""

    def enable(self, limit: Money) -> None: ...
    def disable(self) -> None: ...
    def take(self) -> None: ...
    def give_back(self) -> None: ...
    def confirm(self) -> None: ...

    def begin(self, now_s: float) -> None:
        """The line was opened: nothing is known of what happened meanwhile."""

    def broken(self, now_s: float, trouble: Trouble, detail: str) -> None:
        """The line can not be used."""

    def drain(self) -> list[Event]:
        """The events since the last call, in the order in which things happened."""

    @property
    def refuses_everything(self) -> bool:
        """The unit takes no notes and holds none, or it is out of reach."""


class AcceptorLife(ABC):
    """`Acceptor` of `hardware.contracts`. `clock` gives seconds; it may be that of a test."""

    def __init__(
        self,
        name: str,
        access: Access,
        machine: Machine,
        capabilities: Capabilities,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.capabilities = capabilities
        self._access = access
        self.clock = clock
        self._machine = machine
        self._note = 0  # number of the note that was told last
        self._verbs: deque[Callable[[], None]] = deque()
        self._closing_until_s: float | None = None
        self._thread: threading.Thread | None = None

    # ---- verbs, from any thread -------------------------------------------------------------------

    def start(self, sink: Sink) -> None:
        self._sink = sink
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Give back an undecided note, refuse everything, let go of the port. Takes up to `CLOSE_S`."""
        self._soon(self._wind_up)
        if self._thread:
            self._thread.join()

    def enable(self, limit: Money) -> None:
        self._soon(lambda: self._machine.enable(limit))

    def disable(self) -> None:
        self._soon(self._machine.disable)

    def take(self, note: int) -> None:
        self._soon(lambda: self._decide(note, self._machine.take))

    def give_back(self, note: int) -> None:
        self._soon(lambda: self._decide(note, self._machine.give_back))

    def confirm(self) -> None:
        self._soon(self._machine.confirm)

    # ---- what the protocols give ------------------------------------------------------------------

    @abstractmethod
    def _step(self) -> None:
        """Wait for what is due next, or carry it out. Raises LineTrouble."""

    def _opened(self) -> None:  # noqa: B027  most protocols need nothing here
        """It was opened just now."""

    def _before(self, event: Event) -> Event:
        """This event is about to be told."""
        return event

    # ---- everything below runs in the thread ------------------------------------------------------

    def run_once(self) -> bool:
        """One step of the driver's life. False: it is closed."""
        if self._obey():
            self._access.close()
            return False
        try:
            if not self._access.is_open:
                self._access.open()
                self._opened()
                self._machine.begin(self.clock())
            self._step()
        except LineTrouble as trouble:
            self._access.close()
            self._machine.broken(self.clock(), trouble.trouble, trouble.detail)
            self._tell()
            self._access.pause(REOPEN_S)
        return True

    def _run(self) -> None:
        while self.run_once():
            pass

    def _soon(self, verb: Callable[[], None]) -> None:
        self._verbs.append(verb)
        self._access.wake()

    def _decide(self, note: int, verb: Callable[[], None]) -> None:
        if note == self._note:
            verb()

    def _wind_up(self) -> None:
        self._machine.disable()
        self._closing_until_s = self.clock() + CLOSE_S

    def _obey(self) -> bool:
        """Carry out the verbs that came in. True: closing, and nothing is left to wait for."""
        while self._verbs:
            self._verbs.popleft()()
        if self._closing_until_s is None:
            return False
        self._machine.give_back()  # also what comes to be held only now
        return self._machine.refuses_everything or self.clock() >= self._closing_until_s

    def _tell(self) -> None:
        for event in self._machine.drain():
            event = self._before(event)
            if isinstance(event, Held):
                self._note += 1
                event = replace(event, note=self._note)
            self._sink(event)
