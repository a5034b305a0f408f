"""A simulated ICT acceptor (104U, 106 or 002) on a pseudo-terminal.

Written from the protocol's facts alone (acceptors.md §4) and sharing no code with the driver, so that
one checks the other.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from hardware.acceptors.ict_sim_commands import answer
from hardware.acceptors.ict_sim_settings import FAILURES, Settings
from hardware.acceptors.ict_sim_unit import NOTE_REJECTED, POWERED_UP, STACKED, State, Unit
from hardware.acceptors.sim_faults import LineFaults
from hardware.acceptors.sim_line import AcceptorSim, Hex, Times, unhexed
from hardware.simulated import Json, NotPossible, PortMaker, Pty

TICK_S: Final = 0.02  # the unit speaks by itself, at most this late; a byte takes 1.15 ms
STOP_LIMIT_S: Final = 1.0  # then it is stuck writing to a line that nobody reads


@dataclass
class Faults(LineFaults):
    """`drop_replies` and `repeat` count what is said, however many bytes; `deaf` counts bytes of the host."""

    drop_bytes: int = 0  # said, never heard by the host; as bytes with a parity error
    drop_after: int = 0  # so many get through first
    duplicate_stacked: int = 0
    between: bytes = b""  # once, between 81h and 4Xh
    pair_gap_ms: int = 0  # between the two bytes of 80h 8Fh and of 81h 4Xh

    def swallows_a_byte(self) -> bool:
        if self.drop_bytes and self.takes("drop_after"):
            return False
        return self.takes("drop_bytes")

    def active(self) -> Json:
        active = super().active()
        return active | {"between": self.between.hex(" ")} if self.between else active


class Bytes:
    """Each byte of the host counts by itself."""

    def feed(self, data: bytes, now_s: float) -> list[int]:
        return list(data)

    def clear(self) -> None:
        """Nothing is kept."""


class IctSim(AcceptorSim[int]):
    """`IctSim("acceptor", Path("/tmp/x/acceptor")).start()`, then open the link like a serial port.

    It gets power, and says 80h 8Fh, at `start`; a host that opens the line later has missed that. `alone`: time
    passes for it by itself; otherwise `tick` has to be called. Beyond the actions of every acceptor on a line
    (`AcceptorSim.do`): restart (a dip of the mains: 80h 8Fh) · push_back(times): does not stack ·
    drop_bytes(times, after): also what `corrupt` does, because bad parity is dropped · duplicate_stacked(times) ·
    between(hex): once between 81h and 4Xh · pair_gap(ms). `counter` is how many notes ever fell into the box;
    this protocol can not tell the host."""

    rejects = {"rejected": NOTE_REJECTED[0]}  # noqa: RUF012  nobody writes to it
    failures = FAILURES
    usual_reject = "rejected"
    usual_failure = "motor"

    def __init__(
        self,
        name: str,
        link: Path,
        settings: Settings | None = None,
        baud: int | None = None,
        clock: Callable[[], float] = time.monotonic,
        port: PortMaker = Pty,
        alone: bool = True,
    ) -> None:
        self._unit = Unit(settings or Settings(), self._say, self._entered)
        self._own = Faults()
        self._outbox: deque[tuple[float, bytes]] = deque()  # when it leaves, what; in that order
        self._woken = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._live, name=f"ict {name}", daemon=True) if alone else None
        super().__init__(name, link, self._unit, Bytes(), self._own, baud, clock, port)

    # --- Simulator

    def start(self) -> None:
        super().start()
        with self._lock:
            self._unit.advance(self._clock())
            self._unit.power_on()
        if self._thread:
            self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self._woken.set()
        if self._port is not None and self._thread:
            self._thread.join(STOP_LIMIT_S)
        super().stop()

    def tick(self) -> None:
        super().tick()
        with self._lock:
            data = b"".join(self._outbox.popleft()[1] for _ in range(self._leaves_now()))
        if data:
            self._send(data)

    def _details(self) -> Json:
        return {
            "model": self._unit.settings.model,
            "answered": self._unit.answered,
            "counter": self._unit.stacked,
        }

    def _more_faults(self) -> Json:
        return {"push_back": self._unit.pushes_back} if self._unit.pushes_back else {}

    # --- line

    def _live(self) -> None:
        """Let time pass for the unit and put on the line what it says."""
        while not self._stopping:
            self.tick()
            self._woken.wait(TICK_S)
            self._woken.clear()

    def _leaves_now(self) -> int:
        """How many of the first messages in the outbox are due."""
        now_s = self._clock()
        return sum(due_s <= now_s for due_s, _ in self._outbox)

    def _on_bytes(self, data: bytes) -> None:
        with self._lock:
            for byte in data:
                self._unit.advance(self._clock())
                if not self._on_the_line():
                    return
                if self._faults.echo:
                    self._put(bytes([byte]))
                if not self._faults.takes("deaf"):
                    self._say(self._reply(byte))
        self._woken.set()

    def _reply(self, frame: int) -> bytes:
        return answer(self._unit, frame)

    def _say(self, data: bytes) -> None:
        """What the unit says, as the faults let it through."""
        if not data or not self._plugged:
            return
        if data == POWERED_UP:
            self._cut_short()
        if self._own.takes("drop_replies"):
            return
        self._say_aloud(data)
        if self._own.takes("repeat"):
            self._say_aloud(data)

    def _say_aloud(self, data: bytes) -> None:
        faults = self._own
        wait_s = faults.slow_ms / 1000
        if data[0] == 0x81:
            data, faults.between = data[:1] + faults.between + data[1:], b""
        if data == STACKED and faults.takes("duplicate_stacked"):
            data += data
        pair = data == POWERED_UP or data[0] == 0x81
        for position, byte in enumerate(data):
            if pair and position == len(data) - 1:
                wait_s += faults.pair_gap_ms / 1000
            if not faults.takes("corrupt") and not faults.swallows_a_byte():
                self._put(bytes([byte]), wait_s)

    def _put(self, data: bytes, wait_s: float = 0.0) -> None:
        due_s = self._clock() + wait_s
        if self._outbox:
            due_s = max(due_s, self._outbox[-1][0])
        self._outbox.append((due_s, data))

    def _cut_short(self) -> None:
        """What had not left by now never will."""
        for _ in range(len(self._outbox) - self._leaves_now()):
            self._outbox.pop()

    # --- actions

    def _verbs(self) -> dict[str, Callable[..., None]]:
        return {
            "push_back": self._push_back,
            "restart": lambda: self._unit.restart(),
            "drop_bytes": self._drop_bytes,
            "between": self._between,
        }

    def _push_back(self, times: Times = 1) -> None:
        self._unit.pushes_back = times

    def _unplug(self) -> None:
        super()._unplug()
        self._cut_short()

    def _entered(self, state: Enum) -> None:
        if state is State.OFF:
            self._cut_short()
        super()._entered(state)

    def _drop_bytes(self, times: Times = 1, after: Times = 0) -> None:
        self._own.drop_bytes, self._own.drop_after = times, after

    def _between(self, hex: Hex) -> None:
        self._own.between = unhexed("between", hex)

    def _garbage(self, hex: Hex) -> None:
        if not self._on_the_line():
            raise NotPossible("nothing is sent without power or cable")
        self._put(unhexed("garbage", hex))

    def _behave(self) -> None:
        super()._behave()
        self._unit.pushes_back = 0
