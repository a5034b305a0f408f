"""Driver and simulated validator, written by two people from the same facts: whole notes over a real line.

After every story the paper must add up: what was taken was told, each note once.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware.acceptors.ebds_driver import EbdsAcceptor
from hardware.acceptors.ebds_sim import EbdsSim
from hardware.acceptors.ebds_sim_settings import Settings
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
    return World(lambda clock, cable: EbdsSim("acceptor", Path(), made, clock=clock, port=cable.make))


def kiosk_at(sim: World, automatic: bool = True) -> Kiosk:
    driver = EbdsAcceptor("acceptor", "", 9600, NOTES, line=sim.cable, clock=sim.clock)
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


def is_open(sim: World) -> None:
    sim.until(lambda: sim.state()["state"] == "idle", "the unit is open for notes")


def opened(kiosk: Kiosk, sim: World, limit: Money = HUNDRED) -> None:
    kiosk.hears(AtRest)
    kiosk.driver.enable(limit)
    is_open(sim)


def held(kiosk: Kiosk, sim: World, value: Money = FIFTY) -> Held:
    is_open(sim)
    sim.do("insert", fen=value.fen)
    return kiosk.hears(Held)


def test_notes_are_taken_one_after_the_other(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    for _ in range(3):
        assert held(kiosk, sim).value == FIFTY
        kiosk.take()
        taken = kiosk.hears(Taken)
        assert (taken.code, taken.value, taken.recovered) == (5, FIFTY, False)
    assert sim.state()["box"] == [5000, 5000, 5000]
    assert sim.state()["policy"] == "B"


@pytest.mark.parametrize("value", NOTES, ids=str)
def test_every_configured_denomination_is_known_by_its_index(kiosk: Kiosk, sim: World, value: Money) -> None:
    opened(kiosk, sim)
    assert held(kiosk, sim, value).value == value
    kiosk.take()
    assert kiosk.hears(Taken).value == value


def test_a_note_is_given_back_and_the_next_one_taken(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    held(kiosk, sim)
    kiosk.give_back()
    assert kiosk.hears(Returned).code == 5
    sim.do("pull_note")
    held(kiosk, sim, Money.yuan(20))
    kiosk.take()
    kiosk.hears(Taken)


def test_a_limit_refuses_larger_notes_and_disable_everything(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim, Money.yuan(20))
    assert sim.state()["enabled"] == [100, 500, 1000, 2000]
    sim.do("insert", fen=5000)
    assert kiosk.hears(Refused).because is RefusedBecause.NOT_RECOGNISED
    kiosk.driver.disable()
    sim.until(lambda: sim.state()["enabled"] == [], "disabled")


@pytest.mark.parametrize("fault", ["drop_replies", "corrupt", "deaf", "stale"])
@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("decide", ["take", "give_back"])
def test_a_bad_line_costs_time_but_no_money(
    kiosk: Kiosk, sim: World, fault: str, times: int, decide: str
) -> None:
    opened(kiosk, sim)
    held(kiosk, sim)
    sim.do(fault, times=times)
    getattr(kiosk, decide)()
    kiosk.hears(Taken if decide == "take" else Returned)
    assert len(kiosk.all(Taken)) + len(kiosk.all(Returned)) == 1


@pytest.mark.parametrize("fault", ["drop_replies", "corrupt", "stale"])
def test_the_reply_that_tells_of_the_money_is_lost_and_said_again(
    kiosk: Kiosk, sim: World, fault: str
) -> None:
    opened(kiosk, sim)
    sim.do("when", moment="stacked", then=fault, given={"times": 4})
    held(kiosk, sim)
    kiosk.take()
    assert kiosk.hears(Taken).value == FIFTY


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
    kiosk.close()


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
    kiosk.hears(AtRest)
    ours = having is PoweredUpWith.NOTE_IN_STACKER
    assert [(event.value, event.recovered) for event in kiosk.all(Taken)] == [(FIFTY, True)] * ours
    assert len(kiosk.all(Returned)) == (not ours)
    assert sim.state()["valueless_fen"] == 0


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


def test_the_process_dies_before_it_confirmed_and_the_note_is_told_again_or_left_to_the_core(
    sim: World,
) -> None:
    """Which of the two is a matter of the toggle, that only the dead process knew; never is it told twice."""
    first = kiosk_at(sim, automatic=False)
    opened(first, sim)
    held(first, sim)
    first.take()
    first.hears(Taken)
    toggle = first.driver._ebds._toggle
    first.kill()
    second = kiosk_at(sim)
    second.hears(AtRest)
    assert [event.value for event in second.all(Taken)] == [FIFTY] * (toggle == 0)
    second.close()


def test_the_cable_is_out_while_the_note_falls_and_it_is_told_when_it_is_back(
    kiosk: Kiosk, sim: World
) -> None:
    opened(kiosk, sim)
    sim.do("when", moment="past_lever", then="unplug")
    held(kiosk, sim)
    kiosk.take()
    assert kiosk.hears(Lost).trouble in (Trouble.NO_PORT, Trouble.SILENT)
    sim.do("plug")
    assert kiosk.hears(Taken) == Taken(device="acceptor", code=5, value=FIFTY, recovered=True)
    kiosk.hears(AtRest)


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
    if then == "jam":
        sim.do("clear")
    kiosk.hears(AtRest)
    assert not kiosk.all(Taken)
    assert not kiosk.all(Returned)


@pytest.mark.parametrize(("kind", "says"), [("stack_motor", "failure"), ("transport_open", "transport")])
def test_a_failure_and_its_repair(kiosk: Kiosk, sim: World, kind: str, says: str) -> None:
    kiosk.hears(AtRest)
    sim.do("fail", kind=kind)
    lost = kiosk.hears(Lost)
    assert lost.trouble is Trouble.FAILED
    assert says in lost.detail
    sim.do("clear")
    kiosk.hears(Found)
    kiosk.hears(AtRest)


def test_another_unit_is_found_under_its_own_model(kiosk: Kiosk, sim: World) -> None:
    kiosk.hears(AtRest)
    sim.do("swap", model=0x55)
    while "55h" not in kiosk.hears(Found).identity:
        pass


def test_closing_leaves_the_unit_refusing_money(sim: World) -> None:
    kiosk = kiosk_at(sim)
    opened(kiosk, sim)
    held(kiosk, sim)
    kiosk.close()
    sim.until(lambda: sim.state()["state"] == "disabled", "disabled")
    assert sim.state()["returned_fen"] == 5000
