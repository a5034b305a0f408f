"""The link layer of the simulated SSP validator: the sequence flag, and everything that can go wrong between
host and unit (acceptors.md §5.1)."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from hardware.acceptors.ssp_sim_commands import SYNC, answer
from hardware.acceptors.ssp_sim_unit import Unit
from hardware.acceptors.ssp_sim_wire import Frame
from hardware.simulated import Json


@dataclass
class Faults:
    """Misbehaviour of the line. Counts go down by one each time; zero and false mean none."""

    drop_replies: int = 0
    corrupt_crc: int = 0
    deaf: int = 0
    repeat: int = 0
    wrong_flag: int = 0
    wrong_address: int = 0
    split: bool = False
    echo: bool = False
    slow_ms: int = 0

    def takes(self, name: str) -> bool:
        """Whether the counted fault strikes now; then it is counted down."""
        left: int = getattr(self, name)
        if left:
            setattr(self, name, left - 1)
        return left > 0

    def active(self) -> Json:
        return {name: value for name, value in asdict(self).items() if value}


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
