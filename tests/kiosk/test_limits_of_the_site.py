"""Beyond a limit a way of paying closes before anybody begins, says why, never stops one who has begun, and
opens again by itself."""

import msgspec
import pytest

from hardware import contracts as hw
from kiosk import contract as c
from kiosk.contract import How
from kiosk.facts.office import ContactMade
from kiosk.flow import stimuli as st
from kiosk.parcels import ChargeIs
from tests.kiosk.office import STAFF, SUPERVISOR, Office
from tests.kiosk.world import DAY_MS, NOW_MS, bill, bundle, yuan

OUT, IN = hw.BoxOut(device="acceptor"), hw.BoxIn(device="acceptor")
STRANGE = hw.Taken(device="acceptor", code=17, value=None)


def with_limits(kiosk, **changes):
    """The same kiosk at a site that risks less, after a restart."""
    house = kiosk.site.house
    limits = msgspec.structs.replace(house.limits, **changes)
    kiosk.site = msgspec.structs.replace(kiosk.site, house=msgspec.structs.replace(house, limits=limits))
    kiosk.restart()
    kiosk.open_for_business(counter=kiosk.engine.state.unit_count or 0)
    return kiosk


@pytest.fixture
def kiosk(tmp_path):
    return Office(tmp_path)


def way(kiosk, tender):
    return next(way.off and way.off.key for way in kiosk.page.ways if way.tender is tender)


def offline_with(kiosk, *bills, made_ms=NOW_MS):
    known = msgspec.structs.replace(bundle(*bills, made_ms=made_ms), people=STAFF.people)
    kiosk.hear(st.BundleCame(known), st.LinkChanged(False))


def looks_up(kiosk):
    kiosk.want(c.ChooseFee("water"))
    kiosk.type("1" * 10)
    kiosk.want(c.SubmitAccount())
    return kiosk.page.problem and kiosk.page.problem.key if isinstance(kiosk.page, c.EnterAccount) else ""


def pays_offline(kiosk, *notes):
    assert looks_up(kiosk) == ""
    kiosk.want(c.AllRight(), c.ChooseTender(c.Tender.CASH))
    kiosk.insert(*notes)
    kiosk.leave()


# ---- what is taken offline


@pytest.mark.parametrize("amount, says", [("40.00", ""), ("40.01", "bills.over_offline_limit")])
def test_one_visit_offline_pays_at_most_what_one_visit_may(kiosk, amount, says):
    with_limits(kiosk, offline_per_visit_yuan="40.00")
    offline_with(kiosk, bill(amount))
    assert looks_up(kiosk) == says


@pytest.mark.parametrize("amount, says", [("30.00", ""), ("30.01", "bills.over_offline_total")])
def test_all_visits_offline_together_pay_at_most_the_total(kiosk, amount, says):
    with_limits(kiosk, offline_total_yuan="50.00", offline_per_visit_yuan="50.00")
    offline_with(kiosk, bill("20.00", number="A"))
    pays_offline(kiosk, 20)
    offline_with(kiosk, bill(amount, number="B"))
    assert looks_up(kiosk) == says


def test_with_the_total_used_up_cash_is_closed_until_the_server_has_everything(kiosk):
    with_limits(kiosk, offline_total_yuan="20.00", offline_per_visit_yuan="20.00")
    offline_with(kiosk, bill("20.00", number="A"))
    pays_offline(kiosk, 20)
    assert way(kiosk, c.Tender.CASH) == "pay_by.offline_total"
    kiosk.restart()  # the records know it
    kiosk.open_for_business(counter=1)
    offline_with(kiosk, bill("20.00", number="B"))
    assert way(kiosk, c.Tender.CASH) == "pay_by.offline_total"
    kiosk.hear(st.LinkChanged(True), st.Uploaded(NOW_MS))
    assert kiosk.facts(ContactMade)[0].offline == yuan(20)
    kiosk.hear(st.LinkChanged(False))
    assert way(kiosk, c.Tender.CASH) is None


def test_what_is_paid_with_the_server_there_counts_against_no_offline_total(kiosk):
    with_limits(kiosk, offline_total_yuan="20.00", offline_per_visit_yuan="20.00")
    kiosk.to_cash(bill("100.00"))
    kiosk.insert(100)
    kiosk.leave()
    offline_with(kiosk, bill("20.00", number="B"))
    assert way(kiosk, c.Tender.CASH) is None and looks_up(kiosk) == ""


def test_contact_without_offline_money_writes_nothing(kiosk):
    kiosk.hear(st.Uploaded(NOW_MS), st.Uploaded(NOW_MS))
    assert not kiosk.facts(ContactMade)


# The clock of the kiosk and the age of the data, in days.
AGES = [(0, ""), (30, ""), (30.001, "account.offline_too_old"), (-0.9, ""), (-2, "account.offline_clock")]


@pytest.mark.parametrize("days, says", AGES)
def test_arrears_data_that_is_too_old_or_of_unknown_age_is_not_paid_on(kiosk, days, says):
    kiosk.clock.ms = NOW_MS
    offline_with(kiosk, bill("20.00"), made_ms=int(NOW_MS + 1000 - days * DAY_MS))
    assert looks_up(kiosk) == says


# ---- what is in the box


@pytest.mark.parametrize("due, says", [("60.00", None), ("60.01", "pay_by.box_room")])
def test_a_bill_that_would_fill_the_box_beyond_its_sum_is_paid_another_way(kiosk, due, says):
    """¥40 are inside, ¥200 may be; ¥100 above the bill may come as prepaid balance."""
    with_limits(kiosk, box_yuan="200.00")
    kiosk.to_cash(bill("40.00", number="A"))
    kiosk.insert(20, 20)
    kiosk.leave()
    kiosk.to_check(bill(due, number="B"))
    kiosk.want(c.AllRight())
    assert way(kiosk, c.Tender.CASH) == says and way(kiosk, c.Tender.CODE) is None
    kiosk.want(c.ChooseTender(c.Tender.CASH))
    assert isinstance(kiosk.page, c.CashRunning if says is None else c.PayBy)


def test_a_box_with_its_sum_inside_is_closed_and_an_empty_one_opens_cash_again(kiosk):
    with_limits(kiosk, box_yuan="200.00")
    kiosk.to_cash(bill("100.00"))
    kiosk.insert(100)
    kiosk.leave()
    assert way(kiosk, c.Tender.CASH) is None
    kiosk.hear(hw.Taken(device="acceptor", code=5, value=yuan(100)))
    assert way(kiosk, c.Tender.CASH) == "pay_by.box_full"
    kiosk.hear(OUT, IN)
    assert way(kiosk, c.Tender.CASH) is None


@pytest.mark.parametrize("inside, says", [(3, None), (4, "pay_by.box_full")])
def test_room_for_one_more_customer_must_be_left(kiosk, inside, says):
    """Of 500 notes 497 must stay free: three may be inside, a fourth closes cash for the next customer."""
    with_limits(kiosk, box_spare_notes=497)
    kiosk.to_cash(bill("4.00"))
    kiosk.insert(*[1] * 3)
    if inside == 4:
        kiosk.insert(1)
    else:
        kiosk.want(c.StopPaying(), c.StopForSure())
    kiosk.leave()
    assert way(kiosk, c.Tender.CASH) == says


def test_who_has_begun_is_never_stopped_by_a_limit(kiosk):
    with_limits(kiosk, box_spare_notes=499, box_yuan="140.00", open_doubtful=1)
    kiosk.to_cash(bill("40.00"))
    kiosk.insert(10)
    kiosk.hear(STRANGE)
    assert kiosk.wanted.accept_up_to == yuan(100) and kiosk.page.problem.key == "cash.note_doubtful"
    kiosk.insert(10, 20)
    assert isinstance(kiosk.page, c.ReceiptPage)
    kiosk.leave()
    assert way(kiosk, c.Tender.CASH) == "pay_by.too_many_doubtful"


# ---- what is open


def test_doubtful_notes_close_cash_and_a_supervisor_opens_it_again(kiosk):
    with_limits(kiosk, open_doubtful=2)
    kiosk.hear(STRANGE)
    assert way(kiosk, c.Tender.CASH) is None
    kiosk.hear(STRANGE)
    assert way(kiosk, c.Tender.CASH) == "pay_by.too_many_doubtful" and way(kiosk, c.Tender.CODE) is None
    kiosk.sign_in(SUPERVISOR)
    kiosk.settle(next(iter(kiosk.engine.state.items)), How.PAID)
    kiosk.sign_out()
    assert way(kiosk, c.Tender.CASH) is None


def test_doubtful_charges_close_the_code_and_leave_cash_open(kiosk):
    with_limits(kiosk, open_doubtful=1)
    kiosk.to_code()
    charge = kiosk.show_code()
    kiosk.charge_is(charge, ChargeIs.CONFIRMED, amount="99.00")
    kiosk.leave()
    assert way(kiosk, c.Tender.CODE) == "pay_by.too_many_doubtful" and way(kiosk, c.Tender.CASH) is None


def test_with_every_way_closed_the_fees_say_so(kiosk):
    with_limits(kiosk, open_doubtful=1)
    kiosk.hear(STRANGE, st.LinkChanged(False))
    assert {tile.off.key for tile in kiosk.page.fees} == {"home.no_tender"}
