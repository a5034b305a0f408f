"""Somebody pays by card: the driver and the simulated terminal on a real line, and everything that goes wrong.

Each story ends with the truth: what the bank took, and what the driver said of it."""

from __future__ import annotations

import pytest

from hardware.contracts import Found, Lost, Trouble
from hardware.simulated import NotPossible, Pty
from hardware.terminals.contract import (
    CardApproved,
    CardAsks,
    CardDeclined,
    CardDoubtful,
    CardUnknown,
    DeclinedBecause,
    Mark,
    Step,
)
from hardware.terminals.zvt_driver import ZvtTerminal
from kiosk.money import Money
from tests.hardware.panel.panel_places import Heard, wait_until
from tests.hardware.terminals.terminal_places import DUE, YUAN, Desk

STAGES = ("asked", "card", "decided", "status", "lines")
CHARGED_FROM = STAGES.index("decided")  # from this stage on the bank has taken the money


def test_a_good_card_is_approved_with_all_that_a_receipt_needs(desk: Desk) -> None:
    assert desk.heard.of(Found)[0].serial_number == "52500041"
    desk.pay()
    desk.card()
    approved = desk.answer(CardApproved)
    assert (approved.payment, approved.amount, approved.card, approved.scheme, approved.receipt) == (
        "p1",
        DUE,
        "****1234",
        "UnionPay",
        "1",
    )
    desk.rests(2)
    assert desk.mark == approved.mark == Mark("52500041", 1)
    assert desk.charged == [DUE.fen]
    assert [asks.step for asks in desk.heard.of(CardAsks)] == [Step.CARD, Step.FOLLOW, Step.WAIT, Step.REMOVE]


@pytest.mark.parametrize(
    ("card", "because"),
    [
        ("no_credit", DeclinedBecause.DECLINED),
        ("no_host", DeclinedBecause.DECLINED),
        ("expired", DeclinedBecause.CARD),
        ("unreadable", DeclinedBecause.CARD),
    ],
)
def test_a_card_that_is_refused_and_then_a_good_one(desk: Desk, card: str, because: DeclinedBecause) -> None:
    desk.pay("p1")
    desk.card(card)
    assert desk.answer(CardDeclined).because is because
    desk.rests(2)
    desk.pay("p2")
    desk.card()
    assert desk.answer(CardApproved).payment == "p2"
    assert desk.charged == [DUE.fen]


def test_the_customer_presses_stop(desk: Desk) -> None:
    desk.pay()
    desk.shows("insert card")
    desk.sim.do("press_stop")
    assert desk.answer(CardDeclined).because is DeclinedBecause.CANCELLED
    assert desk.charged == []


def test_we_cancel_before_a_card_came(desk: Desk) -> None:
    desk.pay()
    desk.shows("insert card")
    desk.driver.cancel("p1")
    assert desk.answer(CardDeclined).because is DeclinedBecause.CANCELLED
    assert desk.charged == []


def test_to_cancel_at_once_is_heard_too_and_another_payments_id_cancels_nothing(desk: Desk) -> None:
    desk.pay()
    desk.driver.cancel("p0")
    desk.driver.cancel("p1")
    assert desk.answer(CardDeclined).because is DeclinedBecause.CANCELLED


@pytest.mark.parametrize("trouble", ["silent", "power"])
@pytest.mark.parametrize("stage", STAGES)
def test_it_breaks_off_in_any_stage_and_its_record_decides(tmp_path, stage: str, trouble: str) -> None:
    desk = Desk(tmp_path)
    desk.sim.do("set_trace", trace=41)
    desk.open()
    desk.sim.do("fail_at", stage=stage, trouble=trouble)
    before = desk.pay()
    if stage not in ("asked", "card"):
        desk.card()
    if trouble == "power":
        desk.shows("off")
        desk.heard.until(Lost)
        desk.sim.power_on()
    else:
        wait_until(lambda: not desk.sim.state()["will_fail_at"])
        desk.sim.do("unplug")  # or everybody would wait three minutes for nothing
        desk.heard.until(Lost)
        desk.sim.do("plug")
    desk.answer(CardUnknown)
    desk.rests(2)

    desk.driver.query("p1", DUE, before)

    if STAGES.index(stage) >= CHARGED_FROM:
        assert desk.answer(CardApproved).amount == DUE
        assert desk.charged == [DUE.fen]
    else:
        assert desk.answer(CardDeclined).because is DeclinedBecause.NEVER
        assert desk.charged == []
    desk.close()


@pytest.mark.parametrize(
    "fault",
    [
        {"split": True},
        {"corrupt": 1},
        {"corrupt": 2},
        {"refuse": 2},
        {"repeat": 20},
        {"repeat": 5, "split": True},
    ],
    ids=str,
)
def test_a_line_that_damages_repeats_and_splits_takes_no_money_twice_and_loses_none(
    desk: Desk, fault
) -> None:
    desk.sim.do("fault", **fault)
    desk.pay()
    desk.card()
    assert desk.answer(CardApproved).amount == DUE
    assert desk.charged == [DUE.fen]


def test_another_amount_than_ours_is_doubtful(desk: Desk) -> None:
    desk.sim.do("other_amount", fen=50)
    desk.pay()
    desk.card()
    doubtful = desk.answer(CardDoubtful)
    assert (doubtful.because, doubtful.amount) == ("another_amount", DUE + Money(50))


def break_off_after_approval(desk: Desk) -> Mark:
    """The bank took the money, and nobody said so."""
    desk.sim.do("fail_at", stage="decided", trouble="power")
    before = desk.pay()
    desk.card()
    desk.shows("off")
    desk.heard.until(Lost)
    desk.sim.power_on()
    desk.answer(CardUnknown)
    desk.rests(2)
    return before


@pytest.mark.parametrize(
    ("action", "given", "because"),
    [
        ("sale_by_hand", {"fen": 500}, "several_since"),
        ("sale_by_hand", {"fen": DUE.fen}, "several_since"),
        ("swap", {"terminal": "52500099"}, None),
    ],
)
def test_what_the_record_can_not_decide_is_doubtful_or_still_unknown(
    desk: Desk, action: str, given: dict, because: str | None
) -> None:
    before = break_off_after_approval(desk)
    desk.sim.do(action, **given)
    desk.driver.query("p1", DUE, before)
    if because is None:  # the other one has no record at all: nobody knows
        assert "does not say" in desk.answer(CardUnknown, 2).detail
    else:
        assert desk.answer(CardDoubtful).because == because
    assert not desk.heard.of(CardApproved)


def test_another_terminal_with_a_record_of_its_own_decides_nothing(desk: Desk) -> None:
    before = break_off_after_approval(desk)
    desk.sim.do("swap", terminal="52500099")
    desk.sim.do("sale_by_hand", fen=DUE.fen)
    desk.driver.query("p1", DUE, before)
    assert desk.answer(CardDoubtful).because == "another_terminal"


def test_a_record_that_was_emptied_says_nothing_and_nothing_is_guessed(desk: Desk) -> None:
    before = break_off_after_approval(desk)
    desk.sim.do("end_of_day")
    desk.driver.query("p1", DUE, before)
    desk.answer(CardUnknown, 2)
    assert not desk.heard.of(CardApproved) and not desk.heard.of(CardDeclined)


def test_a_payment_on_an_old_mark_is_not_ordered(desk: Desk) -> None:
    old = desk.mark
    desk.sim.do("sale_by_hand", fen=100)
    desk.pay("p1")  # the driver does not know of the sale yet: it is ordered, and its number tells
    desk.card()
    desk.answer(CardApproved)
    desk.rests(2)
    desk.driver.pay("p2", DUE, old)
    assert desk.answer(CardDeclined).because is DeclinedBecause.NOT_STARTED
    assert desk.charged == [100, DUE.fen]


def test_the_number_after_999999_is_1(tmp_path) -> None:
    desk = Desk(tmp_path)
    desk.sim.do("set_trace", trace=999_999)
    desk.open()
    before = break_off_after_approval(desk)
    assert before.trace == 999_999
    desk.driver.query("p1", DUE, before)
    assert desk.answer(CardApproved).mark.trace == 1
    desk.close()


def test_a_cable_pulled_out_is_noticed_and_a_terminal_that_is_back_takes_cards(desk: Desk) -> None:
    desk.sim.do("unplug")
    assert desk.heard.until(Lost)[0].trouble in (Trouble.NO_PORT, Trouble.SILENT)
    desk.driver.pay("p1", DUE, desk.mark)
    assert desk.answer(CardDeclined).because is DeclinedBecause.NOT_STARTED
    desk.sim.do("plug")
    desk.heard.until(Found, 2)
    desk.rests(2)
    desk.pay("p2")
    desk.card()
    desk.answer(CardApproved)


def test_a_kiosk_that_stops_in_the_middle_cancels_and_leaves_nothing_charged(tmp_path) -> None:
    desk = Desk(tmp_path)
    desk.open()
    desk.pay()
    desk.shows("insert card")
    desk.driver.close()
    assert desk.answer(CardDeclined).because is DeclinedBecause.CANCELLED
    desk.sim.stop()


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (lambda data: data, Trouble.ECHO),
        (lambda data: b"", Trouble.SILENT),
        (lambda data: b"\x02\x03\x55\xaa" * 4, Trouble.GARBAGE),
    ],
    ids=["echo", "nobody", "something else"],
)
def test_a_line_without_a_terminal_is_named(tmp_path, answer, trouble: Trouble) -> None:
    heard = Heard()
    pty: Pty = Pty(tmp_path / "terminal", lambda data: pty.send(answer(data)) if answer(data) else None)
    driver = ZvtTerminal("terminal", str(tmp_path / "terminal"), 9600, YUAN)
    driver.start(heard)
    assert heard.until(Lost)[0].trouble is trouble
    driver.close()
    pty.close()


def test_a_terminal_for_another_currency_is_the_wrong_device(tmp_path) -> None:
    desk = Desk(tmp_path)
    desk.driver = ZvtTerminal("terminal", str(desk.port), 9600, 840)
    desk.sim.start()
    desk.driver.start(desk.heard)
    assert desk.heard.until(Lost)[0].trouble is Trouble.WRONG_DEVICE
    desk.close()


def test_hands_cannot_do_what_is_not_possible(desk: Desk) -> None:
    for action, why in (("insert_card", "does not ask"), ("press_stop", "nothing to stop")):
        with pytest.raises(NotPossible, match=why):
            desk.sim.do(action)
