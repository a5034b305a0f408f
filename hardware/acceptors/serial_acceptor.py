"""What the drivers of all bill acceptors on a serial line have in common. A protocol gives its machine (pure), and
`_step`: the next exchange of bytes for it."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar, Final, Protocol

from msgspec.structs import replace

from hardware.acceptors.acceptor_life import AcceptorLife, Access, Machine
from hardware.contracts import Capabilities, Event, Lost, Trouble
from hardware.recognise import looks_like

DISCARD_READS: Final = 16  # buffers of old bytes dropped before a command; a line that babbles has more
KEPT_BYTES: Final = 512  # of what was heard last, to say who else may be talking there


class Wire(Access, Protocol):
    """What a driver needs of `hardware.line.Line`."""

    def read(self, limit_s: float) -> bytes: ...
    def write(self, data: bytes) -> None: ...


class SerialAcceptor(AcceptorLife):
    def __init__(
        self,
        name: str,
        line: Wire,
        machine: Machine,
        capabilities: Capabilities,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(name, line, machine, capabilities, clock)
        self.line = line
        self._heard_last = b""

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

    def _before(self, event: Event) -> Event:
        if isinstance(event, Lost) and event.trouble is Trouble.GARBAGE:
            other = looks_like(self._heard_last)
            if other:
                return replace(event, detail=f"{event.detail}; it looks like {other}")
        return event


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
