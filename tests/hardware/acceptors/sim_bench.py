"""A simulated acceptor on its line, a clock that only the test moves, and an ear that counts bytes."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

from hardware.acceptors.sim_line import AcceptorSim

PATIENCE_S = 20  # only ever waited out when a test fails

Sim = TypeVar("Sim", bound=AcceptorSim[Any])


class Clock:
    """Stands still until told to move on."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


class SimBench(Generic[Sim]):
    def __init__(self, folder: Path, make: Callable[[Path, Clock], Sim]) -> None:
        self.clock = Clock()
        self.link = folder / "acceptor"
        self.sim = make(self.link, self.clock)
        self._said = self._heard = 0
        self._count_what_it_hears()
        self.sim.start()
        self.port = os.open(self.link, os.O_RDWR | os.O_NOCTTY)

    def _count_what_it_hears(self) -> None:
        hear = self.sim._on_bytes

        def counted(data: bytes) -> None:
            hear(data)
            self._heard += len(data)

        self.sim._on_bytes = counted  # type: ignore[method-assign]

    def close(self) -> None:
        os.close(self.port)
        self.sim.stop()

    def later(self, seconds: float) -> None:
        self.clock.now_s += seconds

    def send(self, raw: bytes) -> None:
        self._said += os.write(self.port, raw)

    def hear_raw(self) -> bytes:
        """The next whole frame, by its own length byte, which is the second."""
        raw = b""
        while len(raw) < 2 or len(raw) < raw[1]:
            assert select.select([self.port], [], [], PATIENCE_S)[0], f"nothing more came after {raw.hex()!r}"
            raw += os.read(self.port, 1 if len(raw) < 2 else raw[1] - len(raw))
        return raw

    def hears_nothing(self) -> bool:
        """Everything that was sent has been worked off, and no byte has come back."""
        self.flush()
        return not select.select([self.port], [], [], 0)[0]

    def do(self, action: str, **given: Any) -> dict[str, Any]:
        return self.sim.do(action, **given)

    def flush(self) -> None:
        """Until the simulator has read everything that was sent."""
        limit_s = time.monotonic() + PATIENCE_S
        while self._heard < self._said:
            assert time.monotonic() < limit_s, f"{self._said} bytes sent, {self._heard} heard"
            time.sleep(0.001)

    def state(self) -> str:
        return str(self.sim.state()["state"])

    def whereabouts(self) -> dict[str, int]:
        """Where the money is; the sum always fits."""
        state = self.sim.state()
        where = {
            "inside": state["inside_fen"],
            "box": sum(state["box"]),
            "collected": state["collected_fen"],
            "returned": state["returned_fen"],
        }
        assert state["inserted_fen"] == sum(where.values()), state
        return {place: fen for place, fen in where.items() if fen}
