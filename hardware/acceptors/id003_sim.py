"""A simulated ID-003 bill acceptor on a pseudo-terminal (JCM, CashCode FL).

Written from the protocol's facts alone (acceptors.md §6) and sharing no code with the driver, so that one
checks the other.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec

from hardware.acceptors.id003_sim_commands import ACK, COMMUNICATION_ERROR, answer
from hardware.acceptors.id003_sim_settings import FAILURES, REJECTS, Settings
from hardware.acceptors.id003_sim_unit import Id003Unit
from hardware.acceptors.id003_sim_wire import Frame, FrameReader, encoded
from hardware.acceptors.sim_faults import LineFaults
from hardware.acceptors.sim_line import AcceptorSim
from hardware.simulated import Json, PortMaker, Pty


@dataclass
class Faults(LineFaults):
    drop_acks: int = 0  # acknowledgements of VEND VALID that never arrive
    comm_errors: int = 0  # answered COMMUNICATION ERROR, not carried out


class Id003Sim(AcceptorSim[Frame]):
    """`Id003Sim("acceptor", Path("/tmp/x/acceptor")).start()`, then open the link like a serial port.

    Beyond the actions of every acceptor on a line (`AcceptorSim.do`): drop_acks, comm_errors (times each) ·
    swap(version): another head goes onto the box."""

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
        self._unit = Id003Unit(settings or Settings())
        super().__init__(name, link, self._unit, FrameReader(), Faults(), baud, clock, port)
        self._unit.on_enter = self._entered
        self._unit.power_on()

    def _reply(self, frame: Frame) -> bytes:
        if not frame.good:
            return encoded(COMMUNICATION_ERROR)
        if frame.said == ACK and self._faults.takes("drop_acks"):
            return b""
        if frame.said != ACK and self._faults.takes("comm_errors"):
            return encoded(COMMUNICATION_ERROR)
        said = answer(self._unit, frame.said)
        return encoded(said) if said else b""

    def _verbs(self) -> dict[str, Callable[..., None]]:
        return {"swap": self._swap}

    def _details(self) -> Json:
        """`unacknowledged_fen`: the note that VEND VALID is, or will be, for."""
        credit = self._unit.credit
        return {
            "version": self._unit.version,
            "unacknowledged_fen": 0 if credit is None else self._unit.settings.notes_fen[credit],
        }

    def _swap(self, version: Annotated[str, msgspec.Meta(pattern="^[ -~]{1,36}$")]) -> None:
        self._unit.swap()
        self._unit.version = version
