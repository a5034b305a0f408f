"""A simulated CCNET bill validator on a pseudo-terminal (CashCode, Creator, ICT V77E and others).

Written from the protocol's facts alone (acceptors.md §3) and sharing no code with the driver, so that
one checks the other.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec

from hardware.acceptors.ccnet_sim_commands import answer, host_acknowledges
from hardware.acceptors.ccnet_sim_settings import FAILURES, REJECTS, Settings
from hardware.acceptors.ccnet_sim_unit import Unit
from hardware.acceptors.ccnet_sim_wire import ACK, ADDRESS, NAK, Frame, FrameReader, encoded
from hardware.acceptors.sim_faults import LineFaults
from hardware.acceptors.sim_line import AcceptorSim, Milliseconds, Times
from hardware.simulated import Json, PortMaker, Pty

OTHER_ADDRESS: Final = 0x02  # a coin changer: never ours
FIRST_SERIAL: Final = "21KC05000001"

Type = Annotated[int, msgspec.Meta(ge=0, le=255)]


@dataclass
class Faults(LineFaults):
    drop_acks: int = 0
    nak: int = 0
    wrong_address: int = 0
    ack_limit_ms: int = 0


class CcnetSim(AcceptorSim[Frame]):
    """`CcnetSim("acceptor", Path("/tmp/x/acceptor")).start()`, then open the link like a serial port.

    Beyond the actions of every acceptor on a line (`AcceptorSim.do`): swap(serial, counter): another head goes
    onto the box · busy(ms) · drop_acks, nak, wrong_address, repeat_stacked (times each) · ack_limit(ms) ·
    wrong_type(code)."""

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
        self._unit = Unit(settings or Settings(), FIRST_SERIAL, self._entered)
        self._own = Faults()
        self._replied_at_s = 0.0
        super().__init__(name, link, self._unit, FrameReader(), self._own, baud, clock, port)
        self._unit.power_on()

    def _reply(self, frame: Frame) -> bytes:
        if frame.address != ADDRESS:
            return b""
        if not frame.good:
            return encoded(NAK)
        if frame.data == ACK:
            self._acknowledged()
            return b""
        if frame.data == NAK:  # the host polls again
            return b""
        if self._faults.takes("nak"):
            return encoded(NAK)
        data = answer(self._unit, frame.data)
        return encoded(data, OTHER_ADDRESS if self._faults.takes("wrong_address") else ADDRESS)

    def _may_be_lost(self, frame: Frame) -> bool:
        return frame.address == ADDRESS and frame.good and frame.data not in (ACK, NAK)

    def _send_as_told(self, reply: bytes) -> None:
        super()._send_as_told(reply)
        self._replied_at_s = self._clock()

    def _acknowledged(self) -> None:
        limit_s = self._own.ack_limit_ms / 1000
        late = limit_s and self._clock() - self._replied_at_s > limit_s
        if not self._faults.takes("drop_acks") and not late:
            host_acknowledges(self._unit)

    def _details(self) -> Json:
        return {"counter": self._unit.counter, "serial": self._unit.serial}

    def _more_faults(self) -> Json:
        unit = self._unit
        wrong = {} if unit.wrong_type is None else {"wrong_type": unit.wrong_type}
        return wrong | ({"repeat_stacked": unit.repeat_stacked} if unit.repeat_stacked else {})

    # --- actions

    def _verbs(self) -> dict[str, Callable[..., None]]:
        return {
            "busy": self._busy,
            "swap": self._swap,
            "repeat_stacked": self._repeat_stacked,
            "wrong_type": self._wrong_type,
        }

    def _busy(self, ms: Milliseconds) -> None:
        self._unit.busy(ms / 1000)

    def _swap(
        self,
        serial: Annotated[str, msgspec.Meta(pattern="^[ -~]{1,12}$")],
        counter: Annotated[int, msgspec.Meta(ge=0, le=0xFFFF)] = 0,
    ) -> None:
        self._unit.swap(serial, counter)

    def _setup(self, **settings: Any) -> None:
        super()._setup(**settings)
        if "escrow_s" in settings:
            self._unit.escrow_s = self._unit.settings.escrow_s

    def _repeat_stacked(self, times: Times = 1) -> None:
        self._unit.repeat_stacked = times

    def _wrong_type(self, code: Type) -> None:
        self._unit.wrong_type = code

    def _behave(self) -> None:
        super()._behave()
        self._unit.repeat_stacked = 0
        self._unit.wrong_type = None
