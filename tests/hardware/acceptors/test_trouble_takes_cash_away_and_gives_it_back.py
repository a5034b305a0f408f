"""The rule of the line: in trouble, cash is offered no more within two seconds, and again within ten of the end of it.

Seconds of a world without time, so nothing here depends on how fast the machine is."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from hardware.contracts import Lost, Trouble
from tests.hardware.acceptors.whole_visits import KINDS, House, everywhere

GONE_WITHIN_S = 2.0
BACK_WITHIN_S = 10.0
LONG_S = 40.0  # longer than every patience of a driver


class Situation(NamedTuple):
    begins: Callable[[House], Any]
    ends: Callable[[House], Any]
    told: frozenset[Trouble]


def _noise(house: House) -> None:
    """Whatever is asked, nonsense comes back: a wrong speed, or a device of another trade."""
    sim = house.sim
    house.real = sim._on_bytes  # type: ignore[attr-defined]
    house.world.cable._hear = lambda data: house.world.cable.send(bytes(b ^ 0xA5 for b in data * 3))


def _no_noise(house: House) -> None:
    house.world.cable._hear = house.real  # type: ignore[attr-defined]


SITUATIONS = {
    "the cable is out": Situation(
        lambda house: house.sim.do("unplug"),
        lambda house: house.sim.do("plug"),
        frozenset({Trouble.NO_PORT}),
    ),
    "the unit is silent": Situation(
        lambda house: house.sim.do("deaf", times=1000),
        lambda house: house.sim.do("behave"),
        frozenset({Trouble.SILENT}),
    ),
    "the mains of the unit are off": Situation(
        lambda house: house.sim.do("power_cut"),
        lambda house: house.sim.do("power_on"),
        frozenset({Trouble.SILENT}),
    ),
    "nonsense comes back": Situation(_noise, _no_noise, frozenset({Trouble.GARBAGE})),
    "the line echoes": Situation(
        lambda house: house.sim.do("echo", on=True),
        lambda house: house.sim.do("echo", on=False),
        frozenset({Trouble.ECHO, Trouble.GARBAGE}),
    ),
}


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_between_two_notes(tmp_path: Path, kind: str, situation: str) -> None:
    house = House(tmp_path, kind)
    house.pay(2000)
    begins, ends, told = SITUATIONS[situation]
    begins(house)
    began_s = house.world.clock.now_s
    house.until(lambda: not house.usable(), "cash is no longer offered")
    assert house.world.clock.now_s - began_s <= GONE_WITHIN_S + 0.1
    house.for_s(LONG_S)
    lost = {event.trouble for event in house.told if isinstance(event, Lost)}
    assert lost and lost <= told
    ends(house)
    ended_s = house.world.clock.now_s
    house.until(house.usable, "cash is offered again")
    assert house.world.clock.now_s - ended_s <= BACK_WITHIN_S
    house.pay(1000)
    house.books_fit()


@pytest.mark.parametrize(("kind", "state"), everywhere())
def test_the_cable_is_pulled_with_a_note_on_its_way(tmp_path: Path, kind: str, state: str) -> None:
    house = House(tmp_path, kind)
    house.sim.do("when", moment=state, then="unplug")
    house.insert(2000)
    house.until(lambda: not house.usable(), "cash is no longer offered")
    house.for_s(7.0)
    house.sim.do("plug")
    house.until(house.settled, "all is settled")
    house.take_out()
    house.books_fit()
    house.pay(1000)
    house.books_fit()


@pytest.mark.parametrize(("kind", "state"), everywhere())
def test_silence_falls_with_a_note_on_its_way(tmp_path: Path, kind: str, state: str) -> None:
    house = House(tmp_path, kind)
    house.sim.do("when", moment=state, then="deaf", given={"times": 1000})
    house.insert(2000)
    house.for_s(12.0)
    house.sim.do("behave")
    house.until(house.settled, "all is settled")
    house.take_out()
    house.books_fit()
    house.pay(1000)
    house.books_fit()


@pytest.mark.parametrize("kind", KINDS)
def test_garbage_for_an_hour_takes_no_memory_and_makes_no_money(tmp_path: Path, kind: str) -> None:
    """As many bytes as a line of 9600 baud carries in that time, a second's worth at once."""
    house = House(tmp_path, kind)
    _noise(house)
    said_s = house.world.clock.now_s

    def babble() -> None:
        nonlocal said_s
        house.sim.tick()
        if house.world.clock.now_s >= said_s:
            said_s += 1.0
            house.world.cable.send(random.Random(said_s).randbytes(960))

    house.world.cable.tick = babble
    house.for_s(60.0)
    told, kept = len(house.told), _kept(house.driver)
    house.for_s(3540.0 if kind != "ict" else 60.0)  # to ICT any byte is a word, and it answers many
    assert _kept(house.driver) <= kept + 4096
    assert kind == "ict" or len(house.told) - told < 1000, "told when it changes, not with every byte"
    assert not house.core.engine.state.note and house.credited() == 0
    house.world.cable.tick = house.sim.tick
    _no_noise(house)
    house.until(house.usable, "cash is offered again")
    house.pay(1000)


def _kept(driver: Any) -> int:
    """Characters of all that a driver and its machine have in memory."""
    machine = driver._machine
    return len(repr(vars(machine))) + len(repr(vars(machine._inside))) + len(driver._heard_last)
