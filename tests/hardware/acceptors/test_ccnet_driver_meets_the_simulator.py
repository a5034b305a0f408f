"""Driver and simulated validator, written by two people from the same facts: whole notes over a real line.

After every story the paper must add up: what was taken was told, each note once.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware.acceptors.ccnet_driver import CcnetAcceptor
from hardware.acceptors.ccnet_sim import CcnetSim
from hardware.acceptors.ccnet_sim_settings import Settings
from hardware.contracts import (
    AtRest,
    BoxFull,
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
    PoweredUpWith,
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
    return World(lambda clock, cable: CcnetSim("acceptor", Path(), made, clock=clock, port=cable.make))


def kiosk_at(sim: World, automatic: bool = True) -> Kiosk:
    driver = CcnetAcceptor("acceptor", "", 9600, ["CNY"], NOTES, line=sim.cable, clock=sim.clock)
    return Kiosk(sim, driver, automatic)


@pytest.fixture
def sim() -> World:
    return with_unit()


@pytest.fixture
def kiosk(sim: World) -> Iterator[Kiosk]:
    kiosk = kiosk_at(sim)
    yield kiosk
    kiosk.close()
    assert sum(event.value.fen for event in kiosk.all(Taken) if event.value) == money_in_box(sim)


def money_in_box(sim: World) -> int:
    state = sim.state()
    return sum(state["box"]) + int(state["collected_fen"])


def opened(kiosk: Kiosk, sim: World, limit: Money = HUNDRED) -> None:
    kiosk.hears(AtRest)
    kiosk.driver.enable(limit)
    sim.until(lambda: sim.state()["state"] == "idle", "the unit is open for notes")


def held(kiosk: Kiosk, sim: World, value: Money = FIFTY) -> Held:
    sim.until(lambda: sim.state()["state"] == "idle", "the unit is open for notes")
    sim.do("insert", fen=value.fen)
    return kiosk.hears(Held)


def test_a_note_is_taken_and_counted(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    for number in range(3):
        assert held(kiosk, sim).value == FIFTY
        kiosk.take()
        assert not kiosk.hears(Taken).recovered
        sim.until(lambda number=number: sim.state()["counter"] == number + 1, "counted")
    assert sim.state()["box"] == [5000, 5000, 5000]


def test_a_note_is_given_back_and_the_next_one_taken(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    held(kiosk, sim)
    kiosk.give_back()
    kiosk.hears(Returned)
    sim.do("pull_note")
    assert held(kiosk, sim, Money.yuan(20)).counter == 0
    kiosk.take()
    kiosk.hears(Taken)


def test_a_limit_refuses_larger_notes_and_disable_everything(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim, Money.yuan(20))
    assert sim.state()["enabled"] == [100, 500, 1000, 2000]
    sim.do("insert", fen=5000)
    assert kiosk.hears(Refused).because is RefusedBecause.INHIBITED
    kiosk.driver.disable()
    sim.until(lambda: sim.state()["state"] == "disabled", "disabled")


@pytest.mark.parametrize("fault", ["drop_replies", "corrupt", "drop_acks", "nak", "deaf", "wrong_address"])
@pytest.mark.parametrize("times", [1, 3])
def test_a_bad_line_costs_time_but_no_money(kiosk: Kiosk, sim: World, fault: str, times: int) -> None:
    opened(kiosk, sim)
    held(kiosk, sim)
    sim.do(fault, times=times)
    kiosk.take()
    # STACK may be what got lost: then the unit gives the note back, and both is right.
    sim.until(lambda: bool(kiosk.all(Taken) or kiosk.all(Returned)), "Taken or Returned")
    sim.until(lambda: sim.state()["state"] in ("idle", "returned"), "the unit has settled")
    assert len(kiosk.all(Taken)) + len(kiosk.all(Returned)) == 1


def test_a_line_in_pieces_with_gaps_is_read(kiosk: Kiosk, sim: World) -> None:
    sim.do("split", on=True)
    opened(kiosk, sim)
    held(kiosk, sim)
    kiosk.take()
    assert kiosk.hears(Taken).value == FIFTY


def test_a_stacked_note_shown_many_times_is_one_note(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    held(kiosk, sim)
    sim.do("repeat_stacked", times=5)
    kiosk.take()
    kiosk.hears(Taken)
    sim.until(lambda: sim.state()["state"] == "idle", "idle")
    assert len(kiosk.all(Taken)) == 1


def test_a_unit_that_tells_a_stacked_note_only_once(kiosk: Kiosk, sim: World) -> None:
    sim.do("setup", reports_once=True)
    opened(kiosk, sim)
    held(kiosk, sim)
    kiosk.take()
    assert kiosk.hears(Taken).value == FIFTY


@pytest.mark.parametrize(
    ("moment", "having"),
    [
        ("escrow", PoweredUpWith.NOTE_IN_VALIDATOR),
        ("stacking", PoweredUpWith.NOTE_IN_VALIDATOR),
        ("past_lever", PoweredUpWith.NOTE_IN_STACKER),
        ("stacked", PoweredUpWith.NOTE_IN_STACKER),
        ("returning", PoweredUpWith.NOTE_IN_VALIDATOR),
    ],
)
def test_mains_fail_at_any_moment_of_a_note(
    kiosk: Kiosk, sim: World, moment: str, having: PoweredUpWith
) -> None:
    opened(kiosk, sim)
    sim.do("when", moment=moment, then="power_cut")
    sim.do("insert", fen=5000)
    if moment != "escrow":
        kiosk.hears(Held)
        kiosk.give_back() if moment == "returning" else kiosk.take()
    sim.until(lambda: not sim.state()["powered"], "power cut")
    assert kiosk.hears(Lost).trouble is Trouble.SILENT
    sim.do("power_on")
    assert kiosk.hears(PoweredUp).having is having
    rest = kiosk.hears(AtRest)
    assert rest.counter == (having is PoweredUpWith.NOTE_IN_STACKER)
    assert [event.recovered for event in kiosk.all(Taken)] == [True] * (rest.counter or 0)


def test_the_process_dies_with_a_note_in_escrow_and_the_next_one_finds_it(sim: World) -> None:
    first = kiosk_at(sim)
    opened(first, sim)
    held(first, sim)
    first.kill()
    second = kiosk_at(sim)
    assert second.hears(Held).value == FIFTY
    second.give_back()
    second.hears(Returned)
    second.hears(Found)
    second.hears(AtRest)
    second.close()


def test_the_process_dies_before_it_confirmed_and_the_note_is_told_again(sim: World) -> None:
    first = kiosk_at(sim, automatic=False)
    opened(first, sim)
    held(first, sim)
    first.take()
    first.hears(Taken)
    first.kill()
    second = kiosk_at(sim)
    taken = second.hears(Taken)
    assert (taken.code, taken.recovered) == (4, True)
    assert second.hears(AtRest).counter == 1
    second.close()


def test_the_box_is_emptied(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    held(kiosk, sim)
    kiosk.take()
    kiosk.hears(Taken)
    sim.until(lambda: sim.state()["state"] == "idle", "idle")
    sim.do("pull_box")
    kiosk.hears(BoxOut)
    sim.do("empty_box")
    sim.do("put_box")
    kiosk.hears(BoxIn)
    assert kiosk.hears(AtRest).counter == 1
    held(kiosk, sim)
    kiosk.give_back()
    kiosk.hears(Returned)


def test_a_full_box_stops_and_an_empty_one_goes_on(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    sim.do("fill_box")
    kiosk.hears(BoxFull)
    sim.do("pull_box")
    kiosk.hears(BoxOut)
    sim.do("empty_box")
    sim.do("put_box")
    kiosk.hears(Cleared)
    kiosk.hears(AtRest)


def test_a_note_jams_at_the_box_and_falls_in_when_it_is_freed(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    sim.do("when", moment="past_lever", then="jam", given={"where": "cash_box"})
    held(kiosk, sim)
    kiosk.take()
    assert kiosk.hears(Jammed).where is JamIn.CASH_BOX
    sim.do("clear")
    assert kiosk.hears(Taken).value == FIFTY
    kiosk.hears(Cleared)


def test_a_note_jams_in_the_validator_and_is_pulled_out(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    sim.do("when", moment="stacking", then="jam", given={"where": "validator"})
    held(kiosk, sim)
    kiosk.take()
    assert kiosk.hears(Jammed).where is JamIn.VALIDATOR
    sim.do("clear")
    assert kiosk.hears(AtRest).counter == 0


def test_a_note_on_a_string_comes_out_again(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    sim.do("when", moment="stacking", then="cheat")
    held(kiosk, sim)
    kiosk.take()
    kiosk.hears(Cheated)
    sim.do("clear")
    assert kiosk.hears(AtRest).counter == 0


def test_a_failure_and_its_repair(kiosk: Kiosk, sim: World) -> None:
    kiosk.hears(AtRest)
    sim.do("fail", kind="stack_motor")
    lost = kiosk.hears(Lost)
    assert lost.trouble is Trouble.FAILED
    assert "stack motor" in lost.detail
    sim.do("clear")
    kiosk.hears(Found)
    kiosk.hears(AtRest)


def test_another_currency_is_refused(kiosk: Kiosk, sim: World) -> None:
    sim.do("setup", currency="RUS")
    sim.do("swap", serial="X")
    while (lost := kiosk.hears(Lost)).trouble is not Trouble.WRONG_DEVICE:
        pass
    assert "RUS" in lost.detail


def test_another_unit_is_found_under_its_own_number(kiosk: Kiosk, sim: World) -> None:
    kiosk.hears(AtRest)
    sim.do("swap", serial="OTHER1", counter=77)
    assert kiosk.hears(Found).serial_number == "OTHER1"
    assert kiosk.hears(AtRest).counter == 77


def test_a_unit_without_counter(kiosk: Kiosk, sim: World) -> None:
    kiosk.hears(AtRest)
    sim.do("setup", has_counter=False)
    sim.do("power_cut")
    sim.do("power_on")
    kiosk.hears(PoweredUp)
    assert kiosk.hears(AtRest).counter is None
    assert not kiosk.driver.capabilities.has_counter
    kiosk.driver.enable(FIFTY)
    assert held(kiosk, sim).counter is None
    kiosk.take()
    kiosk.hears(Taken)


def test_closing_leaves_the_unit_refusing_money(sim: World) -> None:
    kiosk = kiosk_at(sim)
    opened(kiosk, sim)
    held(kiosk, sim)
    kiosk.close()
    sim.until(lambda: sim.state()["state"] == "disabled", "disabled")
    assert sim.state()["returned_fen"] == 5000
