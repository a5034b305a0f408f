"""From the first touch to the six items: scanned, typed, unknown, too much, several, offline."""

import pytest

from hardware import contracts as hw
from kiosk import contract as c
from kiosk.facts.office import PaymentsKnown
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from kiosk.flow.delays import Delay
from kiosk.flow.house import FORGOTTEN_TOGETHER
from kiosk.parcels import FeeSwitch
from tests.kiosk.world import DAY_MS, NOW_MS, Kiosk, bill, bundle, customer, yuan

ONES = "1" * 10


@pytest.fixture
def kiosk(tmp_path):
    return Kiosk(tmp_path)


def test_the_six_items_are_shown_masked_with_figures_and_capitals(kiosk):
    kiosk.to_check()
    assert [row.item for row in kiosk.page.rows] == list(c.CheckItem)
    shown = " ".join(row.value + row.second for row in kiosk.page.rows)
    assert "叁拾柒元伍角整" in shown and "¥37.50" in shown and "张*国" in shown
    assert ONES not in shown
    kiosk.want(c.AllRight())
    kiosk.want(c.ChooseTender(c.Tender.CASH))
    opened = kiosk.facts()[-1]
    assert opened.checks == {item.value: True for item in c.CheckItem}


def test_a_scanned_bill_needs_no_typing(kiosk):
    kiosk.want(c.ChooseFee("water"))
    assert kiosk.wanted.looking
    kiosk.hear(hw.CodeRead(device="camera", text=f"JF:water:{ONES}"))
    assert kiosk.last(cmd.FetchBills).account == ONES


@pytest.mark.parametrize(
    "text, problem",
    [
        ("E2002003001", "account.other_fee"),
        ("JF:gas:3002003001", "account.other_fee"),
        ("134567890123456789", "account.payment_code_too_early"),
        ("https://example.invalid/pay?w=1", "account.not_a_bill"),
        ("W123", "account.not_a_bill"),
        ("W１００２００３００１", "account.not_a_bill"),
        ("JF:water:1002003001; DROP TABLE", "account.not_a_bill"),
    ],
)
def test_a_code_that_is_no_bill_of_this_fee_is_refused_with_the_reason(kiosk, text, problem):
    kiosk.want(c.ChooseFee("water"))
    kiosk.hear(hw.CodeRead(device="camera", text=text))
    assert kiosk.page.problem.key == problem
    assert kiosk.count(cmd.FetchBills) == 0


@pytest.mark.parametrize("because", list(hw.CodeRefusedBecause))
def test_an_unreadable_code_is_refused_with_the_reason(kiosk, because):
    kiosk.want(c.ChooseFee("water"))
    kiosk.hear(hw.CodeRefused(device="camera", because=because))
    assert kiosk.page.problem.key == f"code.{because.value}"


def test_only_digits_can_be_typed_and_not_too_many(kiosk):
    kiosk.want(c.ChooseFee("water"))
    kiosk.want(*(c.PressKey(k) for k in ("1", "x", "２", "12", "", "2")))
    assert kiosk.page.typed == "12"
    kiosk.want(c.EraseKey(), c.EraseKey(), c.EraseKey())
    assert kiosk.page.typed == ""
    kiosk.type("3" * 15)
    assert kiosk.page.typed == "3" * 10
    kiosk.want(c.EraseAll())
    assert kiosk.page.typed == "" and kiosk.page.submit.off is not None


def test_an_unknown_account_stays_on_the_page_and_says_so(kiosk):
    kiosk.want(c.ChooseFee("water"))
    kiosk.type(ONES)
    kiosk.want(c.SubmitAccount())
    assert isinstance(kiosk.page, c.LookingUp)
    kiosk.hear(st.BillsCame(kiosk.last(cmd.FetchBills).lookup, None))
    assert isinstance(kiosk.page, c.EnterAccount) and kiosk.page.problem.key == "account.unknown"
    assert kiosk.page.typed == ONES


def test_an_answer_to_an_older_question_is_not_taken_for_this_one(kiosk):
    kiosk.want(c.ChooseFee("water"))
    kiosk.type(ONES)
    kiosk.want(c.SubmitAccount())
    old = kiosk.last(cmd.FetchBills).lookup
    kiosk.want(c.Back(), c.SubmitAccount())
    kiosk.hear(st.BillsCame(old, customer(bill("99.00"))))
    assert isinstance(kiosk.page, c.LookingUp)


def test_an_amount_over_the_limit_of_the_fee_is_refused_before_any_money(kiosk):
    kiosk.to_check(bill("5000.01"))
    assert isinstance(kiosk.page, c.EnterAccount) and kiosk.page.problem.key == "bills.over_limit"
    assert kiosk.page.problem.values == {"amount_fen": 500001, "limit_fen": 500000}


def test_of_several_bills_one_is_chosen_and_one_over_the_limit_says_why(kiosk):
    kiosk.to_check(bill("126.40", number="A"), bill("5000.01", number="B"))
    assert [row.amount for row in kiosk.page.rows] == [yuan("126.40"), yuan("5000.01")]
    kiosk.want(c.ChooseBill("B"))
    assert isinstance(kiosk.page, c.ChooseBills) and kiosk.page.problem.key == "bills.over_limit"
    kiosk.want(c.PayTicked())
    assert isinstance(kiosk.page, c.CheckItems) and kiosk.page.amount == yuan("126.40")


def test_a_touch_that_was_meant_for_the_page_before_does_nothing(kiosk):
    kiosk.want(c.ChooseFee("water"))
    seen = kiosk.engine.view.number
    kiosk.type("1")
    kiosk.engine.touched(c.Touched(seen, c.EraseAll()))
    assert kiosk.page.typed == "1"
    kiosk.engine.touched(c.Touched(seen, c.CallStaff()))
    assert kiosk.engine.view.staff_called


def test_settings_and_everything_personal_are_gone_after_the_visit(kiosk):
    kiosk.want(c.SetLanguage(c.Language.EN), c.SetTextSize(c.TextSize.XLARGE))
    kiosk.to_check()
    kiosk.want(c.Back(), c.Back())
    view = kiosk.engine.view
    assert isinstance(view.page, c.Home) and view.text_size is c.TextSize.XLARGE, (
        "the same person chooses again"
    )
    kiosk.time_is_up(Delay.LOOK)
    view = kiosk.engine.view
    assert (view.language, view.text_size) == (c.Language.ZH, c.TextSize.LARGE)
    assert kiosk.engine.state.visit is None


def test_somebody_who_walked_away_is_asked_and_then_forgotten(kiosk):
    kiosk.to_check()
    kiosk.time_is_up(Delay.IDLE)
    assert kiosk.engine.view.idle is not None
    kiosk.want(c.AllRight())  # the question covers the page: a touch anywhere only answers it
    assert isinstance(kiosk.page, c.CheckItems) and kiosk.engine.view.idle is None
    kiosk.time_is_up(Delay.IDLE)
    kiosk.time_is_up(Delay.IDLE_ANSWER)
    assert isinstance(kiosk.page, c.Home)


# ---- without network


def test_offline_the_last_bundle_answers_and_its_age_is_shown(kiosk):
    kiosk.hear(st.BundleCame(bundle(bill(), made_ms=NOW_MS - 3 * DAY_MS)), st.LinkChanged(False))
    kiosk.want(c.ChooseFee("water"))
    kiosk.type(ONES)
    kiosk.want(c.SubmitAccount())
    assert kiosk.page.age == c.Message("check.data_age", {"days": 3})
    assert c.Banner.OFFLINE in kiosk.engine.view.banners
    kiosk.want(c.AllRight(), c.ChooseTender(c.Tender.CASH))
    opened = kiosk.facts()[-1]
    assert (opened.data_from, opened.data_ms) == ("bundle", NOW_MS - 3 * DAY_MS)


@pytest.mark.parametrize(
    "stimuli, problem",
    [
        ([], "account.offline_no_data"),
        ([st.BundleCame(bundle(bill(), account="2" * 10))], "account.offline_unknown"),
        ([st.BundleCame(bundle(bill(), made_ms=NOW_MS - 31 * DAY_MS))], "account.offline_too_old"),
        ([st.BundleCame(bundle(bill("500.01")))], "bills.over_offline_limit"),
    ],
)
def test_offline_what_can_not_be_known_or_risked_is_said(kiosk, stimuli, problem):
    kiosk.hear(*stimuli, st.LinkChanged(False))
    kiosk.want(c.ChooseFee("water"))
    kiosk.type(ONES)
    kiosk.want(c.SubmitAccount())
    assert isinstance(kiosk.page, c.EnterAccount) and kiosk.page.problem.key == problem


@pytest.mark.parametrize(("how", "days"), [("silence", 2), ("time", 0)])
def test_a_server_that_does_not_answer_in_time_is_replaced_by_the_bundle(kiosk, how, days):
    kiosk.hear(st.BundleCame(bundle(bill(), made_ms=NOW_MS - days * DAY_MS)))
    kiosk.want(c.ChooseFee("water"))
    kiosk.type(ONES)
    kiosk.want(c.SubmitAccount())
    if how == "silence":
        kiosk.hear(st.LookupFailed(kiosk.last(cmd.FetchBills).lookup))
    else:
        kiosk.time_is_up(Delay.LOOKUP)
    assert isinstance(kiosk.page, c.CheckItems)
    assert kiosk.page.age == (c.Message("check.data_age", {"days": days}) if days else None)


def test_a_bill_paid_here_is_not_offered_again_before_the_server_knows(kiosk):
    kiosk.hear(st.BundleCame(bundle(bill("36.00"))))
    kiosk.to_cash(bill("36.00"))
    kiosk.insert(20, 10, 5, 1)
    kiosk.print_out()
    kiosk.want(c.Done(), c.PayAnother(), c.ChooseFee("water"))
    kiosk.type(ONES)
    kiosk.want(c.SubmitAccount())
    kiosk.hear(st.BillsCame(kiosk.last(cmd.FetchBills).lookup, customer(bill("36.00"))))
    assert kiosk.page.problem.key == "account.nothing_due"


def test_a_fee_that_the_office_closed_can_not_be_chosen(kiosk):
    kiosk.hear(st.BundleCame(bundle(fees=[FeeSwitch("water", False)])))
    tile = next(t for t in kiosk.page.fees if t.fee == "water")
    assert tile.off.key == "home.fee_closed"
    kiosk.want(c.ChooseFee("water"))
    assert isinstance(kiosk.page, c.Home)


def test_payments_that_the_server_knew_before_it_made_the_bundle_are_forgotten_in_one_record(kiosk):
    paid = FORGOTTEN_TOGETHER
    for number in range(paid):
        kiosk.to_cash(bill("20.00", number=f"W{number}"))
        kiosk.insert(20)
        kiosk.print_out()
        kiosk.want(c.Done(), c.Done())
        kiosk.hear(hw.BoxOut(device="acceptor"), hw.BoxIn(device="acceptor"))  # else it is full
    now_ms = kiosk.clock.now().wall_ms
    kiosk.hear(st.BundleCame(bundle(bill(), made_ms=now_ms - 1)), st.Uploaded(now_ms))
    kiosk.hear(st.BundleCame(bundle(bill(), made_ms=now_ms)))
    assert not kiosk.facts(PaymentsKnown), "it was made at the same moment: perhaps without them"
    kiosk.hear(st.BundleCame(bundle(bill(), made_ms=now_ms + 1)))
    assert [fact.count for fact in kiosk.facts(PaymentsKnown)] == [paid]
    kiosk.restart()
    assert kiosk.engine.state.paid == ()
