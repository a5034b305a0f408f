"""An ID-003 host of a few lines for the simulator's own tests; shares nothing with simulator or driver."""

from __future__ import annotations

import binascii
from pathlib import Path
from typing import Any

from hardware.acceptors.id003_sim import Id003Sim
from hardware.acceptors.id003_sim_settings import Settings
from tests.hardware.acceptors.sim_bench import SimBench

STATUS, RESET, STACK_1, STACK_2, RETURN = b"\x11", b"\x40", b"\x41", b"\x42", b"\x43"
HOLD, WAIT, ACK, INVALID, COMM_ERROR = b"\x44", b"\x45", b"\x50", b"\x4b", b"\x4a"
INHIBIT, ACCEPT = b"\xc3\x01", b"\xc3\x00"
VERSION, CURRENCY = b"\x88", b"\x8a"


def checksum(data: bytes) -> bytes:
    """CRC-16/KERMIT by way of the standard library's unreflected one."""
    mirrored = bytes(int(f"{byte:08b}"[::-1], 2) for byte in data)
    return int(f"{binascii.crc_hqx(mirrored, 0):016b}"[::-1], 2).to_bytes(2, "little")


def frame(said: bytes) -> bytes:
    head = bytes([0xFC, len(said) + 4]) + said
    return head + checksum(head)


class Bench(SimBench[Id003Sim]):
    def __init__(self, folder: Path, **settings: Any) -> None:
        super().__init__(
            folder, lambda link, clock: Id003Sim("acceptor", link, Settings(**settings), clock=clock)
        )

    def say(self, said: bytes) -> None:
        self.send(frame(said))

    def hear(self) -> bytes:
        raw = self.hear_raw()
        assert raw == frame(raw[2:-2]), f"bad frame {raw.hex(' ')}"
        return raw[2:-2]

    def ask(self, said: bytes) -> bytes:
        self.say(said)
        return self.hear()

    def poll(self) -> str:
        """The answer in hex."""
        return self.ask(STATUS).hex(" ")

    def acknowledge(self) -> None:
        self.say(ACK)
        assert self.hears_nothing()

    def get_initialising(self) -> None:
        assert self.ask(RESET) == ACK
        assert self.poll() == "1b"

    def get_disabled(self) -> None:
        self.get_initialising()
        self.later(1)
        assert self.poll() == "1a"

    def get_idle(self) -> None:
        self.get_initialising()
        assert self.ask(ACCEPT) == ACCEPT
        self.later(1)
        assert self.poll() == "11"

    def get_escrow(self, fen: int) -> None:
        self.get_idle()
        self.do("insert", fen=fen)
        assert self.poll() == "12"
        self.later(0.2)
        assert self.poll().startswith("13 ")

    def get_vend_valid(self, fen: int, stack: bytes = STACK_1) -> None:
        self.get_escrow(fen)
        assert self.ask(stack) == ACK
        assert self.poll() == "14"
        self.later(0.3)
        assert self.poll() == "15"
