"""An SSP host of a few lines for the simulator's own tests; shares nothing with simulator or driver."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hardware.acceptors.ssp_sim import SspSim
from hardware.acceptors.ssp_sim_settings import Settings

RESET, INHIBITS, SETUP, PROTOCOL, POLL, REJECT = "01", "02", "05", "06", "07", "08"
DISABLE, ENABLE, SERIAL, SYNC, LAST_REJECT, HOLD = "09", "0a", "0c", "11", "17", "18"
COUNTERS, RESET_COUNTERS = "58", "59"
ALL_CHANNELS = f"{INHIBITS} 3f 00"
OK = "f0"

PATIENCE_S = 20  # only ever waited out when a test fails
A_WHILE_S = 1  # of the bench's own clock: any motion is over, no limit has passed
ENOUGH_S = 0.1  # of real time, to see that nothing comes; too short only makes such a test weaker


def checksum(body: bytes) -> bytes:
    """CRC-16/CMS as what it is: the remainder of a long division of polynomials."""
    rest = int.from_bytes(body, "big") << 16 ^ 0xFFFF << 8 * len(body)
    while rest.bit_length() > 16:
        rest ^= 0x18005 << rest.bit_length() - 17
    return rest.to_bytes(2, "little")


def frame(data: bytes, flag: int, address: int = 0) -> bytes:
    body = bytes([flag << 7 | address, len(data)]) + data
    body += checksum(body)
    return b"\x7f" + b"".join(b"\x7f\x7f" if byte == 0x7F else bytes([byte]) for byte in body)


class Clock:
    """Stands still until told to move on."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


class Bench:
    """A simulator whose clock the test moves, and a host on its line that is in step with it."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.clock = Clock()
        self.link = folder / "acceptor"
        self.sim = SspSim("acceptor", self.link, Settings(**settings), clock=self.clock)
        self._said = self._heard = 0
        self._count_what_it_hears()
        self.sim.start()
        self.port = os.open(self.link, os.O_RDWR | os.O_NOCTTY)
        self.flag = 1
        self.later(A_WHILE_S)

    def _count_what_it_hears(self) -> None:
        hear = self.sim._on_bytes

        def counted(data: bytes) -> None:
            hear(data)
            self._heard += len(data)

        self.sim._on_bytes = counted  # type: ignore[method-assign]

    def close(self) -> None:
        os.close(self.port)
        self.sim.stop()

    def later(self, seconds: float) -> None:
        self.clock.now_s += seconds

    def send(self, raw: bytes) -> None:
        self._said += os.write(self.port, raw)

    def say(self, data: str) -> None:
        """A new command: the flag changes. SYNC always carries 1."""
        self.flag = 1 if data == SYNC else 1 - self.flag
        self.say_again(data)

    def say_again(self, data: str) -> None:
        self.send(frame(bytes.fromhex(data), self.flag))

    def hear_raw(self) -> bytes:
        """The next whole frame, as it stands on the wire."""
        raw, body = self._byte(), b""
        assert raw == b"\x7f", f"{raw!r} begins no frame"
        while len(body) < 2 or len(body) < body[1] + 4:
            byte = self._byte()
            raw += byte
            if byte == b"\x7f":
                doubled = self._byte()
                assert doubled == byte, "a 7F inside a frame was not doubled"
                raw += doubled
            body += byte
        return raw

    def _byte(self) -> bytes:
        assert select.select([self.port], [], [], PATIENCE_S)[0], "nothing came"
        return os.read(self.port, 1)

    def hear(self) -> str:
        """The data of the reply in hex; flag, address and checksum are right."""
        raw = self.hear_raw()
        data = raw[1:].replace(b"\x7f\x7f", b"\x7f")[2:-2]
        assert raw == frame(data, self.flag), f"bad frame {raw.hex(' ')}"
        return data.hex(" ")

    def hears_nothing(self) -> bool:
        self.flush()
        return not select.select([self.port], [], [], ENOUGH_S)[0]

    def ask(self, data: str) -> str:
        self.say(data)
        return self.hear()

    def ask_again(self, data: str) -> str:
        self.say_again(data)
        return self.hear()

    def poll(self) -> str:
        """Events in hex, without the F0."""
        reply = self.ask(POLL)
        assert reply.startswith(OK), reply
        return reply[3:]

    def stacked(self) -> int:
        """The stacked counter of 58h."""
        reply = bytes.fromhex(self.ask(COUNTERS))
        assert reply[:2] == b"\xf0\x05"
        assert len(reply) == 22
        return int.from_bytes(reply[2:6], "little")

    def get_in_step(self) -> None:
        assert self.ask(SYNC) == OK

    def get_idle(self, inhibits: str = ALL_CHANNELS) -> None:
        self.get_in_step()
        assert self.ask(inhibits) == OK
        assert self.ask(ENABLE) == OK
        self.poll()
        assert self.poll() == ""

    def get_escrow(self, fen: int) -> None:
        """In escrow, and the host knows: its next POLL accepts."""
        self.get_idle()
        self.do("insert", fen=fen)
        self.later(A_WHILE_S)
        assert self.poll().startswith("ef 0")

    def get_accepted(self, fen: int) -> None:
        self.get_escrow(fen)
        assert self.poll() == "cc"

    def do(self, action: str, **given: Any) -> dict[str, Any]:
        return self.sim.do(action, **given)

    def is_in(self, state: str) -> bool:
        return bool(self.sim.state()["state"] == state)

    def flush(self) -> None:
        """Until the simulator has dealt with everything that was sent."""
        limit_s = time.monotonic() + PATIENCE_S
        while self._heard < self._said:
            assert time.monotonic() < limit_s, f"{self._said} bytes sent, {self._heard} heard"
            time.sleep(0.001)

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


@contextmanager
def a_bench(folder: Path, **settings: Any) -> Iterator[Bench]:
    bench = Bench(folder, **settings)
    try:
        yield bench
    finally:
        bench.close()
