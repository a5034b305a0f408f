"""A receipt that must not count any more: two persons, one reason, a refund slip, and the bill can be paid again."""

import pytest
from msgspec.structs import replace

from hardware import contracts as hw
from kiosk import contract as c
from kiosk.books import receipt_of, since_close
from kiosk.facts import Account, ClaimIssued, ReceiptIssued
from kiosk.facts.office import DayClosed, SignInFailed
from kiosk.facts.stock import ReceiptVoided
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from kiosk.flow import stock
from kiosk.parcels import Bundle
from kiosk.receipt_proof import link
from kiosk.receipts import document, paper_qr
from tests.kiosk.office import ATTENDANT, PIN, STAFF, SUPERVISOR, Office
from tests.kiosk.world import NO_PAPER, NOW_MS, bill, yuan

OTHER = replace(SUPERVISOR, number="2002", name="周立")
NOBODY = replace(ATTENDANT, number="1003", roles=())
WHY = "wrong_account"
FIRST = "K0001-00000001"


@pytest.fixture
def kiosk(tmp_path):
    """Somebody paid ¥40 for a bill of ¥37.50; a supervisor is signed in."""
    kiosk = Office(tmp_path)
    kiosk.hear(st.BundleCame(Bundle(2, NOW_MS, "lobby", (), (), (*STAFF.people, OTHER, NOBODY))))
    kiosk.to_cash(bill())
    kiosk.insert(20, 20)
    kiosk.leave()
    kiosk.sign_in(SUPERVISOR)
    return kiosk


def receipt(kiosk, number=FIRST):
    return next(fact for fact in kiosk.facts(ReceiptIssued) if fact.receipt == number)


def looks_up(kiosk):
    """What the core does outside of the flow."""
    asked = kiosk.last(cmd.FindReceipt)
    kiosk.hear(st.ReceiptFound(asked.lookup, receipt_of(kiosk.journal, asked.number)))
    return kiosk.page


def types(kiosk, digits="1"):
    kiosk.go("void")
    before = kiosk.count(cmd.FindReceipt)
    kiosk.enter(digits)
    return looks_up(kiosk) if kiosk.count(cmd.FindReceipt) > before else kiosk.page


def scans(kiosk, text):
    kiosk.go("void")
    before = kiosk.count(cmd.FindReceipt)
    kiosk.hear(hw.CodeRead(device="camera", text=text))
    return looks_up(kiosk) if kiosk.count(cmd.FindReceipt) > before else kiosk.page


def signs(kiosk, second=ATTENDANT, good=True):
    kiosk.want(c.VoidReceipt(WHY))
    kiosk.enter(second.number)
    if kiosk.page.asks.key == "desk.pin":
        kiosk.try_pin(PIN, good)
    return kiosk.page


def voids(kiosk, digits="1"):
    types(kiosk, digits)
    return signs(kiosk)


# ---- as it should be


def test_two_persons_and_a_reason_make_it_void_and_the_customer_gets_a_slip(kiosk):
    page = types(kiosk)
    shown = {line.label.key: line.value for line in page.lines}
    assert shown["desk.receipt_number"] == FIRST and shown["desk.refund"] == "¥40.00"
    assert shown["desk.customer"] == "张*国" and "*" in shown["desk.account"] and shown["desk.issued"]
    page = signs(kiosk)
    [fact], [slip] = kiosk.facts(ReceiptVoided), kiosk.facts(ClaimIssued)
    assert (fact.receipt, fact.because, fact.by, fact.second) == (FIRST, WHY, "2001", "1001")
    assert (fact.to_fee, fact.to_prepaid, fact.settles) == (yuan("37.50"), yuan("2.50"), yuan("37.50"))
    assert (slip.because, slip.subject, slip.amount) == ("receipt_void", FIRST, yuan(40))
    assert kiosk.last(cmd.PrintPaper).issued == slip and "退还" in str(document(kiosk.site, slip, 1))
    assert page.title.key == "desk.voided" and slip.claim in [line.value for line in page.lines]
    assert kiosk.engine.state.signed_in == SUPERVISOR.number, "the first person stays signed in"
    kiosk.journal.verify()


def test_the_books_owe_it_to_the_customer_and_not_to_the_biller(kiosk):
    voids(kiosk)
    owed = {account: kiosk.balance(account) for account in (Account.FEE, Account.PREPAID)}
    assert not any(owed.values()) and kiosk.balance(Account.CHANGE_OWED) == yuan(-40)
    [item] = kiosk.engine.state.items.values()
    assert (item.id, item.amount) == (FIRST, yuan(40))
    kiosk.want(c.SettleItem(FIRST, c.How.NOT_OWED))
    assert kiosk.engine.state.items, "it is owed: nobody may say it is not"
    kiosk.want(c.SettleItem(FIRST, c.How.PAID))
    assert not kiosk.engine.state.items and not kiosk.balance(Account.CHANGE_OWED)


def test_the_qr_code_finds_it_too_also_as_the_link_for_a_phone(kiosk):
    code = paper_qr(receipt(kiosk))
    assert kiosk.wanted is not None and not kiosk.wanted.looking
    for text in (code, link("https://fees.example/r", code)):
        page = scans(kiosk, text)
        assert kiosk.page.title.key == "desk.void" and page.lines[0].value == FIRST
    kiosk.go("void")
    assert kiosk.wanted.looking, "the scanner reads there"


def test_the_bill_can_be_paid_again_and_the_number_stays_used(kiosk):
    voids(kiosk)
    assert stock.count(kiosk.engine.state).void == 1
    kiosk.sign_out()
    kiosk.to_check(bill())
    assert isinstance(kiosk.page, c.CheckItems) and kiosk.page.amount == yuan("37.50")
    kiosk.want(c.AllRight(), c.ChooseTender(c.Tender.CASH))
    kiosk.insert(20, 20)
    assert kiosk.facts(ReceiptIssued)[-1].receipt == "K0001-00000002"


def test_it_is_the_same_after_a_restart(kiosk):
    voids(kiosk)
    before = kiosk.engine.state
    kiosk.restart()
    after = kiosk.engine.state
    assert (after.void, after.items, after.paid) == (before.void, before.items, before.paid)


def test_a_receipt_that_never_came_out_is_not_printed_any_more(kiosk):
    kiosk.sign_out()
    kiosk.hear(hw.PrinterSays(device="printer", state=NO_PAPER))
    kiosk.to_cash(bill("20.00", number="W2"))
    kiosk.insert(20)
    kiosk.want(c.Done(), c.Done())
    assert kiosk.engine.state.unprinted == ("K0001-00000002",)
    kiosk.sign_in(SUPERVISOR)
    voids(kiosk, "2")
    assert kiosk.engine.state.unprinted == ("K0001-C000001",), "only the refund slip"
    assert since_close(kiosk.journal).standing.unprinted == ("K0001-C000001",)


def test_the_close_counts_it_and_takes_nothing_off_what_was_paid(kiosk):
    voids(kiosk)
    kiosk.close_day()
    [closed] = kiosk.facts(DayClosed)
    figures = closed.figures
    assert (figures.voids.count, figures.voids.amount) == (1, yuan(40))
    assert figures.receipts == 1 and figures.fees["water"].amount == yuan("37.50")
    assert not figures.to_change and closed.standing.items == (FIRST,)


# ---- what is refused


def test_it_is_not_void_twice_before_the_refund_or_after(kiosk):
    voids(kiosk)
    assert types(kiosk).problem.key == "desk.void_already"
    kiosk.want(c.SettleItem(FIRST, c.How.PAID))
    assert types(kiosk).problem.key == "desk.void_refunded"
    assert len(kiosk.facts(ReceiptVoided)) == 1


@pytest.mark.parametrize("digits", ["2", "0", "99999999"])
def test_a_number_that_was_never_issued_is_unknown(kiosk, digits):
    assert types(kiosk, digits).problem.key == "desk.void_unknown"
    assert not kiosk.count(cmd.FindReceipt)


def test_two_series_with_the_same_digits_ask_for_the_code(kiosk):
    state = kiosk.engine.state
    house = replace(state.site.house, receipts=replace(state.site.house.receipts, numbers="server"))
    kiosk.engine.state = replace(state, site=replace(state.site, house=house))
    kiosk.hear(st.NumbersCame(1, "A", 1, 1000))
    kiosk.sign_out()
    kiosk.to_cash(bill("20.00", number="W2"))
    kiosk.insert(20)
    kiosk.leave()
    kiosk.sign_in(SUPERVISOR)
    assert types(kiosk).problem.key == "desk.void_several"
    assert scans(kiosk, paper_qr(receipt(kiosk, "A00000001"))).lines[0].value == "A00000001"


def test_the_receipt_of_another_kiosk_is_sent_there(kiosk, tmp_path):
    (tmp_path / "b").mkdir()
    other = Office(tmp_path / "b", name="K0002")
    other.to_cash(bill())
    other.insert(20, 20)
    code = paper_qr(other.facts(ReceiptIssued)[0])
    assert scans(kiosk, code).problem.key == "desk.void_elsewhere"


def test_a_code_that_is_no_receipt_or_is_not_as_it_was_issued(kiosk):
    code = paper_qr(receipt(kiosk))
    for text in ("hello", "134567890123456789", "R2;;;;;;;"):
        assert scans(kiosk, text).problem.key == "desk.void_no_receipt"
    assert scans(kiosk, code.replace(";4000;", ";4001;")).problem.key == "desk.void_forged"
    assert scans(kiosk, code[:-4] + "0000").problem.key == "desk.void_forged"


def test_one_person_is_not_both(kiosk):
    types(kiosk)
    page = signs(kiosk, second=SUPERVISOR)
    assert page.problem.key == "desk.same_person" and page.asks.key == "desk.second"
    assert not kiosk.facts(ReceiptVoided)


@pytest.mark.parametrize(
    "who, good, says",
    [
        (NOBODY, True, "desk.not_allowed"),
        (ATTENDANT, False, "desk.wrong"),
        (replace(OTHER, number="9"), False, "desk.wrong"),
    ],
)
def test_who_may_not_is_wrong_or_unknown_signs_nothing(kiosk, who, good, says):
    types(kiosk)
    assert signs(kiosk, who, good).problem.key == says
    assert not kiosk.facts(ReceiptVoided) and len(kiosk.facts(SignInFailed)) == (not good)


def test_only_a_supervisor_begins(kiosk):
    kiosk.sign_out()
    kiosk.sign_in(ATTENDANT)
    line = next(line for line in kiosk.page.lines if line.label.key == "desk.void")
    assert line.button.off.key == "desk.not_allowed"
    types(kiosk)
    kiosk.hear(hw.CodeRead(device="camera", text=paper_qr(receipt(kiosk))))
    assert not kiosk.count(cmd.FindReceipt)


def test_a_reason_that_is_on_no_list_is_none(kiosk):
    types(kiosk)
    kiosk.want(c.VoidReceipt("because"))
    assert kiosk.page.title.key == "desk.void" and isinstance(kiosk.page, c.StaffBoard)


def test_not_while_it_is_in_the_printer(kiosk):
    kiosk.sign_out()
    kiosk.to_cash(bill("20.00", number="W2"))
    kiosk.insert(20)
    kiosk.want(c.Done(), c.Done())
    job = kiosk.last(cmd.PrintPaper).job
    kiosk.engine.state = replace(kiosk.engine.state, visit=None)  # its customer is not waited for
    kiosk.sign_in(SUPERVISOR)
    assert types(kiosk, "2").problem.key == "desk.void_printing"
    kiosk.hear(hw.Printed(device="printer", job=job))
    assert types(kiosk, "2").title.key == "desk.void"


def test_an_answer_for_somebody_who_went_on_changes_nothing(kiosk):
    kiosk.go("void")
    kiosk.enter("1")
    asked = kiosk.last(cmd.FindReceipt)
    kiosk.go("items")
    kiosk.hear(st.ReceiptFound(asked.lookup, receipt(kiosk)))
    assert kiosk.page.title.key == "desk.items"
    kiosk.go("void")
    kiosk.enter("1")
    kiosk.sign_out()
    kiosk.hear(st.ReceiptFound(kiosk.last(cmd.FindReceipt).lookup, receipt(kiosk)))
    assert isinstance(kiosk.page, c.Home)


def test_a_part_of_a_payment_of_several_bills_is_void_alone(kiosk):
    kiosk.sign_out()
    kiosk.to_check(bill("20.00", number="W2"), bill("30.00", number="W3"))
    kiosk.want(c.PayTicked(), c.AllRight(), c.ChooseTender(c.Tender.CASH))
    kiosk.insert(50)
    kiosk.leave()
    kiosk.sign_in(SUPERVISOR)
    voids(kiosk, "3")
    [fact] = kiosk.facts(ReceiptVoided)
    assert (fact.bill, fact.settles) == ("W3", yuan(30)) and kiosk.balance(Account.CHANGE_OWED) == yuan(-30)
    assert types(kiosk, "2").lines[0].value == "K0001-00000002"
