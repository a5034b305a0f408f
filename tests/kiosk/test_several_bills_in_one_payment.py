"""All arrears of one customer, of several fees and places: ticked, paid once, a receipt for each."""

import pytest
from msgspec.structs import replace

from kiosk import contract as c
from kiosk.facts import (
    Account,
    ChargeRequested,
    ClaimIssued,
    PaymentCompleted,
    PaymentOpened,
    PrintDone,
    ReceiptIssued,
)
from kiosk.flow import stimuli as st
from kiosk.parcels import ChargeIs, KnownCustomer
from tests.kiosk.world import DAY_MS, NOW_MS, Kiosk, bill, bundle, customer, yuan

WATER = replace(bill("36.00", number="W"), region="东湖街道")
GAS = replace(bill("50.00", fee="gas", number="G"), region="南门社区", account="3002****3005")
POWER = replace(bill("14.00", fee="electricity", number="E"), account="2002****3052")
HOUSE = bill("100.00", fee="property", number="P")
SCHOOL = bill("500.00", fee="tuition", number="T")


@pytest.fixture
def kiosk(tmp_path):
    return Kiosk(tmp_path)


def ticks(kiosk: Kiosk) -> dict[str, bool]:
    return {row.number: row.ticked for row in kiosk.page.rows}


def test_all_that_may_be_paid_together_is_ticked_and_stands_with_its_place(kiosk):
    kiosk.to_check(WATER, GAS, SCHOOL)
    assert ticks(kiosk) == {"W": True, "G": True, "T": False}
    assert [(r.name, r.region) for r in kiosk.page.rows[:2]] == [("水费", "东湖街道"), ("燃气费", "南门社区")]
    assert kiosk.page.total == yuan("86.00")
    assert kiosk.page.pay.label == c.Message("bills.pay", {"count": 2, "amount_fen": 8600})


def test_one_payment_in_cash_and_a_receipt_for_each_bill(kiosk):
    kiosk.to_check(WATER, GAS, POWER)
    kiosk.want(c.PayTicked())
    assert kiosk.page.amount == yuan(100)
    assert [line.amount for line in kiosk.page.sums if line.amount] == [yuan(36), yuan(50), yuan(14)]
    kiosk.want(c.AllRight(), c.ChooseTender(c.Tender.CASH))
    kiosk.insert(50, 50)
    [opened], [completed] = kiosk.facts(PaymentOpened), kiosk.facts(PaymentCompleted)
    assert [p.bill for p in opened.parts] == ["W", "G", "E"]
    assert [(p.fee, p.to_fee) for p in completed.parts] == [
        ("water", yuan(36)), ("gas", yuan(50)), ("electricity", yuan(14)),
    ]  # fmt: skip
    receipts = kiosk.facts(ReceiptIssued)
    assert [(r.receipt, r.fee_name, r.account, r.paid) for r in receipts] == [
        ("K0001-00000001", "水费", "111****111", yuan(36)),
        ("K0001-00000002", "燃气费", "3002****3005", yuan(50)),
        ("K0001-00000003", "电费", "2002****3052", yuan(14)),
    ]
    assert kiosk.balance(Account.FEE) == -yuan(100) and not kiosk.balance(Account.CUSTOMER)
    kiosk.print_out()
    assert kiosk.page.amount == yuan(100)
    assert [done.number for done in kiosk.facts(PrintDone)] == [r.receipt for r in receipts]


def test_one_charge_by_code_for_all_of_them(kiosk):
    kiosk.to_check(WATER, GAS)
    kiosk.want(c.PayTicked(), c.AllRight(), c.ChooseTender(c.Tender.CODE))
    kiosk.charge_is(kiosk.show_code(), ChargeIs.CONFIRMED, "86.00")
    [charge] = kiosk.facts(ChargeRequested)
    assert charge.amount == yuan(86) and len(kiosk.facts(ReceiptIssued)) == 2


def test_above_the_amount_goes_to_the_account_that_was_entered_and_stands_on_its_receipt(kiosk):
    kiosk.to_check(WATER, POWER)
    kiosk.want(c.PayTicked(), c.AllRight(), c.ChooseTender(c.Tender.CASH))
    kiosk.insert(20, 20, 20)
    first, second = kiosk.facts(ReceiptIssued)
    assert (first.paid, first.to_prepaid, second.paid, second.to_prepaid) == (
        yuan(46), yuan(10), yuan(14), yuan(0),
    )  # fmt: skip


def test_of_different_rules_for_money_above_the_stricter_holds(kiosk):
    """Water would keep it as balance, the property office owes change: so change is owed."""
    kiosk.to_check(WATER, HOUSE)
    kiosk.want(c.PayTicked(), c.AllRight(), c.ChooseTender(c.Tender.CASH))
    kiosk.insert(100, 20, 20)
    [claim] = kiosk.facts(ClaimIssued)
    assert claim.amount == yuan(4) and len(kiosk.facts(ReceiptIssued)) == 2


def test_a_tick_is_taken_off_and_what_is_not_ticked_stays_owed(kiosk):
    kiosk.to_check(WATER, GAS)
    kiosk.want(c.ChooseBill("W"))
    assert ticks(kiosk) == {"W": False, "G": True} and kiosk.page.total == yuan(50)
    kiosk.want(c.PayTicked(), c.AllRight(), c.ChooseTender(c.Tender.CASH))
    kiosk.insert(50)
    assert [r.bill for r in kiosk.facts(ReceiptIssued)] == ["G"]
    kiosk.print_out()
    kiosk.want(c.Done(), c.PayAnother())
    kiosk.to_check(WATER, GAS)
    assert isinstance(kiosk.page, c.CheckItems) and kiosk.page.amount == yuan(36)


def test_nothing_ticked_pays_nothing(kiosk):
    kiosk.to_check(WATER, GAS)
    kiosk.want(c.ChooseBill("W"), c.ChooseBill("G"))
    assert kiosk.page.pay.off.key == "bills.none_ticked"
    kiosk.want(c.PayTicked())
    assert isinstance(kiosk.page, c.ChooseBills)


def test_what_may_not_be_merged_is_paid_by_itself(kiosk):
    kiosk.to_check(WATER, SCHOOL)
    kiosk.want(c.ChooseBill("T"))
    assert kiosk.page.problem.key == "bills.not_together" and ticks(kiosk) == {"W": True, "T": False}
    kiosk.want(c.ChooseBill("W"), c.ChooseBill("T"), c.PayTicked())
    assert isinstance(kiosk.page, c.CheckItems) and kiosk.page.amount == yuan(500)


def test_two_of_a_fee_that_stands_alone_can_not_be_merged_either(kiosk):
    kiosk.to_check(SCHOOL, replace(SCHOOL, number="T2"), fee="tuition")
    assert ticks(kiosk) == {"T": True, "T2": False}


def test_the_limit_of_a_fee_holds_for_all_its_bills_together(kiosk):
    kiosk.to_check(bill("3000.00", number="A"), bill("2000.01", number="B"), bill("1.00", number="C"))
    assert ticks(kiosk) == {"A": True, "B": False, "C": True}
    kiosk.want(c.ChooseBill("B"))
    assert kiosk.page.problem == c.Message("bills.over_limit", {"amount_fen": 500101, "limit_fen": 500000})


def test_back_from_the_check_page_finds_the_ticks_as_they_were(kiosk):
    kiosk.to_check(WATER, GAS, POWER)
    kiosk.want(c.ChooseBill("G"), c.PayTicked(), c.Back())
    assert ticks(kiosk) == {"W": True, "G": False, "E": True}


def test_a_stop_with_several_bills_gives_all_of_it_back(kiosk):
    kiosk.to_check(WATER, GAS)
    kiosk.want(c.PayTicked(), c.AllRight(), c.ChooseTender(c.Tender.CASH))
    kiosk.insert(50)
    kiosk.want(c.StopPaying(), c.StopForSure())
    [completed], [claim] = kiosk.facts(PaymentCompleted), kiosk.facts(ClaimIssued)
    assert (completed.to_fee, claim.amount) == (yuan(0), yuan(50)) and not kiosk.facts(ReceiptIssued)


def test_the_core_dies_with_half_of_it_inside_and_goes_on(kiosk):
    kiosk.to_check(WATER, GAS)
    kiosk.want(c.PayTicked(), c.AllRight(), c.ChooseTender(c.Tender.CASH))
    kiosk.insert(50)
    kiosk.restart()
    kiosk.open_for_business()
    kiosk.insert(20, 10, 5, 1)
    assert [(r.bill, r.paid) for r in kiosk.facts(ReceiptIssued)] == [("W", yuan(36)), ("G", yuan(50))]


def test_without_network_the_bundle_knows_who_belongs_together(kiosk):
    known = bundle(WATER).customers[0]
    gas = replace(customer(replace(GAS, account=""), account="300200300500"), marks={"low_income": ""})
    stranger = customer(POWER, account="2002003052")
    made = replace(
        bundle(made_ms=NOW_MS - DAY_MS),
        customers=(
            replace(known, person="a"),
            KnownCustomer("gas", gas, "a"),
            KnownCustomer("electricity", stranger, "b"),
        ),
    )
    kiosk.hear(st.BundleCame(made), st.LinkChanged(False))
    kiosk.want(c.ChooseFee("water"))
    kiosk.type("1" * 10)
    kiosk.want(c.SubmitAccount())
    assert [(row.number, row.amount) for row in kiosk.page.rows] == [("W", yuan("32.40")), ("G", yuan(50))]
    kiosk.want(c.PayTicked(), c.AllRight(), c.ChooseTender(c.Tender.CASH))
    assert [p.account for p in kiosk.facts(PaymentOpened)[0].parts] == ["111****111", "3002****0500"]
