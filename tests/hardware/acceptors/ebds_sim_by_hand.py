"""An EBDS host of a few lines for the simulator's own tests; shares nothing with simulator or driver."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hardware.acceptors.ebds_sim import EbdsSim
from hardware.acceptors.ebds_sim_settings import Settings
from tests.hardware.acceptors.sim_bench import SimBench

POLICY = {"A": 0x00, "B": 0x04, "C": 0x08}
NOTHING, STACK, RETURN = 0x00, 0x20, 0x40
SOFT_RESET = bytes.fromhex("02 08 60 7f 7f 7f 03 17")


def frame(control: int, data: bytes) -> bytes:
    inner = bytes([len(data) + 5, control]) + data
    total = 0
    for byte in inner:
        total ^= byte
    return b"\x02" + inner + bytes([3, total])


class Bench(SimBench[EbdsSim]):
    """A host that toggles, lets every denomination in with escrow, and uses power-up policy B."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        super().__init__(
            folder, lambda link, clock: EbdsSim("acceptor", link, Settings(**settings), clock=clock)
        )
        self.toggle = 1
        self.enabled = 0x7F
        self.with_escrow = 0x10
        self.policy = "B"

    def message(self, wish: int = NOTHING) -> bytes:
        data = bytes([self.enabled, 0x0C | self.with_escrow | wish, POLICY[self.policy]])
        return frame(0x10 | self.toggle, data)

    def say(self, wish: int = NOTHING) -> None:
        """A new message."""
        self.toggle ^= 1
        self.send(self.message(wish))

    def say_again(self, wish: int = NOTHING) -> None:
        self.send(self.message(wish))

    def hear(self) -> str:
        """The first four bytes of a good reply that carries our toggle."""
        raw = self.hear_raw()
        assert raw == frame(raw[2], raw[3:-2]), f"bad frame {raw.hex(' ')}"
        assert raw[2] == 0x20 | self.toggle, f"stale: {raw.hex(' ')}"
        assert raw[7:9] == b"\x01\x02"
        return raw[3:7].hex(" ")

    def poll(self, wish: int = NOTHING) -> str:
        self.say(wish)
        return self.hear()

    def get_idle(self) -> None:
        self.poll()
        self.later(1)
        assert self.poll() == "01 10 00 00"

    def get_escrow(self, fen: int) -> None:
        self.get_idle()
        self.do("insert", fen=fen)
        assert self.poll() == "02 10 00 00"
        self.later(0.2)
        assert self.poll().startswith("04 10 ")
