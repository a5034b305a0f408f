"""A simulated EBDS bill acceptor on a pseudo-terminal (MEI/CPI, Pyramid).

Written from the protocol's facts alone (acceptors.md §7) and sharing no code with the driver, so that one
checks the other. What a host may ask beyond that (`ebds_sim_reports`) is as public implementations read it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hardware.acceptors.ebds_sim_commands import answer, last_reply
from hardware.acceptors.ebds_sim_settings import FAILURES, REJECTS, Settings, SevenBits
from hardware.acceptors.ebds_sim_unit import EbdsUnit
from hardware.acceptors.ebds_sim_wire import Frame, FrameReader
from hardware.acceptors.sim_faults import LineFaults
from hardware.acceptors.sim_line import AcceptorSim, Times
from hardware.simulated import Json, PortMaker, Pty


@dataclass
class Faults(LineFaults):
    stale: int = 0  # messages that are not accepted: the reply of before comes, with the toggle of before


class EbdsSim(AcceptorSim[Frame]):
    """`EbdsSim("acceptor", Path("/tmp/x/acceptor")).start()`, then open the link like a serial port.

    Beyond the actions of every acceptor on a line (`AcceptorSim.do`): stale (times) · tell_both(times):
    a note that comes back is told as stacked, too · swap(model): another head goes onto the box."""

    rejects = REJECTS
    failures = FAILURES

    def __init__(
        self,
        name: str,
        link: Path,
        settings: Settings | None = None,
        baud: int | None = None,
        clock: Callable[[], float] = time.monotonic,
        port: PortMaker = Pty,
    ) -> None:
        self._unit = EbdsUnit(settings or Settings())
        super().__init__(name, link, self._unit, FrameReader(), Faults(), baud, clock, port)
        self._unit.on_enter = self._entered
        self._unit.power_on()

    def _reply(self, frame: Frame) -> bytes:
        return last_reply(self._unit) if self._faults.takes("stale") else answer(self._unit, frame)

    def _verbs(self) -> dict[str, Callable[..., None]]:
        return {"swap": self._swap, "tell_both": self._tell_both}

    def _details(self) -> Json:
        """`untold_fen`: in the box, to be told in the next replies. `valueless_fen`: of all that went into
        the box, what never was and never will be told."""
        notes = self._unit.settings.notes_fen
        return {
            "model": self._unit.model,
            "policy": self._unit.policy.name,
            "untold_fen": sum(notes[value - 1] for value in self._unit.untold),
            "valueless_fen": self._unit.valueless_fen,
        }

    def _more_faults(self) -> Json:
        return {"tell_both": self._unit.tells_both} if self._unit.tells_both else {}

    def _tell_both(self, times: Times = 1) -> None:
        self._unit.tells_both = times

    def _behave(self) -> None:
        super()._behave()
        self._unit.tells_both = 0

    def _swap(self, model: SevenBits) -> None:
        self._unit.swap()
        self._unit.model = model
