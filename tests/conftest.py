"""For all tests: how they are spread over the workers.

The few that drive a whole kiosk share it within their file and take longest: they begin first, each file on one
worker. All others go one by one wherever a worker is free, the quick ones first, so that a small mistake shows
within seconds."""

from __future__ import annotations

import os
import sys
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.crash import counts

# Where bytecode is forbidden, each of the hundreds of processes that tests start compiles Django and Kivy anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

WHOLE_KIOSK = "tests/scenarios/"
LONGEST = {"test_no_fen_is_lost", "test_every_page_in_every_look"}  # minutes each: not to be left for the end


class FilesThatShareAKiosk(LoadScopeScheduling):  # type: ignore[misc]
    """(xdist's own `loadgroup` does nothing under pytest 9.2: it names groups through a field that is gone.)"""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.split("::", 1)[0] if nodeid.startswith(WHOLE_KIOSK) else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FilesThatShareAKiosk:
    return FilesThatShareAKiosk(config, log)


def _turn(item: pytest.Item) -> int:
    if item.get_closest_marker("slow") is None:
        return 0
    return 1 if item.path.stem in LONGEST else 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_turn)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the sweeps counted, also of many quiet workers."""
    counts.tell(terminalreporter)
