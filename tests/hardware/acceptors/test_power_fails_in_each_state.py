"""The acceptor loses its mains at each moment of a note and gets them back: no note counts twice, none is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hardware.acceptors.whole_visits import House, everywhere


@pytest.mark.parametrize(("kind", "state"), everywhere())
def test_mains_of_the_acceptor_fail(tmp_path: Path, kind: str, state: str) -> None:
    house = House(tmp_path, kind)
    house.sim.do("when", moment=state, then="power_cut")
    house.insert(2000)
    house.until(lambda: not house.sim.state()["powered"], "the cut")
    house.until(lambda: not house.usable(), "cash is no longer offered")
    house.sim.do("power_on")
    house.until(house.settled, "all is settled")
    house.take_out()
    house.books_fit()
    house.pay(1000)
    house.books_fit()
