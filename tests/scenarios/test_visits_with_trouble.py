"""A charge that nobody knows of, no paper, no network: the customer is never lost, and no fen is."""

import pytest

from kiosk.facts import (
    ChargeConfirmed,
    ChargeRequested,
    ChargeUnknown,
    PaymentOpened,
    PrintDone,
    PrintFailed,
    PrintStarted,
)
from kiosk.money import Money

pytestmark = pytest.mark.slow


def test_a_charge_is_unknown_first_and_confirmed_later(lobby):
    lobby.to_code("W1002003001")
    lobby.hold("13450000000000" + "9914")
    lobby.page("unknown")
    lobby.devices.do("camera", "hide")
    lobby.take_receipt()
    [charge] = lobby.facts(ChargeRequested)
    assert [f.charge for f in lobby.facts(ChargeUnknown)] == [charge.charge]
    assert [f.charge for f in lobby.facts(ChargeConfirmed)] == [charge.charge]


def test_out_of_paper_the_receipt_comes_when_paper_is_in(lobby):
    lobby.to_cash("G3002003001", "gas")
    lobby.devices.do("printer", "paper_out")
    lobby.until(lambda: "no_receipts" in lobby.look()["banners"], "the kiosk notices")
    before = len(lobby.pieces())
    lobby.insert(50, 1, 1)
    lobby.page("receipt")
    assert len(lobby.pieces()) == before
    lobby.devices.do("printer", "load_paper")
    lobby.until(lambda: len(lobby.pieces()) == before + 1, "the receipt is on paper")
    lobby.take_receipt()
    number = lobby.receipts()[-1].receipt
    assert [f.attempt for f in lobby.facts(PrintStarted) if f.number == number] == [1]
    assert number in {f.number for f in lobby.facts(PrintDone)}


def test_paper_runs_out_in_the_middle_of_the_receipt(lobby):
    lobby.to_cash("W1002003002")
    lobby.devices.do("printer", "paper_out_after", lines=6)
    lobby.insert(50, 20, 10, 5, 1, 1)
    lobby.page("receipt")
    lobby.until(lambda: lobby.facts(PrintFailed), "the kiosk knows that it may not have come out")
    lobby.devices.do("printer", "load_paper")
    lobby.until(lambda: "no_receipts" not in lobby.look()["banners"], "the kiosk notices the paper")
    lobby.press_on_some_leaf("again")
    lobby.until(
        lambda: any("补打" in piece["text"] for piece in lobby.pieces()), "printed again, with the mark"
    )
    lobby.take_receipt()
    number = lobby.receipts()[-1].receipt
    assert len(lobby.receipts()) == len({r.receipt for r in lobby.receipts()})
    assert [f.attempt for f in lobby.facts(PrintStarted) if f.number == number] == [1, 2]


def test_with_the_network_cable_out_cash_works_and_is_uploaded_once_afterwards(lobby):
    lobby.devices.do("network", "unplug")
    lobby.until(lambda: "offline" in lobby.look()["banners"], "the kiosk notices")
    lobby.go("fee:electricity", "enter_account")
    lobby.devices.do("scanner", "scan", text="E2002003001")
    lobby.page("choose_bill")
    lobby.go("main", "check")  # both bills have their ticks
    lobby.confirm()
    assert lobby.remote.do("screens", "where", name="tender:code")["off"]
    lobby.go("tender:cash", "cash")
    due = lobby.facts(PaymentOpened)[-1].due
    notes = [100] * (due.fen // 10000) + [50] * (due.fen % 10000 > 5000) + [50]
    while sum(notes) * 100 - due.fen >= 5000:
        notes.pop()
    lobby.insert(*notes)
    lobby.take_receipt()
    first, second = lobby.receipts()[-2:]
    assert first.to_fee + second.to_fee == due and first.to_prepaid == Money(sum(notes) * 100) - due
    assert lobby.facts(PaymentOpened)[-1].data_from == "bundle"
    lobby.devices.do("network", "plug")
    lobby.ready()
    lobby.agree()


def test_an_answer_that_is_lost_on_the_way_does_not_charge_twice(lobby):
    lobby.to_code("P40020001", "property")
    lobby.devices.do("network", "swallow_answers", times=1)
    lobby.hold("280000000000000077")
    lobby.take_receipt()
    lobby.devices.do("camera", "hide")
    assert len(lobby.facts(ChargeConfirmed)) == len({f.charge for f in lobby.facts(ChargeConfirmed)})
    assert lobby.receipts()[-1].paid == Money(128000)
