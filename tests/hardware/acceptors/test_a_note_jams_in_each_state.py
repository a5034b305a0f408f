"""A note jams on its way: before the box the customer gets it back, at the box it falls in or is pulled out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hardware.acceptors.whole_visits import KINDS, House, states_of

BACK_WITHIN_S = 10.0

BEFORE_THE_BOX = [
    (kind, state)
    for kind in KINDS
    for state in states_of(kind)
    if state in ("accepting", "escrow", "holding", "stacking")
]
# A note that jams at the box falls in when it is freed, unless it is pulled out. Who tells of it: CCNET, ID-003 and
# EBDS by themselves, SSP at its restart; ICT says nothing. That it was pulled out, only CCNET's counter can tell for
# sure: SSP's does not count a note that lies in a safe jam.
AT_THE_BOX = {
    "": {"ccnet": "credited", "ssp": "credited", "id003": "credited", "ict": "doubtful", "ebds": "credited"},
    "pulled_out": {
        "ccnet": "returned",
        "ssp": "doubtful",
        "id003": "doubtful",
        "ict": "doubtful",
        "ebds": "doubtful",
    },
}


@pytest.mark.parametrize(("kind", "state"), BEFORE_THE_BOX)
def test_in_front_of_the_box(tmp_path: Path, kind: str, state: str) -> None:
    house = House(tmp_path, kind)
    house.sim.do("when", moment=state, then="jam", given={"where": "validator"})
    house.insert(2000)
    house.until(lambda: house.sim.state()["state"] == "jam", "the jam")
    house.until(lambda: not house.usable(), "cash is no longer offered")
    house.for_s(2.0)
    house.sim.do("clear")
    _cash_is_back(house)
    house.take_out()
    house.books_fit()
    assert "credited" not in house.became()
    house.pay(1000)
    house.books_fit()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("note", AT_THE_BOX, ids=["falls in", "pulled out"])
def test_at_the_box(tmp_path: Path, kind: str, note: str) -> None:
    house = House(tmp_path, kind)
    moment = "stacking" if kind == "ssp" else "past_lever"
    house.sim.do("when", moment=moment, then="jam", given={"where": "cash_box"})
    house.insert(2000)
    house.until(lambda: house.sim.state()["state"] == "box_jam", "the jam")
    house.until(lambda: not house.usable(), "cash is no longer offered")
    house.for_s(2.0)
    house.sim.do("clear", note=note)
    _cash_is_back(house)
    house.take_out()
    house.books_fit()
    assert house.became() == AT_THE_BOX[note][kind]


@pytest.mark.parametrize("kind", KINDS)
def test_the_line_fails_while_it_is_stuck_and_it_is_pulled_out(tmp_path: Path, kind: str) -> None:
    house = House(tmp_path, kind)
    house.sim.do("when", moment="stacking", then="jam", given={"where": "validator"})
    house.insert(2000)
    house.until(lambda: house.sim.state()["state"] == "jam", "the jam")
    house.sim.do("deaf", times=1000)
    house.for_s(5.0)
    house.sim.do("behave")
    house.for_s(5.0)
    house.sim.do("clear", note="pulled_out")
    _cash_is_back(house)
    house.take_out()
    house.books_fit()
    assert "credited" not in house.became()


def _cash_is_back(house: House) -> None:
    cleared_s = house.world.clock.now_s
    house.until(house.usable, "cash is offered again")
    assert house.world.clock.now_s - cleared_s <= BACK_WITHIN_S
    house.until(house.settled, "all is settled")
