"""Six items: checked by the kiosk, shown masked, confirmed, each recorded; what is wrong blocks and is counted."""

import pytest
from msgspec.structs import replace

from kiosk import contract as c
from kiosk.facts import PaymentOpened
from kiosk.facts.check import Found, ItemsChecked, SubmissionBlocked
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from kiosk.parcels import Bill, Customer, FeeSwitch
from tests.kiosk.world import Kiosk, account_of, bill, bundle, customer, yuan


@pytest.fixture
def kiosk(tmp_path):
    return Kiosk(tmp_path)


def answered(kiosk: Kiosk, found: Customer, fee: str = "water", used: bool = False) -> None:
    account = account_of(kiosk.site.fee(fee))
    kiosk.want(c.ChooseFee(fee))
    kiosk.type(account)
    kiosk.want(c.SubmitAccount())
    asked = kiosk.last(cmd.FetchBills)
    found = replace(found, account=account)
    kiosk.hear(st.BillsCame(asked.lookup, found, asked.receipt if used else ""))


def blocked(kiosk: Kiosk) -> list[tuple[str, str]]:
    return [(fact.fee, fact.because) for fact in kiosk.facts(SubmissionBlocked)]


def test_six_answers_stand_in_the_record_each_by_itself_and_masked(kiosk):
    kiosk.to_check()
    kiosk.want(c.AllRight())
    [checked] = kiosk.facts(ItemsChecked)
    assert [(a.item.value, a.shown, a.kiosk, a.customer) for a in checked.answers] == [
        ("name", "张*国", Found.RIGHT, True),
        ("identity", "110***********0013", Found.RIGHT, True),
        ("fee", "water", Found.RIGHT, True),
        ("amount", "¥37.50", Found.RIGHT, True),
        ("period", "2026-10", Found.RIGHT, True),
        ("contact", "138****1234", Found.RIGHT, True),
    ]
    assert (checked.bills, checked.receipt, checked.data_from) == (("W1",), "K0001-00000001", "server")
    kiosk.want(c.ChooseTender(c.Tender.CASH))
    assert kiosk.facts(PaymentOpened)[0].visit == checked.visit and not blocked(kiosk)


def test_a_contact_may_be_missing_and_the_record_says_so(kiosk):
    answered(kiosk, replace(customer(bill()), contact=""))
    kiosk.want(c.AllRight())
    assert kiosk.facts(ItemsChecked)[0].answers[-1].kiosk is Found.UNKNOWN


def no_name(found: Customer) -> Customer:
    return replace(found, name="")


def no_identity(found: Customer) -> Customer:
    return replace(found, identity="")


def doubt(item: str):
    return lambda found: replace(found, doubts=(item,))


def no_period(found: Customer) -> Customer:
    return replace(found, bills=tuple(replace(b, period="") for b in found.bills))


def over_limit(found: Customer) -> Customer:
    return replace(found, bills=tuple(replace(b, amount=yuan(999_999)) for b in found.bills))


def other_sum(found: Customer) -> Customer:
    return replace(
        found, bills=tuple(replace(b, total=yuan("37.51"), reckoned="2026-11-18") for b in found.bills)
    )


BLOCKS = [
    ("water", no_name, "check.unknown_name", "unknown_name"),
    ("water", doubt("name"), "check.wrong_name", "wrong_name"),
    ("water", doubt("identity"), "check.wrong_identity", "wrong_identity"),
    ("tuition", no_identity, "check.unknown_identity", "unknown_identity"),
    ("tuition", no_period, "check.unknown_period", "unknown_period"),
    ("water", over_limit, "bills.over_limit", "over_limit"),
    ("water", other_sum, "bills.sum_differs", "sum_differs"),
]


@pytest.mark.parametrize("fee, spoilt, says, counted", BLOCKS, ids=[row[-1] for row in BLOCKS])
def test_what_the_kiosk_finds_wrong_blocks_is_said_and_is_counted(kiosk, fee, spoilt, says, counted):
    answered(kiosk, spoilt(customer(bill(fee=fee))), fee)
    assert isinstance(kiosk.page, c.EnterAccount) and kiosk.page.problem.key == says
    assert blocked(kiosk) == [(fee, counted)]


@pytest.mark.parametrize(
    "fee, spoilt", [("water", no_identity), ("water", doubt("contact")), ("water", no_period)]
)
def test_what_a_fee_does_not_ask_for_does_not_block(kiosk, fee, spoilt):
    answered(kiosk, spoilt(customer(bill(fee=fee))), fee)
    assert isinstance(kiosk.page, c.CheckItems) and not blocked(kiosk)


def test_a_receipt_number_that_the_server_has_seen_blocks_until_it_is_another_one(kiosk):
    """A kiosk whose card was copied, or put back to an older state, would print the same number twice."""
    answered(kiosk, customer(bill()), used=True)
    assert kiosk.page.problem.key == "check.receipt_used" and blocked(kiosk) == [("water", "receipt_used")]
    kiosk.want(c.Back())
    answered(kiosk, customer(bill()))
    assert isinstance(kiosk.page, c.CheckItems)


def test_a_fee_that_closes_while_the_customer_reads_is_not_paid(kiosk):
    kiosk.to_check()
    kiosk.hear(st.BundleCame(bundle(fees=[FeeSwitch("water", False)])))
    kiosk.want(c.AllRight())
    assert kiosk.page.problem.key == "home.fee_closed" and not kiosk.facts(ItemsChecked)


def test_a_customer_who_says_that_something_is_wrong_is_counted_and_pays_nothing(kiosk):
    kiosk.to_check()
    kiosk.want(c.SomethingWrong())
    assert isinstance(kiosk.page, c.EnterAccount) and blocked(kiosk) == [("water", "customer_disagrees")]
    assert not kiosk.facts(ItemsChecked, PaymentOpened)


def test_a_typing_mistake_is_no_blocked_submission(kiosk):
    kiosk.want(c.ChooseFee("electricity"))
    kiosk.type("2002003002")
    assert kiosk.page.problem.key == "account.mistyped" and not blocked(kiosk)


def test_of_several_bills_all_numbers_stand_in_the_record(kiosk):
    gas: Bill = bill("50.00", fee="gas", number="G")
    kiosk.to_check(bill("36.00", number="W"), gas)
    kiosk.want(c.PayTicked(), c.AllRight())
    [checked] = kiosk.facts(ItemsChecked)
    shown = {answer.item: answer.shown for answer in checked.answers}
    assert checked.bills == ("W", "G") and shown[c.CheckItem.AMOUNT] == "¥86.00"
    assert shown[c.CheckItem.FEE] == "water+gas"


def test_after_a_restart_the_records_are_read_again(kiosk):
    answered(kiosk, no_name(customer(bill())))
    kiosk.want(c.Back())
    kiosk.to_check()
    kiosk.want(c.AllRight())
    kiosk.restart()
    assert isinstance(kiosk.page, c.Home) and len(kiosk.facts(ItemsChecked, SubmissionBlocked)) == 2
