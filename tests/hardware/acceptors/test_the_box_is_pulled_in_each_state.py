"""The cash box is taken out at each moment of a note, emptied and put back."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardware.contracts import BoxOut
from kiosk.facts import BoxRemoved, BoxReturned
from tests.hardware.acceptors.whole_visits import House, everywhere


@pytest.mark.parametrize(("kind", "state"), everywhere())
def test_the_box_is_out_for_a_while(tmp_path: Path, kind: str, state: str) -> None:
    house = House(tmp_path, kind)
    house.sim.do("when", moment=state, then="pull_box")
    house.insert(2000)
    house.until(lambda: any(isinstance(event, BoxOut) for event in house.told), "the box is missed")
    assert not house.usable()
    house.for_s(3.0)
    house.sim.do("empty_box")
    house.sim.do("put_box")
    house.until(house.settled, "all is settled")
    house.take_out()
    house.books_fit()
    assert len(house.core.facts(BoxRemoved)) == len(house.core.facts(BoxReturned)) == 1
    house.pay(1000)
    house.books_fit()
