"""Driver and simulated acceptor, written by two people from the same facts: whole notes over a real line.

After every story the paper must add up: each note in the box was told as taken, or the core was left with an
accepted note and an `AtRest`, which it calls doubtful; and what was told as taken lies in the box.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware.acceptors.ict_driver import IctAcceptor
from hardware.acceptors.ict_sim import IctSim
from hardware.acceptors.ict_sim_settings import Settings
from hardware.contracts import (
    AtRest,
    BoxIn,
    BoxOut,
    Cheated,
    Cleared,
    Found,
    Held,
    JamIn,
    Jammed,
    Lost,
    PoweredUp,
    Refused,
    RefusedBecause,
    Returned,
    Taken,
    Trouble,
)
from kiosk.money import Money
from tests.hardware.acceptors.no_time import NOTES, Kiosk, World

FIFTY = Money.yuan(50)
HUNDRED = Money.yuan(100)


def with_unit(**settings: Any) -> World:
    made = Settings(**settings)
    return World(
        lambda clock, cable: IctSim("acceptor", Path(), made, clock=clock, port=cable.make, alone=False)
    )


def kiosk_at(sim: World, automatic: bool = True, hold: int = 0x18) -> Kiosk:
    driver = IctAcceptor("acceptor", "", 9600, NOTES, hold, line=sim.cable, clock=sim.clock)
    return Kiosk(sim, driver, automatic)


@pytest.fixture
def sim() -> World:
    return with_unit()


@pytest.fixture
def kiosk(sim: World) -> Iterator[Kiosk]:
    kiosk = kiosk_at(sim)
    yield kiosk
    kiosk.close()
    state = sim.state()
    assert taken_fen(kiosk) <= sum(state["box"]) + state["collected_fen"]
    assert state["missed"] == []


def taken_fen(kiosk: Kiosk) -> int:
    return sum(event.value.fen for event in kiosk.all(Taken) if event.value)


def books_balance(kiosk: Kiosk, sim: World) -> None:
    """Nothing is doubtful."""
    state = sim.state()
    assert taken_fen(kiosk) == sum(state["box"]) + state["collected_fen"]


def reaches(sim: World, state: str) -> None:
    sim.until(lambda: sim.state()["state"] == state, state)


def opened(kiosk: Kiosk, sim: World, limit: Money = HUNDRED) -> None:
    kiosk.hears(AtRest)
    kiosk.driver.enable(limit)
    reaches(sim, "idle")


def held(kiosk: Kiosk, sim: World, value: Money = FIFTY) -> Held:
    reaches(sim, "idle")
    sim.do("insert", fen=value.fen)
    return kiosk.hears(Held)


def test_a_unit_that_ran_before_us_is_made_to_say_its_power_up_again(kiosk: Kiosk, sim: World) -> None:
    kiosk.hears(PoweredUp)
    kiosk.hears(Found)
    assert kiosk.hears(AtRest).counter is None
    assert sim.state()["answered"]
    reaches(sim, "disabled")


def test_notes_are_taken_one_after_the_other(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    for value in (FIFTY, FIFTY, Money.yuan(1)):
        assert held(kiosk, sim, value).value == value
        kiosk.take()
        taken = kiosk.hears(Taken)
        assert (taken.value, taken.recovered) == (value, False)
        kiosk.driver.confirm()
    reaches(sim, "idle")
    books_balance(kiosk, sim)


@pytest.mark.parametrize("told", [0x11, 0x29])
def test_a_note_is_given_back_and_the_next_one_taken(told: int) -> None:
    sim = with_unit(told_returned=told)
    kiosk = kiosk_at(sim)
    opened(kiosk, sim)
    held(kiosk, sim)
    kiosk.give_back()
    kiosk.hears(Returned)
    sim.do("pull_note")
    held(kiosk, sim, Money.yuan(20))
    kiosk.take()
    kiosk.hears(Taken)
    reaches(sim, "idle")
    books_balance(kiosk, sim)
    assert kiosk.all(Refused) == []
    kiosk.close()


def test_a_note_above_the_limit_comes_back(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim, Money.yuan(20))
    sim.do("insert", fen=5000)
    assert kiosk.hears(Refused).because is RefusedBecause.INHIBITED
    reaches(sim, "idle")
    assert sim.state()["mouth"] == [5000]
    kiosk.driver.disable()
    reaches(sim, "disabled")
    assert kiosk.all(Held) == [] and len(kiosk.all(Refused)) == 1


def test_a_note_that_is_not_recognised(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    sim.do("insert_bad", fen=5000)
    assert kiosk.hears(Refused).because is RefusedBecause.NOT_RECOGNISED
    assert kiosk.all(Held) == []


@pytest.mark.parametrize("code", [0x18, 0x5A])
def test_nobody_decides_and_the_hold_is_understood_or_not(code: int) -> None:
    sim = with_unit(hold_codes=(code,))
    kiosk = kiosk_at(sim, hold=0x18)
    opened(kiosk, sim)
    held(kiosk, sim)
    kiosk.hears(Returned)
    assert sim.state()["mouth"] == [5000]
    kiosk.close()


def test_a_note_torn_out_of_escrow(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    held(kiosk, sim)
    sim.do("pull_note")
    kiosk.hears(Returned)
    kiosk.take()
    held(kiosk, sim)
    kiosk.give_back()
    kiosk.hears(Returned)


def test_the_unit_does_not_stack_an_accepted_note(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    sim.do("push_back")
    held(kiosk, sim)
    kiosk.take()
    kiosk.hears(Returned)
    assert kiosk.all(Taken) == []


def test_stacked_said_twice_is_one_note(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    sim.do("duplicate_stacked", times=2)
    for _ in range(2):
        held(kiosk, sim)
        kiosk.take()
        kiosk.hears(Taken)
    reaches(sim, "idle")
    books_balance(kiosk, sim)


def test_stacked_that_got_lost_is_unknown_and_the_next_note_is_taken(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    held(kiosk, sim)
    sim.do("drop_bytes", times=1)
    kiosk.take()
    assert kiosk.hears(AtRest).counter is None
    assert kiosk.all(Taken) == [] and kiosk.all(Returned) == []
    held(kiosk, sim)
    kiosk.take()
    kiosk.hears(Taken)


def test_stacked_that_got_lost_and_the_next_note_at_once(kiosk: Kiosk, sim: World) -> None:
    """Its return must not be taken for that of the first one."""
    opened(kiosk, sim)
    held(kiosk, sim)
    sim.do("drop_bytes", times=1)
    sim.do("setup", accept_s=2.0)
    kiosk.take()
    reaches(sim, "idle")
    sim.do("insert", fen=10000)
    assert kiosk.hears(Refused).because is RefusedBecause.FAULT
    kiosk.hears(AtRest)
    assert kiosk.all(Returned) == [] and len(kiosk.all(Held)) == 1
    assert sim.state()["box"] == [5000]


@pytest.mark.parametrize("after", [0, 1])
def test_half_the_code_of_a_note_got_lost_and_it_comes_back(kiosk: Kiosk, sim: World, after: int) -> None:
    opened(kiosk, sim)
    sim.do("when", moment="accepting", then="drop_bytes", given={"times": 1, "after": after})
    sim.do("insert", fen=5000)
    sim.until(lambda: sim.state()["mouth"] == [5000], "the note is back")
    assert kiosk.all(Held) == [] and kiosk.all(Taken) == []


def test_the_status_between_the_bytes_of_a_code(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    sim.do("between", hex="3E")
    assert held(kiosk, sim).value == FIFTY
    kiosk.take()
    kiosk.hears(Taken)


def test_a_unit_that_does_not_hear_us(kiosk: Kiosk, sim: World) -> None:
    """The accept gets lost: the note comes back by itself."""
    opened(kiosk, sim)
    held(kiosk, sim)
    sim.do("deaf", times=1)
    kiosk.take()
    kiosk.hears(Returned)
    assert kiosk.all(Taken) == []


def test_the_order_to_return_gets_lost(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    held(kiosk, sim)
    sim.do("deaf", times=1)
    kiosk.give_back()
    kiosk.hears(Returned)


@pytest.mark.parametrize(
    "moment", ["accepting", "escrow", "stacking", "past_lever", "stacked", "returning", "returned"]
)
def test_mains_dip_at_any_moment_of_a_note(kiosk: Kiosk, sim: World, moment: str) -> None:
    opened(kiosk, sim)
    sim.do("when", moment=moment, then="restart")
    sim.do("insert", fen=5000)
    if moment not in ("accepting", "escrow"):
        kiosk.hears(Held)
        kiosk.give_back() if moment.startswith("return") else kiosk.take()
    kiosk.hears(PoweredUp)
    assert kiosk.hears(AtRest).counter is None
    assert kiosk.all(Taken) == [] and kiosk.all(Returned) == []
    assert sum(sim.state()["box"]) in (0, 5000)
    reaches(sim, "idle")


def test_mains_fail_for_long_with_an_accepted_note(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    sim.do("when", moment="past_lever", then="power_cut")
    held(kiosk, sim)
    kiosk.take()
    assert kiosk.hears(Lost).trouble is Trouble.SILENT
    sim.do("power_on")
    kiosk.hears(PoweredUp)
    kiosk.hears(Found)
    kiosk.hears(AtRest)
    assert kiosk.all(Taken) == []
    assert sim.state()["box"] == [5000]


def test_the_box_is_emptied(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    held(kiosk, sim)
    kiosk.take()
    kiosk.hears(Taken)
    reaches(sim, "idle")
    sim.do("pull_box")
    kiosk.hears(BoxOut)
    sim.do("empty_box")
    sim.do("put_box")
    kiosk.hears(BoxIn)
    kiosk.hears(AtRest)
    held(kiosk, sim)
    kiosk.take()
    kiosk.hears(Taken)
    reaches(sim, "idle")
    books_balance(kiosk, sim)


def test_the_box_is_pulled_with_a_note_in_escrow(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    held(kiosk, sim)
    sim.do("pull_box")
    kiosk.hears(BoxOut)
    kiosk.take()
    sim.do("put_box")
    kiosk.hears(BoxIn)
    kiosk.hears(AtRest)
    assert kiosk.all(Taken) == []
    assert sim.state()["mouth"] == [5000]


def test_a_note_jams_at_the_box_and_falls_in_when_it_is_freed() -> None:
    sim = with_unit(tells_late=True)
    kiosk = kiosk_at(sim)
    opened(kiosk, sim)
    sim.do("when", moment="past_lever", then="jam", given={"where": "cash_box"})
    held(kiosk, sim)
    kiosk.take()
    kiosk.hears(Jammed)
    sim.do("clear")
    assert kiosk.hears(Taken).value == FIFTY
    reaches(sim, "idle")
    books_balance(kiosk, sim)
    kiosk.close()


def test_a_note_jams_on_its_way_and_nobody_tells_its_end(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    sim.do("when", moment="stacking", then="jam", given={"where": "validator"})
    held(kiosk, sim)
    kiosk.take()
    assert kiosk.hears(Jammed).where is JamIn.VALIDATOR
    sim.do("clear")
    kiosk.hears(Cleared)
    kiosk.hears(AtRest)
    assert kiosk.all(Taken) == [] and kiosk.all(Returned) == []


def test_a_full_box_and_its_collection(kiosk: Kiosk, sim: World) -> None:
    """There is no code for it: "stacker problem" is the closest."""
    opened(kiosk, sim)
    sim.do("fill_box")
    assert kiosk.hears(Jammed).where is JamIn.CASH_BOX
    sim.do("pull_box")
    kiosk.hears(BoxOut)
    sim.do("empty_box")
    sim.do("put_box")
    kiosk.hears(Cleared)
    kiosk.hears(AtRest)
    reaches(sim, "idle")


def test_a_note_on_a_string(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    sim.do("when", moment="stacking", then="cheat")
    held(kiosk, sim)
    kiosk.take()
    kiosk.hears(Cheated)
    sim.do("clear")
    kiosk.hears(Cleared)
    kiosk.hears(AtRest)
    assert kiosk.all(Taken) == []


@pytest.mark.parametrize("kind", ["motor", "checksum", "sensor"])
def test_a_failure_and_its_repair(kiosk: Kiosk, sim: World, kind: str) -> None:
    kiosk.hears(AtRest)
    sim.do("fail", kind=kind)
    assert kiosk.hears(Lost).trouble is Trouble.FAILED
    sim.do("clear")
    kiosk.hears(Found)
    kiosk.hears(AtRest)


def test_an_echoing_line(kiosk: Kiosk, sim: World) -> None:
    kiosk.hears(AtRest)
    sim.do("echo", on=True)
    assert kiosk.hears(Lost).trouble is Trouble.ECHO
    sim.do("behave")
    kiosk.hears(Found)
    kiosk.hears(AtRest)


def test_noise_with_a_note_in_escrow_takes_nothing(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    held(kiosk, sim)
    sim.do("garbage", hex="f3 10 10 3e 42 8f 80 00 ff")
    kiosk.give_back()
    kiosk.hears(Returned)
    assert kiosk.all(Taken) == []


def test_a_false_power_up_does_not_accept_the_note_that_waits(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    held(kiosk, sim)
    sim.do("garbage", hex="80 8f")
    kiosk.hears(AtRest)
    assert sim.state()["box"] == []
    assert sim.state()["mouth"] == [5000]


def test_the_other_models() -> None:
    for model in ("104U", "106"):
        sim = with_unit(model=model)
        kiosk = kiosk_at(sim)
        opened(kiosk, sim)
        held(kiosk, sim)
        kiosk.take()
        kiosk.hears(Taken)
        held(kiosk, sim)
        kiosk.give_back()
        kiosk.hears(Returned)
        sim.do("pull_note")
        reaches(sim, "idle")
        books_balance(kiosk, sim)
        kiosk.close()


def test_a_002_that_ran_before_us_works_after_it_was_switched_off_and_on() -> None:
    sim = with_unit(model="002")
    kiosk = kiosk_at(sim)
    kiosk.hears(AtRest)
    kiosk.driver.enable(HUNDRED)
    lost = kiosk.hears(Lost)
    assert lost.trouble is Trouble.FAILED and "off and on" in lost.detail
    sim.do("restart")
    kiosk.hears(PoweredUp)
    kiosk.hears(AtRest)  # before that a note goes back
    held(kiosk, sim)
    kiosk.take()
    kiosk.hears(Taken)
    kiosk.close()


def test_a_106_that_lost_patience_is_reset() -> None:
    sim = with_unit(model="106", escrow_s=0.5)
    kiosk = kiosk_at(sim)
    opened(kiosk, sim)
    for _ in range(3):
        held(kiosk, sim)
        kiosk.hears(Returned)
        sim.do("pull_note")
    assert kiosk.hears(Lost).trouble is Trouble.FAILED
    kiosk.hears(PoweredUp)
    kiosk.hears(AtRest)
    held(kiosk, sim)
    kiosk.take()
    kiosk.hears(Taken)
    kiosk.close()


def test_the_process_dies_with_a_note_in_escrow_and_it_comes_back(sim: World) -> None:
    first = kiosk_at(sim)
    opened(first, sim)
    held(first, sim)
    first.kill()
    second = kiosk_at(sim)
    second.hears(Found)
    second.hears(AtRest)
    sim.until(lambda: sim.state()["mouth"] == [5000], "the note is back")
    second.close()
    assert second.all(Held) == [] and second.all(Taken) == []


def test_the_process_dies_after_the_accept_and_the_next_one_does_not_disturb(sim: World) -> None:
    first = kiosk_at(sim)
    opened(first, sim)
    sim.do("setup", stack_s=3.0, lever_s=2.0)
    held(first, sim)
    first.take()
    reaches(sim, "stacking")
    first.kill()
    second = kiosk_at(sim)
    assert second.hears(AtRest).counter is None
    sim.until(lambda: sim.state()["box"] == [5000], "the note is in the box")
    second.close()
    assert second.all(PoweredUp) == [] and second.all(Taken) == []


def test_a_cable_pulled_with_a_note_in_escrow(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    held(kiosk, sim)
    sim.do("unplug")
    assert kiosk.hears(Lost).trouble is Trouble.NO_PORT
    kiosk.take()
    sim.do("plug")
    kiosk.hears(Found)
    kiosk.hears(AtRest)
    assert kiosk.all(Taken) == []
    assert sim.state()["box"] == []


def test_closing_leaves_the_unit_refusing_money(sim: World) -> None:
    kiosk = kiosk_at(sim)
    opened(kiosk, sim)
    held(kiosk, sim)
    kiosk.close()
    reaches(sim, "disabled")
    assert sim.state()["returned_fen"] == 5000


def test_closing_hears_the_end_of_an_accepted_note(sim: World) -> None:
    kiosk = kiosk_at(sim)
    opened(kiosk, sim)
    held(kiosk, sim)
    kiosk.take()
    kiosk.close()
    assert kiosk.hears(Taken).value == FIFTY
    reaches(sim, "disabled")
    books_balance(kiosk, sim)
