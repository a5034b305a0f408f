"""Somebody replaces the acceptor: the old one's count says nothing about the new one's notes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hardware.contracts import Found
from tests.hardware.acceptors.whole_visits import KINDS, House

# How each kind is told apart, and with how many notes on its counter the other one comes.
OTHER: dict[str, dict[str, Any]] = {
    "ccnet": {"serial": "OTHER1", "counter": 77},
    "ssp": {"serial": "99", "counter": 77},
    "id003": {"version": "OTHER"},
    "ebds": {"model": 9},
}


@pytest.mark.parametrize("kind", OTHER)
def test_between_two_notes(tmp_path: Path, kind: str) -> None:
    house = House(tmp_path, kind)
    house.pay(2000)
    found = len([event for event in house.told if isinstance(event, Found)])
    house.sim.do("swap", **OTHER[kind])
    house.until(
        lambda: len([e for e in house.told if isinstance(e, Found)]) > found, "the other one is found"
    )
    house.pay(1000)
    house.books_fit()
    assert house.became() == "credited credited"


@pytest.mark.parametrize("kind", ["ccnet", "ssp"])
def test_while_the_core_was_dead_with_a_note_on_its_way(tmp_path: Path, kind: str) -> None:
    """The note is in the box, its unit is gone, and the other one's counter proves nothing."""
    house = House(tmp_path, kind)
    house.die_in("past_lever")
    house.insert(2000)
    house.until(lambda: house.driver is None, "the process has ended")
    house.for_s(2.0)
    house.sim.do("swap", **(OTHER[kind] | {"counter": 1}))
    house.come_back()
    house.until(house.settled, "all is settled")
    house.books_fit()
    assert house.became() == "doubtful"


def test_an_ict_unit_has_no_identity_and_a_fresh_one_just_works(tmp_path: Path) -> None:
    house = House(tmp_path, "ict")
    house.pay(2000)
    house.sim.do("power_cut")
    house.for_s(3.0)
    house.sim.do("power_on")
    house.pay(1000)
    house.books_fit()


def test_every_kind_has_its_story() -> None:
    assert {*OTHER, "ict"} == set(KINDS)
