"""A camera in a lobby and a scanner on a counter, simulated and driven, for each test that names one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.contracts import Found
from tests.hardware.scanners.scanner_places import Counter, Desk, Heard, Lobby


@pytest.fixture
def lobby(tmp_path: Path) -> Iterator[Lobby]:
    place = Lobby(tmp_path / "camera")
    place.sim.start()
    place.driver.start(place.heard)
    place.heard.until_kind(Found)
    yield place
    place.driver.close()
    place.sim.stop()


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    place = Counter(tmp_path / "scanner")
    place.sim.start()
    place.driver.start(place.heard)
    place.heard.until_kind(Found)
    yield place
    place.driver.close()
    place.sim.stop()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    place = Desk(tmp_path / "scanner")
    place.sim.start()
    place.driver.start(place.heard)
    place.heard.until_kind(Found)
    yield place
    place.driver.close()
    place.sim.stop()


@pytest.fixture
def heard() -> Heard:
    return Heard()
