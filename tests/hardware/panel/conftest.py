"""Everything simulated and driven, for each test that names it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hardware.contracts import Found
from tests.hardware.panel import panel_places
from tests.hardware.panel.panel_places import Place


def running(make: Callable[[Path], Place], folder: Path) -> Iterator[Place]:
    place = make(folder)
    place.sim.start()
    place.driver.start(place.heard)
    place.heard.until(Found)
    yield place
    place.driver.close()
    place.sim.stop()


@pytest.fixture
def cabinet(tmp_path: Path) -> Iterator[Place]:
    yield from running(panel_places.cabinet, tmp_path)


@pytest.fixture
def pad(tmp_path: Path) -> Iterator[Place]:
    yield from running(panel_places.pad, tmp_path)


@pytest.fixture
def jack(tmp_path: Path) -> Iterator[Place]:
    yield from running(panel_places.jack, tmp_path)
