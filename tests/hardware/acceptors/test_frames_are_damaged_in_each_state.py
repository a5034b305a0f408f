"""A bad cable: frames get lost, are damaged, come twice, late or in pieces, at each moment of a note."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.hardware.acceptors.whole_visits import KINDS, House, everywhere

FAULTS: dict[str, dict[str, Any]] = {
    "drop_replies": {"times": 2},
    "corrupt": {"times": 2},
    "deaf": {"times": 2},
    "repeat": {"times": 3},
    "slow": {"ms": 60},
    "split": {"on": True},
}


def _note_ends(house: House) -> None:
    house.until(
        lambda: not house.sim.state()["inside"] and not house.core.engine.state.note, "the note's end"
    )
    house.until(house.settled, "all is settled")
    house.take_out()
    house.books_fit()


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("kind", "state"), everywhere())
def test_once_while_a_note_is_on_its_way(tmp_path: Path, kind: str, state: str, fault: str) -> None:
    house = House(tmp_path, kind)
    house.sim.do("when", moment=state, then=fault, given=FAULTS[fault])
    house.insert(2000)
    _note_ends(house)
    house.sim.do("behave")
    house.pay(1000)
    house.books_fit()


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", KINDS)
def test_all_the_time(tmp_path: Path, kind: str, fault: str) -> None:
    """Every few seconds again, for five notes: money goes one way or the other, never both."""
    house = House(tmp_path, kind)
    for _ in range(5):
        house.insert(2000)
        house.sim.do(fault, **FAULTS[fault])
        house.for_s(0.3)
        house.sim.do(fault, **FAULTS[fault])
        _note_ends(house)
        house.for_s(2.0)


@pytest.mark.parametrize("kind", ["ccnet", "ssp"])
@pytest.mark.parametrize("state", ["escrow", "stacking", "past_lever"])
def test_the_unit_is_busy_with_itself(tmp_path: Path, kind: str, state: str) -> None:
    """CCNET says BUSY for a while, SSP cannot process a command just now (F5)."""
    house = House(tmp_path, kind)
    busy = ("busy", {"ms": 700}) if kind == "ccnet" else ("refuse", {"code": "F5", "times": 2})
    house.sim.do("when", moment=state, then=busy[0], given=busy[1])
    house.insert(2000)
    _note_ends(house)
