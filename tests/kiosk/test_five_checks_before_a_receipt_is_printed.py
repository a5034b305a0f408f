"""Seal, figures and capitals, customer, fee, stub and copy: each answered by itself; a no keeps the paper in."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from kiosk import contract as c
from kiosk.facts import PrintStarted, ReceiptIssued
from kiosk.facts.stock import ReceiptChecked
from kiosk.receipts import five_checks
from tests.kiosk.world import Kiosk, bill

WRONG = {
    "customer": {"customer": ""},
    "fee": {"fee_name": ""},
    "seal": {"seal": "", "biller": ""},
}


@pytest.fixture
def kiosk(tmp_path):
    return Kiosk(tmp_path)


def test_each_check_is_on_record_before_the_print_begins(kiosk):
    kiosk.to_cash(bill("20.00"))
    kiosk.insert(20)
    [checked] = kiosk.facts(ReceiptChecked)
    kinds = [type(fact) for fact in kiosk.facts()]
    assert kinds.index(ReceiptIssued) < kinds.index(ReceiptChecked) < kinds.index(PrintStarted)
    assert checked.good and [tick.good for tick in kiosk.page.ticks] == [True] * 5


@pytest.mark.parametrize("check", WRONG)
def test_what_is_missing_on_the_paper_is_the_check_that_fails(kiosk, check):
    kiosk.to_cash(bill("20.00"))
    kiosk.insert(20)
    [issued] = kiosk.facts(ReceiptIssued)
    answers = five_checks(kiosk.site, replace(issued, **WRONG[check]))
    names = ("seal", "figures_capitals", "customer", "fee", "stub")
    assert {name for name in names if not getattr(answers, name)} == {check}


def test_a_receipt_that_fails_is_not_printed_says_so_and_waits_for_staff(kiosk, monkeypatch):
    bad = dict.fromkeys(("seal", "figures_capitals", "customer", "fee", "stub"), True) | {"customer": False}
    monkeypatch.setattr(
        "kiosk.flow.papers.five_checks", lambda site, issued: ReceiptChecked(issued.receipt, **bad)
    )
    kiosk.to_cash(bill("20.00"))
    kiosk.insert(20)
    assert not kiosk.facts(PrintStarted)
    assert kiosk.page.status.key == "receipt.held_back"
    assert [tick.name for tick in kiosk.page.ticks if not tick.good] == ["customer"]
    kiosk.want(c.Done())
    [issued] = kiosk.facts(ReceiptIssued)
    kiosk.restart()
    assert issued.receipt in kiosk.engine.state.unprinted
