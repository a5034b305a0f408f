"""The simulated scanner that answers to a driver of `hardware.shelf`."""

from __future__ import annotations

from pathlib import Path

from hardware.scanners.serial_sim import SerialScannerSim
from hardware.scanners.wedge_sim import WedgeSim
from hardware.shelf import ScannerPlan


def scanner_sim(plan: ScannerPlan | None, link: Path) -> SerialScannerSim | WedgeSim:
    """`plan` None: one on a serial line. Both know `scan(text)`, `garbage`, `unplug` and `plug`."""
    return (WedgeSim if plan is not None and plan.driver == "evdev" else SerialScannerSim)("scanner", link)
