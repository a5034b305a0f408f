"""What a close says is added up from the records, in their order, and is the same by every other way of counting."""

import pytest

from hardware import contracts as hw
from kiosk import contract as c
from kiosk import day_report
from kiosk.books import since_close
from kiosk.facts import Account, NoteCredited, ReceiptIssued
from kiosk.facts.office import DayClosed, DayOpened, Sum, worth
from kiosk.flow import commands as cmd
from kiosk.office_papers import office_document
from kiosk.parcels import ChargeIs
from tests.kiosk.office import Office
from tests.kiosk.world import DAY_MS, bill, yuan

OUT, IN = hw.BoxOut(device="acceptor"), hw.BoxIn(device="acceptor")


@pytest.fixture
def kiosk(tmp_path):
    return Office(tmp_path)


def pays(kiosk, *notes, due=None, fee="water"):
    kiosk.to_cash(bill(due or f"{sum(notes)}.00", fee, number=f"W{len(kiosk.facts())}"), fee=fee)
    kiosk.insert(*notes)
    kiosk.leave()


def pays_by_code(kiosk, due):
    kiosk.to_code(bill(due, number=f"C{len(kiosk.facts())}"))
    kiosk.charge_is(kiosk.show_code(), ChargeIs.CONFIRMED, amount=due)
    kiosk.leave()


def staff(kiosk, *steps):
    kiosk.sign_in()
    for step in steps:
        step()
    kiosk.sign_out()


def a_whole_day(kiosk):
    """Opened; cash and codes; a box collected with a note too few; something doubtful; a paper that hangs."""
    staff(kiosk, kiosk.open_day)
    pays(kiosk, 20, 10)
    pays(kiosk, 20, 20, due="37.50")
    pays(kiosk, 100, due="80.00", fee="property")
    pays_by_code(kiosk, "12.30")
    kiosk.hear(OUT, IN)
    staff(kiosk, lambda: kiosk.count_notes(1, n20=3, n10=1))
    kiosk.print_out()
    pays(kiosk, 50)
    kiosk.hear(hw.Taken(device="acceptor", code=17, value=None))


def test_the_figures_of_a_whole_day(kiosk):
    a_whole_day(kiosk)
    staff(kiosk, kiosk.close_day)
    [closed] = kiosk.facts(DayClosed)
    figures = closed.figures
    assert figures.tenders == {"cash": Sum(4, yuan(220)), "code": Sum(1, yuan("12.30"))}
    assert figures.fees == {"water": Sum(4, yuan("129.80")), "property": Sum(1, yuan(80))}
    assert (figures.to_prepaid, figures.to_change) == (yuan("2.50"), yuan(20))
    assert figures.notes == {"1000": 1, "2000": 3, "5000": 1, "10000": 1} and figures.unknown_notes == 1
    assert (figures.receipts, figures.claims) == (5, 2)
    assert figures.doubtful == Sum(1, yuan(0))
    assert (figures.collections, figures.collected, figures.difference) == (1, yuan(70), yuan(-100))
    assert (closed.day, closed.by, closed.late, closed.report) == (1, "1001", False, "K0001-D000001")
    standing = closed.standing
    assert (standing.box, standing.notes, standing.unknown, standing.to_count) == (2, {"5000": 1}, 1, ())
    assert len(standing.items) == 3 and standing.receipts == 5
    assert closed.not_uploaded == len(kiosk.facts()) - 3  # itself, its print, and the signing out


def test_state_records_and_postings_say_the_same(kiosk):
    a_whole_day(kiosk)
    for when in ("as it went", "after a restart"):
        report, state = since_close(kiosk.journal), kiosk.engine.state
        standing = report.standing
        assert (standing.box, standing.notes, standing.unknown) == (
            state.box, state.box_notes, state.box_unknown,
        ), when  # fmt: skip
        assert set(standing.items) == set(state.items) and set(standing.unprinted) == set(state.unprinted), (
            when
        )
        assert standing.to_count == tuple(box.box for box in state.boxes), when
        assert standing.receipts == state.receipts == len(kiosk.facts(ReceiptIssued)), when
        kiosk.restart()
    figures = report.figures
    assert -kiosk.balance(Account.FEE) == sum((s.amount for s in figures.fees.values()), yuan(0))
    assert -kiosk.balance(Account.PREPAID) == figures.to_prepaid
    assert kiosk.balance(Account.CASH_BOX) == worth(standing.notes)
    assert kiosk.balance(Account.OFFICE) == figures.collected
    assert -kiosk.balance(Account.DIFFERENCE) == figures.difference
    assert kiosk.balance(Account.CODE_CLEARING) == figures.tenders["code"].amount


def test_two_days_in_a_row_add_up_to_all_records(kiosk):
    a_whole_day(kiosk)
    staff(kiosk, kiosk.close_day, kiosk.open_day)
    pays(kiosk, 5)
    staff(kiosk, kiosk.close_day)
    first, second = kiosk.facts(DayClosed)
    assert second.figures.tenders == {"cash": Sum(1, yuan(5))} and second.day == 2
    notes = sum((fact.value for fact in kiosk.facts(NoteCredited)), yuan(0))
    assert worth(first.figures.notes) + worth(second.figures.notes) == notes
    # from the last close or from the very beginning: the same
    assert day_report.fold(kiosk.facts()) == since_close(kiosk.journal)
    assert first.standing.unprinted == ("K0001-C000002",), "for whoever put in the note that nobody asked for"
    assert first.report not in second.standing.unprinted


def test_a_day_that_was_never_closed_is_closed_first_and_marked(kiosk):
    staff(kiosk, kiosk.open_day)
    pays(kiosk, 20)
    staff(kiosk, kiosk.open_day)
    kinds = [type(fact) for fact in kiosk.facts(DayOpened, DayClosed)]
    assert kinds == [DayOpened, DayClosed, DayOpened]
    [closed] = kiosk.facts(DayClosed)
    assert closed.late and closed.day == 1 and closed.figures.tenders == {"cash": Sum(1, yuan(20))}
    assert kiosk.facts(DayOpened)[-1].day == 2


def test_money_that_came_before_any_opening_is_closed_first_and_marked(kiosk):
    pays(kiosk, 20)
    staff(kiosk, kiosk.open_day)
    [closed] = kiosk.facts(DayClosed)
    assert closed.late and closed.day == 1 and kiosk.facts(DayOpened)[0].day == 2


def test_a_fresh_kiosk_opens_its_first_day_without_a_close(kiosk):
    staff(kiosk, kiosk.open_day)
    assert not kiosk.facts(DayClosed) and kiosk.facts(DayOpened)[0].day == 1
    assert kiosk.engine.state.day.open


def test_a_clock_that_goes_back_over_midnight_changes_nothing(kiosk):
    staff(kiosk, kiosk.open_day)
    pays(kiosk, 20)
    kiosk.clock.ms -= 2 * DAY_MS
    pays(kiosk, 10)
    staff(kiosk, kiosk.close_day)
    kiosk.clock.ms -= 400 * DAY_MS
    staff(kiosk, kiosk.open_day)
    pays(kiosk, 5)
    staff(kiosk, kiosk.close_day)
    first, second = kiosk.facts(DayClosed)
    assert second.issued_ms < first.issued_ms
    assert first.figures.tenders == {"cash": Sum(2, yuan(30))}
    assert second.figures.tenders == {"cash": Sum(1, yuan(5))} and (first.day, second.day) == (1, 2)


def test_an_open_day_is_open_after_a_restart(kiosk):
    staff(kiosk, kiosk.open_day)
    pays(kiosk, 20)
    kiosk.restart()
    kiosk.open_for_business(counter=1)
    assert kiosk.engine.state.day.open and kiosk.engine.state.day.number == 1
    staff(kiosk, kiosk.close_day)
    assert kiosk.facts(DayClosed)[0].figures.tenders == {"cash": Sum(1, yuan(20))}


def test_a_payment_that_is_open_over_the_close_belongs_to_the_day_in_which_it_ends(kiosk):
    staff(kiosk, kiosk.open_day)
    kiosk.to_code(bill("12.30"))
    charge = kiosk.show_code()
    kiosk.charge_is(charge, ChargeIs.UNKNOWN, amount="12.30")
    kiosk.time_is_up(next(t.delay for t in kiosk.wanted.timers if t.delay.name == "CHARGE_LONG"))
    kiosk.want(c.Done())
    staff(kiosk, kiosk.close_day)
    kiosk.charge_is(charge, ChargeIs.CONFIRMED, amount="12.30")
    staff(kiosk, kiosk.open_day)
    first, second = kiosk.facts(DayClosed)
    assert first.figures.tenders == {} and second.figures.tenders == {"code": Sum(1, yuan("12.30"))}
    assert second.late


def test_the_close_is_signed_and_printed_with_its_figures(kiosk):
    pays(kiosk, 20, 10)
    kiosk.sign_in()
    page = kiosk.close_day()
    assert page.lines[0].value == "K0001-D000001" and any("¥30.00" in line.value for line in page.lines)
    [closed] = kiosk.facts(DayClosed)
    job = kiosk.last(cmd.PrintPaper)
    assert job.issued == closed and closed.signature
    texts = str(office_document(kiosk.site, closed, 1))
    assert all(part in texts for part in ("K0001-D000001", "¥30.00", "1001", closed.signature))
    kiosk.print_out()
    assert closed.report not in kiosk.engine.state.unprinted
    kiosk.journal.verify()


def test_two_presses_close_once(kiosk):
    pays(kiosk, 20)
    kiosk.sign_in()
    kiosk.close_day()
    kiosk.want(c.CloseDay())
    assert kiosk.count(cmd.AddUpDay) == 1 and len(kiosk.facts(DayClosed)) == 1


def test_who_was_signed_out_meanwhile_closes_nothing(kiosk):
    pays(kiosk, 20)
    kiosk.sign_in()
    kiosk.want(c.CloseDay(), c.SignOut())
    kiosk.add_up()
    assert not kiosk.facts(DayClosed)


def test_a_close_that_was_only_added_up_when_the_core_died_is_simply_not_there(kiosk):
    pays(kiosk, 20)
    kiosk.sign_in()
    kiosk.want(c.CloseDay())
    kiosk.restart()
    kiosk.open_for_business(counter=1)
    staff(kiosk, kiosk.close_day)
    assert len(kiosk.facts(DayClosed)) == 1
