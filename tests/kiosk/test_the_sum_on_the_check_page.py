"""Amount, late fee, what is let off and what not and why, before anybody pays; and a server that reckons otherwise."""

import pytest
from msgspec.structs import replace

from hardware import contracts as hw
from kiosk import contract as c
from kiosk.facts import PaymentCompleted, PaymentOpened, ReceiptIssued
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from kiosk.parcels import Bill
from kiosk.receipts import LABELS, document
from tests.kiosk.world import DAY_MS, NOW_MS, Kiosk, account_of, bill, bundle, customer, yuan

TODAY = "2026-11-18"  # NOW_MS in Shanghai


@pytest.fixture
def kiosk(tmp_path):
    return Kiosk(tmp_path)


def due_in(days: int, made: Bill) -> Bill:
    return replace(made, due_ms=NOW_MS + days * DAY_MS)


def asks(kiosk: Kiosk, *bills: Bill, fee: str = "water", **marks: str) -> None:
    """A customer of whom the office knows `marks`."""
    account = account_of(kiosk.site.fee(fee))
    kiosk.want(c.ChooseFee(fee))
    kiosk.type(account)
    kiosk.want(c.SubmitAccount())
    found = replace(customer(*bills, account=account), marks=marks)
    kiosk.hear(st.BillsCame(kiosk.last(cmd.FetchBills).lookup, found))


def lines(kiosk: Kiosk) -> list[tuple[str, str, str]]:
    return [(line.label.key, str(line.amount or ""), line.why) for line in kiosk.page.sums]


def test_in_time_and_with_nothing_to_be_let_off_there_is_only_the_amount(kiosk):
    asks(kiosk, due_in(3, bill("52.00", fee="gas")), fee="gas")
    assert kiosk.page.amount == yuan("52.00") and kiosk.page.sums == ()


def test_who_is_let_off_nothing_sees_what_there_is_and_how_to_get_it(kiosk):
    asks(kiosk, due_in(3, bill("37.50")))
    assert lines(kiosk) == [("check.lacks_no_mark", "", "凭证到窗口登记")]


def test_late_and_let_off_a_tenth(kiosk):
    asks(kiosk, due_in(-20, bill("200.00")), low_income="")
    assert kiosk.page.amount == yuan("182.00")  # 200.00 + 0.05% × 20 days − 10%
    assert lines(kiosk) == [
        ("check.sum_bill", "¥200.00", ""),
        ("check.sum_late", "¥2.00", ""),
        ("check.sum_off", "-¥20.00", "低保家庭，水费按九折收取"),
    ]
    assert [r.value for r in kiosk.page.rows if r.item is c.CheckItem.AMOUNT] == ["¥182.00"]


def test_a_registration_that_has_ended_says_so_in_english_too(kiosk):
    kiosk.want(c.SetLanguage(c.Language.EN))
    asks(kiosk, due_in(3, bill("37.50")), low_income="2026-11-17")
    [line] = kiosk.page.sums
    assert line.label == c.Message("check.lacks_mark_ended", {"name": "10% off on social assistance"})
    assert line.why.startswith("Show your certificate")


def test_the_record_the_receipt_and_the_books_have_all_parts(kiosk):
    asks(kiosk, due_in(-20, bill("200.00")), low_income="")
    kiosk.want(c.AllRight(), c.ChooseTender(c.Tender.CASH))
    [opened] = kiosk.facts(PaymentOpened)
    [part] = opened.parts
    assert (opened.due, opened.partial) == (yuan("182.00"), False)  # all of it, or nothing
    assert (part.amount, part.late, part.off) == (yuan("200.00"), yuan("2.00"), yuan("20.00"))
    kiosk.insert(100, 50, 20, 10, 1, 1)
    [completed], [receipt] = kiosk.facts(PaymentCompleted), kiosk.facts(ReceiptIssued)
    assert [(p.to_fee, p.settles) for p in completed.parts] == [(yuan("182.00"), yuan("200.00"))]
    assert (receipt.paid, receipt.late, receipt.off) == (yuan("182.00"), yuan("2.00"), yuan("20.00"))
    kiosk.print_out()
    kiosk.want(c.Done(), c.PayAnother())
    asks(kiosk, due_in(-20, bill("200.00")), low_income="")  # a server that does not know of it yet
    assert kiosk.page.problem.key == "account.nothing_due"


@pytest.mark.parametrize("language", c.Language)
def test_the_paper_says_what_was_added_what_was_waived_and_what_it_is_good_for(kiosk, language):
    kiosk.want(c.SetLanguage(language))
    asks(kiosk, due_in(-20, bill("200.00")), low_income="")
    kiosk.want(c.AllRight(), c.ChooseTender(c.Tender.CASH))
    kiosk.insert(100, 50, 20, 10, 1, 1)
    blocks = document(kiosk.site, kiosk.facts(ReceiptIssued)[0], 1).blocks
    pairs = {block.label: block.value for block in blocks if isinstance(block, hw.Pair)}
    texts = [block.text for block in blocks if isinstance(block, hw.Text)]
    for label, value in (("to_fee", "¥182.00"), ("late", "¥2.00"), ("off", "¥20.00")):
        assert pairs[LABELS[label].in_(language)] == value
    assert LABELS["invoice"].in_(language) in texts
    assert any(kiosk.site.fee("water").seal in text for text in texts)


def test_stopping_half_way_where_something_was_let_off_gives_all_of_it_back(kiosk):
    asks(kiosk, due_in(-20, bill("200.00")), low_income="")
    kiosk.want(c.AllRight(), c.ChooseTender(c.Tender.CASH))
    kiosk.insert(100)
    kiosk.want(c.StopPaying(), c.StopForSure())
    [completed] = kiosk.facts(PaymentCompleted)
    assert (completed.to_fee, completed.to_change) == (yuan(0), yuan(100)) and not kiosk.facts(ReceiptIssued)


def test_midnight_between_check_and_payment_changes_nothing(kiosk):
    asks(kiosk, due_in(-20, bill("200.00")))
    shown = kiosk.page.amount
    kiosk.want(c.AllRight())
    kiosk.clock.ms += DAY_MS
    assert kiosk.page.amount == shown
    kiosk.want(c.ChooseTender(c.Tender.CASH))
    assert kiosk.facts(PaymentOpened)[0].due == shown


# ---- the server reckons too


def reckoned(made: Bill, total: str, day: str = TODAY) -> Bill:
    return replace(made, total=yuan(total), reckoned=day)


def test_both_come_to_the_same(kiosk):
    asks(kiosk, reckoned(due_in(-20, bill("200.00")), "202.00"))
    assert kiosk.page.amount == yuan("202.00")


def test_the_day_of_the_server_counts_where_the_kiosk_has_the_wrong_one(kiosk):
    asks(kiosk, reckoned(due_in(-20, bill("200.00")), "203.00", day="2026-11-28"))
    assert kiosk.page.amount == yuan("203.00")


@pytest.mark.parametrize("total", ["201.99", "202.01", "200.00"])
def test_another_sum_than_the_servers_is_refused_before_any_money(kiosk, total):
    asks(kiosk, reckoned(due_in(-20, bill("200.00")), total))
    assert isinstance(kiosk.page, c.EnterAccount)
    assert kiosk.page.problem == c.Message("bills.sum_differs", {"bill": "W1"})


def test_of_several_bills_only_the_one_that_differs_is_refused(kiosk):
    late, good = due_in(-20, bill("200.00", number="A")), due_in(3, bill("10.00", number="B"))
    asks(kiosk, reckoned(late, "200.00"), reckoned(good, "10.00"))
    assert [(row.number, row.ticked) for row in kiosk.page.rows] == [("A", False), ("B", True)]
    kiosk.want(c.ChooseBill("A"))
    assert kiosk.page.problem.key == "bills.sum_differs"


def test_offline_the_kiosk_reckons_alone_for_its_own_day(kiosk):
    kiosk.hear(st.BundleCame(bundle(due_in(-20, bill("200.00")), made_ms=NOW_MS - 5 * DAY_MS)))
    kiosk.hear(st.LinkChanged(False))
    kiosk.want(c.ChooseFee("water"))
    kiosk.type("1" * 10)
    kiosk.want(c.SubmitAccount())
    assert kiosk.page.amount == yuan("202.00") and kiosk.page.age.key == "check.data_age"


def test_offline_a_clock_behind_the_data_counts_from_the_data(kiosk):
    kiosk.hear(st.BundleCame(bundle(due_in(-20, bill("200.00")), made_ms=NOW_MS + 20 * 3_600_000)))
    kiosk.hear(st.LinkChanged(False))
    kiosk.want(c.ChooseFee("water"))
    kiosk.type("1" * 10)
    kiosk.want(c.SubmitAccount())
    assert kiosk.page.amount == yuan("202.10")  # the data is of tomorrow: one more day
