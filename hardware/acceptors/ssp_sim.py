"""A simulated SSP bill validator on a pseudo-terminal.

Behaves like an NV9USB or NV200. Written from the protocol's facts alone (acceptors.md §5) and sharing no code
with the driver, so that one checks the other.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Annotated, Final

import msgspec

from hardware.acceptors.sim_line import AcceptorSim, Hex, Times, named, unhexed
from hardware.acceptors.ssp_sim_line import Faults, Sequence
from hardware.acceptors.ssp_sim_settings import REJECTS, Settings
from hardware.acceptors.ssp_sim_states import State
from hardware.acceptors.ssp_sim_unit import Unit
from hardware.acceptors.ssp_sim_wire import ADDRESS, Frame, FrameReader, encoded, spoiled
from hardware.simulated import Json, NotPossible, PortMaker, Pty

OTHER_ADDRESS: Final = 0x10  # a coin hopper: never ours
FIRST_SERIAL: Final = 2722470

REFUSALS: Final = {f"{code:02X}": code for code in (0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF8, 0xFA)}
MUTE: Final = (State.OFF, State.STARTING)

Channel = Annotated[int, msgspec.Meta(ge=0, le=255)]
Count = Annotated[int, msgspec.Meta(ge=0, le=0xFFFF_FFFF)]


class SspSim(AcceptorSim[Frame]):
    """`SspSim("acceptor", Path("/tmp/x/acceptor")).start()`, then open the link like a serial port.

    Beyond the actions of every acceptor on a line (`AcceptorSim.do`): swap(serial, counter): another head goes
    onto the box · refuse(code: F2 to FA, times): answers commands without obeying · report(hex): any bytes as
    events of the next poll · wrong_channel(code): of the next credit · wrong_flag, wrong_address (times each) ·
    desync, lose_key: of a unit set to encryption."""

    rejects = REJECTS
    failures: dict[str, int] = {}  # noqa: RUF012  nobody writes to it
    usual_reject = "graph"
    first_type = 1

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
        self._sequence = Sequence(self._unit)
        super().__init__(name, link, self._unit, FrameReader(), Faults(), baud, clock, port)
        self._unit.power_on()

    def _hears(self) -> bool:
        return self._unit.state not in MUTE

    def _may_be_lost(self, frame: Frame) -> bool:
        return frame.address == ADDRESS and bool(frame.data)

    def _reply(self, frame: Frame) -> bytes:
        if frame.address != ADDRESS or not frame.data:
            return b""
        self._unit.heard()
        data = self._sequence.answer(frame)
        if not data:
            return b""
        address = OTHER_ADDRESS if self._faults.takes("wrong_address") else ADDRESS
        flag = frame.flag != self._faults.takes("wrong_flag")
        return encoded(Frame(address, flag, data))

    def _spoiled(self, reply: bytes) -> bytes:
        return spoiled(reply)

    def _details(self) -> Json:
        unit = self._unit
        return {
            "counter": unit.stacked,
            "rejected": unit.rejected,
            "protocol": unit.protocol,
            "serial": str(unit.serial),
        }

    def _more_faults(self) -> Json:
        wrong = self._unit.wrong_channel
        refuses = self._sequence.refusals
        return ({} if wrong is None else {"wrong_channel": wrong}) | ({"refuse": refuses} if refuses else {})

    def _entered(self, state: Enum) -> None:
        if state in MUTE:
            self._sequence.forget()
        super()._entered(state)

    # --- actions

    def _verbs(self) -> dict[str, Callable[..., None]]:
        return {
            "swap": self._swap,
            "refuse": self._refuse,
            "report": self._report,
            "wrong_channel": self._wrong_channel,
            "desync": lambda: self._sequence.vault.slip(),
            "lose_key": lambda: self._sequence.vault.forget(),
        }

    def _swap(
        self, serial: Annotated[str, msgspec.Meta(pattern="^[0-9]{1,10}$")], counter: Count = 0
    ) -> None:
        if int(serial) > 0xFFFF_FFFF:
            raise NotPossible(f"swap: serial {serial} does not fit four bytes")
        self._unit.swap(int(serial), counter)

    def _refuse(self, code: str, times: Times = 1) -> None:
        self._sequence.refusal, self._sequence.refusals = named("code", code, REFUSALS), times

    def _report(self, hex: Hex) -> None:
        self._unit.pending.report(unhexed("report", hex))

    def _wrong_channel(self, code: Channel) -> None:
        self._unit.wrong_channel = code

    def _behave(self) -> None:
        super()._behave()
        self._sequence.refusals = 0
        self._unit.wrong_channel = None
