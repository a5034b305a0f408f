"""The link layer of the simulated SSP validator: the sequence flag, and everything that can go wrong between
host and unit (acceptors.md §5.1)."""

from __future__ import annotations

from dataclasses import dataclass

from hardware.acceptors.sim_line import LineFaults
from hardware.acceptors.ssp_sim_commands import SYNC, answer
from hardware.acceptors.ssp_sim_unit import Unit
from hardware.acceptors.ssp_sim_wire import Frame


@dataclass
class Faults(LineFaults):
    wrong_flag: int = 0
    wrong_address: int = 0


class Sequence:
    """Carries out a command that comes with a new flag; answers the same flag with the last reply again."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self.refusal: int | None = None  # with which the next commands are answered, not carried out
        self.refusals = 0
        self.forget()

    def forget(self) -> None:
        """As after power-up: any flag is a new one."""
        self._flag: bool | None = None
        self._reply = b""

    def answer(self, frame: Frame) -> bytes:
        """The data of the reply."""
        if frame.data[0] == SYNC:  # whatever its flag, 0 is expected next
            self._flag = True
        elif frame.flag == self._flag:
            return self._reply
        else:
            self._flag = frame.flag
        self._reply = self._carried_out(frame.data)
        return self._reply

    def _carried_out(self, data: bytes) -> bytes:
        if self.refusal is not None and self.refusals:
            self.refusals -= 1
            return bytes([self.refusal])
        return answer(self._unit, data)
