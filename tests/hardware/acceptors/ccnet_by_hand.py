"""A CCNET master of a few lines for the simulator's own tests; shares nothing with simulator or driver."""

from __future__ import annotations

import binascii
import os
import select
import time
from pathlib import Path
from typing import Any

from hardware.acceptors.ccnet_sim import CcnetSim
from hardware.acceptors.ccnet_sim_settings import Settings

RESET, STATUS, POLL, STACK, RETURN = b"\x30", b"\x31", b"\x33", b"\x35", b"\x36"
IDENTIFICATION, HOLD, BILL_TABLE, COUNTER = b"\x37", b"\x38", b"\x41", b"\x5b"
ACK, NAK, ILLEGAL = b"\x00", b"\xff", b"\x30"
ENABLE_ALL = bytes.fromhex("34 00003f 00003f")
ENABLE_ALL_STRAIGHT = bytes.fromhex("34 00003f 000000")
DISABLE = bytes.fromhex("34 000000 000000")

PATIENCE_S = 20  # only ever waited out when a test fails


def checksum(data: bytes) -> bytes:
    """CRC-16/KERMIT by way of the standard library's unreflected one."""
    mirrored = bytes(int(f"{byte:08b}"[::-1], 2) for byte in data)
    return int(f"{binascii.crc_hqx(mirrored, 0):016b}"[::-1], 2).to_bytes(2, "little")


def frame(data: bytes, address: int = 3) -> bytes:
    head = bytes([2, address, len(data) + 5]) + data
    return head + checksum(head)


class Clock:
    """Stands still until told to move on."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


class Bench:
    """A simulator whose clock the test moves, and a master on its line."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.clock = Clock()
        self.link = folder / "acceptor"
        self.sim = CcnetSim("acceptor", self.link, Settings(**settings), clock=self.clock)
        self._said = self._heard = 0
        self._count_what_it_hears()
        self.sim.start()
        self.port = os.open(self.link, os.O_RDWR | os.O_NOCTTY)

    def _count_what_it_hears(self) -> None:
        hear = self.sim._on_bytes

        def counted(data: bytes) -> None:
            hear(data)
            self._heard += len(data)

        self.sim._on_bytes = counted

    def close(self) -> None:
        os.close(self.port)
        self.sim.stop()

    def later(self, seconds: float) -> None:
        self.clock.now_s += seconds

    def send(self, raw: bytes) -> None:
        self._said += os.write(self.port, raw)

    def say(self, data: bytes) -> None:
        self.send(frame(data))

    def hear_raw(self) -> bytes:
        """The next whole frame, by its own length byte."""
        raw = b""
        while len(raw) < 3 or len(raw) < raw[2]:
            assert select.select([self.port], [], [], PATIENCE_S)[0], f"nothing more came after {raw.hex()!r}"
            raw += os.read(self.port, 1 if len(raw) < 3 else raw[2] - len(raw))
        return raw

    def hear(self) -> bytes:
        raw = self.hear_raw()
        assert raw == frame(raw[3:-2]), f"bad frame {raw.hex(' ')}"
        return raw[3:-2]

    def ask(self, data: bytes) -> bytes:
        self.say(data)
        return self.hear()

    def poll(self) -> str:
        """The answer in hex, acknowledged as the protocol wants."""
        reply = self.ask(POLL)
        self.say(ACK)
        self.flush()
        return reply.hex(" ")

    def peek(self) -> str:
        """The answer in hex, not acknowledged."""
        return self.ask(POLL).hex(" ")

    def get_disabled(self) -> None:
        assert self.ask(RESET) == ACK
        self.later(60)
        assert self.poll() == "19"

    def get_idle(self, enable: bytes = ENABLE_ALL) -> None:
        self.get_disabled()
        assert self.ask(enable) == ACK
        assert self.poll() == "14"

    def get_escrow(self, fen: int) -> None:
        self.get_idle()
        self.do("insert", fen=fen)
        self.later(1)
        assert self.peek().startswith("80 ")

    def do(self, action: str, **given: Any) -> dict[str, Any]:
        return self.sim.do(action, **given)

    def flush(self) -> None:
        """Until the simulator has read everything that was sent."""
        limit_s = time.monotonic() + PATIENCE_S
        while self._heard < self._said:
            assert time.monotonic() < limit_s, f"{self._said} bytes sent, {self._heard} heard"
            time.sleep(0.001)

    def wait_for(self, state: str) -> None:
        """Until what was sent has gone through the line; the bench's clock stands still meanwhile."""
        limit_s = time.monotonic() + PATIENCE_S
        while self.sim.state()["state"] != state:
            assert time.monotonic() < limit_s, self.sim.state()
            time.sleep(0.01)

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
