"""A visit with a bank card: the terminal is told once, its record decides; and never two charges for one payment."""

import pytest
from msgspec.structs import replace

from hardware import contracts as hw
from hardware.panel.contract import Lamp, MainsAre
from hardware.terminals import contract as card
from kiosk import contract as c
from kiosk.facts import (
    Account,
    ChargeDeclined,
    ChargeDoubtful,
    ChargeRequested,
    ChargeUnknown,
    ClaimIssued,
    PaymentAbandoned,
    PaymentCompleted,
    ReceiptIssued,
)
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from kiosk.flow.delays import Delay
from kiosk.receipts import document
from tests.kiosk.world import Kiosk, bill, bundle, yuan

TID = "52500041"
DUE = yuan("37.50")


def mark(trace, terminal=TID):
    return card.Mark(terminal, trace)


def rests(trace=41, terminal=TID):
    return card.TerminalAtRest(device="terminal", mark=mark(trace, terminal))


def asks(charge, step):
    return card.CardAsks(device="terminal", payment=charge, step=step)


def approved(charge, amount=DUE, number="****1234"):
    return card.CardApproved(
        device="terminal",
        payment=charge,
        amount=amount,
        mark=mark(42),
        card=number,
        scheme="UnionPay",
        receipt="7",
    )


def declined(charge, because=card.DeclinedBecause.DECLINED):
    return card.CardDeclined(device="terminal", payment=charge, because=because)


def unknown(charge):
    return card.CardUnknown(device="terminal", payment=charge, detail="no answer while paying")


def doubtful(charge, amount, because):
    return card.CardDoubtful(device="terminal", payment=charge, amount=amount, because=because)


def found():
    return hw.Found(device="terminal", identity="ZVT", serial_number=TID)


def lost():
    return hw.Lost(device="terminal", trouble=hw.Trouble.NO_PORT, detail="pulled out")


def way(kiosk):
    return next(w for w in kiosk.page.ways if w.tender is c.Tender.CARD)


def choose(kiosk):
    """Gives the charge's id."""
    kiosk.to_check()
    kiosk.want(c.AllRight(), c.ChooseTender(c.Tender.CARD))
    return kiosk.last(cmd.PayCard).charge


@pytest.fixture
def kiosk(tmp_path):
    kiosk = Kiosk(tmp_path)
    kiosk.hear(found(), rests())
    return kiosk


def test_an_approved_card_gives_a_receipt_with_its_last_digits_and_trace(kiosk):
    charge = choose(kiosk)
    kiosk.hear(asks(charge, card.Step.CARD))
    assert isinstance(kiosk.page, c.UseCard) and Lamp.CARD in kiosk.wanted.lamps
    kiosk.hear(asks(charge, card.Step.WAIT))
    assert isinstance(kiosk.page, c.Working) and Lamp.CARD not in kiosk.wanted.lamps
    kiosk.hear(approved(charge), rests(42))
    assert isinstance(kiosk.page, c.ReceiptPage) and kiosk.page.amount == DUE
    assert kiosk.balance(Account.CARD_CLEARING) == DUE == -kiosk.balance(Account.FEE)
    [receipt] = kiosk.facts(ReceiptIssued)
    assert (receipt.card, receipt.reference) == ("UnionPay ****1234", f"{TID}/42")
    values = [getattr(block, "value", "") for block in document(kiosk.site, receipt, 1).blocks]
    assert "UnionPay ****1234" in values and f"{TID}/42" in values


def test_a_terminal_that_tells_a_whole_card_number_does_not_get_it_written(kiosk):
    charge = choose(kiosk)
    kiosk.hear(approved(charge, number="6222021234561234"))
    assert kiosk.facts(ReceiptIssued)[0].card == "UnionPay ****1234"
    assert not any("62220212" in record.body for record in kiosk.journal.records())


def test_the_mark_is_on_disk_before_the_terminal_is_told(kiosk):
    kiosk.to_check()
    kiosk.want(c.AllRight())
    seen = []
    kiosk.do = lambda command: seen.append((command, kiosk.facts()[-1]))
    kiosk.want(c.ChooseTender(c.Tender.CARD))
    [(command, on_disk)] = seen
    assert on_disk == ChargeRequested(command.charge, on_disk.payment, DUE, mark(41))
    assert command == cmd.PayCard(command.charge, DUE, mark(41))


def test_nothing_is_paid_before_the_terminal_rests_and_while_it_is_away(tmp_path):
    kiosk = Kiosk(tmp_path)
    kiosk.to_check()
    kiosk.want(c.AllRight())
    assert way(kiosk).off.key == "pay_by.terminal_away"
    kiosk.want(c.ChooseTender(c.Tender.CARD))
    assert kiosk.count(cmd.PayCard) == 0 and not kiosk.facts(ChargeRequested)
    kiosk.hear(found())
    assert way(kiosk).off is not None
    kiosk.hear(rests())
    assert way(kiosk).off is None
    kiosk.hear(lost())
    assert way(kiosk).off is not None


def test_without_a_terminal_in_the_configuration_cards_are_not_spoken_of(tmp_path):
    kiosk = Kiosk(tmp_path, ready=False)
    kiosk.site = replace(kiosk.site, devices=replace(kiosk.site.devices, terminal=None))
    kiosk.restart()
    kiosk.open_for_business()
    assert c.Tender.CARD not in {w.tender for w in kiosk.page.ways}


@pytest.mark.parametrize("because", card.DeclinedBecause)
def test_a_card_that_is_not_charged_leads_back_to_the_choice_with_the_reason(kiosk, because):
    first = choose(kiosk)
    kiosk.hear(declined(first, because), rests(41))
    assert isinstance(kiosk.page, c.PayBy) and kiosk.page.problem.key == f"card.declined_{because.value}"
    assert kiosk.facts(PaymentAbandoned) and kiosk.balance(Account.CARD_CLEARING) == yuan(0)
    kiosk.want(c.ChooseTender(c.Tender.CARD))
    second = kiosk.last(cmd.PayCard).charge
    assert second != first
    kiosk.hear(approved(second))
    assert isinstance(kiosk.page, c.ReceiptPage) and len(kiosk.facts(PaymentCompleted)) == 1


def test_the_customer_may_cancel_until_a_card_is_in_and_what_comes_of_it_counts(kiosk):
    charge = choose(kiosk)
    kiosk.hear(asks(charge, card.Step.CARD))
    kiosk.want(kiosk.page.stop.intent)
    assert kiosk.last(cmd.CancelCard).charge == charge and isinstance(kiosk.page, c.Working)
    assert not kiosk.facts(ChargeDeclined), "only the terminal knows"
    kiosk.hear(approved(charge))  # the card was faster
    assert isinstance(kiosk.page, c.ReceiptPage)


def test_with_the_card_in_the_terminal_its_own_red_key_is_the_way(kiosk):
    charge = choose(kiosk)
    kiosk.hear(asks(charge, card.Step.FOLLOW))
    assert kiosk.page.stop is None and kiosk.engine.view.back is None
    kiosk.want(c.StopPaying(), c.Back(), c.Done())
    assert kiosk.count(cmd.CancelCard) == 0 and isinstance(kiosk.page, c.UseCard)


def test_no_answer_is_unknown_and_the_record_is_asked_as_soon_as_the_terminal_rests(kiosk):
    charge = choose(kiosk)
    kiosk.hear(unknown(charge), lost())
    assert isinstance(kiosk.page, c.Unknown)
    assert not any(timer.delay is Delay.ASK_CHARGE for timer in kiosk.wanted.timers), "nobody is there to ask"
    kiosk.hear(found(), rests(42))
    kiosk.time_is_up(Delay.ASK_CHARGE)
    query = kiosk.last(cmd.QueryCard)
    assert (query.charge, query.amount, query.before) == (charge, DUE, mark(41))
    kiosk.hear(unknown(charge), rests(42))
    kiosk.time_is_up(Delay.ASK_CHARGE)
    kiosk.hear(approved(charge), rests(42))
    assert isinstance(kiosk.page, c.ReceiptPage) and kiosk.count(cmd.PayCard) == 1


def test_after_a_minute_of_not_knowing_there_is_a_slip_and_nobody_else_pays_by_card_meanwhile(kiosk):
    charge = choose(kiosk)
    kiosk.hear(unknown(charge), lost())
    kiosk.time_is_up(Delay.CHARGE_LONG)
    [claim] = kiosk.facts(ClaimIssued)
    assert kiosk.page.number == claim.claim and claim.amount == DUE
    kiosk.want(c.Done())
    kiosk.hear(found(), rests(41))
    assert way(kiosk).off.key == "pay_by.card_asking"
    kiosk.time_is_up(Delay.ASK_CHARGE)
    kiosk.hear(declined(charge, card.DeclinedBecause.NEVER), rests(41))
    assert way(kiosk).off is None and not kiosk.engine.state.payments
    assert kiosk.facts(PaymentAbandoned)[0].because == "declined_after_the_customer_left"


# What the record says at last → what is booked as taken, what is in doubt, what the slip says.
DOUBTFUL = [
    pytest.param("30.00", "another_amount", "30.00", id="another amount was charged"),
    pytest.param("99.00", "several_since", None, id="somebody used the terminal since"),
    pytest.param(None, "another_terminal", None, id="the terminal was swapped"),
]


@pytest.mark.parametrize("amount, because, booked", DOUBTFUL)
def test_what_cannot_be_decided_is_doubtful_with_a_slip(kiosk, amount, because, booked):
    charge = choose(kiosk)
    kiosk.hear(doubtful(charge, amount and yuan(amount), because))
    [fact], [claim] = kiosk.facts(ChargeDoubtful), kiosk.facts(ClaimIssued)
    assert fact.amount == claim.amount == (booked and yuan(booked))
    assert isinstance(kiosk.page, c.ClaimPage) and not kiosk.facts(ReceiptIssued)
    assert kiosk.balance(Account.CARD_CLEARING) == yuan(booked or 0) == -kiosk.balance(Account.DOUBTFUL)
    assert kiosk.engine.view.staff_called and charge in kiosk.engine.state.items


# The core dies; what the terminal's record says afterwards → where the customer stands and what is booked.
RESTART = [
    pytest.param([], "paid", id="before the terminal heard of it, and the card was in all the same"),
    pytest.param([], "never", id="before the terminal heard of it"),
    pytest.param([card.Step.CARD], "never", id="waiting for a card"),
    pytest.param([card.Step.CARD, card.Step.FOLLOW], "declined", id="at the PIN"),
    pytest.param([card.Step.CARD, card.Step.WAIT], "paid", id="with the bank"),
    pytest.param([card.Step.CARD, card.Step.WAIT, card.Step.REMOVE], "paid", id="card still in"),
    pytest.param([card.Step.CARD, card.Step.WAIT], "doubtful", id="and the terminal was swapped"),
    pytest.param(["unknown"], "paid", id="while unknown"),
    pytest.param(["unknown"], "never", id="while unknown, and nothing had come of it"),
]


@pytest.mark.parametrize("before, says", RESTART)
def test_a_restart_in_the_middle_is_settled_by_the_record(kiosk, before, says):
    charge = choose(kiosk)
    for step in before:
        kiosk.hear(unknown(charge) if step == "unknown" else asks(charge, step))
    kiosk.restart()
    assert [f.because for f in kiosk.facts(ChargeUnknown)] == (
        ["terminal"] if "unknown" in before else ["kiosk_restarted"]
    )
    assert isinstance(kiosk.page, c.Unknown)
    kiosk.open_for_business()
    kiosk.hear(found(), rests(42))
    kiosk.time_is_up(Delay.ASK_CHARGE)
    assert kiosk.last(cmd.QueryCard).before == mark(41) and kiosk.count(cmd.PayCard) == 0
    answer, page, booked = {
        "paid": (approved(charge), c.ReceiptPage, DUE),
        "never": (declined(charge, card.DeclinedBecause.NEVER), c.Home, yuan(0)),
        "declined": (declined(charge), c.Home, yuan(0)),
        "doubtful": (doubtful(charge, None, "another_terminal"), c.ClaimPage, yuan(0)),
    }[says]
    kiosk.hear(answer)
    assert isinstance(kiosk.page, page) and kiosk.balance(Account.CARD_CLEARING) == booked
    assert not kiosk.engine.state.charges


def test_a_terminal_without_a_word_for_minutes_is_unknown_too(kiosk):
    choose(kiosk)
    assert not any(timer.delay is Delay.CHARGE_LONG for timer in kiosk.wanted.timers), "looking for the card"
    kiosk.time_is_up(Delay.CARD)
    assert isinstance(kiosk.page, c.Unknown)


def test_an_answer_that_is_told_again_or_is_of_another_payment_changes_nothing(kiosk):
    charge = choose(kiosk)
    kiosk.hear(approved(charge))
    records = len(kiosk.facts())
    kiosk.hear(approved(charge), declined(charge), unknown(charge), asks(charge, card.Step.CARD))
    kiosk.hear(approved("somebody else's"), doubtful("x", None, "several_since"))
    assert len(kiosk.facts()) == records


def test_a_server_that_speaks_of_a_card_is_not_listened_to(kiosk):
    charge = choose(kiosk)
    kiosk.hear(st.ChargeSilent(charge, False, "connection refused"))
    assert isinstance(kiosk.page, c.UseCard) and not kiosk.facts(ChargeDeclined)


def test_the_power_goes_while_nobody_has_a_card_in_yet(kiosk):
    kiosk.hear(MainsAre(device="panel", on=True))
    charge = choose(kiosk)
    kiosk.hear(asks(charge, card.Step.CARD), MainsAre(device="panel", on=False))
    kiosk.time_is_up(Delay.POWER_DIP)
    assert kiosk.last(cmd.CancelCard).charge == charge
    kiosk.hear(declined(charge, card.DeclinedBecause.CANCELLED))
    assert kiosk.wanted.power_off


def test_a_card_needs_no_network_of_ours_but_counts_against_what_is_taken_offline(kiosk):
    kiosk.hear(st.BundleCame(bundle(bill())), st.LinkChanged(False))
    kiosk.want(c.ChooseFee("water"))
    kiosk.type("1" * 10)
    kiosk.want(c.SubmitAccount(), c.AllRight(), c.ChooseTender(c.Tender.CARD))
    kiosk.hear(approved(kiosk.last(cmd.PayCard).charge))
    assert isinstance(kiosk.page, c.ReceiptPage)
    assert kiosk.engine.state.offline_taken == DUE
