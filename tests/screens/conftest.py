from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the helpers beside this file: display, where

from display import virtual_display


@pytest.fixture
def display() -> Iterator[str]:
    with virtual_display() as name:
        yield name
