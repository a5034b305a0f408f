"""What the sweeps counted, at the end of every run: also a quiet one, also one by many workers."""

from __future__ import annotations

import pytest

COUNTS = "counts"  # name of the property in which a test says what it went through


def tell(terminalreporter: pytest.TerminalReporter) -> None:
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
