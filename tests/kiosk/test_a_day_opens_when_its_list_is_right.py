"""Before a day opens, a list is gone through; what is not right is told, and opening all the same needs a reason."""

import pytest
from msgspec.structs import replace

from hardware import contracts as hw
from kiosk import contract as c
from kiosk.facts import ReceiptIssued
from kiosk.facts.office import DayClosed, DayOpened
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from kiosk.flow.opening import findings
from kiosk.parcels import Bundle
from kiosk.rules.office import Point
from tests.kiosk.office import ATTENDANT, OVERRIDE, PIN, Office
from tests.kiosk.world import NO_PAPER, NOW_MS, READY, bill

OUT, IN = hw.BoxOut(device="acceptor"), hw.BoxIn(device="acceptor")


@pytest.fixture
def kiosk(tmp_path):
    return Office(tmp_path)


@pytest.fixture
def strict(kiosk):
    """At a site whose days have to be opened."""
    kiosk.at_a_site(must_be_opened=True)
    return kiosk


def pays(kiosk, *notes):
    kiosk.to_cash(bill(f"{sum(notes)}.00", number=f"W{len(kiosk.facts())}"))
    kiosk.insert(*notes)
    kiosk.leave()


def paper_is(paper):
    return lambda k: k.hear(hw.PrinterSays(device="printer", state=hw.PrinterState(paper=paper)))


def a_box_waits(kiosk):
    pays(kiosk, 20)
    kiosk.hear(OUT, IN)


def a_full_box(kiosk):
    limits = replace(kiosk.site.house.limits, box_spare_notes=499)
    kiosk.site = replace(kiosk.site, house=replace(kiosk.site.house, limits=limits))
    kiosk.restart()
    kiosk.open_for_business()
    pays(kiosk, 10, 10)


def the_clock_is_lost(kiosk):
    kiosk.clock.quality = "none"
    kiosk.hear(st.LinkChanged(True))  # any input: the clock is looked at with each


def a_note_nobody_asked_for(kiosk):
    kiosk.hear(hw.Taken(device="acceptor", code=4, value=None))


def lost(device):
    return lambda k: k.hear(hw.Lost(device=device, trouble=hw.Trouble.SILENT, detail="no answer"))


WRONG = {  # what happened → the point that says so, and how
    "the printer went away": (lost("printer"), Point.PAPER, "away"),
    "a roll near its end": (paper_is(hw.Paper.NEAR_END), Point.PAPER, "near_end"),
    "no paper": (paper_is(hw.Paper.OUT), Point.PAPER, "not_ready"),
    "the camera went away": (lost("camera"), Point.DEVICES, "trouble"),
    "the acceptor went away": (lost("acceptor"), Point.DEVICES, "trouble"),
    "a jam": (
        lambda k: k.hear(hw.Jammed(device="acceptor", where=hw.JamIn.VALIDATOR)),
        Point.DEVICES,
        "trouble",
    ),
    "the box is out": (lambda k: k.hear(OUT), Point.BOX, "out"),
    "a box was not counted": (a_box_waits, Point.BOX, "to_count"),
    "a box with no room": (a_full_box, Point.ROOM, "full"),
    "a clock from before this software": (the_clock_is_lost, Point.CLOCK, "none"),
    "no network": (lambda k: k.hear(st.LinkChanged(False)), Point.NETWORK, "down"),
    "a paper that hangs": (a_note_nobody_asked_for, Point.PRINTED, "waiting"),
    "doubtful money": (a_note_nobody_asked_for, Point.ITEMS, "open"),
}


@pytest.mark.parametrize("happens, point, problem", WRONG.values(), ids=WRONG)
def test_each_point_tells_what_is_not_right_and_nothing_opens(kiosk, happens, point, problem):
    assert not any(finding.problem for finding in findings(kiosk.engine.state)), "all was right before"
    happens(kiosk)
    found = {finding.point: finding.problem for finding in findings(kiosk.engine.state)}
    assert found[point] == problem
    kiosk.sign_in()
    page = kiosk.go("opening")
    line = next(line for line in page.lines if line.label.key == f"desk.point_{point.value}_{problem}")
    assert line.look and page.main.off is not None
    kiosk.want(c.OpenDay())
    assert not kiosk.count(cmd.AddUpDay) and not kiosk.facts(DayOpened)
    assert kiosk.page.problem.key == "desk.opening_not_right"


def test_nothing_is_sold_before_the_day_is_opened_and_then_everything_is(strict):
    assert {tile.off.key for tile in strict.page.fees} == {"home.day_not_opened"}
    strict.want(c.ChooseFee("water"))
    assert isinstance(strict.page, c.Home), "a tile that is off leads nowhere"
    strict.sign_in()
    strict.open_day()
    strict.sign_out()
    assert all(tile.off is None for tile in strict.page.fees)
    pays(strict, 20)
    assert strict.facts(ReceiptIssued)
    [opened] = strict.facts(DayOpened)
    assert (opened.wrong, opened.override) == ((), ""), "all was right: no reason is written"


def test_after_the_close_nothing_is_sold_until_the_next_opening(strict):
    strict.sign_in()
    strict.open_day()
    strict.close_day()
    strict.sign_out()
    assert all(tile.off.key == "home.day_not_opened" for tile in strict.page.fees)


def test_a_site_without_staff_sells_without_opening(kiosk):
    assert all(tile.off is None for tile in kiosk.page.fees)
    pays(kiosk, 20)


def test_an_attendant_opens_all_the_same_with_a_reason_that_is_written(strict):
    strict.hear(st.LinkChanged(False))
    strict.hear(hw.PrinterSays(device="printer", state=NO_PAPER))
    strict.sign_in()
    page = strict.go("opening")
    assert page.main.off and page.second.intent == c.StaffGo("override")
    strict.want(page.second.intent)
    reasons = [line.button.intent for line in strict.page.lines]
    assert {want.override for want in reasons} == {r.id for r in strict.site.office.override}
    strict.want(reasons[1])
    strict.add_up()
    [opened] = strict.facts(DayOpened)
    assert opened.wrong == ("paper.not_ready", "network.down")
    assert (opened.override, opened.by) == (reasons[1].override, ATTENDANT.number)
    assert strict.engine.state.day.open


@pytest.mark.parametrize("reason", ["", "because", "customers_wait "])
def test_a_reason_that_is_not_on_the_list_opens_nothing(strict, reason):
    strict.hear(st.LinkChanged(False))
    strict.sign_in()
    strict.go("opening")
    strict.want(c.OpenDay(reason))
    assert not strict.count(cmd.AddUpDay) and not strict.engine.state.day.open


def test_what_goes_wrong_while_the_records_are_added_up_stops_the_opening(strict):
    strict.sign_in()
    strict.go("opening")
    strict.want(c.OpenDay())
    strict.hear(st.LinkChanged(False))
    strict.add_up()
    assert not strict.facts(DayOpened, DayClosed)
    assert strict.page.problem.key == "desk.opening_not_right"


def test_a_point_that_the_site_does_not_ask_for_stops_nothing(kiosk):
    kiosk.at_a_site(must_be_opened=True, points=(Point.PAPER, Point.BOX))
    kiosk.hear(st.LinkChanged(False))
    kiosk.sign_in()
    assert len(kiosk.go("opening").lines) == 2
    kiosk.open_day(override="")
    assert kiosk.engine.state.day.open


def test_a_kiosk_that_restarts_in_an_open_day_needs_no_list_again(strict):
    strict.sign_in()
    strict.open_day()
    strict.restart()
    strict.open_for_business()
    assert len(strict.facts(DayOpened)) == 1
    pays(strict, 20)


def test_who_came_before_the_printer_was_repaired_opens_without_a_reason_afterwards(strict):
    strict.hear(hw.PrinterSays(device="printer", state=NO_PAPER))
    strict.sign_in()
    strict.go("opening")
    strict.hear(hw.PrinterSays(device="printer", state=READY))
    assert strict.page.main.off is None
    strict.want(c.OpenDay(OVERRIDE))
    strict.add_up()
    assert strict.facts(DayOpened)[0].override == "", "it was right, so nothing was overridden"


def test_somebody_without_the_right_opens_nothing(strict):
    strict.hear(st.BundleCame(Bundle(2, NOW_MS, "lobby", (), (), (replace(ATTENDANT, roles=()),))))
    strict.give_pin(pin=PIN)
    strict.go("opening")
    strict.want(c.OpenDay(), c.OpenDay(OVERRIDE))
    assert not strict.count(cmd.AddUpDay)


def test_two_presses_open_one_day(strict):
    """The second finger was for the page that is gone; a day is opened over an open one only from its own list."""
    strict.sign_in()
    strict.go("opening")
    press = c.Touched(strict.engine.view.number, c.OpenDay())
    strict.engine.touched(press)
    strict.add_up()
    strict.engine.touched(press)
    assert (
        strict.count(cmd.AddUpDay) == 1 and len(strict.facts(DayOpened)) == 1 and not strict.facts(DayClosed)
    )


def test_a_day_opened_over_an_open_one_is_told_what_that_means(strict):
    strict.sign_in()
    strict.open_day()
    assert strict.go("opening").note.key == "desk.day_left"
    strict.open_day()
    first, second = strict.facts(DayOpened)
    [closed] = strict.facts(DayClosed)
    assert closed.late and (first.day, closed.day, second.day) == (1, 1, 2)
