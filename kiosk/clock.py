"""Time, injected. Order in the journal is the sequence number, never a clock: a Pi may start in 1970."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final, Protocol

import msgspec

BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
SYNCHRONISED: Final = Path("/run/systemd/timesync/synchronized")
SYNC_ASKED_EVERY_MS: Final = 1_000  # not at each commit: looking for a file costs as much as hashing one
BUILT_MS: Final = 1_790_000_000_000  # September 2026: no honest clock shows less


class Instant(msgspec.Struct, frozen=True):
    """One moment as this machine saw it. `quality`: ntp, clock (plausible, unsynchronised) or none (before
    this software was built)."""

    wall_ms: int
    boot: str
    boot_ms: int
    quality: str


class Clock(Protocol):
    def now(self) -> Instant: ...


class SystemClock:
    def __init__(self) -> None:
        self._boot = BOOT_ID.read_text().strip() if BOOT_ID.exists() else "unknown"
        self._synchronised = False
        self._asked_ms = -SYNC_ASKED_EVERY_MS

    def now(self) -> Instant:
        wall_ms = time.time_ns() // 1_000_000
        boot_ms = time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
        if boot_ms - self._asked_ms >= SYNC_ASKED_EVERY_MS:
            self._synchronised, self._asked_ms = SYNCHRONISED.exists(), boot_ms
        quality = "none" if wall_ms < BUILT_MS else "ntp" if self._synchronised else "clock"
        return Instant(wall_ms, self._boot, boot_ms, quality)
