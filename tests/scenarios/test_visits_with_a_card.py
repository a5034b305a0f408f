"""A bank card on the real screens: approved, and a terminal that dies after the bank said yes."""

import pytest

from kiosk.contract import Tender
from kiosk.facts import ChargeConfirmed, ChargeRequested, ChargeUnknown

pytestmark = pytest.mark.slow


def to_terminal(lobby, code, fee="water"):
    lobby.scan_bill(code, fee)
    lobby.confirm()
    lobby.go("tender:card", "card")
    lobby.until(lambda: terminal(lobby)["shows"] == "insert card", "the terminal asks for a card")


def terminal(lobby):
    return lobby.devices.look("terminal")


def test_a_card_is_approved(lobby):
    to_terminal(lobby, "W1002003001")
    lobby.devices.do("terminal", "insert_card")
    lobby.take_receipt()
    receipt = lobby.receipts()[-1]
    assert receipt.tender is Tender.CARD and receipt.card == "UnionPay ****1234"
    assert terminal(lobby)["charged_fen"] == [receipt.paid.fen]
    [piece] = lobby.pieces()
    assert "****1234" in piece["text"]


def test_the_terminal_dies_after_the_bank_said_yes_and_its_record_tells(lobby):
    charged = terminal(lobby)["charged_fen"]
    to_terminal(lobby, "G3002003001", "gas")
    lobby.devices.do("terminal", "fail_at", stage="status", trouble="power")
    lobby.devices.do("terminal", "insert_card")
    lobby.page("unknown")
    lobby.devices.do("terminal", "power_on")
    lobby.take_receipt()
    charge = lobby.facts(ChargeRequested)[-1]
    assert [f.charge for f in lobby.facts(ChargeUnknown)] == [charge.charge]
    assert lobby.facts(ChargeConfirmed)[-1].charge == charge.charge
    assert terminal(lobby)["charged_fen"] == [*charged, charge.amount.fen], "once"
