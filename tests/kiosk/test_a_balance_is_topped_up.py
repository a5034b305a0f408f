"""A prepaid meter is topped up without a bill; of a bill, less than the whole may be paid where the fee allows it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from kiosk import contract as c
from kiosk.facts import Account, PaymentCompleted, PaymentOpened, ReceiptIssued
from kiosk.facts.check import ItemsChecked, SubmissionBlocked
from kiosk.facts.stock import ReceiptChecked
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from kiosk.parcels import ChargeIs
from kiosk.receipts import document
from tests.kiosk.world import Kiosk, account_of, bill, customer, yuan


@pytest.fixture
def kiosk(tmp_path):
    return Kiosk(tmp_path)


def looks_up(kiosk, *bills, fee="gas", reference="7"):
    account = account_of(kiosk.site.fee(fee))
    kiosk.want(c.ChooseFee(fee))
    kiosk.type(account)
    kiosk.want(c.SubmitAccount())
    found = customer(*bills, account=account, reference=reference)
    kiosk.hear(st.BillsCame(kiosk.last(cmd.FetchBills).lookup, found))


def types(kiosk, yuan_typed):
    kiosk.want(c.EraseAll())
    kiosk.type(yuan_typed)
    kiosk.want(c.SubmitAmount())


def test_an_amount_on_a_tile_is_checked_paid_with_notes_and_goes_to_the_balance(kiosk):
    looks_up(kiosk)
    assert [button.intent.amount for button in kiosk.page.choices] == [yuan(50), yuan(100), yuan(200)]
    kiosk.want(c.ChooseAmount(yuan(100)))
    rows = {row.item: row.value for row in kiosk.page.rows}
    assert rows[c.CheckItem.AMOUNT] == "¥100.00" and "预存" in rows[c.CheckItem.PERIOD]
    kiosk.want(c.AllRight(), c.ChooseTender(c.Tender.CASH))
    kiosk.insert(50, 50)
    assert isinstance(kiosk.page, c.ReceiptPage) and kiosk.page.prepaid == yuan(100)

    [opened], [done] = kiosk.facts(PaymentOpened), kiosk.facts(PaymentCompleted)
    assert (opened.ahead, opened.bill, opened.reference, opened.due) == (True, "", "7", yuan(100))
    assert (done.ahead, done.to_fee, done.to_prepaid, done.to_change) == (True, yuan(0), yuan(100), yuan(0))
    assert kiosk.balance(Account.PREPAID) == -yuan(100) and not kiosk.balance(Account.FEE)
    [receipt], [checked] = kiosk.facts(ReceiptIssued), kiosk.facts(ReceiptChecked)
    paper = str(document(kiosk.site, receipt, 1))
    assert checked.good and "预存" in paper and "人民币壹佰元整" in paper and "缴费金额" not in paper
    [six] = kiosk.facts(ItemsChecked)
    assert {a.item: a.shown for a in six.answers}[c.CheckItem.PERIOD] == "ahead"


def test_by_code_the_chosen_amount_is_charged(kiosk):
    looks_up(kiosk)
    kiosk.want(c.OtherAmount())
    types(kiosk, "35")
    kiosk.want(c.AllRight(), c.ChooseTender(c.Tender.CODE))
    charge = kiosk.show_code()
    assert kiosk.last(cmd.SendCharge).amount == yuan(35)
    kiosk.charge_is(charge, ChargeIs.CONFIRMED, amount="35.00")
    assert kiosk.balance(Account.PREPAID) == -yuan(35)


@pytest.mark.parametrize(
    ("notes", "stops", "to_prepaid"),
    [((20,), True, "20.00"), ((100,), False, "100.00"), ((20, 20, 20), False, "60.00")],
    ids=["stopped half way", "a larger note", "a little more"],
)
def test_every_note_that_went_in_is_on_the_balance(kiosk, notes, stops, to_prepaid):
    looks_up(kiosk)
    kiosk.want(c.ChooseAmount(yuan(50)), c.AllRight(), c.ChooseTender(c.Tender.CASH))
    kiosk.insert(*notes)
    if stops:
        kiosk.want(c.StopPaying())
        assert kiosk.page.asking_to_stop.key == "cash.stop_ahead"
        kiosk.want(c.StopForSure())
    assert kiosk.balance(Account.PREPAID) == -yuan(to_prepaid) and not kiosk.balance(Account.CHANGE_OWED)
    assert [fact.to_prepaid for fact in kiosk.facts(ReceiptIssued)] == [yuan(to_prepaid)]


@pytest.mark.parametrize(
    ("typed", "says"), [("9", "amount.too_little"), ("5001", "amount.too_much"), ("000", "amount.empty")]
)
def test_an_amount_outside_of_the_rule_is_refused_before_any_money(kiosk, typed, says):
    looks_up(kiosk)
    kiosk.want(c.OtherAmount())
    types(kiosk, typed)
    problem = kiosk.page.problem or kiosk.page.submit.off
    assert isinstance(kiosk.page, c.TypeHowMuch) and problem.key == says
    assert not kiosk.facts(PaymentOpened)


def test_what_is_wrong_with_the_account_blocks_and_is_counted_here_too(kiosk):
    account = account_of(kiosk.site.fee("gas"))
    kiosk.want(c.ChooseFee("gas"))
    kiosk.type(account)
    kiosk.want(c.SubmitAccount())
    found = replace(customer(account=account, reference="7"), doubts=("name",))
    kiosk.hear(st.BillsCame(kiosk.last(cmd.FetchBills).lookup, found))
    kiosk.want(c.ChooseAmount(yuan(50)))
    assert kiosk.page.problem.key == "check.wrong_name"
    assert [fact.because for fact in kiosk.facts(SubmissionBlocked)] == ["wrong_name"]


@pytest.mark.parametrize(
    ("fee", "bills", "reference", "page"),
    [
        ("gas", (), "7", c.ChooseHowMuch),
        ("water", (), "7", c.EnterAccount),  # no [fee.prepay]: nothing is due, and that is all
        ("gas", (), "", c.EnterAccount),  # the office could not find the account again
        ("gas", (bill("52.00", "gas"),), "7", c.CheckItems),  # what is owed comes first
        ("gas", (replace(bill("60.00", "water"), account="100****001"),), "7", c.ChooseBills),
    ],
)
def test_only_an_account_of_such_a_fee_that_owes_nothing_is_topped_up(kiosk, fee, bills, reference, page):
    looks_up(kiosk, *bills, fee=fee, reference=reference)
    assert isinstance(kiosk.page, page)
    if page is c.ChooseBills:
        assert kiosk.page.ahead is not None
        kiosk.want(kiosk.page.ahead.intent)
        assert isinstance(kiosk.page, c.ChooseHowMuch)
        kiosk.want(c.ChooseAmount(yuan(50)), c.Back(), c.Back())
        assert isinstance(kiosk.page, c.ChooseBills) and len(kiosk.page.rows) == 1
        kiosk.want(c.ChooseBill("W1"), c.PayTicked())
        assert kiosk.page.amount == yuan(60)


def test_the_way_back_loses_nothing(kiosk):
    looks_up(kiosk)
    kiosk.want(c.OtherAmount())
    types(kiosk, "77")
    kiosk.want(c.AllRight(), c.Back())
    assert isinstance(kiosk.page, c.CheckItems)
    kiosk.want(c.Back())
    assert isinstance(kiosk.page, c.TypeHowMuch) and kiosk.page.typed == "77"
    kiosk.want(c.Back())
    assert isinstance(kiosk.page, c.ChooseHowMuch)
    kiosk.want(c.Back())
    assert isinstance(kiosk.page, c.EnterAccount)


def test_a_restart_with_money_inside_finishes_what_was_begun(kiosk):
    looks_up(kiosk)
    kiosk.want(c.ChooseAmount(yuan(100)), c.AllRight(), c.ChooseTender(c.Tender.CASH))
    kiosk.insert(50)
    kiosk.restart()
    kiosk.open_for_business(counter=1)
    kiosk.insert(50)
    assert kiosk.balance(Account.PREPAID) == -yuan(100)


def to_pay_by(kiosk, *bills, fee="water"):
    kiosk.to_check(*bills, fee=fee)
    kiosk.want(c.AllRight())


def test_a_part_of_a_bill_is_chosen_and_charged_and_the_rest_stays_open(kiosk):
    to_pay_by(kiosk, bill("37.50"))
    kiosk.want(kiosk.page.part.intent)
    types(kiosk, "38")
    assert kiosk.page.problem.key == "amount.too_much"
    types(kiosk, "20")
    assert kiosk.page.amount == yuan(20)
    kiosk.want(c.ChooseTender(c.Tender.CODE))
    kiosk.charge_is(kiosk.show_code(), ChargeIs.CONFIRMED, amount="20.00")
    [done] = kiosk.facts(PaymentCompleted)
    assert [(part.bill, part.to_fee, part.settles) for part in done.parts] == [("W1", yuan(20), yuan(20))]
    kiosk.print_out()
    kiosk.want(c.Done(), c.Done())
    kiosk.to_check(bill("37.50"))
    assert kiosk.page.amount == yuan("17.50"), "what was paid here counts at once"


def test_who_goes_back_pays_the_whole_after_all(kiosk):
    to_pay_by(kiosk, bill("37.50"))
    kiosk.want(c.PayPart())
    types(kiosk, "20")
    kiosk.want(c.PayPart(), c.Back())
    assert kiosk.page.amount == yuan("37.50")


@pytest.mark.parametrize("fee", ["property", "admin"])
def test_a_fee_that_is_paid_whole_or_not_at_all_offers_no_part(kiosk, fee):
    to_pay_by(kiosk, bill("50.00", fee), fee=fee)
    assert kiosk.page.part is None
    kiosk.want(c.PayPart())
    assert isinstance(kiosk.page, c.PayBy)
