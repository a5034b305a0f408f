"""An ICT host of a few lines for the simulator's own tests; shares nothing with simulator or driver."""

from __future__ import annotations

import os
import select
import time
from pathlib import Path
from typing import Any

from hardware.acceptors.ict_sim import IctSim
from hardware.acceptors.ict_sim_settings import Settings

ACCEPT, REJECT, HOLD, STATUS, RESET = b"\x02", b"\x0f", b"\x18", b"\x0c", b"\x30"
ENABLE, INHIBIT = b"\x3e", b"\x5e"

PATIENCE_S = 20  # only ever waited out when a test fails
MARK = 0xFE  # no acceptor says it


class Clock:
    """Stands still until told to move on."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


class Bench:
    """A simulator whose clock the test moves, and a host on its line that opened it before power came."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.clock = Clock()
        self.link = folder / "acceptor"
        self.sim = IctSim("acceptor", self.link, Settings(**settings), clock=self.clock)
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
        self.sim.state()

    def say(self, data: bytes) -> None:
        """Returns when the unit has heard it."""
        self._said += os.write(self.port, data)
        limit_s = time.monotonic() + PATIENCE_S
        while self._heard < self._said:
            assert time.monotonic() < limit_s, f"{self._said} bytes sent, {self._heard} heard"
            time.sleep(0.001)

    def byte(self) -> int:
        assert select.select([self.port], [], [], PATIENCE_S)[0], "nothing came"
        return os.read(self.port, 1)[0]

    def heard(self) -> str:
        """Everything that the unit has said since the last time, in hex; needs power and cable."""
        self.do("garbage", hex=f"{MARK:02x}")
        said = bytearray()
        while (byte := self.byte()) != MARK:
            said.append(byte)
        return said.hex(" ")

    def ask(self, data: bytes) -> str:
        self.say(data)
        return self.heard()

    def get_idle(self) -> None:
        assert self.heard() == "80 8f"
        assert self.ask(ACCEPT) == ""
        assert self.state == "idle"

    def get_escrow(self, fen: int) -> None:
        if self.state != "idle":
            self.get_idle()
        self.do("insert", fen=fen)
        self.later(0.2)
        assert self.heard().startswith("81 4")

    def get_stacked(self, fen: int) -> None:
        self.get_escrow(fen)
        assert self.ask(ACCEPT) == ""
        self.later(1)
        assert self.heard() == "10"

    @property
    def state(self) -> str:
        return str(self.sim.state()["state"])

    def do(self, action: str, **given: Any) -> dict[str, Any]:
        return self.sim.do(action, **given)

    def whereabouts(self) -> dict[str, Any]:
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
