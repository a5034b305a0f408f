"""Lamps show where a hand is wanted; a button calls; a door that opens is written down; the mains fail."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from hardware import contracts as hw
from hardware.panel import contract as front
from hardware.panel.contract import Guarded, Lamp
from kiosk import contract as c
from kiosk.facts import ChargeRequested, ClaimIssued, PaymentAbandoned, ReceiptIssued
from kiosk.facts.cabinet import DoorOpened, Power
from kiosk.flow import commands as cmd
from kiosk.flow.delays import Delay
from kiosk.parcels import ChargeIs
from tests.kiosk.world import NO_PAPER, READY, WECHAT, Kiosk, held, taken


@pytest.fixture
def kiosk(tmp_path: Path) -> Kiosk:
    kiosk = Kiosk(tmp_path)
    kiosk.hear(hw.Found(device="panel", identity="5 lamps"), front.MainsAre(device="panel", on=True))
    return kiosk


def lamps(kiosk: Kiosk) -> set[Lamp]:
    assert kiosk.wanted is not None
    return set(kiosk.wanted.lamps)


def mains(on: bool) -> front.MainsAre:
    return front.MainsAre(device="panel", on=on)


def guard(open: bool, what: Guarded = Guarded.DOOR) -> front.GuardIs:
    return front.GuardIs(device="panel", what=what, open=open)


def power(kiosk: Kiosk) -> Power:
    return kiosk.engine.state.cabinet.power


def fail_for_good(kiosk: Kiosk) -> None:
    kiosk.hear(mains(False))
    kiosk.time_is_up(Delay.POWER_DIP)


# ---------------------------------------------------------------------------------------------------
# Lamps and the button


def test_lamps_follow_the_customer(kiosk: Kiosk) -> None:
    assert lamps(kiosk) == set()
    kiosk.want(c.ChooseFee("water"))
    assert lamps(kiosk) == {Lamp.SCANNER}
    kiosk.want(c.Back())
    kiosk.to_cash()
    assert lamps(kiosk) == {Lamp.SLOT}
    kiosk.insert(20, 20)
    assert lamps(kiosk) == {Lamp.PRINTER}
    kiosk.print_out()
    assert lamps(kiosk) == {Lamp.PRINTER}, "the paper lies there"
    kiosk.want(c.Done(), c.Done())
    assert lamps(kiosk) == set()


def test_the_scanner_lamp_shows_where_to_hold_a_payment_code(kiosk: Kiosk) -> None:
    kiosk.to_code()
    assert lamps(kiosk) == {Lamp.SCANNER}


def test_the_button_calls_an_attendant_and_the_beacon_burns_until_they_came(kiosk: Kiosk) -> None:
    kiosk.hear(front.CallPressed(device="panel"))
    assert lamps(kiosk) == {Lamp.BEACON} and kiosk.engine.view.staff_called
    kiosk.want(c.StopCalling())
    assert lamps(kiosk) == set()


# ---------------------------------------------------------------------------------------------------
# Nobody there


def test_after_a_while_without_anybody_the_glass_goes_dark_and_somebody_near_wakes_it(kiosk: Kiosk) -> None:
    kiosk.time_is_up(Delay.SLEEP)
    assert kiosk.engine.view.asleep
    kiosk.hear(front.SomebodyNear(device="panel"))
    assert not kiosk.engine.view.asleep


def test_a_touch_on_dark_glass_only_wakes_it(kiosk: Kiosk) -> None:
    kiosk.time_is_up(Delay.SLEEP)
    kiosk.want(c.ChooseFee("water"))
    assert not kiosk.engine.view.asleep and isinstance(kiosk.page, c.Home)
    kiosk.want(c.ChooseFee("water"))
    assert isinstance(kiosk.page, c.EnterAccount)


def test_the_button_is_heard_in_the_dark(kiosk: Kiosk) -> None:
    kiosk.time_is_up(Delay.SLEEP)
    kiosk.hear(front.CallPressed(device="panel"))
    assert lamps(kiosk) == {Lamp.BEACON} and not kiosk.engine.view.asleep


def test_it_never_sleeps_in_a_visit_nor_where_no_sensor_could_wake_it(tmp_path: Path, kiosk: Kiosk) -> None:
    kiosk.want(c.ChooseFee("water"))
    assert not [t for t in kiosk.wanted.timers if t.delay is Delay.SLEEP]
    kiosk.want(c.Back())
    assert [t for t in kiosk.wanted.timers if t.delay is Delay.SLEEP]
    kiosk.hear(hw.Lost(device="panel", trouble=hw.Trouble.NO_PORT, detail="pulled out"))
    assert not [t for t in kiosk.wanted.timers if t.delay is Delay.SLEEP]

    blind = Kiosk.__new__(Kiosk)
    (tmp_path / "blind").mkdir()
    Kiosk.__init__(blind, tmp_path / "blind")
    plan = replace(blind.site.devices, panel=replace(blind.site.devices.panel, presence=None))
    blind.site = replace(blind.site, devices=plan)
    blind.restart()
    assert not [t for t in blind.wanted.timers if t.delay is Delay.SLEEP]


# ---------------------------------------------------------------------------------------------------
# The door


def test_a_door_that_opens_with_nobody_signed_in_is_written_once(kiosk: Kiosk) -> None:
    kiosk.hear(guard(False), guard(True), guard(True))
    assert kiosk.facts(DoorOpened) == [DoorOpened("door", "")]
    kiosk.hear(guard(False), guard(True), guard(True, Guarded.CASH_BOX))
    assert [f.what for f in kiosk.facts(DoorOpened)] == ["door", "door", "cash_box"]


def test_a_start_that_finds_it_open_says_so_too(kiosk: Kiosk) -> None:
    kiosk.hear(guard(True))
    kiosk.restart()
    kiosk.hear(hw.Found(device="panel", identity=""), guard(True))
    assert len(kiosk.facts(DoorOpened)) == 2


# ---------------------------------------------------------------------------------------------------
# The mains


def test_a_short_outage_stops_new_money_and_nothing_else(kiosk: Kiosk) -> None:
    kiosk.to_cash()
    kiosk.hear(mains(False))
    assert kiosk.wanted.accept_up_to is None and lamps(kiosk) == set()
    assert isinstance(kiosk.page, c.CashRunning) and kiosk.page.problem.key == "pay_by.power"
    kiosk.hear(mains(True))
    assert kiosk.wanted.accept_up_to is not None
    kiosk.insert(20, 20)
    assert kiosk.facts(ReceiptIssued)


def test_with_nobody_there_the_machine_may_be_switched_off_and_stays_on_when_the_mains_return(
    kiosk: Kiosk,
) -> None:
    fail_for_good(kiosk)
    assert power(kiosk) is Power.DOWN and kiosk.wanted.power_off
    assert kiosk.page == c.OutOfService(c.Message("out.power"), "", kiosk.site.house.service_phone)
    kiosk.hear(mains(True))
    assert not kiosk.wanted.power_off and isinstance(kiosk.page, c.Home)


def test_a_note_on_its_way_is_taken_to_its_end_and_the_payment_is_closed_with_its_paper(kiosk: Kiosk) -> None:
    kiosk.to_cash(fee="property")
    kiosk.hold(20)
    fail_for_good(kiosk)
    assert power(kiosk) is Power.LEAVING and not kiosk.wanted.power_off, "a note is moving"
    kiosk.hear(taken(20))
    assert kiosk.facts(ReceiptIssued, ClaimIssued), "the customer leaves with a paper for the 20 yuan"
    assert power(kiosk) is Power.LEAVING, "the paper is being printed"
    kiosk.print_out()
    assert power(kiosk) is Power.DOWN and kiosk.wanted.power_off


def test_a_note_that_comes_after_the_mains_have_failed_goes_back(kiosk: Kiosk) -> None:
    kiosk.to_cash()
    kiosk.hear(mains(False))
    kiosk.hear(held(20))
    assert isinstance(kiosk.commands[-1], cmd.GiveBackNote)


def test_a_customer_without_money_inside_is_sent_home(kiosk: Kiosk) -> None:
    kiosk.to_cash()
    fail_for_good(kiosk)
    assert [f.because for f in kiosk.facts(PaymentAbandoned)] == ["power_failed"]
    assert power(kiosk) is Power.DOWN


def test_no_code_is_charged_any_more_but_one_on_its_way_is_waited_for(kiosk: Kiosk) -> None:
    kiosk.to_code()
    kiosk.hear(mains(False), hw.CodeRead(device="camera", text=WECHAT))
    assert not kiosk.facts(ChargeRequested) and kiosk.page.problem.key == "pay_by.power"
    kiosk.hear(mains(True))
    charge = kiosk.show_code()
    fail_for_good(kiosk)
    assert power(kiosk) is Power.LEAVING
    kiosk.charge_is(charge, ChargeIs.CONFIRMED)
    kiosk.print_out()
    assert kiosk.facts(ReceiptIssued) and power(kiosk) is Power.DOWN


def test_a_battery_does_not_last_for_ever_what_is_still_open_is_settled_at_the_next_start(
    kiosk: Kiosk,
) -> None:
    kiosk.to_code()
    charge = kiosk.show_code()
    fail_for_good(kiosk)
    kiosk.time_is_up(Delay.POWER_LIMIT)
    assert kiosk.wanted.power_off
    kiosk.restart()
    kiosk.open_for_business()
    assert kiosk.engine.state.charges[charge].payment, "it is asked for again"


def test_paper_that_can_not_come_out_does_not_keep_the_machine_on(kiosk: Kiosk) -> None:
    kiosk.hear(hw.PrinterSays(device="printer", state=NO_PAPER))
    kiosk.to_cash()
    kiosk.insert(20, 20)
    fail_for_good(kiosk)
    assert isinstance(kiosk.page, c.ReceiptPage), "its code can be photographed"
    kiosk.time_is_up(Delay.POWER_LIMIT)
    assert kiosk.wanted.power_off
    kiosk.restart()
    kiosk.hear(hw.PrinterSays(device="printer", state=READY))
    assert kiosk.engine.state.unprinted


def test_a_line_that_says_off_since_the_start_is_rather_a_wire_and_staff_are_called(tmp_path: Path) -> None:
    kiosk = Kiosk(tmp_path)
    kiosk.hear(mains(False))
    assert power(kiosk) is Power.SUSPECT and lamps(kiosk) == {Lamp.BEACON}
    assert not [t for t in kiosk.wanted.timers if t.delay in (Delay.POWER_DIP, Delay.POWER_LIMIT)]
    assert kiosk.page.ways[0].off == c.Message("pay_by.power")


def test_without_a_journal_to_write_to_the_machine_is_switched_off_all_the_same(kiosk: Kiosk) -> None:
    kiosk.to_cash()
    kiosk.journal.close()
    kiosk.hear(guard(True))  # cannot be written
    assert kiosk.engine.state.house.broken
    fail_for_good(kiosk)
    assert power(kiosk) is Power.DOWN


# ---------------------------------------------------------------------------------------------------
# Headphones


def test_headphones_are_shown_to_the_screens_while_their_jack_answers(kiosk: Kiosk) -> None:
    kiosk.hear(hw.Found(device="jack", identity=""), front.Headphones(device="jack", plugged=True))
    assert kiosk.engine.view.headset
    kiosk.hear(hw.Lost(device="jack", trouble=hw.Trouble.NO_PORT, detail="pulled out"))
    assert not kiosk.engine.view.headset
