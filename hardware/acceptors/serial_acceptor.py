"""What the drivers of all bill acceptors on a serial line have in common: a thread, verbs, events, reconnection.

A protocol gives its machine (pure), and `_step`: the next exchange of bytes for it. Notes are numbered here, in the
order in which they were told, so that a verb that comes late never acts on the note after the one that it was for.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from typing import ClassVar, Final, Protocol

from msgspec.structs import replace

from hardware.acceptors.recognise import looks_like
from hardware.contracts import Capabilities, Event, Held, Lost, Sink, Trouble
from hardware.line import REOPEN_S, LineTrouble
from kiosk.money import Money

CLOSE_S: Final = 3.0  # a unit at rest is disabled in two polls; a note on its way is left to the unit
DISCARD_READS: Final = 16  # buffers of old bytes dropped before a command; a line that babbles has more
KEPT_BYTES: Final = 512  # of what was heard last, to say who else may be talking there


class Wire(Protocol):
    """What a driver needs of `hardware.line.Line`."""

    def open(self) -> None: ...
    def close(self) -> None: ...
    def read(self, limit_s: float) -> bytes: ...
    def write(self, data: bytes) -> None: ...
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


class SerialAcceptor(ABC):
    """`Acceptor` of `hardware.contracts`. `clock` gives seconds; time and line may be those of a test."""

    CLOSE_S: ClassVar[float] = CLOSE_S

    def __init__(
        self,
        name: str,
        line: Wire,
        machine: Machine,
        capabilities: Capabilities,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.capabilities = capabilities
        self.line = line
        self.clock = clock
        self._machine = machine
        self._heard_last = b""
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
        """The line was opened just now."""

    def _before(self, event: Event) -> None:  # noqa: B027  most protocols add nothing
        """This event is about to be told."""

    # ---- everything below runs in the thread ------------------------------------------------------

    def run_once(self) -> bool:
        """One step of the driver's life. False: it is closed."""
        if self._obey():
            self.line.close()
            return False
        try:
            if not self.line.is_open:
                self.line.open()
                self._opened()
                self._machine.begin(self.clock())
            self._step()
        except LineTrouble as trouble:
            self.line.close()
            self._machine.broken(self.clock(), trouble.trouble, trouble.detail)
            self._tell()
            self.line.pause(REOPEN_S)
        return True

    def _run(self) -> None:
        while self.run_once():
            pass

    def _soon(self, verb: Callable[[], None]) -> None:
        self._verbs.append(verb)
        self.line.wake()

    def _decide(self, note: int, verb: Callable[[], None]) -> None:
        if note == self._note:
            verb()

    def _wind_up(self) -> None:
        self._machine.disable()
        self._machine.give_back()
        self._closing_until_s = self.clock() + self.CLOSE_S

    def _obey(self) -> bool:
        """Carry out the verbs that came in. True: closing, and nothing is left to wait for."""
        while self._verbs:
            self._verbs.popleft()()
        if self._closing_until_s is None:
            return False
        return self._machine.refuses_everything or self.clock() >= self._closing_until_s

    def _hear(self, limit_s: float) -> bytes:
        data = self.line.read(limit_s)
        if data:
            self._heard_last = (self._heard_last + data)[-KEPT_BYTES:]
        return data

    def _discard(self) -> None:
        """What comes late is no answer to what is asked next."""
        for _ in range(DISCARD_READS):
            if not self._hear(0):
                return

    def _tell(self) -> None:
        for event in self._machine.drain():
            self._before(event)
            if isinstance(event, Held):
                self._note += 1
                event = replace(event, note=self._note)
            elif isinstance(event, Lost) and event.trouble is Trouble.GARBAGE:
                other = looks_like(self._heard_last)
                if other:
                    event = replace(event, detail=f"{event.detail}; it looks like {other}")
            self._sink(event)


class Reader(Protocol):
    """Bytes → frames, for protocols in which every command has one answer."""

    def feed(self, data: bytes) -> list[bytes]: ...
    def give_up(self) -> list[bytes]: ...
    def clear(self) -> None: ...


class AskingAcceptor(SerialAcceptor):
    """Command, answer, perhaps an acknowledgement: one transaction a step."""

    REPLY_S: ClassVar[float] = 0.3  # to the first byte: units take 50 ms at most, but USB adapters add 16 ms
    GAP_S: ClassVar[float] = 0.1  # between bytes of a frame: 5 ms by the book, the same adapters in between
    TRANSACTION_S: ClassVar[float] = (
        3.0  # the longest answer with 16 ms between any two bytes; more is babble
    )

    _decoder: Reader

    @abstractmethod
    def _due_s(self, now_s: float) -> float: ...

    @abstractmethod
    def _next(self, now_s: float) -> bytes:
        """The whole frame that is to leave now."""

    @abstractmethod
    def _answered(self, answer: bytes) -> bytes:
        """The frame with which it is acknowledged; empty: none."""

    @abstractmethod
    def _missed(self, garbled: bool) -> bytes:
        """No frame came, or (`garbled`) bytes that made none. The frame that goes back; empty: none."""

    def _step(self) -> None:
        now_s = self.clock()
        wait_s = self._due_s(now_s) - now_s
        if wait_s > 0:
            self.line.pause(wait_s)
            return
        self._decoder.clear()
        self._discard()
        self.line.write(self._next(now_s))
        answer, anything = self._await_answer()
        last_word = self._missed(anything) if answer is None else self._answered(answer)
        if last_word:
            self.line.write(last_word)
        self._tell()

    def _await_answer(self) -> tuple[bytes | None, bool]:
        """The first whole frame, and whether anything came at all."""
        now_s = self.clock()
        end_s, until_s, anything = now_s + self.TRANSACTION_S, now_s + self.REPLY_S, False
        while now_s < until_s:
            data = self._hear(until_s - now_s)
            now_s = self.clock()
            if data:
                anything, until_s = True, min(end_s, now_s + self.GAP_S)
                frames = self._decoder.feed(data)
                if frames:
                    return frames[0], True
        hidden = self._decoder.give_up()
        return (hidden[0] if hidden else None), anything
