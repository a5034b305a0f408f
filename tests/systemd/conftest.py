"""What the tests of units, installation and bootstrap share: the checkout, its units read as data."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
FOLDERS_OF_A_RELEASE = ("kiosk", "hardware", "screens", "central", "config", "docs", "script", "systemd")
FILES_OF_A_RELEASE = ("pyproject.toml", "uv.lock", "README.md")


@dataclass
class Unit:
    """Directives of a unit file in order; a directive that stands twice has two values."""

    path: Path
    values: dict[str, list[str]] = field(default_factory=dict)

    def all(self, name: str) -> list[str]:
        return self.values.get(name, [])

    def one(self, name: str) -> str:
        (value,) = self.all(name)
        return value

    def words(self, name: str) -> set[str]:
        return {word for value in self.all(name) for word in value.split()}


def read_unit(path: Path) -> Unit:
    unit = Unit(path)
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and line[0] not in "#;[":
            name, _, value = line.partition("=")
            unit.values.setdefault(name, []).append(value)
    return unit


@pytest.fixture(scope="session")
def checkout() -> Path:
    return CHECKOUT


@pytest.fixture(scope="session")
def unit() -> Callable[[str], Unit]:
    return lambda name: read_unit(CHECKOUT / "systemd" / name)


@pytest.fixture
def own_checkout(tmp_path: Path) -> Path:
    """A copy of everything that a release consists of, free to be changed."""
    copy = tmp_path / "checkout"
    copy.mkdir()
    for name in FOLDERS_OF_A_RELEASE:
        shutil.copytree(CHECKOUT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES_OF_A_RELEASE:
        shutil.copy(CHECKOUT / name, copy / name)
    return copy
