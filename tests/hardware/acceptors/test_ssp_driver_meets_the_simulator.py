"""Driver and simulated validator, written by two people from the same facts: whole notes over a real line.

After every story the paper must add up: what lies in the box was told, each note once, or the counter told it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware.acceptors.ssp_driver import SspAcceptor
from hardware.acceptors.ssp_sim import SspSim
from hardware.acceptors.ssp_sim_settings import Settings
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
    return World(lambda clock, cable: SspSim("acceptor", Path(), made, clock=clock, port=cable.make))


def kiosk_at(sim: World, automatic: bool = True) -> Kiosk:
    driver = SspAcceptor("acceptor", "", 9600, ["CNY"], NOTES, line=sim.cable, clock=sim.clock)
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
    is_idle(sim)


def is_idle(sim: World) -> None:
    sim.until(lambda: sim.state()["state"] == "idle" and bool(sim.state()["enabled"]), "open for notes")


def held(kiosk: Kiosk, sim: World, value: Money = FIFTY) -> Held:
    is_idle(sim)
    sim.do("insert", fen=value.fen)
    return kiosk.hears(Held)


def test_notes_are_taken_and_counted(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    for number in range(3):
        note = held(kiosk, sim)
        assert (note.value, note.code, note.counter) == (FIFTY, 5, number)
        kiosk.take()
        assert not kiosk.hears(Taken).recovered
        sim.until(lambda number=number: sim.state()["counter"] == number + 1, "counted")
        sim.until(lambda number=number: kiosk.driver._ssp._inside.counter == number + 1, "read")
    assert sim.state()["box"] == [5000, 5000, 5000]


def test_a_note_waits_for_the_core_longer_than_the_unit_would_keep_it(kiosk: Kiosk, sim: World) -> None:
    sim.do("setup", escrow_s=5.0)
    opened(kiosk, sim)
    held(kiosk, sim)
    heard_s = kiosk.driver._ssp._traffic_s
    sim.until(lambda: kiosk.driver._ssp._traffic_s > heard_s + 8, "some HOLDs")
    assert sim.state()["state"] == "holding"
    assert sim.state()["box"] == []
    kiosk.take()
    kiosk.hears(Taken)


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


def test_a_bad_note_is_refused_with_its_reason(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    sim.do("insert_bad", reason="second_note")
    assert kiosk.hears(Refused).because is RefusedBecause.INSERTED_BADLY


@pytest.mark.parametrize(
    "fault", ["drop_replies", "corrupt", "deaf", "repeat", "wrong_flag", "wrong_address"]
)
@pytest.mark.parametrize("times", [1, 3])
def test_a_bad_line_costs_time_but_no_money(kiosk: Kiosk, sim: World, fault: str, times: int) -> None:
    opened(kiosk, sim)
    held(kiosk, sim)
    sim.do(fault, times=times)
    kiosk.take()
    assert kiosk.hears(Taken).value == FIFTY
    is_idle(sim)
    assert len(kiosk.all(Taken)) == 1


@pytest.mark.parametrize("code", ["F5", "F6", "F8"])
def test_a_take_that_is_refused_gives_the_note_back(kiosk: Kiosk, sim: World, code: str) -> None:
    """Never a second accepting POLL for one decision."""
    opened(kiosk, sim)
    held(kiosk, sim)
    sim.do("refuse", code=code)
    kiosk.take()
    sim.until(lambda: bool(kiosk.all(Returned) or kiosk.all(Taken) or len(kiosk.all(AtRest)) > 1), "an end")
    sim.until(lambda: sim.state()["returned_fen"] == 5000, "the note is back")
    assert not kiosk.all(Taken)


@pytest.mark.parametrize("trouble", ["split", "slow"])
def test_a_slow_line_in_pieces_is_read(kiosk: Kiosk, sim: World, trouble: str) -> None:
    given: dict[str, Any] = {"on": True} if trouble == "split" else {"ms": 1100}  # later than our patience
    opened(kiosk, sim)
    sim.do(trouble, **given)
    held(kiosk, sim)
    kiosk.take()
    assert kiosk.hears(Taken).value == FIFTY
    sim.do("behave")


def test_another_channel_is_credited_than_was_held(sim: World) -> None:
    kiosk = kiosk_at(sim)
    opened(kiosk, sim)
    held(kiosk, sim)
    sim.do("wrong_channel", code=6)
    kiosk.take()
    assert kiosk.hears(Taken).code == 6
    kiosk.close()


@pytest.mark.parametrize("cleared", ["untold", "always", "never"])
@pytest.mark.parametrize(
    ("moment", "having"),
    [
        ("holding", PoweredUpWith.NOTE_IN_VALIDATOR),
        ("stacking", PoweredUpWith.NOTE_IN_VALIDATOR),
        ("past_lever", PoweredUpWith.NOTE_IN_STACKER),
        ("rejecting", PoweredUpWith.NOTE_IN_VALIDATOR),
    ],
)
def test_mains_fail_at_any_moment_of_a_note(
    sim: World, moment: str, having: PoweredUpWith, cleared: str
) -> None:
    """The note is told once, or not at all and then the counter shows it."""
    sim.do("setup", cleared=cleared)
    kiosk = kiosk_at(sim)
    opened(kiosk, sim)
    sim.do("when", moment=moment, then="power_cut")
    sim.do("insert", fen=5000)
    if moment != "holding":
        kiosk.hears(Held)
        kiosk.give_back() if moment == "rejecting" else kiosk.take()
    sim.until(lambda: not sim.state()["powered"], "power cut")
    sim.do("power_on")
    kiosk.hears(PoweredUp)
    rest = kiosk.hears(AtRest)
    in_box = having is PoweredUpWith.NOTE_IN_STACKER
    assert rest.counter == in_box
    assert len(kiosk.all(Taken)) == (in_box and cleared != "never")
    if not in_box or cleared != "never":
        assert kiosk.all(PoweredUp)[-1].having is having
    kiosk.close()


@pytest.mark.parametrize("sync_returns", [False, True])
def test_the_process_dies_with_a_note_in_escrow(sim: World, sync_returns: bool) -> None:
    """The next one rejects before it polls, so the note goes back."""
    sim.do("setup", sync_returns=sync_returns)
    first = kiosk_at(sim)
    opened(first, sim)
    held(first, sim)
    first.kill()
    second = kiosk_at(sim)
    assert second.hears(AtRest).counter == 0
    assert not second.all(Held)
    assert sim.state()["returned_fen"] == 5000
    second.close()


@pytest.mark.parametrize("state", ["stacking", "past_lever"])
def test_the_process_dies_while_its_note_is_on_the_way(sim: World, state: str) -> None:
    """What it told, or did not, the next one settles: by the credit or by the counter."""
    sim.do("setup", lever_s=1.0, stack_s=4.0)
    first = kiosk_at(sim)
    opened(first, sim)
    held(first, sim)
    first.take()
    sim.until(lambda: sim.state()["state"] == state, state)
    first.kill()
    second = kiosk_at(sim)
    assert second.hears(AtRest).counter == 1
    assert len(first.all(Taken)) + len(second.all(Taken)) <= 1
    assert all(taken.recovered for taken in second.all(Taken))
    second.close()


def test_the_box_is_emptied(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    held(kiosk, sim)
    kiosk.take()
    kiosk.hears(Taken)
    is_idle(sim)
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


@pytest.mark.parametrize("trouble", ["repeated", "once"])
def test_a_note_jams_at_the_box_and_is_told_when_the_unit_is_back(
    kiosk: Kiosk, sim: World, trouble: str
) -> None:
    sim.do("setup", trouble=trouble)
    opened(kiosk, sim)
    sim.do("when", moment="stacking", then="jam", given={"where": "cash_box"})
    held(kiosk, sim)
    kiosk.take()
    assert kiosk.hears(Jammed).where is JamIn.CASH_BOX
    assert len(kiosk.all(AtRest)) == 1
    sim.do("clear")
    taken = kiosk.hears(Taken)
    assert (taken.value, taken.recovered) == (FIFTY, True)
    kiosk.hears(Cleared)
    assert kiosk.hears(AtRest).counter == 1


def test_a_note_jams_at_the_box_and_somebody_pulls_it_out(kiosk: Kiosk, sim: World) -> None:
    """Only hands know where it is: no credit, and no "returned" by an unmoved counter."""
    opened(kiosk, sim)
    sim.do("when", moment="stacking", then="jam", given={"where": "cash_box"})
    held(kiosk, sim)
    kiosk.take()
    kiosk.hears(Jammed)
    sim.do("clear", note="pulled_out")
    assert kiosk.hears(AtRest).counter is None


def test_a_note_jams_in_the_validator_and_is_pulled_out(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    sim.do("when", moment="stacking", then="jam", given={"where": "validator"})
    held(kiosk, sim)
    kiosk.take()
    assert kiosk.hears(Jammed).where is JamIn.VALIDATOR
    sim.do("pull_note")
    kiosk.hears(Cleared)
    assert kiosk.hears(AtRest).counter == 0


def test_a_note_on_a_string_comes_out_again(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    sim.do("when", moment="stacking", then="cheat")
    held(kiosk, sim)
    kiosk.take()
    kiosk.hears(Cheated)
    kiosk.hears(Cleared)
    assert kiosk.hears(AtRest).counter == 0


def test_a_word_that_nobody_knows_stops_the_unit(kiosk: Kiosk, sim: World) -> None:
    opened(kiosk, sim)
    sim.do("report", hex="C0 05")
    lost = kiosk.hears(Lost)
    assert lost.trouble is Trouble.FAILED
    assert "C0" in lost.detail
    sim.until(lambda: sim.state()["state"] == "disabled", "disabled")
    kiosk.hears(Found)
    kiosk.hears(AtRest)


@pytest.mark.parametrize(
    ("changed", "word"),
    [({"currency": "EUR"}, "EUR"), ({"unit_type": 3}, "03h"), ({"notes_fen": (20000,)}, "denominations")],
)
def test_another_kind_of_unit_is_refused(sim: World, changed: dict[str, Any], word: str) -> None:
    sim.do("setup", **changed)
    kiosk = kiosk_at(sim)
    lost = kiosk.hears(Lost)
    assert lost.trouble is Trouble.WRONG_DEVICE
    assert word in lost.detail
    kiosk.close()


def test_a_unit_that_is_too_old_for_version_six(sim: World) -> None:
    sim.do("setup", protocol=4, max_protocol=5)
    kiosk = kiosk_at(sim)
    assert "PROTOCOL_VERSION" in kiosk.hears(Lost).detail
    kiosk.close()


def test_a_dataset_of_large_values() -> None:
    sim = with_unit(notes_fen=(5000, 100_000))
    kiosk = kiosk_at(sim)
    opened(kiosk, sim)
    assert held(kiosk, sim).code == 1
    kiosk.close()


def test_another_unit_is_found_under_its_own_number(kiosk: Kiosk, sim: World) -> None:
    kiosk.hears(AtRest)
    sim.do("swap", serial="77", counter=77)
    assert kiosk.hears(Found).serial_number == "77"
    assert kiosk.hears(AtRest).counter == 77


def test_a_unit_without_counter(sim: World) -> None:
    sim.do("setup", has_counters=False, without_note="F8")
    kiosk = kiosk_at(sim)
    assert kiosk.hears(AtRest).counter is None
    assert not kiosk.driver.capabilities.has_counter
    kiosk.driver.enable(FIFTY)
    assert held(kiosk, sim).counter is None
    kiosk.take()
    kiosk.hears(Taken)
    kiosk.close()


def test_the_cable_is_out_for_a_while(kiosk: Kiosk, sim: World) -> None:
    kiosk.hears(AtRest)
    sim.do("unplug")
    assert kiosk.hears(Lost).trouble is Trouble.NO_PORT
    sim.do("plug")
    kiosk.hears(Found)


def test_closing_leaves_the_unit_refusing_money(sim: World) -> None:
    kiosk = kiosk_at(sim)
    opened(kiosk, sim)
    held(kiosk, sim)
    kiosk.close()
    sim.until(lambda: sim.state()["state"] == "disabled", "disabled")
    assert sim.state()["returned_fen"] == 5000
