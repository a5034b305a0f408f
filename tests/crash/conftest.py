"""A folder in memory for thousands of disk images, and the counts of every sweep at the end of the run."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")  # where the system has one: the images need no real disk, they are its contents
COUNTS = "counts"


@pytest.fixture
def images(tmp_path: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else tmp_path) as folder:
        yield Path(folder)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = [
        f"{report.nodeid.split('::')[-1]}: {value}"
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, value in report.user_properties
        if name == COUNTS
    ]
    if lines:
        terminalreporter.section("power cuts and failing disks")
        for line in sorted(lines):
            terminalreporter.write_line(line)
