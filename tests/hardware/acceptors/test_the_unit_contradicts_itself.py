"""A unit that tells one note as stacked and as returned in the same breath: nobody is credited, staff look."""

from __future__ import annotations

from pathlib import Path

from tests.hardware.acceptors.whole_visits import House


def test_a_note_that_came_back_is_told_as_stacked_too(tmp_path: Path) -> None:
    """As a unit of somebody else's tells each note that it gives back (docs/proof/strangers.md)."""
    house = House(tmp_path, "ebds")
    house.sim.do("tell_both")
    house.sim.do("when", moment="stacking", then="fill_box")  # so it comes back, though it was to be taken
    house.insert(2000)
    house.until(lambda: bool(house.sim.state()["mouth"]), "it is back")
    house.take_out()
    house.for_s(3.0)
    assert house.became() == "nothing"
    for action in ("pull_box", "empty_box", "put_box"):
        house.sim.do(action)
    house.until(house.settled, "all is settled")
    assert house.became() == "doubtful"
    house.books_fit()
    house.pay(1000)
    assert house.became() == "doubtful credited"
