"""A bill acceptor that gives pulses, without escrow: edges between its line and the counting."""

from __future__ import annotations

import time
from collections.abc import Callable

from hardware.acceptors.acceptor_life import AcceptorLife
from hardware.acceptors.pulse import Pulse
from hardware.acceptors.pulse_edges import EdgeSource
from hardware.acceptors.pulse_train import Plan
from hardware.contracts import Capabilities

S: float = 1e9


class PulseAcceptor(AcceptorLife):
    """`Acceptor` of `hardware.contracts`, labelled as one without escrow: a note is ours before we hear of it.

    `clock` gives seconds of the clock with which `source` stamps its edges."""

    def __init__(
        self,
        name: str,
        source: EdgeSource,
        plan: Plan,
        identity: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pulse = Pulse(name, plan, identity)
        capabilities = Capabilities(escrow=False, reports_denominations=False)
        super().__init__(name, source, self._pulse, capabilities, clock)
        self._source = source
        self._inhibited: bool | None = None

    def _opened(self) -> None:
        self._inhibited = None
        self._pulse.watching(self._source.level(), self._now_ns())

    def _step(self) -> None:
        if self._inhibited is not self._pulse.inhibited:
            self._inhibited = self._pulse.inhibited
            self._source.inhibit(self._inhibited)
        now_ns = self._now_ns()
        edges = self._source.read((self._pulse.due_ns(now_ns) - now_ns) / S)
        self._pulse.heard(edges, self._now_ns())
        self._tell()

    def _now_ns(self) -> int:
        return round(self.clock() * S)
