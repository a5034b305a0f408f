"""A desk with a terminal that has registered and rests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hardware.terminals.terminal_places import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    place = Desk(tmp_path)
    place.open()
    yield place
    place.close()
