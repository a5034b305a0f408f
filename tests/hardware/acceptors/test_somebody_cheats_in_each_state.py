"""A note on a string is pulled at each moment: it is paid only if it is in the box."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardware.contracts import Cheated
from tests.hardware.acceptors.whole_visits import House, everywhere


@pytest.mark.parametrize(
    ("kind", "state"),
    [(kind, state) for kind, state in everywhere() if (kind, state) != ("ict", "past_lever")],
)
def test_a_note_on_a_string(tmp_path: Path, kind: str, state: str) -> None:
    house = House(tmp_path, kind)
    house.sim.do("when", moment=state, then="cheat")
    house.insert(2000)
    house.until(lambda: any(isinstance(event, Cheated) for event in house.told), "the fraud is noticed")
    assert not house.usable()
    house.for_s(3.0)
    if house.sim.state()["state"] in ("cheated", "jam"):
        house.sim.do("clear")
    house.until(house.settled, "all is settled")
    house.take_out()
    house.books_fit()
    house.pay(1000)
    house.books_fit()
