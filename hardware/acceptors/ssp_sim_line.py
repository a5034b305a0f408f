"""The link layer of the simulated SSP validator: the sequence flag, and everything that can go wrong between
host and unit (acceptors.md §5.1)."""

from __future__ import annotations

from dataclasses import dataclass

from hardware.acceptors.sim_faults import LineFaults
from hardware.acceptors.ssp_sim_commands import ENCRYPTED, NO_KEY, SYNC, answer
from hardware.acceptors.ssp_sim_keys import EXCHANGE, GENERATOR, MODULUS, Vault
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
        self.vault = Vault()
        self.forget()

    def forget(self) -> None:
        """As after power-up: any flag is a new one."""
        self._flag: bool | None = None
        self._reply = b""
        self.vault.forget()

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
        """Empty: no answer at all."""
        settings = self._unit.settings
        if settings.encryption == "none" or data[0] == SYNC:
            return self._obeyed(data)
        if data[0] in (GENERATOR, MODULUS, EXCHANGE) and len(data) == 9:
            return self.vault.exchange(data, int(settings.fixed_key, 16))
        if data[0] != ENCRYPTED and settings.encryption == "optional":
            return self._obeyed(data)
        if not self.vault.has_key or data[0] != ENCRYPTED:
            return NO_KEY
        command = self.vault.opened(data)
        if command is None:
            return b""
        reply = self._obeyed(command, sealed=True)
        return self.vault.sealed(reply) if self.vault.has_key else b""  # RESET takes the key with it

    def _obeyed(self, data: bytes, sealed: bool = False) -> bytes:
        if self.refusal is not None and self.refusals:
            self.refusals -= 1
            return bytes([self.refusal])
        return answer(self._unit, data, sealed)
