"""The simulated pulse acceptor at the end of a cable, as the other simulated acceptors are.

The cable carries what a kernel tells of a GPIO line: records of `struct gpio_v2_line_event` (linux/gpio.h), 48 bytes,
with the time of the edge on the monotonic clock. The host says "1" to inhibit and "0" to allow; to "?" a record
with id 0 is the answer, and its offset is the level of the line.
"""

from __future__ import annotations

import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from hardware.acceptors.pulse_sim import LineEvent, PulseSim, Settings
from hardware.simulated import Json, NotPossible, Port, PortMaker, Pty

TICK_S: Final = 0.005  # how late an edge is told; its time is exact whenever it is
STOP_LIMIT_S: Final = 1.0
RECORD: Final = struct.Struct("=QII II 6I")
RISING, FALLING, LEVEL = 1, 2, 0


class PulseCableSim:
    """`PulseCableSim("acceptor", Path("/tmp/x/acceptor")).start()`. `alone`: time passes for it by itself."""

    def __init__(
        self,
        name: str,
        link: Path,
        settings: Settings | None = None,
        clock: Callable[[], float] = time.monotonic,
        port: PortMaker = Pty,
        alone: bool = True,
    ) -> None:
        self.name = name
        self._link = link
        self._clock = clock
        self._make_port = port
        self._lock = threading.RLock()
        self._port: Port | None = None
        self._plugged = True
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._live, name=name, daemon=True) if alone else None
        self._unit = PulseSim(name, settings, self._now_ns())
        self._unit.do("inhibit", on=True)  # the resistor, while no host drives the line

    def start(self) -> None:
        self._port = self._make_port(self._link, self._on_bytes, None)
        if self._thread:
            self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._port is None:
            return
        if self._thread:
            self._thread.join(STOP_LIMIT_S)
        port, self._port = self._port, None
        port.close()

    def power_cut(self) -> None:
        self.do("power_cut")

    def power_on(self) -> None:
        self.do("power_on")

    def do(self, action: str, **given: Any) -> Json:
        """The actions of `PulseSim.do`, and unplug, plug."""
        self.tick()
        with self._lock:
            if action in ("unplug", "plug"):
                if given:
                    raise NotPossible(f"{action} takes no arguments")
                self._put_plug(action == "plug")
            else:
                self._unit.do(action, **given)
        self.tick()
        return self.state()

    def state(self) -> Json:
        """As `PulseSim.state`; the box can not be taken out of it unseen by hands, so it is always there."""
        self.tick()
        with self._lock:
            return self._unit.state() | {"plugged": self._plugged, "box_present": True, "faults": {}}

    def tick(self) -> None:
        """Let happen what is due by now, and tell it."""
        with self._lock:
            edges = self._unit.advance(self._now_ns())
            if edges and self._port is not None and self._plugged:
                self._port.send(b"".join(map(_record, edges)))

    def _live(self) -> None:
        while not self._stopping.wait(TICK_S):
            self.tick()

    def _now_ns(self) -> int:
        return round(self._clock() * 1e9)

    def _on_bytes(self, data: bytes) -> None:
        with self._lock:
            if not self._plugged or self._port is None:
                return
            for byte in data:
                if byte == ord("?"):
                    self._port.send(RECORD.pack(self._now_ns(), LEVEL, self._unit.level, 0, 0, *[0] * 6))
                elif byte in b"01":
                    self._unit.do("inhibit", on=byte == ord("1"))

    def _put_plug(self, plugged: bool) -> None:
        """Without its host the line is inhibited by the resistor."""
        if plugged is self._plugged:
            raise NotPossible(f"the cable is {'in' if plugged else 'out'} already")
        self._plugged = plugged
        if not plugged:
            self._unit.do("inhibit", on=True)
        if self._port is not None:
            self._port.plug() if plugged else self._port.unplug()


def _record(edge: LineEvent) -> bytes:
    kind = RISING if edge.level else FALLING
    return RECORD.pack(edge.t_ns, kind, 0, edge.line_seqno, edge.line_seqno, *[0] * 6)
