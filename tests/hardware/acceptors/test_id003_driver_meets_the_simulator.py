"""Driver and simulated validator, written by two people from the same facts: whole notes over a real line.

After every story the paper must add up: what was taken was told, each note once.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware.acceptors.id003_driver import Id003Acceptor
from hardware.acceptors.id003_sim import Id003Sim
from hardware.acceptors.id003_sim_settings import Settings
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
    return World(lambda clock, cable: Id003Sim("acceptor", Path(), made, clock=clock, port=cable.make))


def kiosk_at(sim: World, automatic: bool = True) -> Kiosk:
    driver = Id003Acceptor("acceptor", "", 9600, ["CNY"], NOTES, line=sim.cable, clock=sim.clock)
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
    is_open(sim)


def is_open(sim: World) -> None:
    sim.until(lambda: sim.state()["state"] == "idle", "the unit is open for notes")


def held(kiosk: Kiosk, sim: World, value: Money = FIFTY) -> Held:
    is_open(sim)
    sim.do("insert", fen=value.fen)
    return kiosk.hears(Held)


def test_a_note_is_taken_acknowledged_and_the_next_one_too(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    for _ in range(3):
        assert held(kiosk, sim).value == FIFTY
        kiosk.take()
        taken = kiosk.hears(Taken)
        assert (taken.value, taken.recovered) == (FIFTY, False)
    is_open(sim)
    assert sim.state()["box"] == [5000, 5000, 5000]


@pytest.mark.parametrize("value", NOTES, ids=str)
def test_every_denomination_of_the_table_is_known(kiosk: Kiosk, sim: World, value: Money) -> None:
    opened(kiosk, sim)
    assert held(kiosk, sim, value).value == value
    kiosk.take()
    assert kiosk.hears(Taken).value == value


def test_a_note_is_given_back_and_the_next_one_taken(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    held(kiosk, sim)
    kiosk.give_back()
    kiosk.hears(Returned)
    sim.do("pull_note")
    held(kiosk, sim, Money.yuan(20))
    kiosk.take()
    kiosk.hears(Taken)


def test_a_note_above_the_limit_comes_back_and_a_smaller_one_is_held(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim, Money.yuan(20))
    sim.do("insert", fen=5000)
    assert kiosk.hears(Refused).because is RefusedBecause.INHIBITED
    sim.until(lambda: sim.state()["returned_fen"] == 5000 or sim.state()["mouth"], "the note came back")
    sim.do("pull_note")
    assert held(kiosk, sim, Money.yuan(20)).value == Money.yuan(20)
    kiosk.give_back()
    kiosk.hears(Returned)
    assert len(kiosk.all(Held)) == 1


def test_disable_closes_the_mouth(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    kiosk.driver.disable()
    sim.until(lambda: sim.state()["state"] == "disabled", "disabled")


@pytest.mark.parametrize("fault", ["drop_replies", "corrupt", "drop_acks", "comm_errors", "deaf"])
@pytest.mark.parametrize("times", [1, 3])
def test_a_bad_line_costs_time_but_no_money(kiosk: Kiosk, sim: World, fault: str, times: int) -> None:
    opened(kiosk, sim)
    held(kiosk, sim)
    sim.do(fault, times=times)
    kiosk.take()
    # STACK may be what got lost: then the unit gives the note back, and both is right.
    sim.until(lambda: bool(kiosk.all(Taken) or kiosk.all(Returned)), "Taken or Returned")
    is_open(sim)
    assert len(kiosk.all(Taken)) + len(kiosk.all(Returned)) == 1


def test_a_line_in_pieces_is_read(kiosk: Kiosk, sim: World) -> None:
    sim.do("split", on=True)
    opened(kiosk, sim)
    held(kiosk, sim)
    kiosk.take()
    assert kiosk.hears(Taken).value == FIFTY


def test_a_line_that_echoes_takes_no_note_and_makes_up_none(sim: World) -> None:
    sim.do("echo", on=True)
    kiosk = kiosk_at(sim)
    assert kiosk.hears(Lost).trouble is Trouble.ECHO
    assert not kiosk.all(Found)
    sim.do("behave")
    kiosk.hears(Found)
    kiosk.hears(AtRest)
    kiosk.close()


def test_a_returned_note_that_nobody_takes_is_returned_when_it_is_taken(kiosk: Kiosk, sim: World) -> None:
    sim.do("setup", return_shown_until_taken=True)
    opened(kiosk, sim)
    held(kiosk, sim)
    kiosk.give_back()
    sim.until(lambda: bool(sim.state()["mouth"]), "the note looks out")
    sim.do("pull_note")
    assert kiosk.hears(Returned).code == 0x65


def test_a_slow_decision_keeps_the_note_in_escrow(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    held(kiosk, sim)
    sim.until(lambda: sim.state()["state"] == "holding", "HOLD has extended the escrow")
    kiosk.take()
    assert kiosk.hears(Taken).value == FIFTY


@pytest.mark.parametrize("recovers", ["silent", "stacked", "vend_valid"])
@pytest.mark.parametrize(
    ("moment", "having"),
    [
        ("escrow", PoweredUpWith.NOTE_IN_VALIDATOR),
        ("stacking", PoweredUpWith.NOTE_IN_VALIDATOR),
        ("past_lever", PoweredUpWith.NOTE_IN_STACKER),
        ("returning", PoweredUpWith.NOTE_IN_VALIDATOR),
    ],
)
def test_mains_fail_at_any_moment_of_a_note(
    kiosk: Kiosk, sim: World, moment: str, having: PoweredUpWith, recovers: str
) -> None:
    sim.do("setup", recovers=recovers)
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
    kiosk.hears(AtRest)
    ours = having is PoweredUpWith.NOTE_IN_STACKER
    assert [(event.value, event.recovered) for event in kiosk.all(Taken)] == [(FIFTY, True)] * ours
    assert len(kiosk.all(Returned)) == (not ours)


@pytest.mark.parametrize("recovers", ["silent", "vend_valid"])
def test_mains_fail_after_vend_valid_was_told_and_it_is_told_no_second_time(
    sim: World, recovers: str
) -> None:
    sim.do("setup", recovers=recovers)
    kiosk = kiosk_at(sim, automatic=False)
    opened(kiosk, sim)
    held(kiosk, sim)
    kiosk.take()
    kiosk.hears(Taken)
    sim.do("power_cut")
    kiosk.hears(Lost)
    kiosk.driver.confirm()
    sim.do("power_on")
    kiosk.hears(AtRest)
    assert len(kiosk.all(Taken)) == 1
    kiosk.close()


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
    assert second.hears(Taken) == Taken(device="acceptor", code=-1, value=None, recovered=True)
    second.hears(AtRest)
    assert len(second.all(Taken)) == 1
    assert sim.state()["unacknowledged_fen"] == 0
    second.close()


def test_process_and_mains_die_with_the_note_past_return_and_reset_waits_for_the_journal(sim: World) -> None:
    first = kiosk_at(sim)
    opened(first, sim)
    sim.do("when", moment="past_lever", then="power_cut")
    held(first, sim)
    first.take()
    sim.until(lambda: not sim.state()["powered"], "power cut")
    first.kill()
    sim.do("power_on")
    second = kiosk_at(sim, automatic=False)
    assert second.hears(Taken).recovered
    assert sim.state()["state"] == "power_up_note_in_stacker"
    second.driver.confirm()
    second.hears(AtRest)
    assert sim.state()["box"] == [5000]
    assert len(second.all(Taken)) == 1
    second.close()


def test_the_box_is_emptied(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    held(kiosk, sim)
    kiosk.take()
    kiosk.hears(Taken)
    is_open(sim)
    sim.do("pull_box")
    kiosk.hears(BoxOut)
    sim.do("empty_box")
    sim.do("put_box")
    kiosk.hears(BoxIn)
    kiosk.hears(AtRest)
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


@pytest.mark.parametrize(
    ("then", "given"), [("jam", {"where": "validator"}), ("cheat", {})], ids=["jammed", "on a string"]
)
def test_a_note_that_comes_out_again_while_it_is_stacked_is_left_to_the_core(
    kiosk: Kiosk, sim: World, then: str, given: dict[str, str]
) -> None:
    opened(kiosk, sim)
    sim.do("when", moment="stacking", then=then, given=given)
    held(kiosk, sim)
    kiosk.take()
    kiosk.hears(Jammed if then == "jam" else Cheated)
    sim.do("clear")
    kiosk.hears(AtRest)
    assert not kiosk.all(Taken)
    assert not kiosk.all(Returned)


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
    sim.do("setup", country=0x2E)
    sim.do("swap", version="X")
    while (lost := kiosk.hears(Lost)).trouble is not Trouble.WRONG_DEVICE:
        pass
    assert "2Eh" in lost.detail


def test_another_unit_is_found_under_its_own_version(kiosk: Kiosk, sim: World) -> None:
    kiosk.hears(AtRest)
    sim.do("swap", version="OTHER1")
    assert kiosk.hears(Found).identity == "OTHER1"
    kiosk.hears(AtRest)


def test_closing_leaves_the_unit_refusing_money(sim: World) -> None:
    kiosk = kiosk_at(sim)
    opened(kiosk, sim)
    held(kiosk, sim)
    kiosk.close()
    sim.until(lambda: sim.state()["state"] == "disabled", "disabled")
    assert sim.state()["returned_fen"] == 5000
